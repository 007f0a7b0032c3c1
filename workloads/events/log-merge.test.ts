// The merge of logs in virtual time: whatever the order in which blocks and announcements come, what leaves is in the total order.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at, eventRecord, makeBlock, type TestRecord } from '#archive/testing/blocks.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { EventBatch } from '#market/columns.ts'
import { EVENT, MarketEvent } from '#market/event.ts'
import { emitUnknown, type Normalizer, takeHeader } from '#market/normalizer.ts'
import { timeText } from '#market/time.ts'
import type { Block } from '#wire/block.ts'
import { LogMerge, SHARD_SILENT } from './log-merge.ts'
import type { LogPosition } from './log-position.ts'
import { FeedStage } from './stage.ts'

const test = suite('log-merge')
const seed = testSeed('log-merge')
const START = at('2026-11-24T12:00:00Z')

/** Makes one event of a frame, whose reason is the frame. */
const echo = (): Normalizer => {
  const event = new MarketEvent()
  return {
    normalize(payload, header, emit) {
      takeHeader(event, header)
      emitUnknown(event, '', Buffer.from(payload).toString(), emit)
    },
  }
}

type Timed = { readonly feed: number; readonly block: Block; readonly at: bigint }
type Step =
  | { readonly at: bigint; readonly kind: 'block'; readonly feed: number; readonly block: Block }
  | {
      readonly at: bigint
      readonly kind: 'time'
      readonly feed: number
      readonly shards: number[]
      readonly time: bigint
      readonly sequence: number
    }

const timeOf = (nanos: bigint) => ({
  ms: Number(nanos / 1_000_000n),
  ns: Number(nanos % 1_000_000n),
})

type Made = { readonly steps: Step[]; readonly wanted: string[] }

/** Blocks of several feeds, shards and connections, and what their connectors announce meanwhile. */
function randomLogs(random: Random, feeds: number, shards: number): Made {
  const blocks: Timed[] = []
  const wanted: { key: string; n: number; text: string }[] = []
  for (let feed = 0; feed < feeds; feed++) {
    for (let shard = 0; shard < shards; shard++) {
      let recv = START + BigInt(random.int(0, 1000)) * 1_000_000n
      let before = 0n
      for (let c = 0; c < 2; c++) {
        const connection = `01c${feed}${shard}${c}`
        for (let first = 1, b = 0; b < 15; b++) {
          const records: TestRecord[] = []
          for (let i = random.int(1, 5); i > 0; i--) {
            recv += BigInt(random.int(0, 40)) * 1_000_000n
            const n = first + records.length
            const text = `${feed} ${connection} ${n}`
            const { ms, ns } = timeOf(recv)
            wanted.push({ key: `${timeText(ms, ns)} ${feed} ${connection}`, n, text })
            records.push({ recv, payload: text })
          }
          const block = makeBlock({ connection, first, records, shard, feed: `f${feed}` })
          first += records.length
          const leaves = recv + BigInt(random.int(0, 60)) * 1_000_000n
          before = leaves > before ? leaves : before + 1n
          blocks.push({ feed, block, at: before })
        }
        recv += 100_000_000n
      }
    }
  }
  blocks.sort((a, b) => (a.at < b.at ? -1 : 1))
  wanted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.n - b.n))
  return { steps: withTimes(random, blocks, feeds, shards), wanted: wanted.map(({ text }) => text) }
}

