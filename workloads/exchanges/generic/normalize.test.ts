import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import type { Feed } from '#crds/feed.gen.ts'
import { decimalText } from '#market/decimal.ts'
import { EVENT_NAMES, type MarketEvent } from '#market/event.ts'
import { patience } from '#testing/deadline.ts'
import { mutated } from '../protocol/testing/mutate.ts'
import { DescribedFrames } from './frames.ts'
import { createNormalizer } from './normalize.ts'
import { CONNECTED, COUNTED, feedOf, TOPICS } from './testing/feeds.ts'
import { frames as recorded } from './testing/frames.ts'

const test = suite('generic normalize')
const ROOT = new URL('../../../', import.meta.url)
const okx = parse(readFileSync(new URL('exchanges/feeds/okx.yaml', ROOT), 'utf8')) as Feed
const RECORDING = new URL('../shared/data/cryptofeed/OKX.ws.1.0.gz', ROOT)

type Row = (string | number)[]

const rowOf = (event: MarketEvent): Row => [
  EVENT_NAMES[event.kind]!,
  event.symbol,
  String(event.time),
  event.side,
  decimalText(event.price, event.priceScale),
  decimalText(event.size, event.sizeScale),
  event.sequence,
  event.id,
  decimalText(event.bid, event.bidScale),
  decimalText(event.bidSize, event.bidSizeScale),
  decimalText(event.ask, event.askScale),
  decimalText(event.askSize, event.askSizeScale),
  decimalText(event.last, event.lastScale),
  decimalText(event.lastSize, event.lastSizeScale),
  decimalText(event.volume, event.volumeScale),
]

function eventsOf(feed: unknown, texts: readonly string[]): { rows: Row[]; reasons: string[] } {
  const normalizer = createNormalizer(feed)
  const rows: Row[] = []
  const reasons: string[] = []
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  for (const text of texts)
    normalizer.normalize(Buffer.from(text), header, (event) => {
      rows.push(rowOf(event))
      if (event.reason !== '') reasons.push(event.reason)
    })
  return { rows, reasons }
}

const NO_QUOTE = ['', '', '', '', '', '', '']

test('frames of the Feed that ships become trades and quotes, answers become nothing', () => {
  const { rows, reasons } = eventsOf(okx, [...recorded, 'pong'])
  assert.equal(reasons, [])
  assert.equal(rows, [
    [
      'trade',
      'BTC-USDT',
      '1630048897897000000',
      1,
      '42219.9',
      '0.12060306',
      '',
      '130639474',
      ...NO_QUOTE,
    ],
    [
      'trade',
      'ETH-USDT',
      '1630048897898000000',
      2,
      '3021.470',
      '1',
      '',
      '9007199254740993',
      ...NO_QUOTE,
    ],
    [
      'trade',
      'ETH-USDT',
      '1630048897899000000',
      2,
      '3021.46',
      '0.5',
      '',
      '9007199254740994',
      ...NO_QUOTE,
    ],
    [
      ...['quote', 'BTC-USDT', '1630048897897000000', 0, '', '', '', ''],
      ...['42219.9', '0', '42220', '1.5', '42219.9', '0.1', '2222.5'],
    ],
    [
      ...['quote', 'ETH-USDT', '1630048897900000000', 0, '', '', '', ''],
      ...['', '', '3021.5', '2', '', '', '0'],
    ],
  ])
})

/** The program in Python reads lines with frames on stdin. */
function byPython(texts: readonly string[]): Row[] {
  const program = fileURLToPath(new URL('testing/normalize.py', import.meta.url))
  const output = execFileSync('python3', [program], {
    input: texts.join('\n'),
    encoding: 'utf8',
    timeout: patience(20_000),
    maxBuffer: 64 << 20,
  })
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
}

test('events equal those of an independent program, event by event', () => {
  const texts = recorded.filter((text) => text.includes('"data"'))
  assert.equal(eventsOf(okx, texts).rows, byPython(texts))
})

