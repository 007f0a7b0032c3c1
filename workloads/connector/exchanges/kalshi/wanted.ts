// The markets that a connection is to have, as they change.

import type { Wanted } from '../../adapter.ts'
import { resume, unresume } from './resumed.ts'
import type { State } from './state.ts'

/** What is wanted changes so; the cost is that of the change. */
export function wantSymbols(state: State, { added, removed, resumed }: Wanted): void {
  for (const market of removed) {
    for (const sub of state.slices.remove(market)?.subs ?? []) {
      sub.refusedMarkets.delete(market)
      unresume(state, sub, market)
    }
  }
  for (const market of added) {
    const { subs } = state.slices.add(market)
    const sinceMs = resumed.get(market)
    if (sinceMs !== undefined) for (const sub of subs) resume(state, sub, market, sinceMs)
  }
}
