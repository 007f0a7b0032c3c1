// A connection that the exchange will end is replaced while it still runs: over real sockets, through the connector's own
// shards, into an archive.

import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { manifestOf, openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { verifyArchive } from '#archive/verify/verify.ts'
import { Alarms } from '#bus/alarms.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { until, within } from '#testing/deadline.ts'
import { Block } from '#wire/block.ts'
import type { CloseEvent, GapEvent, OpenEvent } from '#wire/events.ts'
import { Connection } from '../../connector/connection.ts'
import { Continuity } from '../../connector/continuity.ts'
import { fetcher } from '../../connector/fetch.ts'
import { fixedLinger } from '../../connector/linger.ts'
import { CaptureMemory } from '../../connector/memory.ts'
import { Recorder } from '../../connector/recorder.ts'
import { newStats } from '../../connector/stats.ts'
import { FakePublisher, startCapture } from '../../connector/testing/harness.ts'
import { parseFaults } from '../../simulator/faults.ts'
import { runningSimulator } from '../../simulator/testing/running.ts'
import { binance } from './adapter.ts'
import { BinanceSession } from './session.ts'
import { createVenue } from './simulator/venue.ts'
import { depth } from './testing/session.ts'
import { Weights } from './weights.ts'

const test = suite('binance renewal')

test('a connection that is announced to end is replaced before, without a gap, and all of both is archived', async () => {
  using folder = temporaryFolder()
  const venues = [createVenue()]
  const faults = parseFaults('[{kind: shutdown, after: 1s}]', 'f', venues)
  const simulator = await runningSimulator({ rate: 400, markets: 3 }, { venues, faults })
  const { url } = simulator
  const capture = startCapture({
    adapter: binance,
    url: `${url}/stream`,
    restUrl: url.replace(/^ws/, 'http'),
    channels: ['depth@100ms', 'trade', 'bookTicker'],
    include: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
    auth: { kind: 'none' },
    newLine: () => ({ nowNanos: () => BigInt(Date.now()) * 1_000_000n, stepNanos: 0n }),
  })
  const { publisher } = capture
  const opens = () => publisher.events('open') as OpenEvent[]
  const closes = () => publisher.events('close') as CloseEvent[]
  await until(20_000, 'the first connection is closed', () => closes().length === 1)
  const [closed] = closes()
  assert.ok(capture.capture.ready)
  const replacing = publisher.records.find(
    ({ type, payload }) => type === 'open' && payload.includes('"replaces"')
  )!
  assert.is(closed!.replacedBy, replacing.connection)
  assert.match(closed!.reason, /shuts down/)
  assert.is(opens()[1]!.replaces, publisher.records[0]!.connection)
  const before = publisher.records.length
  await until(10_000, 'data on the new one', () => publisher.records.length > before + 50)
  await within(10_000, 'stopped', capture.stop())
  await simulator.stop()
  // Both received the same frames for a while, each from the first to the last that it was sent.
  const bodies = (id: string) =>
    publisher.frames
      .filter((one) => one.connection === id && one.type === 'depthUpdate')
      .map(({ payload }) => payload.toString())
  const [older, newer] = [bodies(publisher.records[0]!.connection), bodies(replacing.connection)]
  assert.ok(older.filter((text) => newer.includes(text)).length > 10)
  assert.equal(publisher.events('gap'), [])

  const day = utcDay(Date.now())
  const writer = await openWriter(folder.path, {
    feed: 'feed',
    environment: 'env',
    nowMs: () => Date.now(),
  })
  writer.bind(STREAM)
  // The blocks of the old connection last: no order of the stream decides what is missing.
  const blocks = publisher.blocks.map(({ block }) => Block.read(block))
  const isOld = ({ connection }: Block) => connection === publisher.records[0]!.connection
  const ordered = [...blocks.filter((one) => !isOld(one)), ...blocks.filter(isOld)]
  for (const [i, block] of ordered.entries()) writer.add(block, i + 1)
  await writer.commit()
  await writer.close()
  const { gaps, connections } = manifestOf(folder.path, day, 'feed')
  assert.is(connections.length, 2)
  assert.equal(
    gaps.map(({ cause }) => cause),
    ['connector-stopped']
  )
  assert.equal((await verifyArchive(folder.path)).problems, [])
})

test('a connection that ends before another one can replace it leaves a gap, which says so', async () => {
  // The exchange refuses every dial until after it has shut down.
  const venues = [createVenue({ limits: { shutdownMs: 1_000 } })]
  const faults = parseFaults(
    '[{kind: shutdown, after: 4s}, {kind: tooManyRequests, after: 4s, for: 4s}]',
    'f',
    venues
  )
  const simulator = await runningSimulator({ rate: 200, markets: 2 }, { venues, faults })
  const { url } = simulator
  const capture = startCapture({
    adapter: binance,
    url: `${url}/stream`,
    restUrl: url.replace(/^ws/, 'http'),
    channels: ['trade'],
    include: ['BTCUSDT', 'ETHUSDT'],
    auth: { kind: 'none' },
  })
  const { publisher } = capture
  await until(30_000, 'ready again', () => publisher.events('ready').length === 2)
  await within(10_000, 'stopped', capture.stop())
  await simulator.stop()
  const [closed] = publisher.events('close') as CloseEvent[]
  assert.equal([closed!.cause, closed!.replacedBy], ['disconnected', undefined])
  const [, second] = publisher.events('open') as OpenEvent[]
  assert.is(second!.replaces, undefined)
  assert.is(second!.follows?.connection, publisher.records[0]!.connection)
})

/** A connection to nothing, whose frames the test brings. */
function connectionOf(id: string, publisher: FakePublisher) {
  const stats = newStats()
  let now = 1_795_000_000_000_000_000n
  const nowNanos = () => now++
  const memory = new CaptureMemory(1 << 30, publisher, { nowMs: () => 0, steadyMs: () => 0 })
  const recorder = new Recorder({
    environment: 'e',
    feed: 'f',
    connection: id,
    shard: 0,
    simulated: true,
    subject: 'e.f.log.0',
    linger: fixedLinger(3_600_000),
    memory,
    publisher,
    stats,
    live: null,
    nowNanos,
  })
  const session = new BinanceSession({
    channels: ['depth@100ms'],
    restUrl: null,
    levels: 100,
    weights: new Weights({ perMinute: 1, part: 1 }),
    earlierMs: 0,
  })
  const connection = new Connection({
    session,
    transport: { send() {}, ping() {}, close() {}, terminate() {} },
    recorder,
    continuity: new Continuity(),
    nowNanos,
    steadyMs: () => 0,
    stats,
    alarms: new Alarms(pino({ level: 'silent' }), () => 0),
    name: id,
    suspects: new Map(),
    observeLag() {},
    onReady() {},
    onFound() {},
    fetch: fetcher(Date.now),
    onRenew() {},
  })
  const end = () => {
    connection.end({ cause: 'disconnected', fault: 'ours', code: 1000, reason: '' })
  }
  return { connection, end, frame: (text: string) => connection.frame(Buffer.from(text)) }
}

test('what neither of two connections received is a gap of the one that came after, with the numbers', () => {
  const publisher = new FakePublisher()
  const older = connectionOf('01older', publisher)
  const newer = connectionOf('01newer', publisher)
  older.frame(depth('A', 1, 50))
  older.frame(depth('B', 1, 50))
  older.frame(depth('C', 1, 50))
  older.frame(depth('D', 1, 50))
  // A lacks 51 to 59; B overlaps; C begins behind the end of the older one, with a hole; D continues there.
  newer.frame(depth('A', 60, 70))
  newer.frame(depth('B', 40, 70))
  older.end()
  newer.connection.follow(older.connection.chains(), 1n)
  newer.frame(depth('C', 53, 60))
  newer.frame(depth('D', 51, 60))
  newer.frame(depth('E', 7, 8))
  newer.end()
  const gaps = publisher.events('gap') as GapEvent[]
  assert.equal(
    gaps.map(({ cause, channel, fromSequence, toSequence, missing }) => [
      cause,
      channel,
      fromSequence,
      toSequence,
      missing,
    ]),
    [
      ['exchange-sequence', 'depth@100ms', 51, 59, 9],
      ['exchange-sequence', 'depth@100ms', 51, 52, 2],
    ]
  )
})

test.run()
