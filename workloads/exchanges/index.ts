// The exchanges that ssmd knows: a new one is a folder beside this file and an entry in this table. No other file knows
// an exchange by name. Code is loaded when it is asked for: a connector never loads what simulates an exchange.

import { SsmdError } from '#crds/errors.ts'
import type { Adapter } from './protocol/adapter.ts'

type Exchange = {
  readonly adapter: () => Promise<Adapter>
}

const EXCHANGES: Readonly<Record<string, Exchange>> = {
  kalshi: { adapter: async () => (await import('./kalshi/adapter.ts')).kalshi },
  synthetic: { adapter: async () => (await import('./synthetic/adapter.ts')).synthetic },
}

/** How the connector talks to an exchange. Rejects with SSMD_E_RESOURCE_INVALID if there is no such exchange. */
export const adapterOf = async (exchange: string): Promise<Adapter> => entryOf(exchange).adapter()

function entryOf(exchange: string): Exchange {
  const entry = Object.hasOwn(EXCHANGES, exchange) ? EXCHANGES[exchange] : undefined
  if (entry !== undefined) return entry
  throw new SsmdError('SSMD_E_RESOURCE_INVALID', `there is no exchange ${exchange}`, {
    hint: `known exchanges: ${Object.keys(EXCHANGES).join(', ')}`,
  })
}
