// Kraken's spot WebSocket, version 2: where to connect, what to subscribe to, what its frames say. Put together from the pure
// parts beside it. Market data is public: no key is needed.

import { SsmdError } from '#crds/errors.ts'
import type { Adapter, AdapterContext, Exchange } from '../protocol/adapter.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { shownUrl } from '../protocol/failure.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { discoverPairs } from './discovery.ts'
import { facts } from './facts.ts'
import { KrakenSession } from './session.ts'
import { channelNamed } from './types.ts'

/** Heartbeats come every second, and answers to our pings every ten: a connection that is silent for this long is dead. */
const SILENT_MS = 25_000
/** Commands each second. Kraken names no limit of its public channels. */
const DEFAULT_RATE = 10

export const kraken: Adapter = {
  name: 'kraken',
  maxConnections: 64,
  // Some 150 within ten minutes are refused for ten more.
  dials: { count: 120, withinMs: 600_000 },
  open,
}

function open(context: AdapterContext): Exchange {
  const { feed, version, endpoint, restEndpoint, nowMs } = context
  const filter = symbolFilter(feed.spec.symbols?.include, feed.spec.symbols?.exclude)
  const depth = feed.spec.bookDepth ?? facts.bookDepth.default
  const channels = feed.spec.channels.map((name) => channelNamed(name, depth))
  const filtered = channels.filter(({ whole }) => !whole)
  const asks = filtered.length > 0 && filter.globs.length > 0
  if (asks && restEndpoint === null) {
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `feed ${feed.metadata.name}: its symbols are patterns, and version ${version.name} has no restEndpoint to ask which pairs there are`,
      {
        hint: 'add restEndpoint to the version, or name every pair under symbols.include',
      }
    )
  }
  const spacingMs = 1000 / (version.rateLimitPerSecond ?? DEFAULT_RATE)
  const declared = new DeclaredTypes(feed.spec.messageTypes)
  return {
    adapter: 'kraken',
    endpoint: shownUrl(endpoint),
    source: { kind: 'websocket', request: async () => ({ url: endpoint, headers: {} }) },
    session: ({ shard }) =>
      new KrakenSession({
        // What comes without symbols comes once, on the first connection.
        whole: shard === 0 ? channels.filter(({ whole }) => whole) : [],
        filtered,
        depth,
        spacingMs,
        nowMs,
        declared,
      }),
    silentMs: SILENT_MS,
    pingEveryMs: null,
    discover: asks
      ? (onPage, signal) => discoverPairs({ restEndpoint: restEndpoint!, nowMs, onPage }, signal)
      : null,
  }
}
