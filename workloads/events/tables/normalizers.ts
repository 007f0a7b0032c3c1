// By which normalisers the frames of a day are read: as its exchange says and, if the exchange is described by its Feed alone, as the
// Feed does that each connection was captured with.

import { exchangeOf } from '#archive/read/exchange.ts'
import type { Manifest } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { normalizerOf } from '#exchanges/index.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { feedsOfDay } from '../day-feed.ts'

export type DayNormalizers = {
  readonly exchange: string
  readonly of: (connection: string) => Normalizer
  /** What decides how a frame is read, beside the frame and the program: the same text, the same events. */
  readonly key: string
}

/** `before`: the exchange of the day before, for a day that names none. Rejects with SSMD_E_ARCHIVE_INVALID if there is none either. */
export async function normalizersOf(
  root: string,
  manifest: Manifest,
  before = ''
): Promise<DayNormalizers> {
  const { feed, day, connections, feeds = [] } = manifest
  const where = `${root}: ${feed}/${day}`
  const exchange = (await exchangeOf(root, manifest)) ?? before
  if (exchange === '') {
    throw new SsmdError(
      'SSMD_E_ARCHIVE_INVALID',
      `${root}: neither the manifest nor a line of ${feed}/${day} names its exchange`,
      { hint: 'its frames cannot be read as market events; ssmd data sample shows them' }
    )
  }
  const byFeed = new Map<string, Normalizer>()
  for (const [name, resource] of await feedsOfDay(root, manifest)) {
    byFeed.set(name, await knownNormalizer(exchange, resource, where))
  }
  const [only] = byFeed.values()
  const usual = only ?? (await knownNormalizer(exchange, null, where))
  const byConnection = new Map<string, Normalizer>()
  const captured: string[] = []
  for (const { id, feed: name } of byFeed.size > 1 ? connections : []) {
    const own = name === undefined ? undefined : byFeed.get(name)
    if (own === undefined) continue
    byConnection.set(id, own)
    captured.push(`${id} ${name}`)
  }
  const key = [exchange, ...feeds.map(({ name, sha256 }) => `${name} ${sha256}`), ...captured]
  return {
    exchange,
    of: (connection) => byConnection.get(connection) ?? usual,
    key: key.join('\n'),
  }
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
