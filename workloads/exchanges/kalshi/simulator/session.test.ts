// Commands in, answers out: every command, every error code that a client can bring about, and the one
// counter of each sid. Tables over the pure session; no socket.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CHANNELS, channelNamed, ORDERBOOK, TICKER, TRADE } from './channels.ts'
import { KALSHI_ERRORS, type KalshiErrorCode } from './errors.ts'
import { DEFAULT_LIMITS, KalshiSession, type MarketView } from './session.ts'

const test = suite('session')

const VIEW: MarketView = {
  snapshot: (market, why) =>
    market === 'UNPLAYED'
      ? why === 'asked'
        ? '{"market_ticker":"UNPLAYED"}'
        : null
      : market === 'NOBODY'
        ? null
        : `{"market_ticker":"${market}"}`,
  ticker: (market) => `{"market_ticker":"${market}","price_dollars":"0.5000"}`,
  marketOfId: (id) => (id === 'id-a' ? 'A' : undefined),
}

const session = (limits = DEFAULT_LIMITS) => new KalshiSession(VIEW, limits)
const texts = (s: KalshiSession, command: unknown, nowMs = 0) =>
  s
    .receive(typeof command === 'string' ? command : JSON.stringify(command), nowMs)
    .map(({ text }) => text)
const subscribe = (s: KalshiSession, params: object, id = 1) =>
  texts(s, { id, cmd: 'subscribe', params })
const update = (s: KalshiSession, params: object, id = 2, nowMs = 0) =>
  texts(s, { id, cmd: 'update_subscription', params }, nowMs)
const error = (id: number, code: KalshiErrorCode, scope = '') =>
  `{${id === 0 ? '' : `"id":${id},`}${scope}"type":"error","msg":{"code":${code},"msg":"${KALSHI_ERRORS[code]}"}}`

const book = { channels: ['orderbook_delta'], market_tickers: ['A', 'B'] }

test('answers one subscribed a channel, then the snapshot of each market', () => {
  assert.equal(subscribe(session(), { ...book, channels: ['orderbook_delta', 'trade'] }), [
    '{"id":1,"type":"subscribed","msg":{"channel":"orderbook_delta","sid":1}}',
    '{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"A"}}',
    '{"type":"orderbook_snapshot","sid":1,"seq":2,"msg":{"market_ticker":"B"}}',
    '{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":2}}',
  ])
})

test('counts id 0 as none', () => {
  assert.equal(subscribe(session(), { channels: ['trade'] }, 0), [
    '{"type":"subscribed","msg":{"channel":"trade","sid":1}}',
  ])
})

test('sends no snapshot of a market of which nothing is known', () => {
  const s = session()
  assert.is(subscribe(s, { ...book, market_tickers: ['NOBODY', 'UNPLAYED'] }).length, 1)
  assert.equal(update(s, { sid: 1, action: 'get_snapshot', market_tickers: ['UNPLAYED'] }), [
    '{"type":"orderbook_snapshot","id":2,"sid":1,"seq":1,"msg":{"market_ticker":"UNPLAYED"}}',
  ])
})

test('sends a first ticker only where it is asked for', () => {
  const params = { channels: ['ticker'], market_ticker: 'A' }
  assert.is(subscribe(session(), params).length, 1)
  assert.equal(
    subscribe(session(), { ...params, send_initial_snapshot: true })[1],
    '{"type":"ticker","sid":1,"msg":{"market_ticker":"A","price_dollars":"0.5000"}}'
  )
})

test('ok, unsubscribed and snapshots on demand use up numbers of the sid', () => {
  const s = session()
  subscribe(s, book)
  assert.equal(update(s, { sids: [1], action: 'add_markets', market_tickers: ['C', 'A'] }), [
    '{"id":2,"sid":1,"seq":3,"type":"ok","msg":{"market_tickers":["A","B","C"]}}',
    '{"type":"orderbook_snapshot","sid":1,"seq":4,"msg":{"market_ticker":"C"}}',
  ])
  assert.equal(update(s, { sid: 1, action: 'delete_markets', market_ticker: 'A' }), [
    '{"id":2,"sid":1,"seq":5,"type":"ok","msg":{"market_tickers":["B","C"]}}',
  ])
  assert.equal(update(s, { sid: 1, action: 'get_snapshot', market_tickers: ['B'] }, 9), [
    '{"type":"orderbook_snapshot","id":9,"sid":1,"seq":6,"msg":{"market_ticker":"B"}}',
  ])
  assert.equal(texts(s, { id: 7, cmd: 'unsubscribe', params: { sids: [1] } }), [
    '{"id":7,"sid":1,"seq":7,"type":"unsubscribed"}',
  ])
})

