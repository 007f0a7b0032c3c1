// What a frame costs between the socket and a finished block: looking at it, the whole of it, and beside them the plain
// way, JSON.parse, in the same run as a ratio. Recorded frames where they are there, frames of the same shape else.

import { pino } from 'pino'
import { Alarms } from '#bus/alarms.ts'
import { KalshiSession } from '#exchanges/kalshi/session.ts'
import { channelNamed } from '#exchanges/kalshi/types.ts'
import { kalshiEventFiles, kalshiFrames, MOST_KALSHI } from '#testing/recordings.ts'
import type { Row } from '#testing/row.ts'
import { FrameScanner } from '#wire/scanner.ts'
import { benchBurst } from './bench/burst.ts'
import { Connection } from './connection.ts'
import { Continuity } from './continuity.ts'
import { discard } from './discard.ts'
import { fetcher } from './fetch.ts'
import { fixedLinger } from './linger.ts'
import { CaptureMemory } from './memory.ts'
import { Recorder } from './recorder.ts'
import { newStats } from './stats.ts'

const RUN_MS = 150

/** Nanoseconds a frame: the median of five runs of `RUN_MS`, after a warm-up. */
function nanosPerFrame(frames: readonly Buffer[], one: (frame: Buffer) => void): number {
  const run = () => {
    const start = performance.now()
    let count = 0
    while (performance.now() - start < RUN_MS) {
      for (const frame of frames) one(frame)
      count += frames.length
    }
    return ((performance.now() - start) * 1e6) / count
  }
  run()
  return [run(), run(), run(), run(), run()].sort((a, b) => a - b)[2]!
}

export async function benchConnector(): Promise<Row[]> {
  const frames = sampleFrames()
  const kinds = [
    ['trade or delta', frames.filter((frame) => frame.length < 600)],
    ['snapshot', frames.filter((frame) => frame.length >= 600)],
  ] as const
  const rows = kinds.flatMap(([kind, some]) => (some.length === 0 ? [] : rowsOf(kind, some)))
  return [...rows, ...(await benchBurst())]
}

function rowsOf(kind: string, frames: readonly Buffer[]): Row[] {
  const size = Math.round(frames.reduce((sum, frame) => sum + frame.length, 0) / frames.length)
  const of = `${kind} (${size} B)`
  let sink = 0
  const parsed = nanosPerFrame(frames, (frame) => {
    const value = JSON.parse(frame.toString('utf8'))
    sink += value.seq + value.msg.market_ticker.length
  })
  const scanner = new FrameScanner(['type', 'sid', 'seq', 'msg.market_ticker'])
  const scanned = nanosPerFrame(frames, (frame) => {
    if (scanner.scan(frame)) sink++
  })
  const session = newSession()
  const looked = nanosPerFrame(frames, (frame) => session.look(frame))
  const connection = newConnection()
  const whole = nanosPerFrame(frames, (frame) => connection.frame(frame))
  return [
    { name: `JSON.parse of a ${of}`, value: parsed, unit: 'ns' },
    {
      name: `validate and scan a ${of}`,
      value: scanned,
      unit: 'ns',
      ratio: against(parsed, scanned),
    },
    {
      name: `type, symbol, sid and seq of a ${of}`,
      value: looked,
      unit: 'ns',
      ratio: against(parsed, looked),
    },
    { name: `receive a ${of} into a finished block`, value: whole, unit: 'ns' },
    ...(sink < 0 ? [{ name: 'never', value: sink, unit: '' }] : []),
  ]
}

const against = (theirs: number, ours: number): string =>
  `JSON.parse takes ${(theirs / ours).toFixed(1)}x`

const newSession = () =>
  new KalshiSession({ whole: [], filtered: [channelNamed('orderbook_delta')], spacingMs: 50 })

/** A connection whose blocks are acknowledged at once. */
function newConnection(): Connection {
  const publisher = discard()
  const nowNanos = () => process.hrtime.bigint()
  const recorder = new Recorder({
    environment: 'bench',
    feed: 'kalshi',
    connection: '0123456789abcdef',
    shard: 0,
    simulated: true,
    subject: 'bench.kalshi.log.0',
    linger: fixedLinger(5),
    memory: new CaptureMemory(1 << 30, publisher, { nowMs: Date.now, steadyMs: Date.now }),
    publisher,
    stats: newStats(),
    live: null,
    nowNanos,
  })
  // Frames are played again and again: their numbers repeat, which counts and costs as much as if they did not.
  const stats = newStats()
  return new Connection({
    session: newSession(),
    transport: { send() {}, ping() {}, close() {}, terminate() {} },
    recorder,
    continuity: new Continuity(),
    nowNanos,
    steadyMs: Date.now,
    stats,
    alarms: new Alarms(pino({ level: 'silent' }), Date.now),
    name: 'bench',
    suspects: new Map(),
    observeLag() {},
    onReady() {},
    onFound() {},
    fetch: fetcher(Date.now),
    onRenew() {},
  })
}

/** Frames with one running number each for their sid, so that none is a gap: of the largest recordings there are. */
function sampleFrames(): Buffer[] {
  const texts = kalshiEventFiles(MOST_KALSHI).slice(1, 4).flatMap(kalshiFrames)
  let seq = 1_000_000
  return texts.map((text) => Buffer.from(text.replace(/"seq":\d+/, () => `"seq":${seq++}`)))
}
