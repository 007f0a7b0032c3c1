import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decimalText } from '#market/decimal.ts'
import { EVENT_NAMES, type MarketEvent } from '#market/event.ts'
import { BINANCE } from '#testing/recordings.ts'
import { createNormalizer } from './normalize.ts'

const test = suite('binance normalize')

type Row = (string | number)[]

const rowOf = (event: MarketEvent): Row => [
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
]

const normalizer = createNormalizer()

function eventsOf(text: string, type = '', symbol = ''): { rows: Row[]; reasons: string[] } {
  const rows: Row[] = []
  const reasons: string[] = []
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type, symbol }
  normalizer.normalize(Buffer.from(text), header, (event) => {
    rows.push(rowOf(event))
    reasons.push(event.reason)
  })
  return { rows, reasons }
}

const DEPTH =
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":10,"u":17,"b":[["1.10","2.5"]],"a":[["1.20","0.00"]]}}'
const TRADE =
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1785542400105,"s":"BTCUSDT","t":777001,"p":"70000.10000000","q":"0.00250000","T":1785542400104,"m":true,"M":true}}'
const TICKER =
  '{"stream":"btcusdt@bookTicker","data":{"u":5,"s":"BTCUSDT","b":"1.50","B":"2.0","a":"3.5","A":"4.0"}}'
const SNAPSHOT = '{"lastUpdateId":99,"bids":[["1.1","2"]],"asks":[]}'

test('each frame becomes its events', () => {
  const none = ['', '', '', '']
  assert.equal(eventsOf(DEPTH).rows, [
    ['bookChange', 'BTCUSDT', '1723161255308000000', 1, '1.10', '2.5', 0, '17', '10', ...none],
    ['bookChange', 'BTCUSDT', '1723161255308000000', 2, '1.20', '0.00', 2, '17', '10', ...none],
  ])
  assert.equal(eventsOf(TRADE).rows, [
    [
      'trade',
      'BTCUSDT',
      '1785542400104000000',
      2,
      '70000.10000000',
      '0.00250000',
      0,
      '777001',
      '777001',
      ...none,
    ],
  ])
  assert.equal(eventsOf(TICKER).rows, [
    ['quote', 'BTCUSDT', '-1', 0, '', '', 0, '5', '', '1.50', '2.0', '3.5', '4.0'],
  ])
  assert.equal(eventsOf(SNAPSHOT, 'depthSnapshot', 'ETHBTC').rows, [
    ['bookSnapshot', 'ETHBTC', '-1', 1, '1.1', '2', 3, '99', '', ...none],
  ])
})

test('raw frames say the same as combined ones', () => {
  for (const text of [DEPTH, TRADE, TICKER]) {
    const raw = /"data":(.*)\}$/s.exec(text)![1]!
    assert.equal(eventsOf(raw), eventsOf(text))
  }
})

test('books that are empty, or have one side, are said to be so', () => {
  const flagsOf = (text: string, type = '') => eventsOf(text, type, 'A').rows.map((row) => row[6])
  assert.equal(flagsOf('{"lastUpdateId":9,"bids":[],"asks":[]}', 'depthSnapshot'), [7])
  assert.equal(
    flagsOf(DEPTH.replace('[["1.10","2.5"]]', '[]').replace('[["1.20","0.00"]]', '[]')),
    [6]
  )
  const oneSided = TICKER.replace('"a":"3.5","A":"4.0"', '"a":"0.00000000","A":"0.00000000"')
  assert.equal(eventsOf(oneSided).rows[0]!.slice(9), ['1.50', '2.0', '', ''])
})

test('acks, errors and announcements are no market events, and nothing unknown', () => {
  for (const text of [
    '{"result":null,"id":1}',
    '{"code":2,"msg":"Invalid request"}',
    '{"error":{"code":2,"msg":"x"},"id":1}',
    '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
    '{"e":"serverShutdown","E":1770123456789}',
  ]) {
    assert.equal(eventsOf(text).rows, [], text)
  }
  assert.equal(eventsOf('{"symbol":"A","price":"1"}', 'price', 'A').rows, [])
  assert.equal(eventsOf('{"code":-1121,"msg":"Invalid symbol."}', 'error', 'A').rows, [])
})