test('an ok on a channel without numbers carries none', () => {
  const s = session()
  subscribe(s, { channels: ['ticker'], market_tickers: ['A'] })
  assert.equal(update(s, { sid: 1, action: 'add_markets', market_tickers: ['B'] }), [
    '{"id":2,"sid":1,"type":"ok","msg":{"market_tickers":["A","B"]}}',
  ])
})

test('leaves the list out of an ok where skip_ticker_ack was asked for', () => {
  const s = session()
  subscribe(s, { ...book, skip_ticker_ack: true })
  assert.is(
    update(s, { sid: 1, action: 'add_markets', market_ticker: 'C' })[0],
    '{"id":2,"sid":1,"seq":3,"type":"ok"}'
  )
})

test('lists what is subscribed to', () => {
  const s = session()
  assert.equal(texts(s, { id: 5, cmd: 'list_subscriptions' }), ['{"id":5,"type":"ok","msg":[]}'])
  subscribe(s, { channels: ['trade', 'ticker'] })
  assert.equal(texts(s, { id: 5, cmd: 'list_subscriptions' }), [
    '{"id":5,"type":"ok","msg":[{"channel":"trade","sid":1},{"channel":"ticker","sid":2}]}',
  ])
})

test('gives every subscription a sid of its own, a second one to a channel too, and none twice', () => {
  const s = session()
  subscribe(s, { channels: ['trade'] })
  texts(s, { id: 1, cmd: 'unsubscribe', params: { sids: [1] } })
  assert.equal(subscribe(s, { channels: ['trade', 'trade'] }), [
    '{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":2}}',
    '{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":3}}',
  ])
})

test('unsubscribes from several, and names those that it does not know', () => {
  const s = session()
  subscribe(s, { channels: ['trade', 'ticker'] })
  assert.equal(texts(s, { id: 6, cmd: 'unsubscribe', params: { sids: [2, 9, 1] } }), [
    '{"id":6,"sid":2,"seq":1,"type":"unsubscribed"}',
    error(6, 7),
    '{"id":6,"sid":1,"seq":1,"type":"unsubscribed"}',
  ])
  assert.not(s.hasSubscriptions)
})

const refusals: [string, unknown, KalshiErrorCode, number?][] = [
  ['not JSON', '{"id":1,', 1, 0],
  ['not an object', '[1]', 1, 0],
  ['an id that is no number', { id: 'x', cmd: 'subscribe' }, 1, 0],
  ['an id below zero', { id: -1, cmd: 'subscribe' }, 1, 0],
  ['a cmd that is no text', { id: 1, cmd: 7 }, 1],
  ['no cmd', { id: 1 }, 5],
  ['an unknown cmd', { id: 1, cmd: 'buy' }, 5],
  ['subscribe without params', { id: 1, cmd: 'subscribe' }, 2],
  ['update without params', { id: 1, cmd: 'update_subscription' }, 2],
  ['unsubscribe without params', { id: 1, cmd: 'unsubscribe' }, 2],
  ['params that are a list', { id: 1, cmd: 'subscribe', params: [] }, 1],
  ['no channels', { id: 1, cmd: 'subscribe', params: {} }, 3],
  ['an empty list of channels', { id: 1, cmd: 'subscribe', params: { channels: [] } }, 3],
  ['channels that are no texts', { id: 1, cmd: 'subscribe', params: { channels: [1] } }, 1],
  ['no sids', { id: 1, cmd: 'unsubscribe', params: {} }, 4],
  ['an empty list of sids', { id: 1, cmd: 'unsubscribe', params: { sids: [] } }, 4],
  ['sids that are no numbers', { id: 1, cmd: 'unsubscribe', params: { sids: ['1'] } }, 1],
  ['an unknown sid', { id: 1, cmd: 'unsubscribe', params: { sids: [4] } }, 7],
]
for (const [what, command, code, id = 1] of refusals)
  test(`refuses ${what} with code ${code}`, () => {
    assert.equal(texts(session(), command), [error(id, code)])
  })

