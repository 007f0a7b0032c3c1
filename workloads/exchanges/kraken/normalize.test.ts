// Kraken frames as market events: those of recordings and of the simulator against an independent program, and what does not fit.

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Book } from '#market/book.ts'
import { DECIMAL_TOO_LONG, decimalText, NOT_A_DECIMAL } from '#market/decimal.ts'
import { EVENT, type MarketEvent } from '#market/event.ts'
import { MISSING, NO_TEXT } from '#market/fields-reader.ts'
import { NAME_TWICE, NO_LIST, NO_OBJECT, NOT_JSON } from '#market/json-reasons.ts'
import { NOT_A_TIME, TIME_OUT_OF_RANGE } from '#market/time.ts'
import { eventLine, pythonLines, recvMsOf } from '#testing/event-lines.ts'
import { missingProgram } from '#testing/programs.ts'
import { cryptofeedFrames, STRANGERS } from '#testing/recordings.ts'
import { skip } from '#testing/skip.ts'
import { createNormalizer } from './normalize.ts'
import {
  NEGATIVE,
  NO_ITEM,
  NO_PRICE,
  NOT_A_STATUS,
  NOT_A_TYPE,
  OTHER_KIND,
  OTHER_SIDE,
  SEVERAL_BOOKS,
} from './shapes.ts'
import { simulatedFrames } from './testing/simulated.ts'

const test = suite('kraken normalize')
const SCRIPT = join(import.meta.dirname, 'testing/events.py')
const RECORDED = STRANGERS.kraken!()

const normalizer = createNormalizer()

function each(frames: readonly string[], emit: (event: MarketEvent) => void): void {
  for (const [i, frame] of frames.entries()) {
    const type = /"channel":"(\w+)"/.exec(frame)?.[1] ?? ''
    const header = { recvMs: recvMsOf(i), recvNs: 7, feed: 'kraken', type, symbol: 'found' }
    normalizer.normalize(Buffer.from(frame), header, emit)
  }
}

/** All events of some frames as lines. */
function linesOf(frames: readonly string[]): string[] {
  const lines: string[] = []
  each(frames, (event) => lines.push(eventLine(event)))
  return lines
}

/** Fails unless our events are those of the Python script, one by one, and none is unknown. */
async function compare(frames: readonly string[]): Promise<void> {
  const missing = await missingProgram('python3')
  const lines = linesOf(frames)
  assert.ok(lines.length > 0)
  assert.equal(lines.filter((line) => line.startsWith('unknown')).slice(0, 3), [])
  if (missing) return skip(missing)
  const expected = pythonLines(SCRIPT, frames)
  assert.is(lines.length, expected.length)
  const at = lines.findIndex((line, i) => line !== expected[i])
  assert.is(lines[at], expected[at], `event ${at}`)
}

test('the events of the recording are those of an independent program', () => compare(RECORDED))

const SIMULATED = simulatedFrames(3_000).map(String)

test('so are those of the simulator, of every channel', async () => {
  await compare(SIMULATED)
  const kinds = new Set(linesOf(SIMULATED).map((line) => line.split('\t')[0]))
  assert.equal(
    [...kinds].sort(),
    ['bookChange', 'bookSnapshot', 'instrument', 'quote', 'trade'].sort()
  )
})

