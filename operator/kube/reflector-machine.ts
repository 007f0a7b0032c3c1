// The next step of a reflector, as a pure function of its state and of what happened. Three guarantees: it never watches from a
// resource version that the server called expired, it never stops after an error, and it never accepts a list that is older
// than the store, unless a consistent read confirms it.

import { backoffMs } from './backoff.ts'
import { isOlder } from './objects.ts'

/** Where the next list may come from: at least as new as what we saw, or a consistent read. */
export type ListFrom =
  | { readonly kind: 'notOlderThan'; readonly resourceVersion: string }
  | { readonly kind: 'latest' }

export type Plan =
  | { readonly kind: 'list'; readonly from: ListFrom }
  | { readonly kind: 'watch'; readonly resourceVersion: string }

export type State = {
  readonly phase: 'listing' | 'watching' | 'waiting' | 'stopped'
  /** The newest version that the store has shown, from a list, an event or a bookmark. */
  readonly shown: string | undefined
  /** Failures in a row; a list that was taken or a watch that brought something ends the row. */
  readonly failures: number
  /** 410s in a row with no event or bookmark between them. */
  readonly expired: number
  /** ERROR events in a row at the same version. */
  readonly poisoned: number
  /** Watches in a row that went silent without a single event. */
  readonly silent: number
  /** What to do now, or after the wait. */
  readonly plan: Plan
}

/** Why a watch ended. */
export type WatchEnd =
  /** The server closed it, as after timeoutSeconds. `shortLived`: immediately and without an event. */
  | { readonly kind: 'closed'; readonly shortLived: boolean }
  /** Nothing came for the inactivity limit, or it outlived its timeout by five seconds. */
  | { readonly kind: 'silent'; readonly eventless: boolean }
  /** 410, in the stream or as the answer to the request. */
  | { readonly kind: 'expired' }
  /** An ERROR event with any other status. */
  | { readonly kind: 'errorEvent'; readonly retryAfterMs?: number }
  /** Refused or broken. */
  | { readonly kind: 'failed'; readonly failure: Failure }

export type Failure = {
  readonly kind: 'transient' | 'expired' | 'tooLarge' | 'forbidden' | 'absent'
  readonly retryAfterMs?: number
}

export type Input =
  | { readonly kind: 'listed'; readonly resourceVersion: string; readonly from: ListFrom }
  | { readonly kind: 'listFailed'; readonly failure: Failure }
  | { readonly kind: 'progress'; readonly resourceVersion: string; readonly event: boolean }
  | { readonly kind: 'watchEnded'; readonly end: WatchEnd }
  | { readonly kind: 'waited' }
  | { readonly kind: 'stop' }

export type Step = {
  readonly state: State
  /** Take the list that was just read (absent: throw it away). */
  readonly take?: boolean
  readonly waitMs?: number
  /** The label for a metric, if this step is not the normal course. */
  readonly count?:
    | 'expired'
    | 'staleList'
    | 'silent'
    | 'errorEvent'
    | 'shortWatch'
    | 'failed'
    | 'forbidden'
    | 'absent'
    | 'restored'
}

const BACKOFF = { baseMs: 800, maxMs: 30_000 }
// Rights and definitions may arrive minutes after us (Argo CD applies in its own order).
const SLOW_BACKOFF = { baseMs: 5000, maxMs: 60_000 }
// After this number of ERROR events at one version, give the version up.
const POISONED_LIMIT = 5

export const initialState: State = {
  phase: 'listing',
  shown: undefined,
  failures: 0,
  expired: 0,
  poisoned: 0,
  silent: 0,
  plan: { kind: 'list', from: { kind: 'latest' } },
}

export function step(state: State, input: Input, random: () => number): Step {
  if (state.phase === 'stopped') return { state }
  switch (input.kind) {
    case 'stop':
      return { state: { ...state, phase: 'stopped' } }
    case 'waited':
      return { state: { ...state, phase: state.plan.kind === 'list' ? 'listing' : 'watching' } }
    case 'listed':
      return afterList(state, input)
    case 'listFailed':
      return afterFailure(state, input.failure, listAgain(state, input.failure), random)
    case 'progress':
      return { state: progressed(state, input) }
    case 'watchEnded':
      return afterWatch(state, input.end, random)
  }
}

function afterList(state: State, input: Extract<Input, { kind: 'listed' }>): Step {
  const { resourceVersion, from } = input
  if (isOlder(resourceVersion, state.shown) && from.kind !== 'latest') {
    // The replica lags behind: an object that it does not list may exist (reliability O4).
    const plan: Plan = { kind: 'list', from: { kind: 'latest' } }
    return { state: { ...state, phase: 'listing', plan }, count: 'staleList' }
  }
  const restored = isOlder(resourceVersion, state.shown)
  return {
    state: {
      ...state,
      phase: 'watching',
      shown: resourceVersion,
      failures: 0,
      poisoned: 0,
      plan: { kind: 'watch', resourceVersion },
    },
    take: true,
    // A consistent read that is older than what we saw: etcd was restored from a backup.
    ...(restored ? { count: 'restored' as const } : {}),
  }
}

