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
  /** Of these, markets whose add or delete was not answered: they may exist or not. */
  readonly uncertain: TrackedSet
  /** Markets that cannot be had at present. */
  readonly refusedMarkets: Map<string, Refused>
  /** Why the channel cannot be had at present; null if it can. */
  refused: Refused | null
  /** Id of the command that is under way, or 0. */
  command: number
  /** A command was not answered and may still be carried out: asked for again blindly, it could exist twice. */
  doubtful: boolean
  /** Since when and why its frames are missing, until it is confirmed again. */
  missing: Missing | null
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
  confirmed: new TrackedSet(),
  uncertain: new TrackedSet(),
  refusedMarkets: new Map(),
  refused: null,
  command: 0,
  doubtful: false,
  missing: null,
  retryAt: 0,
  failures: 0,
  alone: false,
  batch: MARKETS_PER_SUBSCRIPTION,
  complete: { at: -1, untilMs: 0 },
  trimmedAt: -1,
  rebuild: { wanted: false, notBefore: 0, delayMs: 0, lastMs: 0 },
})

/** To be asked for, unless it exists. */
export const isWanted = (sub: Subscription, market: string, nowMs: number): boolean =>
  (sub.slice?.wanted.has(market) ?? false) &&
  (sub.refusedMarkets.get(market)?.untilMs ?? 0) <= nowMs

/** Grows with every change of what is wanted, confirmed or uncertain. */
const changesOf = ({ slice, confirmed, uncertain }: Subscription): number =>
  (slice?.wanted.changes ?? 0) + confirmed.changes + uncertain.changes

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
    if (sub.confirmed.has(market) && !sub.uncertain.has(market)) continue
    const refusedUntil = sub.refusedMarkets.get(market)?.untilMs ?? 0
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
