// The recorder on its own: numbers, blocks and drops, whatever comes in whichever order and however NATS is.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rfc3339 } from '#crds/rfc3339.ts'
import { type Frame, UNKNOWN } from '#exchanges/protocol/adapter.ts'
import { until } from '#testing/deadline.ts'
import { FORM } from '#wire/form.ts'
import { discard } from './discard.ts'
import { fixedLinger, lingerOf, nextLingerMs } from './linger.ts'
import { CaptureMemory } from './memory.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'
import { newStats } from './stats.ts'
import { FakePublisher } from './testing/harness.ts'

const test = suite('recorder')
const seed = Date.now() & 0x7fffffff
console.log(`recorder.test: seed ${seed}`)

const frame = (symbol = 'A'): Frame => ({
  type: UNKNOWN,
  symbol,
  sequence: -1,
  scope: 0,
  form: FORM.json,
  understood: true,
  unproven: '',
  control: false,
})

function start(
  limit: number,
  maxBytes = 1024 * 1024,
  attach: 'now' | 'later' = 'now',
  changed: Partial<RecorderOptions> = {}
) {
  let now = 1_000n
  let setMs = 0
  const steadyMs = () => Number(now / 1_000_000n)
  const publisher = new FakePublisher(steadyMs, attach === 'now')
  publisher.maxBytes = maxBytes
  const memory = new CaptureMemory(limit, publisher, {
    nowMs: () => steadyMs() + setMs,
    steadyMs,
  })
  publisher.onAcked = () => memory.freed()
  const stats = newStats()
  const recorder = new Recorder({
    environment: 'e',
    feed: 'f',
    connection: '0123456789abcdef',
    shard: 3,
    simulated: false,
    subject: 'e.f.log.3',
    linger: fixedLinger(60_000),
    memory,
    publisher,
    stats,
    live: null,
    nowNanos: () => now++,
    ...changed,
  })
  const pass = (ms: number) => {
    now += BigInt(ms) * 1_000_000n
    return now++
  }
  const setClock = (ms: number) => {
    setMs += ms
  }
  return { memory, publisher, stats, recorder, time: () => now++, pass, setClock }
}

type Step = { kind: 'frame'; size: number } | { kind: 'event' | 'flush' | 'hold' | 'release' }

test('every number is in a record or named by one drop event, in order, and memory stays bounded', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 12, arbitrary: fc.nat(2_500).map((size) => ({ kind: 'frame' as const, size })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'frame' as const, size: 6_000 }) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom('event', 'flush', 'hold', 'release')
        .map((kind) => ({ kind }) as Step),
    }
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const limit = 8_000
      const { memory, publisher, stats, recorder, time } = start(limit, 5_000)
      const sent: string[] = []
      let events = 1
      for (const one of steps) {
        switch (one.kind) {
          case 'frame': {
            const text = `${sent.length}:`.padEnd(one.size + 8, 'x')
            sent.push(text)
            recorder.frame(time(), Buffer.from(text), frame())
            break
          }
          case 'event':
            recorder.event({ kind: 'ready', symbols: 1 })
            events++
            break
          case 'flush':
            recorder.flush()
            break
          case 'hold':
            publisher.held = true
            break
          case 'release':
            publisher.held = false
            publisher.release()
        }
        // Beyond the limit only events: a drop event at the most.
        assert.ok(memory.used <= limit + events * 400, `${memory.used}`)
      }
      recorder.event({
        kind: 'close',
        cause: 'disconnected',
        fault: 'network',
        code: 1,
        reason: '',
      })
      recorder.end()
      publisher.release()
      assert.is(memory.used, 0)
      let expected = 1
      let dropped = 0
      for (const record of publisher.records) {
        if (record.type === 'drop') {
          const { fromNumber, toNumber } = JSON.parse(record.payload.toString())
          assert.is(fromNumber, expected)
          dropped += toNumber - fromNumber + 1
          expected = toNumber + 1
        }
        assert.is(record.n, expected++)
      }
      assert.is(dropped, stats.dropped)
      const kept = publisher.frames.map((record) => record.payload.toString())
      let at = 0
      for (const text of kept) {
        while (sent[at] !== text) at++
        at++
      }
      const readies = publisher.records.filter((record) => record.type === 'ready').length
      assert.is(kept.length + readies + dropped, sent.length + events - 1)
      assert.is(publisher.records.at(-1)!.type, 'close')
      for (const { block } of publisher.blocks) assert.ok(block.length <= 5_000, `${block.length}`)
      for (const { id, block } of publisher.blocks)
        assert.match(id, /^0123456789abcdef:\d+$/, `${block}`)
    }),
    { seed, numRuns: 1000 }
  )
})

