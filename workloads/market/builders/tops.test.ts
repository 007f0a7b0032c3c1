import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EVENT, FLAG, MarketEvent, SIDE } from '../event.ts'
import { BookImbalances } from './book-imbalance.ts'
import { type Microprice, Microprices } from './microprice.ts'
import { SpreadStatistics, type SpreadStats } from './spread-stats.ts'
import {
  exact,
  handedOut,
  holesOf,
  isMissed,
  nanos,
  RUNS,
  rounded,
  type Step,
  same,
  T0,
} from './testing/steps.ts'

const test = suite('builders over best bids and asks')

const SPAN = 5_000_000_000n
const isKnown = (integer: number): boolean => !Number.isNaN(integer)
const isQuote = ({ kind, bid, ask }: Step): boolean =>
  kind === 'quote' && (isKnown(bid.integer) || isKnown(ask.integer))

/** What is handed out of a run: behind each quote, and at its end. */
function expected(
  steps: readonly Step[],
  read: (seen: readonly Step[], feed: string, symbol: string) => string
): string[] {
  const out = steps.flatMap((one, i) =>
    isQuote(one) ? [read(steps.slice(0, i + 1), one.feed, one.symbol)] : []
  )
  for (const feed of ['f', 'g']) {
    for (const symbol of ['A', 'B']) {
      const isTold = steps.some((one) => isQuote(one) && one.feed === feed && one.symbol === symbol)
      out.push(isTold ? read(steps, feed, symbol) : '')
    }
  }
  return out
}

const lastOf = (seen: readonly Step[], feed: string, symbol: string): Step =>
  seen.findLast((one) => isQuote(one) && one.feed === feed && one.symbol === symbol)!

test('a microprice is the fraction that its quote says, and says whether something was missing since, one by one as in batches', () => {
  const create = (emit: (one: Microprice) => void) => new Microprices({ source: 'quote' }, emit)
  const text = (one: Microprice): string => {
    const { recvMs, recvNs, timeMs, timeNs } = one.top
    const times = `${nanos(recvMs, recvNs)} ${nanos(timeMs + 3, timeNs)}`
    return `${times} ${one.gap} ${one.price(6)} ${one.middle(6)} ${isKnown(one.near)}`
  }
  fc.assert(
    fc.property(RUNS, fc.integer({ min: 1, max: 70 }), (steps, rows) => {
      const single = handedOut(create, text, steps)
      const slow = expected(steps, (seen, feed, symbol) => {
        const one = lastOf(seen, feed, symbol)
        const { at, bid, ask, bidSize, askSize } = one
        const gap = isMissed(holesOf(seen, feed, symbol), at)
        const hasBoth = isKnown(bid.integer) && isKnown(ask.integer)
        const isSized = hasBoth && isKnown(bidSize.integer) && isKnown(askSize.integer)
        const over = isSized ? exact(bid) * exact(askSize) + exact(ask) * exact(bidSize) : 0n
        const under = isSized ? exact(bidSize) + exact(askSize) : 0n
        const price = under > 0n ? rounded(over, under * 10n ** 20n) : undefined
        const middle = hasBoth ? rounded(exact(bid) + exact(ask), 2n * 10n ** 20n) : undefined
        return `${at} ${at} ${gap} ${price} ${middle} ${under > 0n}`
      })
      assert.equal(single, slow)
      assert.equal(handedOut(create, text, steps, rows), single)
    }),
    { numRuns: 150 }
  )
})

const later = (a: bigint, b: bigint): bigint => {
  if (a > b) return a
  return b
}

type Held = { start: bigint; end: bigint; spread: bigint; scale: number; isOpen: boolean }

/** The spreads of an instrument, each with the time in which it is known to have been in force. */
function spreadsOf(seen: readonly Step[], feed: string, symbol: string): Held[] {
  const held: Held[] = []
  let last: Step | undefined
  for (const [i, one] of seen.entries()) {
    const holes = holesOf(seen.slice(0, i + 1), feed, symbol)
    const current = held.at(-1)
    const isAbout = one.feed === feed && (one.symbol === symbol || one.symbol === '')
    if (one.kind === 'gap' && isAbout && last !== undefined && isMissed(holes, last.at)) {
      if (current?.isOpen) {
        current.isOpen = false
        current.end = later(one.from, current.start)
      }
    }
    if (!isQuote(one) || !isAbout) continue
    last = one
    const { bid, ask } = one
    const isWhole = isKnown(bid.integer) && isKnown(ask.integer) && !isMissed(holes, one.at)
    const spread = isWhole ? exact(ask) - exact(bid) : 0n
    const scale = Math.max(bid.scale, ask.scale)
    if (isWhole && current?.isOpen && current.spread === spread && current.scale === scale) continue
    if (current?.isOpen) {
      current.isOpen = false
      current.end = one.at
    }
    if (isWhole) held.push({ start: one.at, end: one.at, spread, scale, isOpen: true })
  }
  for (const one of held) if (one.isOpen) one.end = seen.at(-1)!.at
  return held
}

