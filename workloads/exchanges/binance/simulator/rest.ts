// The REST calls of the simulated Binance that market data needs, with their weights: who uses more than the minute has is
// told to wait, and who asks on is banned.

import type { HttpAnswer, HttpRequest } from '../../simulation/venue.ts'
import type { Source } from './source.ts'

export type RestLimits = { readonly weightPerMinute: number; readonly banMs: number }
export const REST_LIMITS: RestLimits = { weightPerMinute: 6_000, banMs: 120_000 }

const MINUTE_MS = 60_000
/** Requests beyond the limit that are told to wait before the address is banned. */
const PATIENCE = 20
const SYMBOL = /^[\p{Lu}\p{Lo}0-9_.-]{1,20}$/u
const MOST_LEVELS = 5_000

export class Rest {
  readonly #source: Source
  readonly #limits: RestLimits
  #minute = -1
  #used = 0
  #beyond = 0
  #bannedUntilMs = Number.NEGATIVE_INFINITY
  /** Answers to come that are older than they should be. */
  stale = 0

  constructor(source: Source, limits: RestLimits) {
    this.#source = source
    this.#limits = limits
  }

  answer({ path, query }: HttpRequest, nowMs: number): HttpAnswer {
    const minute = Math.floor(nowMs / MINUTE_MS)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#used = 0
      this.#beyond = 0
    }
    if (nowMs < this.#bannedUntilMs) return this.#banned(nowMs)
    this.#used += weightOf(path, query)
    if (this.#used > this.#limits.weightPerMinute) {
      if (++this.#beyond > PATIENCE) {
        this.#bannedUntilMs = nowMs + this.#limits.banMs
        return this.#banned(nowMs)
      }
      return this.#tooMany(nowMs)
    }
    const { status, body } = this.#called(path, query, nowMs)
    return { status, body, headers: this.#headers() }
  }

  #tooMany(nowMs: number): HttpAnswer {
    const wait = Math.ceil(((this.#minute + 1) * MINUTE_MS - nowMs) / 1000)
    const msg = `Too much request weight used; current limit is ${this.#limits.weightPerMinute} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.`
    const headers = { ...this.#headers(), 'retry-after': String(Math.max(1, wait)) }
    return { status: 429, body: { code: -1003, msg }, headers }
  }

  #banned(nowMs: number): HttpAnswer {
    const until = this.#bannedUntilMs
    const msg = `Way too much request weight used; IP banned until ${until}. Please use WebSocket Streams for live updates to avoid bans.`
    const headers = { ...this.#headers(), 'retry-after': String(Math.ceil((until - nowMs) / 1000)) }
    return { status: 418, body: { code: -1003, msg }, headers, refused: { banned: true } }
  }

  #headers(): Readonly<Record<string, string>> {
    const used = String(this.#used)
    return { 'x-mbx-used-weight': used, 'x-mbx-used-weight-1m': used }
  }

  #called(path: string, query: URLSearchParams, nowMs: number): HttpAnswer {
    switch (path) {
      case '/api/v3/ping':
        return { status: 200, body: {} }
      case '/api/v3/time':
        return { status: 200, body: { serverTime: Math.floor(nowMs) } }
      case '/api/v3/depth':
        return this.#depth(query)
      case '/api/v3/ticker/price':
        return this.#price(query)
      case '/api/v3/exchangeInfo':
        return this.#info(query, nowMs)
      default:
        return { status: 404, body: { code: -1000, msg: 'Not Found' } }
    }
  }

  #depth(query: URLSearchParams): HttpAnswer {
    const symbol = query.get('symbol') ?? ''
    const wrong = this.#wrongSymbol(symbol)
    if (wrong !== null) return wrong
    const limit = query.get('limit') ?? '100'
    if (!/^\d+$/.test(limit)) {
      return bad(
        -1100,
        "Illegal characters found in parameter 'limit'; legal range is '^[0-9]{1,20}$'."
      )
    }
    if (Number(limit) < 1) return bad(-1130, "Data sent for parameter 'limit' is not valid.")
    const book = this.#source.snapshot(symbol, Math.min(MOST_LEVELS, Number(limit)))
    if (book === null) return bad(-1121, 'Invalid symbol.')
    if (this.stale === 0) return { status: 200, body: book }
    this.stale--
    return { status: 200, body: { ...book, lastUpdateId: book.lastUpdateId - 100_000 } }
  }

  #price(query: URLSearchParams): HttpAnswer {
    const symbol = query.get('symbol') ?? ''
    const price = this.#source.price(symbol) ?? '0.00000000'
    return this.#wrongSymbol(symbol) ?? { status: 200, body: { symbol, price } }
  }

  #info(query: URLSearchParams, nowMs: number): HttpAnswer {
    const symbol = query.get('symbol')
    const wrong = symbol === null ? null : this.#wrongSymbol(symbol)
    if (wrong !== null) return wrong
    const { weightPerMinute } = this.#limits
    return {
      status: 200,
      body: {
        timezone: 'UTC',
        serverTime: Math.floor(nowMs),
        rateLimits: [
          {
            rateLimitType: 'REQUEST_WEIGHT',
            interval: 'MINUTE',
            intervalNum: 1,
            limit: weightPerMinute,
          },
        ],
        exchangeFilters: [],
        symbols: this.#source
          .symbols()
          .filter((one) => symbol === null || one.symbol === symbol)
          .map((one) => ({
            symbol: one.symbol,
            status: 'TRADING',
            baseAsset: one.base,
            baseAssetPrecision: 8,
            quoteAsset: one.quote,
            quotePrecision: 8,
            isSpotTradingAllowed: true,
            filters: [
              { filterType: 'PRICE_FILTER', minPrice: one.tick, tickSize: one.tick },
              { filterType: 'LOT_SIZE', minQty: one.step, stepSize: one.step },
            ],
          })),
      },
    }
  }

  #wrongSymbol(symbol: string): HttpAnswer | null {
    if (symbol === '') {
      return bad(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.")
    }
    if (!SYMBOL.test(symbol)) {
      return bad(
        -1100,
        "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."
      )
    }
    return this.#source.has(symbol) ? null : bad(-1121, 'Invalid symbol.')
  }
}

const bad = (code: number, msg: string): HttpAnswer => ({ status: 400, body: { code, msg } })

function weightOf(path: string, query: URLSearchParams): number {
  if (path === '/api/v3/depth') {
    const limit = Number(query.get('limit') ?? 100)
    return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250
  }
  if (path === '/api/v3/exchangeInfo') return 20
  return path === '/api/v3/ticker/price' ? 2 : 1
}
