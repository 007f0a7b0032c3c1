// test: limit 300s
// Every fault of the simulated exchange, in virtual time, through session, connector and archive: the manifest names exactly
// the gaps that were injected, and the books afterwards are those of the exchange. Two seeds of each, twenty with
// SSMD_FAULTS=all.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/format/manifest.ts'
import { manifestOf, readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { decimalText } from '#market/decimal.ts'
import { EVENT, FLAG, SIDE } from '#market/event.ts'
import { VirtualExchange } from '../../simulator/testing/virtual-exchange.ts'
import { DAY, START_MS, VirtualCapture } from '../protocol/testing/virtual-capture.ts'
import { coinbase } from './adapter.ts'
import { createNormalizer } from './normalize.ts'
import { type CoinbaseVenueOptions, createVenue } from './simulator/venue.ts'
import { booksOf } from './testing/books.ts'

const test = suite('coinbase faults')
const SEEDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2
const CHANNELS = ['level2', 'market_trades', 'ticker']
const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD']

type Result = {
  readonly gaps: readonly Gap[]
  readonly counts: Readonly<Record<string, number>>
  readonly late: number
  readonly repeated: number
  readonly capture: VirtualCapture
  readonly exchange: VirtualExchange
  readonly lines: readonly string[]
}

/** The book that a subscription would begin with now. */
function bookOf(exchange: VirtualExchange, symbol: string): { bids: unknown; asks: unknown } {
  const client = exchange.connect('/')
  exchange.advance(1_000, 0)
  client.send(JSON.stringify({ type: 'subscribe', channel: 'level2', product_ids: [symbol] }))
  const [snapshot] = client.frames
  const sides: [string, string][][] = [[], []]
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  createNormalizer().normalize(snapshot!, header, (event) => {
    assert.is(event.kind, EVENT.bookSnapshot)
    assert.is(event.flags & FLAG.empty, 0)
    const level: [string, string] = [
      decimalText(event.price, event.priceScale),
      decimalText(event.size, event.sizeScale),
    ]
    sides[event.side === SIDE.bid ? 0 : 1]!.push(level)
  })
  client.leave()
  return { bids: sides[0], asks: sides[1] }
}

async function captured(
  seed: number,
  faults: string,
  options: {
    readonly own?: CoinbaseVenueOptions
    readonly bufferLimitBytes?: number
    /** Before it begins. */
    readonly first?: (exchange: VirtualExchange) => void
    /** Between the two halves. */
    readonly middle?: (capture: VirtualCapture, exchange: VirtualExchange) => void
    /** For what waits, and for books that are rebuilt. */
    readonly restMs?: number
  } = {}
): Promise<Result> {
  using folder = temporaryFolder()
  const { own, bufferLimitBytes, restMs = 3_000 } = options
  const exchange = new VirtualExchange({
    venue: createVenue(own),
    seed,
    markets: SYMBOLS.length,
    startMs: START_MS,
    faults,
    ...(bufferLimitBytes === undefined ? {} : { bufferLimitBytes }),
  })
  const capture = new VirtualCapture({
    exchange,
    adapter: coinbase,
    symbols: SYMBOLS,
    channels: CHANNELS,
  })
  options.first?.(exchange)
  await capture.run(4_000, 300)
  options.middle?.(capture, exchange)
  await capture.run(4_000, 300)
  await capture.run(restMs, 0)
  const expected = SYMBOLS.map((symbol) => bookOf(exchange, symbol))
  capture.stop()
  await capture.archive(folder.path)
  const manifest = manifestOf(folder.path, DAY)
  const lines = [...readBack(folder.path)].sort(([a], [b]) => order(a, b)).map(([, line]) => line)
  const last = manifest.connections.at(-1)!
  const { books, unknown } = booksOf(lines.filter((line) => line.includes(`"conn":"${last.id}"`)))
  assert.equal(unknown, [])
  for (const [i, symbol] of SYMBOLS.entries()) {
    const book = books.get(symbol)
    const { bids, asks } = expected[i]!
    assert.is(book?.isWhole, true, symbol)
    assert.equal([book?.side(0), book?.side(1)], [bids, asks], symbol)
  }
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const sum = (of: 'late' | 'repeated') =>
    manifest.connections.reduce((total, one) => total + (one[of] ?? 0), 0)
  return {
    // The end of the capture itself is no fault.
    gaps: manifest.gaps.filter(({ cause }) => cause !== 'connector-stopped'),
    counts: exchange.schedule.counts,
    late: sum('late'),
    repeated: sum('repeated'),
    capture,
    exchange,
    lines,
  }
}

function order(a: string, b: string): number {
  const [one, first] = a.split(' ') as [string, string]
  const [other, second] = b.split(' ') as [string, string]
  return one === other ? Number(first) - Number(second) : one < other ? -1 : 1
}

const causes = (gaps: readonly Gap[]) => gaps.map(({ cause }) => cause)
const times = (cause: string, count: number) => Array.from({ length: count }, () => cause)
const gapCount = (gaps: readonly Gap[]) => gaps.reduce((sum, { count = 1 }) => sum + count, 0)

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`seed ${seed}: without a fault there is no gap, and every frame is archived byte for byte`, async () => {
    const { gaps, capture, lines, late, repeated } = await captured(seed, '[]')
    assert.equal([gaps, late, repeated], [[], 0, 0])
    assert.is(capture.readyCount, 1)
    const archived = lines.flatMap((line) => {
      const at = line.indexOf('"frame":')
      return at < 0 ? [] : line.slice(at + 8, -1)
    })
    const received = capture.publisher.frames.map(({ payload }) => payload.toString())
    assert.ok(received.length > 500)
    assert.equal(archived.sort(), received.sort())
    assert.equal(
      capture.publisher.frames.filter(({ type }) => type === 'unknown'),
      []
    )
    assert.ok(received.some((text) => text.includes('"updates":[]')))
  })

  test(`seed ${seed}: each frame that is left out is one gap with its number, and every book is rebuilt`, async () => {
    const { gaps, counts, lines } = await captured(
      seed,
      '[{kind: skip, after: 1s, every: 700ms, count: 7}]',
      { restMs: 12_000 }
    )
    assert.is(counts.skip, 7)
    assert.is(gapCount(gaps), 7)
    for (const { cause, sequences, missing } of gaps) {
      assert.equal([cause, missing], ['exchange-sequence', 1])
      assert.is(sequences![0], sequences![1])
    }
    const told = lines.filter((line) => line.includes('"event":{"kind":"gap"'))
    assert.is(told.length, 7)
    for (const line of told) {
      assert.match(line, /"channel":"","symbols":\["BTC-USD","ETH-USD","SOL-USD"\]/)
    }
    const rebuilds = lines.filter((line) => line.includes('"kind":"rebuild"'))
    assert.ok(rebuilds.length >= 2 && rebuilds.length <= 7, `${rebuilds.length} rebuilds`)
    for (const line of rebuilds) assert.match(line, /"how":"resubscribe","symbols":3/)
  })

  test(`seed ${seed}: frames that come twice are no gap`, async () => {
    const { gaps, counts, repeated } = await captured(
      seed,
      '[{kind: duplicate, after: 1s, every: 500ms, count: 9}]'
    )
    assert.equal([causes(gaps), counts.duplicate, repeated], [[], 9, 9])
  })

  test(`seed ${seed}: frames out of order are no gap in the end`, async () => {
    const { gaps, counts, late } = await captured(
      seed,
      '[{kind: reorder, after: 1s, every: 500ms, count: 9}]'
    )
    assert.equal([causes(gaps), counts.reorder, late], [[], 9, 9])
  })

  test(`seed ${seed}: an exchange that stands still, and one channel that does, are no gap, for heartbeats come`, async () => {
    const faults =
      '[{kind: freeze, after: 1s, for: 2s}, {kind: freeze, channel: market_trades, after: 5s, for: 1s}]'
    const { gaps, counts, capture } = await captured(seed, faults)
    assert.equal([causes(gaps), counts.freeze], [[], 2])
    const beats = capture.publisher.frames.filter(({ type }) => type === 'heartbeats')
    assert.ok(beats.length >= 9, `${beats.length} heartbeats`)
  })

  test(`seed ${seed}: each cut is one gap until the next connection is ready`, async () => {
    const { gaps, counts, capture } = await captured(
      seed,
      '[{kind: cut, after: 1s, every: 2s, count: 3}]'
    )
    assert.equal(causes(gaps), times('disconnected', 3))
    assert.is(counts.cut, 3)
    assert.is(capture.readyCount, 4)
    for (const { from, to } of gaps) assert.ok(to !== null && to > from)
  })

  test(`seed ${seed}: frames with keys that are not known are read all the same`, async () => {
    const { gaps, counts } = await captured(
      seed,
      '[{kind: drift, after: 1s, every: 200ms, count: 20}]'
    )
    assert.equal([causes(gaps), counts.drift], [[], 20])
  })

  test(`seed ${seed}: told to wait at the door, it waits, and nothing is missing`, async () => {
    const { gaps, counts, capture } = await captured(seed, '[{kind: tooManyRequests, count: 3}]')
    assert.equal([causes(gaps), counts.tooManyRequests], [[], 3])
    assert.is(capture.refusedDials, 3)
  })

  test(`seed ${seed}: a reader that is too slow is cut off, which is one gap`, async () => {
    const { gaps, exchange } = await captured(seed, '[]', {
      bufferLimitBytes: 1_000_000,
      middle(capture) {
        capture.client!.unread = 2_000_000
      },
    })
    assert.is(exchange.hub.overflows, 1)
    assert.equal(causes(gaps), ['disconnected'])
  })

  test(`seed ${seed}: data before an ack is data`, async () => {
    const { gaps, capture } = await captured(seed, '[]', { own: { limits: { ackMs: 700 } } })
    assert.equal([causes(gaps), capture.readyCount], [[], 1])
  })
}

