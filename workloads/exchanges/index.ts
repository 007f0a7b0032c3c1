// The exchanges that ssmd knows: a new one is a folder beside this file and an entry in this table. No other file knows
// an exchange by name. Code is loaded when it is asked for: a connector never loads what simulates an exchange.

import { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { FIRES_EXCHANGE } from '#crds/signals.ts'
import type { CreateNormalizer, Normalizer } from '#market/normalizer.ts'
import type { FrameCheck } from './generic/frame-check.ts'
import type { Adapter } from './protocol/adapter.ts'
import type { Venue } from './simulation/venue.ts'

type Exchange = {
  readonly adapter: () => Promise<Adapter>
  /** Its side of the simulator, which may be what a Feed describes; absent: it has none. */
  readonly simulator?: (feed: Feed | null) => Promise<Venue>
  readonly normalizer: () => Promise<CreateNormalizer>
}

const EXCHANGES: Readonly<Record<string, Exchange>> = {
  binance: {
    adapter: async () => (await import('./binance/adapter.ts')).binance,
    simulator: async () => (await import('./binance/simulator/venue.ts')).venue,
    normalizer: async () => (await import('./binance/normalize.ts')).createNormalizer,
  },
  coinbase: {
    adapter: async () => (await import('./coinbase/adapter.ts')).coinbase,
    simulator: async () => (await import('./coinbase/simulator/venue.ts')).venue,
    normalizer: async () => (await import('./coinbase/normalize.ts')).createNormalizer,
  },
  generic: {
    adapter: async () => (await import('./generic/adapter.ts')).generic,
    simulator: async (feed) => (await import('./generic/simulator/venue.ts')).venueOf(feed),
    normalizer: async () => (await import('./generic/normalize.ts')).createNormalizer,
  },
  kalshi: {
    adapter: async () => (await import('./kalshi/adapter.ts')).kalshi,
    simulator: async () => (await import('./kalshi/simulator/venue.ts')).venue,
    normalizer: async () => (await import('./kalshi/normalize.ts')).createNormalizer,
  },
  kraken: {
    adapter: async () => (await import('./kraken/adapter.ts')).kraken,
    simulator: async () => (await import('./kraken/simulator/venue.ts')).venue,
    normalizer: async () => (await import('./kraken/normalize.ts')).createNormalizer,
  },
  synthetic: {
    adapter: async () => (await import('./synthetic/adapter.ts')).synthetic,
    normalizer: async () => (await import('./synthetic/normalize.ts')).createNormalizer,
  },
}

/** How the connector talks to an exchange. Rejects with SSMD_E_RESOURCE_INVALID if there is no such exchange. */
export const adapterOf = async (exchange: string): Promise<Adapter> => entryOf(exchange).adapter()

/** The exchange's side of the simulator. Rejects with SSMD_E_USAGE if it has none. */
export async function venueOf(exchange: string, feed: Feed | null = null): Promise<Venue> {
  const { simulator } = Object.hasOwn(EXCHANGES, exchange) ? (EXCHANGES[exchange] ?? {}) : {}
  if (simulator !== undefined) return simulator(feed)
  const known = Object.keys(EXCHANGES).filter((name) => EXCHANGES[name]?.simulator !== undefined)
  throw new SsmdError('SSMD_E_USAGE', `no simulator of ${JSON.stringify(exchange)}`, {
    hint: `exchanges with a simulator: ${known.join(', ')}`,
  })
}

const NO_EVENTS: Normalizer = { normalize() {} }

/** A normaliser of a feed's frames. Rejects with SSMD_E_RESOURCE_INVALID if there is no such exchange. */
export async function normalizerOf(exchange: string, feed: unknown): Promise<Normalizer> {
  // An archive of fires stands among those of exchanges, and is read with them.
  if (exchange === FIRES_EXCHANGE) return NO_EVENTS
  const create = await entryOf(exchange).normalizer()
  return create(feed)
}

/** Holds frames against the schema that a Feed has; null if it has none. Rejects with SSMD_E_RESOURCE_INVALID if it is no schema. */
export async function frameCheckOf({ spec }: Feed): Promise<FrameCheck | null> {
  if (spec.schema === undefined) return null
  const { makeFrameCheck } = await import('./generic/frame-check.ts')
  return makeFrameCheck(spec.schema.name, spec.schema.source)
}

function entryOf(exchange: string): Exchange {
  const entry = Object.hasOwn(EXCHANGES, exchange) ? EXCHANGES[exchange] : undefined
  if (entry !== undefined) return entry
  throw new SsmdError('SSMD_E_RESOURCE_INVALID', `there is no exchange ${exchange}`, {
    hint: `known exchanges: ${Object.keys(EXCHANGES).join(', ')}`,
  })
}