test('statistics of spreads weigh each by the time in which it is known, and count no time behind a gap, one by one as in batches', () => {
  const text = (one: SpreadStats): string => {
    const { spread, spreadScale, least, leastScale, greatest, greatestScale } = one
    const figures = [same(spread, spreadScale), same(least, leastScale)]
    figures.push(same(greatest, greatestScale), String(one.mean(6)), String(one.knownNs))
    return `${figures} ${one.gap} ${one.cut} ${one.complete}`
  }
  fc.assert(
    fc.property(
      RUNS,
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom(1, 2, 100),
      (steps, rows, most) => {
        const options = { source: 'quote' as const, spanMs: 5000, most }
        const create = (emit: (one: SpreadStats) => void) => new SpreadStatistics(options, emit)
        const single = handedOut(create, text, steps)
        const slow = expected(steps, (seen, feed, symbol) => {
          const since = seen.at(-1)!.at - SPAN
          const all = spreadsOf(seen, feed, symbol).filter(({ end }) => end > since)
          const held = all.slice(-most)
          const order = held
            .map(({ spread }) => spread)
            .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
          let known = 0n
          let weighted = 0n
          for (const { start, end, spread } of held) {
            const ns = end - later(start, since)
            known += ns
            weighted += spread * ns
          }
          const now = held.at(-1)
          const mean = known > 0n ? rounded(weighted, known * 10n ** 20n) : undefined
          const figures = [now?.isOpen ? now.spread : '-', order[0] ?? '-', order.at(-1) ?? '-']
          const holes = holesOf(seen, feed, symbol)
          const gap = isMissed(holes, since) || isMissed(holes, lastOf(seen, feed, symbol).at)
          const cut = all.length > held.length
          const isRead = seen.find((one) => one.feed === feed)!.at <= since
          return `${[...figures, String(mean), known]} ${gap} ${cut} ${!cut && isRead}`
        })
        assert.equal(single, slow)
        assert.equal(handedOut(create, text, steps, rows), single)
      }
    ),
    { numRuns: 200 }
  )
})

function row(ms: number, kind: number, side: number, price: number, size: number, flags: number) {
  const event = new MarketEvent()
  event.feed = 'f'
  event.symbol = 'S'
  event.recvMs = T0 + ms
  event.begin(kind)
  event.timeMs = T0 + ms - 3
  event.side = side
  event.price = price
  event.priceScale = 2
  event.size = size
  event.flags = flags
  return event
}

const snapshot = (ms: number): MarketEvent[] => [
  row(ms, EVENT.bookSnapshot, SIDE.bid, 100, 2 ** 53 - 1, FLAG.first),
  row(ms, EVENT.bookSnapshot, SIDE.bid, 99, 2 ** 53 - 1, 0),
  row(ms, EVENT.bookSnapshot, SIDE.bid, 98, 5, 0),
  row(ms, EVENT.bookSnapshot, SIDE.ask, 104, 3, FLAG.last),
]

function hole(ms: number, from: number): MarketEvent {
  const event = row(ms, EVENT.gap, 0, Number.NaN, Number.NaN, FLAG.first | FLAG.last)
  event.symbol = ''
  event.timeMs = T0 + from
  event.untilMs = T0 + ms
  return event
}

test('a balance of a book adds the best levels exactly beyond 2^53, and says when the book is suspect', () => {
  const shown: string[] = []
  const builder = new BookImbalances({ levels: 2 }, ({ bids, asks, gap, recvMs, timeMs, ...one }) =>
    shown.push(`${one.feed} ${one.symbol} ${bids.value} ${asks.value} ${gap} ${recvMs - timeMs}`)
  )
  for (const event of snapshot(0)) builder.apply(event)
  const bids = 2n * (2n ** 53n - 1n)
  assert.equal(shown, [`f S ${bids} 3 false 3`])
  const both = bids + 3n
  assert.is(builder.get('f', 'S')?.imbalance(20), rounded20(bids - 3n, both))
  builder.apply(hole(10, 5))
  assert.is(builder.get('f', 'S')?.gap, true)
  builder.apply(row(11, EVENT.bookChange, SIDE.ask, 103, 4, FLAG.last))
  assert.is(shown[1], `f S ${bids} 7 true 3`)
  for (const event of snapshot(20)) builder.apply(event)
  assert.is(builder.get('f', 'S')?.gap, false)
})

const rounded20 = (over: bigint, under: bigint): bigint =>
  (2n * over * 10n ** 20n + under) / (2n * under)

test('of a book whose gap is not closed by a snapshot neither spread nor time in force is known', () => {
  const builder = new SpreadStatistics({ source: 'book', spanMs: 1000, most: 10 })
  const prices = new Microprices({ source: 'book' })
  const apply = (...events: MarketEvent[]): string => {
    for (const event of events) {
      builder.apply(event)
      prices.apply(event)
    }
    const one = builder.get('f', 'S')
    const price = prices.get('f', 'S')
    return `${one?.spread} ${one?.mean(3)} ${one?.knownNs} ${one?.gap} ${price?.gap}`
  }
  assert.is(apply(...snapshot(0)), '4 undefined 0 false false')
  assert.is(
    apply(row(100, EVENT.bookChange, SIDE.bid, 102, 1, FLAG.last)),
    '2 40 100000000 false false'
  )
  assert.is(prices.get('f', 'S')?.price(3), 1025n)
  // From 150 on nothing is known, whatever comes, until the next snapshot.
  assert.is(apply(hole(200, 150)), 'NaN 33 150000000 true true')
  const change = row(300, EVENT.bookChange, SIDE.bid, 103, 1, FLAG.last)
  assert.is(apply(change), 'NaN 33 150000000 true true')
  // The gap stays in the window, the book is whole again.
  assert.is(apply(...snapshot(400)), '4 33 150000000 true false')
  assert.is(apply(row(1150, EVENT.trade, 0, 1, 1, 0)), '4 40 750000000 true false')
  assert.is(apply(row(1400, EVENT.trade, 0, 1, 1, 0)), '4 40 1000000000 false false')
  const closed = row(1500, EVENT.instrument, 0, Number.NaN, Number.NaN, 0)
  closed.instrument = { phase: 'closed', action: 'closed' }
  assert.is(apply(closed), 'NaN 40 1000000000 true true')
})

test.run()
