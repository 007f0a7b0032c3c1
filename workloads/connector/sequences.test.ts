// What one connection says of the exchange's numbers, from bytes of Kalshi frames to events in blocks.

import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Alarms } from '#bus/alarms.ts'
import { KalshiSession } from '#exchanges/kalshi/session.ts'
import { channelNamed } from '#exchanges/kalshi/types.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import type { GapEvent, LateEvent, ProofEvent } from '#wire/events.ts'
import { Connection } from './connection.ts'
import { Continuity } from './continuity.ts'
import { fetcher } from './fetch.ts'
import { fixedLinger } from './linger.ts'
import { CaptureMemory } from './memory.ts'
import { Recorder } from './recorder.ts'
import { newStats } from './stats.ts'
import { FakePublisher } from './testing/harness.ts'

const test = suite('sequences')
const SECOND = 1_000_000_000n

function start() {
  const publisher = new FakePublisher()
  const lines: Record<string, unknown>[] = []
  const log = pino({ level: 'info' }, { write: (line) => lines.push(JSON.parse(line)) })
  const alarms = new Alarms(log, () => 0)
  const stats = newStats()
  let now = 1_800_000_000n * SECOND
  const recorder = new Recorder({
    environment: 'e',
    feed: 'f',
    connection: '0123456789abcdef',
    shard: 0,
    simulated: true,
    subject: 'e.f.log.0',
    linger: fixedLinger(3_600_000),
    memory: new CaptureMemory(1 << 30, publisher, { nowMs: () => 0, steadyMs: () => 0 }),
    publisher,
    stats,
    live: null,
    nowNanos: () => now,
  })
  const connection = new Connection({
    session: new KalshiSession({
      whole: [channelNamed('trade')],
      filtered: [channelNamed('orderbook_delta')],
      spacingMs: 50,
    }),
    transport: { send() {}, ping() {}, close() {}, terminate() {} },
    recorder,
    continuity: new Continuity(),
    nowNanos: () => now,
    steadyMs: () => 0,
    stats,
    alarms,
    name: 'slot 0',
    suspects: new Map(),
    observeLag() {},
    onReady() {},
    onFound() {},
    fetch: fetcher(Date.now),
    onRenew() {},
  })
  return {
    publisher,
    alarms,
    stats,
    lines,
    recorder,
    connection,
    pass: (nanos: bigint) => {
      now += nanos
    },
    frame(text: string) {
      now += 1000n
      connection.frame(Buffer.from(text))
    },
    delta(count: string) {
      this.frame(`{"type":"orderbook_delta",${count},"msg":{"market_ticker":"KXA-1"}}`)
    },
    seqs(...numbers: number[]) {
      for (const seq of numbers) this.delta(`"sid":1,"seq":${seq}`)
    },
    end() {
      connection.end({ cause: 'disconnected', fault: 'network', code: 1006, reason: '' })
    },
    of<T>(kind: 'gap' | 'late' | 'proof') {
      return publisher.events(kind) as unknown as T[]
    },
    /** Frames told as missing less those that came late. */
    missing() {
      const told = this.of<GapEvent>('gap').reduce((sum, gap) => sum + (gap.missing ?? 0), 0)
      const spans = this.of<LateEvent>('late').flatMap((late) => late.filled)
      return told - spans.reduce((sum, [first, last]) => sum + last - first + 1, 0)
    },
  }
}

test('a sequence that becomes a text is read: nothing is silent, and a jump in it is a gap (Kucoin/kucoin-api-docs#44)', () => {
  const run = start()
  for (const seq of ['4', '"5"', '"6"', '"9"']) run.delta(`"sid":1,"seq":${seq}`)
  run.delta('"sid":"1","seq":12')
  run.end()
  const gaps = run.of<GapEvent>('gap')
  assert.equal(
    gaps.map((gap) => [gap.scope, gap.fromSequence, gap.toSequence, gap.missing]),
    [
      [1, 7, 8, 2],
      [1, 10, 11, 2],
    ]
  )
  assert.equal(run.of('proof'), [])
  assert.is(run.stats.missed, 0)
})

