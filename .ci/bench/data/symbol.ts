// One market of 39 from the lines of a day: ours, DuckDB over the same files, and zcat | grep, in turn.

import type { Row } from '#testing/row.ts'
import { against, below, bestOf } from './best.ts'
import { ASKED, quarterOf, tickerOf } from './day.ts'
import { askEngine, duckdbAsker, grep, type Question } from './sums.ts'

export async function symbolRows(root: string): Promise<Row[]> {
  const duckdb = await duckdbAsker()
  const symbol = tickerOf(ASKED)
  const changes: Question = { root, of: 'changes', symbol }
  const trades: Question = { root, of: 'trades', symbol }
  const hour = hourOf(ASKED)
  const best = await bestOf({
    ours: () => askEngine(changes),
    duckdb: () => duckdb(changes),
    grep: () => grep(changes),
  })
  const trading = await bestOf({
    ours: () => askEngine(trades),
    duckdb: () => duckdb(trades),
    only: () => duckdb({ ...trades, files: 'trades_*' }),
  })
  const within = await bestOf({ ours: () => askEngine({ ...changes, ...hour }) })
  return [
    {
      name: 'changes of one market, cold',
      value: best.ours,
      unit: 'ms',
      ratio: `DuckDB ${against(best.duckdb, best.ours, 2)}`,
    },
    { name: '  DuckDB over the same jsonl.gz', value: best.duckdb, unit: 'ms' },
    { name: '  zcat | grep', value: best.grep, unit: 'ms' },
    {
      name: 'trades of one market, cold',
      value: trading.ours,
      unit: 'ms',
      ratio: `DuckDB ${against(trading.duckdb, trading.ours, 2)}`,
    },
    { name: '  DuckDB over the same jsonl.gz', value: trading.duckdb, unit: 'ms' },
    { name: '  DuckDB, told which files hold trades', value: trading.only, unit: 'ms' },
    {
      name: 'changes of one market in its hour, cold',
      value: within.ours,
      unit: 'ms',
      ratio: below(within.ours, 100, 'ms'),
    },
  ]
}

/** An hour around the quarter in which the market is open. */
function hourOf(market: number): { readonly from: string; readonly to: string } {
  const [from] = quarterOf(market)
  const at = (ms: number): string => new Date(ms).toISOString().replace('Z', '000000Z')
  return { from: at(from - 1_800_000), to: at(from + 1_800_000) }
}
