import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Continuity, SEEN } from './continuity.ts'

const test = suite('continuity')

/** What is said of each number of one scope. */
const judge = (...numbers: number[]) => {
  const continuity = new Continuity()
  return numbers.map((sequence) => continuity.see(1, sequence))
}
const { first, fine, jump, repeat, restart } = SEEN

const TABLE: readonly [string, number[], number[]][] = [
  ['a count begins anywhere', [77, 78, 79], [first, fine, fine]],
  ['a number left out is a jump, and the count goes on behind it', [1, 3, 4], [first, jump, fine]],
  ['a number that came before is a repeat and changes nothing', [5, 5, 6], [first, repeat, fine]],
  ['a late frame is a repeat', [1, 2, 4, 3, 5], [first, fine, jump, repeat, fine]],
  [
    'frames without a number prove nothing',
    [-1, -1, 4, -1, 5, 7],
    [first, fine, fine, fine, fine, jump],
  ],
  [
    'a count that goes on from a lower number was started anew',
    [900, 901, 1, 2, 3, 4],
    [first, fine, repeat, repeat, restart, fine],
  ],
  [
    'scattered repeats are no new start',
    [900, 1, 5, 9, 2, 901],
    [first, repeat, repeat, repeat, repeat, fine],
  ],
]

for (const [name, numbers, expected] of TABLE) {
  test(name, () => assert.equal(judge(...numbers), expected))
}

test('scopes count apart, and one that is forgotten begins anew', () => {
  const continuity = new Continuity()
  assert.is(continuity.see(1, 10), first)
  assert.is(continuity.see(2, 500), first)
  assert.is(continuity.see(1, 11), fine)
  assert.is(continuity.see(2, 502), jump)
  assert.is(continuity.before, 500)
  assert.is(continuity.last(2), 502)
  continuity.forget(2)
  assert.is(continuity.last(2), -1)
  assert.is(continuity.see(2, 3), first)
})

test.run()
