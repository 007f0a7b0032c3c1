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
  /** Markets that it refused, and when to ask again. */
  readonly refusedUntil: Map<string, number>
  /** Why the channel cannot be had; empty where it can. */
  refused: string
  /** Id of the command that is under way, or 0. */
  command: number
  /** The last command that asked for it: also for an ack that comes late. */
  asked: { readonly id: number; readonly markets: readonly string[] }
  /** When and why the exchange ended it, until it is there again. */
  ended: { readonly atMs: number; readonly reason: string } | null
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

/** Kalshi publishes no number; others met a limit at 256 markets a subscription. */
export const MARKETS_PER_SUBSCRIPTION = 200
export const MARKETS_PER_UPDATE = 50

export const newSubscription = (channel: Channel, slice: Slice | null): Subscription => ({
  channel,
  slice,
  state: 'new',
  sid: 0,
  confirmed: new Set(),
  refusedUntil: new Map(),
  refused: '',
  command: 0,
  asked: { id: 0, markets: [] },
  ended: null,
  retryAt: 0,
  failures: 0,
  alone: false,
  batch: MARKETS_PER_SUBSCRIPTION,
  rebuild: { wanted: false, notBefore: 0, delayMs: 0, lastMs: 0 },
})

/** Markets to be added now, at most `limit`. */
export function missing(sub: Subscription, limit: number, nowMs: number): string[] {
  const markets: string[] = []
  if (sub.slice === null) return markets
  for (const market of sub.slice.wanted) {
    if (markets.length >= limit) break
    if (!sub.confirmed.has(market) && (sub.refusedUntil.get(market) ?? 0) <= nowMs) {
      markets.push(market)
    }
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