/** Between the blocks, each feed's connector announces; the reader gets blocks late, and announcements in between. */
function withTimes(
  random: Random,
  blocks: readonly Timed[],
  feeds: number,
  shards: number
): Step[] {
  const steps: Step[] = []
  const sequences = Array.from({ length: feeds }, () => 0)
  const all = Array.from({ length: shards }, (_, i) => i)
  const announce = (feed: number, now: bigint): void => {
    const open = blocks.filter(
      (one) => one.feed === feed && one.at > now && one.block.recv(0) <= now
    )
    const time = open.reduce(
      (least, { block }) => (block.recv(0) <= least ? block.recv(0) - 1n : least),
      now - 1n
    )
    const sequence = sequences[feed]!
    steps.push({ at: now, kind: 'time', feed, shards: all, time, sequence })
  }
  for (const { feed, block, at: published } of blocks) {
    for (let f = 0; f < feeds; f++) if (random.next() < 0.3) announce(f, published - 1n)
    sequences[feed]!++
    const delay = BigInt(random.int(0, 30)) * 1_000_000n
    steps.push({ at: published + delay, kind: 'block', feed, block })
  }
  const end = (blocks.at(-1)?.at ?? START) + 1_000_000_000n
  for (let f = 0; f < feeds; f++) announce(f, end)
  // Each stream keeps its order.
  const last = Array.from({ length: feeds }, () => 0n)
  return steps
    .map((step) => {
      if (step.kind !== 'block') return step
      const later = step.at > last[step.feed]! ? step.at : last[step.feed]! + 1n
      last[step.feed] = later
      return { ...step, at: later }
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

type Out = { readonly texts: string[]; readonly gaps: string[]; unordered: number }

function newMerge(
  feeds: number,
  maxBytes = 1e9,
  silentMs = 1e9,
  position?: LogPosition,
  out: Out = { texts: [], gaps: [], unordered: 0 }
) {
  const batch = new EventBatch()
  const stages = Array.from(
    { length: feeds },
    (_, i) =>
      new FeedStage(
        `f${i}`,
        batch,
        echo(),
        {},
        {
          countsNumbers: true,
          state: position?.feeds[i]?.gaps,
        }
      )
  )
  const merge = new LogMerge({ feeds: stages, maxBytes, silentMs, nowMs: 0, position })
  const drain = (nowMs: number): void => {
    for (let more = true; more; ) {
      more = merge.deliver(50, nowMs)
      if (!batch.ordered) out.unordered += batch.length
      batch.each((event) => {
        if (event.kind === EVENT.gap) out.gaps.push(`${event.reason} ${event.flags}`)
        else out.texts.push(event.reason)
      })
      batch.clear()
    }
  }
  return { merge, drain, out }
}

test('whatever the order of blocks and announcements, records leave once and in the total order', () => {
  for (let round = 0; round < 30; round++) {
    const random = seeded(seed + round)
    const feeds = random.int(1, 3)
    const { steps, wanted } = randomLogs(random, feeds, random.int(1, 3))
    const { merge, drain, out } = newMerge(feeds)
    const sequences = Array.from({ length: feeds }, () => 0)
    for (const step of steps) {
      const { feed } = step
      if (step.kind === 'block') merge.add(feed, ++sequences[feed]!, step.block, 0)
      else {
        const { shards, sequence } = step
        merge.announce(feed, { shards, time: timeOf(step.time), sequence }, 0)
      }
      if (random.next() < 0.5) drain(0)
    }
    drain(0)
    assert.equal(out.texts, wanted, `seed ${seed + round}`)
    assert.is(out.unordered, 0)
    assert.equal(out.gaps, [])
  }
})

test('a merge that continues at a position of another delivers what that one would have, wherever it ended', () => {
  let [restarts, again] = [0, 0]
  for (let round = 0; round < 60; round++) {
    const random = seeded(seed + 1000 + round)
    const feeds = random.int(1, 3)
    const made = randomLogs(random, feeds, random.int(1, 3))
    const { steps, wanted } = round % 2 === 0 ? made : withHole(random, made, feeds)
    const streams: Block[][] = Array.from({ length: feeds }, () => [])
    let one = newMerge(feeds)
    const { out } = one
    const restart = (): void => {
      const position = JSON.parse(JSON.stringify(one.merge.position)) as LogPosition
      one = newMerge(feeds, 1e9, 1e9, position, out)
      for (const [f, { sequence }] of position.feeds.entries()) {
        for (let at = sequence + 1; at <= streams[f]!.length; at++) {
          one.merge.add(f, at, streams[f]![at - 1]!, 0)
          again++
        }
      }
      restarts++
    }
    for (const step of steps) {
      const { feed } = step
      if (step.kind === 'block') one.merge.add(feed, streams[feed]!.push(step.block), step.block, 0)
      else {
        const { shards, sequence } = step
        one.merge.announce(feed, { shards, time: timeOf(step.time), sequence }, 0)
      }
      if (random.next() < 0.5) one.drain(0)
      if (random.next() < 0.2) restart()
    }
    restart()
    for (const step of steps.slice(-feeds)) {
      if (step.kind !== 'time') throw new Error('the last steps announce')
      const { feed, shards, time, sequence } = step
      one.merge.announce(feed, { shards, time: timeOf(time), sequence }, 0)
    }
    one.drain(0)
    assert.equal(out.texts, wanted, `seed ${seed + 1000 + round}`)
    assert.is(out.unordered, 0)
    const { merge, drain, out: whole } = newMerge(feeds)
    const sequences = Array.from({ length: feeds }, () => 0)
    for (const step of steps) {
      if (step.kind === 'block') merge.add(step.feed, ++sequences[step.feed]!, step.block, 0)
      else {
        const { shards, sequence } = step
        merge.announce(step.feed, { shards, time: timeOf(step.time), sequence }, 0)
      }
    }
    drain(0)
    assert.equal(out.gaps, whole.gaps, 'the same gaps')
  }
  assert.ok(restarts > 500 && again > 500, `${restarts} restarts, ${again} blocks read again`)
})

/** One block in the middle never comes: its numbers are a gap. */
function withHole(random: Random, { steps, wanted }: Made, feeds: number): Made {
  const blocks = steps.filter((step) => step.kind === 'block')
  const lost = blocks[random.int(Math.floor(blocks.length / 3), Math.floor(blocks.length / 2))]!
  const { block: gone } = lost as Extract<Step, { kind: 'block' }>
  const texts = new Set(
    Array.from({ length: gone.length }, (_, i) => Buffer.from(gone.payload(i)).toString())
  )
  const kept = steps.filter((step) => step !== lost)
  const behind = steps.indexOf(lost)
  // Nothing takes its place in the stream.
  const counted = kept.map((step, i) =>
    step.kind === 'time' && step.feed === lost.feed && i >= behind
      ? { ...step, sequence: Math.max(0, step.sequence - 1) }
      : step
  )
  assert.ok(feeds > lost.feed)
  return { steps: counted, wanted: wanted.filter((text) => !texts.has(text)) }
}

const block = (shard: number, first: number, ...ms: number[]): Block =>
  makeBlock({
    connection: `01s${shard}`,
    shard,
    first,
    records: ms.map((one) => ({
      recv: START + BigInt(one) * 1_000_000n,
      payload: `${shard} ${one}`,
    })),
  })
const told = (sequence: number, ms: number, ...shards: number[]) => ({
  shards,
  sequence,
  time: timeOf(START + BigInt(ms) * 1_000_000n),
})

test('an announcement counts only once what it speaks of was read', () => {
  const { merge, drain, out } = newMerge(1)
  merge.add(0, 1, block(0, 1, 10, 30), 0)
  merge.announce(0, told(2, 100, 0, 1), 0)
  drain(0)
  assert.equal(out.texts, [])
  merge.add(0, 2, block(1, 1, 20), 0)
  drain(0)
  assert.equal(out.texts, ['0 10', '1 20', '0 30'])
})

test('a shard that is silent holds the others no longer than it may, and is a gap until it speaks again', () => {
  const { merge, drain, out } = newMerge(1, 1e9, 5_000)
  merge.announce(0, told(0, 5, 0), 1_000)
  merge.announce(0, told(0, 5, 256), 1_000)
  merge.add(0, 1, block(0, 1, 10), 1_000)
  merge.announce(0, told(1, 100, 0), 5_900)
  drain(5_900)
  assert.equal([out.texts, out.gaps], [[], []])
  drain(6_000)
  drain(6_000)
  assert.equal([out.texts, out.gaps], [['0 10'], [`${SHARD_SILENT} 1`]])
  merge.announce(0, told(1, 200, 256), 7_000)
  drain(7_000)
  assert.equal(out.gaps, [`${SHARD_SILENT} 1`, `${SHARD_SILENT} 2`])
})

test('a connector that came back with fewer connections holds nothing up, and its gap has ended', () => {
  const { merge, drain, out } = newMerge(1, 1e9, 5_000)
  merge.announce(0, told(0, 5, 0, 1), 0)
  merge.add(0, 1, block(0, 1, 10), 0)
  // It was killed and started again at once, with the symbols of one connection.
  merge.announce(0, told(1, 100, 0), 4_000)
  drain(4_000)
  assert.equal([out.texts, out.gaps], [[], []])
  merge.announce(0, told(1, 110, 0), 6_000)
  drain(6_000)
  drain(6_000)
  assert.equal([out.texts, out.gaps], [['0 10'], [`${SHARD_SILENT} 3`]])
  drain(60_000)
  assert.equal(out.gaps.slice(1), [`${SHARD_SILENT} 1`], 'the one that is there is silent now')
  // It comes back after a long time, without the second one again.
  merge.announce(0, told(1, 200, 0), 61_000)
  drain(70_000)
  assert.equal(out.gaps.slice(2), [`${SHARD_SILENT} 2`, `${SHARD_SILENT} 1`])
})

test('a slot whose gap has begun ends it once its connector speaks for long without it', () => {
  const { merge, drain, out } = newMerge(1, 1e9, 5_000)
  merge.announce(0, told(0, 5, 0, 1), 0)
  drain(5_000)
  assert.equal(out.gaps, [`${SHARD_SILENT} 1`, `${SHARD_SILENT} 1`])
  for (let now = 20_000; now < 25_000; now += 1_000) {
    merge.announce(0, told(0, now, 0), now)
    drain(now)
  }
  assert.equal(out.gaps.slice(2), [`${SHARD_SILENT} 2`], 'the other may still come')
  merge.announce(0, told(0, 25_000, 0), 25_000)
  drain(25_000)
  assert.equal(out.gaps.slice(3), [`${SHARD_SILENT} 2`])
  drain(26_000)
  assert.is(out.gaps.length, 4)
})

test('a connector that says that it stops is not waited for, and is no gap', () => {
  const { merge, drain, out } = newMerge(1, 1e9, 5_000)
  merge.announce(0, told(0, 5, 1), 0)
  merge.announce(0, { ...told(0, 7, 1), ends: true }, 0)
  merge.add(0, 1, block(0, 1, 10), 0)
  merge.announce(0, told(1, 100, 0), 0)
  drain(0)
  assert.equal([out.texts, out.gaps], [['0 10'], []])
  merge.add(0, 2, block(0, 2, 110), 0)
  merge.announce(0, told(1, 105, 1), 0)
  merge.announce(0, told(2, 200, 0), 0)
  drain(0)
  assert.equal([out.texts, out.gaps], [['0 10'], []], 'it is waited for again once it is back')
})

test('a record that comes after later ones leaves in a batch that is marked', () => {
  const { merge, drain, out } = newMerge(1)
  merge.announce(0, told(0, 100, 0), 0)
  merge.add(0, 1, block(0, 1, 10, 20), 0)
  drain(0)
  merge.add(0, 2, block(1, 1, 15), 0)
  drain(0)
  assert.equal([out.texts, out.unordered], [['0 10', '0 20', '1 15'], 1])
})

test('of a feed that holds too much the earliest leave, announced or not', () => {
  const { merge, drain, out } = newMerge(1, 2_000)
  for (let i = 0; i < 50; i++) merge.add(0, i + 1, block(0, i + 1, i), 0)
  assert.ok(merge.isFull(0))
  drain(0)
  assert.not(merge.isFull(0))
  assert.ok(out.texts.length > 20 && out.texts.length < 50, `${out.texts.length} left`)
  assert.is(out.texts[0], '0 0')
})

test('blocks that come twice are delivered once, and a block that comes late fills its hole', () => {
  const { merge, drain, out } = newMerge(1)
  const first = block(0, 1, 10, 20)
  merge.add(0, 1, first, 0)
  merge.add(0, 2, block(0, 4, 40), 0)
  merge.add(0, 3, first, 0)
  merge.add(0, 4, block(0, 3, 30), 0)
  merge.announce(0, told(4, 100, 0), 0)
  drain(0)
  assert.equal([out.texts, out.gaps], [['0 10', '0 20', '0 30', '0 40'], []])
  merge.add(0, 5, block(0, 6, 120), 0)
  merge.add(0, 6, first, 0)
  merge.announce(0, told(6, 200, 0), 0)
  drain(0)
  assert.equal([out.texts.at(-1), out.gaps], ['0 120', ['number-hole 3']])
})

test('what ended before the place where a merge continues is not delivered again, and what was missing still is', () => {
  const closing = makeBlock({
    connection: '01s1',
    shard: 1,
    first: 1,
    records: [
      { recv: START + 10_000_000n, payload: '1 10' },
      eventRecord(START + 12_000_000n, { kind: 'close' }),
    ],
  })
  const held = block(0, 1, 50)
  const one = newMerge(1)
  one.merge.announce(0, told(0, 5, 0, 1), 0)
  one.merge.add(0, 1, held, 0)
  one.merge.add(0, 2, closing, 0)
  one.merge.announce(0, told(2, 20, 0), 0)
  one.merge.announce(0, told(2, 100, 1), 0)
  one.drain(0)
  assert.equal(one.out.texts, ['1 10'])
  const { position } = one.merge
  assert.is(position.feeds[0]!.sequence, 0, 'the held block is read again')
  const two = newMerge(1, 1e9, 1e9, position, one.out)
  two.merge.add(0, 1, held, 0)
  two.merge.add(0, 2, closing, 0)
  two.merge.add(0, 3, block(0, 3, 70), 0)
  two.merge.announce(0, told(3, 100, 0), 0)
  two.merge.announce(0, told(3, 100, 1), 0)
  two.drain(0)
  assert.equal(one.out.texts, ['1 10', '0 50', '0 70'])
  const three = newMerge(1, 1e9, 1e9, two.merge.position, one.out)
  three.merge.add(0, 4, block(0, 2, 60), 0)
  three.merge.add(0, 5, block(0, 2, 60), 0)
  three.drain(0)
  assert.equal([one.out.texts.slice(3), one.out.unordered], [['0 60'], 1])
})

test.run()