/** The first frames of each connection do not arrive. */
function losesFirst(exchange: VirtualExchange, count: number): void {
  const dial = exchange.dial.bind(exchange)
  exchange.dial = (target) => {
    const client = dial(target)
    if ('status' in client) return client
    let take: (frame: Buffer) => void = () => {}
    let came = 0
    return Object.defineProperty(client, 'onFrame', {
      set: (taken) => {
        take = taken
      },
      get: () => (frame: Buffer) => {
        if (++came > count) take(frame)
      },
    })
  }
}

test('what a connection begins with and does not arrive is one gap, from number 0 on', async () => {
  const { gaps, lines } = await captured(1, '[]', {
    first: (exchange) => losesFirst(exchange, 2),
    restMs: 20_000,
  })
  const found = gaps.map(({ cause, sequences, missing }) => [cause, sequences, missing])
  assert.equal(found, [['exchange-sequence', [0, 1], 2]])
  assert.ok(lines.some((line) => line.includes('the first frames of the connection')))
})

test('a product that the exchange does not have is refused with its words; the others are captured', async () => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 2, startMs: START_MS })
  const symbols = ['BTC-USD', 'NOPE-USD', 'ETH-USD']
  const capture = new VirtualCapture({ exchange, adapter: coinbase, symbols, channels: CHANNELS })
  await capture.run(6_000, 200)
  const refusals = capture.connection!.refusals()
  assert.equal(
    refusals.map(({ channel, symbols: some, words }) => [channel, some, words]),
    CHANNELS.map((channel) => [channel, ['NOPE-USD'], 'failure to subscribe'])
  )
  assert.is(capture.readyCount, 1)
  capture.stop()
  const seen = new Set(capture.publisher.frames.map(({ symbol }) => symbol))
  assert.ok(seen.has('BTC-USD') && seen.has('ETH-USD'))
})

test('a book of 44,000 levels comes as one frame of megabytes, and is archived and read', async () => {
  const exchange = new VirtualExchange({
    venue: createVenue({ depth: 30_000 }),
    markets: 1,
    startMs: START_MS,
  })
  const channels = ['level2']
  const capture = new VirtualCapture({
    exchange,
    adapter: coinbase,
    symbols: ['BTC-USD'],
    channels,
  })
  // As the server of nats that is shipped takes it.
  capture.publisher.maxBytes = 8_000_000
  await capture.run(1_000, 100)
  capture.stop()
  const snapshot = capture.publisher.frames.find(({ payload }) => payload.includes('"snapshot"'))!
  assert.ok(snapshot.payload.length > 4_000_000, `${snapshot.payload.length} bytes`)
  assert.equal([snapshot.type, snapshot.symbol, snapshot.sequence], ['l2_data', 'BTC-USD', 1])
  let levels = 0
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  createNormalizer().normalize(snapshot.payload, header, (event) => {
    if (event.kind === EVENT.bookSnapshot) levels++
  })
  assert.ok(levels > 40_000, `${levels} levels`)
})

test.run()
