import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { loadResource } from '#crds/resources.ts'
import type { AdapterContext } from '../protocol/adapter.ts'
import { generic } from './adapter.ts'
import { namesIn } from './discovery.ts'
import { CONNECTED, COUNTED, feedOf } from './testing/feeds.ts'

const test = suite('generic adapter')

const contextOf = (feed: Feed): AdapterContext => {
  const version = feed.spec.versions[0]!
  const { endpoint, restEndpoint = null } = version
  return { feed, version, endpoint, restEndpoint, auth: { kind: 'none' }, nowMs: () => 0 }
}

const open = (feed: Feed) => generic.open(contextOf(feed))

function refusalOf(feed: Feed): string {
  try {
    open(feed)
  } catch (thrown) {
    const { code, message, hint } = thrown as SsmdError
    assert.is(code, 'SSMD_E_RESOURCE_INVALID')
    return `${message} / ${hint}`
  }
  return ''
}

const typed = (type: string): Feed => feedOf(`{ messageTypes: [{ name: t, ${type} }] }`)

test('what of a Feed cannot work is told with its field and what to do', () => {
  const table: readonly [Feed, RegExp][] = [
    [
      typed('symbol: "a[].b[].c"'),
      /messageTypes\[0\]\.symbol: expected at most one \[\] in a path, found a\[\]\.b\[\]\.c/,
    ],
    [
      typed('sequence: "a[].n"'),
      /sequence: expected a path to one value, found a\[\]\.n.*name one entry: a\[0\]\.n/,
    ],
    [
      typed('symbol: "a[].s", trade: { price: "b[].p", size: "b[].q" }'),
      /trade\.price: expected a path into a\[\].*found b\[\]\.p/,
    ],
    [
      typed('trade: { price: p, size: q }, quote: { bid: b }'),
      /quote: expected trade or quote, found both/,
    ],
    [typed('kind: ack, trade: { price: p, size: q }'), /kind: expected data, found ack with trade/],
    [typed('scope: sid'), /scope: expected a sequence/],
    [typed('match: "{symbol}{symbol}"'), /match: expected \{symbol\} once/],
    [
      typed('trade: { price: p, size: q, buy: [B], sell: [S, B] }'),
      /trade\.sell: expected words that are not in buy, found B/,
    ],
    [
      feedOf(`${CONNECTED}\nunsubscribe: ['{"a":']`),
      /spec\.unsubscribe\[0\] begins as JSON and is none.*object of YAML/,
    ],
    [
      feedOf(`${CONNECTED}\nunsubscribe: [7]`),
      /spec\.unsubscribe\[0\]: expected a text or an object/,
    ],
    [
      feedOf(`${CONNECTED}\nping: { message: "{symbol}", interval: 1s }`),
      /spec\.ping\.message names a symbol/,
    ],
    [
      feedOf(`${CONNECTED}\nsymbols: { include: ["B*"] }`),
      /spec\.symbols\.include\[0\]: expected exact names, found the glob "B\*".*spec\.symbols\.discover\.path/,
    ],
  ]
  for (const [feed, expected] of table) assert.match(refusalOf(feed), expected)
  const { symbols: _, ...spec } = feedOf(CONNECTED).spec
  assert.match(
    refusalOf({ ...feedOf(CONNECTED), spec }),
    /spec\.symbols: expected symbols, found none.*spec\.symbols\.include/
  )
})

test('liveness is that of the Feed: heartbeats and pings of its own, or those of WebSocket', () => {
  const liveness = (feed: Feed) => {
    const { silentMs, pingEveryMs } = open(feed)
    return [silentMs, pingEveryMs]
  }
  assert.equal(liveness(feedOf(COUNTED)), [60_000, null])
  assert.equal(liveness(typed('symbol: s')), [60_000, 20_000])
  assert.equal(liveness(feedOf('{ silence: 6s, messageTypes: [{ name: t }] }')), [6_000, 2_000])
})

test('the Feed that describes the exchange goes with each connection, with its version alone, and with its symbols unless they are thousands', () => {
  const feed = feedOf(COUNTED)
  const [version] = feed.spec.versions
  const later = { ...version!, name: 'v2', effectiveFrom: '2099-01-01' }
  const both = { ...feed, spec: { ...feed.spec, versions: [version!, later] } }
  const { description } = open(both) as { description: Feed }
  assert.equal(description.spec.symbols, feed.spec.symbols)
  assert.equal(description.spec.versions, [version])
  assert.equal(description.spec.messageTypes, feed.spec.messageTypes)
  assert.equal(description.metadata, { name: 'made' })
  const many = feedOf(
    COUNTED,
    Array.from({ length: 1_001 }, (_, i) => `S${i}`)
  )
  assert.is((open(many) as { description: Feed }).description.spec.symbols, undefined)
})

test('names are found in an answer of REST, and an answer of another shape says what it is', () => {
  const url = 'http://x.test/s'
  const names = (answer: unknown, list = 'data', name = 'id') =>
    namesIn(typeof answer === 'string' ? answer : JSON.stringify(answer), { url, list, name })
  assert.equal(names({ data: [{ id: 'A' }, { id: 7 }, { id: 'A' }, { id: 'x y' }, null] }), [
    'A',
    '7',
  ])
  assert.equal(names(['A', 'B'], '', ''), ['A', 'B'])
  assert.equal(names({ a: { b: [{ c: ['A'] }] } }, 'a.b', 'c[0]'), ['A'])
  assert.equal(names({ data: [] }), [])
  for (const [answer, expected] of [
    ['<html>', /not JSON/],
    [{ data: null }, /`data` that is not a list/],
    [{}, /`data` that is not a list/],
    [{ data: [{ name: 'A' }] }, /a list without a name at `id`/],
  ] as const)
    assert.throws(() => names(answer), expected)
})

test('the Feed that ships can be opened, and asks in the words of its exchange', async () => {
  const feed = await loadResource('Feed', 'exchanges/feeds/okx.yaml')
  assert.is(feed.spec.state, 'disabled')
  const session = open(feed).session({ shard: 0 })
  session.want(
    { added: ['BTC-USDT', 'ETH-USDT'], removed: [], resumed: new Map(), extent: 'all' },
    0
  )
  assert.equal(session.opened(0), [
    {
      kind: 'send',
      text: '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},{"channel":"tickers","instId":"ETH-USDT"}]}',
    },
  ])
})

test.run()
