import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decimalText } from '#market/decimal.ts'
import { EVENT_NAMES, type MarketEvent } from '#market/event.ts'
import { cryptofeedFrames, STRANGERS } from '#testing/recordings.ts'
import { createNormalizer } from './normalize.ts'

const test = suite('coinbase normalize')

const rowOf = (event: MarketEvent): unknown[] => [
  EVENT_NAMES[event.kind]!,
  event.symbol,
  String(event.time),
  event.side,
  decimalText(event.price, event.priceScale),
  decimalText(event.size, event.sizeScale),
  event.flags,
  event.sequence,
  event.id,
  decimalText(event.bid, event.bidScale),
  decimalText(event.bidSize, event.bidSizeScale),
  decimalText(event.ask, event.askScale),
  decimalText(event.askSize, event.askSizeScale),
  decimalText(event.last, event.lastScale),
  decimalText(event.volume, event.volumeScale),
  event.instrument ?? {},
]

const normalizer = createNormalizer()

function eventsOf(text: string | Uint8Array): { rows: unknown[][]; reasons: string[] } {
  const rows: unknown[][] = []
  const reasons: string[] = []
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  normalizer.normalize(Buffer.from(text), header, (event) => {
    rows.push(rowOf(event))
    reasons.push(event.reason)
  })
  return { rows, reasons }
}

const framed = (channel: string, events: string) =>
  `{"channel":"${channel}","client_id":"","timestamp":"2026-08-24T22:34:13.813164957Z","sequence_num":7,"events":${events}}`
const level = (side: string, price: string, size: string, time = '2026-08-24T22:34:13.592233Z') =>
  `{"side":"${side}","event_time":"${time}","price_level":"${price}","new_quantity":"${size}"}`
const book = (type: string, ...levels: readonly string[]) =>
  framed('l2_data', `[{"type":"${type}","product_id":"BTC-USD","updates":[${levels}]}]`)
const trade = (id: string, side: string, product = 'BTC-USD') =>
  `{"trade_id":"${id}","product_id":"${product}","price":"68900.50","size":"0.00150000","side":"${side}","time":"2026-08-24T22:34:13.500000Z"}`
const trades = (type: string, ...all: readonly string[]) =>
  framed('market_trades', `[{"type":"${type}","trades":[${all}]}]`)

const UPDATE = book(
  'update',
  level('bid', '78856.05', '0.04868907'),
  level('offer', '78856.06', '0')
)
const SNAPSHOT = book('snapshot', level('bid', '1.10', '2.5', '1970-01-01T00:00:00Z'))
const TRADE = trades('update', trade('995098700', 'BUY'), trade('995098701', 'SELL', 'ETH-USD'))
const TICKER = framed(
  'ticker',
  '[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"68900.50","volume_24_h":"15328.12345678","low_24_h":"1","best_bid":"68900.00","best_bid_quantity":"1.50000000","best_ask":"68901.00","best_ask_quantity":"0.50000000"}]}]'
)
const STATUS = framed(
  'status',
  '[{"type":"snapshot","products":[{"product_type":"SPOT","id":"BTC-USD","base_increment":"0.00000001","quote_increment":"0.01","display_name":"BTC/USD","status":"online","status_message":""},{"id":"OLD-USD","status":"delisted","base_increment":"","quote_increment":""},{"id":"X-USD","status":"internal"}]}]'
)
const CANDLES = framed(
  'candles',
  '[{"type":"snapshot","candles":[{"start":"1688998200","high":"1"}]}]'
)
const SENT = '1787610853813164957'
const MATCHED = '1787610853592233000'
const NONE = ['', '', '', '', '', '', {}]

test('each frame becomes its events', () => {
  assert.equal(eventsOf(UPDATE).rows, [
    ['bookChange', 'BTC-USD', MATCHED, 1, '78856.05', '0.04868907', 0, '7', '', ...NONE],
    ['bookChange', 'BTC-USD', MATCHED, 2, '78856.06', '0', 2, '7', '', ...NONE],
  ])
  assert.equal(eventsOf(SNAPSHOT).rows, [
    ['bookSnapshot', 'BTC-USD', SENT, 1, '1.10', '2.5', 3, '7', '', ...NONE],
  ])
  assert.equal(eventsOf(TICKER).rows, [
    [
      'quote',
      'BTC-USD',
      SENT,
      0,
      '',
      '',
      0,
      '7',
      '',
      '68900.00',
      '1.50000000',
      '68901.00',
      '0.50000000',
      '68900.50',
      '15328.12345678',
      {},
    ],
  ])
})

