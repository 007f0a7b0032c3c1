import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cryptofeedFrames, STRANGERS } from '#testing/recordings.ts'
import { FORM } from '#wire/form.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { CoinbaseFrames } from './frames.ts'

const test = suite('coinbase frames')

/** type, group, symbol, sequence, scope, understood, control, unproven */
type Row = readonly [string, string, string, number, number, boolean, boolean, string]

function look(text: string | Buffer, frames = new CoinbaseFrames()): Row {
  frames.look(Buffer.from(text))
  const { type, symbol, sequence, scope, understood, control, unproven } = frames.frame
  return [type.name, type.group, symbol, sequence, scope, understood, control, unproven]
}

const framed = (channel: string, events: string, sequence: string | number = 7) =>
  `{"channel":"${channel}","client_id":"","timestamp":"2026-08-24T22:34:13.813164957Z","sequence_num":${sequence},"events":${events}}`
const LEVEL = '{"side":"bid","event_time":"x","price_level":"1","new_quantity":"2"}'
const book = (...products: readonly string[]) =>
  `[${products.map((name) => `{"type":"update","product_id":"${name}","updates":[${LEVEL}]}`)}]`
const trades = (...products: readonly string[]) =>
  `[{"type":"update","trades":[${products.map((name) => `{"trade_id":"1","product_id":"${name}","price":"1","size":"2","side":"BUY","time":"x"}`)}]}]`
const MISSING = 'sequence_num is missing'

const TABLE: readonly [string, string, Row][] = [
  [
    'a book',
    framed('l2_data', book('BTC-USD')),
    ['l2_data', 'orderbook', 'BTC-USD', 7, 1, true, false, ''],
  ],
  [
    'a book without changes, which is numbered',
    framed('l2_data', '[{"type":"update","product_id":"BTC-USD","updates":[]}]', 0),
    ['l2_data', 'orderbook', 'BTC-USD', 0, 1, true, false, ''],
  ],
  [
    'two events of one product',
    framed('l2_data', book('A-B', 'A-B')),
    ['l2_data', 'orderbook', 'A-B', 7, 1, true, false, ''],
  ],
  [
    'books of two products are one frame, which has no symbol',
    framed('l2_data', book('A-B', 'C-D')),
    ['l2_data', 'orderbook', '', 7, 1, true, false, ''],
  ],
  [
    'trades',
    framed('market_trades', trades('BTC-USD', 'BTC-USD')),
    ['market_trades', 'trades', 'BTC-USD', 7, 1, true, false, ''],
  ],
  [
    'trades of several products',
    framed('market_trades', trades('BTC-USD', 'ETH-USD', 'BTC-USD')),
    ['market_trades', 'trades', '', 7, 1, true, false, ''],
  ],
  [
    'no trades',
    framed('market_trades', '[{"type":"snapshot","trades":[]}]'),
    ['market_trades', 'trades', '', 7, 1, true, false, ''],
  ],
  [
    'a ticker',
    framed(
      'ticker',
      '[{"type":"snapshot","tickers":[{"type":"ticker","product_id":"BTC-USD","price":"1"}]}]'
    ),
    ['ticker', 'tickers', 'BTC-USD', 7, 1, true, false, ''],
  ],
  [
    'a product in another order, with spaces and an escape',
    framed('ticker', '[{"tickers":[{"price":"1", "product_id" : "BTC\\u002dUSD"}]}]'),
    ['ticker', 'tickers', 'BTC-USD', 7, 1, true, false, ''],
  ],
  [
    'the word product_id as a value or inside of a text is no product',
    framed(
      'ticker',
      '[{"a":"product_id","b":"\\"product_id\\":\\"X\\"","tickers":[{"product_id":"BTC-USD"}]}]'
    ),
    ['ticker', 'tickers', 'BTC-USD', 7, 1, true, false, ''],
  ],
  [
    'a heartbeat',
    framed(
      'heartbeats',
      '[{"current_time":"2026-08-24 22:34:13 +0000 UTC","heartbeat_counter":"3049"}]'
    ),
    ['heartbeats', 'control', '', 7, 1, true, false, ''],
  ],
  [
    'an answer is counted with the data',
    framed('subscriptions', '[{"subscriptions":{"level2":["BTC-USD"]}}]', 3),
    ['subscriptions', 'control', '', 3, 1, true, true, ''],
  ],
  [
    'an error has no number',
    '{"type":"error","message":"failure to subscribe"}',
    ['error', 'control', '', -1, 0, true, true, ''],
  ],
  [
    'an error with a number is counted',
    '{"type":"error","message":"x","sequence_num":4}',
    ['error', 'control', '', 4, 1, true, true, ''],
  ],
  [
    'a number as text',
    framed('l2_data', book('BTC-USD'), '"12"'),
    ['l2_data', 'orderbook', 'BTC-USD', 12, 1, true, false, ''],
  ],
  [
    'a number beyond 2^53',
    framed('l2_data', book('BTC-USD'), '9007199254740993'),
    [
      'l2_data',
      'orderbook',
      'BTC-USD',
      -1,
      1,
      false,
      false,
      'sequence_num is no whole number that can be counted with',
    ],
  ],
  [
    'a negative number',
    framed('l2_data', book('BTC-USD'), -1),
    [
      'l2_data',
      'orderbook',
      'BTC-USD',
      -1,
      1,
      false,
      false,
      'sequence_num is no whole number that can be counted with',
    ],
  ],
  [
    'null for a number',
    framed('l2_data', book('BTC-USD'), 'null'),
    [
      'l2_data',
      'orderbook',
      'BTC-USD',
      -1,
      1,
      false,
      false,
      'sequence_num is null, true, false, a list or an object',
    ],
  ],
  [
    'two numbers',
    framed('l2_data', book('BTC-USD'), '1,"sequence_num":2'),
    [
      'l2_data',
      'orderbook',
      'BTC-USD',
      -1,
      1,
      false,
      false,
      'sequence_num stands twice in one frame',
    ],
  ],
  [
    'no number',
    '{"channel":"l2_data","events":[]}',
    ['l2_data', 'orderbook', '', -1, 1, false, false, MISSING],
  ],
  [
    'null for events',
    framed('l2_data', 'null'),
    ['l2_data', 'orderbook', '', 7, 1, false, false, ''],
  ],
  [
    'a book of no product',
    framed('l2_data', '[{"type":"update","product_id":null,"updates":[]}]'),
    ['l2_data', 'orderbook', '', 7, 1, false, false, ''],
  ],
  [
    'an object for events',
    framed('l2_data', '{"product_id":"BTC-USD"}'),
    ['l2_data', 'orderbook', '', 7, 1, false, false, ''],
  ],
  [
    'a channel that nobody knows is counted',
    framed('l3_data', book('BTC-USD')),
    ['unknown', 'other', '', 7, 1, false, false, ''],
  ],
  [
    'a channel that nobody knows, without a number',
    '{"channel":"l3_data"}',
    ['unknown', 'other', '', -1, 0, false, false, ''],
  ],
  [
    'null for the channel',
    '{"channel":null,"sequence_num":5}',
    ['unknown', 'other', '', 5, 1, false, false, ''],
  ],
  [
    'a match of the older feed',
    '{"type":"match","trade_id":881613,"product_id":"BAND-GBP","sequence":333938798}',
    ['unknown', 'other', '', -1, 0, false, false, ''],
  ],
  ['no JSON', '{"channel":', ['unknown', 'other', '', -1, 0, false, false, '']],
  ['a list', '[]', ['unknown', 'other', '', -1, 0, false, false, '']],
]

