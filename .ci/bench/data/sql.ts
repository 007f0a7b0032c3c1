// SQL as the API answers it: the first statement over the day makes its files, others find them.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { query } from '#data/sql/query.ts'
import type { Row } from '#testing/row.ts'
import { bestOf } from './best.ts'
import { ASKED, DAY, tickerOf } from './day.ts'
import { duckdbAsker } from './sums.ts'

export async function sqlRows(root: string): Promise<Row[]> {
  const cacheDir = mkdtempSync(join(tmpdir(), 'ssmd-bench-sql-'))
  const symbol = tickerOf(ASKED)
  const ask = (sql: string) => askSql(root, cacheDir, sql)
  const statement = `select count(*), sum(size), first(price order by number), last(price order by number) from books where event = 'bookChange' and symbol = '${symbol}'`
  try {
    const start = performance.now()
    await ask(statement)
    const first = performance.now() - start
    const duckdb = await duckdbAsker()
    const best = await bestOf({
      ours: () => ask(statement),
      lines: async () => void (await duckdb({ root, of: 'changes', symbol })),
      bars: () =>
        ask('select symbol, time, open, high, low, close, volume from bars order by 1, 2'),
      nothing: () => ask('select 1'),
    })
    return [
      { name: 'the first statement over the day, which makes its files', value: first, unit: 'ms' },
      {
        name: 'changes of one market',
        value: best.ours,
        unit: 'ms',
        ratio: `${(best.lines / best.ours).toFixed(1)}x as fast as DuckDB over the lines`,
      },
      { name: '1-minute bars of all markets', value: best.bars, unit: 'ms' },
      { name: 'select 1: a process with DuckDB in it', value: best.nothing, unit: 'ms' },
    ]
  } finally {
    rmSync(cacheDir, { recursive: true, force: true })
  }
}

async function askSql(root: string, cacheDir: string, sql: string): Promise<void> {
  const answer = await query.run(
    { sql, from: `${DAY}T00:00:00.000000000Z` },
    {
      ...{ roots: [{ path: root }], cacheDir, after: null, limit: 100_000, nowMs: Date.now },
      grant: { feeds: () => true, days: () => true },
      signal: new AbortController().signal,
    }
  )
  if (answer.kind !== 'rows') throw new Error('no rows')
  for await (const _ of answer.rows.runs);
}
