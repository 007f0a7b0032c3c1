// The exchanges that the connector can talk to. A new one is a folder beside this file and a line in this table.

import { SsmdError } from '#crds/errors.ts'
import type { Adapter } from '../adapter.ts'
import { kalshi } from './kalshi/adapter.ts'
import { synthetic } from './synthetic/adapter.ts'

const ADAPTERS: Readonly<Record<string, Adapter>> = { kalshi, synthetic }

/** The adapter of an exchange. Throws SSMD_E_RESOURCE_INVALID where there is none. */
export function adapterOf(exchange: string): Adapter {
  const adapter = Object.hasOwn(ADAPTERS, exchange) ? ADAPTERS[exchange] : undefined
  if (adapter !== undefined) return adapter
  throw new SsmdError('SSMD_E_RESOURCE_INVALID', `there is no adapter for exchange ${exchange}`, {
    hint: `known exchanges: ${Object.keys(ADAPTERS).join(', ')}`,
  })
}
