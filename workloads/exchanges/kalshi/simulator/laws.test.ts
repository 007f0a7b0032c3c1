// The generated market against the laws of the real one, over many seeds and several windows each; the
// reader here parses the bytes as a client would and shares nothing with the generator.
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { checkKalshiLaws, type KalshiFrame } from '#testing/kalshi-laws.ts'
import { FrameWriter } from '../../../simulator/writer.ts'
import type { Frame } from '../../simulation/frame.ts'
import type { Deliver } from '../../simulation/venue.ts'
import { GeneratedMarkets } from './generated.ts'
import { KalshiSession } from './session.ts'

const test = suite('generated market')
const START = Date.UTC(2026, 10, 24, 23, 7, 31)

type Told = KalshiFrame & { msg: Record<string, unknown> }

/** Everything that a client subscribed to all channels is sent, as parsed frames and as text. */
function capture(seed: number, options: { minutes: number; frames: number; windowMs?: number }) {
  const exchange = new GeneratedMarkets({
    seed,
    markets: 4,
    startMs: START,
    windowMs: options.windowMs ?? 120_000,
  })
  const session = new KalshiSession(exchange)
  const texts: string[] = []
  const command = (value: object) => {
    for (const { kind, text } of session.receive(JSON.stringify(value), 0))
      if (kind === 'data') texts.push(text)
  }
  const writer = new FrameWriter(() => true)
  const take = (frame: Frame) => {
    for (const subscription of session.matching(frame.channel, frame.market)) {
      const seq = frame.seqAt < 0 ? 0 : subscription.nextSequence()
      writer.frame(frame, subscription.sid, seq)
      texts.push(writer.lastBytes.toString('utf8', writer.lastStart, writer.lastEnd))
      writer.flush()
    }
  }
  const open = () =>
    exchange.rest
      .markets()
      .filter((m) => m.status === 'active' || m.status === 'initialized')
      .map((m) => m.ticker)
  const known = new Set(open())
  command({
    id: 1,
    cmd: 'subscribe',
    params: { channels: ['orderbook_delta'], market_tickers: [...known] },
  })
  command({
    id: 2,
    cmd: 'subscribe',
    params: { channels: ['trade', 'ticker', 'market_lifecycle_v2'] },
  })
  const deliver: Deliver = { frame: take, wants: () => true }
  const slices = options.minutes * 6
  for (let slice = 1; slice <= slices; slice++) {
    exchange.advance(START + slice * 10_000, Math.ceil(options.frames / slices), deliver)
    for (const ticker of open())
      if (!known.has(ticker)) {
        known.add(ticker)
        command({
          id: 3,
          cmd: 'update_subscription',
          params: { sid: 1, action: 'add_markets', market_tickers: [ticker] },
        })
        // The answer used up a number of sid 1; the law checker sees only data.
        texts.push('{"type":"ok"}')
      }
  }
  return { texts, frames: texts.map((text) => JSON.parse(text) as Told) }
}

const dollars = (text: unknown) => Math.round(Number(text) * 10_000)

test('keeps the laws of recorded markets over many seeds and roll-overs', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const { frames } = capture(seed, { minutes: 5, frames: 3000 })
    const bySid = frames.filter((frame) => frame.type !== 'ok')
    const { problems, deltas, trades, snapshots } = checkKalshiLaws(
      bySid.map((frame) => (frame.sid === 1 ? { ...frame, seq: undefined as never } : frame))
    )
    assert.equal(problems, [], `seed ${seed}`)
    assert.ok(deltas > 1500 && trades > 30 && snapshots >= 8, `seed ${seed}: something of each`)
  }
})

test('numbers every frame of a sid by one, acks included', () => {
  const { frames } = capture(7, { minutes: 1, frames: 2000, windowMs: 900_000 })
  const last = new Map<number, number>()
  for (const { sid, seq } of frames) {
    if (sid === undefined || seq === undefined) continue
    assert.is(seq, (last.get(sid) ?? 0) + 1)
    last.set(sid, seq)
  }
  assert.ok((last.get(1) ?? 0) > 1000)
})

test('a market ends with its levels taken away at closing time, then a snapshot without sides', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { frames } = capture(seed, { minutes: 5, frames: 2000 })
    const ended = new Map<string, number>()
    for (const { type, msg } of frames) {
      if (type !== 'market_lifecycle_v2' || msg.event_type !== 'determined') continue
      ended.set(String(msg.market_ticker), 0)
    }
    assert.ok(ended.size >= 4, `seed ${seed}: at least one window ends`)
    for (const ticker of ended.keys()) {
      const own = frames.filter(
        (f) => f.type.startsWith('orderbook_') && f.msg.market_ticker === ticker
      )
      const lastDelta = own.findLastIndex((f) => f.type === 'orderbook_delta')
      const after = own.slice(lastDelta + 1)
      assert.ok(after.length === 1 || after.length === 2, `seed ${seed} ${ticker}: ${after.length}`)
      for (const frame of after)
        assert.equal(Object.keys(frame.msg), ['market_ticker', 'market_id'])
      const closeMs = own[lastDelta]?.msg.ts_ms as number
      const removals = own.filter((f) => f.msg.ts_ms === closeMs && f.type === 'orderbook_delta')
      assert.ok(
        removals.length > 5 && removals.every((f) => String(f.msg.delta_fp).startsWith('-'))
      )
      assert.is(closeMs % 60_000, 0, 'stamped with the closing time')
    }
  }
})

