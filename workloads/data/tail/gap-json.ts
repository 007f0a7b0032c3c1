// A gap as the live tail tells of it, whatever found it. Pure.

import { FLAG, type MarketEvent } from '#market/event.ts'
import { timeText } from '#market/time.ts'

export type TailGap = {
  readonly feed: string
  /** Empty: all of the feed. */
  readonly symbol: string
  readonly reason: string
  /** Since when frames are missing, and until when; null: not known, or not over. */
  readonly from: string | null
  readonly until: string | null
  /** When it became known. */
  readonly recv: string | null
  /** A gap that begins and has not ended; one that ends; with neither it is over. */
  readonly state: 'begins' | 'ends' | 'over'
}

/** Of a gap row of market events. */
export function gapOf(row: MarketEvent): TailGap {
  const { feed, symbol, reason, flags } = row
  const begins = (flags & FLAG.first) !== 0
  const ends = (flags & FLAG.last) !== 0
  return {
    feed,
    symbol,
    reason,
    from: row.timeText || null,
    until: timeText(row.untilMs, row.untilNs) || null,
    recv: row.recvText,
    state: begins && !ends ? 'begins' : ends && !begins ? 'ends' : 'over',
  }
}

/** Of what this tail cannot deliver: NATS holds it no longer, or it is another stream than before. */
export const tailGap = (feed: string, reason: string, from: string, until: string): TailGap => ({
  feed,
  symbol: '',
  reason,
  from: from || null,
  until: until || null,
  recv: null,
  state: 'over',
})

/** Reasons of gaps that concern the reading alone: an archive may hold what is missing. */
export const NOT_HELD = 'not-held'
export const STREAM_RESTARTED = 'stream-restarted'
