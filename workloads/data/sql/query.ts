// SQL over market events, bars, manifests and gaps, answered by DuckDB in a process of its own.

import { join } from 'node:path'
import { refuseInside } from '#events/tables/cache-dir.ts'
import { packageOnFirstUse } from '#packages/on-first-use.ts'
import { intervalOf } from '../model/interval.ts'
import type { Query } from '../model/query.ts'
import type { RowRun } from '../model/rows.ts'
import { BUDGET, FEEDS, FROM, listOf, TO } from '../queries/common.ts'
import { makeFolder } from './folder.ts'
import { SQL_LIMITS } from './messages.ts'
import { type Prepared, prepareTables } from './prepare.ts'
import { runSql } from './run.ts'
import { ANSWER_TABLES, BARS, EVENT_TABLES, namedTables } from './tables.ts'

const MB = 1024 * 1024

export const query: Query = {
  name: 'query',
  path: '/v1/query',
  method: 'POST',
  summary:
    'SQL that reads: one SELECT over trades, quotes, books, instruments, bars, manifests and gaps',
  description:
    'DuckDB answers one statement that reads, in a process without network, with no other files than its tables, at most ' +
    `${SQL_LIMITS.memoryBytes / MB} MB of memory, ${SQL_LIMITS.threads} threads, ${SQL_LIMITS.timeMs / 1000} s and ` +
    `${SQL_LIMITS.answerBytes / MB} MB of answer. feed, from and to choose the days of the tables and their receive times: name ` +
    'them, since the first statement over a day makes its files. Rows come in the order of the statement; a cursor runs it again ' +
    'and leaves out the rows given before, so write ORDER BY. Tables: ' +
    EVENT_TABLES.map(
      ({ name, columns }) => `${name} (feed, ${columns.map((one) => one.name).join(', ')})`
    ).join('; ') +
    `; ${BARS.name}: one minute of receive time each; ${ANSWER_TABLES.join(' and ')}: as /v1/datasets and /v1/gaps answer.`,
  class: 'compute',
  parameters: [
    {
      name: 'sql',
      required: true,
      schema: {
        type: 'string',
        minLength: 1,
        maxLength: 20_000,
        description:
          'The statement, in the SQL of DuckDB. SHOW TABLES and DESCRIBE <table> say what exists.',
        examples: [
          'select symbol, count(*) as trades from trades group by symbol order by 2 desc limit 10',
        ],
      },
    },
    FEEDS,
    FROM,
    TO,
  ],
  answer: { kind: 'rows', columns: [], limit: { usual: 10_000, most: 100_000 } },
  budget: BUDGET,
  run: async (parameters, context) => {
    const sql = String(parameters.sql)
    const interval = intervalOf(parameters)
    const { signal, cacheDir, onNotice: log } = context
    await refuseInside(
      cacheDir,
      context.roots.map(({ path }) => path)
    )
    const url = await packageOnFirstUse('@duckdb/node-api', log ? { log } : {})
    const folder = await makeFolder(join(cacheDir, 'parquet', 'statements'))
    const packageUrl = url.href
    let prepared: Prepared | undefined
    try {
      const feeds = listOf(parameters, 'feed')
      const wanted = { named: namedTables(sql), feeds, packageUrl, folder, ...interval }
      const rows = await runSql({
        ...{ sql, packageUrl, signal, folder: folder.path, limit: context.limit },
        skip: Number(context.after?.[0] ?? 0),
        views: async () => {
          prepared = await prepareTables(wanted, context)
          return prepared.views
        },
      })
      const runs = untilEnd(rows.runs, folder.remove)
      return { kind: 'rows', rows: { ...rows, runs }, quality: prepared!.quality }
    } catch (error) {
      await folder.remove()
      throw error
    }
  },
}

async function* untilEnd(
  runs: AsyncIterable<RowRun>,
  end: () => Promise<void>
): AsyncGenerator<RowRun> {
  try {
    yield* runs
  } finally {
    await end()
  }
}
