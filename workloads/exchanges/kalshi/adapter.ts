// Kalshi's `trade-api/ws/v2`: how to sign in, what to subscribe to, what its frames say. Put together from the
// pure parts beside it; here is what differs between a real exchange and a simulated one.

import { randomBytes } from 'node:crypto'
import { SsmdError } from '#crds/errors.ts'
import {
  type Adapter,
  type AdapterContext,
  type Exchange,
  ExchangeError,
  type Failure,
  type Request,
} from '../protocol/adapter.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { failureOf, shownUrl } from '../protocol/failure.ts'
import { symbolFilter } from '../protocol/globs.ts'
import { discoverMarkets, type Status } from './discovery.ts'
import { KalshiSession } from './session.ts'
import { createSigner, createThrowAwaySigner, type Signer } from './signing.ts'
import { type Channel, channelNamed } from './types.ts'

/** The server pings every 10 s; a server that is silent for this long is dead, whatever TCP says. */
const SILENT_MS = 25_000
const DEFAULT_RATE = 20
const REGISTER_MS = 10_000

export const kalshi: Adapter = { name: 'kalshi', maxConnections: 256, open }

function open(context: AdapterContext): Exchange {
  const { feed, version, endpoint, restEndpoint, nowMs } = context
  const filter = symbolFilter(feed.spec.symbols?.include, feed.spec.symbols?.exclude)
  const channels = feed.spec.channels.map(channelNamed)
  const takesNames = (channel: Channel) =>
    channel.filter === 'required' || (channel.filter === 'optional' && !filter.everything)
  const filtered = channels.filter(takesNames)
  const asks = filtered.length > 0 && filter.globs.length > 0
  if (asks && restEndpoint === null) {
    throw new SsmdError(
      'SSMD_E_RESOURCE_INVALID',
      `feed ${feed.metadata.name}: its symbols are patterns, and version ${version.name} has no restEndpoint to ask which markets there are`,
      {
        hint: 'add restEndpoint to the version, or name every market under symbols.include',
      }
    )
  }
  const spacingMs = 1000 / (version.rateLimitPerSecond ?? DEFAULT_RATE)
  const declared = new DeclaredTypes(feed.spec.messageTypes)
  const { auth } = context
  const own =
    auth.kind === 'key'
      ? createSigner(auth.fields.apiKey ?? '', auth.fields.privateKey ?? '')
      : null
  const understood = new Set<Status>()
  const sign = own === null ? undefined : (path: string) => own.headers('GET', path, nowMs())
  return {
    adapter: 'kalshi',
    endpoint: shownUrl(endpoint),
    source: { kind: 'websocket', request: requests(context, own) },
    session: ({ shard }) =>
      new KalshiSession(
        {
          // What comes without a filter comes once, on the first connection.
          whole: shard === 0 ? channels.filter((channel) => !takesNames(channel)) : [],
          filtered,
          spacingMs,
        },
        declared
      ),
    silentMs: SILENT_MS,
    pingEveryMs: null,
    discover: asks
      ? (onPage, signal) =>
          discoverMarkets(
            {
              restEndpoint: restEndpoint!,
              globs: filter.globs,
              spacingMs,
              nowMs,
              sign,
              understood,
              onPage,
            },
            signal
          )
      : null,
  }
}

/** Makes the signed request of each dial. */
function requests(
  context: AdapterContext,
  own: Signer | null
): (signal: AbortSignal) => Promise<Request> {
  const { endpoint, auth, nowMs } = context
  const path = new URL(endpoint).pathname
  const signed = (signer: Signer): Request => ({
    url: endpoint,
    headers: signer.headers('GET', path, nowMs()),
  })
  if (own !== null) return async () => signed(own)
  if (auth.kind !== 'simulator') return async () => ({ url: endpoint, headers: {} })
  let made: ReturnType<typeof createThrowAwaySigner> | undefined
  return async (signal) => {
    made ??= createThrowAwaySigner(`throw-away-${randomBytes(8).toString('hex')}`)
    const { signer, publicKey } = await made
    // Before each dial: a restarted simulator knows no keys.
    await register(auth.url, signer.keyId, publicKey, signal, nowMs)
    return signed(signer)
  }
}

async function register(
  simulator: string,
  keyId: string,
  publicKey: string,
  signal: AbortSignal,
  nowMs: () => number
): Promise<void> {
  const url = new URL('/simulator/keys', simulator)
  const hint = 'start the simulator: ssmd simulator kalshi, or ssmd up'
  let failure: Failure
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ keyId, publicKey }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REGISTER_MS)]),
    })
    const body = (await response.text()).slice(0, 2000)
    if (response.ok) return
    failure = failureOf(response.status, response.headers.get('retry-after'), body, nowMs())
  } catch (thrown) {
    const error = thrown as Error & { cause?: Error }
    const message = `cannot reach the simulator at ${url.host}: ${error.cause?.message || error.message}`
    throw new ExchangeError(
      { kind: 'network', message, hint, status: 0, retryAfterMs: null },
      thrown
    )
  }
  const message = `the simulator at ${url.host} does not take a key: ${failure.message}`
  throw new ExchangeError({ ...failure, message, hint })
}
