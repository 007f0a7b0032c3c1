// test: limit 300s
// Every fault of the simulated Kraken, in virtual time, through session, connector and archive: the manifest names exactly the
// gaps that the faults made, and the books afterwards are those of the exchange. Two seeds of each, twenty with
// SSMD_FAULTS=all.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/format/manifest.ts'
import { manifestOf, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { VirtualExchange } from '../../simulator/testing/virtual-exchange.ts'
import { DAY, START_MS, VirtualCapture } from '../protocol/testing/virtual-capture.ts'
import { kraken } from './adapter.ts'
import { venue } from './simulator/venue.ts'

const test = suite('kraken faults')
const SEEDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'SOL/USD']
const CHANNELS = ['book', 'trade', 'ticker', 'instrument']

/** A book that is wrong twice within a minute is not asked for at once: faults come more rarely. */
const FAULTS = 3
const EVERY = `after: 2s, every: 70s, count: ${FAULTS}`
/** Until the last of them has shown, and everything is well again. */
const ALL_MS = 2_000 + (FAULTS - 1) * 70_000 + 30_000
const PER_SECOND = 50

type Options = {
  readonly seed: number
  readonly faults?: string
  readonly depth?: number
  readonly channels?: readonly string[]
  readonly symbols?: readonly string[]
}

function start({ seed, faults, depth = 10, channels = CHANNELS, symbols = SYMBOLS }: Options) {
  const exchange = new VirtualExchange({
    venue,
    seed,
    markets: SYMBOLS.length,
    startMs: START_MS,
    ...(faults === undefined ? {} : { faults }),
  })
  const capture = new VirtualCapture({
    exchange,
    adapter: kraken,
    symbols,
    channels,
    path: '/v2',
    bookDepth: depth,
  })
  return { exchange, capture, depth }
}

/** Ends the capture: the gaps of its archive, and the books that were captured beside those that the exchange has now. */
async function finish({ exchange, capture, depth }: ReturnType<typeof start>) {
  const client = exchange.connect('/v2')
  const params = { channel: 'book', symbol: SYMBOLS, depth }
  client.send(JSON.stringify({ method: 'subscribe', params }))
  const now = booksOf(client.frames, depth)
  client.leave()
  assert.is(now.size, SYMBOLS.length)
  capture.stop()
  using folder = temporaryFolder()
  await capture.archive(folder.path)
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const { gaps } = manifestOf(folder.path, DAY)
  const frames = capture.publisher.frames.map(({ payload }) => payload)
  return {
    // The end of the capture itself is no fault.
    gaps: gaps.filter(({ cause }) => cause !== 'connector-stopped'),
    captured: [...booksOf(frames, depth)].sort(),
    now: [...now].sort(),
    struck: Object.values(exchange.schedule.counts).reduce((a, b) => a + b, 0),
  }
}

