// Gaps of whole feeds that began and last: an instrument that is met within one begins in it.

import { EVENT, FLAG, MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'

export type FeedGaps = {
  readonly feed: string
  /** How many last, and the last one that began. */
  lasting: number
  ms: number
  ns: number
  fromMs: number
  fromNs: number
}

export class LastingGaps {
  readonly #feeds = new Map<string, FeedGaps>()
  readonly #event = new MarketEvent()

  of(feed: string): FeedGaps {
    let gaps = this.#feeds.get(feed)
    if (gaps === undefined) {
      gaps = { feed, lasting: 0, ms: 0, ns: 0, fromMs: 0, fromNs: 0 }
      this.#feeds.set(feed, gaps)
    }
    return gaps
  }

  take(gaps: FeedGaps, { symbol, flags, recvMs, recvNs, timeMs, timeNs }: MarketEvent): void {
    if (symbol !== '') return
    const begins = (flags & FLAG.first) !== 0
    const ends = (flags & FLAG.last) !== 0
    if (begins && !ends) {
      gaps.lasting++
      gaps.ms = recvMs
      gaps.ns = recvNs
      gaps.fromMs = timeMs
      gaps.fromNs = timeNs
    } else if (ends && !begins) gaps.lasting = Math.max(0, gaps.lasting - 1)
  }

  /** Tells of those that last. */
  tell(gaps: FeedGaps, symbol: string, take: (gap: MarketEvent) => void): void {
    for (let i = 0; i < gaps.lasting; i++) {
      const event = this.#event
      event.feed = gaps.feed
      event.symbol = symbol
      event.recvMs = gaps.ms
      event.recvNs = gaps.ns
      event.begin(EVENT.gap)
      event.timeMs = gaps.fromMs
      event.timeNs = gaps.fromNs
      event.flags = FLAG.first
      take(event)
    }
  }

  keep(keeper: Keeper): void {
    keeper.each(
      [...this.#feeds].map(([feed, gaps]) => [feed, '', gaps] as const),
      (feed) => this.of(feed),
      (gaps) => {
        for (const field of ['lasting', 'ms', 'ns', 'fromMs', 'fromNs'] as const) {
          gaps[field] = keeper.number(gaps[field])
        }
      }
    )
  }
}
