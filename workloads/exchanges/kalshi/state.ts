// The state of one Kalshi connection as data, and the few changes that everything else is made of.

import type { Action, Scoped } from '../protocol/adapter.ts'
import { Placement } from '../protocol/placement.ts'
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
  readonly kind: 'subscribe' | 'add' | 'delete' | 'snapshot' | 'unsubscribe' | 'list'
  readonly subs: readonly Subscription[]
  readonly markets: readonly string[]
  /** Markets whose snapshot has not come yet. */
  readonly awaited: Set<string>
  readonly sentMs: number
  /** One that failed before is asked again: it must not hold up those that may succeed. */
  readonly again: boolean
  /** A sid that no command waited for and that is released. */
  readonly stray: number
  /** A part of it was confirmed. */
  answered: boolean
  /** Answered by an error: only an ack behind that may still come. */
  failed: boolean
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
  /** Sent and given up; an ack may still come. The latest of them. */
  readonly lapsed: Map<number, Command>
  /** Subscriptions whose frames are missing at present. */
  readonly absent: Set<Subscription>
  /** Sids that the exchange gave and no command waited for. */
  readonly strays: number[]
  /** Sids that have ended, the latest of them: an ack may come after its end. */
  readonly over: Set<number>
  /** Markets in one subscription, at most. */
  limit: number
  lastId: number
  open: boolean
  symbolsKnown: boolean
  /** The exchange has answered a command on this connection. */
  answered: boolean
  ready: boolean
  nextSendMs: number
  pausedUntil: number
  pauses: number
  wakeAt: number
  lastError: string
  /** An error that answers no command that we know of. */
  said: { readonly words: string; readonly atMs: number } | null
  actions: Action[]
}

const RETRY_MS = 1_000
const MAX_RETRY_MS = 60_000
const MAX_LAPSED = 64

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
    lapsed: new Map(),
    absent: new Set(),
    strays: [],
    over: new Set(),
    limit: MARKETS_PER_SUBSCRIPTION,
    lastId: 0,
    open: false,
    // Nothing to wait for where no channel takes names.
    symbolsKnown: options.filtered.length === 0,
    answered: false,
    ready: false,
    nextSendMs: 0,
    pausedUntil: 0,
    pauses: 0,
    wakeAt: Number.POSITIVE_INFINITY,
    lastError: '',
    said: null,
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

/** This many markets are too many: the slices are cut to the limit. */
export function lowerLimit(state: State, limit: number): void {
  state.limit = Math.max(1, Math.min(state.limit, limit))
  state.slices.lower(state.limit)
}

export function confirm(sub: Subscription, markets: Iterable<string>): void {
  for (const market of markets) {
    sub.confirmed.add(market)
    sub.uncertain.delete(market)
    sub.refusedMarkets.delete(market)
  }
}

/** It is over, and an answer may still come: for an ack that is late, or behind an error of the same command. */
export function lapse(state: State, command: Command): void {
  state.commands.delete(command.id)
  state.lapsed.set(command.id, command)
  const [oldest] = state.lapsed.keys()
  if (state.lapsed.size > MAX_LAPSED) state.lapsed.delete(oldest!)
}

/** A sid has ended: what is still said of it comes too late. */
export function endSid(state: State, sid: number): void {
  if (sid === 0) return
  state.over.add(sid)
  const [oldest] = state.over
  if (state.over.size > MAX_LAPSED) state.over.delete(oldest!)
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
  sub.retryAt = nowMs + delayMs(sub.failures++)
}

/** How long to wait after this many previous failures. */
export const delayMs = (failures: number): number =>
  Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** Math.min(failures, 10))

/** No command at all for a while, longer each time. */
export function pause(state: State, nowMs: number): void {
  const ms = Math.min(MAX_RETRY_MS / 2, RETRY_MS * 2 ** Math.min(state.pauses++, 10))
  state.pausedUntil = Math.max(state.pausedUntil, nowMs + ms)
}

/** To be asked for from the beginning. */
export function renew(state: State, sub: Subscription): void {
  if (sub.sid !== 0) state.actions.push({ kind: 'forget', scope: sub.sid })
  endSid(state, sub.sid)
  if (sub.command !== 0) state.commands.delete(sub.command)
  sub.command = 0
  sub.state = 'new'
  sub.sid = 0
  sub.confirmed.clear()
  sub.uncertain.clear()
  sub.rebuild.wanted = false
  sub.doubtful = false
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