/** Names of members and kinds of values, as far as they do not depend on what happened. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.entries(value).map(([name, own]) => [name, shapeOf(own)])
}

test('frames of the simulator have the members of recorded ones, in their order', () => {
  const of = (frames: readonly string[], start: string) =>
    frames.filter((frame) => frame.startsWith(start))
  const isFull = (frame: string) => !frame.includes('"asks":[]') && !frame.includes('"bids":[]')
  for (const start of [
    '{"channel":"status"',
    '{"method":"subscribe","result":{"channel":"book"',
    '{"channel":"book","type":"snapshot"',
    '{"channel":"heartbeat"}',
  ]) {
    const [recorded] = of(RECORDED, start)
    const [made] = of(SIMULATED, start)
    assert.equal(shapeOf(JSON.parse(made!)), shapeOf(JSON.parse(recorded!)), start)
  }
  // Of a change one side may be empty; its other side has levels of the same form.
  const [recorded] = of(RECORDED, '{"channel":"book","type":"update"')
  const made = of(SIMULATED, '{"channel":"book","type":"update"')
  const change = made.find((frame) => !isFull(frame) && frame.includes('"asks":[]'))!
  assert.equal(shapeOf(JSON.parse(change)), shapeOf(JSON.parse(recorded!)))
})

const BOOK = RECORDED.find((frame) => frame.includes('"type":"update"') && frame.includes('book'))!
const TRADE =
  '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"sell","price":70000.2,"qty":0.01000000,"ord_type":"market","trade_id":5550001,"timestamp":"2026-08-01T00:00:01.250000Z"}]}'
const TICKER =
  '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":70000.1,"bid_qty":0.5,"ask":70000.2,"ask_qty":1.25,"last":70000.1,"volume":1234.5,"vwap":69900.0,"low":69000.0,"high":70500.0,"change":120.5,"change_pct":0.17}]}'
const PAIRS =
  '{"channel":"instrument","type":"snapshot","data":{"assets":[{"id":"USD"}],"pairs":[{"symbol":"BTC/USD","status":"online","qty_increment":1e-08,"tick_size":0.1,"price_increment":0.1},{"symbol":"A/B","status":"cancel_only","qty_increment":1,"tick_size":0.5}]}}'

test('a book is changed by replacing sizes, a trade tells what the taker did, a quote what was sent', () => {
  const own = linesOf([BOOK, TRADE, TICKER]).map((line) => line.split('\t').slice(3).join(' '))
  assert.equal(own, [
    '2026-08-24T22:21:58.343688000Z   bid 78858.8 0.00000000 ',
    '2026-08-24T22:21:58.343688000Z   bid 78857.0 0.34775324 L',
    '2026-08-01T00:00:01.250000000Z  5550001 sell 70000.2 0.01000000 ',
    '   70000.1 0.5 70000.2 1.25 70000.1  1234.5',
  ])
})

test('trades of a snapshot happened before', () => {
  const two = TRADE.replace('"update"', '"snapshot"').replace(
    '[{',
    '[{"symbol":"A/B","side":"buy","price":1,"qty":2,"trade_id":"9007199254740993"},{'
  )
  const own = linesOf([two]).map((line) => line.split('\t').slice(5).join(' '))
  assert.equal(own, ['9007199254740993 buy 1 2 H', '5550001 sell 70000.2 0.01000000 H'])
  assert.equal(linesOf(['{"channel":"trade","type":"snapshot","data":[]}']), [])
})

test('a pair has a phase, and its steps as plain decimals', () => {
  const own = linesOf([PAIRS]).map((line) => line.split('\t').slice(6).join(' '))
  assert.equal(own, [
    '{"action":"online","phase":"open","sizeStep":"0.00000001","tick":"0.1"}',
    '{"action":"cancel_only","phase":"paused","sizeStep":"1","tick":"0.5"}',
  ])
})

test('a ticker of a pair that was never traded, all zero and of 1970, has no prices', () => {
  const zero = TICKER.replace(/:[\d.]+/g, ':0.0').replace(
    '}]',
    ',"timestamp":"1970-01-01T00:00:00.000000Z"}]'
  )
  assert.equal(linesOf([zero])[0]?.split('\t').slice(3), [
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '0.0',
  ])
})

test('empty and one-sided books', () => {
  const none =
    '{"channel":"book","type":"snapshot","data":[{"symbol":"A/B","bids":[],"asks":[],"checksum":0}]}'
  assert.equal(linesOf([none])[0]?.split('\t').slice(6), ['', '', '', 'FLE'])
  const one = none.replace('"asks":[]', '"asks":[{"price":1.5,"qty":2.0}]')
  assert.equal(linesOf([one])[0]?.split('\t').slice(6), ['ask', '1.5', '2.0', 'FL'])
})

test('the members of a frame may stand in any order', () => {
  const turn = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turn)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([name, own]) => [name, turn(own)])
          )
        : value
  for (const frame of [TRADE, TICKER]) {
    assert.equal(
      linesOf([JSON.stringify(turn(JSON.parse(frame)))]),
      linesOf([JSON.stringify(JSON.parse(frame))])
    )
  }
  const [, rest] = /^\{"channel":"book","type":"update",(.*)\}$/.exec(BOOK)!
  assert.equal(linesOf([`{${rest},"type":"update","channel":"book"}`]), linesOf([BOOK]))
  const two = PAIRS.replace('"assets":[{"id":"USD"}],', '').replace(']}}', '],"assets":[]}}')
  assert.equal(linesOf([two]), linesOf([PAIRS]))
})

test('numbers may be texts', () => {
  const quoted = (frame: string) => frame.replace(/":(\d+\.\d+)/g, '":"$1"')
  for (const frame of [BOOK, TRADE, TICKER])
    assert.equal(linesOf([quoted(frame)]), linesOf([frame]))
})

test('frames that say nothing about a market become no event', () => {
  assert.equal(
    linesOf([
      '{"channel":"heartbeat"}',
      '{"channel":"status","type":"update","data":[{"connection_id":806193442143087786}]}',
      '{"method":"pong","time_in":"x"}',
      '{"method":"subscribe","result":{"channel":"book"},"success":true}',
      '{"error":"Currency pair not supported X/Y","method":"subscribe","success":false,"symbol":"X/Y"}',
      '{"channel":"instrument","type":"update","data":{"assets":[{"id":"USD"}]}}',
    ]),
    []
  )
})

/** A frame with one text replaced, and the reason why it is unknown. */
const ODD: readonly (readonly [frame: string, from: string, to: string, why: string])[] = [
  [BOOK, '78857.0', '"78857.O"', `price: ${NOT_A_DECIMAL}`],
  [BOOK, '78857.0', 'null', `price: ${NOT_A_DECIMAL}`],
  [BOOK, '78857.0', '-78857.0', `price: ${NEGATIVE}`],
  [BOOK, '78857.0', '0.0', `price: ${NO_PRICE}`],
  [BOOK, '78857.0', '0.123456789012345678', `price: ${DECIMAL_TOO_LONG}`],
  [BOOK, '78857.0', '1e30', `price: ${DECIMAL_TOO_LONG}`],
  [BOOK, '0.34775324', '-0.34775324', `qty: ${NEGATIVE}`],
  [BOOK, ',"qty":0.34775324', '', `qty: ${MISSING}`],
  [BOOK, '{"price":78857.0,"qty":0.34775324}', '["78857.0","0.3"]', NO_OBJECT],
  [BOOK, '"asks":[]', '"asks":null', `asks: ${NO_LIST}`],
  [BOOK, '"asks":[],', '', `asks: ${MISSING}`],
  [BOOK, '"BTC/USD"', '5', `symbol: ${NO_TEXT}`],
  [BOOK, '"symbol":"BTC/USD",', '', `symbol: ${MISSING}`],
  [BOOK, '"symbol"', '"symbol":"X/Y","symbol"', NAME_TWICE],
  [BOOK, '"2026-08-24T', '"2026-13-24T', `timestamp: ${NOT_A_TIME}`],
  [BOOK, '"2026-08-24T', '"1980-08-24T', `timestamp: ${TIME_OUT_OF_RANGE}`],
  [BOOK, '"update"', '"upsert"', `type: ${OTHER_KIND}`],
  [BOOK, '"type":"update",', '', `type: ${MISSING}`],
  [BOOK, '"book"', '"level3"', `channel: ${NOT_A_TYPE}`],
  [BOOK, '"channel"', '"chanel"', `channel: ${MISSING}`],
  [BOOK, '}]}', '},{"symbol":"A/B","bids":[],"asks":[]}]}', `data: ${SEVERAL_BOOKS}`],
  [BOOK, '"data":[', '"data":[5,', NO_OBJECT],
  [BOOK, '}]}', '}]', NOT_JSON],
  [TRADE, '"sell"', '"sold"', `side: ${OTHER_SIDE}`],
  [TRADE, '"side":"sell",', '', `side: ${MISSING}`],
  [TRADE, '70000.2', '0', `price: ${NO_PRICE}`],
  [TRADE, '70000.2', '[70000.2]', `price: ${NOT_A_DECIMAL}`],
  [TRADE, '0.01000000', '-0.01000000', `qty: ${NEGATIVE}`],
  [TRADE, '5550001', '{}', `trade_id: ${NO_TEXT}`],
  [TRADE, '"data":[{', '"data":null,"x":[{', `data: ${NO_LIST}`],
  [TICKER, '0.5', '-0.5', `bid_qty: ${NEGATIVE}`],
  [TICKER, '"data":[{', '"data":[],"x":[{', `data: ${NO_ITEM}`],
  [PAIRS, '"online"', '"asleep"', `status: ${NOT_A_STATUS}`],
  [PAIRS, '"status":"online",', '', `status: ${MISSING}`],
  [PAIRS, '"pairs":[', '"pairs":5,"x":[', `pairs: ${NO_LIST}`],
]
for (const [frame, from, to, why] of ODD) {
  test(`unknown: ${from} as ${to === '' ? 'nothing' : to}: ${why}`, () => {
    assert.ok(frame.includes(from))
    const reasons: string[] = []
    each([frame.replace(from, to)], (event) => {
      assert.is(event.kind, EVENT.unknown)
      assert.is(event.symbol, 'found')
      reasons.push(event.reason)
    })
    assert.equal(reasons, [why])
  })
}

