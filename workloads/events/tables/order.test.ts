import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { orderOf } from './order.ts'

const test = suite('order of rows')
const seed = testSeed('order of rows')

test('rows that are in order stay as they are', () => {
  assert.is(
    orderOf(0, () => 1),
    null
  )
  const values = [1, 2, 2, 5]
  assert.is(
    orderOf(4, (a, b) => values[a]! - values[b]!),
    null
  )
})

test('rows of random runs come into order, and equal ones keep theirs', () => {
  const random = seeded(seed)
  for (let round = 0; round < 200; round++) {
    const values: number[] = []
    for (let run = random.int(1, 9); run > 0; run--) {
      let value = random.int(0, 20)
      for (let i = random.int(1, 12); i > 0; i--) {
        value += random.int(0, 2)
        values.push(value)
      }
    }
    const compare = (a: number, b: number): number => values[a]! - values[b]!
    const wanted = [...values.keys()].sort((a, b) => compare(a, b) || a - b)
    const found = orderOf(values.length, compare) ?? Int32Array.from(values.keys())
    assert.equal([...found], wanted, `seed ${seed}`)
  }
})

test.run()
