import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { FeedSpec } from '#crds/feed.gen.ts'
import type { AdapterContext } from '../protocol/adapter.ts'
import { binance } from './adapter.ts'

const test = suite('binance adapter')

const contextOf = (spec: Partial<FeedSpec>, own: Partial<AdapterContext> = {}): AdapterContext => {
  const version = {
    name: 'v3',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://x.test/stream',
  } as const
  return {
    feed: {
      apiVersion: 'ssmd.io/v1alpha1',
      kind: 'Feed',
      metadata: { name: 'coins' },
      spec: { exchange: 'binance', versions: [version], channels: ['trade'], ...spec } as FeedSpec,
    },
    version: version as AdapterContext['version'],
    endpoint: 'wss://x.test/stream',
    restEndpoint: 'https://api.test',
    auth: { kind: 'none' },
    nowMs: () => 0,
    ...own,
  }
}

const named = { include: ['BTCUSDT'], discover: { interval: '1m' } }

test('what a Feed cannot mean is said with what to do', () => {
  const table: readonly [Partial<FeedSpec>, Partial<AdapterContext>, RegExp, RegExp][] = [
    [{ channels: ['level2'] }, {}, /no channel level2/, /depth@100ms/],
    [{ channels: ['depth'], bookDepth: 7 }, {}, /no books of 7 levels/, /5, 10, 20/],
    [
      { channels: ['depth'], symbols: named },
      { restEndpoint: null },
      /begin with a snapshot/,
      /api\.binance\.com/,
    ],
    [
      { symbols: { include: ['*USDT'], discover: { interval: '1m' } } },
      { restEndpoint: null },
      /are patterns/,
      /restEndpoint/,
    ],
  ]
  for (const [spec, own, message, hint] of table) {
    try {
      binance.open(contextOf(spec, own))
      assert.unreachable(String(message))
    } catch (thrown) {
      assert.match((thrown as Error).message, message)
      assert.match(String((thrown as { hint?: string }).hint), hint)
    }
  }
})

test('one connection takes as many symbols as its streams allow', () => {
  const limitOf = (channels: string[]) => binance.open(contextOf({ channels })).symbolsPerConnection
  assert.equal([limitOf(['trade']), limitOf(['depth', 'trade', 'bookTicker'])], [1024, 341])
  assert.equal(binance.dials, { count: 270, withinMs: 300_000 })
})

test('an address without a path means combined streams, and any other is taken as it is', async () => {
  const { signal } = new AbortController()
  for (const [endpoint, url] of [
    ['wss://x.test:9443', 'wss://x.test:9443/stream'],
    ['wss://x.test:9443/ws', 'wss://x.test:9443/ws'],
    ['wss://x.test/stream?timeUnit=MICROSECOND', 'wss://x.test/stream?timeUnit=MICROSECOND'],
  ]) {
    const { source } = binance.open(contextOf({}, { endpoint: endpoint! }))
    assert.is(source.kind === 'websocket' && (await source.request(signal)).url, url)
  }
})

test('REST is asked where the Feed says, with the depth that it says', () => {
  for (const restEndpoint of ['https://api.test', 'https://api.test/', 'https://api.test/api/v3']) {
    const session = binance
      .open(contextOf({ channels: ['depth'], bookDepth: 500 }, { restEndpoint }))
      .session({ shard: 0 })
    session.want({ added: ['A'], removed: [], resumed: new Map(), extent: 'all' }, 0)
    session.opened(0)
    const ack = Buffer.from('{"result":null,"id":1}')
    session.look(ack)
    const urls = session
      .control(ack, 1)
      .flatMap((action) => (action.kind === 'fetch' ? action.url : []))
    assert.equal(urls, ['https://api.test/api/v3/depth?symbol=A&limit=500'])
  }
})

test.run()