/** The exchange's time of a trade, with another value in the frame. */
const TIMES: readonly (readonly [value: string, time: string])[] = [
  ['1785542401', '2026-08-01T00:00:01.000000000Z'],
  ['1785542401250', '2026-08-01T00:00:01.250000000Z'],
  ['"1785542401250001"', '2026-08-01T00:00:01.250001000Z'],
  ['1785542401250001002', '2026-08-01T00:00:01.250001002Z'],
  ['"2026-08-01T00:00:01.250001002Z"', '2026-08-01T00:00:01.250001002Z'],
  ['"2026-08-01T02:00:01+02:00"', '2026-08-01T00:00:01.000000000Z'],
  ['null', ''],
]
for (const [value, time] of TIMES) {
  test(`a time of ${value}`, () => {
    const [line] = linesOf([TRADE.replace('"2026-08-01T00:00:01.250000Z"', value)])
    assert.is(line?.split('\t')[3], time)
  })
}

test('frames that are cut off anywhere, or have a byte changed, are no reason to stop', () => {
  for (const frame of [BOOK, TRADE, TICKER, PAIRS]) {
    for (let end = 0; end < frame.length; end++) {
      each([frame.slice(0, end)], (event) => assert.is(event.kind, EVENT.unknown))
    }
    for (let at = 0; at < frame.length; at++) {
      for (const byte of ['"', '{', ']', ',', '0', '\\', '-']) {
        each([frame.slice(0, at) + byte + frame.slice(at + 1)], () => {})
      }
    }
  }
})