test('tells created, activated, determined and settled of a market, in that order', () => {
  const { frames } = capture(3, { minutes: 8, frames: 2000 })
  const told = new Map<string, string[]>()
  for (const { type, msg } of frames) {
    if (type !== 'market_lifecycle_v2' || msg.event_type === 'metadata_updated') continue
    const ticker = String(msg.market_ticker)
    told.set(ticker, [...(told.get(ticker) ?? []), String(msg.event_type)])
  }
  const whole = [...told.values()].filter((list) => list[0] === 'created' && list.length > 3)
  assert.ok(whole.length >= 4)
  for (const list of whole) assert.equal(list, ['created', 'activated', 'determined', 'settled'])
})

test('a ticker frame agrees with the book and the trades before it', () => {
  const { frames } = capture(11, { minutes: 3, frames: 6000 })
  const books = new Map<string, { yes: Map<number, number>; no: Map<number, number> }>()
  const last = new Map<string, string>()
  let checked = 0
  for (const { type, msg } of frames) {
    const ticker = String(msg?.market_ticker)
    if (type === 'orderbook_snapshot') {
      const side = (list: unknown) =>
        new Map(((list ?? []) as [string, string][]).map(([p, s]) => [dollars(p), dollars(s)]))
      books.set(ticker, { yes: side(msg.yes_dollars_fp), no: side(msg.no_dollars_fp) })
    } else if (type === 'orderbook_delta') {
      const side = books.get(ticker)?.[msg.side as 'yes' | 'no']
      const price = dollars(msg.price_dollars)
      const size = (side?.get(price) ?? 0) + dollars(msg.delta_fp)
      if (size === 0) side?.delete(price)
      else side?.set(price, size)
    } else if (type === 'trade') last.set(ticker, String(msg.yes_price_dollars))
    else if (type === 'ticker') {
      const book = books.get(ticker)
      if (!book) continue
      const bid = Math.max(0, ...book.yes.keys())
      const ask = 10_000 - Math.max(0, ...book.no.keys())
      assert.is(dollars(msg.yes_bid_dollars), bid)
      assert.is(dollars(msg.yes_ask_dollars), ask)
      assert.is(dollars(msg.yes_bid_size_fp), book.yes.get(bid) ?? 0)
      const price = last.get(ticker)
      if (price) assert.is(msg.price_dollars, price)
      checked++
    }
  }
  assert.ok(checked > 100)
})

test('writes the very bytes of the current generation', () => {
  const { texts } = capture(5, { minutes: 3, frames: 4000 })
  const id = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}'
  const market = 'KX[A-Z]+15M-26NOV24\\d{4}-\\d{2}'
  const price = '0\\.\\d\\d00'
  const shapes: Record<string, RegExp> = {
    orderbook_delta: new RegExp(
      `^{"type":"orderbook_delta","sid":\\d+,"seq":\\d+,"msg":{"market_ticker":"${market}","market_id":"${id}","price_dollars":"${price}","delta_fp":"-?\\d+\\.\\d\\d","side":"(yes|no)","ts":"2026-11-24T\\d\\d:\\d\\d:\\d\\d(\\.\\d{0,5}[1-9])?Z","ts_ms":\\d{13}}}$`
    ),
    trade: new RegExp(
      `^{"type":"trade","sid":\\d+,"seq":\\d+,"msg":{"trade_id":"${id}","market_ticker":"${market}","yes_price_dollars":"${price}","no_price_dollars":"${price}","count_fp":"\\d+\\.\\d\\d","taker_side":"(yes|no)","taker_outcome_side":"\\1","taker_book_side":"(bid|ask)","ts":\\d{10},"ts_ms":\\d{13}}}$`
    ),
    orderbook_snapshot: new RegExp(
      `^{"type":"orderbook_snapshot","sid":\\d+,"seq":\\d+,"msg":{"market_ticker":"${market}","market_id":"${id}"(,"yes_dollars_fp":\\[(\\["${price}","\\d+\\.\\d\\d"\\],?)+\\])?(,"no_dollars_fp":\\[(\\["${price}","\\d+\\.\\d\\d"\\],?)+\\])?}}$`
    ),
    ticker: new RegExp(
      `^{"type":"ticker","sid":\\d+,"msg":{"market_ticker":"${market}","market_id":"${id}","price_dollars":"(${price})?","yes_bid_dollars":"\\d\\.\\d{4}",.*"time":"[^"]+"}}$`
    ),
  }
  const seen = new Set<string>()
  for (const text of texts) {
    const type = /^{"type":"(\w+)"/.exec(text)?.[1] ?? ''
    const shape = shapes[type]
    if (!shape) continue
    seen.add(type)
    assert.match(text, shape)
  }
  assert.is(seen.size, 4)
})

test('the same seed and start give the same bytes, another seed others', () => {
  const first = capture(21, { minutes: 3, frames: 1000 }).texts
  assert.equal(capture(21, { minutes: 3, frames: 1000 }).texts, first)
  assert.not.equal(capture(22, { minutes: 3, frames: 1000 }).texts, first)
})

test.run()
