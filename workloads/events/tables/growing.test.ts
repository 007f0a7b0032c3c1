import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { GrowingDecimals, GrowingTexts, GrowingTimes, sortedNames } from './growing.ts'
import { type DecimalColumn, isValid } from './table.ts'

const test = suite('growing columns')
const seed = testSeed('growing columns')

const valueOf64 = (words: Int32Array, i: number): bigint =>
  new BigInt64Array(words.slice(2 * i, 2 * i + 2).buffer)[0]!

function decimals(values: readonly (readonly [mantissa: number, scale: number])[]): DecimalColumn {
  const column = new GrowingDecimals()
  for (const [mantissa, scale] of values) column.push(mantissa, scale)
  return column.finish(null)
}

/** At the scale of 60 digits, to be compared. */
const exact = (value: bigint, scale: number): bigint => value * 10n ** BigInt(60 - scale)

test('decimals of one scale are that scale, and zeros at their end stay', () => {
  const { words, valid, scale, scales } = decimals([
    [4800, 4],
    [-1, 4],
  ])
  assert.equal([scale, scales, valid], [4, null, null])
  assert.equal([valueOf64(words, 0), valueOf64(words, 1)], [4800n, -1n])
})

test('decimals of several scales are made one of the largest, exact beyond 2^53', () => {
  const { words, scale, scales } = decimals([
    [9_007_199_254_740_991, 0],
    [-9_007_199_254_740_991, 2],
    [123, 3],
  ])
  assert.equal([scale, scales], [3, null])
  assert.equal(
    [0, 1, 2].map((i) => valueOf64(words, i)),
    [9_007_199_254_740_991_000n, -90_071_992_547_409_910n, 123n]
  )
})

test('the scale of what is absent counts for nothing', () => {
  const { words, valid, scale } = decimals([
    [15, 1],
    [Number.NaN, 9],
  ])
  assert.is(scale, 1)
  assert.is(valueOf64(words, 0), 15n)
  assert.equal([isValid(valid, 0), isValid(valid, 1)], [true, false])
})

test('decimals that 64 bits do not hold at one scale keep their own, each exact', () => {
  const values = [
    [9_007_199_254_740_991, 0],
    [1, 18],
    [Number.NaN, 0],
    [-5, 3],
  ] as const
  const { words, valid, scale, scales } = decimals(values)
  assert.is(scale, 18)
  assert.equal(scales, Uint8Array.of(0, 18, 0, 3))
  assert.equal(
    [0, 1, 3].map((i) => valueOf64(words, i)),
    [9_007_199_254_740_991n, 1n, -5n]
  )
  assert.not(isValid(valid, 2))
})

test('random decimals are exact in any order, whatever their scales', () => {
  const random = seeded(seed)
  for (let round = 0; round < 60; round++) {
    const most = random.pick([2, 8, 30])
    const values = Array.from({ length: random.int(1, 40) }, () => {
      const digits = random.int(0, 53)
      const mantissa = Math.floor(random.next() * 2 ** digits) * random.pick([1, -1])
      return [random.next() < 0.1 ? Number.NaN : mantissa, random.int(0, most)] as const
    })
    const column = new GrowingDecimals()
    for (const [mantissa, scale] of values) column.push(mantissa, scale)
    const order = Int32Array.from(values.keys()).reverse()
    const { words, valid, scale, scales } = column.finish(order)
    for (const [i, k] of order.entries()) {
      const [mantissa, own] = values[k]!
      assert.is(isValid(valid, i), !Number.isNaN(mantissa))
      if (Number.isNaN(mantissa)) continue
      const found = exact(valueOf64(words, i), scales === null ? scale : scales[i]!)
      assert.is(found, exact(BigInt(mantissa), own), `seed ${seed}`)
    }
  }
})

test('times are nanoseconds to the last digit, near ones and far ones', () => {
  const random = seeded(seed + 1)
  const times = new GrowingTimes()
  const wanted: bigint[] = []
  let ms = 1_700_000_000_000
  for (let i = 0; i < 3000; i++) {
    const step = random.pick([0, 1, 3, 4293, 4294, 5000, -2, -10_000, 1e9, 1e12])
    ms = Math.min(Math.max(ms + step, 631_152_000_000), 9_214_646_399_999)
    const ns = random.pick([0, 1, 294_967, 999_999, random.int(0, 999_999)])
    times.pushTime(ms, ns)
    wanted.push(BigInt(ms) * 1_000_000n + BigInt(ns))
  }
  times.pushTime(-1, 0)
  const { words, valid } = times.finish(null)
  assert.equal(
    wanted.map((_, i) => valueOf64(words, i)),
    wanted,
    `seed ${seed}`
  )
  assert.equal([isValid(valid, 0), isValid(valid, 3000)], [true, false])
})

test('texts stand in the order of the rows', () => {
  const texts = new GrowingTexts()
  const bytes = Buffer.from('abcdef')
  for (const [start, end] of [
    [0, 2],
    [2, 2],
    [2, 6],
  ]) {
    texts.push(bytes, start!, end!)
  }
  const column = texts.finish(Int32Array.of(2, 0, 1))
  assert.is(Buffer.from(column.bytes).toString(), 'cdefab')
  assert.equal(column.offsets, Int32Array.of(0, 4, 6, 6))
})

test('names are those that occur, sorted, and codes follow them', () => {
  const { codes, names } = sortedNames(Int32Array.of(3, 0, 3, 2), ['z', 'not', 'a', 'm'])
  assert.equal(names, ['a', 'm', 'z'])
  assert.equal(codes, Int32Array.of(1, 2, 1, 0))
})

test.run()