for (const [name, text, row] of TABLE) test(name, () => assert.equal(look(text), row))

test('a symbol of more than 200 bytes is none', () => {
  assert.is(look(framed('l2_data', book('X'.repeat(201))))[2], '')
  assert.is(look(framed('l2_data', book('X'.repeat(200))))[2].length, 200)
})

test('a byte order mark makes a text of a frame, which is read all the same; bytes that are no UTF-8 are binary', () => {
  const frames = new CoinbaseFrames()
  assert.is(look(`\uFEFF${framed('l2_data', book('BTC-USD'))}`, frames)[2], 'BTC-USD')
  assert.is(frames.frame.form, FORM.text)
  assert.is(look(Buffer.from([0x7b, 0xff]), frames)[0], 'unknown')
  assert.is(frames.frame.form, FORM.binary)
})

test('the time is that of the frame, and 0 where it has none', () => {
  const frames = new CoinbaseFrames()
  look(framed('l2_data', book('BTC-USD')), frames)
  assert.is(frames.exchangeMs(), Date.UTC(2026, 7, 24, 22, 34, 13, 813))
  look('{"channel":"l2_data","sequence_num":1,"timestamp":"yesterday","events":[]}', frames)
  assert.is(frames.exchangeMs(), 0)
  look('{"channel":"l2_data","sequence_num":1,"events":[]}', frames)
  assert.is(frames.exchangeMs(), 0)
})

test('a type that the Feed declares is read by its paths, and keeps the count of the connection', () => {
  const declared = new DeclaredTypes([{ name: 'l3_data', group: 'deep', symbol: 'about' }])
  const frames = new CoinbaseFrames(declared)
  const [type, group, symbol, sequence, scope, understood] = look(
    '{"channel":"l3_data","sequence_num":9,"about":"BTC-USD"}',
    frames
  )
  assert.equal(
    [type, group, symbol, sequence, scope, understood],
    ['l3_data', 'deep', 'BTC-USD', 9, 1, true]
  )
})

test('every recorded frame is understood, and its numbers have no hole', () => {
  const rows = STRANGERS.coinbase!().map((text) => look(text))
  assert.ok(rows.length > 10)
  assert.equal(
    rows.map(([, , , sequence]) => sequence),
    rows.map((_, i) => i + 1)
  )
  for (const [type, , symbol, , , understood, , unproven] of rows) {
    assert.equal([understood, unproven], [true, ''])
    assert.is(symbol, type === 'subscriptions' ? '' : 'BTC-USD')
  }
})

test('frames of the older feed are unknown, all of them', () => {
  const frames = cryptofeedFrames('COINBASE.ws.28.0.gz')
  const types = new Set(frames.map((text) => look(text)[0]))
  if (frames.length > 0) assert.equal([...types], ['unknown'])
})

test.run()
