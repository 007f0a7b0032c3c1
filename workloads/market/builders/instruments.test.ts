import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareDecimals } from '../decimal.ts'
import { EVENT, FLAG, MarketEvent } from '../event.ts'
import { DecimalSum, divided } from './decimal-sum.ts'
import { Extreme } from './extreme.ts'
import { Gaps } from './gaps.ts'
import { Instruments, Known } from './instruments.ts'
import { placeOf } from './price-levels.ts'
import { moved } from './ring.ts'

const test = suite('what builders share')

const at = (ms: number, feed = 'f', symbol = 'S'): MarketEvent => {
  const event = new MarketEvent()
  event.begin(EVENT.trade)
  event.feed = feed
  event.symbol = symbol
  event.recvMs = ms
  return event
}

test('of more instruments than are kept, those without an event for the longest time are forgotten, and begin again as new', () => {
  const kept = new Instruments((feed, symbol, clock) => new Known(feed, symbol, clock), 2)
  const see = (ms: number, symbol: string): Known => {
    kept.clock.see(at(ms, 'f', symbol))
    return kept.of('f', symbol)
  }
  const a = see(1, 'A')
  see(2, 'B')
  see(3, 'C')
  // A is used: it stays with C, and B leaves with the next one.
  assert.is(see(4, 'A'), a)
  assert.ok(kept.get('f', 'B'))
  const d = see(5, 'D')
  assert.equal(
    ['A', 'B', 'C', 'D'].map((symbol) => kept.get('f', symbol)?.symbol ?? '-'),
    ['A', '-', 'C', 'D']
  )
  // Of D all is known since the feed is, of B no longer.
  assert.equal([d.startMs, d.knownSince(1, 0), d.knownSince(0, 0)], [1, true, false])
  const b = see(6, 'B')
  assert.equal([b.startMs, b.knownSince(5, 0), b.knownSince(6, 0)], [6, false, true])
})

test('a gap of one instrument is none of another one, and one of the feed is of all', () => {
  const gaps = new Gaps()
  const take = (symbol: string, flags: number, untilMs: number): void => {
    const event = at(100, 'f', symbol)
    event.begin(EVENT.gap)
    event.flags = flags
    event.untilMs = untilMs
    gaps.take(event)
  }
  const touched = (ms: number): string =>
    ['A', 'B'].map((symbol) => (gaps.touches('f', symbol, ms, 0) ? symbol : '-')).join('')
  assert.is(touched(0), '--')
  take('A', FLAG.first | FLAG.last, 50)
  assert.equal([touched(49), touched(50)], ['A-', '--'])
  take('', FLAG.first, -1)
  assert.is(touched(1000), 'AB')
  take('', FLAG.last, 70)
  assert.equal([touched(69), touched(70)], ['AB', '--'])
  assert.not(gaps.touches('g', 'A', 0, 0))
})

const integer = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER)
)
const decimal = fc.record({ integer, scale: fc.nat(18) })
type Drawn = { readonly integer: number; readonly scale: number }

test('a sum of decimals and products of any scale is what BigInt says, and taking all away leaves zero', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(decimal, decimal)), (pairs) => {
      const one = new DecimalSum()
      const other = new DecimalSum()
      let expected = 0n
      const big = (value: number, scale: number): bigint =>
        BigInt(value) * 10n ** BigInt(40 - scale)
      for (const [a, b] of pairs) {
        one.add(a.integer, a.scale)
        other.addProduct(a.integer, a.scale, b.integer, b.scale)
        expected += big(a.integer, a.scale)
        expected += BigInt(a.integer) * big(b.integer, a.scale + b.scale)
      }
      one.addSum(other)
      assert.is(one.value * 10n ** BigInt(40 - one.scale), expected)
      for (const [a, b] of pairs) {
        one.add(-a.integer, a.scale)
        one.addProduct(-a.integer, a.scale, b.integer, b.scale)
      }
      assert.is(one.value, 0n)
    })
  )
})

test('what moves into a larger ring keeps its numbers, wherever it stood', () => {
  for (const first of [0, 5, 16, 20, 1003]) {
    const ring = new Float64Array(16)
    for (let n = first; n < first + 16; n++) ring[n & 15] = n
    const larger = moved(ring, new Float64Array(32), first, first + 16)
    for (let n = first; n < first + 16; n++) assert.is(larger[n & 31], n)
  }
})

test('a quotient is rounded half up, below zero as above', () => {
  assert.equal(
    [5n, 4n, -5n, -6n, -15n].map((over) => divided(over, 0, 10n, 0, 0)),
    [1n, 0n, 0n, -1n, -1n]
  )
  assert.equal([divided(1n, 0, 0n, 0, 3), divided(1n, 2, 3n, 1, 4)], [undefined, 333n])
})

const list = fc.array(decimal, { maxLength: 80, size: 'max' })
/** Rising and falling ones fill a ring. */
const lists = fc.oneof(
  list,
  ...[1, -1].map((sign) =>
    list.map((all) =>
      all.toSorted((a, b) => sign * compareDecimals(a.integer, a.scale, b.integer, b.scale))
    )
  )
)

test('the extremes of the last values are those that looking at all of them finds, the first of equal ones', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 40 }), (all, last) => {
      const [high, low] = [new Extreme(1), new Extreme(-1)]
      all.forEach((value, place) => {
        for (const one of [high, low]) {
          one.push(place, value.integer, value.scale)
          one.dropBefore(place - last + 1)
        }
        const some = all.slice(Math.max(0, place - last + 1), place + 1)
        const best = (sign: number): number[] => {
          const isBetter = (b: Drawn, a: Drawn): boolean =>
            sign * compareDecimals(b.integer, b.scale, a.integer, a.scale) > 0
          const { integer: found, scale } = some.reduce((a, b) => (isBetter(b, a) ? b : a))
          return [found, scale]
        }
        assert.equal([high.integer, high.scale], best(1))
        assert.equal([low.integer, low.scale], best(-1))
      })
    })
  )
})

test('the level of a price is how many whole steps it has, rounded down, exact at any scale', () => {
  const step = fc.record({ integer: fc.integer({ min: 1, max: 2 ** 53 - 1 }), scale: fc.nat(18) })
  fc.assert(
    fc.property(decimal, fc.oneof(step, fc.constant({ integer: 1, scale: 2 })), (price, by) => {
      const over = BigInt(price.integer) * 10n ** BigInt(by.scale)
      const under = BigInt(by.integer) * 10n ** BigInt(price.scale)
      let place = over / under
      if (place * under > over) place--
      const found = placeOf(price.integer, price.scale, by.integer, by.scale)
      const isHeld = place <= 2n ** 53n - 1n && place >= -(2n ** 53n) + 1n
      assert.is(isHeld ? BigInt(found) : Number.isNaN(found), isHeld ? place : true)
    }),
    { numRuns: 1000 }
  )
})

test.run()