const old = cryptofeedFrames('KRAKEN.ws.50.0.gz')
if (old.length > 0) {
  test('frames of the protocol before this one are unknown, each with a reason', () => {
    let seen = 0
    each(old, (event) => {
      assert.is(event.kind, EVENT.unknown)
      assert.ok(event.reason === NO_OBJECT || event.reason === `channel: ${MISSING}`, event.reason)
      seen++
    })
    assert.is(seen, old.length)
  })
}

test('the books of the market are those of the exchange: what falls out of the depth is not told', () => {
  const books = new Map<string, Book>()
  each(SIMULATED, (event) => {
    if (event.kind !== EVENT.bookChange && event.kind !== EVENT.bookSnapshot) return
    let book = books.get(event.symbol)
    if (book === undefined) {
      book = new Book({ depth: 10 })
      books.set(event.symbol, book)
    }
    book.apply(event)
  })
  assert.is(books.size, 10)
  for (const [symbol, book] of books) {
    assert.is(book.state, 'live', symbol)
    assert.is(book.unknownRemovals, 0, symbol)
    const { crossed, locked, negative } = book.troubles
    assert.equal([crossed, locked, negative], [0, 0, 0])
    assert.ok(Number(decimalText(book.bid, book.priceScale)) > 0)
    assert.ok(book.bid < book.ask)
  }
})

test.run()
