import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cryptofeedFrames } from '#testing/recordings.ts'
import { FORM } from '#wire/form.ts'
import { KrakenFrames } from './frames.ts'

const test = suite('kraken frames')

/** type, group, symbol, first, sequence, understood, control, unproven */
type Row = readonly [string, string, string, number, number, boolean, boolean, string]

const newFrames = () => new KrakenFrames({ depth: 10, nowMs: () => 0 })

function look(text: string | Buffer, frames = newFrames()): Row {
  frames.look(Buffer.from(text))
  const { type, symbol, first, sequence, understood, control, unproven } = frames.frame
  return [type.name, type.group, symbol, first, sequence, understood, control, unproven]
}

const trade = (symbol: string, id: string | number) =>
  `{"symbol":"${symbol}","side":"buy","price":70000.2,"qty":0.01,"ord_type":"market","trade_id":${id},"timestamp":"2026-08-01T00:00:01.250000Z"}`
const trades = (...items: readonly string[]) =>
  `{"channel":"trade","type":"update","data":[${items.join(',')}]}`
const NO_ID = 'trade_id is no whole number that can be counted with'

const TABLE: readonly [string, string, Row][] = [
  [
    'the status, whose connection_id is beyond 2^53',
    '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":806193442143087786}]}',
    ['status', 'control', '', -1, -1, true, false, ''],
  ],
  ['a heartbeat', '{"channel":"heartbeat"}', ['heartbeat', 'control', '', -1, -1, true, false, '']],
  [
    'a pong',
    '{"method":"pong","req_id":7,"time_in":"2026-08-01T00:00:02.000000Z","time_out":"2026-08-01T00:00:02.000010Z"}',
    ['pong', 'control', '', -1, -1, true, false, ''],
  ],
  [
    'an ack',
    '{"method":"subscribe","result":{"channel":"trade","symbol":"BTC/USD","snapshot":true},"success":true}',
    ['subscribe', 'control', '', -1, -1, true, true, ''],
  ],
  [
    'a refusal',
    '{"error":"Currency pair not supported NOPE/USD","method":"subscribe","success":false,"symbol":"NOPE/USD"}',
    ['subscribe', 'control', '', -1, -1, true, true, ''],
  ],
  [
    'a ticker',
    '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":70000.1,"bid_qty":0.5}]}',
    ['ticker', 'tickers', 'BTC/USD', -1, -1, true, false, ''],
  ],
  [
    'tickers of several symbols in one frame have no symbol together',
    '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":1},{"symbol":"ETH/USD","bid":2}]}',
    ['ticker', 'tickers', '', -1, -1, true, false, ''],
  ],
  [
    'a ticker without a list',
    '{"channel":"ticker","type":"update","data":null}',
    ['ticker', 'tickers', '', -1, -1, false, false, ''],
  ],
  [
    'instruments',
    '{"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[]}}',
    ['instrument', 'instruments', '', -1, -1, true, false, ''],
  ],
  ['a trade', trades(trade('BTC/USD', 5)), ['trade', 'trades', 'BTC/USD', 5, 5, true, false, '']],
  [
    'several trades',
    trades(trade('BTC/USD', 5), trade('BTC/USD', 6), trade('BTC/USD', 7)),
    ['trade', 'trades', 'BTC/USD', 5, 7, true, false, ''],
  ],
  [
    'several trades, the newest first',
    trades(trade('BTC/USD', 7), trade('BTC/USD', 6)),
    ['trade', 'trades', 'BTC/USD', 6, 7, true, false, ''],
  ],
  [
    'a trade id as text, as it was once documented',
    trades(trade('BTC/USD', '"55"')),
    ['trade', 'trades', 'BTC/USD', 55, 55, true, false, ''],
  ],
  [
    'a snapshot of no trades counts nothing, and loses no proof',
    '{"channel":"trade","type":"snapshot","data":[ ]}',
    ['trade', 'trades', '', -1, -1, true, false, ''],
  ],
  [
    'a trade id beyond 2^53',
    trades(trade('BTC/USD', '9007199254740993')),
    ['trade', 'trades', 'BTC/USD', -1, -1, false, false, NO_ID],
  ],
  [
    'a trade id with a fraction',
    trades(trade('BTC/USD', '5.5')),
    ['trade', 'trades', 'BTC/USD', -1, -1, false, false, NO_ID],
  ],
  [
    'a negative trade id',
    trades(trade('BTC/USD', '-5')),
    ['trade', 'trades', 'BTC/USD', -1, -1, false, false, NO_ID],
  ],
  [
    'a trade id that is null',
    trades(trade('BTC/USD', 'null')),
    ['trade', 'trades', 'BTC/USD', -1, -1, false, false, NO_ID],
  ],
  [
    'trades with a hole between them',
    trades(trade('BTC/USD', 5), trade('BTC/USD', 7)),
    [
      'trade',
      'trades',
      'BTC/USD',
      -1,
      -1,
      false,
      false,
      'the trade ids of one frame have a hole, or one stands twice',
    ],
  ],
  [
    'trades of two symbols',
    trades(trade('BTC/USD', 5), trade('ETH/USD', 6)),
    ['trade', 'trades', '', -1, -1, false, false, 'trades of several symbols are in one frame'],
  ],
  [
    'a trade without a symbol',
    '{"channel":"trade","type":"update","data":[{"trade_id":5}]}',
    ['trade', 'trades', '', -1, -1, false, false, 'symbol is no symbol'],
  ],
  [
    'trades that are null',
    '{"channel":"trade","type":"update","data":null}',
    ['trade', 'trades', '', -1, -1, false, false, 'no trade can be read in it'],
  ],
  [
    'trades that are numbers',
    '{"channel":"trade","type":"update","data":[5]}',
    ['trade', 'trades', '', -1, -1, false, false, 'no trade can be read in it'],
  ],
  [
    'a book without a symbol',
    '{"channel":"book","type":"snapshot","data":[{"bids":[],"asks":[],"checksum":0}]}',
    ['book', 'orderbook', '', -1, -1, false, false, ''],
  ],
  [
    'an empty book',
    '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[],"asks":[],"checksum":0}]}',
    ['book', 'orderbook', 'A/B', -1, -1, true, false, ''],
  ],
  [
    'a book whose bids are null is wrong, and says so',
    '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":null,"asks":[],"checksum":0}]}',
    ['book', 'orderbook', 'A/B', -1, -1, false, true, ''],
  ],
  [
    'a book whose levels are pairs',
    '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[["1.0","2.0"]],"asks":[],"checksum":0}]}',
    ['book', 'orderbook', 'A/B', -1, -1, false, true, ''],
  ],
  [
    'a change of a book that nobody asked for',
    '{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{"price":1.0,"qty":2.0}],"asks":[],"checksum":9}]}',
    ['book', 'orderbook', 'A/B', -1, -1, true, false, ''],
  ],
  [
    'members in another order, with spaces between them',
    '{ "data" : [ { "checksum" : 2249310613 , "asks" : [ ] , "x" : {"y":["\\"",{}]} , "bids" : [ { "qty" : "2.0" , "price" : "1.0" } ] , "symbol" : "A/B" } ] , "type" : "snapshot" , "channel" : "book" }',
    ['book', 'orderbook', 'A/B', -1, -1, true, false, ''],
  ],
  [
    'a channel that nobody knows',
    '{"channel":"ohlc","type":"update","data":[{"symbol":"BTC/USD"}]}',
    ['unknown', 'other', '', -1, -1, false, false, ''],
  ],
  ['no channel', '{"data":[]}', ['unknown', 'other', '', -1, -1, false, false, '']],
  [
    'a frame of the protocol before this one',
    '[336,{"a":[["0.1","1.0","1618678133.1"]],"c":"974942666"},"book-10","XBT/USD"]',
    ['unknown', 'other', '', -1, -1, false, false, ''],
  ],
  ['no JSON', 'hello', ['unknown', 'other', '', -1, -1, false, false, '']],
  ['nothing', '', ['unknown', 'other', '', -1, -1, false, false, '']],
]
for (const [name, text, expected] of TABLE) test(name, () => assert.equal(look(text), expected))

