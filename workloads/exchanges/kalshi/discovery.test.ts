// Discovery against answers given by the query: what it hands over, when an answer proves absence, and how it fails.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { discoverMarkets, type Status, seriesOf } from './discovery.ts'

const test = suite('kalshi discovery')
const NOW = Date.parse('2026-11-24T15:00:00Z')

type Answer = { status?: number; body: unknown; headers?: Record<string, string> }
type Options = { understood?: Set<Status>; maxBytes?: number; totalMs?: number; spacingMs?: number }

function ask(
  globs: string[],
  answer: (query: URLSearchParams) => Answer | Promise<Answer>,
  options: Options = {}
) {
  const asked: string[] = []
  const now: string[] = []
  const later: string[] = []
  const fetched: typeof fetch = async (input) => {
    const url = new URL(String(input))
    asked.push(url.href)
    const { status = 200, body, headers } = await answer(url.searchParams)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return new Response(text, { status, ...(headers === undefined ? {} : { headers }) })
  }
  const done = discoverMarkets(
    {
      restEndpoint: 'https://exchange.test/trade-api/v2/',
      globs,
      spacingMs: 0,
      nowMs: () => NOW,
      fetch: fetched,
      understood: new Set(),
      onPage(page) {
        now.push(...page.now)
        later.push(...page.later)
      },
      ...options,
    },
    AbortSignal.timeout(60_000)
  )
  return { done, asked, now, later }
}

const empty: Answer = { body: { markets: [], cursor: '' } }
const only = (status: string, answer: (query: URLSearchParams) => Answer) => (q: URLSearchParams) =>
  q.get('status') === status ? answer(q) : empty
const WHOLE = { known: true, failures: [] }

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

test('pages are followed to the last, and each is handed over before the next is asked for', async () => {
  const seen: string[][] = []
  let asked = false
  const run: ReturnType<typeof ask> = ask(
    ['K-*'],
    only('open', (query) => {
      seen.push([...(asked ? run.now : [])])
      asked = true
      const page = Number(query.get('cursor') || 0)
      return {
        body: { markets: [{ ticker: `K-${page}` }], cursor: page < 3 ? String(page + 1) : '' },
      }
    })
  )
  assert.equal(await run.done, WHOLE)
  assert.equal(run.now, ['K-0', 'K-1', 'K-2', 'K-3'])
  assert.equal(seen, [[], ['K-0'], ['K-0', 'K-1'], ['K-0', 'K-1', 'K-2']])
  assert.ok(
    run.asked[0]!.startsWith('https://exchange.test/trade-api/v2/markets?limit=1000&status=open')
  )
})

test('what trades is asked for first, of every series', async () => {
  const { done, asked } = ask(['A-*', 'B-*'], () => empty)
  await done
  const order = asked.map((url) => {
    const { searchParams } = new URL(url)
    return `${searchParams.get('status')} ${searchParams.get('series_ticker')}`
  })
  assert.equal(order, ['open A', 'open B', 'unopened A', 'unopened B', 'paused A', 'paused B'])
})

test('markets that open soon are to be captured, later ones only exist', async () => {
  const at = (ms: number) => new Date(NOW + ms).toISOString()
  const run = ask(
    ['K-*'],
    only('unopened', () => ({
      body: {
        markets: [
          { ticker: 'K-soon', open_time: at(60_000) },
          { ticker: 'K-late', open_time: at(86_400_000) },
          { ticker: 'K-open', open_time: at(-1) },
          { ticker: 'K-unsaid' },
          { ticker: 'K-odd', open_time: { not: 'a time' } },
        ],
        cursor: '',
      },
    }))
  )
  assert.equal(await run.done, WHOLE)
  assert.equal(run.now, ['K-soon', 'K-open', 'K-unsaid', 'K-odd'])
  assert.equal(run.later, ['K-late'])
})

test('a list that is null is an empty list (arshka/pykalshi#20)', async () => {
  for (const status of ['open', 'unopened', 'paused']) {
    const run = ask(['KXA-*'], (query) => {
      if (query.get('status') === status) return { body: { markets: null, cursor: '' } }
      return query.get('status') === 'open'
        ? { body: { markets: [{ ticker: 'KXA-1', status: 'active' }], cursor: '' } }
        : empty
    })
    assert.equal(await run.done, WHOLE, status)
    assert.equal(run.now, status === 'open' ? [] : ['KXA-1'])
  }
})

