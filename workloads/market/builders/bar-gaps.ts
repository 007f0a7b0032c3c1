// The gaps that bars touch: which ones last, and when the last one ended. Of a feed, because few gaps name an instrument; a gap of one
// instrument counts for its whole feed only while a bar begins.

import { FLAG, type MarketEvent } from '../event.ts'

type FeedGaps = {
  /** Gaps that began and last. */
  lasting: number
  /** When the last one ended; ms -1: there was none. */
  endMs: number
  endNs: number
}

export class BarGaps {
  readonly #feeds = new Map<string, FeedGaps>()

  /** Takes a gap event. */
  take({ feed, flags, untilMs, untilNs }: MarketEvent): void {
    let gaps = this.#feeds.get(feed)
    if (gaps === undefined) {
      gaps = { lasting: 0, endMs: -1, endNs: 0 }
      this.#feeds.set(feed, gaps)
    }
    const begins = (flags & FLAG.first) !== 0
    const ends = (flags & FLAG.last) !== 0
    if (begins && !ends) gaps.lasting++
    if (ends && !begins) gaps.lasting = Math.max(0, gaps.lasting - 1)
    if (ends && isBefore(gaps.endMs, gaps.endNs, untilMs, untilNs)) {
      gaps.endMs = untilMs
      gaps.endNs = untilNs
    }
  }

  /** Whether anything was missing from that time on. */
  touches(feed: string, ms: number, ns: number): boolean {
    const gaps = this.#feeds.get(feed)
    if (gaps === undefined) return false
    return gaps.lasting > 0 || isBefore(ms, ns, gaps.endMs, gaps.endNs)
  }
}

export const isBefore = (ms: number, ns: number, otherMs: number, otherNs: number): boolean =>
  ms < otherMs || (ms === otherMs && ns < otherNs)
