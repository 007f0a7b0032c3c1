import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SIDE } from '../event.ts'
import type { Clock } from './instruments.ts'
import { PriceHistory } from './price-history.ts'
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
} from './testing/steps.ts'
import { TradeImbalance } from './trade-imbalance.ts'
import { type TradeWindow, TradeWindows, type WindowOptions } from './trade-window.ts'
import { VolumeProfile } from './volume-profile.ts'
import { RollingVwap, type SessionVwap, SessionVwaps } from './vwap.ts'

const test = suite('builders over trades')

const SECOND = 1_000_000_000n
const SPAN = 5n * SECOND

const sum = (values: readonly bigint[]): bigint => values.reduce((a, b) => a + b, 0n)
const isSized = ({ size }: Step): boolean => !Number.isNaN(size.integer)
const volumeOf = (trades: readonly Step[]): bigint =>
  sum(trades.filter(isSized).map(({ size }) => exact(size)))
const of = (trades: readonly Step[], side: number): Step[] =>
  trades.filter((one) => one.side === side)
const turnoverOf = (trades: readonly Step[]): bigint =>
  sum(trades.filter(isSized).map(({ price, size }) => exact(price) * exact(size))) / 10n ** 20n

type Read = {
  readonly trades: readonly Step[]
  readonly all: readonly Step[]
  readonly steps: readonly Step[]
  readonly since: bigint
  readonly feed: string
  readonly symbol: string
}

/** What builders hand out of a run, computed from the whole run behind each of its trades, and at its end. */
function expected(
  steps: readonly Step[],
  choose: (all: readonly Step[], now: bigint) => { trades: readonly Step[]; since: bigint },
  shown: (read: Read) => string
): string[] {
  const isTrade = (one: Step): boolean => one.kind === 'trade' && !one.isHistory
  const read = (count: number, feed: string, symbol: string): string => {
    const seen = steps.slice(0, count)
    const all = seen.filter((one) => isTrade(one) && one.feed === feed && one.symbol === symbol)
    if (all.length === 0) return ''
    const chosen = choose(all, seen.at(-1)!.at)
    return shown({ ...chosen, all, steps: seen, feed, symbol })
  }
  const out = steps.flatMap((one, i) => (isTrade(one) ? [read(i + 1, one.feed, one.symbol)] : []))
  for (const feed of ['f', 'g']) {
    for (const symbol of ['A', 'B']) out.push(read(steps.length, feed, symbol))
  }
  return out
}

const inWindow = (most: number) => (all: readonly Step[], now: bigint) => {
  const since = now - SPAN
  return { trades: all.filter(({ at }) => at > since).slice(-most), since }
}

const flagsOf = (read: Read): string => {
  const { all, trades, steps, since, feed, symbol } = read
  const gap = isMissed(holesOf(steps, feed, symbol), since)
  const cut = all.filter(({ at }) => at > since).length > trades.length
  const start = steps.find((one) => one.feed === feed)!.at
  return `${trades.length} ${gap} ${cut} ${!cut && start <= since} ${since}`
}
const flagged = (window: TradeWindow): string => {
  const { trades, gap, cut, complete, sinceMs, sinceNs } = window
  return `${trades} ${gap} ${cut} ${complete} ${nanos(sinceMs, sinceNs)}`
}

/** Events one by one, in batches, and the slow reading agree. */
function agree<W extends TradeWindow>(
  make: (feed: string, symbol: string, clock: Clock, options: WindowOptions) => W,
  shown: (window: W) => string,
  slow: (read: Read) => string
): void {
  const text = (window: W): string => `${flagged(window)} ${shown(window)}`
  fc.assert(
    fc.property(
      RUNS,
      fc.integer({ min: 1, max: 70 }),
      fc.constantFrom(1, 4, 20, 1000),
      (steps, rows, most) => {
        const create = (emit: (window: W) => void) =>
          new TradeWindows((...name) => make(...name, { spanMs: 5000, most }), emit)
        const single = handedOut(create, text, steps)
        const all = (read: Read): string => `${flagsOf(read)} ${slow(read)}`
        assert.equal(single, expected(steps, inWindow(most), all))
        assert.equal(handedOut(create, text, steps, rows), single)
      }
    ),
    { numRuns: 120 }
  )
}

test('a price history is what the last trades say, each with the gap before it, one by one as in batches', () => {
  agree(
    (feed, symbol, clock, options) => new PriceHistory(feed, symbol, clock, options),
    (one) => {
      const { last, lastScale, open, openScale, high, highScale, low, lowScale, change } = one
      const figures = [same(last, lastScale), same(open, openScale), same(high, highScale)]
      const rows = Array.from({ length: one.trades }, (_, i) =>
        [
          same(one.price(i), one.priceScale(i)),
          same(one.size(i), one.sizeScale(i)),
          one.side(i),
          nanos(one.recvMs(i), one.recvNs(i)),
          nanos(one.timeMs(i) + 3, one.timeNs(i)),
          one.gapBefore(i),
        ].join('/')
      )
      return `${[...figures, same(low, lowScale), same(change.value, change.scale), ...rows]}`
    },
    ({ trades, all, steps, feed, symbol }) => {
      const prices = trades.map(({ price }) => exact(price))
      const order = prices.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      const [open, last, low, high] = [prices[0], prices.at(-1), order[0], order.at(-1)]
      const show = (value: bigint | undefined): string => String(value ?? '-')
      const start = steps.find((one) => one.feed === feed)!.at
      const rows = trades.toReversed().map((one) => {
        const place = all.indexOf(one)
        const before = place === 0 ? start : all[place - 1]!.at
        // Gaps that were over before, and those that began behind it, are not between the two.
        const isBehind = holesOf(steps, feed, symbol).some(
          ({ from, until }) => from < one.at && until > before
        )
        const known = holesOf(steps.slice(0, steps.indexOf(one)), feed, symbol)
        const size = isSized(one) ? exact(one.size) : '-'
        const gap = isBehind || isMissed(known, before)
        return [exact(one.price), size, one.side, one.at, one.at, gap].join('/')
      })
      const change = prices.length === 0 ? 0n : last! - open!
      return `${[show(last), show(open), show(high), show(low), change, ...rows]}`
    }
  )
})

