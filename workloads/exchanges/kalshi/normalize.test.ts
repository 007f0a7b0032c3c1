// Kalshi frames as market events: those of every recording against an independent program, and what does not fit.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DECIMAL_TOO_LONG, NOT_A_DECIMAL } from '#market/decimal.ts'
import { EVENT, type MarketEvent } from '#market/event.ts'
import { MISSING, NO_TEXT } from '#market/fields-reader.ts'
import { NAME_TWICE, NO_LIST, NO_OBJECT, NO_PAIR, NOT_JSON } from '#market/json-reasons.ts'
import { NOT_A_TIME, TIME_OUT_OF_RANGE } from '#market/time.ts'
import { eventLine, pythonLines, recvMsOf } from '#testing/event-lines.ts'
import { missingProgram } from '#testing/programs.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import { skip } from '#testing/skip.ts'
import { NO_FLAG, NOT_AN_ACTION } from './lifecycle.ts'
import {
  CONTRADICTION,
  createNormalizer,
  NEGATIVE,
  NOT_A_TYPE,
  NOT_ONE,
  OLDER,
  OTHER_SIDE,
  OUTSIDE,
} from './normalize.ts'

const SCRIPT = join(import.meta.dirname, 'testing/events.py')
const SAMPLES = readFileSync(join(import.meta.dirname, 'testing/samples.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')

const normalizer = createNormalizer()

function each(frames: readonly string[], emit: (event: MarketEvent) => void): void {
  for (const [i, frame] of frames.entries()) {
    const type = /"type":"(\w+)"/.exec(frame)?.[1] ?? ''
    const header = { recvMs: recvMsOf(i), recvNs: 7, feed: 'kalshi', type, symbol: 'found' }
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

for (const recordings of KALSHI) {
  test(`every frame recorded from ${recordings.name} is the events of an independent program`, async () => {
    await compare(kalshiEventFiles(recordings).flatMap(kalshiFrames))
  })
}

test('tickers, lifecycles and older frames with dollars are the events of an independent program', () =>
  compare(SAMPLES))

const DELTA = SAMPLES.find((frame) => frame.includes('"orderbook_delta"')) ?? ''
const TRADE = SAMPLES.find((frame) => frame.includes('"trade"')) ?? ''
const TICKER = SAMPLES.find((frame) => frame.includes('"type":"ticker"')) ?? ''
const SNAPSHOT = SAMPLES.find((frame) => frame.includes('"orderbook_snapshot"')) ?? ''
const CREATED = SAMPLES.find((frame) => frame.includes('"created"')) ?? ''
const SETTLED = SAMPLES.find((frame) => frame.includes('"settled"')) ?? ''

test('a bid on no is an ask at one dollar less its price, and a taker of no sold', () => {
  const levels = '"yes_dollars_fp":[["0.48","7.00"]],"no_dollars_fp":[["0.4800","5.00"],["1","2"]]'
  const frames = [
    SNAPSHOT.replace(/"no_dollars_fp".*\]\]/, levels),
    DELTA.replace('"side":"yes"', '"side":"no"'),
    TRADE.replace('"taker_side":"yes"', '"taker_side":"no"'),
  ]
  const own = linesOf(frames).map((line) => line.split('\t').slice(6).join(' '))
  assert.equal(own, [
    'bid 0.48 7.00 F',
    'ask 0.5200 5.00 ',
    'ask 0 2 L',
    'ask 0.60 -50.00 LC',
    'sell 0.4100 3.00 ',
  ])
})

test('a market that is over is an empty snapshot', () => {
  const over = SNAPSHOT.replace(/,"no_dollars_fp".*\]\]/, '')
  const [line = ''] = linesOf([over])
  assert.equal(line.split('\t').slice(6), ['', '', '', 'FLE'])
})

test('the members of a frame may stand in any order', () => {
  for (const frame of SAMPLES) {
    const turn = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .toReversed()
              .map(([k, v]) => [k, turn(v)])
          )
        : value
    assert.equal(linesOf([JSON.stringify(turn(JSON.parse(frame)))]), linesOf([frame]), frame)
  }
})

test('frames that say nothing about a market become no event', () => {
  for (const type of ['subscribed', 'unsubscribed', 'ok', 'error', 'fill', 'event_lifecycle']) {
    assert.equal(linesOf([`{"type":"${type}","sid":1}`]), [])
  }
})

