// The laws of a generated spot market: for several seeds and depths, after every single event.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ASK, BID, type Side, SpotMarket, type SpotOptions } from './spot-market.ts'

const test = suite('spot market')

type Level = readonly [price: number, size: number]

const levels = (market: SpotMarket, side: Side): Level[] =>
  Array.from({ length: market.count(side) }, (_, rank) => [
    market.priceAt(side, rank) as number,
    market.sizeAt(side, rank),
  ])

/** Plays, and gives every event as text. */
function play(options: SpotOptions, steps: number): string[] {
  const market = new SpotMarket(options)
  const told: string[] = []
  for (let i = 0; i < steps; i++)
    market.act({
      level: (side, price, size) => told.push(`level ${side} ${price} ${size}`),
      trade: (id, price, size, taker) => told.push(`trade ${id} ${price} ${size} ${taker}`),
    })
  return told
}

for (const [seed, depth, mid] of [
  [1, 10, 700_000],
  [2, 100, 350],
  [3, 1000, 7_000_000],
  [4, 25, 20],
] as const)
  test(`seed ${seed}, depth ${depth}: a copy of the book that is kept by events equals it, and every law holds`, () => {
    const market = new SpotMarket({ seed, depth, mid, firstTradeId: 500 })
    const copy = [new Map(levels(market, BID)), new Map(levels(market, ASK))] as const
    assert.ok(copy[BID].size >= 6 && copy[ASK].size >= 6)
    let lastTrade = 499
    let acts = 0
    let events = 0
    let trades = 0
    let change = { side: BID as Side, price: 0, less: 0 }
    for (; acts < 20_000; acts++) {
      const before = events
      market.act({
        level(side, price, size) {
          events++
          assert.ok(Number.isSafeInteger(price) && price > 0, `price ${price}`)
          assert.ok(Number.isSafeInteger(size) && size >= 0, `size ${size}`)
          const old = copy[side].get(price) ?? 0
          assert.is.not(size, old, 'a change changes something')
          change = { side, price, less: old - size }
          if (size === 0) copy[side].delete(price)
          else copy[side].set(price, size)
          assert.ok(copy[side].size <= Math.max(10, depth), 'bounded')
          assert.ok((market.priceAt(BID, 0) as number) < (market.priceAt(ASK, 0) as number))
        },
        trade(id, price, size, taker) {
          events++
          trades++
          assert.is(id, ++lastTrade)
          assert.ok(size > 0)
          assert.equal(change, { side: taker === BID ? ASK : BID, price, less: size })
        },
      })
      assert.ok(events > before, 'an action tells something')
    }
    assert.ok(trades > 300, `${trades} trades`)
    for (const side of [BID, ASK] as const) {
      const sorted = [...copy[side]].sort(([a], [b]) => (side === BID ? b - a : a - b))
      assert.equal(levels(market, side), sorted)
      sorted.forEach(([price, size], rank) => {
        assert.is(market.rankOf(side, price), rank)
        assert.is(market.sizeOf(side, price), size)
      })
      assert.ok(copy[side].size >= 5, 'never empty')
    }
  })

test('is a function of its seed', () => {
  const options = { seed: 7, mid: 10_000, depth: 50 }
  assert.equal(play(options, 3000), play(options, 3000))
  assert.not.equal(play(options, 100), play({ ...options, seed: 8 }, 100))
})

test('a deep book stays deep', () => {
  const market = new SpotMarket({ seed: 5, mid: 7_000_000, depth: 5000 })
  for (let i = 0; i < 50_000; i++) market.act({ level() {}, trade() {} })
  assert.ok(market.count(BID) > 3000 && market.count(ASK) > 3000)
})

test.run()
