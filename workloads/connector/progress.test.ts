// What a connector announces never covers a record that the stream may not have.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Progress } from './progress.ts'

const test = suite('progress')
const NOW_MS = 1_800_000_000_000
const NOW = BigInt(NOW_MS) * 1_000_000n

const publisher = (pendingBlocks: number, ageMs: number) => ({
  pendingBlocks,
  earliestUnackedMs: () => ageMs,
})
const recorder = (shard: number, until: bigint, ended = false) => ({
  shard,
  ended,
  handedOverUntil: () => until,
})

test('without a connection there is nothing to announce', () => {
  assert.is(new Progress(publisher(0, 0), () => NOW_MS).announcement(7), null)
})

test('the earliest record that waits in a block or for an acknowledgement bounds the time', () => {
  const idle = new Progress(publisher(0, 0), () => NOW_MS)
  idle.add(recorder(0, NOW + 5n))
  assert.equal(idle.announcement(7), { shards: [0], recv: NOW - 1n, sequence: 7 })
  idle.add(recorder(2, NOW - 40n))
  assert.equal(idle.announcement(7), { shards: [0, 2], recv: NOW - 40n, sequence: 7 })
  const busy = new Progress(publisher(3, 50), () => NOW_MS)
  busy.add(recorder(0, NOW - 40n))
  assert.equal(busy.announcement(9), { shards: [0], recv: NOW - 52_000_000n, sequence: 9 })
})

test('a connection that has ended holds nothing back, and its shard is still announced', () => {
  const progress = new Progress(publisher(0, 0), () => NOW_MS)
  progress.add(recorder(1, NOW - 1_000_000_000n, true))
  assert.equal(progress.announcement(0), { shards: [1], recv: NOW - 1n, sequence: 0 })
})

test.run()