test('the form of a frame says how it is archived', () => {
  const frames = newFrames()
  for (const [text, form] of [
    ['{"channel":"heartbeat"}', FORM.json],
    ['{"channel":\n"heartbeat"}', FORM.text],
    ['\ufeff{"channel":"heartbeat"}', FORM.text],
    ['hello', FORM.text],
  ] as const) {
    frames.look(Buffer.from(text))
    assert.is(frames.frame.form, form, text)
  }
  frames.look(Buffer.from([0xff, 0xfe]))
  assert.is(frames.frame.form, FORM.binary)
})

test('trades of a symbol keep their scope, whatever comes between', () => {
  const frames = newFrames()
  look(trades(trade('BTC/USD', 5)), frames)
  const { scope } = frames.frame
  look('{"channel":"book","type":"update","data":[{"symbol":"ETH/USD"}]}', frames)
  look(trades(trade('ETH/USD', 9)), frames)
  assert.is.not(frames.frame.scope, scope)
  look(trades(trade('BTC/USD', 6)), frames)
  assert.is(frames.frame.scope, scope)
  assert.is(frames.scoped(scope)?.name, 'BTC/USD')
})

test("the exchange's time is that of the first item", () => {
  const frames = newFrames()
  look(trades(trade('BTC/USD', 5)), frames)
  assert.is(frames.exchangeMs(), Date.parse('2026-08-01T00:00:01.250Z'))
  look('{"channel":"heartbeat"}', frames)
  assert.is(frames.exchangeMs(), 0)
})

test('frames that are cut off anywhere, or have a byte changed, are no reason to stop', () => {
  const whole = Buffer.from(
    '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[{"price":1.0,"qty":2.0}],"asks":[{"price":1.1,"qty":3}],"checksum":12,"timestamp":"2026-08-24T22:21:57.110183Z"}]}'
  )
  const frames = newFrames()
  for (let end = 0; end < whole.length; end++) {
    frames.look(whole.subarray(0, end))
    assert.not.ok(frames.frame.understood)
  }
  for (let at = 0; at < whole.length; at++) {
    for (const byte of [0x22, 0x5c, 0x7b, 0x5d, 0x2c, 0x30, 0xff]) {
      const odd = Buffer.from(whole)
      odd[at] = byte
      frames.look(odd)
      frames.exchangeMs()
    }
  }
})

const old = cryptofeedFrames('KRAKEN.ws.50.0.gz')
if (old.length > 0) {
  test('nothing of a recording of the protocol before this one is understood', () => {
    const frames = newFrames()
    for (const text of old) {
      frames.look(Buffer.from(text))
      assert.is(frames.frame.type.name, 'unknown', text)
    }
    assert.ok(old.length > 4000)
  })
}

test.run()
