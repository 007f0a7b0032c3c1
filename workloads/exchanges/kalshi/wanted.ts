// The markets that a connection is to have, as they change.

import type { Wanted } from '../protocol/adapter.ts'
import { resume, unresume } from './resumed.ts'
import type { State } from './state.ts'
import type { Subscription } from './subscriptions.ts'

/** What is wanted changes so; the cost is that of the change. */
export function wantSymbols(state: State, { added, removed, resumed }: Wanted): void {
  const gone = new Map<Subscription, string[]>()
  for (const market of removed) {
    for (const sub of state.slices.remove(market)?.subs ?? []) {
      sub.refusedMarkets.delete(market)
      const markets = gone.get(sub)
      if (markets === undefined) gone.set(sub, [market])
      else markets.push(market)
    }
  }
  for (const [sub, markets] of gone) unresume(state, sub, markets)
  for (const market of added) {
    const { subs } = state.slices.add(market)
    const sinceMs = resumed.get(market)
    if (sinceMs !== undefined) for (const sub of subs) resume(state, sub, market, sinceMs)
  }
}
