// From the resource files to what a capture needs to know: which version, which addresses, whose key. Everything that
// is wrong with them is said here, before anything is dialled.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated, keyOf } from '#crds/environments.ts'
import { SsmdError } from '#crds/errors.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed, FeedVersion } from '#crds/feed.gen.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { versionInForce } from '#crds/versions.ts'
import type { AdapterContext } from '#exchanges/protocol/adapter.ts'
import { readKey } from '#role/keys.ts'

const DEFAULT_SIMULATOR = 'ws://127.0.0.1:8980'

export type Auth = AdapterContext['auth']

/** The version of the feed that is in force at this time. Throws where there is none. */
export function versionAt(feed: Feed, nowMs: number): FeedVersion {
  const date = utcDay(nowMs)
  const version = versionInForce(feed, date)
  if (version !== undefined) return version
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    `feed ${feed.metadata.name}: no version is in force on ${date}`,
    { hint: 'add a version with effectiveFrom not after that day' }
  )
}

/** Where a version of a feed is reached: at the exchange, or at the simulator that stands in for it. */
export function addressesOf(
  version: FeedVersion,
  exchange: string,
  simulator: string | null
): { readonly endpoint: string; readonly restEndpoint: string | null } {
  const { endpoint, restEndpoint } = version
  if (simulator === null) return { endpoint, restEndpoint: restEndpoint ?? null }
  const base = new URL(simulator)
  const rest = new URL(base)
  rest.protocol = base.protocol === 'wss:' ? 'https:' : 'http:'
  // One simulator may stand in for several exchanges. Where a signature covers the path, the path stays the exchange's own.
  const prefix = EXCHANGES[exchange]?.auth === 'none' ? `/${exchange}` : ''
  const moved = (address: string, to: URL) => {
    const { pathname, search } = new URL(address)
    return new URL(prefix + pathname + search, to).href
  }
  return {
    endpoint: moved(endpoint, base),
    restEndpoint: restEndpoint === undefined ? null : moved(restEndpoint, rest),
  }
}

/** The simulator of a feed, or null where the exchange is the real one (or inside this process). */
export function simulatorOf(environment: Environment, feed: Feed): string | null {
  const exchange = EXCHANGES[feed.spec.exchange]
  if (!isSimulated(environment, feed) || exchange?.alwaysSimulated) return null
  return environment.spec.simulator?.url ?? DEFAULT_SIMULATOR
}

/** With whose key it signs in. Throws SSMD_E_CREDENTIALS where one is needed and not there. */
export async function authOf(
  environment: Environment,
  feed: Feed,
  version: FeedVersion,
  options: { readonly env: NodeJS.ProcessEnv; readonly keysDir?: string | undefined }
): Promise<Auth> {
  const exchange = EXCHANGES[feed.spec.exchange]
  if (exchange === undefined || exchange.auth === 'none') return { kind: 'none' }
  const simulator = simulatorOf(environment, feed)
  if (simulator !== null) {
    const url = new URL(simulator)
    url.protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
    return { kind: 'simulator', url: url.href }
  }
  if (version.authMethod === 'none') return { kind: 'none' }
  const entry = keyOf(environment, feed)
  const { name } = environment.metadata
  if (entry === undefined) {
    throw new SsmdError(
      'SSMD_E_CREDENTIALS',
      `feed ${feed.metadata.name} needs a key of ${feed.spec.exchange}, and environment ${name} names none`,
      {
        hint: `add spec.keys.${feed.metadata.name}, or name the feed in spec.simulator.feeds`,
      }
    )
  }
  const missing = exchange.keyFields.filter((field) => !entry.key.fields.includes(field))
  if (missing.length > 0) {
    throw new SsmdError(
      'SSMD_E_CREDENTIALS',
      `key ${entry.name} of environment ${name} has no field ${missing.join(', ')}`,
      { hint: `a key of ${feed.spec.exchange} has the fields ${exchange.keyFields.join(', ')}` }
    )
  }
  const { env } = entry.key.source
  const { headerFields } = exchange
  const source = { name: entry.name, fields: entry.key.fields, env, headerFields }
  const fields = await readKey(source, options)
  return { kind: 'key', fields }
}
