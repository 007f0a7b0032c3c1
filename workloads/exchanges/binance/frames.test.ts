import { basename } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BINANCE, linesOf } from '#testing/recordings.ts'
import { FORM } from '#wire/form.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { BinanceFrames } from './frames.ts'
import { Streams } from './streams.ts'
import { DEPTH_SNAPSHOT } from './types.ts'

const test = suite('binance frames')

const newFrames = (channels: readonly string[] = ['depth@100ms', 'trade', 'bookTicker']) =>
  new BinanceFrames(new Streams(), channels)

function look(text: string | Buffer, frames = newFrames()) {
  frames.look(Buffer.from(text))
  const { type, symbol, first, sequence, scope, understood, unproven, control } = frames.frame
  return { type: type.name, symbol, first, sequence, scope, understood, unproven, control }
}

const DEPTH =
  '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1723161255308,"s":"BTCUSDT","U":10,"u":17,"b":[["1","2"]],"a":[]}}'
const TRADE =
  '{"stream":"btcusdt@trade","data":{"e":"trade","E":1785542400105,"s":"BTCUSDT","t":777001,"p":"70000.1","q":"0.0025","T":1785542400104,"m":true,"M":true}}'
const TICKER =
  '{"stream":"btcusdt@bookTicker","data":{"u":5,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"}}'

const base = { symbol: 'BTCUSDT', unproven: '', understood: true, control: false }
const none = { first: -1, sequence: -1, scope: 0 }
const raw = (combined: string): string => /"data":(.*)\}$/s.exec(combined)![1]!

test('each kind of frame is told by its stream, with its symbol and its ids', () => {
  const frames = newFrames()
  const depth = { ...base, type: 'depthUpdate', first: 10, sequence: 17, scope: 1 }
  assert.equal(look(DEPTH, frames), depth)
  assert.is(frames.exchangeMs(), 1_723_161_255_308)
  const trade = { ...base, type: 'trade', first: 777_001, sequence: 777_001, scope: 2 }
  assert.equal(look(TRADE, frames), trade)
  assert.equal(look(TICKER, frames), { ...base, ...none, type: 'bookTicker' })
  assert.is(frames.exchangeMs(), 0)
  assert.equal(look(DEPTH, frames), depth)
})

test('raw streams say the same of their frames as combined ones', () => {
  for (const text of [DEPTH, TRADE, TICKER]) {
    const { scope, ...combined } = look(text)
    const { scope: rawScope, ...bare } = look(raw(text))
    assert.equal(bare, combined)
    assert.is(rawScope, scope)
  }
})

test('times in microseconds are read as well', () => {
  const frames = newFrames()
  look(DEPTH.replace('1723161255308', '1723161255308123'), frames)
  assert.is(frames.exchangeMs(), 1_723_161_255_308)
})

test('acks, errors in both forms and serverShutdown are for the session', () => {
  const control = { symbol: '', unproven: '', understood: true, control: true, ...none }
  for (const [text, type] of [
    ['{"result":null,"id":1}', 'response'],
    ['{"id":1,"result":null}', 'response'],
    ['{"code":2,"msg":"Invalid request: unknown variant"}', 'error'],
    ['{"error":{"code":2,"msg":"Invalid request"},"id":3}', 'error'],
    ['{"e":"serverShutdown","E":1}', 'serverShutdown'],
    ['{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}', 'serverShutdown'],
  ] as const) {
    assert.equal(look(text), { ...control, type }, text)
  }
})

