// Discovery against answers as Kraken gives them: which names it hands over, and how it fails.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { discoverPairs, symbolOf } from './discovery.ts'

const test = suite('kraken discovery')

async function ask(body: unknown, status = 200) {
  const pages: string[] = []
  const asked: string[] = []
  const fetched: typeof fetch = async (input) => {
    asked.push(String(input))
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  }
  const discovered = await discoverPairs(
    {
      restEndpoint: 'https://exchange.test/',
      nowMs: () => 0,
      fetch: fetched,
      onPage: ({ now, later }) => pages.push(...now, ...later),
    },
    AbortSignal.timeout(60_000)
  )
  return { discovered, pages, asked }
}

const pair = (wsname: unknown) => ({ altname: 'X', wsname, status: 'online' })

test('pairs are named as the WebSocket of version 2 names them', async () => {
  const { discovered, pages, asked } = await ask({
    error: [],
    result: {
      XXBTZUSD: pair('XBT/USD'),
      XDGUSD: pair('XDG/USD'),
      ETHXBT: pair('ETH/XBT'),
      WITHOUT: { altname: 'X' },
    },
  })
  assert.equal(asked, ['https://exchange.test/0/public/AssetPairs'])
  assert.equal(pages, ['BTC/USD', 'DOGE/USD', 'ETH/BTC'])
  assert.equal(discovered, { known: true, failures: [] })
  assert.is(symbolOf('XBTX/USD'), 'XBTX/USD')
})

test('a pair whose name cannot be used is told, and keeps none of the others away', async () => {
  const { discovered, pages } = await ask({
    error: [],
    result: { A: pair('A/USD'), B: pair(5), C: pair('C D'), __proto__: pair('E/USD') },
  })
  assert.equal(pages, ['A/USD'])
  assert.ok(discovered.known)
  assert.match(discovered.failures[0]?.message ?? '', /2 of 3 pairs without a usable wsname/)
})

const FAILURES: readonly [string, unknown, number, RegExp][] = [
  ['an error of Kraken', { error: ['EGeneral:Too many requests'] }, 200, /the error .*Too many/],
  ['HTTP 429', 'slow down', 429, /HTTP 429: slow down/],
  ['no list of errors', { result: {} }, 200, /an object without `error`/],
  ['no pairs', { error: [], result: null }, 200, /no object `result`/],
  ['pairs as a list', { error: [], result: [] }, 200, /no object `result`/],
  ['no JSON', '<html>', 200, /something that is not JSON/],
]
for (const [name, body, status, message] of FAILURES) {
  test(`${name} proves no absence`, async () => {
    const { discovered, pages } = await ask(body, status)
    assert.equal(pages, [])
    assert.not.ok(discovered.known)
    assert.match(discovered.failures[0]?.message ?? '', message)
  })
}

test.run()