const subscriptions: [string, object, KalshiErrorCode][] = [
  ['an unknown channel', { channels: ['prices'] }, 8],
  ['a paid channel', { channels: ['cfbenchmarks_value'] }, 9],
  ['a book without markets', { channels: ['orderbook_delta'] }, 14],
  ['a book of an empty list', { channels: ['orderbook_delta'], market_tickers: [] }, 14],
  ['a book by market id', { channels: ['orderbook_delta'], market_ids: ['id-a'] }, 14],
  ['trades by market id', { channels: ['trade'], market_id: 'id-a' }, 11],
  ['ticker and tickers at once', { ...book, market_ticker: 'A' }, 11],
  ['tickers and ids at once', { channels: ['ticker'], market_ticker: 'A', market_id: 'id-a' }, 11],
  ['tickers that are no texts', { channels: ['trade'], market_tickers: [1] }, 11],
  ['prices of the yes side', { ...book, use_yes_price: true }, 11],
  ['a shard factor of 0', { channels: ['communications'], shard_factor: 0 }, 19],
  ['a shard key alone', { channels: ['communications'], shard_key: 1 }, 20],
  ['a shard key too large', { channels: ['communications'], shard_factor: 2, shard_key: 2 }, 21],
  ['a shard factor too large', { channels: ['communications'], shard_factor: 101 }, 22],
  [
    'too many markets',
    { ...book, market_tickers: Array.from({ length: 257 }, (_, i) => `M${i}`) },
    26,
  ],
]
for (const [what, params, code] of subscriptions)
  test(`refuses a subscription to ${what} with code ${code}`, () => {
    const s = session()
    assert.equal(subscribe(s, params), [error(1, code)])
    assert.not(s.hasSubscriptions, 'and nothing is subscribed to')
  })

test('refuses the one channel of a command that it does not know, and serves the others', () => {
  assert.equal(subscribe(session(), { channels: ['nothing', 'trade'] }), [
    error(1, 8),
    '{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":1}}',
  ])
})

const updates: [string, object, KalshiErrorCode, string][] = [
  ['no sid', { action: 'add_markets', market_ticker: 'C' }, 12, ''],
  ['two sids', { sids: [1, 2], action: 'add_markets', market_ticker: 'C' }, 12, ''],
  ['a sid beside sids', { sid: 1, sids: [1], action: 'add_markets', market_ticker: 'C' }, 12, ''],
  ['a sid that is a text', { sid: '1', action: 'add_markets' }, 1, ''],
  ['an unknown sid', { sid: 9, action: 'add_markets', market_ticker: 'C' }, 7, ''],
  ['no action', { sid: 1, market_ticker: 'C' }, 15, '"sid":1,"seq":3,'],
  ['an unknown action', { sid: 1, action: 'grow', market_ticker: 'C' }, 13, '"sid":1,"seq":3,'],
  ['no market', { sid: 1, action: 'add_markets' }, 14, '"sid":1,"seq":3,'],
  [
    'market ids of a book',
    { sid: 1, action: 'add_markets', market_id: 'x' },
    14,
    '"sid":1,"seq":3,',
  ],
  [
    'ticker and tickers at once',
    { sid: 1, action: 'add_markets', market_ticker: 'C', market_tickers: ['D'] },
    11,
    '"sid":1,"seq":3,',
  ],
  [
    'a snapshot of trades',
    { sid: 2, action: 'get_snapshot', market_ticker: 'A' },
    13,
    '"sid":2,"seq":1,',
  ],
  [
    'markets of all trades',
    { sid: 2, action: 'add_markets', market_ticker: 'A' },
    11,
    '"sid":2,"seq":1,',
  ],
  [
    'markets of a lifecycle',
    { sid: 3, action: 'add_markets', market_ticker: 'A' },
    13,
    '"sid":3,"seq":1,',
  ],
]
for (const [what, params, code, scope] of updates)
  test(`refuses an update with ${what} with code ${code}`, () => {
    const s = session()
    subscribe(s, book)
    subscribe(s, { channels: ['trade', 'market_lifecycle_v2'] })
    assert.equal(update(s, params), [error(2, code, scope)])
  })

