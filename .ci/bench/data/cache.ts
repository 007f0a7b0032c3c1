// The columnar cache: what building it takes, and what questions take once it is there, beside DuckDB over the lines.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readManifest } from '#archive/read/reader.ts'
import { bars } from '#data/queries/bars.ts'
import { TableCache } from '#events/tables/cache.ts'
import { normalizersOf } from '#events/tables/normalizers.ts'
import { openTables } from '#events/tables/open.ts'
import type { Row } from '#testing/row.ts'
import { against, below, bestOf } from './best.ts'
import { ASKED, DAY, FEED, tickerOf } from './day.ts'
import { askEngine, duckdbAsker } from './sums.ts'

export async function cacheRows(root: string): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'ssmd-bench-cache-'))
  try {
    const cache = await TableCache.open({ dir, archives: [root] })
    const built = await build(root, cache)
    const duckdb = await duckdbAsker()
    const one = { root, of: 'changes', symbol: tickerOf(ASKED) } as const
    const all = { root, of: 'changes' } as const
    const symbol = await bestOf({
      ours: () => askEngine(one, { cache }),
      duckdb: () => duckdb(one),
    })
    const day = await bestOf({ ours: () => askEngine(all, { cache }), duckdb: () => duckdb(all) })
    const minutes = await bestOf({ ours: () => barsOf(root, dir, cache) })
    return [
      {
        name: 'building the cache, in one thread',
        value: built,
        unit: 'events/s',
        ratio: `target 500,000: ${built >= 500_000 ? 'met' : 'missed'}`,
      },
      {
        name: 'changes of one market, warm',
        value: symbol.ours,
        unit: 'ms',
        ratio: `DuckDB over jsonl.gz ${against(symbol.duckdb, symbol.ours, 30)}`,
      },
      {
        name: 'changes of the whole day, warm',
        value: day.ours,
        unit: 'ms',
        ratio: `DuckDB over jsonl.gz ${against(day.duckdb, day.ours, 5)}`,
      },
      {
        name: '1-minute bars of the day, as /v1/bars answers them',
        value: minutes.ours,
        unit: 'ms',
        ratio: below(minutes.ours, 200, 'ms'),
      },
    ]
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Events per second of processor time. */
async function build(root: string, cache: TableCache): Promise<number> {
  const manifest = await readManifest(root, FEED, DAY)
  const normalizers = await normalizersOf(root, manifest)
  let events = 0
  const before = process.cpuUsage()
  for (const segment of manifest.segments) {
    const place = { root, feed: FEED, day: DAY, segment }
    const { tables } = await openTables(place, {}, { normalizers, cache })
    for (const { length } of tables.values()) events += length
  }
  const { user, system } = process.cpuUsage(before)
  return events / ((user + system) / 1e6)
}

async function barsOf(root: string, cacheDir: string, cache: TableCache): Promise<void> {
  const answer = await bars.run(
    { kind: 'time', interval: '1m' },
    {
      ...{
        roots: [{ path: root }],
        cacheDir,
        cache,
        after: null,
        limit: 1_000_000,
        nowMs: Date.now,
      },
      grant: { feeds: () => true, days: () => true },
      signal: new AbortController().signal,
    }
  )
  if (answer.kind !== 'rows') throw new Error('no rows')
  for await (const _ of answer.rows.runs);
}
