// test: limit 300s
// Every fault of a simulated exchange that a Feed describes, in virtual time, through session, connector and archive: the
// manifest names exactly the gaps that were injected. Two seeds of each, twenty with SSMD_FAULTS=all.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Gap } from '#archive/format/manifest.ts'
import { manifestOf, readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { EVENT } from '#market/event.ts'
import { VirtualExchange } from '../../simulator/testing/virtual-exchange.ts'
import { DAY, START_MS, VirtualCapture } from '../protocol/testing/virtual-capture.ts'
import { generic } from './adapter.ts'
import { createNormalizer } from './normalize.ts'
import { venueOf } from './simulator/venue.ts'
import { CONNECTED, COUNTED, feedOf, TOPICS } from './testing/feeds.ts'

const test = suite('generic faults')
const SEEDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2
const SYMBOLS = ['BTC-USD', 'ETH-USD', 'SOL-USD']
const FEEDS = { counted: COUNTED, connected: CONNECTED }

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
  spec: string,
  seed: number,
  faults: string,
  middle?: (capture: VirtualCapture) => void
): Promise<Result> {
  using folder = temporaryFolder()
  const feed = feedOf(spec, SYMBOLS)
  const exchange = new VirtualExchange({
    venue: venueOf(feed),
    feed,
    seed,
    markets: SYMBOLS.length,
    startMs: START_MS,
    faults,
    bufferLimitBytes: 1_000_000,
  })
  const { channels } = feed.spec
  const options = { exchange, adapter: generic, symbols: SYMBOLS, channels, feed, path: '/ws' }
  const capture = new VirtualCapture(options)
  await capture.run(4_000, 300)
  middle?.(capture)
  await capture.run(4_000, 300)
  await capture.run(1_000, 0)
  capture.stop()
  await capture.archive(folder.path)
  const manifest = manifestOf(folder.path, DAY)
  const lines = [...readBack(folder.path)].map(([, line]) => line)
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const normalizer = createNormalizer(feed)
  for (const { payload, type } of capture.publisher.frames) {
    const header = { recvMs: 1, recvNs: 0, feed: 'made', type, symbol: '' }
    normalizer.normalize(payload, header, (event) =>
      assert.is.not(event.kind, EVENT.unknown, `${event.reason} in ${String(payload)}`)
    )
  }
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

const causes = (gaps: readonly Gap[]) => gaps.map(({ cause }) => cause)
const times = (cause: string, count: number) => Array.from({ length: count }, () => cause)
const gapCount = (gaps: readonly Gap[]) => gaps.reduce((sum, { count = 1 }) => sum + count, 0)

for (const [name, spec] of Object.entries(FEEDS))
  for (let seed = 1; seed <= SEEDS; seed++) {
    test(`${name}, seed ${seed}: without a fault there is no gap, and every frame is archived byte for byte`, async () => {
      const { gaps, capture, lines, late, repeated } = await captured(spec, seed, '[]')
      assert.equal([gaps, late, repeated], [[], 0, 0])
      assert.is(capture.readyCount, 1)
      const archived = lines.flatMap((line) => {
        const at = line.indexOf('"frame":')
        return at < 0 ? [] : line.slice(at + 8, -1)
      })
      const received = capture.publisher.frames.map(({ payload }) => payload.toString())
      assert.ok(received.length > 2_000, `${received.length}`)
      assert.equal(archived.sort(), received.sort())
      const types = new Set(capture.publisher.frames.map(({ type }) => type))
      assert.is(types.has('unknown'), false)
      assert.ok(types.has('trade') && types.has('ticker'))
    })

    test(`${name}, seed ${seed}: each frame that is left out is one gap with its number`, async () => {
      const faults = '[{kind: skip, after: 1s, every: 700ms, count: 7}]'
      const { gaps, counts } = await captured(spec, seed, faults)
      assert.equal([counts.skip, gapCount(gaps)], [7, 7])
      for (const { cause, missing } of gaps)
        assert.equal([cause, missing! > 0], ['exchange-sequence', true])
    })

    test(`${name}, seed ${seed}: frames that come twice, or out of order, are no gap in the end`, async () => {
      const faults =
        '[{kind: duplicate, after: 1s, every: 900ms, count: 5}, {kind: reorder, after: 1500ms, every: 900ms, count: 5}]'
      const { gaps, counts, late, repeated } = await captured(spec, seed, faults)
      assert.equal(
        [causes(gaps), counts.duplicate, counts.reorder, late, repeated],
        [[], 5, 5, 5, 5]
      )
    })

    test(`${name}, seed ${seed}: an exchange that stands still, and frames with keys that are not known, are no gap`, async () => {
      const faults =
        '[{kind: freeze, after: 1s, for: 2s}, {kind: freeze, channel: trade, after: 5s, for: 1s}]'
      const { gaps, counts } = await captured(spec, seed, faults)
      assert.equal([causes(gaps), counts.freeze], [[], 2])
    })

    test(`${name}, seed ${seed}: each cut is one gap until the next connection is ready`, async () => {
      const faults = '[{kind: cut, after: 1s, every: 2s, count: 3}]'
      const { gaps, counts, capture } = await captured(spec, seed, faults)
      assert.equal(causes(gaps), times('disconnected', 3))
      assert.equal([counts.cut, capture.readyCount], [3, 4])
      for (const { from, to } of gaps) assert.ok(to !== null && to > from)
    })

    test(`${name}, seed ${seed}: refused at the door it waits, and a reader that is too slow is cut off, which is one gap`, async () => {
      const faults = '[{kind: tooManyRequests, count: 2}, {kind: unauthorized, count: 1}]'
      const { gaps, exchange, capture } = await captured(spec, seed, faults, (slow) => {
        slow.client!.unread = 2_000_000
      })
      assert.equal([exchange.hub.overflows, capture.refusedDials], [1, 3])
      assert.equal(causes(gaps), ['disconnected'])
    })
  }

for (let seed = 1; seed <= SEEDS; seed++)
  test(`seed ${seed}: frames with keys that are not known are read all the same`, async () => {
    const faults = '[{kind: drift, after: 1s, every: 200ms, count: 20}]'
    const { gaps, counts } = await captured(COUNTED, seed, faults)
    assert.equal([causes(gaps), counts.drift], [[], 20])
  })

test('without a sequence nothing is proven, and no fault can befall what nothing proves', async () => {
  const { gaps, counts, capture } = await captured(TOPICS, 1, '[{kind: skip, after: 1s}]')
  assert.equal([gaps, counts.skip ?? 0], [[], 0])
  assert.ok(capture.publisher.frames.every(({ symbol }) => SYMBOLS.includes(symbol)))
})

test('a symbol that the exchange does not have is refused with its words; the others are captured', async () => {
  const served = feedOf(COUNTED, SYMBOLS)
  const exchange = new VirtualExchange({
    venue: venueOf(served),
    feed: served,
    markets: 3,
    startMs: START_MS,
  })
  const symbols = [...SYMBOLS, 'NOPE-USD']
  const { channels } = served.spec
  const capture = new VirtualCapture({
    exchange,
    adapter: generic,
    symbols,
    channels,
    feed: feedOf(COUNTED, symbols),
    path: '/ws',
  })
  await capture.run(3_000, 200)
  assert.equal(
    capture
      .connection!.refusals()
      .map(({ channel, symbols: named, kind, words }) => [channel, named, kind, words]),
    [
      ['trade', ['NOPE-USD'], 'refused', 'there is no symbol NOPE-USD'],
      ['ticker', ['NOPE-USD'], 'refused', 'there is no symbol NOPE-USD'],
    ]
  )
  assert.is(capture.readyCount, 1)
  capture.stop()
  const found = new Set(capture.publisher.frames.map(({ symbol }) => symbol))
  for (const symbol of SYMBOLS) assert.ok(found.has(symbol), symbol)
})

test.run()