test('what does not fit is one unknown event with its reason, and never a wrong number', () => {
  const table: readonly [string, string][] = [
    ['', 'an object was expected'],
    ['[]', 'an object was expected'],
    ['{"a":}', 'not JSON'],
    ['{}', 'e: a frame that is not known'],
    [DEPTH.replace('"E":1723161255308', '"E":12'), 'E: a time before 1990 or after 2261'],
    [DEPTH.replace('"E":1723161255308', '"E":"soon"'), 'E: not a time'],
    [DEPTH.replace('"U":10', '"U":1.5'), 'U: not a whole number'],
    [DEPTH.replace('"U":10', '"U":18'), 'U: the first update is behind the last'],
    [DEPTH.replace('"u":17', '"u":null'), 'u: not a whole number'],
    [DEPTH.replace('[["1.10","2.5"]]', 'null'), 'b: a list was expected'],
    [DEPTH.replace('[["1.10","2.5"]]', '[["1.10"]]'), 'b: a list of two values was expected'],
    [DEPTH.replace('"2.5"', '"-2.5"'), 'b: below zero'],
    [DEPTH.replace('"1.10"', '"0"'), 'b: not above zero'],
    [DEPTH.replace('"1.10"', '"1.1.0"'), 'b: not a decimal number'],
    [DEPTH.replace('"1.10"', '"1e400"'), 'b: more digits than 53 bits hold'],
    [DEPTH.replace('"1.10"', '"99999999999999999.5"'), 'b: more digits than 53 bits hold'],
    [DEPTH.replace('"a":[["1.20","0.00"]]', '"x":1'), 'a: missing'],
    [DEPTH.replace('"s":"BTCUSDT"', '"s":"ETHUSDT"'), 's: not the symbol of the stream'],
    [
      DEPTH.replace('"s":"BTCUSDT"', '"s":"BTCUSDT","s":"BTCUSDT"'),
      'a name stands twice in one object',
    ],
    [DEPTH.replace('depthUpdate', 'kline'), 'e: not an event of the stream'],
    [DEPTH.replace('btcusdt@depth@100ms', 'btcusdt@depth20'), 'stream: a stream that is not known'],
    ['{"stream":"btcusdt@trade","data":null}', 'data: an object was expected'],
    [TRADE.replace('"m":true,', ''), 'm: missing'],
    [TRADE.replace('"m":true', '"m":"true"'), 'm: neither true nor false'],
    [TRADE.replace('"70000.10000000"', '-1'), 'p: not above zero'],
    [TRADE.replace('"0.00250000"', '""'), 'q: not a decimal number'],
    [TRADE.replace('777001', '"a1"'), 't: not a whole number'],
    [TICKER.replace('"3.5"', 'null'), 'a: not a decimal number'],
  ]
  for (const [text, reason] of table) {
    const { rows, reasons } = eventsOf(text)
    assert.equal([rows.length, rows[0]?.[0], reasons[0]], [1, 'unknown', reason], text)
  }
  const snapshots: readonly [string, string][] = [
    ['{"lastUpdateId":9,"bids":null,"asks":[]}', 'bids: a list was expected'],
    ['{"bids":[],"asks":[]}', 'lastUpdateId: missing'],
    ['<html>', 'an object was expected'],
  ]
  for (const [text, reason] of snapshots) {
    assert.equal(eventsOf(text, 'depthSnapshot', 'A').reasons, [reason], text)
  }
})

test('numbers may be numbers, have exponents and many decimals; ids may be beyond 2^53; times in microseconds', () => {
  const price = (text: string) => eventsOf(TRADE.replace('"70000.10000000"', text)).rows[0]![4]
  assert.is(price('70000.1'), '70000.1')
  assert.is(price('7e-5'), '0.00007')
  assert.is(price('"0.000000000000000001"'), '0.000000000000000001')
  assert.is(
    eventsOf(TRADE.replace('777001', '9223372036854775807')).rows[0]![7],
    '9223372036854775807'
  )
  const micros = eventsOf(TRADE.replace('"T":1785542400104', '"T":1785542400104123')).rows[0]!
  assert.is(micros[2], '1785542400104123000')
})

/** Event by event what the script says. */
function compare(lines: string): number {
  const script = fileURLToPath(new URL('./testing/normalize.py', import.meta.url))
  const printed = execFileSync('python3', [script, 'BTCUSDT'], {
    input: lines,
    maxBuffer: 1 << 30,
    encoding: 'utf8',
  })
  const expected = printed.trimEnd().split('\n')
  let at = 0
  for (const line of lines.trimEnd().split('\n')) {
    const text = line.slice(line.indexOf(' ') + 1)
    const isSnapshot = !text.startsWith('{"stream"')
    const { rows } = eventsOf(text, isSnapshot ? 'depthSnapshot' : '', 'BTCUSDT')
    for (const row of rows) {
      const found = JSON.stringify(row)
      if (found !== expected[at]) assert.is(found, expected[at], line.slice(0, 200))
      at++
    }
  }
  assert.is(at, expected.length)
  return at
}

for (const file of BINANCE) {
  test(`the events of ${basename(file)} are those that an independent program finds`, () => {
    const events = compare(gunzipSync(readFileSync(file)).toString())
    assert.ok(events > 2_000, `${events}`)
  })
}

test.run()