test('once memory is full it stays shut until a quarter is free: one hole, not a hundred', () => {
  const { publisher, stats, recorder, time } = start(40_000)
  const payload = Buffer.alloc(900, 0x20)
  publisher.held = true
  const add = (count: number) => {
    for (let i = 0; i < count; i++) {
      recorder.frame(time(), payload, frame())
      recorder.flush()
    }
  }
  add(100)
  const kept = publisher.blocks.length
  for (let i = 0; i < 5; i++) {
    publisher.release(1)
    add(5)
  }
  assert.is(publisher.blocks.length, kept, 'a little room is no reason to go on')
  publisher.release(8)
  add(5)
  assert.ok(publisher.blocks.length > kept)
  publisher.release()
  recorder.end()
  assert.is(publisher.events('drop').length, 1)
  assert.is(stats.dropped, 100 - kept + 25)
})

test('a drop is on record while it lasts: as soon as NATS takes a block, and every five seconds', () => {
  const { memory, publisher, recorder, pass, stats } = start(40_000)
  const payload = Buffer.alloc(900, 0x20)
  publisher.held = true
  let at = 0n
  for (let i = 0; i < 100; i++) {
    at = pass(10)
    recorder.frame(at, payload, frame())
    if (i % 4 === 3) recorder.flush()
  }
  recorder.flush()
  const drops = () =>
    publisher.records
      .filter(({ type }) => type === 'drop')
      .map(
        ({ payload: text }) =>
          JSON.parse(text.toString()) as { fromNumber: number; toNumber: number }
      )
  assert.ok(stats.dropped > 0)
  assert.equal(drops(), [], 'NATS takes nothing')
  publisher.release(1)
  recorder.flush()
  assert.equal(drops(), [], 'nor does a moment make a part')
  pass(6_000)
  publisher.release(1)
  recorder.flush()
  assert.ok(memory.used > memory.limit * 0.75, 'memory is full still')
  assert.is(drops().length, 1, 'one acknowledgement, and no further frame: it is told')
  assert.is(drops()[0]!.toNumber, 100)
  recorder.frame(pass(10), payload, frame())
  const dropped = stats.dropped
  publisher.held = false
  publisher.release()
  recorder.flush()
  const told = drops().reduce((sum, { fromNumber, toNumber }) => sum + toNumber - fromNumber + 1, 0)
  assert.is(told, dropped, 'memory is free: all of it is told without a further frame')
  recorder.end()
})

test('before a server has said what it takes, frames of any size wait for it', () => {
  const { publisher, recorder, stats, time } = start(8 * 1024 * 1024, 1024 * 1024, 'later')
  const large = Buffer.alloc(3 * 1024 * 1024, 0x20)
  recorder.frame(time(), Buffer.from('a'), frame())
  recorder.frame(time(), large, frame('B'))
  recorder.frame(time(), Buffer.from('c'), frame())
  recorder.flush()
  assert.is(stats.dropped, 0)
  publisher.maxBytes = 4 * 1024 * 1024
  publisher.attach()
  assert.equal(
    publisher.frames.map(({ payload }) => payload.length),
    [1, large.length, 1]
  )
  recorder.end()
})

test('what waited and is larger than the server takes is dropped by name, and nothing else is', () => {
  const { memory, publisher, recorder, stats, time } = start(8 * 1024 * 1024, 1024 * 1024, 'later')
  for (let i = 0; i < 100; i++)
    recorder.frame(time(), Buffer.alloc(1_000, 0x20), frame(`S${i % 7}`))
  recorder.frame(time(), Buffer.alloc(20_000, 0x20), frame('L'))
  for (let i = 0; i < 100; i++)
    recorder.frame(time(), Buffer.alloc(1_000, 0x20), frame(`S${i % 7}`))
  recorder.flush()
  publisher.maxBytes = 16 * 1024
  publisher.attach()
  recorder.flush()
  assert.equal(
    publisher.frames.map(({ n }) => n),
    Array.from({ length: 201 }, (_, i) => i + 1).filter((n) => n !== 101)
  )
  assert.equal(
    publisher
      .events('drop')
      .map((event) => event.kind === 'drop' && [event.cause, event.fromNumber, event.toNumber]),
    [['oversize', 101, 101]]
  )
  assert.is(stats.dropped, 1)
  assert.is(memory.used, 0)
  const [trouble] = memory.troubles('')
  assert.is(trouble?.kind, 'FramesDropped')
  assert.match(trouble!.message, /20000 bytes.*16384/)
  recorder.end()
})

test('the age of the oldest frame without acknowledgement is known, and said with the words of NATS', () => {
  const { memory, publisher, recorder, pass } = start(1024 * 1024)
  publisher.held = true
  recorder.frame(pass(0), Buffer.from('a'), frame())
  recorder.flush()
  pass(4_000)
  assert.equal(memory.troubles('no space left on device'), [])
  pass(3_500)
  assert.is(publisher.unackedMs(), 7_500)
  const [trouble] = memory.troubles('JetStream refuses blocks: no space left on device')
  assert.is(trouble?.kind, 'NotDurable')
  assert.match(trouble!.message, 'no space left on device')
  publisher.release()
  assert.is(publisher.unackedMs(), 0)
  assert.equal(memory.troubles(''), [])
  recorder.end()
})