test('the side of a trade is what the taker did, and the exchange sends what the maker did', () => {
  const time = '1787610853500000000'
  assert.equal(eventsOf(TRADE).rows, [
    ['trade', 'BTC-USD', time, 2, '68900.50', '0.00150000', 0, '7', '995098700', ...NONE],
    ['trade', 'ETH-USD', time, 1, '68900.50', '0.00150000', 0, '7', '995098701', ...NONE],
  ])
})

test('trades of a snapshot happened before the subscription', () => {
  const flags = eventsOf(trades('snapshot', trade('1', 'BUY'), trade('2', 'BUY'))).rows.map(
    (row) => row[6]
  )
  assert.equal(flags, [16, 16])
})

test('the status of a product says what it is, its steps, and whether it trades', () => {
  assert.equal(
    eventsOf(STATUS).rows.map((row) => [row[0], row[1], row[15]]),
    [
      [
        'instrument',
        'BTC-USD',
        { phase: 'open', action: 'online', tick: '0.01', sizeStep: '0.00000001', title: 'BTC/USD' },
      ],
      ['instrument', 'OLD-USD', { phase: 'closed', action: 'delisted' }],
      ['instrument', 'X-USD', { phase: 'changed', action: 'internal' }],
    ]
  )
})

test('a book without levels is said to be empty, and a change without levels to be none; its time is that of the frame', () => {
  assert.equal(
    eventsOf(book('snapshot')).rows.map((row) => [row[0], row[2], row[6]]),
    [['bookSnapshot', SENT, 7]]
  )
  assert.equal(
    eventsOf(book('update')).rows.map((row) => [row[0], row[2], row[6]]),
    [['bookChange', SENT, 6]]
  )
  assert.equal(eventsOf(trades('snapshot')).rows, [])
})

test('a change has the time of its latest level', () => {
  const levels = ['13.000000001', '13.000000003', '13.000000002', '13.000000003'].map((second) =>
    level('bid', '1', '2', `2026-08-24T22:34:${second}Z`)
  )
  const times = eventsOf(book('update', ...levels)).rows.map((row) => row[2])
  assert.equal(times, Array(4).fill('1787610853000000003'))
})

test('one frame may hold books of several products; each is whole', () => {
  const text = framed(
    'l2_data',
    `[{"type":"snapshot","product_id":"A-USD","updates":[${level('bid', '1', '2')}]},{"type":"update","product_id":"B-USD","updates":[${level('offer', '3', '4')},${level('offer', '5', '6')}]}]`
  )
  assert.equal(
    eventsOf(text).rows.map((row) => [row[0], row[1], row[4], row[6]]),
    [
      ['bookSnapshot', 'A-USD', '1', 3],
      ['bookChange', 'B-USD', '3', 0],
      ['bookChange', 'B-USD', '5', 2],
    ]
  )
})

test('members may come in any order', () => {
  const update = `{"events":[{"updates":[{"new_quantity":"2","price_level":"1","event_time":"2026-08-24T22:34:13.592233Z","side":"bid"}],"product_id":"BTC-USD","type":"snapshot"}],"sequence_num":"7","channel":"l2_data","timestamp":"2026-08-24T22:34:13.813164957Z"}`
  assert.equal(eventsOf(update).rows, [
    ['bookSnapshot', 'BTC-USD', SENT, 1, '1', '2', 3, '7', '', ...NONE],
  ])
})

test('answers, heartbeats, errors and candles are no market events, and nothing unknown', () => {
  for (const text of [
    framed('heartbeats', '[{"current_time":"x","heartbeat_counter":"3049"}]'),
    framed('subscriptions', '[{"subscriptions":{"level2":["BTC-USD"]}}]'),
    '{"type":"error","message":"failure to subscribe"}',
    CANDLES,
  ]) {
    assert.equal(eventsOf(text).rows, [], text)
  }
})