for (const [what, count] of [
  ['is a text', '"sid":1,"seq":"five"'],
  ['is null', '"sid":1,"seq":null'],
  ['disappears', '"sid":1'],
  ['disappears with its scope', '"x":1'],
  ['stands twice', '"sid":1,"seq":7,"seq":8'],
  ['loses its scope', '"sid":null,"seq":7'],
] as const) {
  test(`a sequence that ${what} ends the proof, and says so once: event, log, trouble; and what could not be read is not called missing`, () => {
    const run = start()
    run.seqs(4, 5, 6)
    for (let i = 0; i < 10; i++) run.delta(count)
    const [lost, ...more] = [...run.alarms.troubles]
    assert.is(lost!.kind, 'ProofLost')
    assert.match(lost!.message, /orderbook.*orderbook_delta/)
    assert.equal(more, [])
    run.recorder.flush()
    assert.equal(
      run.of<ProofEvent>('proof').map(({ state, type }) => [state, type]),
      [['lost', 'orderbook_delta']]
    )
    const numbers = Array.from({ length: 40 }, (_, i) => 900 + i)
    run.seqs(...numbers)
    run.end()
    assert.equal(
      run.of<ProofEvent>('proof').map(({ state }) => state),
      ['lost', 'back']
    )
    assert.equal(run.of('gap'), [])
    assert.equal(run.alarms.troubles, [])
    assert.is(run.lines.filter((line) => line.trouble === 'ProofLost').length, 2)
  })
}

test('a field that flaps makes no event a frame', () => {
  const run = start()
  run.seqs(1)
  for (let i = 0; i < 5000; i++) run.delta(i % 2 ? `"sid":1,"seq":${i}` : '"sid":1,"seq":{}')
  run.end()
  assert.is(run.of('proof').length, 1)
})

test('a scope that nothing announced proves nothing of what came between the two', () => {
  const run = start()
  run.connection.opened()
  run.frame('{"id":1,"type":"subscribed","msg":{"channel":"trade","sid":1}}')
  const trade = (sid: number, seq: number) =>
    run.frame(`{"type":"trade","sid":${sid},"seq":${seq},"msg":{"market_ticker":"KXA-1"}}`)
  trade(1, 4)
  trade(1, 5)
  assert.equal(run.alarms.troubles, [])
  trade(2, 9)
  assert.is(run.alarms.troubles[0]!.kind, 'ProofLost')
  for (let seq = 10; seq < 40; seq++) trade(2, seq)
  run.end()
  assert.equal(
    run.of<ProofEvent>('proof').map(({ state, reason }) => [state, reason]),
    [
      ['lost', 'nothing announced its scope 2'],
      ['back', 'can be read again'],
    ]
  )
})

test('types that never had a number lose no proof', () => {
  const run = start()
  for (let i = 0; i < 50; i++) {
    run.frame('{"type":"trade","sid":8,"msg":{"market_ticker":"KXA-1"}}')
    run.frame('{"type":"subscribed","id":1,"msg":{"channel":"trade","sid":8}}')
  }
  run.seqs(1, 2, 3)
  run.end()
  assert.equal(run.of('proof'), [])
})

test('frames in another order miss nothing: 4 6 5 7 (redelivered-frames)', () => {
  const run = start()
  run.seqs(4, 6, 5, 7)
  run.end()
  assert.is(run.missing(), 0)
  assert.equal(
    run.of<LateEvent>('late').map(({ filled, late, repeated }) => [filled, late, repeated]),
    [[[[5, 5]], 1, 0]]
  )
  const { gaps, holes, late, repeats } = run.stats
  assert.equal([gaps, holes, late, repeats], [1, 0, 1, 0])
})

test('frames that come again miss nothing: 6 7 8 6 7 8 9 10 (redelivered-frames)', () => {
  const run = start()
  run.seqs(6, 7, 8, 6, 7, 8, 9, 10)
  run.end()
  assert.equal(run.of('gap'), [])
  assert.is(run.of<LateEvent>('late')[0]!.repeated, 3)
  assert.equal([run.stats.gaps, run.stats.repeats], [0, 3])
})

