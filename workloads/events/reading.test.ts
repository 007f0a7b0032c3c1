// Where tables come from changes nothing in what is read: lines, the cache, one thread or several, a segment that still grows.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatManifest } from '#archive/format/manifest.ts'
import { at } from '#archive/testing/blocks.ts'
import { manifestOf, openWriter, STREAM, temporaryFolder } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { within } from '#testing/deadline.ts'
import { type HistoryOptions, history } from './history.ts'
import { BuildPool } from './tables/build-pool.ts'
import { TableCache } from './tables/cache.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { type PublishedBlock, randomCapture } from './testing/capture.ts'
import { isGapRow, rowsOf } from './testing/rows.ts'

const test = suite('reading')
const seed = testSeed('reading')
const FRAMES = kalshiTestFrames(3, 900)

const capture = (
  random: Random,
  feed: string,
  { stepMs = 20_000, frames = FRAMES } = {}
): PublishedBlock[] =>
  randomCapture(random, {
    ...{ feed, exchange: 'kalshi', frames, shards: 2, connections: 3, stepMs },
    startsAt: at('2026-11-24T20:50:00Z'),
  })

function firstDifference(found: readonly string[], wanted: readonly string[], what: string): void {
  for (let i = 0; i < Math.max(found.length, wanted.length); i++) {
    if (found[i] !== wanted[i]) assert.is(found[i], wanted[i], `${what}, row ${i}, seed ${seed}`)
  }
}

test('lines, an empty and a filled cache, one thread and two give the same rows', async () => {
  const random = seeded(seed)
  using folder = temporaryFolder()
  using other = temporaryFolder()
  for (const feed of ['alpha', 'beta']) {
    await within(60_000, 'archive', archiveBlocks(folder.path, feed, capture(random, feed), random))
  }
  const built: string[] = []
  const cache = await TableCache.open({
    ...{ dir: other.path, archives: [folder.path] },
    onBuild: ({ name }) => void built.push(name),
  })
  await using one = new BuildPool({ threads: 1, hereBytes: 0 })
  await using two = new BuildPool({ threads: 2, hereBytes: 0 })
  const symbol = FRAMES.find(({ type }) => type === 'orderbook_delta')!.symbol
  const choices: Omit<HistoryOptions, 'roots'>[] = [
    {},
    { symbols: [symbol] },
    { types: ['trade'], feeds: ['beta'] },
    { from: '2026-11-24T23:10', to: '2026-11-25T00:20' },
    { events: ['trade', 'bookSnapshot'] },
  ]
  for (const choice of choices) {
    const options = { ...choice, roots: [folder] }
    const what = JSON.stringify(choice)
    const lines = await rowsOf(history(options))
    assert.ok(lines.length > 20, `${what}: ${lines.length} rows`)
    firstDifference(await rowsOf(history({ ...options, pool: one })), lines, `${what} one thread`)
    firstDifference(await rowsOf(history({ ...options, pool: two })), lines, `${what} two threads`)
    const before = built.length
    firstDifference(await rowsOf(history({ ...options, cache, pool: two })), lines, `${what} cache`)
    const after = built.length
    if (choice === choices[0]) assert.ok(after >= 4, 'the cache is filled by the first reading')
    else assert.is(after, before, `${what} builds nothing for the cache`)
    firstDifference(await rowsOf(history({ ...options, cache })), lines, `${what} cache again`)
    assert.is(built.length, after, `${what} is read from the cache`)
  }
})