test('what does not fit is one unknown event with its reason, and never a wrong number', () => {
  const table: readonly [string, string][] = [
    ['', 'an object was expected'],
    ['[]', 'an object was expected'],
    ['{"channel":}', 'not JSON'],
    ['{}', 'channel: missing'],
    ['{"type":"match","trade_id":881613,"size":"0.-10000"}', 'channel: missing'],
    ['{"channel":7}', 'channel: a channel that is not known'],
    [framed('l3_data', '[]'), 'channel: a channel that is not known'],
    [framed('l2_data', 'null'), 'events: a list was expected'],
    [framed('l2_data', '{}'), 'events: a list was expected'],
    [framed('l2_data', '[7]'), 'an object was expected'],
    ['{"channel":"l2_data"}', 'events: missing'],
    ['{"events":null,"channel":"l2_data"}', 'events: a list was expected'],
    [UPDATE.replace('"sequence_num":7', '"sequence_num":-7'), 'sequence_num: not a whole number'],
    [UPDATE.replace('"sequence_num":7', '"sequence_num":null'), 'sequence_num: not a whole number'],
    [
      UPDATE.replace('"sequence_num":7', '"sequence_num":7,"sequence_num":8'),
      'a name stands twice in one object',
    ],
    [TICKER.replace('.813164957Z', 'Z+1'), 'timestamp: not a time'],
    [UPDATE.replace('"type":"update"', '"type":"l2update"'), 'type: neither snapshot nor update'],
    [UPDATE.replace('"product_id":"BTC-USD",', ''), 'product_id: missing'],
    [UPDATE.replace('"BTC-USD"', '""'), 'product_id: not a text'],
    [
      framed('l2_data', '[{"type":"update","product_id":"A-USD","updates":null}]'),
      'updates: a list was expected',
    ],
    [framed('l2_data', '[{"type":"update","product_id":"A-USD"}]'), 'updates: missing'],
    [UPDATE.replace('"offer"', '"ask"'), 'side: not a side that is known'],
    [UPDATE.replace('"side":"offer",', ''), 'side: missing'],
    [UPDATE.replace('"78856.05"', '"-1"'), 'price_level: not above zero'],
    [UPDATE.replace('"78856.05"', '"0"'), 'price_level: not above zero'],
    [UPDATE.replace('"78856.05"', '"1e400"'), 'price_level: more digits than 53 bits hold'],
    [UPDATE.replace('"78856.05"', 'null'), 'price_level: not a decimal number'],
    [UPDATE.replace('"0.04868907"', '"0.-10000"'), 'new_quantity: not a decimal number'],
    [UPDATE.replace('"0.04868907"', '"-0.5"'), 'new_quantity: below zero'],
    [UPDATE.replace('22:34:13.592233Z', '22:34'), 'event_time: not a time'],
    [TRADE.replace('"995098700"', '""'), 'trade_id: neither a text nor a whole number'],
    [TRADE.replace('"995098700"', '1.5'), 'trade_id: neither a text nor a whole number'],
    [
      TRADE.replace('"side":"BUY"', '"side":"UNKNOWN_ORDER_SIDE"'),
      'side: not a side that is known',
    ],
    [TRADE.replace('"68900.50"', '"x"'), 'price: not a decimal number'],
    [TRADE.replace('[{"type":"update","trades"', '[{"type":"update","tades"'), 'trades: missing'],
    [TICKER.replace('"68901.00"', '"-1"'), 'best_ask: below zero'],
    [TICKER.replace('"BTC-USD"', 'null'), 'product_id: not a text'],
    [STATUS.replace('"0.01"', '"-0.01"'), 'quote_increment: not above zero'],
    [`${UPDATE}x`, 'not JSON'],
  ]
  for (const [text, reason] of table) {
    const { rows, reasons } = eventsOf(text)
    assert.equal([rows.length, rows[0]?.[0], reasons[0]], [1, 'unknown', reason], text)
  }
})

