// The REST call of the simulated Coinbase that market data needs: the products, page by page, without a key.

import type { HttpAnswer, HttpRequest } from '../../simulation/venue.ts'
import type { Source } from './source.ts'

export const PRODUCTS_PATH = '/api/v3/brokerage/market/products'
const REQUESTS_PER_SECOND = 10

export const tooMany = (): HttpAnswer => ({
  status: 429,
  body: { error: 'rate_limit_exceeded', message: 'Rate limit exceeded' },
  headers: { 'retry-after': '1' },
})

export class Rest {
  readonly #source: Source
  readonly #asked: number[] = []

  constructor(source: Source) {
    this.#source = source
  }

  answer({ method, path, query }: HttpRequest, nowMs: number): HttpAnswer {
    const asked = this.#asked
    while (asked.length > 0 && asked[0]! <= nowMs - 1_000) asked.shift()
    asked.push(nowMs)
    if (asked.length > REQUESTS_PER_SECOND) return tooMany()
    if (method !== 'GET' || path !== PRODUCTS_PATH) {
      return { status: 404, body: { error: 'NOT_FOUND', message: 'route not found' } }
    }
    const all = this.#source.products()
    const offset = whole(query.get('offset'), 0)
    const limit = whole(query.get('limit'), all.length)
    if (offset === null || limit === null) {
      return {
        status: 400,
        body: { error: 'INVALID_ARGUMENT', message: 'invalid limit or offset' },
      }
    }
    const products = all
      .slice(offset, offset + limit)
      .map(({ symbol, base, quote, tick, step }) => ({
        product_id: symbol,
        base_increment: step,
        quote_increment: tick,
        price_increment: tick,
        base_currency_id: base,
        quote_currency_id: quote,
        display_name: symbol,
        product_type: 'SPOT',
        status: 'online',
        is_disabled: false,
        trading_disabled: false,
        view_only: false,
        alias: '',
        alias_to: [],
      }))
    return { status: 200, body: { products, num_products: all.length, pagination: null } }
  }
}

function whole(text: string | null, absent: number): number | null {
  if (text === null) return absent
  return /^\d{1,9}$/.test(text) ? Number(text) : null
}
