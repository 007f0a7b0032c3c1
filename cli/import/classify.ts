// Type, symbol and the exchange's time of a frame, as the exchange's own code reads them. Of a feed that no code and no Feed describes,
// nothing is known.

import type { Feed } from '#crds/feed.gen.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { versionInForce } from '#crds/versions.ts'
import { adapterOf } from '#exchanges/index.ts'
import { type Session, UNKNOWN } from '#exchanges/protocol/adapter.ts'

export type Classifier = {
  /** As the `open` event names it; null: not known. */
  readonly exchange: string | null
  readonly description: object | undefined
  readonly session: Pick<Session, 'frame' | 'look' | 'exchangeMs'>
}

export async function classifierOf(feed: Feed | null): Promise<Classifier> {
  const version = feed === null ? undefined : versionOf(feed)
  if (feed === null || version === undefined) return NOTHING_KNOWN
  const { endpoint } = version
  const adapter = await adapterOf(feed.spec.exchange)
  const exchange = adapter.open({
    feed,
    version,
    endpoint,
    restEndpoint: version.restEndpoint ?? null,
    // Nothing is dialled.
    auth: { kind: 'simulator', url: endpoint },
    nowMs: Date.now,
  })
  const { description } = exchange
  return { exchange: feed.spec.exchange, description, session: exchange.session({ shard: 0 }) }
}

const versionOf = (feed: Feed) =>
  versionInForce(feed, utcDay(Date.now())) ?? feed.spec.versions.at(-1)

const NOTHING_KNOWN: Classifier = {
  exchange: null,
  description: undefined,
  session: {
    frame: {
      type: UNKNOWN,
      symbol: '',
      sequence: -1,
      scope: 0,
      form: 0,
      understood: false,
      unproven: '',
      control: false,
    },
    look: () => {},
    exchangeMs: () => 0,
  },
}