async function play(options: Options, ms = ALL_MS) {
  const run = start(options)
  await run.capture.run(ms, PER_SECOND)
  return { ...run, ...(await finish(run)) }
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

/** Every frame is understood. */
function assertUnderstood({ publisher, stats }: VirtualCapture): void {
  assert.equal(
    publisher.frames.filter(({ type }) => type === 'unknown'),
    []
  )
  assert.is(stats.missed, 0)
}

const causes = (gaps: readonly Gap[]): string => gaps.map(({ cause }) => cause).join(' ')

type Row = readonly [name: string, fault: string, depth: number, cause: Gap['cause'] | null]
const TABLE: readonly Row[] = [
  ['a skipped change of a book', 'skip, channel: book', 10, 'exchange-checksum'],
  ['a skipped change of a deep book', 'skip, channel: book', 100, 'exchange-checksum'],
  ['a skipped trade', 'skip, channel: trade', 10, 'exchange-sequence'],
  ['a doubled change of a book', 'duplicate, channel: book', 10, null],
  ['a doubled trade', 'duplicate, channel: trade', 10, null],
  ['changes of a book out of order', 'reorder, channel: book', 10, 'exchange-checksum'],
  ['trades out of order', 'reorder, channel: trade', 10, null],
  ['a wrong digit among the best ten levels', 'wrongDigit', 25, 'exchange-checksum'],
  ['a wrong checksum', 'wrongChecksum', 10, 'exchange-checksum'],
  ['a key that nobody knows', 'drift', 10, null],
  ['an exchange that stands still', 'freeze, for: 500ms', 10, null],
  ['books that stand still', 'freeze, for: 500ms, channel: book', 10, null],
]

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`without a fault there is no gap, and nothing that is not understood (seed ${seed})`, async () => {
    for (const depth of [10, 25, 1000]) {
      const { capture, captured, now, gaps } = await play({ seed, depth }, 10_000)
      assert.equal(captured, now)
      assert.equal(gaps, [])
      assertUnderstood(capture)
      const types = new Set(capture.publisher.frames.map(({ type }) => type))
      for (const type of [...CHANNELS, 'status', 'subscribe', 'pong']) {
        assert.ok(types.has(type), type)
      }
    }
  })

  for (const [name, fault, depth, cause] of TABLE) {
    test(`${name}: the gaps are those of the faults (seed ${seed})`, async () => {
      const faults = `[{kind: ${fault}, ${EVERY}}]`
      const { capture, captured, now, gaps, struck } = await play({ seed, faults, depth })
      assert.is(struck, FAULTS)
      assert.equal(captured, now)
      const expected = cause === null ? [] : Array.from({ length: FAULTS }, () => cause)
      assert.is(causes(gaps), expected.join(' '))
      assertUnderstood(capture)
      assert.is(capture.stats.gaps, capture.publisher.events('gap').length)
      assert.is(capture.connections, 1)
      const isBook = cause === 'exchange-checksum'
      assert.is(capture.publisher.events('rebuild').length, isBook ? FAULTS : 0)
      for (const gap of gaps) {
        assert.is(gap.channel, isBook ? 'book' : 'trade')
        assert.match(gap.detail, /^(BTC|ETH|SOL)\/USD[:,] /)
      }
    })
  }

  test(`a wrong digit far below the best ten levels is not seen: no checksum covers it (seed ${seed})`, async () => {
    const faults = '[{kind: wrongDigitBelow, after: 2s, count: 1}]'
    const run = start({ seed, faults, depth: 1000 })
    while (run.exchange.schedule.counts.wrongDigitBelow === undefined) {
      await run.capture.run(20, PER_SECOND)
    }
    const { gaps, captured, now } = await finish(run)
    assert.not.equal(captured, now)
    assert.equal(gaps, [])
  })

  test(`a skipped trade is counted (seed ${seed})`, async () => {
    const faults = '[{kind: skip, channel: trade, after: 2s, count: 1}]'
    const { capture, gaps } = await play({ seed, faults }, 30_000)
    const [gap] = gaps
    const symbol = /^[^,]+/.exec(gap!.detail)![0]
    const ids = capture.publisher.frames
      .filter((frame) => frame.type === 'trade' && frame.symbol === symbol)
      .flatMap(({ payload }) =>
        [...payload.toString('utf8').matchAll(/"trade_id":(\d+)/g)].map(([, id]) => Number(id))
      )
    const missing = ids.at(-1)! - ids[0]! + 1 - new Set(ids).size
    assert.ok(missing >= 1)
    assert.is(gap?.missing, missing)
    assert.is(gap!.sequences![1] - gap!.sequences![0] + 1, missing)
  })

  test(`a connection that is cut is made again, and its books with it (seed ${seed})`, async () => {
    const faults = '[{kind: cut, after: 2s, every: 4s, count: 3}]'
    const { capture, captured, now, gaps } = await play({ seed, faults }, 20_000)
    assert.equal(captured, now)
    assert.is(capture.connections, 4)
    assert.is(causes(gaps), 'disconnected disconnected disconnected')
  })

  test(`a client that does not read is cut, and comes again (seed ${seed})`, async () => {
    const run = start({ seed })
    await run.capture.run(2_000, PER_SECOND)
    const [client] = [...run.exchange.hub.clients]
    run.exchange.hub.answer(client!, client!.session.overflowed(run.exchange.nowMs))
    await run.capture.run(2_000, PER_SECOND)
    const { captured, now, gaps } = await finish(run)
    assert.equal(captured, now)
    assert.is(run.capture.connections, 2)
    assert.is(causes(gaps), 'disconnected')
  })

  test(`refused handshakes are tried again (seed ${seed})`, async () => {
    const faults = '[{kind: tooManyRequests, count: 2}, {kind: unauthorized, count: 1}]'
    const { capture, gaps } = await play({ seed, faults }, 8_000)
    assert.is(capture.refusedDials, 3)
    assert.is(capture.connections, 1)
    assert.equal(gaps, [])
  })
}

test('a symbol that the exchange does not have is refused in its words, and the others are captured', async () => {
  const run = start({ seed: 1, symbols: ['BTC/USD', 'NOPE/USD', 'ETH/USD', 'SOL/USD'] })
  await run.capture.run(3_000, PER_SECOND)
  const refusals = run.capture.connection!.refusals()
  assert.equal(
    refusals.map(({ channel, symbols, words }) => [channel, symbols, words]),
    ['book', 'trade', 'ticker'].map((channel) => [
      channel,
      ['NOPE/USD'],
      'Currency pair not supported NOPE/USD',
    ])
  )
  const { captured, now, gaps } = await finish(run)
  assert.equal(captured, now)
  assert.equal(gaps, [])
  assert.is(run.capture.readyCount, 1)
})

test('a channel that the exchange does not have is refused in its words, and the others are captured', async () => {
  const run = start({ seed: 1, channels: ['book', 'level9'] })
  await run.capture.run(3_000, PER_SECOND)
  const [refusal, ...more] = run.capture.connection!.refusals()
  assert.equal(more, [])
  assert.is(refusal?.channel, 'level9')
  assert.is(refusal?.words, 'Subscription name invalid')
  const { captured, now } = await finish(run)
  assert.equal(captured, now)
})

test.run()
