// Every fault of the simulated Kraken against the real connection of the connector, in virtual time: the gaps are those that
// the faults made, no more and no fewer, and the books are those of the exchange when it is over.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { GapEvent } from '#wire/events.ts'
import { Stage, type StageOptions } from './testing/stage.ts'

const test = suite('kraken faults')
const SEEDS =
  process.env.SSMD_FAULTS === 'all' ? Array.from({ length: 20 }, (_, i) => i + 1) : [1, 2]

/** A book that is wrong twice within a minute is not asked for at once: faults come more rarely. */
const EVERY = 'after: 2s, every: 70s, count: 4'
const FAULTS = 4

/** Long enough for all faults, and for everything to be well again. */
function play(options: StageOptions, ms = FAULTS * 70_000 + 20_000): Stage {
  const stage = new Stage(options)
  stage.run(ms, ms / 40)
  return stage
}

type Levels = { bids: Map<string, string>; asks: Map<string, string> }

/** What frames of books come to, by text alone: each symbol's last snapshot and all that came behind it. */
function booksOf(frames: readonly Buffer[], depth: number): Map<string, string> {
  const books = new Map<string, Levels>()
  for (const frame of frames) {
    const text = frame.toString('utf8')
    if (!text.startsWith('{"channel":"book"')) continue
    const symbol = /"symbol":"([^"]+)"/.exec(text)![1]!
    const isSnapshot = text.includes('"type":"snapshot"')
    const book = isSnapshot ? { bids: new Map(), asks: new Map() } : books.get(symbol)
    if (book === undefined) continue
    books.set(symbol, book)
    for (const side of ['bids', 'asks'] as const) {
      const list = new RegExp(`"${side}":\\[([^\\]]*)\\]`).exec(text)![1]!
      for (const [, price, quantity] of list.matchAll(/"price":([\d.]+),"qty":([\d.]+)/g)) {
        if (Number(quantity) === 0) book[side].delete(price!)
        else book[side].set(price!, quantity!)
      }
      for (const [price] of sorted(book[side], side).slice(depth)) book[side].delete(price)
    }
  }
  return new Map(
    [...books].map(([symbol, { bids, asks }]) => [
      symbol,
      JSON.stringify([sorted(bids, 'bids'), sorted(asks, 'asks')]),
    ])
  )
}

const sorted = (levels: ReadonlyMap<string, string>, side: 'bids' | 'asks') =>
  [...levels].sort(([a], [b]) => (side === 'bids' ? Number(b) - Number(a) : Number(a) - Number(b)))

/** Ends the connection: the books that were captured, and those that the exchange has now. */
function booksAtEnd(stage: Stage, depth: number) {
  stage.end()
  const client = stage.exchange.connect('/v2')
  const symbol = ['BTC/USD', 'ETH/USD', 'SOL/USD']
  client.send(JSON.stringify({ method: 'subscribe', params: { channel: 'book', symbol, depth } }))
  const now = booksOf(client.frames, depth)
  client.leave()
  assert.is(now.size, 3)
  const captured = stage.publisher.frames.map(({ payload }) => payload)
  return { captured: [...booksOf(captured, depth)].sort(), now: [...now].sort() }
}

function assertSameBooks(stage: Stage, depth = 10): void {
  const { captured, now } = booksAtEnd(stage, depth)
  assert.equal(captured, now)
}

/** Frames are archived as they were sent, each once. */
function assertUnderstood(stage: Stage): void {
  const odd = stage.publisher.frames.filter(({ type }) => type === 'unknown')
  assert.equal(odd, [])
  assert.is(stage.stats.understood, stage.stats.frames)
}

const causes = (gaps: readonly GapEvent[]): string => gaps.map(({ cause }) => cause).join(' ')

