// By which normalisers the frames of a day are read: as its exchange says and, if the exchange is described by its Feed alone, as the
// Feed does that each connection was captured with.

import { exchangeOf } from '#archive/read/exchange.ts'
import type { Manifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { normalizerOf } from '#exchanges/index.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { feedsOfDay } from './day-feed.ts'

/** How the frames of a day are read, as plain data that another thread can be told. */
export type DayReading = {
  /** Of messages: which day of which archive. */
  readonly where: string
  readonly exchange: string
  /** The Feeds of the day by the names of their files; none if the exchange needs none. */
  readonly feeds: ReadonlyMap<string, unknown>
  /** By connection the file of its Feed, if there are several. */
  readonly byConnection: ReadonlyMap<string, string>
  /** What decides how a frame is read, beside the frame and the program: the same text, the same events. */
  readonly key: string
}

export type DayNormalizers = {
  readonly exchange: string
  readonly of: (connection: string) => Normalizer
  readonly key: string
  readonly reading: DayReading
}

/** `before`: the exchange of the day before, for a day that names none. Rejects with SSMD_E_ARCHIVE_INVALID if there is none either. */
export async function normalizersOf(
  root: string,
  manifest: Manifest,
  before = ''
): Promise<DayNormalizers> {
  const { feed, day, connections, feeds: files = [] } = manifest
  const where = `${root}: ${feed}/${day}`
  const exchange = (await exchangeOf(root, manifest)) ?? before
  if (exchange === '') {
    throw new SsmdError(
      'SSMD_E_ARCHIVE_INVALID',
      `${root}: neither the manifest nor a line of ${feed}/${day} names its exchange`,
      { hint: 'its frames cannot be read as market events; ssmd data sample shows them' }
    )
  }
  const feeds = await feedsOfDay(root, manifest)
  const byConnection = new Map<string, string>()
  for (const { id, feed: name } of feeds.size > 1 ? connections : []) {
    if (name !== undefined && feeds.has(name)) byConnection.set(id, name)
  }
  const key = [
    exchange,
    ...files.map(({ name, sha256 }) => `${name} ${sha256}`),
    ...[...byConnection].map(([id, name]) => `${id} ${name}`),
  ].join('\n')
  const reading = { where, exchange, feeds, byConnection, key }
  return { exchange, of: await readersOf(reading), key, reading }
}

/** New normalisers by connection: for one thread. */
export async function readersOf({
  where,
  exchange,
  feeds,
  byConnection,
}: DayReading): Promise<(connection: string) => Normalizer> {
  const byFeed = new Map<string, Normalizer>()
  for (const [name, resource] of feeds) {
    byFeed.set(name, await knownNormalizer(exchange, resource, where))
  }
  const [only] = byFeed.values()
  const usual = only ?? (await knownNormalizer(exchange, null, where))
  return (connection) => byFeed.get(byConnection.get(connection) ?? '') ?? usual
}

/** Rejects with SSMD_E_RESOURCE_INVALID if there is none. */
export async function knownNormalizer(
  exchange: string,
  feed: unknown,
  what: string
): Promise<Normalizer> {
  const normalizer = await normalizerOf(exchange, feed)
  if (normalizer !== null) return normalizer
  throw new SsmdError(
    'SSMD_E_RESOURCE_INVALID',
    `${what}: frames of exchange ${exchange} cannot be read as market events`,
    { hint: 'this version of ssmd has no normalize.ts for it; ssmd data sample shows the frames' }
  )
}
