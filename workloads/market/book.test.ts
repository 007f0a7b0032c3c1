// The book against a naive one: a Map from decimal text to BigInt, sorted whenever it is looked at.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Book } from './book.ts'
import { decimalText, MAX_MANTISSA } from './decimal.ts'
import { EVENT, FLAG, type Instrument, MarketEvent, SIDE } from './event.ts'

const seed = Date.now() & 0x7fffffff
const options = { seed, numRuns: 400 }
console.log(`book.test: seed ${seed}`)

type Row = {
  readonly side: number
  readonly price: number
  readonly priceScale: number
  readonly size: number
  readonly sizeScale: number
}
type Step = { readonly kind: number; readonly flag: number; readonly rows: readonly Row[] }

/** Values at 12 decimals, so that rows of different scales are the same level. */
const at12 = (mantissa: number, scale: number): bigint =>
  BigInt(mantissa) * 10n ** BigInt(12 - scale)

class NaiveBook {
  readonly sides = new Map([
    [SIDE.bid as number, new Map<bigint, bigint>()],
    [SIDE.ask as number, new Map<bigint, bigint>()],
  ])
  readonly depth: number

  constructor(depth: number) {
    this.depth = depth
  }

  take({ kind, flag, rows }: Step): void {
    if (kind === EVENT.bookSnapshot) for (const side of this.sides.values()) side.clear()
    for (const row of rows) {
      const side = this.sides.get(row.side)!
      const price = at12(row.price, row.priceScale)
      const size = at12(row.size, row.sizeScale)
      const now = flag === FLAG.change ? (side.get(price) ?? 0n) + size : size
      if (now === 0n) side.delete(price)
      else side.set(price, now)
    }
    for (const [which, side] of this.sides) {
      for (const [price] of this.levels(which).slice(this.depth)) side.delete(price)
    }
  }

  levels(which: number): [bigint, bigint][] {
    const rising = [...this.sides.get(which)!].toSorted(([a], [b]) => (a < b ? -1 : 1))
    return which === SIDE.ask ? rising : rising.toReversed()
  }
}

const event = new MarketEvent()
function give(book: Book, { kind, flag, rows }: Step): void {
  const first = kind === EVENT.bookSnapshot ? FLAG.first : 0
  event.begin(kind)
  if (rows.length === 0) {
    event.flags = flag | first | FLAG.last | FLAG.empty
    book.apply(event)
  }
  for (const [i, row] of rows.entries()) {
    event.begin(kind)
    Object.assign(event, row)
    event.flags = flag | (i === 0 ? first : 0) | (i === rows.length - 1 ? FLAG.last : 0)
    book.apply(event)
  }
}

/** Everything that a book shows, at 12 decimals. */
function shown(book: Book, side: number): [bigint, bigint][] {
  return Array.from({ length: book.levels(side) }, (_, place) => [
    at12(book.price(side, place), book.priceScale),
    at12(book.size(side, place), book.sizeScale),
  ])
}

const row = (sizes: fc.Arbitrary<number>): fc.Arbitrary<Row> =>
  fc
    .tuple(fc.constantFrom(SIDE.bid, SIDE.ask), fc.nat(40), fc.nat(3), sizes, fc.nat(2))
    .map(([side, price, scale, size, sizeScale]) => ({
      side,
      // 0.1 to 4.0 with any number of decimals: the same level is met again.
      price: price * 10 ** scale,
      priceScale: scale + 1,
      size: size * 10 ** sizeScale,
      sizeScale: sizeScale + 1,
    }))
const sizes = fc.oneof(fc.constant(0), fc.nat(50))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: rowsOf(EVENT.bookSnapshot, 0, sizes, 60) },
  { weight: 4, arbitrary: rowsOf(EVENT.bookChange, 0, sizes, 6) },
  {
    weight: 4,
    arbitrary: rowsOf(EVENT.bookChange, FLAG.change, fc.integer({ min: -20, max: 20 }), 6),
  }
)
function rowsOf(kind: number, flag: number, of: fc.Arbitrary<number>, maxLength: number) {
  return fc.array(row(of), { maxLength }).map((rows) => ({ kind, flag, rows }))
}

