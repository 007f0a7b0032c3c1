// What a connection wants of Kalshi and what it has: slices of markets, and for each slice one subscription a
// channel with its own sid. Only bookkeeping; what to send next is the session's to decide.

import { TrackedSet } from './tracked-set.ts'
import type { Channel } from './types.ts'

/** Markets that share subscriptions. */
export type Slice = { readonly wanted: TrackedSet; readonly subs: Subscription[] }

export type Subscription = {
  readonly channel: Channel
  /** null: the whole channel, without a filter. */
  readonly slice: Slice | null
  /** `new`: to be asked for, `asked`: under way, `live`: confirmed, `ending`: being given up. */
  state: 'new' | 'asked' | 'live' | 'ending'
  /** 0: not known (yet). */
  sid: number
  /** Markets that the exchange confirmed. */
  readonly confirmed: TrackedSet
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
  /** Nothing was missing, and holds until then; or until a set changes. */
  complete: { at: number; untilMs: number }
  /** Nothing was too much, until a set changes. */
  trimmedAt: number
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
  confirmed: new TrackedSet(),
  refusedUntil: new Map(),
  refused: '',
  command: 0,
  asked: { id: 0, markets: [] },
  ended: null,
  retryAt: 0,
  failures: 0,
  alone: false,
  batch: MARKETS_PER_SUBSCRIPTION,
  complete: { at: -1, untilMs: 0 },
  trimmedAt: -1,
  rebuild: { wanted: false, notBefore: 0, delayMs: 0, lastMs: 0 },
})

/** Grows with every change of what is wanted or confirmed. */
const changesOf = ({ slice, confirmed }: Subscription): number =>
  (slice?.wanted.changes ?? 0) + confirmed.changes

/** Until when nothing is missing, as far as is known; 0: something may be. */
export const completeUntilMs = (sub: Subscription): number =>
  sub.complete.at === changesOf(sub) ? sub.complete.untilMs : 0

const NONE: readonly string[] = []

/** Markets to be added now, at most `limit`. */
export function missing(sub: Subscription, limit: number, nowMs: number): readonly string[] {
  // A connection with thousands of subscriptions asks each of them before every command.
  if (sub.slice === null || limit === 0 || nowMs < completeUntilMs(sub)) return NONE
  const markets: string[] = []
  let untilMs = Number.POSITIVE_INFINITY
  for (const market of sub.slice.wanted) {
    if (markets.length >= limit) break
    if (sub.confirmed.has(market)) continue
    const refusedUntil = sub.refusedUntil.get(market) ?? 0
    if (refusedUntil <= nowMs) markets.push(market)
    else untilMs = Math.min(untilMs, refusedUntil)
  }
  if (markets.length === 0) sub.complete = { at: changesOf(sub), untilMs }
  return markets
}

/** Markets to be given up, at most `limit`. */
export function surplus(sub: Subscription, limit: number): readonly string[] {
  if (sub.slice === null || sub.trimmedAt === changesOf(sub)) return NONE
  const markets: string[] = []
  for (const market of sub.confirmed) {
    if (markets.length >= limit) break
    if (!sub.slice.wanted.has(market)) markets.push(market)
  }
  if (markets.length === 0) sub.trimmedAt = changesOf(sub)
  return markets
}
