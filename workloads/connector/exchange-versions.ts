// The exchange of a feed at a given time: each version of the feed is opened once, with its own addresses and key,
// and the one in force is used. What is wrong with the present version is said at the start.

import type { Environment } from '#crds/environment.gen.ts'
import { toSsmdError } from '#crds/errors.ts'
import type { Feed, FeedVersion } from '#crds/feed.gen.ts'
import type { Adapter, Exchange } from '#exchanges/protocol/adapter.ts'
import { type Auth, addressesOf, authOf, simulatorOf, versionAt } from './setup.ts'

export type ExchangeVersions = {
  /** The version in force. Throws where there is none. */
  version(): FeedVersion
  /** Its exchange. Throws what hinders its use. */
  exchange(): Exchange
}

export async function exchangeVersions(options: {
  readonly feed: Feed
  readonly environment: Environment
  readonly adapter: Adapter
  readonly env: NodeJS.ProcessEnv
  readonly keysDir: string | undefined
  readonly nowMs: () => number
}): Promise<ExchangeVersions> {
  const { feed, environment, adapter, env, keysDir, nowMs } = options
  const simulator = simulatorOf(environment, feed)
  // Keys are read now, all of them: later the variables or files may be gone.
  const auths = new Map<FeedVersion, Auth | Error>()
  for (const version of feed.spec.versions) {
    const auth = await authOf(environment, feed, version, { env, keysDir }).catch(toSsmdError)
    auths.set(version, auth)
  }
  const opened = new Map<FeedVersion, Exchange>()
  const version = () => versionAt(feed, nowMs())
  return {
    version,
    exchange() {
      const now = version()
      const known = opened.get(now)
      if (known !== undefined) return known
      const auth = auths.get(now)!
      if (auth instanceof Error) throw auth
      const addresses = addressesOf(now, feed.spec.exchange, simulator)
      const exchange = adapter.open({ feed, version: now, ...addresses, auth, nowMs })
      opened.set(now, exchange)
      return exchange
    },
  }
}
