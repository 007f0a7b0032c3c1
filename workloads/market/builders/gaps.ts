// The gaps that builders saw: which ones last, and when the last one ended, of each feed and of each instrument that gaps name.

import { FLAG, type MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'

/** Instruments whose own gaps are kept; a gap of one more counts for its whole feed. */
const MOST_NAMED = 65_536

type Seen = {
  /** Gaps that began and last. */
  lasting: number
  /** When the last one ended; ms -1: there was none. */
  endMs: number
  endNs: number
}

type FeedGaps = Seen & { readonly symbols: Map<string, Seen> }

export class Gaps {
  readonly #feeds = new Map<string, FeedGaps>()
  #named = 0

  /** Takes a gap event. */
  take({ feed, symbol, flags, untilMs, untilNs }: MarketEvent): void {
    let gaps: Seen = this.#feedOf(feed)
    if (symbol !== '') gaps = this.#symbolOf(this.#feedOf(feed), symbol)
    const begins = (flags & FLAG.first) !== 0
    const ends = (flags & FLAG.last) !== 0
    if (begins && !ends) gaps.lasting++
    if (ends && !begins) gaps.lasting = Math.max(0, gaps.lasting - 1)
    if (ends && isBefore(gaps.endMs, gaps.endNs, untilMs, untilNs)) {
      gaps.endMs = untilMs
      gaps.endNs = untilNs
    }
  }

  /** Whether anything of the instrument was missing from that time on. */
  touches(feed: string, symbol: string, ms: number, ns: number): boolean {
    if (this.#feeds.size === 0) return false
    const gaps = this.#feeds.get(feed)
    if (gaps === undefined) return false
    if (reaches(gaps, ms, ns)) return true
    if (gaps.symbols.size === 0) return false
    const own = gaps.symbols.get(symbol)
    return own !== undefined && reaches(own, ms, ns)
  }

  keep(keeper: Keeper): void {
    const feeds = [...this.#feeds].map(([feed, one]) => [feed, '', one] as const)
    keeper.each(
      feeds,
      (feed) => this.#feedOf(feed),
      (gaps) => keepSeen(keeper, gaps)
    )
    const named = feeds.flatMap(([feed, , { symbols }]) =>
      [...symbols].map(([symbol, one]) => [feed, symbol, one] as const)
    )
    keeper.each(
      named,
      (feed, symbol) => this.#symbolOf(this.#feedOf(feed), symbol),
      (gaps) => keepSeen(keeper, gaps)
    )
  }

  #feedOf(feed: string): FeedGaps {
    let gaps = this.#feeds.get(feed)
    if (gaps === undefined) {
      gaps = { lasting: 0, endMs: -1, endNs: 0, symbols: new Map() }
      this.#feeds.set(feed, gaps)
    }
    return gaps
  }

  #symbolOf(feed: FeedGaps, symbol: string): Seen {
    let gaps = feed.symbols.get(symbol)
    if (gaps !== undefined) return gaps
    if (this.#named === MOST_NAMED) return feed
    gaps = { lasting: 0, endMs: -1, endNs: 0 }
    feed.symbols.set(symbol, gaps)
    this.#named++
    return gaps
  }
}

function keepSeen(keeper: Keeper, gaps: Seen): void {
  gaps.lasting = keeper.number(gaps.lasting)
  gaps.endMs = keeper.number(gaps.endMs)
  gaps.endNs = keeper.number(gaps.endNs)
}

const reaches = ({ lasting, endMs, endNs }: Seen, ms: number, ns: number): boolean =>
  lasting > 0 || isBefore(ms, ns, endMs, endNs)

export const isBefore = (ms: number, ns: number, otherMs: number, otherNs: number): boolean =>
  ms < otherMs || (ms === otherMs && ns < otherNs)