test('setting the clock neither makes frames old nor hides that they are', () => {
  const { memory, publisher, recorder, pass, setClock } = start(1024 * 1024)
  publisher.held = true
  recorder.frame(pass(0), Buffer.from('a'), frame())
  recorder.flush()
  setClock(9 * 3_600_000)
  assert.equal(memory.troubles(''), [])
  pass(6_000)
  setClock(-13 * 3_600_000)
  assert.is(publisher.unackedMs(), 6_000)
  const [trouble] = memory.troubles('')
  assert.match(trouble!.message, 'the frames of the last 6 s are not durable')
  assert.is(trouble!.since, -4 * 3_600_000, 'as the clock says now')
  publisher.release()
  recorder.end()
})

test('a trouble begins at a whole millisecond, whatever the steady clock reads', () => {
  const late = { ...discard(), unackedMs: () => 6_000.4 }
  const memory = new CaptureMemory(1024, late, { nowMs: () => 10_000, steadyMs: () => 0.7 })
  assert.is(memory.troubles('')[0]?.since, 4_000)
})

test('a block goes out when it lingered, or when it is large, whichever is first', async () => {
  const { publisher, recorder, time } = start(10_000_000)
  const payload = Buffer.alloc(1000, 0x20)
  for (let i = 0; i < 600; i++) recorder.frame(time(), payload, frame())
  assert.is(publisher.blocks.length, 2)
  for (const { block } of publisher.blocks)
    assert.ok(block.length > 250_000 && block.length < 265_000)
  recorder.end()
  assert.is(publisher.records.length, 600)
})

test('a quiet feed gathers for longer, a busy one for 5 ms, and never beyond lingerMax', () => {
  const linger = lingerOf({ bufferBytes: '64Mi', linger: '5ms', lingerMax: '40ms' })
  assert.equal(linger, { minMs: 5, maxMs: 40 })
  assert.is(nextLingerMs(linger, 100, 5), 5)
  assert.is(nextLingerMs(linger, 600, 2), 5, 'a block that was full before its time')
  assert.is(nextLingerMs(linger, 25, 5), 20)
  assert.is(nextLingerMs(linger, 1, 5), 40)
  assert.is(nextLingerMs(linger, 3, -1_000), 5, 'a clock that was set back')
  const bounds = (connector: { linger: string; lingerMax?: string }) =>
    lingerOf({ bufferBytes: '64Mi', ...connector })
  assert.equal(bounds({ linger: '5ms' }), { minMs: 5, maxMs: 50 })
  assert.equal(bounds({ linger: '5ms', lingerMax: '2ms' }), { minMs: 2, maxMs: 2 })
  assert.equal(bounds({ linger: '20ms' }), fixedLinger(20), 'any other linger fixes it')
  assert.equal(bounds({ linger: '0ms', lingerMax: '90ms' }), fixedLinger(0))
})

test('at a low rate blocks hold more than 5 ms of records, and the live subjects do not wait', async () => {
  const live: string[] = []
  const { publisher, recorder } = start(10_000_000, 1024 * 1024, 'now', {
    linger: { minMs: 5, maxMs: 100 },
    live: { publish: (_type, symbol) => live.push(symbol), blockLeaves() {} },
    nowNanos: () => process.hrtime.bigint(),
  })
  recorder.frame(process.hrtime.bigint(), Buffer.from('{}'), frame())
  await until(5_000, 'the first block', () => publisher.blocks.length === 1)
  const began = process.hrtime.bigint()
  recorder.frame(began, Buffer.from('{}'), frame('B'))
  assert.equal(live, ['A', 'B'], 'sent before any block')
  await until(5_000, 'the second block', () => publisher.blocks.length === 2)
  const waitedMs = Number(process.hrtime.bigint() - began) / 1e6
  // The least, never the most: a busy machine only makes it longer.
  assert.ok(waitedMs >= 90, `${waitedMs}`)
  recorder.end()
})

test('before a block is published the live subjects are told, so that one write carries both', () => {
  const order: string[] = []
  const { publisher, recorder } = start(10_000_000, 1024 * 1024, 'now', {
    live: { publish() {}, blockLeaves: () => order.push(`${publisher.blocks.length} published`) },
  })
  recorder.frame(1n, Buffer.from('{}'), frame())
  assert.equal(order, [])
  recorder.flush()
  assert.is(publisher.blocks.length, 1)
  assert.equal(order, ['0 published'])
  recorder.end()
})

test('times are written with nine decimals', () => {
  assert.is(rfc3339(1_795_532_462_123_456_789n), '2026-11-24T15:01:02.123456789Z')
  assert.is(rfc3339(1_795_532_462_000_000_001n), '2026-11-24T15:01:02.000000001Z')
})

test.run()
