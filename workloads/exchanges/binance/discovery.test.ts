import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SymbolPage } from '../protocol/adapter.ts'
import { discoverSymbols } from './discovery.ts'

const test = suite('binance discovery')

/** Asks a server that answers so, and only to what the exchange has. */
async function discover(status: number, body: string, headers: Record<string, string> = {}) {
  const pages: SymbolPage[] = []
  const urls: string[] = []
  const found = await discoverSymbols(
    {
      restUrl: 'https://api.test',
      nowMs: () => 0,
      onPage: (page) => pages.push(page),
      fetch: (async (url: string) => {
        urls.push(url)
        return new Response(body, { status, headers })
      }) as typeof fetch,
    },
    new AbortController().signal
  )
  return {
    found,
    urls,
    now: pages.flatMap(({ now }) => now),
    later: pages.flatMap(({ later }) => later),
    pages,
  }
}

const info = (symbols: readonly unknown[]) =>
  JSON.stringify({ timezone: 'UTC', rateLimits: [], symbols })

test('symbols that trade are captured, halted ones are known', async () => {
  const { found, urls, now, later } = await discover(
    200,
    info([
      { symbol: 'BTCUSDT', status: 'TRADING', filters: [] },
      { symbol: 'OLDUSDT', status: 'BREAK' },
      { symbol: '币安人生USDT', status: 'TRADING' },
    ])
  )
  assert.equal(urls, ['https://api.test/api/v3/exchangeInfo'])
  assert.equal([now, later], [['BTCUSDT', '币安人生USDT'], ['OLDUSDT']])
  assert.equal(found, { known: true, failures: [] })
})

test('very many symbols come in several pages', async () => {
  const all = Array.from({ length: 2_500 }, (_, i) => ({ symbol: `S${i}`, status: 'TRADING' }))
  const { now, pages } = await discover(200, info(all))
  assert.equal([now.length, pages.length], [2_500, 3])
})

test('entries without a name are told, and all others are known', async () => {
  const { found, now } = await discover(
    200,
    info([{ symbol: 'A' }, {}, null, { symbol: 7 }, { symbol: 'B C' }])
  )
  assert.equal(now, ['A'])
  assert.match(found.failures[0]!.message, /4 entries of `symbols` without a name/)
})

test('answers that are none are named', async () => {
  for (const [status, body, message] of [
    [200, '{}', /without `symbols`/],
    [200, 'no json', /answered/],
    [429, '{"code":-1003,"msg":"Too much"}', /HTTP 429/],
    [418, '{"code":-1003,"msg":"Banned"}', /HTTP 418/],
  ] as const) {
    try {
      await discover(status, body, { 'retry-after': '5' })
      assert.unreachable(body)
    } catch (thrown) {
      assert.match((thrown as Error).message, message)
    }
  }
})

test.run()
