// By which normaliser the frames of a day are read: that of its exchange, or for an exchange that only its Feed describes, one for
// each Feed that the day was captured with. As plain data first, so that a worker thread can be told.

import { exchangeOf } from '#archive/read/exchange.ts'
import type { Manifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { normalizerOf } from '#exchanges/index.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { feedsOfDay } from './day-feed.ts'

/** How the frames of a day are to be read: plain data. */
export type DayReading = {
  /** Of messages: which day of which archive. */
  readonly where: string
  readonly exchange: string
  /** Feeds by the names of their files; none if the exchange needs none. */
  readonly feeds: ReadonlyMap<string, unknown>
  /** By connection the file of its Feed, if there are several. */
  readonly byConnection: ReadonlyMap<string, string>
}

/** `before`: the exchange of the day before, for a day that does not name its own. */
export async function dayReading(
  root: string,
  manifest: Manifest,
  before: string
): Promise<DayReading> {
  const where = `${root}: ${manifest.feed}/${manifest.day}`
  const exchange = (await exchangeOf(root, manifest)) ?? before
  if (exchange === '') {
    throw new SsmdError(
      'SSMD_E_ARCHIVE_INVALID',
      `${root}: neither the manifest nor a line of ${manifest.feed}/${manifest.day} names its exchange`,
      { hint: 'its frames cannot be read as market events; ssmd data sample shows them' }
    )
  }
  const feeds = await feedsOfDay(root, manifest)
  const byConnection = new Map<string, string>()
  if (feeds.size > 1) {
    for (const { id, feed } of manifest.connections) {
      if (feed !== undefined && feeds.has(feed)) byConnection.set(id, feed)
    }
  }
  return { where, exchange, feeds, byConnection }
}

/** The normaliser of a connection's frames: new ones, for one reader. */
export async function normalizersOf({
  where,
  exchange,
  feeds,
  byConnection,
}: DayReading): Promise<(connection: string) => Normalizer> {
  const normalizers = new Map<string, Normalizer>()
  for (const [name, resource] of feeds) {
    normalizers.set(name, await knownNormalizer(exchange, resource, where))
  }
  const [one] = normalizers.values()
  const usual = one ?? (await knownNormalizer(exchange, null, where))
  if (byConnection.size === 0) return () => usual
  return (connection) => normalizers.get(byConnection.get(connection) ?? '') ?? usual
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
