// The recorder on its own: numbers, blocks and drops, whatever comes in whichever order and however NATS is.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FORM } from '#wire/form.ts'
import { type Frame, UNKNOWN } from './adapter.ts'
import { Outlet } from './outlet.ts'
import { newCounts, Recorder } from './recorder.ts'
import { FakePublisher } from './testing/harness.ts'
import { rfc3339 } from './times.ts'

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

function start(limit: number, maxBytes = 1024 * 1024) {
  const outlet = new Outlet({ limit, nowMs: () => 0, onLost() {} })
  const publisher = new FakePublisher((id) => outlet.acknowledged(id))
  publisher.maxBytes = maxBytes
  outlet.attach(publisher)
  const counts = newCounts()
  let now = 1_000n
  const recorder = new Recorder({
    environment: 'e',
    feed: 'f',
    connection: '0123456789abcdef',
    shard: 3,
    simulated: false,
    subject: 'e.f.log.3',
    lingerMs: 60_000,
    outlet,
    counts,
    live: null,
    nowNanos: () => now++,
  })
  return { outlet, publisher, counts, recorder, time: () => now++ }
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
      const { outlet, publisher, counts, recorder, time } = start(limit, 5_000)
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
        assert.ok(outlet.used <= limit + events * 400, `${outlet.used}`)
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
      assert.is(outlet.used, 0)
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
      assert.is(dropped, counts.dropped)
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
  const { publisher, counts, recorder, time } = start(40_000)
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
  assert.is(counts.dropped, 100 - kept + 25)
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

test('times are written with nine decimals', () => {
  assert.is(rfc3339(1_795_532_462_123_456_789n), '2026-11-24T15:01:02.123456789Z')
  assert.is(rfc3339(1_795_532_462_000_000_001n), '2026-11-24T15:01:02.000000001Z')
})

test.run()
