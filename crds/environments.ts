// What an Environment means for a feed: whether it runs there, whether it is simulated, whose key it takes.

import type { Environment, EnvironmentKey } from './environment.gen.ts'
import { EXCHANGES } from './exchanges.gen.ts'
import type { Feed } from './feed.gen.ts'

/** Whether a simulator stands in for the exchange: named in `spec.simulator.feeds`, or always. */
export const isSimulated = (environment: Environment, feed: Feed): boolean =>
  (environment.spec.simulator?.feeds.includes(feed.metadata.name) ?? false) ||
  (EXCHANGES[feed.spec.exchange]?.alwaysSimulated ?? false)

/** How many connectors capture the feed. One that cannot be divided by symbol has one. */
export const shardsOf = (environment: Environment, feed: Feed): number =>
  isDivisible(feed) ? (environment.spec.connector.shards ?? 1) : 1

/** What an exchange generates in the connector itself is one whole, and so is a feed whose own messages ask for no symbols. */
const isDivisible = ({ spec }: Feed): boolean =>
  !EXCHANGES[spec.exchange]?.alwaysSimulated &&
  (spec.subscribe === undefined || spec.symbols !== undefined)

/** The key that the feed takes: the one named as the feed, else the one named as its exchange. */
export function keyOf(
  environment: Environment,
  feed: Feed
): { readonly name: string; readonly key: EnvironmentKey } | undefined {
  const keys = environment.spec.keys ?? {}
  for (const name of [feed.metadata.name, feed.spec.exchange]) {
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined
    if (key) return { name, key }
  }
  return undefined
}

/** The feeds that the environment captures: those that it names, or all; never a disabled one. */
export function feedsOf(environment: Environment, feeds: readonly Feed[]): Feed[] {
  const names = new Set(environment.spec.feeds)
  return feeds.filter(
    (feed) => feed.spec.state !== 'disabled' && (names.has('*') || names.has(feed.metadata.name))
  )
}