test('a recorded connection: every frame of a declared channel is understood, and its events are those of the independent program', () => {
  if (!existsSync(RECORDING)) {
    console.log('skipped: no ../shared/data/cryptofeed/OKX.ws.1.0.gz')
    return
  }
  const lines = gunzipSync(readFileSync(RECORDING)).toString().split('\n')
  const texts = lines
    .filter((line) => /^\d/.test(line))
    .map((line) => line.slice(line.indexOf(': ') + 2))
  const books = texts.filter(
    (text) => text.includes('"channel":"books"') && text.includes('"data"')
  )
  const others = texts.filter((text) => !books.includes(text))
  assert.equal([books.length, others.length], [290, 120])
  const frames = new DescribedFrames(okx.spec.messageTypes!)
  for (const text of others) {
    frames.look(Buffer.from(text))
    assert.is(frames.frame.understood, true, text)
  }
  const { rows, reasons } = eventsOf(okx, others)
  assert.equal(reasons, [])
  assert.equal(rows, byPython(others.filter((text) => text.includes('"data"'))))
  assert.equal(rows.filter(([kind]) => kind === 'trade').length, 74)
  // The Feed does not declare books: they are unknown, and say so.
  assert.equal(
    new Set(eventsOf(okx, books).reasons),
    new Set(['type: not a type that the Feed declares'])
  )
})

const TRADE =
  '{"type":"trade","data":{"product":"A","at":1795000000123456,"seq":7,"p":"1.50","q":"2","maker":false,"id":"x1"}}'
const TICKER =
  '{"type":"ticker","data":{"product":"A","seq":8,"b":"1.5","bq":"2","a":"1.6","aq":"3"}}'

test('words mean sides, sequences and ids are kept as text, times have their unit', () => {
  const { rows } = eventsOf(feedOf(COUNTED), [TRADE, TRADE.replace('false', 'true'), TICKER])
  assert.equal(rows, [
    ['trade', 'A', '1795000000123456000', 1, '1.50', '2', '7', 'x1', ...NO_QUOTE],
    ['trade', 'A', '1795000000123456000', 2, '1.50', '2', '7', 'x1', ...NO_QUOTE],
    ['quote', 'A', '-1', 0, '', '', '8', '', '1.5', '2', '1.6', '3', '', '', ''],
  ])
  const connected =
    '["trade",{"s":"A","rows":[{"t":1795000000.25,"p":1.5,"q":2e-3,"d":"SELL","i":9007199254740993}]},7]'
  assert.equal(eventsOf(feedOf(CONNECTED), [connected]).rows, [
    ['trade', 'A', '1795000000250000000', 2, '1.5', '0.002', '7', '9007199254740993', ...NO_QUOTE],
  ])
  const topic =
    '{"topic":"trades:A:B","ts":"2026-11-18T11:06:40.5Z","price":"3","size":"1","side":"Buy"}'
  assert.equal(eventsOf(feedOf(TOPICS), [topic]).rows, [
    ['trade', 'A:B', '1795000000500000000', 1, '3', '1', '', '', ...NO_QUOTE],
  ])
})

test('numbers as they come: text, number, exponent, 18 decimals', () => {
  const priced = (price: string) =>
    eventsOf(feedOf(COUNTED), [TRADE.replace('"1.50"', price)]).rows[0]![4]
  assert.equal(
    ['"0.000000000000000001"', '1.5e-7', '"1E+3"', '12', '"9007199254740991"', '100.00'].map(
      priced
    ),
    ['0.000000000000000001', '0.00000015', '1000', '12', '9007199254740991', '100.00']
  )
})

