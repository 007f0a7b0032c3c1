// What reading history costs: from lines beside what a user would write (zlib and JSON.parse of each line), and from the cache.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { at } from '#archive/testing/blocks.ts'
import { seeded } from '#archive/testing/random.ts'
import type { Row } from '#testing/row.ts'
import { type HistoryOptions, history } from './history.ts'
import { readTables } from './read-tables.ts'
import { BuildPool } from './tables/build-pool.ts'
import { TableCache } from './tables/cache.ts'
import { type DecimalColumn, int64At } from './tables/table.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'

const FRAMES = 60_000
const ROUNDS = 5
const FEED = 'made'

/** CPU time of the process in milliseconds. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The least CPU time of each in some rounds in turn, milliseconds. */
async function alternate<N extends string>(
  ways: Readonly<Record<N, () => Promise<void> | void>>
): Promise<Record<N, number>> {
  const best = {} as Record<N, number>
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(ways) as N[]) {
      const before = cpuMs()
      await ways[name]()
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, cpuMs() - before)
    }
  }
  return best
}

async function makeArchive(root: string): Promise<void> {
  const random = seeded(1)
  const some = kalshiTestFrames(1, FRAMES)
  const frames = [...some]
  while (frames.length < FRAMES) frames.push(...some.slice(0, FRAMES - frames.length))
  const shape = { feed: FEED, exchange: 'kalshi', frames, shards: 2, connections: 2, trouble: 1e-4 }
  const times = { startsAt: at('2026-11-24T12:00:00Z'), stepMs: 10 }
  const published = randomCapture(random, { ...shape, ...times })
  await archiveBlocks(root, FEED, published, random, { commits: 0.002, chunkBytes: 1_000_000 })
}

/** What a user would write: each line an object, in the order of the files. */
function parseLines(root: string): number {
  let sum = 0
  for (const day of readdirSync(join(root, FEED)).filter((name) => /^\d/.test(name))) {
    for (const name of readdirSync(join(root, FEED, day))) {
      if (!name.endsWith('.gz')) continue
      const text = gunzipSync(readFileSync(join(root, FEED, day, name))).toString('utf8')
      for (const line of text.split('\n')) {
        if (line !== '') sum += (JSON.parse(line) as { readonly n: number }).n
      }
    }
  }
  return sum
}

/** Reads an archive of recorded frames in turns. */
export async function benchHistory(): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  try {
    await makeArchive(root)
    const cache = await TableCache.open({ dir, archives: [root] })
    // One thread: CPU time is compared.
    await using pool = new BuildPool({ threads: 0 })
    const roots = [{ path: root }]
    let [events, rows, sum] = [0, 0, 0]
    const read = async (options: Partial<HistoryOptions>): Promise<void> => {
      events = 0
      for await (const batch of history({ roots, pool, ...options })) {
        batch.each(({ price }) => {
          events++
          if (price > 0) sum += price
        })
      }
    }
    const onDamage = ({ error }: { readonly error: Error }): never => {
      throw error
    }
    const sizes = async (): Promise<void> => {
      rows = 0
      const columns = ['size']
      for await (const slice of readTables({ roots, cache, table: 'book', columns, onDamage })) {
        const { words } = slice.table.columns.get('size') as DecimalColumn
        for (let i = slice.from; i < slice.to; i++) sum += int64At(words, i)
        rows += slice.to - slice.from
      }
    }
    await read({ cache })
    const taken = await alternate({
      parsed: () => {
        sum += parseLines(root)
      },
      lines: () => read({}),
      cached: () => read({ cache }),
      columns: sizes,
    })
    if (sum === 0) throw new Error('nothing was read')
    const perSecond = (count: number, ms: number): number => (1000 * count) / ms
    const times = (slow: number, fast: number, what: string): string =>
      `${(slow / fast).toFixed(1)} x ${what}`
    return [
      {
        name: 'read history from lines',
        value: perSecond(events, taken.lines),
        unit: 'events/s',
        ratio: times(taken.parsed, taken.lines, 'zlib and JSON.parse of each line'),
      },
      {
        name: 'read history from the cache',
        value: perSecond(events, taken.cached),
        unit: 'events/s',
        ratio: times(taken.parsed, taken.cached, 'zlib and JSON.parse of each line'),
      },
      {
        name: 'add up a column of the cache',
        value: perSecond(rows, taken.columns),
        unit: 'rows/s',
        ratio: times(taken.cached / events, taken.columns / rows, 'history from the cache'),
      },
    ]
  } finally {
    rmSync(root, { recursive: true })
    rmSync(dir, { recursive: true })
  }
}
