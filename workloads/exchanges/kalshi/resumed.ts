// Markets that were given up and are wanted again: once the exchange confirms one, the time between is put on record,
// for each channel. A connection that ends before that says how far it came.

import { type State, scopeOf } from './state.ts'
import type { Subscription } from './subscriptions.ts'

/** This market was not captured since then, and shall be again. */
export function resume(state: State, sub: Subscription, market: string, sinceMs: number): void {
  // Its end was wished for and never asked for: nothing is missing.
  const command = state.commands.get(sub.command)
  const ends = command?.kind === 'delete' && command.markets.includes(market)
  if (sub.state === 'live' && isThere(sub, market) && !ends) return
  const resuming = state.resuming.get(sub) ?? { since: new Map(), looked: -1 }
  resuming.since.set(market, sinceMs)
  resuming.looked = -1
  state.resuming.set(sub, resuming)
}

/** These are given up again before they were confirmed: they were missing up to now. */
export function unresume(state: State, sub: Subscription, markets: readonly string[]): void {
  const resuming = state.resuming.get(sub)
  if (resuming !== undefined) tell(state, sub, resuming.since, markets)
}

/** Puts on record what is confirmed by now. */
export function tellResumed(state: State): void {
  for (const [sub, resuming] of state.resuming) {
    const changes = sub.confirmed.changes + sub.uncertain.changes
    if (resuming.looked === changes) continue
    resuming.looked = changes
    const there = [...resuming.since.keys()].filter((market) => isThere(sub, market))
    tell(state, sub, resuming.since, there)
    if (resuming.since.size === 0) state.resuming.delete(sub)
  }
}

/** The connection is over: what was not confirmed is missing up to now, and then with all the rest. */
export function tellUnresumed(state: State): void {
  for (const [sub, { since }] of state.resuming) tell(state, sub, since, [...since.keys()])
  state.resuming.clear()
}

const isThere = (sub: Subscription, market: string): boolean =>
  sub.confirmed.has(market) && !sub.uncertain.has(market)

/** One action for all of these that are missing since the same moment. */
function tell(
  state: State,
  sub: Subscription,
  since: Map<string, number>,
  markets: readonly string[]
): void {
  const bySince = new Map<number, string[]>()
  for (const market of markets) {
    const sinceMs = since.get(market)
    if (sinceMs === undefined) continue
    since.delete(market)
    const same = bySince.get(sinceMs)
    if (same === undefined) bySince.set(sinceMs, [market])
    else same.push(market)
  }
  for (const [sinceMs, symbols] of bySince) {
    state.actions.push({ kind: 'resumed', symbols, sinceMs, ...scopeOf(sub) })
  }
}
