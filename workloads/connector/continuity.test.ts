import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Continuity, MAX_SCOPES, SEEN } from './continuity.ts'

const test = suite('continuity')
const names = new Map(Object.entries(SEEN).map(([name, value]) => [value as number, name]))

/** What is said of each number of one scope; a number has the same bytes whenever it comes, but for `era`. */
const judge = (numbers: readonly number[], era: (i: number) => string = () => '') => {
  const continuity = new Continuity()
  return numbers
    .map((sequence, i) => continuity.see(1, sequence, Buffer.from(`${era(i)}${sequence}`)))
    .map((seen) => names.get(seen))
}

const TABLE: readonly [string, number[], string][] = [
  ['a count begins anywhere', [77, 78, 79], 'first fine fine'],
  ['a number left out is a jump, and the count continues behind it', [1, 3, 4], 'first jump fine'],
  ['a number that came before is a repeat and changes nothing', [5, 5, 6], 'first repeat fine'],
  ['a late frame fills its hole', [4, 6, 5, 7], 'first jump late fine'],
  ['it fills it once', [4, 6, 5, 5, 7], 'first jump late repeat fine'],
  [
    'a hole is filled in any order',
    [1, 6, 3, 5, 2, 4, 7, 3],
    'first jump late late late late fine repeat',
  ],
  [
    'frames that come again are repeats, however many, and no new count',
    [6, 7, 8, 6, 7, 8, 9, 10],
    'first fine fine repeat repeat repeat fine fine',
  ],
  [
    'from the first number on, too',
    [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6],
    'first fine fine fine fine repeat repeat repeat repeat repeat fine',
  ],
  [
    'redelivery and a late frame in it',
    [6, 8, 9, 6, 7, 8, 9, 10],
    'first jump fine repeat late repeat repeat fine',
  ],
  ['a frame below the first is early', [5, 4, 6], 'first early fine'],
  ['frames without a number prove nothing', [-1, -1, 4, 5, 7], 'first fine fine fine jump'],
  ['a count that frames without a number enter is noticed', [4, -1, 5], 'first uncounted fine'],
  [
    'a count that continues from a number that never came was started anew',
    [900, 901, 1, 2, 3, 4],
    'first fine early early restart fine',
  ],
  [
    'scattered repeats are no new start',
    [900, 1, 5, 9, 2, 901],
    'first early early early early fine',
  ],
  ['a counter of 32 bits begins anew', [2 ** 32 - 2, 2 ** 32 - 1, 0, 1], 'first fine fine fine'],
  ['or without its 0', [65534, 65535, 1, 2], 'first fine fine fine'],
]

for (const [name, numbers, expected] of TABLE) {
  test(name, () => assert.is(judge(numbers).join(' '), expected))
}

/** What is said of frames that each stand for several numbers, from the first to the last. */
const judgeSpans = (spans: readonly (readonly [number, number])[]) => {
  const continuity = new Continuity()
  return spans.map(([first, last]) =>
    names.get(continuity.see(1, last, Buffer.from(`${first} ${last}`), first))
  )
}

const SPANS: readonly [string, [number, number][], string][] = [
  [
    'spans that meet have no hole',
    [
      [5, 9],
      [10, 10],
      [11, 30],
    ],
    'first fine fine',
  ],
  [
    'a span left out is a jump',
    [
      [5, 9],
      [12, 14],
      [15, 15],
    ],
    'first jump fine',
  ],
  [
    'a late span fills its hole',
    [
      [5, 9],
      [15, 20],
      [10, 14],
      [21, 22],
    ],
    'first jump late fine',
  ],
  [
    'part by part',
    [
      [1, 1],
      [9, 9],
      [5, 8],
      [2, 3],
      [4, 4],
    ],
    'first jump late late late',
  ],
  [
    'a span that came before is a repeat',
    [
      [5, 9],
      [10, 14],
      [5, 9],
      [15, 15],
    ],
    'first fine repeat fine',
  ],
  [
    'also the first one, again and again',
    [
      [5, 9],
      [5, 9],
      [5, 9],
      [5, 9],
      [10, 11],
    ],
    'first repeat repeat repeat fine',
  ],
  [
    'a span that begins with what is known leaves nothing out',
    [
      [5, 9],
      [8, 12],
      [13, 13],
    ],
    'first fine fine',
  ],
  [
    'spans far below are a count made anew',
    [
      [900, 950],
      [1, 5],
      [6, 9],
      [10, 12],
      [13, 20],
    ],
    'first early early restart fine',
  ],
]
for (const [name, spans, expected] of SPANS) {
  test(`spans: ${name}`, () => assert.is(judgeSpans(spans).join(' '), expected))
}

test('a count from 1 with other frames was started anew, although those numbers had come', () => {
  const said = judge([1, 2, 3, 4, 5, 1, 2, 3, 4], (i) => (i < 5 ? 'old' : 'new'))
  assert.is(said.join(' '), 'first fine fine fine fine repeat repeat restart fine')
})

test('a count made anew fills no hole of the old one', () => {
  const said = judge([1, 900, 1, 2, 3, 4], (i) => (i < 2 ? 'old' : 'new'))
  assert.is(said.join(' '), 'first jump repeat repeat restart fine')
})

test('a count that continues in the middle for more frames than are redelivered was started anew', () => {
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
  const said = judge([...numbers(1, 5000), ...numbers(1500, 1002)])
  assert.is(said.filter((one) => one === 'restart').length, 1)
  const again = judge([...numbers(1, 5000), ...numbers(4100, 901)])
  assert.is(again.filter((one) => one === 'restart').length, 0)
})

test('scopes count apart, and one that is forgotten begins anew', () => {
  const continuity = new Continuity()
  const see = (scope: number, sequence: number) => continuity.see(scope, sequence, Buffer.alloc(0))
  assert.is(see(1, 10), SEEN.first)
  assert.is(see(2, 500), SEEN.first)
  assert.is(see(1, 11), SEEN.fine)
  assert.is(see(2, 502), SEEN.jump)
  assert.is(continuity.before, 500)
  assert.is(continuity.last(2), 502)
  continuity.forget(2)
  assert.is(continuity.last(2), -1)
  assert.is(see(2, 3), SEEN.first)
})

test('numbers that cannot be read are counted as missing by nobody', () => {
  const continuity = new Continuity()
  const see = (sequence: number) => continuity.see(1, sequence, Buffer.alloc(0))
  see(4)
  continuity.unsure(1)
  assert.is(see(9), SEEN.fine)
  assert.is(see(11), SEEN.jump)
  assert.is(continuity.before, 9)
  continuity.unsure(0)
  assert.is(see(100), SEEN.fine)
})

test('an exchange with endless scopes fills no memory', () => {
  const continuity = new Continuity()
  const said = new Set<number>()
  for (let scope = 1; scope <= MAX_SCOPES + 3; scope++) {
    said.add(continuity.see(scope, 1, Buffer.alloc(0)))
  }
  assert.equal([...said], [SEEN.first, SEEN.crowded])
})

test.run()