test('numbers may be numbers, have exponents and 18 decimals; ids may be beyond 2^53; times in s, ms, µs and ns', () => {
  const priced = (text: string) => eventsOf(UPDATE.replace('"78856.05"', text)).rows[0]![4]
  assert.is(priced('78856.05'), '78856.05')
  assert.is(priced('7e-5'), '0.00007')
  assert.is(priced('"0.000000000000000001"'), '0.000000000000000001')
  const id = (text: string) => eventsOf(TRADE.replace('"995098700"', text)).rows[0]![8]
  assert.is(id('9223372036854775807'), '9223372036854775807')
  assert.is(id('"9223372036854775807"'), '9223372036854775807')
  assert.is(id('"a-b"'), 'a-b')
  const time = (text: string) =>
    eventsOf(TRADE.replaceAll('"2026-08-24T22:34:13.500000Z"', text)).rows[0]![2]
  for (const text of [
    '1787610853.5',
    '1787610853500',
    '"1787610853500000"',
    '1787610853500000000',
  ]) {
    assert.is(time(text), '1787610853500000000', text)
  }
  assert.is(time('"0001-01-01T00:00:00.000000Z"'), SENT)
})

test('a side without orders is absent, be it 0, empty or not sent', () => {
  for (const bid of [
    '"best_bid":"0","best_bid_quantity":"0"',
    '"best_bid":"","best_bid_quantity":""',
    '"x":1',
  ]) {
    const text = TICKER.replace('"best_bid":"68900.00","best_bid_quantity":"1.50000000"', bid)
    assert.equal(eventsOf(text).rows[0]!.slice(9), [
      '',
      '',
      '68901.00',
      '0.50000000',
      '68900.50',
      '15328.12345678',
      {},
    ])
  }
})

test('texts with escapes are read, and are not looked at in a frame that ends before them', () => {
  const escaped = UPDATE.replace('l2_data', 'l2\\u005fdata')
    .replace('"update"', '"upd\\u0061te"')
    .replace('BTC-USD', 'BTC\\u002dUSD')
    .replace('"bid"', '"b\\u0069d"')
  assert.equal(eventsOf(escaped), eventsOf(UPDATE))
  for (let end = 0; end < escaped.length; end++) {
    eventsOf(escaped)
    assert.is(eventsOf(`${escaped.slice(0, end)}\u0001`).rows[0]?.[0], 'unknown')
    eventsOf(escaped)
    const shifted = `${' '.repeat(end % 7)}{"\u0001${escaped.slice(1, end)}`
    assert.is(eventsOf(shifted).rows[0]?.[0], 'unknown')
  }
})

test('bytes of a frame that are changed, cut or doubled throw nothing, and an unknown event stands alone', () => {
  const frames = [UPDATE, SNAPSHOT, TRADE, TICKER, STATUS, CANDLES].map((text) => Buffer.from(text))
  fc.assert(
    fc.property(
      fc.constantFrom(...frames),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
      fc.nat(),
      (frame, changes, cut) => {
        const bytes = Buffer.from(cut % 3 === 0 ? frame.subarray(0, cut % frame.length) : frame)
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
        const { rows, reasons } = eventsOf(bytes)
        const unknown = rows.filter(([kind]) => kind === 'unknown')
        if (unknown.length > 0) assert.equal([rows.length, reasons[0] !== ''], [1, true])
      }
    ),
    { numRuns: 2_000 }
  )
})

/** Event by event what the script says. */
function compare(frames: readonly string[]): number {
  const script = fileURLToPath(new URL('./testing/normalize.py', import.meta.url))
  const printed = execFileSync('python3', [script], {
    input: frames.join('\n'),
    maxBuffer: 1 << 30,
    encoding: 'utf8',
  })
  const expected = printed.trimEnd().split('\n')
  let at = 0
  for (const text of frames) {
    for (const row of eventsOf(text).rows) {
      const found = JSON.stringify(row)
      if (found !== expected[at]) assert.is(found, expected[at], text.slice(0, 200))
      at++
    }
  }
  assert.is(at, expected.length)
  return at
}

test('the events of the recorded frames are those that an independent program finds', () => {
  assert.is(compare(STRANGERS.coinbase!()), 17)
  assert.is(
    compare([UPDATE, SNAPSHOT, TRADE, TICKER, STATUS, book('snapshot'), book('update')]),
    11
  )
})

test('every frame of the older feed is one unknown event', () => {
  for (const text of cryptofeedFrames('COINBASE.ws.28.0.gz')) {
    const { rows, reasons } = eventsOf(text)
    assert.equal([rows.length, reasons[0]], [1, 'channel: missing'])
  }
})

test.run()
