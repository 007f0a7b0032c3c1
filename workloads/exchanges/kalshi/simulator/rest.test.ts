// The REST side as a table: paths and queries in, status and bodies out, paging to its end.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { GeneratedMarkets } from './generated.ts'
import { answerRest } from './rest.ts'

const test = suite('rest')
const START = Date.UTC(2026, 10, 24, 23, 7, 31)
const exchange = new GeneratedMarkets({ seed: 1, markets: 5, startMs: START })

type Body = {
  markets: Record<string, unknown>[]
  events: Record<string, unknown>[]
  cursor: string
  error: { code: string }
}
const get = (target: string, from = exchange) => {
  const url = new URL(target, 'http://x')
  const { status, body } = answerRest(url.pathname, url.searchParams, from.rest)
  return { status, body: body as Body }
}
const tickers = (target: string, from = exchange) =>
  get(target, from).body.markets.map(({ ticker }) => ticker)

test('lists the open and the coming markets by the words of the filter', () => {
  assert.is(get('/trade-api/v2/markets').body.markets.length, 10)
  const open = get('/trade-api/v2/markets?status=open').body.markets
  assert.is(open.length, 5)
  for (const market of open) {
    assert.is(market.status, 'active')
    assert.is(market.close_time, '2026-11-24T23:15:00Z')
    assert.match(String(market.ticker), /^KX\w+15M-26NOV241815-15$/)
  }
  assert.is(tickers('/trade-api/v2/markets?status=unopened').length, 5)
  assert.is(tickers('/trade-api/v2/markets?status=closed,settled').length, 0)
})

test('a market goes through every status', () => {
  const running = new GeneratedMarkets({ seed: 2, markets: 1, startMs: START })
  const deliver = { frame() {}, wants: () => false }
  const ticker = tickers('/trade-api/v2/markets?status=open', running)[0]
  const statusAt = (ms: number) => {
    running.advance(ms, 0, deliver)
    const { body } = get(`/trade-api/v2/markets/${ticker}`, running)
    return (body as unknown as { market: { status: string } }).market.status
  }
  const close = Date.UTC(2026, 10, 24, 23, 15)
  assert.is(statusAt(close - 1), 'active')
  assert.is(statusAt(close), 'closed')
  assert.is(statusAt(close + 20_000), 'finalized')
  assert.equal(tickers('/trade-api/v2/markets?status=settled', running), [ticker])
  running.advance(close + 6 * 900_000, 0, deliver)
  assert.is(get(`/trade-api/v2/markets/${ticker}`, running).status, 404, 'forgotten in the end')
})

test('pages through all markets by cursor, each once', () => {
  const seen: unknown[] = []
  let cursor = ''
  let pages = 0
  do {
    const { body } = get(`/trade-api/v2/markets?limit=3&cursor=${cursor}`)
    seen.push(...body.markets.map(({ ticker }) => ticker))
    cursor = body.cursor
    assert.ok(++pages < 10)
  } while (cursor !== '')
  assert.is(pages, 4)
  assert.equal(seen, tickers('/trade-api/v2/markets'))
})

test('filters by series, event, tickers and closing time', () => {
  assert.is(tickers('/trade-api/v2/markets?series_ticker=KXGOLD15M').length, 2)
  assert.is(tickers('/trade-api/v2/markets?event_ticker=KXGOLD15M-26NOV241815').length, 1)
  const two = 'KXGOLD15M-26NOV241815-15,KXBTC15M-26NOV241815-15'
  assert.equal(tickers(`/trade-api/v2/markets?tickers=${two}`), two.split(','))
  const close = Date.UTC(2026, 10, 24, 23, 15) / 1000
  assert.is(tickers(`/trade-api/v2/markets?max_close_ts=${close}`).length, 5)
  assert.is(tickers(`/trade-api/v2/markets?min_close_ts=${close + 1}`).length, 5)
  assert.is(tickers(`/trade-api/v2/markets?min_close_ts=${close + 1}&status=open`).length, 0)
})

test('gives one market, its book, its event and its series', () => {
  const ticker = 'KXGOLD15M-26NOV241815-15'
  assert.is(get(`/trade-api/v2/markets/${ticker}`).status, 200)
  const { orderbook_fp: book } = get(`/trade-api/v2/markets/${ticker}/orderbook`)
    .body as unknown as { orderbook_fp: { yes_dollars: string[][]; no_dollars: string[][] } }
  assert.ok(book.yes_dollars.length > 3 && book.no_dollars.length > 3)
  const shallow = get(`/trade-api/v2/markets/${ticker}/orderbook?depth=2`).body as unknown as {
    orderbook_fp: { yes_dollars: string[][] }
  }
  assert.equal(shallow.orderbook_fp.yes_dollars, book.yes_dollars.slice(-2), 'the best ones')
  const event = get('/trade-api/v2/events/KXGOLD15M-26NOV241815').body
  assert.equal(
    event.markets.map((m) => m.ticker),
    [ticker]
  )
  assert.is(get('/trade-api/v2/series/KXGOLD15M').status, 200)
  assert.is(get('/trade-api/v2/exchange/status').status, 200)
})

test('lists events, with their markets where asked', () => {
  const { events } = get('/trade-api/v2/events?with_nested_markets=true&status=open').body
  assert.is(events.length, 5)
  assert.is((events[0] as { markets: unknown[] }).markets.length, 1)
  assert.is(get('/trade-api/v2/events?limit=2').body.events[0]?.markets, undefined)
})

test('an unknown ticker has an empty book and is otherwise not found', () => {
  assert.equal(get('/trade-api/v2/markets/NOPE/orderbook').body, {
    orderbook_fp: { yes_dollars: [], no_dollars: [] },
  })
  for (const path of [
    '/trade-api/v2/markets/NOPE',
    '/trade-api/v2/events/NOPE',
    '/trade-api/v2/series/NOPE',
    '/trade-api/v2/markets/KXGOLD15M-26NOV241815-15/candles',
    '/trade-api/v2/',
    '/trade-api/v2/portfolio',
    '/trade-api/v2/markets/%E0%A4%A',
    '/',
  ])
    assert.equal(
      get(path),
      {
        status: 404,
        body: { error: { code: 'not_found', message: 'not found' } },
      },
      path
    )
})

test('refuses a query that makes no sense with 400', () => {
  for (const query of [
    'limit=0',
    'limit=1001',
    'limit=x',
    'cursor=abc',
    'status=active',
    'status=open,what',
    'min_close_ts=soon',
    'max_close_ts=1.5',
  ])
    assert.is(get(`/trade-api/v2/markets?${query}`).status, 400, query)
  assert.is(get('/trade-api/v2/events?limit=201').status, 400)
  assert.is(get('/trade-api/v2/markets/A/orderbook?depth=-1').status, 400)
})

test.run()
