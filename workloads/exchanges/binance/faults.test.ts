// test: limit 300s
// Every fault of the simulated exchange, in virtual time, through session, connector and archive: the manifest names exactly
// the gaps that were injected, and the books afterwards are those of the exchange. Two seeds of each, twenty with
// SSMD_FAULTS=all.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/format/manifest.ts'
import { manifestOf, readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { VirtualExchange } from '../../simulator/testing/virtual-exchange.ts'
import { DAY, START_MS, VirtualCapture } from '../protocol/testing/virtual-capture.ts'
import { binance } from './adapter.ts'
import { type BinanceVenueOptions, createVenue } from './simulator/venue.ts'
import { booksOf, levelsOf } from './testing/books.ts'

const test = suite('binance faults')
const SEEDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2
const CHANNELS = ['depth@100ms', 'trade', 'bookTicker']

const captureOf = (exchange: VirtualExchange, symbols: readonly string[] = SYMBOLS) =>
  new VirtualCapture({ exchange, adapter: binance, symbols, channels: CHANNELS, path: '/stream' })
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']

type Result = {
  readonly gaps: readonly Gap[]
  readonly counts: Readonly<Record<string, number>>
  readonly late: number
  readonly repeated: number
  readonly capture: VirtualCapture
  readonly exchange: VirtualExchange
  readonly lines: readonly string[]
}

async function captured(
  seed: number,
  faults: string,
  options: {
    readonly own?: BinanceVenueOptions
    readonly bufferLimitBytes?: number
    /** Between the two halves. */
    readonly middle?: (capture: VirtualCapture, exchange: VirtualExchange) => void
    readonly ms?: number
  } = {}
): Promise<Result> {
  using folder = temporaryFolder()
  const { own, bufferLimitBytes, ms = 8_000 } = options
  const exchange = new VirtualExchange({
    venue: createVenue(own),
    seed,
    markets: SYMBOLS.length,
    startMs: START_MS,
    faults,
    ...(bufferLimitBytes === undefined ? {} : { bufferLimitBytes }),
  })
  const capture = captureOf(exchange)
  await capture.run(ms / 2, 300)
  options.middle?.(capture, exchange)
  await capture.run(ms / 2, 300)
  // What waits is sent, and books that are rebuilt have the time for it.
  await capture.run(4_000, 0)
  const expected = SYMBOLS.map(
    (symbol) => exchange.rest(`/api/v3/depth?symbol=${symbol}&limit=5000`).body
  )
  capture.stop()
  await capture.archive(folder.path)
  const manifest = manifestOf(folder.path, DAY)
  const lines = [...readBack(folder.path)].sort(([a], [b]) => order(a, b)).map(([, line]) => line)
  const last = manifest.connections.at(-1)!
  const {
    books,
    own: products,
    unknown,
  } = booksOf(lines.filter((line) => line.includes(`"conn":"${last.id}"`)))
  assert.equal(unknown, [])
  for (const [i, symbol] of SYMBOLS.entries()) {
    const book = books.get(symbol)
    const { bids, asks } = expected[i] as { bids: unknown; asks: unknown }
    assert.is(book?.state, 'live', symbol)
    assert.equal([book?.side(0), book?.side(1)], [bids, asks], symbol)
    const product = products.get(symbol)!
    assert.is(product.state, 'live', symbol)
    assert.equal([levelsOf(product, 0), levelsOf(product, 1)], [bids, asks], symbol)
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
    const archived = lines.filter((line) => line.includes('"frame":{"stream"'))
    assert.is(
      archived.length,
      capture.publisher.frames.filter(({ payload }) => payload.includes('"stream"')).length
    )
    assert.ok(archived.length > 1_000)
    const snapshots = lines.filter((line) => line.includes('"type":"depthSnapshot"'))
    assert.is(snapshots.length, 3)
    const origins = lines.filter((line) => line.includes('"kind":"fetched"'))
    assert.is(origins.length, 3)
    assert.match(
      origins[0]!,
      /"url":"http:\/\/exchange\/api\/v3\/depth\?symbol=[A-Z]+&limit=100","status":200/
    )
  })

  test(`seed ${seed}: each frame that is left out is one gap with its ids, and the book is rebuilt`, async () => {
    const { gaps, counts, lines } = await captured(
      seed,
      '[{kind: skip, after: 1s, every: 700ms, count: 7}]'
    )
    assert.is(counts.skip, 7)
    assert.is(gapCount(gaps), 7)
    for (const { cause, sequences, missing } of gaps) {
      assert.is(cause, 'exchange-sequence')
      assert.ok(sequences![1] >= sequences![0] && missing! > 0)
    }
    const depthGaps = gaps.filter(({ channel }) => channel === 'depth@100ms')
    const rebuilds = lines.filter((line) => line.includes('"kind":"rebuild"'))
    assert.is(rebuilds.length, gapCount(depthGaps))
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

  test(`seed ${seed}: a stream that stands still, and one channel that does, are no gap`, async () => {
    const faults =
      '[{kind: freeze, after: 1s, for: 2s}, {kind: freeze, channel: trade, after: 5s, for: 1s}]'
    const { gaps, counts } = await captured(seed, faults)
    assert.equal([causes(gaps), counts.freeze], [[], 2])
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

  test(`seed ${seed}: a snapshot older than the updates is asked for again`, async () => {
    const faults =
      '[{kind: stale, after: 0s}, {kind: skip, channel: depth@100ms, after: 2s}, {kind: stale, after: 2s, count: 2}]'
    const { gaps, lines } = await captured(seed, faults)
    assert.equal(causes(gaps), ['exchange-sequence'])
    const snapshots = lines.filter((line) => line.includes('"type":"depthSnapshot"'))
    assert.ok(snapshots.length > 4, `${snapshots.length}`)
  })

  test(`seed ${seed}: told to wait at the door and over REST, it waits, and nothing is missing`, async () => {
    const faults =
      '[{kind: tooManyRequests, count: 3}, {kind: tooManyRequests, after: 3050ms, count: 2}]'
    const own = { limits: { ackMs: 100 } }
    const { gaps, counts, capture } = await captured(seed, faults, { own })
    assert.equal([causes(gaps), counts.tooManyRequests], [[], 5])
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

test('the limits of the exchange are kept: messages, streams, weight', async () => {
  const exchange = new VirtualExchange({
    venue: createVenue({ rest: { weightPerMinute: 6_000 } }),
    markets: 341,
    startMs: START_MS,
  })
  const symbols = (exchange.rest('/api/v3/exchangeInfo').body as { symbols: { symbol: string }[] })
    .symbols
  const capture = captureOf(
    exchange,
    symbols.map(({ symbol }) => symbol)
  )
  await capture.run(30_000, 2_000)
  assert.is(capture.readyCount, 1)
  assert.is(capture.connections, 1)
  assert.equal(capture.connection!.refusals(), [])
  const streams = new Set(capture.sent.flatMap((text) => JSON.parse(text).params))
  assert.is(streams.size, 1_023)
  capture.stop()
  const { frames } = capture.publisher
  const count = (type: string) => frames.filter((one) => one.type === type).length
  assert.equal([count('depthSnapshot'), count('error'), count('unknown')], [341, 0, 0])
})

test('a symbol that the exchange does not have is refused with its words; the others are captured', async () => {
  const exchange = new VirtualExchange({ venue: createVenue(), markets: 2, startMs: START_MS })
  const capture = captureOf(exchange, ['BTCUSDT', 'NOPEUSDT', 'ETHUSDT'])
  await capture.run(3_000, 200)
  const [refusal, ...more] = capture.connection!.refusals()
  assert.equal(more, [])
  assert.equal([refusal!.symbols, refusal!.words], [['NOPEUSDT'], 'Invalid symbol. (code -1121)'])
  assert.is(capture.readyCount, 1)
  capture.stop()
  const captured = new Set(capture.publisher.frames.map(({ symbol }) => symbol))
  assert.ok(captured.has('BTCUSDT') && captured.has('ETHUSDT'))
})

test('the end of the day and a shutdown are announced to the connector in time', async () => {
  const exchange = new VirtualExchange({
    venue: createVenue(),
    startMs: START_MS,
    faults: '[{kind: shutdown, after: 2s}]',
  })
  const capture = captureOf(exchange)
  await capture.run(5_000, 200)
  assert.equal(capture.renewals, ['the exchange announced that its server shuts down'])
  assert.is(capture.connections, 1)
  await capture.run(601_000, 1)
  assert.ok(capture.connections === 2)
  capture.stop()
})

test.run()