test('one market of several, or a short time, is read without filling the cache', async () => {
  const random = seeded(seed + 2)
  using folder = temporaryFolder()
  using other = temporaryFolder()
  // Recordings are of one market each: here they take turns.
  const turns = FRAMES.map((frame) => ({ frame, place: random.next() }))
  const frames = turns.sort((a, b) => a.place - b.place).map(({ frame }) => frame)
  const published = capture(random, 'alpha', { frames })
  await within(60_000, 'archive', archiveBlocks(folder.path, 'alpha', published, random))
  const built: string[] = []
  const cache = await TableCache.open({
    ...{ dir: other.path, archives: [folder.path] },
    onBuild: ({ name }) => void built.push(name),
  })
  const counts = new Map<string, number>()
  for (const { symbol } of frames) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  const [[symbol] = ['']] = [...counts]
    .filter(([, count]) => count > 20)
    .sort((x, y) => x[1] - y[1])
  for (const choice of [
    { symbols: [symbol] },
    { from: '2026-11-24T21:10', to: '2026-11-24T21:20' },
    { types: ['trade'] },
  ]) {
    const rows = await rowsOf(history({ ...choice, roots: [folder], cache }))
    assert.ok(rows.filter((row) => !isGapRow(row)).length > 5, JSON.stringify(choice))
    assert.equal(built, [], JSON.stringify(choice))
  }
  await rowsOf(history({ roots: [folder], cache }))
  assert.ok(built.length > 1, 'all of it is built and kept')
})

test('a reader sees the segment of today growing, with the cache and without', async () => {
  const random = seeded(seed + 1)
  using folder = temporaryFolder()
  using other = temporaryFolder()
  const cache = await TableCache.open({ dir: other.path, archives: [folder.path] })
  const published = capture(random, 'alpha', { stepMs: 1_000 })
  const writer = await openWriter(folder.path, { feed: 'alpha', chunkBytes: 4000 })
  writer.bind(STREAM)
  const read = async (): Promise<string[]> => {
    const rows = await rowsOf(history({ roots: [folder] }))
    firstDifference(await rowsOf(history({ roots: [folder], cache })), rows, 'with the cache')
    return rows
  }
  let before: string[] = []
  const parts = 4
  for (let part = 0; part < parts; part++) {
    for (const [i, { block }] of published.entries()) {
      if (Math.floor((i * parts) / published.length) === part) writer.add(block, i + 1)
    }
    await writer.commit()
    // With a manifest that covers it.
    await writer.checkpoint()
    const rows = await read()
    const frames = rows.filter((row) => !isGapRow(row))
    assert.ok(frames.length > before.length, `${frames.length} rows after ${before.length}`)
    const now = new Set(frames)
    const lost = before.filter((row) => !now.has(row))
    assert.equal(lost, [], 'what was there stays')
    before = frames
  }
  await writer.close()
  firstDifference(
    (await read()).filter((row) => !isGapRow(row)),
    before,
    'once it is sealed'
  )
})

test('what a segment got from before its first time, while it was read, does not break the order', async () => {
  const random = seeded(seed + 3)
  using folder = temporaryFolder()
  for (const feed of ['alpha', 'beta']) {
    const published = capture(random, feed)
    await within(60_000, 'archive', archiveBlocks(folder.path, feed, published, random))
  }
  const all = await rowsOf(history({ roots: [folder] }))
  // As a manifest says it that was read before late records came and the segment was sealed.
  const manifest = manifestOf(folder.path, '2026-11-24', 'alpha')
  const later = ({ from }: { readonly from: string }) => `${from.slice(0, 14)}40:00.000000000Z`
  const one = manifest.segments.find(({ group, from, to }) => {
    return group === 'all' && from < later({ from }) && to > later({ from })
  })!
  const from = later(one)
  const segments = manifest.segments.map((other) => (other === one ? { ...one, from } : other))
  const { sha256: _, ...older } = { sha256: '', ...manifest, segments }
  const path = join(folder.path, 'alpha', '2026-11-24', 'manifest.json')
  writeFileSync(path, formatManifest(older))
  const rows = await rowsOf(history({ roots: [folder] }))
  const times = rows.map((row) => row.slice(0, 30))
  assert.equal(times, times.toSorted(), `seed ${seed + 3}`)
  const isLate = (row: string): boolean =>
    row.includes('\talpha\t') && row >= one.from && row < from && !isGapRow(row)
  firstDifference(
    rows,
    all.filter((row) => !isLate(row)),
    'all others'
  )
})

test.run()
