// What a connection wants of Kalshi and what it has: slices of markets, and for each slice one subscription a
// channel with its own sid. Only bookkeeping; what to send next is the session's to decide.

import type { Channel } from './types.ts'

/** Markets that share subscriptions. */
export type Slice = { readonly wanted: Set<string> }

export type Subscription = {
  readonly channel: Channel
  /** null: the whole channel, without a filter. */
  readonly slice: Slice | null
  /** `new`: to be asked for, `asked`: under way, `live`: confirmed, `ending`: being given up. */
  state: 'new' | 'asked' | 'live' | 'ending'
  /** 0: not known (yet). */
  sid: number
  /** Markets that the exchange confirmed. */
  readonly confirmed: Set<string>
  /** Of these, markets whose add or delete was not answered: they may be there or not. */
  readonly uncertain: Set<string>
  /** Markets that cannot be had at present. */
  readonly refusedMarkets: Map<string, Refused>
  /** Why the channel cannot be had at present; null if it can. */
  refused: Refused | null
  /** Id of the command that is under way, or 0. */
  command: number
  /** A command was not answered and may still be carried out: asked for again blindly, it could be there twice. */
  doubtful: boolean
  /** Since when and why its frames are missing, until it is confirmed again. */
  missing: Missing | null
  retryAt: number
  failures: number
  /** Asked for in a command of its own, since a common one failed. */
  alone: boolean
  /** Markets in one command, at most. */
  batch: number
  rebuild: {
    wanted: boolean
    notBefore: number
    delayMs: number
    lastMs: number
  }
}

/** Frames that are missing: `atMs` is up to when that is on record. */
export type Missing = {
  atMs: number
  readonly startMs: number
  tellAtMs: number
  readonly cause: 'exchange-sequence' | 'not-subscribed'
  readonly reason: string
}

/** Why a channel or a market cannot be had, in the exchange's words, and when it is asked for again. */
export type Refused = {
  readonly kind: 'refused' | 'unanswered'
  readonly words: string
  readonly sinceMs: number
  readonly untilMs: number
  /** Times in a row. */
  readonly times: number
}

/** Kalshi publishes no number; others met a limit at 256 markets a subscription. */
export const MARKETS_PER_SUBSCRIPTION = 200
export const MARKETS_PER_UPDATE = 50

export const newSubscription = (channel: Channel, slice: Slice | null): Subscription => ({
  channel,
  slice,
  state: 'new',
  sid: 0,
  confirmed: new Set(),
  uncertain: new Set(),
  refusedMarkets: new Map(),
  refused: null,
  command: 0,
  doubtful: false,
  missing: null,
  retryAt: 0,
  failures: 0,
  alone: false,
  batch: MARKETS_PER_SUBSCRIPTION,
  rebuild: { wanted: false, notBefore: 0, delayMs: 0, lastMs: 0 },
})

/** To be asked for, unless it is there. */
export const isWanted = (sub: Subscription, market: string, nowMs: number): boolean =>
  (sub.slice?.wanted.has(market) ?? false) &&
  (sub.refusedMarkets.get(market)?.untilMs ?? 0) <= nowMs

/** Markets to be added now, at most `limit`. */
export function missing(sub: Subscription, limit: number, nowMs: number): string[] {
  const markets: string[] = []
  if (sub.slice === null) return markets
  for (const market of sub.slice.wanted) {
    if (markets.length >= limit) break
    const isThere = sub.confirmed.has(market) && !sub.uncertain.has(market)
    if (!isThere && isWanted(sub, market, nowMs)) markets.push(market)
  }
  return markets
}

/** Markets to be given up, at most `limit`. */
export function surplus(sub: Subscription, limit: number): string[] {
  const markets: string[] = []
  for (const market of sub.confirmed) {
    if (markets.length >= limit) break
    if (sub.slice !== null && !sub.slice.wanted.has(market)) markets.push(market)
  }
  return markets
}