/** A frame with one text replaced, and the reason why it is unknown. */
const ODD: readonly (readonly [frame: string, from: string | RegExp, to: string, why: string])[] = [
  // Numbers that are none, or do not fit.
  [DELTA, '"0.40"', '"0.4O"', `price_dollars: ${NOT_A_DECIMAL}`],
  [DELTA, '"0.40"', 'null', `price_dollars: ${NOT_A_DECIMAL}`],
  [DELTA, '"0.40"', '["0.40"]', `price_dollars: ${NOT_A_DECIMAL}`],
  [DELTA, '"0.40"', '""', `price_dollars: ${NOT_A_DECIMAL}`],
  [DELTA, '"price_dollars":"0.40",', '', `price_dollars: ${MISSING}`],
  [DELTA, '"0.40"', '"-0.40"', `price_dollars: ${OUTSIDE}`],
  [DELTA, '"0.40"', '"1.01"', `price_dollars: ${OUTSIDE}`],
  [DELTA, '"0.40"', '40', `price_dollars: ${OUTSIDE}`],
  [DELTA, '"0.40"', '0.1234567890123456789', `price_dollars: ${DECIMAL_TOO_LONG}`],
  [DELTA, '"-50.00"', '"1e30"', `delta_fp: ${DECIMAL_TOO_LONG}`],
  [DELTA, '"-50.00"', '"0.-10000"', `delta_fp: ${NOT_A_DECIMAL}`],
  [DELTA, '"delta_fp":"-50.00",', '', `delta_fp: ${MISSING}`],
  [TRADE, '"3.00"', '"-3.00"', `count_fp: ${NEGATIVE}`],
  [TRADE, '"0.5900"', '"0.5800"', `no_price_dollars: ${NOT_ONE}`],
  [TICKER, '"0.4000"', '"4000"', `yes_bid_dollars: ${OUTSIDE}`],
  [TICKER, '"150.00"', '"-150.00"', `yes_bid_size_fp: ${NEGATIVE}`],
  [TICKER, '"1200.00"', 'true', `volume_fp: ${NOT_A_DECIMAL}`],
  // Sides.
  [DELTA, '"side":"yes"', '"side":"Yes"', `side: ${OTHER_SIDE}`],
  [DELTA, '"side":"yes"', '"side":null', `side: ${OTHER_SIDE}`],
  [DELTA, '"side":"yes",', '', `side: ${MISSING}`],
  [TRADE, '"taker_side":"yes",', '', `taker_outcome_side: ${MISSING}`],
  [TRADE, '"yes",', '"yes","taker_book_side":"ask",', `taker_side: ${CONTRADICTION}`],
  [TRADE, '"yes",', '"yes","taker_outcome_side":"maybe",', `taker_outcome_side: ${OTHER_SIDE}`],
  // Levels: one bad one, and the frame says nothing about the others.
  [SNAPSHOT, '"5.00"]', '"5.00"],["0.2","-1"]', `no_dollars_fp: ${NEGATIVE}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],["2","1"]', `no_dollars_fp: ${OUTSIDE}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],null', `no_dollars_fp: ${NO_LIST}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],["0.2"]', `no_dollars_fp: ${NO_PAIR}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],["0.2",null]', `no_dollars_fp: ${NOT_A_DECIMAL}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],["0.2","x"]', `no_dollars_fp: ${NOT_A_DECIMAL}`],
  [SNAPSHOT, '"5.00"]', '"5.00"],["1e-20","5"]', `no_dollars_fp: ${DECIMAL_TOO_LONG}`],
  [SNAPSHOT, /\[\[.*\]\]/, 'null', `no_dollars_fp: ${NO_LIST}`],
  [SNAPSHOT, /\[\[.*\]\]/, '{}', `no_dollars_fp: ${NO_LIST}`],
  // Names, times and ids.
  [DELTA, '"KXDEMO-26AUG01-T50"', '""', `market_ticker: ${NO_TEXT}`],
  [DELTA, '"KXDEMO-26AUG01-T50"', '7', `market_ticker: ${NO_TEXT}`],
  [DELTA, '"market_ticker":"KXDEMO-26AUG01-T50",', '', `market_ticker: ${MISSING}`],
  [DELTA, '"2026-08-01T00:00:03Z"', '"yesterday"', `ts: ${NOT_A_TIME}`],
  [DELTA, '"2026-08-01T00:00:03Z"', '-1', `ts: ${NOT_A_TIME}`],
  [TICKER, '1785542400123', '1785542400', `ts_ms: ${TIME_OUT_OF_RANGE}`],
  [TRADE, '"seq":12', '"seq":{}', `seq: ${NO_TEXT}`],
  [TRADE, /"aaaa[^"]*"/, '[]', `trade_id: ${NO_TEXT}`],
  // Lifecycle.
  [CREATED, '"created"', '"invented"', `event_type: ${NOT_AN_ACTION}`],
  [CREATED, '"event_type":"created",', '', `event_type: ${MISSING}`],
  [CREATED, '4128.56', '"4128,56"', `floor_strike: ${NOT_A_DECIMAL}`],
  [CREATED, '"greater"', '5', `strike_type: ${NO_TEXT}`],
  [CREATED, '"step":"0.0010"', '"step":null', `step: ${NOT_A_DECIMAL}`],
  [CREATED, /"price_ranges":.*\]/, '"price_ranges":{}', `price_ranges: ${NO_LIST}`],
  [SETTLED, '1785546310', '"soon"', `settled_ts: ${NOT_A_TIME}`],
  [SETTLED, '"settled",', '"deactivated","is_deactivated":"yes",', `is_deactivated: ${NO_FLAG}`],
  // Envelopes.
  [DELTA, '"orderbook_delta"', '"orderbook_delta_v3"', `type: ${NOT_A_TYPE}`],
  [DELTA, '"type":"orderbook_delta",', '', `type: ${NOT_A_TYPE}`],
  [DELTA, '"type":"orderbook_delta"', '"type":null', `type: ${NOT_A_TYPE}`],
  [DELTA, /"msg":.*/, '"msg":null}', `msg: ${NO_OBJECT}`],
  [DELTA, /,"msg":.*/, '}', `msg: ${MISSING}`],
  [DELTA, '"side":"yes"', '"side":"yes","side":"no"', NAME_TWICE],
  [DELTA, /\}\}$/, '}', NOT_JSON],
  [DELTA, /^/, '[', NO_OBJECT],
  // Older generations, in cents.
  [
    `{"type":"trade","sid":8,"seq":12,"msg":{"market_ticker":"A","yes_price":41,"no_price":59,"count":3,"taker_side":"yes","ts":1785542401}}`,
    '',
    '',
    `yes_price: ${OLDER}`,
  ],
  [
    `{"type":"ticker","sid":7,"msg":{"market_ticker":"A","price":41,"yes_bid":40,"yes_ask":42,"ts":1785542400}}`,
    '',
    '',
    `price: ${OLDER}`,
  ],
  [
    `{"type":"orderbook_snapshot","sid":9,"seq":1,"msg":{"market_ticker":"A","yes":[[39,200]],"no":[[57,80]],"yes_dollars":[["0.39",200]],"no_dollars":[["0.57",80]]}}`,
    '',
    '',
    `yes: ${OLDER}`,
  ],
]

