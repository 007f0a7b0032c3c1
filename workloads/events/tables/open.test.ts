// Tables of segments against an order and rows that are made the naive way, from the lines one by one.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Manifest, readManifest } from '#archive/read/reader.ts'
import { at } from '#archive/testing/blocks.ts'
import { manifestOf, readBack, temporaryFolder } from '#archive/testing/folders.ts'
import { type Random, seeded, testSeed } from '#archive/testing/random.ts'
import { normalizerOf } from '#exchanges/index.ts'
import { within } from '#testing/deadline.ts'
import { archiveBlocks } from '../testing/archives.ts'
import { randomCapture } from '../testing/capture.ts'
import { RECORDED } from '../testing/frames.ts'
import { naiveTables, tableRows } from '../testing/table-rows.ts'
import type { Want } from './build.ts'
import { normalizersOf } from './normalizers.ts'
import { openTables } from './open.ts'
import { TABLES, type TableName } from './table.ts'

const test = suite('tables of a segment')
const seed = testSeed('tables')

async function makeArchive(root: string, exchange: string, random: Random): Promise<void> {
  const frames = RECORDED[exchange]!().slice(0, 1200)
  const shape = { feed: 'alpha', exchange, frames, shards: 2, connections: 3 }
  const times = { startsAt: at('2026-11-24T20:50:00Z'), stepMs: 1500 }
  const published = randomCapture(random, { ...shape, ...times })
  await within(60_000, 'archive', archiveBlocks(root, 'alpha', published, random))
}

/** The rows of all segments of a day, segment by segment. */
async function rowsOfDay(root: string, manifest: Manifest, want: Want = {}) {
  const { feed, day } = manifest
  const normalizers = await normalizersOf(root, manifest)
  const segments = []
  for (const segment of manifest.segments) {
    const opened = await openTables({ root, feed, day, segment }, want, { normalizers })
    assert.equal(opened.damage, [])
    const rows = new Map([...opened.tables].map(([name, table]) => [name, tableRows(table)]))
    segments.push({ segment, rows })
  }
  return segments
}

const dayOf = (root: string): Promise<Manifest> =>
  readManifest(root, 'alpha', manifestOf(root, '2026-11-24', 'alpha').day)

for (const exchange of Object.keys(RECORDED)) {
  test(`tables of ${exchange} say what its normaliser says of each line, in the total order`, async () => {
    const random = seeded(seed)
    using folder = temporaryFolder()
    await makeArchive(folder.path, exchange, random)
    const normalizer = await normalizerOf(exchange, null)
    const counts = new Map<TableName, number>()
    const manifest = await dayOf(folder.path)
    assert.ok(manifest.segments.length > 1)
    for (const { segment, rows } of await rowsOfDay(folder.path, manifest)) {
      const lines = [...readBack(folder.path, 'alpha', segment.name).values()]
      const wanted = naiveTables(lines, () => normalizer)
      for (const name of TABLES) {
        assert.equal(rows.get(name), wanted[name], `${name} of ${segment.name}, seed ${seed}`)
        counts.set(name, (counts.get(name) ?? 0) + wanted[name].length)
      }
    }
    assert.ok(
      [...counts.values()].reduce((sum, count) => sum + count, 0) > 300,
      String([...counts])
    )
  })
}

test.run()