test('refuses to grow beyond the limit of markets with code 26, and changes nothing', () => {
  const s = session({ ...DEFAULT_LIMITS, marketsPerSubscription: 3 })
  subscribe(s, book)
  assert.equal(update(s, { sid: 1, action: 'add_markets', market_tickers: ['C', 'D'] }), [
    '{"id":2,"sid":1,"seq":3,"type":"error","msg":{"code":26,"msg":"Subscription market limit exceeded","market_tickers":["C","D"]}}',
  ])
  assert.equal(update(s, { sid: 1, action: 'add_markets', market_tickers: ['C'] }).length, 2)
})

test('refuses commands that come too fast with code 27, and takes them again later', () => {
  const s = session({ ...DEFAULT_LIMITS, commandBurst: 2, commandsPerSecond: 1 })
  subscribe(s, book)
  const add = (nowMs: number) =>
    update(s, { sid: 1, action: 'add_markets', market_ticker: 'A' }, 2, nowMs)[0] as string
  assert.match(add(0), '"ok"')
  assert.match(add(0), '"ok"')
  assert.match(add(0), '"code":27')
  assert.match(add(999), '"code":27')
  assert.match(add(1001), '"ok"')
})

test('the ticker channel takes market ids', () => {
  const s = session()
  subscribe(s, { channels: ['ticker'], market_ids: ['id-a'] })
  assert.is(s.matching(TICKER, 'A').length, 1)
  assert.is(s.matching(TICKER, 'B').length, 0)
})

test('a frame goes to the subscriptions that named its channel and market, and to no other', () => {
  const s = session()
  subscribe(s, book)
  subscribe(s, { channels: ['trade'], market_tickers: ['A'] })
  subscribe(s, { channels: ['trade'] })
  assert.equal(
    s.matching(ORDERBOOK, 'A').map(({ sid }) => sid),
    [1]
  )
  assert.equal(
    s.matching(ORDERBOOK, 'C').map(({ sid }) => sid),
    []
  )
  assert.equal(
    s.matching(TRADE, 'A').map(({ sid }) => sid),
    [2, 3]
  )
  assert.equal(
    s.matching(TRADE, 'C').map(({ sid }) => sid),
    [3]
  )
  assert.equal(
    s.matching(TICKER, 'A').map(({ sid }) => sid),
    []
  )
  update(s, { sid: 1, action: 'delete_markets', market_ticker: 'A' })
  assert.equal(
    s.matching(ORDERBOOK, 'A').map(({ sid }) => sid),
    []
  )
  texts(s, { cmd: 'unsubscribe', params: { sids: [3] } })
  assert.equal(
    s.matching(TRADE, 'C').map(({ sid }) => sid),
    []
  )
})

test('the lifecycle channel has no filter, whatever market its command names', () => {
  const s = session()
  subscribe(s, { channels: ['market_lifecycle_v2'], market_ticker: 'A' })
  assert.is(s.matching(channelNamed('market_lifecycle_v2') as never, '').length, 1)
})

test('a subscription that the exchange ends tells its code, sid and number, and is gone', () => {
  const s = session()
  subscribe(s, book)
  assert.equal(
    s.overflowed().map(({ text }) => text),
    [error(0, 25, '"sid":1,"seq":3,')]
  )
  assert.not(s.hasSubscriptions)
  assert.equal(update(s, { sid: 1, action: 'add_markets', market_ticker: 'C' }), [error(2, 7)])
})

test('the table of channels is in its own order', () => {
  assert.equal(
    CHANNELS.map(({ index }) => index),
    CHANNELS.map((_, i) => i)
  )
})

test.run()