test('a hole that is filled from its middle is one less only when nothing is left of it', () => {
  const run = start()
  run.seqs(1, 7, 4, 2)
  assert.is(run.stats.holes, 2)
  run.seqs(3, 6, 5)
  assert.is(run.stats.holes, 0)
  run.end()
})

test('missing counts what never came, whatever order frames come in, in storms too', () => {
  const seed = Date.now() & 0x7fffffff
  console.log(`sequences.test: seed ${seed}`)
  let state = seed
  const chance = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state / 0x7fffffff
  }
  for (let round = 0; round < 30; round++) {
    const run = start()
    const sent: number[] = []
    for (let seq = 1; seq <= 600; seq++) if (seq === 1 || chance() < 0.7) sent.push(seq)
    // Neighbours change places, and some come twice.
    const came = sent.flatMap((seq) => (seq > 1 && chance() < 0.05 ? [seq, seq] : [seq]))
    for (let i = 2; i < came.length; i++) {
      if (chance() < 0.2) [came[i - 1], came[i]] = [came[i]!, came[i - 1]!]
      if (chance() < 0.02) run.recorder.flush()
    }
    came.forEach((seq, i) => {
      run.seqs(seq)
      if (i % 37 === 0) run.recorder.flush()
    })
    run.end()
    const last = Math.max(...sent)
    assert.is(run.missing(), last - sent.length, `round ${round}`)
    assert.is(run.stats.repeats, came.length - sent.length)
  }
})

for (const jumps of [60_000, 1_000_000]) {
  test(`${jumps} jumps of the sequence make few events and lose no count`, () => {
    const run = start()
    run.publisher.eventsOnly = true
    for (let i = 0; i <= jumps; i++) run.seqs(1 + i * 3)
    assert.is(run.alarms.troubles[0]!.kind, 'GapStorm')
    run.end()
    const gaps = run.of<GapEvent>('gap')
    assert.is(run.missing(), jumps * 2)
    assert.is(
      gaps.reduce((sum, gap) => sum + (gap.jumps ?? 1), 0),
      jumps
    )
    assert.ok(gaps.length < 33 + jumps / 500, `${gaps.length} events`)
    assert.is(run.stats.gaps, jumps)
    assert.equal(run.alarms.troubles, [])
  })
}

test('each block of a storm holds the account of its own jumps, and times never go back', () => {
  const run = start()
  for (let i = 0; i < 500; i++) {
    run.seqs(1 + i * 2)
    if (i % 50 === 49) run.recorder.flush()
    const told = run.of<GapEvent>('gap').reduce((sum, gap) => sum + (gap.missing ?? 0), 0)
    if (i % 50 === 49) assert.is(told, i)
  }
  run.end()
  const { records } = run.publisher
  records.forEach((record, i) => {
    assert.is(record.n, i + 1)
    if (i > 0) assert.ok(record.recv >= records[i - 1]!.recv, `record ${record.n}`)
  })
})

test('a storm is over after a minute without a jump', () => {
  const run = start()
  for (let i = 0; i < 100; i++) run.seqs(1 + i * 2)
  run.recorder.flush()
  assert.is(run.alarms.troubles.length, 1)
  run.pass(61n * SECOND)
  run.seqs(200)
  run.recorder.flush()
  assert.equal(run.alarms.troubles, [])
  run.seqs(203)
  run.end()
  assert.is(run.of<GapEvent>('gap').at(-1)!.jumps, undefined)
})

for (const recordings of KALSHI)
  test(`recorded traffic of ${recordings.name} loses no proof`, () => {
    for (const file of kalshiEventFiles(recordings)) {
      const run = start()
      for (const text of kalshiFrames(file)) run.frame(text)
      run.end()
      assert.equal(run.of('proof'), [], file)
    }
  })

test.run()