test('a side question that fails blocks nothing, and the failure names it (arshka/pykalshi#20)', async () => {
  const table: readonly [string, Answer, RegExp][] = [
    ['5xx', { status: 503, body: 'over loaded' }, /HTTP 503: over loaded/],
    ['HTML', { body: '<html>no</html>' }, /something that is not JSON/],
    ['no list', { body: { market: [] } }, /an object without `markets`/],
    ['a list that is none', { body: { markets: { K: 1 } } }, /`markets` that is not a list/],
    ['an array', { body: [] }, /something that is not an object/],
    ['an odd cursor', { body: { markets: [], cursor: 7 } }, /a cursor that is none: 7/],
    ['half', { body: '{"markets":[{"ticker":"K-9"}],"cur' }, /ends in the middle/],
    ['twice', { body: '{"markets":[],"markets":[]}' }, /"markets" twice/],
    ['more', { body: '{"markets":[]}{}' }, /something behind it/],
  ]
  for (const [name, answer, words] of table) {
    const run = ask(['K-*'], (query) => {
      if (query.get('status') === 'paused') return answer
      return query.get('status') === 'open'
        ? { body: { markets: [{ ticker: 'K-1' }], cursor: '' } }
        : empty
    })
    const { known, failures } = await run.done
    assert.ok(known, `${name}: what the main answer said holds`)
    assert.ok(run.now.includes('K-1'), name)
    assert.is(failures.length, 1, name)
    const { message } = failures[0]!
    assert.match(message, words)
    assert.match(
      message,
      'exchange.test/trade-api/v2/markets?limit=1000&status=paused&series_ticker=K'
    )
  }
})

test('a main question that fails keeps the others from nothing, and nothing is known', async () => {
  const run = ask(['A-*', 'B-*'], (query) => {
    if (query.get('status') !== 'open') return empty
    return query.get('series_ticker') === 'A'
      ? { status: 500, body: 'oops' }
      : { body: { markets: [{ ticker: 'B-1' }] } }
  })
  const { known, failures } = await run.done
  assert.not.ok(known)
  assert.equal(run.now, ['B-1'])
  assert.is(failures.length, 1)
  assert.match(failures[0]!.message, 'status=open&series_ticker=A')
})

test('a status word that a server does not know is a set without markets, but not `open`, and not one that it knew', async () => {
  const some = ask(['K-*'], (query) =>
    query.get('status') === 'open'
      ? { body: { markets: [{ ticker: 'K-1' }] } }
      : { status: 400, body: {} }
  )
  assert.equal(await some.done, WHOLE)
  assert.equal(some.now, ['K-1'])
  const none = ask(['K-*'], () => ({ status: 400, body: {} }))
  assert.not.ok((await none.done).known)
  const understood = new Set<Status>()
  await ask(['K-*'], () => empty, { understood }).done
  const later = ask(
    ['K-*'],
    only('open', () => empty),
    { understood }
  )
  await later.done
  const wrong = ask(
    ['K-*'],
    (query) => (query.get('status') === 'paused' ? { status: 404, body: {} } : empty),
    { understood }
  )
  assert.is((await wrong.done).failures.length, 1)
})

test('a cursor that does not advance is a failed answer (Polymarket/py-clob-client#334)', async () => {
  const page = { markets: [{ ticker: 'KXA-1' }, { ticker: 'KXA-2' }], cursor: 'CURSOR1' }
  const run = ask(
    ['KXA-*'],
    only('open', () => ({ body: page }))
  )
  const { known, failures } = await run.done
  assert.not.ok(known)
  assert.match(failures[0]!.message, /cursor=CURSOR1.* the cursor "CURSOR1" a second time/)
  assert.equal([...new Set(run.now)], ['KXA-1', 'KXA-2'], 'what it listed is there')
  assert.ok(run.asked.length <= 6, `${run.asked.length} requests`)
})

test('pages with new cursors and known markets are a failed answer (Polymarket/py-clob-client#334)', async () => {
  const variants: readonly ((page: number) => string[])[] = [
    () => ['KXA-1', 'KXA-2'],
    (page) => (page % 2 ? ['KXA-1', 'KXA-2'] : ['KXA-2', 'KXA-1']),
    (page) => (page === 0 ? ['KXA-1', 'KXA-2', 'KXA-3'] : [`KXA-${(page % 3) + 1}`]),
    () => [],
  ]
  for (const tickers of variants) {
    let page = 0
    const run = ask(
      ['KXA-*'],
      only('open', () => ({
        body: {
          markets: tickers(page).map((ticker) => ({ ticker })),
          cursor: `cursor-${++page}`,
        },
      }))
    )
    const { known, failures } = await run.done
    assert.not.ok(known)
    assert.match(failures[0]!.message, 'does not advance')
    assert.ok(run.asked.length <= 8, `${run.asked.length} requests`)
  }
})

