import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { heirsOf, shardOfSlot, shardOfSymbol, slotOf } from './shards.ts'

const test = suite('shards')

const SYMBOLS = Array.from({ length: 20_000 }, (_, i) => `KXBTCD-26NOV3017-T${90_000 + i * 250}`)

// Computed by another program. Every release must give the same: another hash would move symbols of every sharded feed at once.
const VECTOR: readonly (readonly [string, number, number, number, number])[] = [
  // symbol, of 2, of 3, of 16, of 64
  ['', 0, 0, 10, 46],
  ['BTC-USD', 0, 0, 13, 26],
  ['BTCUSDT', 1, 1, 14, 25],
  ['ETH/USD', 1, 1, 3, 40],
  ['KXGOLD15M-1', 0, 0, 4, 51],
  ['ÅÄÖ-ユーロ', 1, 2, 13, 33],
]

test('the shard of a symbol is that of the documented vector', () => {
  const found = VECTOR.map(([symbol]) => [
    symbol,
    ...[2, 3, 16, 64].map((n) => shardOfSymbol(symbol, n)),
  ])
  assert.equal(
    found,
    VECTOR.map((row) => [...row])
  )
})

test('one shard has every symbol', () => {
  assert.ok(SYMBOLS.every((symbol) => shardOfSymbol(symbol, 1) === 0))
})

test('shares of similar names are of similar size', () => {
  for (const shards of [2, 3, 16, 64]) {
    const counts = new Array<number>(shards).fill(0)
    for (const symbol of SYMBOLS) counts[shardOfSymbol(symbol, shards)]!++
    const mean = SYMBOLS.length / shards
    // Five standard deviations of a fair spread.
    const most = 5 * Math.sqrt(mean)
    for (const count of counts) assert.ok(Math.abs(count - mean) < most, `${shards}: ${counts}`)
  }
})

test('one shard more moves only symbols that it takes, about its share', () => {
  for (const shards of [1, 2, 7, 63]) {
    const moved = SYMBOLS.filter((s) => shardOfSymbol(s, shards) !== shardOfSymbol(s, shards + 1))
    assert.ok(moved.every((symbol) => shardOfSymbol(symbol, shards + 1) === shards))
    const expected = SYMBOLS.length / (shards + 1)
    assert.ok(
      Math.abs(moved.length - expected) < 5 * Math.sqrt(expected),
      `${shards}: ${moved.length}`
    )
  }
})

test('a symbol goes only to heirs of its shard, and each heir gets some', () => {
  for (const [of, now] of [
    [2, 3],
    [3, 2],
    [1, 4],
    [5, 1],
    [3, 3],
    [8, 11],
  ] as const) {
    const seen = new Map<number, Set<number>>()
    for (const symbol of SYMBOLS) {
      const index = shardOfSymbol(symbol, of)
      const heirs = seen.get(index) ?? new Set()
      seen.set(index, heirs.add(shardOfSymbol(symbol, now)))
    }
    for (const [index, found] of seen) {
      assert.equal(
        [...found].sort((a, b) => a - b),
        heirsOf({ index, of }, now),
        `${of} to ${now}`
      )
    }
  }
})

test('slots of different shards are different, and tell their shard', () => {
  assert.is(slotOf(0, 0), 0)
  assert.is(slotOf(0, 255), 255)
  assert.is(slotOf(1, 0), 256)
  assert.is(slotOf(63, 255), 16_383)
  for (const shard of [0, 1, 63])
    for (const i of [0, 255]) assert.is(shardOfSlot(slotOf(shard, i)), shard)
})

test.run()