test('a book has the levels of a naive one after every change, at any scales and depth', () => {
  const depths = fc.constantFrom(undefined, 1, 3, 10)
  fc.assert(
    fc.property(depths, fc.array(step, { maxLength: 40 }), (depth, steps) => {
      const book = new Book(depth === undefined ? {} : { depth })
      const naive = new NaiveBook(depth ?? 1e9)
      let crossed = 0
      for (const each of steps) {
        give(book, each)
        naive.take(each)
        for (const side of [SIDE.bid, SIDE.ask]) {
          const levels = naive.levels(side)
          assert.equal(shown(book, side), levels)
          const sum = levels.slice(0, 4).reduce((total, [, size]) => total + size, 0n)
          assert.is(at12(book.depth(side, 4), book.sizeScale), sum)
        }
        const [bid] = naive.levels(SIDE.bid)
        const [ask] = naive.levels(SIDE.ask)
        assert.is(Number.isNaN(book.bid), bid === undefined)
        assert.is(Number.isNaN(book.ask), ask === undefined)
        const isCrossed = bid !== undefined && ask !== undefined && bid[0] > ask[0]
        if (isCrossed) crossed++
        if (isCrossed) assert.is.not(book.state, 'live')
        assert.is(book.troubles.crossed, crossed)
      }
    }),
    options
  )
})

test('a book of many levels is right wherever it changes', () => {
  const level = fc.record({ at: fc.nat(3000), size: fc.nat(3) })
  fc.assert(
    fc.property(
      fc.array(level, { minLength: 500, maxLength: 3000 }),
      fc.boolean(),
      (levels, isFew) => {
        const book = new Book(isFew ? { depth: 25 } : {})
        const naive = new NaiveBook(isFew ? 25 : 1e9)
        for (const { at, size } of levels) {
          const rows = [{ side: SIDE.bid, price: at, priceScale: 2, size, sizeScale: 0 }]
          const each = { kind: EVENT.bookChange, flag: 0, rows }
          give(book, each)
          naive.take(each)
        }
        assert.equal(shown(book, SIDE.bid), naive.levels(SIDE.bid))
      }
    ),
    { seed, numRuns: 20 }
  )
})

const one = (side: number, price: number, size: number): Row => ({
  side,
  price,
  priceScale: 2,
  size,
  sizeScale: 0,
})
const snapshot = (...rows: Row[]): Step => ({ kind: EVENT.bookSnapshot, flag: 0, rows })
const replaced = (...rows: Row[]): Step => ({ kind: EVENT.bookChange, flag: 0, rows })
const added = (...rows: Row[]): Step => ({ kind: EVENT.bookChange, flag: FLAG.change, rows })
const { bid, ask } = SIDE

function phase(book: Book, now: Instrument['phase']): void {
  event.begin(EVENT.instrument)
  event.instrument = { phase: now, action: now }
  book.apply(event)
}
function gap(book: Book): void {
  event.begin(EVENT.gap)
  event.reason = 'the connection was lost'
  book.apply(event)
}

test('a book is live from its first snapshot, suspect from a gap, and live again from the next one', () => {
  const book = new Book()
  assert.is(book.state, 'rebuilding')
  give(book, replaced(one(bid, 40, 5)))
  gap(book)
  assert.is(book.state, 'rebuilding', 'there was nothing to rely on yet')
  give(book, snapshot(one(bid, 40, 5), one(ask, 45, 5)))
  assert.is(book.state, 'live')
  gap(book)
  assert.is(book.state, 'suspect')
  assert.is(book.trouble, 'gap')
  give(book, replaced(one(bid, 41, 5)))
  assert.is(book.state, 'suspect')
  give(book, snapshot())
  assert.is(book.state, 'live')
  assert.is(book.trouble, undefined)
  assert.is(book.troubles.gap, 2)
})

test('a snapshot that is not at its end is no whole book', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5)))
  event.begin(EVENT.bookSnapshot)
  Object.assign(event, one(bid, 41, 5), { flags: FLAG.first })
  book.apply(event)
  assert.is(book.state, 'rebuilding')
})

