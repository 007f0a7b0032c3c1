// The state of one Kalshi connection as data, and the few changes that everything else is made of.

import type { Action, Scoped } from '../../adapter.ts'
import { Placement } from '../../placement.ts'
import {
  MARKETS_PER_SUBSCRIPTION,
  newSubscription,
  type Slice,
  type Subscription,
} from './subscriptions.ts'
import { TrackedSet } from './tracked-set.ts'
import type { Channel } from './types.ts'

export type Command = {
  readonly id: number
  readonly kind: 'subscribe' | 'add' | 'delete' | 'snapshot' | 'unsubscribe'
  readonly subs: readonly Subscription[]
  readonly markets: readonly string[]
  /** Markets whose snapshot has not come yet. */
  readonly awaited: Set<string>
  readonly sentMs: number
}

/** Markets of a subscription that were given up and are wanted again. */
export type Resuming = {
  /** Since when each is not captured. */
  readonly since: Map<string, number>
  /** `confirmed.changes` when it was last looked at. */
  looked: number
}

export type State = {
  readonly spacingMs: number
  /** Which slice each wanted market belongs to. */
  readonly slices: Placement<Slice>
  readonly subs: Subscription[]
  /** Subscriptions with markets that were given up and are wanted again. */
  readonly resuming: Map<Subscription, Resuming>
  /** Sent and not yet answered. */
  readonly commands: Map<number, Command>
  /** Sids that the exchange gave and nobody waited for. */
  readonly strays: number[]
  /** Markets in one subscription, at most. */
  limit: number
  lastId: number
  open: boolean
  symbolsKnown: boolean
  ready: boolean
  nextSendMs: number
  pausedUntil: number
  pauses: number
  wakeAt: number
  lastError: string
  actions: Action[]
}

const RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000
/** A market or a channel that was refused is asked for again after this. */
const REFUSED_MS = 60_000

export function newState(options: {
  /** Channels to have without a filter. */
  readonly whole: readonly Channel[]
  /** Channels to have for named markets. */
  readonly filtered: readonly Channel[]
  readonly spacingMs: number
}): State {
  const subs = options.whole.map((channel) => newSubscription(channel, null))
  const newSlice = (): Slice => {
    const slice: Slice = { wanted: new TrackedSet(), subs: [] }
    for (const channel of options.filtered) slice.subs.push(newSubscription(channel, slice))
    subs.push(...slice.subs)
    return slice
  }
  return {
    spacingMs: options.spacingMs,
    slices: new Placement(MARKETS_PER_SUBSCRIPTION, newSlice),
    subs,
    resuming: new Map(),
    commands: new Map(),
    strays: [],
    limit: MARKETS_PER_SUBSCRIPTION,
    lastId: 0,
    open: false,
    // Nothing to wait for where no channel takes names.
    symbolsKnown: options.filtered.length === 0,
    ready: false,
    nextSendMs: 0,
    pausedUntil: 0,
    pauses: 0,
    wakeAt: Number.POSITIVE_INFINITY,
    lastError: '',
    actions: [],
  }
}

export const bySid = (state: State, sid: number): Subscription | undefined =>
  sid === 0 ? undefined : state.subs.find((sub) => sub.sid === sid)

export const scopeOf = (sub: Subscription): Scoped => ({
  scope: sub.sid,
  channel: sub.channel.name,
  group: sub.channel.group,
})

/** So many markets are too many: the slices are cut to the limit. */
export function lowerLimit(state: State, limit: number): void {
  state.limit = Math.max(1, Math.min(state.limit, limit))
  state.slices.lower(state.limit)
}

export function confirm(sub: Subscription, markets: Iterable<string>): void {
  for (const market of markets) {
    sub.confirmed.add(market)
    sub.refusedUntil.delete(market)
  }
}

/** All is well with what was asked last. */
export function settle(state: State, sub: Subscription): void {
  sub.command = 0
  sub.failures = 0
  sub.retryAt = 0
  sub.alone = false
  sub.batch = state.limit
  state.pauses = 0
}

/** The same again, later each time. */
export function later(sub: Subscription, nowMs: number): void {
  sub.command = 0
  sub.retryAt = nowMs + Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** Math.min(sub.failures++, 10))
}

/** No command at all for a while, longer each time. */
export function pause(state: State, nowMs: number): void {
  const ms = Math.min(MAX_RETRY_MS / 2, RETRY_MS * 2 ** Math.min(state.pauses++, 10))
  state.pausedUntil = Math.max(state.pausedUntil, nowMs + ms)
}

/** To be asked for from the beginning. */
export function renew(state: State, sub: Subscription): void {
  if (sub.sid !== 0) state.actions.push({ kind: 'forget', scope: sub.sid })
  if (sub.command !== 0) state.commands.delete(sub.command)
  sub.command = 0
  sub.state = 'new'
  sub.sid = 0
  sub.confirmed.clear()
  sub.rebuild.wanted = false
}

/** The exchange ended it: what it would have sent is missing until it is made anew. */
export function ended(state: State, sub: Subscription, reason: string, nowMs: number): void {
  const symbols = sub.slice?.wanted.size ?? 0
  state.actions.push({ kind: 'ended', reason, ...scopeOf(sub) })
  state.actions.push({
    kind: 'rebuild',
    how: 'resubscribe',
    symbols,
    ...scopeOf(sub),
  })
  renew(state, sub)
  sub.ended ??= { atMs: nowMs, reason }
  later(sub, nowMs)
}

export function refuseMarket(sub: Subscription, market: string, nowMs: number): void {
  // The answer may come after nobody wants it any more.
  if (!sub.slice?.wanted.has(market)) return
  sub.refusedUntil.set(market, nowMs + REFUSED_MS)
}

export function refuseChannel(state: State, sub: Subscription, nowMs: number): void {
  sub.refused = state.lastError
  sub.retryAt = nowMs + REFUSED_MS
}

export function reconnect(state: State, kind: 'unauthorized' | 'protocol', message: string): void {
  const failure = {
    kind,
    message: `Kalshi: ${message}`,
    status: 0,
    retryAfterMs: null,
  }
  state.actions.push({ kind: 'reconnect', failure })
}

/** A lost frame spoiled what this subscription knows; asked for again, at a bounded pace. */
export function wantRebuild(sub: Subscription, nowMs: number): void {
  const { rebuild } = sub
  if (!sub.channel.snapshots || rebuild.wanted) return
  const calm = nowMs - rebuild.lastMs > MAX_RETRY_MS
  // One gap after the other must not become one command after the other.
  rebuild.delayMs = calm ? 0 : Math.min(MAX_RETRY_MS, Math.max(RETRY_MS, rebuild.delayMs * 2))
  rebuild.notBefore = calm ? nowMs : rebuild.lastMs + rebuild.delayMs
  rebuild.wanted = true
}
