// Binance spot: where to connect, what to subscribe to, what its frames say. Put together from the pure parts beside it.

import { SsmdError } from '#crds/errors.ts'
import { pause } from '#role/backoff.ts'
import type { Adapter, AdapterContext, Exchange } from '../protocol/adapter.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { shownUrl } from '../protocol/failure.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { discoverSymbols } from './discovery.ts'
import { facts } from './facts.ts'
import {
  DIALS,
  EXCHANGE_INFO_WEIGHT,
  SILENT_MS,
  STREAMS_PER_CONNECTION,
  snapshotWeight,
  USED_PART,
  WEIGHT_PER_MINUTE,
} from './limits.ts'
import { BinanceSession } from './session.ts'
import { channelNamed } from './types.ts'
import { Weights } from './weights.ts'

/** Between the renewals of two connections. */
const RENEW_SPACING_MS = 20_000
const RENEW_SPREAD = 60

export const binance: Adapter = {
  name: 'binance',
  maxConnections: 200,
  dials: { count: Math.floor(DIALS.count * USED_PART), withinMs: DIALS.withinMs },
  open,
}

function open(context: AdapterContext): Exchange {
  const { feed, version, endpoint, nowMs } = context
  const { channels, symbols, bookDepth = facts.bookDepth.default } = feed.spec
  const invalid = (what: string, hint: string) =>
    new SsmdError('SSMD_E_RESOURCE_INVALID', `feed ${feed.metadata.name}: ${what}`, { hint })
  const strange = channels.find((name) => channelNamed(name) === undefined)
  if (strange !== undefined) {
    throw invalid(
      `binance has no channel ${strange}`,
      `it has ${Object.keys(facts.channels).join(', ')}`
    )
  }
  if (!(facts.bookDepth.allowed as readonly number[]).includes(bookDepth)) {
    throw invalid(
      `binance has no books of ${bookDepth} levels`,
      `set spec.bookDepth to one of ${facts.bookDepth.allowed.join(', ')}`
    )
  }
  const restUrl = context.restEndpoint === null ? null : baseOf(context.restEndpoint)
  const filter = symbolFilter(symbols?.include, symbols?.exclude)
  const asks = filter.globs.length > 0
  const needsRest = asks
    ? 'its symbols are patterns'
    : channels.some((name) => name.startsWith('depth'))
      ? 'the books of channel depth begin with a snapshot'
      : null
  if (restUrl === null && needsRest !== null) {
    throw invalid(
      `${needsRest}, and version ${version.name} has no restEndpoint to ask`,
      'add restEndpoint to the version: https://api.binance.com'
    )
  }
  const url = streamUrl(endpoint)
  const { rateLimitPerSecond = Number.POSITIVE_INFINITY } = version
  const perMinute = Math.min(WEIGHT_PER_MINUTE, rateLimitPerSecond * 60 * snapshotWeight(bookDepth))
  const weights = new Weights({ perMinute, part: USED_PART })
  const declared = new DeclaredTypes(feed.spec.messageTypes)
  return {
    adapter: 'binance',
    endpoint: shownUrl(url),
    source: { kind: 'websocket', request: async () => ({ url, headers: {} }) },
    session: ({ shard }) =>
      new BinanceSession({
        channels,
        restUrl,
        levels: bookDepth,
        weights,
        earlierMs: (shard % RENEW_SPREAD) * RENEW_SPACING_MS,
        declared,
      }),
    silentMs: SILENT_MS,
    pingEveryMs: null,
    symbolsPerConnection: Math.floor(STREAMS_PER_CONNECTION / channels.length),
    discover: asks
      ? async (onPage, signal) => {
          for (;;) {
            const laterMs = weights.take(EXCHANGE_INFO_WEIGHT, nowMs())
            if (laterMs === 0) break
            await pause(laterMs - nowMs(), signal)
            signal.throwIfAborted()
          }
          return discoverSymbols({ restUrl: restUrl!, nowMs, onPage }, signal)
        }
      : null,
  }
}

/** The address of combined streams, whose frames name their stream; raw ones are read as well. */
function streamUrl(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = '/stream'
  return url.href
}

/** `https://api.binance.com` with or without a path. */
const baseOf = (restEndpoint: string): string =>
  restEndpoint.replace(/[/]+$/, '').replace(/[/]api[/]v3$/, '')
