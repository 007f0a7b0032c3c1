// The REST calls that discovery needs, as a pure function: a path and a query in, a status and a body out, in
// the exchange's own words, errors included.
import type { HttpAnswer } from '../../simulation/venue.ts'
import type { Levels, RestExchange, RestMarket } from './source.ts'

const BASE = '/trade-api/v2'
const NOT_FOUND: HttpAnswer = {
  status: 404,
  body: { error: { code: 'not_found', message: 'not found' } },
}
const bad = (message: string): HttpAnswer => ({
  status: 400,
  body: { error: { code: 'bad_request', message: 'bad request', details: message } },
})

// The words of the filter are not those of the field `status`.
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined', 'disputed', 'amended'],
  settled: ['finalized'],
}

/** Answers one GET. `path` without query. */
export function answerRest(
  path: string,
  query: URLSearchParams,
  exchange: RestExchange
): HttpAnswer {
  if (!path.startsWith(`${BASE}/`)) return NOT_FOUND
  const parts = path.slice(BASE.length + 1).split('/')
  const [first, second, third] = parts.map(decode)
  if (parts.length > 3 || parts.includes('')) return NOT_FOUND
  switch (`${first}/${parts.length}`) {
    case 'markets/1':
      return listMarkets(query, exchange)
    case 'markets/2': {
      const market = exchange.markets().find((one) => one.ticker === second)
      return market ? { status: 200, body: { market: market.record() } } : NOT_FOUND
    }
    case 'markets/3':
      return third === 'orderbook' ? orderbook(second ?? '', query, exchange) : NOT_FOUND
    case 'events/1':
      return listEvents(query, exchange)
    case 'events/2': {
      const event = exchange.event(second ?? '')
      if (!event) return NOT_FOUND
      const markets = exchange.markets().filter((one) => one.eventTicker === second)
      return { status: 200, body: { event, markets: markets.map((one) => one.record()) } }
    }
    case 'series/2': {
      const series = exchange.series(second ?? '')
      return series ? { status: 200, body: { series } } : NOT_FOUND
    }
    case 'exchange/2':
      return second === 'status'
        ? {
            status: 200,
            body: { exchange_active: exchange.active, trading_active: exchange.active },
          }
        : NOT_FOUND
    default:
      return NOT_FOUND
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A whole number under `name`, undefined where it is absent, null where it is something else. */
function wholeNumber(query: URLSearchParams, name: string): number | undefined | null {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null
}

type Page = { readonly limit: number; readonly offset: number }

// A cursor is opaque to clients: here it is where the next page starts, with a mark so that no other text passes.
const cursorOf = (offset: number): string =>
  Buffer.from(`ssmd-simulated:${offset}`).toString('base64url')

function pageOf(query: URLSearchParams, most: number): Page | string {
  const limit = wholeNumber(query, 'limit') ?? (query.get('limit') ? null : 100)
  if (limit === null || limit < 1 || limit > most) return `limit has to be from 1 to ${most}`
  const cursor = query.get('cursor')
  if (cursor === null || cursor === '') return { limit, offset: 0 }
  const match = /^ssmd-simulated:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())
  return match ? { limit, offset: Number(match[1]) } : 'invalid cursor'
}

const nextCursor = (page: Page, length: number): string =>
  page.offset + page.limit < length ? cursorOf(page.offset + page.limit) : ''

function selectMarkets(query: URLSearchParams, exchange: RestExchange): RestMarket[] | string {
  const tests: ((market: RestMarket) => boolean)[] = []
  const status = query.get('status')
  if (status) {
    const words = status.split(',').map((word) => FILTERS[word.trim()])
    if (words.includes(undefined)) return `invalid status: ${status}`
    const wanted = new Set(words.flat())
    tests.push((market) => wanted.has(market.status))
  }
  const series = query.get('series_ticker')
  if (series) tests.push((market) => market.seriesTicker === series)
  const event = query.get('event_ticker')
  if (event) {
    const wanted = new Set(event.split(','))
    tests.push((market) => wanted.has(market.eventTicker))
  }
  const tickers = query.getAll('tickers').filter((text) => text !== '')
  if (tickers.length > 0) {
    const wanted = new Set(tickers.flatMap((text) => text.split(',')))
    tests.push((market) => wanted.has(market.ticker))
  }
  for (const [name, keeps] of [
    ['min_close_ts', (close: number, limit: number) => close >= limit],
    ['max_close_ts', (close: number, limit: number) => close <= limit],
  ] as const) {
    const seconds = wholeNumber(query, name)
    if (seconds === null) return `${name} has to be unix seconds`
    if (seconds !== undefined && exchange.timed)
      tests.push((market) => market.closeMs === null || keeps(market.closeMs / 1000, seconds))
  }
  return exchange.markets().filter((market) => tests.every((test) => test(market)))
}

function listMarkets(query: URLSearchParams, exchange: RestExchange): HttpAnswer {
  const page = pageOf(query, 1000)
  if (typeof page === 'string') return bad(page)
  const found = selectMarkets(query, exchange)
  if (typeof found === 'string') return bad(found)
  const markets = found.slice(page.offset, page.offset + page.limit)
  return {
    status: 200,
    body: {
      markets: markets.map((market) => market.record()),
      cursor: nextCursor(page, found.length),
    },
  }
}

function listEvents(query: URLSearchParams, exchange: RestExchange): HttpAnswer {
  const page = pageOf(query, 200)
  if (typeof page === 'string') return bad(page)
  const found = selectMarkets(query, exchange)
  if (typeof found === 'string') return bad(found)
  const byEvent = Map.groupBy(found, (market) => market.eventTicker)
  const tickers = [...byEvent.keys()]
  const nested = query.get('with_nested_markets') === 'true'
  const events = tickers.slice(page.offset, page.offset + page.limit).map((ticker) => ({
    ...exchange.event(ticker),
    ...(nested ? { markets: byEvent.get(ticker)?.map((market) => market.record()) } : {}),
  }))
  return { status: 200, body: { events, cursor: nextCursor(page, tickers.length) } }
}

/** An unknown ticker is answered with an empty book, as the real exchange does. */
function orderbook(ticker: string, query: URLSearchParams, exchange: RestExchange): HttpAnswer {
  const depth = wholeNumber(query, 'depth') ?? (query.get('depth') ? null : 0)
  if (depth === null || depth < 0 || depth > 100) return bad('depth has to be from 0 to 100')
  const book = exchange.book(ticker)
  const best = (levels: Levels): Levels => (depth === 0 ? levels : levels.slice(-depth))
  return {
    status: 200,
    body: {
      orderbook_fp: { yes_dollars: best(book?.yes ?? []), no_dollars: best(book?.no ?? []) },
    },
  }
}
