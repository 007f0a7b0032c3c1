// The synthetic exchange: a seeded generator inside the connector, for demonstrations and for tests that must know what
// was sent. `synthetic://generator?rate=1000&symbols=10&seed=7&limit=50000`; what it sends is in content.ts.

import { SsmdError } from '#crds/errors.ts'
import type { Adapter, AdapterContext, Exchange } from '../protocol/adapter.ts'
import { type GeneratorOptions, startGenerator } from './generator.ts'
import { SyntheticSession } from './session.ts'

const CHANNELS = ['trade', 'ticker', 'orderbook_delta']
const MAX_RATE = 200_000
const MAX_SYMBOLS = 100_000

export const synthetic: Adapter = {
  name: 'synthetic',
  maxConnections: 1,
  open,
}

function open(context: AdapterContext): Exchange {
  const options = generatorOptions(context)
  return {
    adapter: 'synthetic',
    endpoint: context.endpoint,
    source: {
      kind: 'process',
      start: (listener) => startGenerator(options, listener),
    },
    session: () => new SyntheticSession(options.symbols),
    silentMs: null,
    pingEveryMs: null,
    discover: null,
  }
}

/** Reads the address of the generator. Throws SSMD_E_RESOURCE_INVALID. */
export function generatorOptions(
  context: Pick<AdapterContext, 'feed' | 'endpoint'>
): GeneratorOptions {
  const { feed, endpoint } = context
  const fail = (what: string): never => {
    throw new SsmdError('SSMD_E_RESOURCE_INVALID', `feed ${feed.metadata.name}: ${what}`, {
      hint: 'for instance synthetic://generator?rate=1000&symbols=10&seed=7',
    })
  }
  if (!URL.canParse(endpoint)) fail(`endpoint ${endpoint} is not an address`)
  const { searchParams } = new URL(endpoint)
  const known = ['rate', 'symbols', 'seed', 'limit']
  for (const name of searchParams.keys()) {
    if (!known.includes(name)) fail(`endpoint: there is no ${name}, only ${known.join(', ')}`)
  }
  const whole = (name: string, otherwise: number, least: number, most: number): number => {
    const text = searchParams.get(name)
    if (text === null) return otherwise
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    return fail(`endpoint: ${name}=${text} is not a whole number from ${least} to ${most}`)
  }
  const unknown = feed.spec.channels.filter((name) => !CHANNELS.includes(name))
  if (unknown.length > 0) fail(`there is no channel ${unknown[0]}, only ${CHANNELS.join(', ')}`)
  return {
    rate: whole('rate', 1000, 1, MAX_RATE),
    symbols: whole('symbols', 10, 1, MAX_SYMBOLS),
    seed: whole('seed', 1, 0, 0xffff_ffff),
    limit: whole('limit', Number.POSITIVE_INFINITY, 0, Number.MAX_SAFE_INTEGER),
    channels: feed.spec.channels,
    nowMs: () => performance.now(),
  }
}
