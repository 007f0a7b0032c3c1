// Coinbase Advanced Trade: where to connect, what to subscribe to, what its frames say. Put together from the pure parts beside
// it. The channels of market data are public and need no key.

import { SsmdError } from '#crds/errors.ts'
import type { Adapter, AdapterContext, Exchange } from '../protocol/adapter.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { shownUrl } from '../protocol/failure.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { discoverProducts } from './discovery.ts'
import { DIALS, MESSAGE_SPACING_MS, PRODUCTS_PER_CONNECTION, SILENT_MS } from './limits.ts'
import { Pace } from './pace.ts'
import { CoinbaseSession } from './session.ts'
import { channelNamed } from './types.ts'

export const coinbase: Adapter = { name: 'coinbase', maxConnections: 256, dials: DIALS, open }

function open(context: AdapterContext): Exchange {
  const { feed, version, endpoint, restEndpoint, nowMs } = context
  const filter = symbolFilter(feed.spec.symbols?.include, feed.spec.symbols?.exclude)
  const channels = feed.spec.channels.map(channelNamed)
  const asks = channels.some(({ whole }) => !whole) && filter.globs.length > 0
  if (asks && restEndpoint === null) {
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `feed ${feed.metadata.name}: its symbols are patterns, and version ${version.name} has no restEndpoint to ask which products there are`,
      {
        hint: 'add restEndpoint to the version: https://api.coinbase.com; or name every product under symbols.include',
      }
    )
  }
  const { rateLimitPerSecond = Number.POSITIVE_INFINITY } = version
  const pace = new Pace(Math.max(MESSAGE_SPACING_MS, 1000 / rateLimitPerSecond))
  const declared = new DeclaredTypes(feed.spec.messageTypes)
  return {
    adapter: 'coinbase',
    endpoint: shownUrl(endpoint),
    source: { kind: 'websocket', request: async () => ({ url: endpoint, headers: {} }) },
    session: () => new CoinbaseSession({ channels, pace, declared }),
    silentMs: SILENT_MS,
    pingEveryMs: null,
    symbolsPerConnection: version.maxSymbolsPerConnection ?? PRODUCTS_PER_CONNECTION,
    discover: asks
      ? (onPage, signal) =>
          discoverProducts({ restUrl: baseOf(restEndpoint!), nowMs, onPage }, signal)
      : null,
  }
}

/** `https://api.coinbase.com` with or without a path. */
const baseOf = (restEndpoint: string): string =>
  restEndpoint.replace(/[/]+$/, '').replace(/[/]api[/]v3[/]brokerage$/, '')