test('an id that cannot be counted with proves nothing, and is no number', () => {
  const table: readonly [string, string][] = [
    [DEPTH.replace('"U":10', '"U":"x"'), 'U is a text and no whole number'],
    [DEPTH.replace('"U":10,', ''), 'U is missing'],
    [DEPTH.replace('"u":17', '"u":null'), 'u is null, true, false, a list or an object'],
    [DEPTH.replace('"u":17', '"u":1.5'), 'u is no whole number that can be counted with'],
    [
      DEPTH.replace('"u":17', '"u":9007199254740993'),
      'u is no whole number that can be counted with',
    ],
    [DEPTH.replace('"u":17', '"u":9'), 'U is greater than u'],
    [DEPTH.replace('"u":17', '"u":17,"u":17'), 'u stands twice in one frame'],
    [DEPTH.replace('"BTCUSDT"', '"ETHUSDT"'), 's is not the symbol of the stream'],
    [TRADE.replace('777001', '-1'), 't is no whole number that can be counted with'],
    [
      TRADE.replace('777001', '9223372036854775807'),
      't is no whole number that can be counted with',
    ],
  ]
  for (const [text, unproven] of table) {
    const seen = look(text)
    assert.equal(
      [seen.unproven, seen.first, seen.sequence, seen.scope, seen.understood],
      [unproven, -1, -1, 1, false],
      text
    )
  }
})

test('what is not known is unknown, and nothing is read from it', () => {
  const unknown = { type: 'unknown', symbol: '', unproven: '', understood: false, control: false }
  for (const text of [
    '',
    'no json',
    '[]',
    'null',
    '{}',
    '{"lastUpdateId":1,"bids":[],"asks":[]}',
    '{"stream":"btcusdt@depth@100ms","data":null}',
    '{"stream":"btcusdt@depth@100ms","data":[]}',
    '{"stream":5,"data":{"e":"trade","s":"BTCUSDT","t":1}}',
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","s":"BTCUSDT","a":1}}',
    '{"stream":"btcusdt@trade","data":{"e":"depthUpdate","s":"BTCUSDT","U":1,"u":1}}',
    '{"e":"kline","s":"BTCUSDT"}',
    `{"stream":"${'x'.repeat(300)}@trade","data":{"e":"trade","s":"X","t":1}}`,
  ]) {
    assert.equal(look(text), { ...unknown, ...none }, text)
  }
})

test('a ticker of another symbol than its stream is not understood, and spoils no count', () => {
  const seen = look(TICKER.replace('"BTCUSDT"', 'null'))
  assert.equal([seen.type, seen.understood, seen.unproven], ['bookTicker', false, ''])
})

test('a body from REST has the type and the symbol that it was asked for', () => {
  const frames = newFrames()
  frames.answer(Buffer.from('{"lastUpdateId":1,\n"bids":[],"asks":[]}'), DEPTH_SNAPSHOT, 'BTCUSDT')
  const { type, symbol, form, sequence, scope, understood } = frames.frame
  assert.equal(
    [type.name, symbol, form, sequence, scope, understood],
    ['depthSnapshot', 'BTCUSDT', FORM.text, -1, 0, true]
  )
  frames.answer(Buffer.from('<html>'), DEPTH_SNAPSHOT, 'BTCUSDT')
  assert.is(frames.frame.understood, false)
})

test('declared types are read where the adapter knows none', () => {
  const declared = new DeclaredTypes([{ name: 'aggTrade', group: 'trades', symbol: 'data.s' }])
  const frames = new BinanceFrames(new Streams(), ['trade'], declared)
  const seen = look(
    '{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","s":"BTCUSDT","a":1}}',
    frames
  )
  assert.equal([seen.type, seen.symbol, seen.understood], ['aggTrade', 'BTCUSDT', true])
})

for (const file of BINANCE) {
  test(`every frame of ${basename(file)} is understood, and its chains have no hole`, () => {
    const lines = linesOf(file)
    const frames = newFrames()
    const last = new Map<number, number>()
    let counted = 0
    for (const line of lines) {
      const text = line.slice(line.indexOf(' ') + 1)
      const value = JSON.parse(text)
      if (value.stream === undefined) continue
      const seen = look(text, frames)
      assert.ok(seen.understood, text)
      assert.is(seen.symbol, value.data.s)
      assert.is(seen.type, value.data.e ?? 'bookTicker')
      if (seen.scope === 0) continue
      const before = last.get(seen.scope)
      if (before !== undefined) assert.is(seen.first, before + 1, text)
      last.set(seen.scope, seen.sequence)
      counted++
    }
    assert.is(last.size, 2)
    assert.ok(counted > 250, String(counted))
  })
}

test.run()
