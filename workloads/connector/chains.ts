// What an exchange counts by a name of its own, whatever the connection: one connection continues where another ended, and
// what is between them can be told. Pure.

import type { Session } from '#exchanges/protocol/adapter.ts'
import type { Continuity } from './continuity.ts'

/** First and last number of each chain that a connection has seen. */
export type Chains = ReadonlyMap<string, { readonly first: number; readonly last: number }>

export function chainsOf(session: Session, continuity: Continuity): Chains {
  const chains = new Map<string, { first: number; last: number }>()
  for (const scope of continuity.scopes()) {
    const name = session.chainOf?.(scope) ?? ''
    const last = continuity.last(scope)
    // A count that cannot be read proves nothing.
    if (name !== '' && last >= 0) chains.set(name, { first: continuity.first(scope), last })
  }
  return chains
}

/** The older connection has received all that came before what the newer one begins with. */
export function hasCaughtUp(older: Chains, newer: Chains): boolean {
  for (const [name, { first }] of newer) {
    const known = older.get(name)
    if (known !== undefined && known.last < first - 1) return false
  }
  return true
}
