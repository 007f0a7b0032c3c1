import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ExchangeError } from '../../adapter.ts'
import { discoverMarkets, seriesOf } from './discovery.ts'

const test = suite('kalshi discovery')
const NOW = Date.parse('2026-11-24T15:00:00Z')

type Answer = { status?: number; body: unknown; headers?: Record<string, string> }

/** Discovery against answers given by the query. */
function ask(globs: string[], answer: (query: URLSearchParams) => Answer) {
  const asked: string[] = []
  const fetched: typeof fetch = async (input) => {
    const url = new URL(String(input))
    asked.push(url.href)
    const { status = 200, body, headers } = answer(url.searchParams)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(text, { status, ...(headers === undefined ? {} : { headers }) })
  }
  const found = discoverMarkets(
    {
      restEndpoint: 'https://exchange.test/trade-api/v2/',
      globs,
      spacingMs: 0,
      nowMs: () => NOW,
      fetch: fetched,
    },
    AbortSignal.timeout(5_000)
  )
  return { found, asked }
}

const empty: Answer = { body: { markets: [], cursor: '' } }

test('the series of a pattern is asked for where the pattern fixes it, else everything', () => {
  const table: readonly [string[], (string | null)[]][] = [
    [['KXGOLD15M-*'], ['KXGOLD15M']],
    [
      ['KXGOLD15M-26AUG*', 'KXBTC-*', 'KXGOLD15M-*'],
      ['KXGOLD15M', 'KXBTC'],
    ],
    [['KX*'], [null]],
    [['*'], [null]],
    [['KXGOLD15M-*', 'KX*-1'], [null]],
    [['?X-*'], [null]],
  ]
  for (const [globs, expected] of table) assert.equal(seriesOf(globs), expected)
})

test('pages are followed to the last', async () => {
  const { found, asked } = ask(['K-*'], (query) => {
    if (query.get('status') !== 'open') return empty
    const page = Number(query.get('cursor') || 0)
    return {
      body: { markets: [{ ticker: `K-${page}` }], cursor: page < 3 ? String(page + 1) : '' },
    }
  })
  assert.equal(await found, ['K-0', 'K-1', 'K-2', 'K-3'])
  assert.ok(
    asked[0]!.startsWith('https://exchange.test/trade-api/v2/markets?limit=1000&status=open')
  )
})

test('markets that open soon belong to it, later ones not yet', async () => {
  const at = (ms: number) => new Date(NOW + ms).toISOString()
  const { found } = ask(['K-*'], (query) => {
    if (query.get('status') !== 'unopened') return empty
    const markets = [
      { ticker: 'K-soon', open_time: at(60_000) },
      { ticker: 'K-late', open_time: at(86_400_000) },
      { ticker: 'K-open', open_time: at(-1) },
      { ticker: 'K-unsaid' },
      { ticker: 7 },
      null,
    ]
    return { body: { markets, cursor: '' } }
  })
  assert.equal(await found, ['K-soon', 'K-open', 'K-unsaid'])
})

test('a status word that a server does not know is a set without markets, but not `open`', async () => {
  const some = ask(['K-*'], (query) =>
    query.get('status') === 'open'
      ? { body: { markets: [{ ticker: 'K-1' }] } }
      : { status: 400, body: {} }
  )
  assert.equal(await some.found, ['K-1'])
  const none = ask(['K-*'], () => ({ status: 400, body: {} }))
  await rejected(none.found, 'protocol')
})

test('a cursor that does not move ends the paging', async () => {
  const { asked, found } = ask(['K-*'], () => ({ body: { markets: [], cursor: 'same' } }))
  await found
  assert.ok(asked.length <= 6, `${asked.length}`)
})

test('a failure says which, and is never an empty set', async () => {
  const limited = ask(['K-*'], () => ({
    status: 429,
    body: { error: 'too many requests' },
    headers: { 'retry-after': '3' },
  }))
  const failure = await rejected(limited.found, 'rateLimited')
  assert.is(failure.failure.retryAfterMs, 3_000)
  await rejected(ask(['K-*'], () => ({ status: 500, body: 'oops' })).found, 'refused')
  await rejected(ask(['K-*'], () => ({ body: '<html>' })).found, 'protocol')
  await rejected(ask(['K-*'], () => ({ body: { nothing: 1 } })).found, 'protocol')
  await rejected(ask(['K-*'], () => ({ body: 'null' })).found, 'protocol')
})

async function rejected(promise: Promise<unknown>, kind: string): Promise<ExchangeError> {
  try {
    await promise
  } catch (thrown) {
    assert.instance(thrown, ExchangeError)
    assert.is((thrown as ExchangeError).failure.kind, kind)
    return thrown as ExchangeError
  }
  throw new Error('was not rejected')
}

test.run()