test('what does not fit is one unknown event with its reason, and never a wrong number', () => {
  const table: readonly [string, string, string][] = [
    [COUNTED, '', 'not JSON'],
    [COUNTED, '{"type":"trade"', 'not JSON'],
    [COUNTED, '{}', 'type: not a type that the Feed declares'],
    [COUNTED, '{"type":"book"}', 'type: not a type that the Feed declares'],
    [COUNTED, '{"type":"trade","data":null}', 'product: missing'],
    [COUNTED, TRADE.replace('"product":"A",', ''), 'product: missing'],
    [COUNTED, TRADE.replace('"A"', 'null'), 'product: not a text'],
    [COUNTED, TRADE.replace('"1.50"', 'null'), 'p: not a decimal number'],
    [COUNTED, TRADE.replace('"1.50"', '"-1.50"'), 'p: not above zero'],
    [COUNTED, TRADE.replace('"1.50"', '"0"'), 'p: not above zero'],
    [COUNTED, TRADE.replace('"1.50"', '"1,50"'), 'p: not a decimal number'],
    [COUNTED, TRADE.replace('"1.50"', '1e400'), 'p: more digits than 53 bits hold'],
    [COUNTED, TRADE.replace('"1.50"', '"9007199254740993"'), 'p: more digits than 53 bits hold'],
    [COUNTED, TRADE.replace('"q":"2"', '"q":"-2"'), 'q: below zero'],
    [COUNTED, TRADE.replace('"q":"2",', ''), 'q: missing'],
    [COUNTED, TRADE.replace('false', '"maybe"'), 'maker: neither a word for buy nor one for sell'],
    [COUNTED, TRADE.replace('"maker":false,', ''), 'maker: missing'],
    [COUNTED, TRADE.replace('1795000000123456', '17'), 'at: a time before 1990 or after 2261'],
    [COUNTED, TICKER.replace('"1.6"', '"x"'), 'a: not a decimal number'],
    [
      COUNTED,
      TICKER.replace('"b":"1.5"', '"b":""').replace('"1.6"', 'null'),
      'b: neither a bid nor an ask nor a last price nor a volume',
    ],
    [CONNECTED, '["trade",{"s":"A","rows":null},7]', 'rows: a list was expected'],
    [CONNECTED, '["trade",{"s":"A"},7]', 'rows: missing'],
    [
      CONNECTED,
      '["trade",{"s":"A","rows":[{"p":1,"q":1,"d":"buy"},{"p":0,"q":1,"d":"buy"}]},7]',
      'p: not above zero',
    ],
    [CONNECTED, '["trade",{"s":"A","rows":[1]},7]', 'p: missing'],
  ]
  for (const [spec, text, reason] of table) {
    const { rows, reasons } = eventsOf(feedOf(spec), [text])
    assert.equal([rows.map(([kind]) => kind), reasons], [['unknown'], [reason]], text)
  }
})

test('a list without entries, and a type without a mapping, say nothing', () => {
  assert.equal(
    eventsOf(feedOf(CONNECTED), ['["trade",{"s":"A","rows":[]},7]', '["alive"]']).rows.length,
    1
  )
  const plain = feedOf('{ messageTypes: [{ name: book, group: books }] }')
  assert.equal(eventsOf(plain, ['{"type":"book","bids":[]}']).rows, [])
  assert.equal(eventsOf(undefined, [TRADE]).reasons, ['type: not a type that the Feed declares'])
})

test('no bytes bring it down, and nothing is left of the frame before', () => {
  for (const [spec, own] of [
    [COUNTED, [TRADE, TICKER]],
    [
      CONNECTED,
      ['["trade",{"s":"A","rows":[{"t":1795000000.25,"p":1.5,"q":2,"d":"SELL","i":9}]},7]'],
    ],
    [TOPICS, ['{"topic":"trades:A","ts":1795000000123,"price":"3","size":"1","side":"Buy"}']],
  ] as const) {
    const feed = feedOf(spec)
    const texts = [
      ...mutated(
        own.map((text) => Buffer.from(text)),
        5,
        5_000
      ),
    ]
    const together = createNormalizer(feed)
    const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
    for (const [i, payload] of texts.entries()) {
      const [shared, alone]: Row[][] = [[], []]
      together.normalize(payload, header, (event) => shared!.push([...rowOf(event), event.reason]))
      if (i % 10 === 0) {
        createNormalizer(feed).normalize(payload, header, (event) =>
          alone!.push([...rowOf(event), event.reason])
        )
        assert.equal(shared, alone, payload.toString())
      }
    }
  }
})

test.run()