test('where nothing proves a book it is never called live', () => {
  const book = new Book({ isProven: false })
  give(book, snapshot(one(bid, 40, 5)))
  assert.is(book.state, 'unverifiable')
  gap(book)
  assert.is(book.state, 'suspect')
  give(book, snapshot(one(bid, 40, 5)))
  assert.is(book.state, 'unverifiable')
})

test('a crossed book is suspect as long as it is crossed, a locked one is counted', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5), one(ask, 45, 5)))
  give(book, replaced(one(bid, 46, 1)))
  assert.is(book.state, 'suspect')
  assert.is(book.trouble, 'crossed')
  give(book, replaced(one(bid, 46, 0)))
  assert.is(book.state, 'live')
  give(book, replaced(one(bid, 45, 1)))
  assert.is(book.state, 'live')
  assert.is(book.trouble, 'locked')
  assert.equal([book.troubles.crossed, book.troubles.locked], [1, 1])
})

test('a book is judged only when a change is complete', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5), one(ask, 45, 5)))
  // The bid crosses the ask that the next row removes.
  give(book, replaced(one(bid, 46, 1), one(ask, 45, 0), one(ask, 47, 1)))
  assert.is(book.state, 'live')
  assert.is(book.troubles.crossed, 0)
})

test('a level below zero makes a book suspect until it is rebuilt, also if it comes back', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5)))
  give(book, added(one(bid, 40, -7)))
  assert.is(book.state, 'suspect')
  assert.is(book.trouble, 'negative')
  give(book, added(one(bid, 40, 4)))
  assert.is(book.bidSize, 2)
  assert.is(book.state, 'suspect')
  assert.is(book.troubles.negative, 1)
  give(book, snapshot(one(bid, 40, 5)))
  assert.is(book.state, 'live')
  give(book, snapshot(one(bid, 40, -5)))
  assert.is(book.state, 'suspect')
})

test('what does not fit into 53 bits is left out, and the book is suspect', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5)))
  give(book, replaced({ side: bid, price: 1, priceScale: 18, size: 1, sizeScale: 0 }))
  assert.is(book.state, 'suspect')
  assert.is(book.trouble, 'unfit')
  assert.equal(shown(book, bid), [[at12(40, 2), at12(5, 0)]])
  give(book, snapshot(one(bid, 40, MAX_MANTISSA)))
  assert.is(book.state, 'live')
  give(book, added(one(bid, 40, 1)))
  assert.is(book.state, 'suspect')
  give(book, snapshot(one(bid, 40, MAX_MANTISSA), { ...one(bid, 41, 1), sizeScale: 2 }))
  assert.is(book.state, 'suspect')
})

test('an instrument that is over closes its book; one that opens again has none yet', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5)))
  phase(book, 'paused')
  assert.is(book.state, 'live')
  phase(book, 'closed')
  give(book, snapshot())
  assert.is(book.state, 'closed')
  phase(book, 'open')
  assert.is(book.state, 'rebuilding')
  give(book, snapshot())
  assert.is(book.state, 'live')
})

test('a removal of what is not there is counted', () => {
  const book = new Book()
  give(book, snapshot(one(bid, 40, 5)))
  give(book, replaced(one(bid, 41, 0), one(bid, 40, 0)))
  assert.is(book.unknownRemovals, 1)
})

test('best, imbalance and microprice are those of the levels', () => {
  const book = new Book()
  assert.ok(
    [book.bid, book.ask, book.bidSize, book.imbalance(3), book.microprice()].every(Number.isNaN)
  )
  give(book, snapshot(one(bid, 39, 9), one(bid, 40, 3), one(ask, 45, 1), one(ask, 46, 5)))
  assert.equal([book.bid, book.bidSize, book.ask, book.askSize], [40, 3, 45, 1])
  assert.is(decimalText(book.ask, book.priceScale), '0.45')
  assert.is(book.imbalance(1), 0.5)
  assert.is(book.imbalance(9), 6 / 18)
  // (0.40 * 1 + 0.45 * 3) / 4
  assert.is(book.microprice(), 0.4375)
})

test.run()
