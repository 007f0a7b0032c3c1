// Live over the log equals history: what connectors publish, archived and read back, against the same blocks merged as they come.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { at } from '#archive/testing/blocks.ts'
import { manifestOf, temporaryFolder } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { normalizerOf } from '#exchanges/index.ts'
import { EventBatch } from '#market/columns.ts'
import { within } from '#testing/deadline.ts'
import { history } from './history.ts'
import { LogMerge } from './log-merge.ts'
import { FeedStage } from './stage.ts'
import { archiveBlocks } from './testing/archives.ts'
import { type CaptureShape, type PublishedBlock, randomCapture } from './testing/capture.ts'
import { RECORDED } from './testing/frames.ts'
import { isGapRow, rowsOf, rowText } from './testing/rows.ts'

const test = suite('live equals history')
const seed = testSeed('equal')
const ROUNDS = process.env.SSMD_FAULTS === 'all' ? 20 : 2
const SHARDS = 3

type Feed = {
  readonly name: string
  readonly exchange: string
  readonly published: PublishedBlock[]
}

/** The rows of blocks merged as a live reader gets them, while connectors announce at any moment. */
async function liveRows(random: Random, feeds: readonly Feed[]): Promise<string[]> {
  const batch = new EventBatch()
  const stages: FeedStage[] = []
  for (const { name, exchange } of feeds) {
    const normalizer = (await normalizerOf(exchange, {}))!
    stages.push(new FeedStage(name, batch, normalizer, {}, { countsNumbers: true }))
  }
  const merge = new LogMerge({ feeds: stages, maxBytes: 1e9, silentMs: 1e9, nowMs: 0 })
  const rows: string[] = []
  const drain = (): void => {
    for (let more = true; more; ) {
      more = merge.deliver(200, 0)
      assert.ok(batch.ordered, 'nothing comes late')
      batch.each((event) => rows.push(rowText(event)))
      batch.clear()
    }
  }
  const steps = feeds
    .flatMap(({ published }, feed) =>
      published.map((one, i) => ({ feed, sequence: i + 1, ...one }))
    )
    .sort((a, b) => (a.at < b.at ? -1 : 1))
  const announce = (feed: number, now: bigint, sequence: number): void => {
    // What was received and is not published yet.
    const open = feeds[feed]!.published.slice(sequence)
    let time = now
    for (const { block } of open) if (block.recv(0) <= time) time = block.recv(0) - 1n
    const shards = Array.from({ length: SHARDS }, (_, i) => i)
    const [ms, ns] = [Number(time / 1_000_000n), Number(time % 1_000_000n)]
    merge.announce(feed, { shards, time: { ms, ns }, sequence }, 0)
  }
  const sequences = feeds.map(() => 0)
  for (const { feed, sequence, block, at: now } of steps) {
    merge.add(feed, sequence, block, 0)
    sequences[feed] = sequence
    for (let f = 0; f < feeds.length; f++) {
      // No frame is received at the moment that is announced.
      if (random.next() < 0.2) announce(f, now - 1n, sequences[f]!)
    }
    if (random.next() < 0.2) drain()
  }
  const end = steps.at(-1)!.at + 1n
  for (let f = 0; f < feeds.length; f++) announce(f, end, sequences[f]!)
  drain()
  return rows
}

function firstDifference(found: readonly string[], wanted: readonly string[], what: string): void {
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    if (found[i] !== wanted[i]) assert.is(found[i], wanted[i], `${what}, row ${i}`)
  }
}

/** What several feeds of an exchange published, and it is archived below `root`. */
async function archived(
  random: Random,
  root: string,
  shape: Omit<CaptureShape, 'feed' | 'shards' | 'connections' | 'startsAt'>
): Promise<readonly Feed[]> {
  const { exchange } = shape
  const more = { ...shape, shards: SHARDS, connections: 5, startsAt: at('2026-11-24T23:55:00Z') }
  const feeds = ['alpha', 'beta'].map((feed): Feed => {
    return { name: feed, exchange, published: randomCapture(random, { feed, ...more }) }
  })
  for (const { name, published } of feeds) {
    await within(60_000, 'archive', archiveBlocks(root, name, published, random))
  }
  return feeds
}

for (const [exchange, recorded] of Object.entries(RECORDED))
  test(`${exchange}: live over the log equals history, event by event, gaps too`, async () => {
    const frames = recorded()
    assert.ok(frames.length >= 300, `${frames.length} frames`)
    for (let round = 0; round < ROUNDS; round++) {
      const random = seeded(seed + round)
      using folder = temporaryFolder()
      const feeds = await archived(random, folder.path, { exchange, frames, stepMs: 1_500 })
      const past = await rowsOf(history({ roots: [folder] }))
      const live = await liveRows(random, feeds)
      assert.ok(past.filter(isGapRow).length > 20, 'there are gaps')
      assert.ok(past.filter((row) => !isGapRow(row)).length > 300, 'and events')
      firstDifference(live, past, `seed ${seed + round}`)
    }
  })

test('gaps that a manifest counts together are told one by one, by live and history alike', async () => {
  const frames = RECORDED.kalshi!()
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + 1000 + round)
    using folder = temporaryFolder()
    const shape = { exchange: 'kalshi', frames, stepMs: 800, trouble: 0.3 }
    const feeds = await archived(random, folder.path, shape)
    const together = ['2026-11-24', '2026-11-25']
      .flatMap((day) => manifestOf(folder.path, day, 'alpha').gaps)
      .filter(({ cause, count }) => cause === 'number-hole' && count !== undefined)
    assert.ok(together.length > 3, `${together.length} entries of many holes`)
    const past = await rowsOf(history({ roots: [folder] }))
    firstDifference(await liveRows(random, feeds), past, `seed ${seed + 1000 + round}`)
  }
})

test.run()