test('what does not fit is one unknown event with its reason, and nothing else of its frame', () => {
  for (const [frame, from, to, why] of ODD) {
    const odd = frame.replace(from, to)
    const reasons: string[] = []
    each([odd], (event) => {
      reasons.push(event.kind === EVENT.unknown ? event.reason : eventLine(event))
      assert.is(event.symbol === '', false, 'the name that the connector found')
    })
    assert.equal(reasons, [why], odd)
    // The next frame is read as if nothing had been.
    assert.not.match(linesOf([DELTA])[0] ?? '', /^unknown/)
  }
})

test('a frame that is cut anywhere is unknown', () => {
  for (const frame of SAMPLES) {
    for (let length = 0; length < frame.length; length++) {
      const lines = linesOf([Buffer.from(frame).subarray(0, length).toString('latin1')])
      assert.ok(lines.length === 1 && lines[0]?.startsWith('unknown'), `${length} of ${frame}`)
    }
  }
})

test('a sequence and an id above 2^53 stay as they are', () => {
  const frame = TRADE.replace('"seq":12', '"seq":18446744073709551617').replace(
    /"aaaa[^"]*"/,
    '18446744073709551618'
  )
  assert.match(linesOf([frame])[0] ?? '', /\t18446744073709551617\t18446744073709551618\t/)
})

test.run()