for (const seed of SEEDS) {
  test(`without a fault there is no gap, and nothing that is not understood (seed ${seed})`, () => {
    for (const depth of [10, 25, 1000]) {
      const stage = play({ seed, depth }, 10_000)
      assert.ok(stage.session.refusals().length === 0)
      assertSameBooks(stage, depth)
      assert.equal(stage.gaps(), [])
      assertUnderstood(stage)
      const types = new Set(stage.publisher.frames.map(({ type }) => type))
      for (const type of ['book', 'trade', 'ticker', 'instrument', 'status', 'subscribe']) {
        assert.ok(types.has(type), type)
      }
    }
  })

  const table: readonly (readonly [
    name: string,
    fault: string,
    depth: number,
    gaps: (struck: number) => readonly GapEvent['cause'][],
  ])[] = [
    ['a skipped change of a book', 'skip, channel: book', 10, sums('exchange-checksum')],
    ['a skipped change of a deep book', 'skip, channel: book', 100, sums('exchange-checksum')],
    ['a skipped trade', 'skip, channel: trade', 10, sums('exchange-sequence')],
    ['a doubled change of a book', 'duplicate, channel: book', 10, () => []],
    ['a doubled trade', 'duplicate, channel: trade', 10, () => []],
    ['changes of a book out of order', 'reorder, channel: book', 10, sums('exchange-checksum')],
    ['trades out of order', 'reorder, channel: trade', 10, () => []],
    ['a wrong digit among the best ten levels', 'wrongDigit', 25, sums('exchange-checksum')],
    ['a wrong checksum', 'wrongChecksum', 10, sums('exchange-checksum')],
    ['a key that nobody knows', 'drift', 10, () => []],
    ['an exchange that stands still', 'freeze, for: 500ms', 10, () => []],
    ['books that stand still', 'freeze, for: 500ms, channel: book', 10, () => []],
  ]
  for (const [name, fault, depth, expected] of table) {
    test(`${name}: the gaps are those of the faults (seed ${seed})`, () => {
      const faults = `[{kind: ${fault}, ${EVERY}}]`
      const stage = play({ seed, faults, depth })
      const struck = Object.values(stage.exchange.schedule.counts).reduce((a, b) => a + b, 0)
      assert.is(struck, FAULTS)
      assertSameBooks(stage, depth)
      stage.end()
      assert.is(causes(stage.gaps()), expected(struck).join(' '))
      assertUnderstood(stage)
      assert.is(stage.dials, 1)
      const rebuilds = stage.publisher.events('rebuild').length
      assert.is(rebuilds, stage.gaps('exchange-checksum').length)
    })
  }

  test(`a wrong digit below the best ten levels is not seen: no checksum covers it (seed ${seed})`, () => {
    const faults = '[{kind: wrongDigitBelow, after: 2s, count: 1}]'
    const stage = new Stage({ seed, faults, depth: 1000 })
    stage.run(1_900, 40)
    while (stage.exchange.schedule.counts.wrongDigitBelow === undefined) stage.run(50, 2)
    stage.run(500, 4)
    const { captured, now } = booksAtEnd(stage, 1000)
    assert.not.equal(captured, now)
    assert.equal(stage.gaps(), [])
  })

  test(`a skipped trade is counted, and its symbol named (seed ${seed})`, () => {
    const faults = '[{kind: skip, channel: trade, after: 2s, count: 1}]'
    const stage = play({ seed, faults }, 60_000)
    stage.end()
    const [gap] = stage.gaps()
    assert.is(gap?.channel, 'trade')
    assert.is(gap?.symbols?.length, 1)
    const ids = stage.publisher.frames
      .filter(({ type, symbol }) => type === 'trade' && symbol === gap?.symbols?.[0])
      .flatMap(({ payload }) =>
        [...payload.toString('utf8').matchAll(/"trade_id":(\d+)/g)].map(([, id]) => Number(id))
      )
    const missing = ids.at(-1)! - ids[0]! + 1 - new Set(ids).size
    assert.ok(missing >= 1)
    assert.is(gap?.missing, missing)
    assert.is(gap!.toSequence - gap!.fromSequence + 1, missing)
  })

  test(`a connection that is cut is made anew, and its books with it (seed ${seed})`, () => {
    const stage = play({ seed, faults: '[{kind: cut, after: 2s, every: 4s, count: 3}]' }, 20_000)
    assertSameBooks(stage)
    assert.is(stage.dials, 4)
    assert.equal(stage.gaps(), [])
    assert.is(stage.publisher.events('close').length, 4)
  })

  test(`a client that does not read is cut, and comes again (seed ${seed})`, () => {
    const stage = new Stage({ seed })
    stage.run(2_000, 100)
    const [client] = [...stage.exchange.hub.clients]
    stage.exchange.hub.answer(client!, client!.session.overflowed(stage.exchange.nowMs))
    stage.run(2_000, 100)
    assertSameBooks(stage)
    assert.is(stage.dials, 2)
  })

  test(`refused handshakes are tried again (seed ${seed})`, () => {
    const faults = '[{kind: tooManyRequests, count: 2}, {kind: unauthorized, count: 1}]'
    const stage = play({ seed, faults }, 10_000)
    stage.end()
    assert.is(stage.refusals, 3)
    assert.is(stage.dials, 1)
    assert.equal(stage.gaps(), [])
  })
}

/** One gap for each fault. */
function sums(cause: GapEvent['cause']) {
  return (struck: number): GapEvent['cause'][] => Array.from({ length: struck }, () => cause)
}

test('a symbol that the exchange does not have is refused in its words, and the others are captured', () => {
  const stage = new Stage({ seed: 1, symbols: ['BTC/USD', 'NOPE/USD', 'ETH/USD', 'SOL/USD'] })
  stage.run(3_000, 200)
  const refusals = stage.session.refusals()
  assert.equal(
    refusals.map(({ channel, symbols, words }) => [channel, symbols, words]),
    ['book', 'trade', 'ticker'].map((channel) => [
      channel,
      ['NOPE/USD'],
      'Currency pair not supported NOPE/USD',
    ])
  )
  assertSameBooks(stage)
  assert.is(stage.publisher.events('ready').length, 1)
})

test('a channel that the exchange does not have is refused in its words, and the others are captured', () => {
  const stage = new Stage({ seed: 1, channels: ['book', 'level9'] })
  stage.run(3_000, 200)
  const [refusal, ...more] = stage.session.refusals()
  assert.equal(more, [])
  assert.is(refusal?.channel, 'level9')
  assert.is(refusal?.words, 'Subscription name invalid')
  assertSameBooks(stage)
})

test.run()