test('a volume profile has each volume of the window in all, by side and by price, one by one as in batches', () => {
  const step = 7n * 10n ** 19n
  agree(
    (feed, symbol, clock, options) =>
      new VolumeProfile(feed, symbol, clock, { ...options, step: 7, stepScale: 1 }),
    (one) => {
      const levels = Array.from({ length: one.levels }, (_, rank) => {
        const { place, volume, buyVolume, sellVolume } = one.level(rank)!
        const parts = [volume, buyVolume, sellVolume].map(({ value, scale }) => same(value, scale))
        return `${place}:${parts}`
      })
      const { volume, buyVolume, sellVolume } = one
      const sums = [volume, buyVolume, sellVolume].map(({ value, scale }) => same(value, scale))
      return `${sums} ${levels.join(' ')} ${one.busiest?.place ?? '-'} ${one.beyond.value}`
    },
    ({ trades }) => {
      const sums = (some: readonly Step[]): string =>
        `${[volumeOf(some), volumeOf(of(some, SIDE.buy)), volumeOf(of(some, SIDE.sell))]}`
      const places = new Map<bigint, Step[]>()
      for (const one of trades.filter(isSized)) {
        const place = exact(one.price) / step
        places.set(place, [...(places.get(place) ?? []), one])
      }
      const levels = [...places].toSorted(([a], [b]) => (a < b ? -1 : 1))
      let busiest: [bigint, Step[]] | undefined
      for (const level of levels) {
        if (busiest === undefined || volumeOf(level[1]) > volumeOf(busiest[1])) busiest = level
      }
      const shown = levels.map(([place, some]) => `${place}:${sums(some)}`).join(' ')
      return `${sums(trades)} ${shown} ${busiest?.[0] ?? '-'} 0`
    }
  )
})

test('a rolling average weighted by volume is exact, one by one as in batches', () => {
  agree(
    (feed, symbol, clock, options) => new RollingVwap(feed, symbol, clock, options),
    (one) =>
      `${same(one.volume.value, one.volume.scale)} ${same(one.value.value, one.value.scale)} ${one.vwap(6)}`,
    ({ trades }) => averageOf(trades)
  )
})

function averageOf(trades: readonly Step[]): string {
  const [volume, value] = [volumeOf(trades), turnoverOf(trades)]
  return `${volume} ${value} ${volume === 0n ? undefined : rounded(value, volume)}`
}

test('a balance of trades is what was bought less what was sold, exact, one by one as in batches', () => {
  agree(
    (feed, symbol, clock, options) => new TradeImbalance(feed, symbol, clock, options),
    (one) => {
      const { buyVolume, sellVolume, unsided } = one
      const sums = [buyVolume, sellVolume, unsided].map(({ value, scale }) => same(value, scale))
      return `${sums} ${one.imbalance(6)}`
    },
    ({ trades }) => {
      const [none, bought, sold] = [0, SIDE.buy, SIDE.sell].map((side) =>
        volumeOf(of(trades, side))
      )
      const both = bought! + sold!
      const share = both === 0n ? undefined : rounded(bought! - sold!, both)
      return `${[bought, sold, none]} ${share}`
    }
  )
})

test('the average of a session begins with it and says what was missing of it, one by one as in batches', () => {
  const options = { sessionMs: 10_000, offsetMs: 3000 }
  const create = (emit: (one: SessionVwap) => void) => new SessionVwaps(options, emit)
  const text = (one: SessionVwap): string => {
    const { trades, volume, value, gap, complete, startMs, endMs, recvMs, recvNs, timeMs, timeNs } =
      one
    const sums = `${same(volume.value, volume.scale)} ${same(value.value, value.scale)}`
    const times = [nanos(startMs, 0), nanos(endMs, 0)]
    if (recvMs >= 0) times.push(nanos(recvMs, recvNs), nanos(timeMs + 3, timeNs))
    return `${trades} ${gap} ${complete} ${times} ${sums} ${one.vwap(6)}`
  }
  const startOf = (now: bigint): bigint => {
    let start = -7n * SECOND
    while (start + 10n * SECOND <= now) start += 10n * SECOND
    return start
  }
  fc.assert(
    fc.property(RUNS, fc.integer({ min: 1, max: 70 }), (steps, rows) => {
      const single = handedOut(create, text, steps)
      const slow = expected(
        steps,
        (all, now) => {
          const since = startOf(now)
          return { trades: all.filter(({ at }) => at >= since), since }
        },
        ({ trades, steps: seen, since, feed, symbol }) => {
          const gap = isMissed(holesOf(seen, feed, symbol), since)
          const isKnown = seen.find((one) => one.feed === feed)!.at <= since
          const times = [since, since + 10n * SECOND]
          const last = trades.at(-1)
          if (last !== undefined) times.push(last.at, last.at)
          return `${trades.length} ${gap} ${isKnown} ${times} ${averageOf(trades)}`
        }
      )
      assert.equal(single, slow)
      assert.equal(handedOut(create, text, steps, rows), single)
    }),
    { numRuns: 150 }
  )
})

test.run()
