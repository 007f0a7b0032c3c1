// Kraken's doors: the WebSocket, which needs no key, and the list of pairs over REST, under the names that REST has.

import type { HttpAnswer, HttpRequest, Session } from '../../simulation/venue.ts'
import { KrakenClient } from './session.ts'
import type { Source } from './source.ts'

export const WEBSOCKET_PATH = '/v2'
const REST_PATHS = '/0/public/'
const ASSET_PAIRS = `${REST_PATHS}AssetPairs`

/** Cloudflare, in front of Kraken, refuses an address after this many handshakes within ten minutes. */
const MAX_DIALS = 150
const WITHIN_MS = 600_000

const TOO_MANY: HttpAnswer = {
  status: 429,
  headers: { 'retry-after': '10' },
  body: 'error code: 1015',
}
const notFound = (path: string): HttpAnswer => ({
  status: 404,
  body: { error: ['EGeneral:Unknown method'] },
  refused: { path, expected: WEBSOCKET_PATH },
})

/** Assets that REST calls otherwise. */
const NAMES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' }
const restName = (asset: string): string => NAMES[asset] ?? asset

export function openDoor(source: Source) {
  const dials: number[] = []
  let connections = 0
  return {
    knows: (path: string): boolean => path === WEBSOCKET_PATH || path.startsWith(REST_PATHS),
    connect({ path }: HttpRequest, nowMs: number): Session | HttpAnswer {
      if (path !== WEBSOCKET_PATH) return notFound(path)
      while (dials.length > 0 && dials[0]! <= nowMs - WITHIN_MS) dials.shift()
      if (dials.length >= MAX_DIALS) return { ...TOO_MANY, refused: { dials: dials.length } }
      dials.push(nowMs)
      return new KrakenClient(source, `8061934421430${String(++connections).padStart(5, '0')}`)
    },
    answer({ path }: HttpRequest): HttpAnswer {
      if (path !== ASSET_PAIRS) return notFound(path)
      return { status: 200, body: { error: [], result: assetPairs(source) } }
    },
    refusal: (fault: 'unauthorized' | 'tooManyRequests'): HttpAnswer =>
      fault === 'tooManyRequests'
        ? TOO_MANY
        : { status: 401, body: { error: ['EAPI:Invalid key'], hint: 'a fault on demand' } },
  }
}

function assetPairs(source: Source): Readonly<Record<string, unknown>> {
  const pairs: Record<string, unknown> = {}
  for (const { base, quote, status } of source.pairs()) {
    const [from, to] = [restName(base), restName(quote)]
    pairs[`X${from}Z${to}`] = {
      altname: `${from}${to}`,
      wsname: `${from}/${to}`,
      base: `X${from}`,
      quote: `Z${to}`,
      status,
    }
  }
  return pairs
}