function progressed(state: State, input: Extract<Input, { kind: 'progress' }>): State {
  return {
    ...state,
    shown: input.resourceVersion,
    failures: 0,
    expired: 0,
    poisoned: 0,
    silent: input.event ? 0 : state.silent,
    plan: { kind: 'watch', resourceVersion: input.resourceVersion },
  }
}

function afterWatch(state: State, end: WatchEnd, random: () => number): Step {
  switch (end.kind) {
    case 'closed':
      if (!end.shortLived)
        return { state: { ...state, phase: 'watching', failures: 0, expired: 0 } }
      return { ...waiting(state, state.plan, BACKOFF, undefined, random), count: 'shortWatch' }
    case 'silent':
      return {
        state: { ...state, phase: 'watching', silent: end.eventless ? state.silent + 1 : 0 },
        count: 'silent',
      }
    case 'expired':
      return afterExpiry(state, relist(state), undefined, random)
    case 'errorEvent': {
      const poisoned = state.poisoned + 1
      const plan = poisoned >= POISONED_LIMIT ? relist(state) : state.plan
      const next = { ...state, poisoned }
      return { ...waiting(next, plan, BACKOFF, end.retryAfterMs, random), count: 'errorEvent' }
    }
    case 'failed':
      return afterFailure(
        state,
        end.failure,
        end.failure.kind === 'expired' || end.failure.kind === 'tooLarge'
          ? relist(state)
          : state.plan,
        random
      )
  }
}

function afterFailure(state: State, failure: Failure, plan: Plan, random: () => number): Step {
  switch (failure.kind) {
    case 'expired':
    case 'tooLarge':
      return afterExpiry(state, plan, failure.retryAfterMs, random)
    case 'forbidden':
    case 'absent':
      return {
        ...waiting(state, plan, SLOW_BACKOFF, failure.retryAfterMs, random),
        count: failure.kind,
      }
    case 'transient':
      return { ...waiting(state, plan, BACKOFF, failure.retryAfterMs, random), count: 'failed' }
  }
}

/** Lists again immediately after the first refused version, then with back-off. */
function afterExpiry(
  state: State,
  plan: Plan,
  retryAfterMs: number | undefined,
  random: () => number
): Step {
  const expired = state.expired + 1
  if (expired === 1 && retryAfterMs === undefined)
    return { state: { ...state, phase: 'listing', expired, plan }, count: 'expired' }
  const wait = backoffMs(expired, { ...BACKOFF, random })
  return {
    state: { ...state, phase: 'waiting', expired, plan },
    waitMs: Math.max(retryAfterMs ?? 0, wait),
    count: 'expired',
  }
}

/** After an expired watch: a list not older than the store, so that a server's cache cannot move us back in time. */
const relist = (state: State): Plan => ({
  kind: 'list',
  from:
    state.shown === undefined
      ? { kind: 'latest' }
      : { kind: 'notOlderThan', resourceVersion: state.shown },
})

/** After a failed list: never the refused version again. */
const listAgain = (state: State, failure: Failure): Plan =>
  failure.kind === 'expired' || failure.kind === 'tooLarge'
    ? { kind: 'list', from: { kind: 'latest' } }
    : state.plan

function waiting(
  state: State,
  plan: Plan,
  backoff: { readonly baseMs: number; readonly maxMs: number },
  retryAfterMs: number | undefined,
  random: () => number
): Step {
  const failures = state.failures + 1
  return {
    state: { ...state, phase: 'waiting', failures, plan },
    waitMs: Math.max(retryAfterMs ?? 0, backoffMs(failures, { ...backoff, random })),
  }
}

/** For how long a watch is asked for: spread, so that ten thousand watches do not end together. */
export const watchSeconds = (random: () => number): number => 290 + Math.floor(random() * 291)

// Bookmarks come about every minute and the server's cache keeps 75 s: 90 s without a byte is suspicious.
const INACTIVITY_MS = 90_000
// No bookmark is guaranteed: where silence is the rule, only the server's own timeout ends a watch.
const SILENT_LIMIT = 3

/** Silence after which a watch is given up. */
export const inactivityMs = (state: State, timeoutSeconds: number): number =>
  state.silent >= SILENT_LIMIT ? timeoutSeconds * 1000 : INACTIVITY_MS
