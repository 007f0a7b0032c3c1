// Examples in the help of the commands that queries become; a query without examples is no command. They run in a test as printed, over
// an archive that has what they name.

export const QUERY_EXAMPLES: Readonly<Record<string, string>> = {
  coverage: `
  ssmd data coverage
  ssmd data coverage kalshi --from 2026-11-01 --to 2026-12-01
  ssmd data coverage -o csv --to-file coverage.csv`,
  gaps: `
  ssmd data gaps kalshi --from 2026-11-24
  ssmd data gaps --cause disconnected -o json`,
  freshness: `
  ssmd data freshness`,
  symbols: `
  ssmd data symbols kalshi --prefix KXGOLD
  ssmd data symbols kalshi --from 2026-11-24 --to 2026-11-25 --exact`,
  instruments: `
  ssmd data instruments kalshi`,
  schema: `
  ssmd data schema kalshi
  ssmd data schema kalshi --type trade`,
  estimate: `
  ssmd data estimate kalshi --type trade --from 2026-11-24 --to 2026-11-25`,
  records: `
  ssmd data records kalshi --from 2026-11-24T00:00:00Z --to 2026-11-24T00:05:00Z -o ndjson
  ssmd data records kalshi --type trade --raw
  ssmd data records kalshi -o parquet --to-file day.parquet`,
  events: `
  ssmd data events kalshi --event trade,quote --symbol KXGOLD15M-26NOV231900-00
  ssmd data events kalshi --event gap -o csv`,
  bars: `
  ssmd data bars kalshi --symbol KXGOLD15M-26NOV231900-00 --interval 1m
  ssmd data bars kalshi --symbol KXGOLD15M-26NOV231900-00 --kind tick --interval 10 -o json`,
  book: `
  ssmd data book kalshi KXGOLD15M-26NOV231900-00
  ssmd data book kalshi KXGOLD15M-26NOV231900-00 --at 2026-11-24T00:20:00Z --depth 5`,
  asof: `
  ssmd data asof KXGOLD15M-26NOV231900-00 --at 2026-11-24T00:20:00Z`,
  query: `
  ssmd data query "select symbol, count(*) as n from trades group by symbol order by n desc" --feed kalshi
  ssmd data query "show tables"`,
  builders: `
  ssmd data builders`,
}
