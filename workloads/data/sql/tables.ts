// The tables of SQL: market events as the columns of the cache have them, and what manifests say.

import { INSTRUMENT_TEXTS, QUOTE_DECIMALS } from '#events/tables/layout.ts'
import type { TableName } from '#events/tables/table.ts'
import { FLAG } from '#market/event.ts'

/** A column as a statement sees it, and the SQL that makes it from a column of the file. */
type SqlColumn = {
  readonly name: string
  readonly type: string
  readonly from: string
  readonly says: string
}

const TEXT = 'VARCHAR'
const TIME = 'TIMESTAMP_NS'
/** Of one feed; feeds of more digits make it wider. */
const DECIMAL = 'DECIMAL(18, 4)'

const col = (name: string, type: string, says: string, from = `"${name}"`): SqlColumn => ({
  ...{ name, type, from, says },
})

const COMMON: readonly SqlColumn[] = [
  col('symbol', TEXT, 'the name of the instrument, by the exchange'),
  col('recv', TIME, 'when it was received, in UTC', 'make_timestamp_ns(recv)'),
  col('time', TIME, 'when it happened, by the exchange', 'make_timestamp_ns("time")'),
]
const FLAGS = col('flags', 'UTINYINT', 'bits of what is unusual about it')
const PLACE: readonly SqlColumn[] = [
  col('sequence', TEXT, 'number of the exchange'),
  col('type', TEXT, 'message type of the exchange'),
  col('connection', TEXT, 'the connection that received it', 'conn'),
  col('number', 'BIGINT', 'of the record within the connection', 'n'),
  col('part', 'INTEGER', 'which event of the frame it is, from 0', '"row"'),
]

export type EventTable = {
  readonly name: string
  readonly table: TableName
  readonly columns: readonly SqlColumn[]
}

/** By the names that statements use. */
export const EVENT_TABLES: readonly EventTable[] = [
  {
    name: 'trades',
    table: 'trade',
    columns: [
      ...COMMON,
      col('price', DECIMAL, 'of one'),
      col('size', DECIMAL, 'how much was traded'),
      col('side', TEXT, 'buy or sell: who took'),
      col('id', TEXT, 'of the trade, by the exchange'),
      FLAGS,
      ...PLACE,
    ],
  },
  {
    name: 'quotes',
    table: 'quote',
    columns: [
      ...COMMON,
      ...QUOTE_DECIMALS.map((name) => col(name, DECIMAL, 'as the exchange says')),
      FLAGS,
      ...PLACE,
    ],
  },
  {
    name: 'books',
    table: 'book',
    columns: [
      ...COMMON,
      col('event', TEXT, 'bookSnapshot or bookChange'),
      col('side', TEXT, 'bid or ask'),
      col('price', DECIMAL, 'of the level'),
      col('size', DECIMAL, 'of the level afterwards, or the change if flags say so'),
      FLAGS,
      ...PLACE,
    ],
  },
  {
    name: 'instruments',
    table: 'instrument',
    columns: [
      ...COMMON,
      col('phase', TEXT, 'of trading'),
      col('action', TEXT, 'what the exchange said'),
      ...INSTRUMENT_TEXTS.map((name) => col(name, TEXT, 'as the exchange wrote it')),
      ...PLACE,
    ],
  },
]

/** Made of answers of other queries, as they are. */
export const ANSWER_TABLES = ['manifests', 'gaps'] as const

const FIRST = 'order by recv, connection, number, part'

/** Bars of one minute of receive time, as /v1/bars makes them; other lengths are a GROUP BY over trades. */
export const BARS = {
  name: 'bars',
  of: 'trades',
  sql:
    'select feed, symbol, minute as time, minute + interval \'1 minute\' as "end", ' +
    `first(price ${FIRST}) as open, max(price) as high, min(price) as low, last(price ${FIRST}) as "close", ` +
    'sum(size) as volume, sum(price * size) as value, count(*) as trades, ' +
    "coalesce(sum(size) filter (side = 'buy'), 0) as buyVolume, coalesce(sum(size) filter (side = 'sell'), 0) as sellVolume " +
    // What happened before the subscription is in no bar.
    `from (select *, time_bucket(interval '1 minute', recv) as minute from trades where price is not null and flags & ${FLAG.history} = 0) ` +
    'group by feed, symbol, minute',
} as const

export const TABLE_NAMES: readonly string[] = [
  ...EVENT_TABLES.map(({ name }) => name),
  BARS.name,
  ...ANSWER_TABLES,
]

/** Tables that a statement may read: those whose name occurs in its text, wherever. */
export function namedTables(sql: string): Set<string> {
  const words = new Set(sql.toLowerCase().match(/\w+/g))
  const found = new Set(TABLE_NAMES.filter((name) => words.has(name)))
  if (found.has(BARS.name)) found.add(BARS.of)
  return found
}

export type FeedFiles = { readonly feed: string; readonly paths: readonly string[] }

/** The view of a table over files of feeds. `from` and `to`: receive times, inclusive and exclusive, in nanoseconds since 1970. */
export function viewOf(
  { columns }: EventTable,
  feeds: readonly FeedFiles[],
  from: bigint | undefined,
  to: bigint | undefined
): string {
  const when = [
    ...(from === undefined ? [] : [`recv >= ${from}`]),
    ...(to === undefined ? [] : [`recv < ${to}`]),
  ]
  const where = when.length === 0 ? '' : ` where ${when.join(' and ')}`
  const list = columns.map((one) => `${one.from} as "${one.name}"`).join(', ')
  const parts = feeds.map(
    ({ feed, paths }) =>
      `select ${quoted(feed)} as feed, ${list} from read_parquet([${paths.map(quoted).join(', ')}], union_by_name = true)${where}`
  )
  return [...parts, `${withoutRows(columns)} limit 0`]
    .slice(0, Math.max(parts.length, 1))
    .join(' union all by name ')
}

/** Of a table that the statement does not name in its text: it can be described, and reading it is an error instead of no rows. */
export const unreadView = ({ name, columns }: EventTable): string =>
  `${withoutRows(columns)} where error(${quoted(`write the name ${name} into the statement`)}) is null`

const withoutRows = (columns: readonly SqlColumn[]): string =>
  `select null::VARCHAR as feed, ${columns.map(({ name, type }) => `null::${type} as "${name}"`).join(', ')}`

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
