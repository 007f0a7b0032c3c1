import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SymbolPage } from '../protocol/adapter.ts'
import { discoverProducts } from './discovery.ts'

const test = suite('coinbase discovery')

/** Asks a server that answers each question so. */
async function discover(answer: (offset: number) => Response) {
  const pages: SymbolPage[] = []
  const urls: string[] = []
  const found = await discoverProducts(
    {
      restUrl: 'https://api.test',
      nowMs: () => 0,
      onPage: (page) => pages.push(page),
      fetch: (async (url: string) => {
        urls.push(url)
        return answer(Number(new URL(url).searchParams.get('offset')))
      }) as typeof fetch,
    },
    new AbortController().signal
  )
  const now = pages.flatMap((page) => page.now)
  return { found, urls, now, later: pages.flatMap((page) => page.later) }
}

const listed = (products: readonly unknown[]) =>
  new Response(JSON.stringify({ products, num_products: products.length, pagination: null }))

test('products that trade are captured; halted ones are known, and so are those that are another name', async () => {
  const { found, urls, now, later } = await discover(() =>
    listed([
      { product_id: 'BTC-USD', status: 'online', is_disabled: false, alias: '' },
      { product_id: 'BTC-USDC', status: 'online', alias: 'BTC-USD' },
      { product_id: 'OLD-USD', status: 'delisted' },
      { product_id: 'OFF-USD', status: 'online', is_disabled: true },
      { product_id: 'HALT-USD', trading_disabled: true },
      { product_id: 'SEE-USD', view_only: true },
      { product_id: 'BIT-31JUL26-CDE', status: '' },
    ])
  )
  assert.equal(urls, ['https://api.test/api/v3/brokerage/market/products?limit=1000&offset=0'])
  assert.equal(now, ['BTC-USD', 'BIT-31JUL26-CDE'])
  assert.equal(later, ['BTC-USDC', 'OLD-USD', 'OFF-USD', 'HALT-USD', 'SEE-USD'])
  assert.equal(found, { known: true, failures: [] })
})

const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ product_id: `P${from + i}-USD` }))

test('a full page is followed by the next one, and a server that knows no pages is asked twice', async () => {
  const paged = await discover((offset) => listed(some(offset, offset < 1_000 ? 1_000 : 20)))
  assert.equal([paged.now.length, paged.urls.length], [1_020, 2])
  const whole = await discover(() => listed(some(0, 1_500)))
  assert.equal([whole.now.length, whole.urls.length], [1_500, 2])
})

test('a list without an end is named, and what it had is captured', async () => {
  try {
    await discover((offset) => listed(some(offset, 1_000)))
    assert.unreachable()
  } catch (thrown) {
    assert.match((thrown as Error).message, /more than 20 pages/)
  }
})

test('entries without a name are told, and all others are known', async () => {
  const odd = [{}, null, { product_id: 7 }, { product_id: 'A B' }, { product_id: '' }]
  const { found, now } = await discover(() => listed([{ product_id: 'A-USD' }, ...odd]))
  assert.equal(now, ['A-USD'])
  assert.match(found.failures[0]!.message, /5 entries of `products` without a name/)
})

test('answers that are none are named', async () => {
  for (const [status, body, message] of [
    [200, '{}', /without `products`/],
    [200, 'no json', /answered/],
    [200, '{"products":{}}', /not a list/],
    [429, '{"error":"rate_limit_exceeded"}', /HTTP 429/],
    [503, '', /HTTP 503/],
  ] as const) {
    try {
      await discover(() => new Response(body, { status }))
      assert.unreachable(body)
    } catch (thrown) {
      assert.match((thrown as Error).message, message)
    }
  }
})

test.run()
