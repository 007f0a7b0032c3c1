// What of a connection cannot be had at present: channels and markets that Kalshi refuses, or whose command it does not
// answer. Each is named, asked for again later each time, and its frames are on record as missing while it lasts.

import type { Refusal } from '../protocol/adapter.ts'
import { confirm, delayMs, later, renew, type State, scopeOf } from './state.ts'
import type { Refused, Subscription } from './subscriptions.ts'

/** A market or a channel that was refused is asked for again after this. */
const REFUSED_MS = 60_000
/** A gap that lasts is told in parts, each as long as all before it, within these bounds. */
const FIRST_PART_MS = 10_000
const LAST_PART_MS = 10 * 60_000

export type Reason = Pick<Refused, 'kind' | 'words' | 'sinceMs'>

export function refuseMarket(
  sub: Subscription,
  market: string,
  reason: Reason,
  nowMs: number
): void {
  // The answer may come after the market is no longer wanted.
  if (!sub.slice?.wanted.has(market)) return
  const before = sub.refusedMarkets.get(market)
  const times = before?.kind === reason.kind ? before.times + 1 : 1
  const untilMs = nowMs + (reason.kind === 'refused' ? REFUSED_MS : delayMs(times - 1))
  const sinceMs = before?.sinceMs ?? reason.sinceMs
  sub.refusedMarkets.set(market, { ...reason, sinceMs, untilMs, times })
}

/** The channel as a whole; the others continue. */
export function refuseChannel(
  state: State,
  sub: Subscription,
  reason: Reason,
  nowMs: number
): void {
  later(sub, nowMs)
  if (reason.kind === 'refused') sub.retryAt = nowMs + REFUSED_MS
  const sinceMs = sub.refused?.sinceMs ?? reason.sinceMs
  const times = (sub.refused?.times ?? 0) + 1
  sub.refused = { ...reason, sinceMs, untilMs: sub.retryAt, times }
  if (sub.missing !== null) return
  const words = `the exchange ${reason.kind === 'refused' ? 'refuses' : 'does not answer'} the subscription: ${reason.words}`
  missFrom(state, sub, { atMs: sinceMs, cause: 'not-subscribed', reason: words }, sinceMs)
  tellMissing(state, nowMs)
}

/** The exchange ended a subscription: what it would have sent is missing until it is created again. */
export function ended(state: State, sub: Subscription, reason: string, nowMs: number): void {
  const symbols = sub.slice?.wanted.size ?? 0
  state.actions.push({ kind: 'ended', reason, ...scopeOf(sub) })
  state.actions.push({ kind: 'rebuild', how: 'resubscribe', symbols, ...scopeOf(sub) })
  renew(state, sub)
  missFrom(state, sub, { atMs: nowMs, cause: 'exchange-sequence', reason })
  later(sub, nowMs)
}

/** From then on frames of this subscription are missing. */
export function missFrom(
  state: State,
  sub: Subscription,
  from: Pick<NonNullable<Subscription['missing']>, 'atMs' | 'cause' | 'reason'>,
  tellAtMs = from.atMs + FIRST_PART_MS
): void {
  if (sub.missing !== null) return
  sub.missing = { ...from, startMs: from.atMs, tellAtMs }
  state.absent.add(sub)
}

/** Puts on record what is missing so far, where it is time to. */
export function tellMissing(state: State, nowMs: number): void {
  for (const sub of state.absent) {
    const { missing } = sub
    if (missing === null || missing.tellAtMs > nowMs) continue
    tell(state, sub, nowMs)
    const part = Math.min(LAST_PART_MS, Math.max(FIRST_PART_MS, nowMs - missing.startMs))
    missing.tellAtMs = nowMs + part
  }
}

/** When the next part of what is missing is due. */
export function tellAtMs(state: State): number {
  let soonest = Number.POSITIVE_INFINITY
  for (const { missing } of state.absent) {
    if (missing !== null) soonest = Math.min(soonest, missing.tellAtMs)
  }
  return soonest
}

/** The connection ends: the last part of everything that is missing. */
export function tellAll(state: State, nowMs: number): void {
  for (const sub of state.absent) tell(state, sub, nowMs)
  state.absent.clear()
  // The exchange never said that it does not have these.
  for (const sub of state.subs) tellMarkets(state, sub, unanswered(sub))
}

const unanswered = ({ refusedMarkets }: Subscription): readonly string[] =>
  [...refusedMarkets].flatMap(([market, { kind }]) => (kind === 'unanswered' ? [market] : []))

/** Its frames come again. */
export function found(state: State, sub: Subscription, nowMs: number): void {
  sub.refused = null
  sub.doubtful = false
  if (sub.missing === null) return
  tell(state, sub, nowMs)
  sub.missing = null
  state.absent.delete(sub)
}

/** These markets are captured; if they were refused, or their command was not answered, they were missing until now. */
export function confirmFound(state: State, sub: Subscription, markets: Iterable<string>): void {
  const found: string[] = []
  for (const market of markets) if (sub.refusedMarkets.has(market)) found.push(market)
  tellMarkets(state, sub, found)
  confirm(sub, markets)
}

/** Puts on record since when these markets are missing. */
function tellMarkets(state: State, sub: Subscription, markets: readonly string[]): void {
  for (const kind of ['refused', 'unanswered'] as const) {
    const some = markets.filter((market) => sub.refusedMarkets.get(market)?.kind === kind)
    if (some.length === 0) continue
    const since = some.map((market) => sub.refusedMarkets.get(market)!.sinceMs)
    const sinceMs = since.reduce((least, one) => Math.min(least, one))
    const did = kind === 'refused' ? 'refused' : 'did not confirm'
    const reason = `the exchange ${did} ${named(some)}`
    state.actions.push({
      kind: 'missed',
      cause: 'not-subscribed',
      sinceMs,
      reason,
      ...scopeOf(sub),
    })
  }
}

/** Everything that cannot be had at present, by name. */
export function refusalsOf(state: State): readonly Refusal[] {
  const refusals: Refusal[] = []
  for (const { channel, refused, refusedMarkets, slice } of state.subs) {
    if (refused !== null && slice?.wanted.size !== 0) {
      const { kind, words, sinceMs } = refused
      refusals.push({ channel: channel.name, symbols: [], kind, words, sinceMs })
    }
    if (refusedMarkets.size === 0) continue
    const byWords = new Map<string, { readonly refused: Refused; readonly symbols: string[] }>()
    for (const [market, one] of refusedMarkets) {
      const key = `${one.kind} ${one.words}`
      const same = byWords.get(key)
      if (same === undefined) byWords.set(key, { refused: one, symbols: [market] })
      else same.symbols.push(market)
    }
    for (const { refused: one, symbols } of byWords.values()) {
      const { kind, words, sinceMs } = one
      refusals.push({ channel: channel.name, symbols, kind, words, sinceMs })
    }
  }
  return refusals
}

function tell(state: State, sub: Subscription, nowMs: number): void {
  const { missing } = sub
  if (missing === null) return
  const { atMs, cause, reason } = missing
  missing.atMs = nowMs
  state.actions.push({ kind: 'missed', cause, sinceMs: atMs, reason, ...scopeOf(sub) })
}

const named = (markets: readonly string[]): string =>
  markets.length <= 3
    ? markets.join(', ')
    : `${markets.slice(0, 3).join(', ')} and ${markets.length - 3} more`
