// Where the connections of a day lead, and which Feed describes their frames. In the state each connection says so itself; a
// manifest says it once, and names what differs.

import type { Manifest, ManifestConnection, ManifestFeed } from '../format/manifest.ts'

/** Its `exchange` is always there if it is known, and its `feed` is the sha256 of the file. */
export type DayConnection = ManifestConnection

type Origins = Pick<Manifest, 'exchange' | 'connections'>

/** As a manifest says it: the exchange of the latest connection stands for all that say nothing else. */
export function toOrigins(
  connections: readonly DayConnection[],
  feeds: readonly ManifestFeed[]
): Origins {
  let latest: DayConnection | undefined
  for (const one of connections) {
    if (one.exchange !== undefined && (latest === undefined || one.to > latest.to)) latest = one
  }
  const names = new Map(feeds.map(({ sha256, name }) => [sha256, name]))
  return {
    ...(latest?.exchange === undefined ? {} : { exchange: latest.exchange }),
    connections: connections.map(({ exchange, feed, ...rest }) => {
      const name = feed === undefined ? undefined : names.get(feed)
      return {
        ...rest,
        ...(exchange === undefined || exchange === latest?.exchange ? {} : { exchange }),
        ...(name === undefined ? {} : { feed: name }),
      }
    }),
  }
}

/** The other way round. */
export function fromOrigins({
  exchange: common,
  connections,
  feeds = [],
}: Pick<Manifest, 'exchange' | 'connections' | 'feeds'>): DayConnection[] {
  const sums = new Map(feeds.map(({ sha256, name }) => [name, sha256]))
  return connections.map(({ feed, exchange = common, ...rest }) => {
    const sha256 = feed === undefined ? undefined : sums.get(feed)
    return {
      ...rest,
      ...(exchange === undefined ? {} : { exchange }),
      ...(sha256 === undefined ? {} : { feed: sha256 }),
    }
  })
}

/** Of two parts of one connection's day. */
export function joinOrigins(
  a: DayConnection,
  b: DayConnection
): Pick<DayConnection, 'exchange' | 'feed'> {
  const exchange = a.exchange ?? b.exchange
  const feed = a.feed ?? b.feed
  return {
    ...(exchange === undefined ? {} : { exchange }),
    ...(feed === undefined ? {} : { feed }),
  }
}