test('a cycle of cursors ends', async () => {
  let page = 0
  const run = ask(
    ['KXA-*'],
    only('open', () => ({
      body: { markets: [{ ticker: `KXA-${page++}` }], cursor: ['a', 'b', 'c'][page % 3] },
    }))
  )
  assert.not.ok((await run.done).known)
  assert.ok(run.asked.length <= 8)
})

test('pages without end come to one', async () => {
  let page = 0
  const run = ask(
    ['KXA-*'],
    only('open', () => ({ body: { markets: [{ ticker: `KXA-${page++}` }], cursor: `${page}` } }))
  )
  const { known, failures } = await run.done
  assert.not.ok(known)
  assert.match(failures[0]!.message, 'more than 1000 pages, which is the limit')
  assert.is(run.now.length, 1000, 'and what was listed is captured')
})

test('markets without a usable ticker are passed over, and the answer proves no absence', async () => {
  const odd: unknown[] = [
    { ticker: 7 },
    null,
    'K-3',
    [],
    { ticker: '' },
    { ticker: null },
    { ticker: 'K 4' },
    { ticker: 'K-\u0000' },
    { ticker: 'K-5\n' },
    { ticker: 'K'.repeat(201) },
    JSON.parse('{"__proto__":{"ticker":"K-6"}}'),
  ]
  for (const one of odd) {
    const pages = [
      { markets: [{ ticker: 'K-1' }, one], cursor: 'more' },
      { markets: [{ ticker: 'K-2' }, { ticker: 'K-1' }], cursor: '' },
    ]
    const run = ask(
      ['K-*'],
      only('open', (query) => ({ body: pages[query.get('cursor') === 'more' ? 1 : 0] }))
    )
    const { known, failures } = await run.done
    assert.ok(known, 'one odd market keeps no connector from being ready')
    assert.match(failures[0]!.message, '1 of 4 markets without a usable ticker')
    assert.ok(failures[0]!.message.length < 400)
    assert.equal([...new Set(run.now)], ['K-1', 'K-2'])
  }
  const names = ['__proto__', 'constructor', 'K-ünïcode', 'K'.repeat(200)]
  const fine = ask(
    ['*'],
    only('open', () => ({ body: { markets: names.map((ticker) => ({ ticker })) } }))
  )
  assert.equal(await fine.done, WHOLE)
  assert.equal(fine.now, names)
})

test('an answer larger than the limit is cut there, and says so', async () => {
  const markets = Array.from({ length: 20_000 }, (_, i) => ({ ticker: `K-${i}` }))
  const run = ask(
    ['K-*'],
    only('open', () => ({ body: { markets } })),
    { maxBytes: 10_000 }
  )
  const { known, failures } = await run.done
  assert.not.ok(known)
  assert.match(failures[0]!.message, 'more than 10000 bytes, which is the limit')
})

test('one entry without end is cut', async () => {
  const body = `{"markets":[{"ticker":"K-1"},{"ticker":"${'x'.repeat(400_000)}"}]}`
  const run = ask(
    ['K-*'],
    only('open', () => ({ body }))
  )
  assert.match((await run.done).failures[0]!.message, 'a value larger than 262144 bytes')
})

test('all questions together have an end', async () => {
  let page = 0
  const run = ask(
    ['K-*'],
    only('open', () => ({ body: { markets: [{ ticker: `K-${page++}` }], cursor: `${page}` } })),
    { totalMs: 300, spacingMs: 50 }
  )
  const { known, failures } = await run.done
  assert.not.ok(known)
  assert.match(failures.at(-1)!.message, 'more than 0.3 s, which is the limit')
})

test('a refusal that concerns every question ends the asking, with what it says about waiting', async () => {
  const limited = ask(['A-*', 'B-*'], () => ({
    status: 429,
    body: { error: 'too many requests' },
    headers: { 'retry-after': '3' },
  }))
  const { known, failures } = await limited.done
  assert.not.ok(known)
  assert.is(failures[0]!.kind, 'rateLimited')
  assert.is(failures[0]!.retryAfterMs, 3_000)
  assert.is(limited.asked.length, 1)
})

test.run()
