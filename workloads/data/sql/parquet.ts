// Writes the columns of a table as a Parquet file, by DuckDB: from its own typed columns, a chunk of rows at a time. Times stay integers
// of nanoseconds, which `tables.ts` makes timestamps of.

import { rename, rm } from 'node:fs/promises'
import type * as DuckDB from '@duckdb/node-api'
import { LAYOUT } from '#events/tables/layout.ts'
import {
  type Column,
  type DecimalColumn,
  type Int64Column,
  isValid,
  type NamesColumn,
  type Table,
  type TextColumn,
} from '#events/tables/table.ts'

type Api = typeof DuckDB

/** Rows that DuckDB takes at a time. */
const CHUNK = 2048

type Written = {
  readonly name: string
  readonly type: DuckDB.DuckDBType
  readonly at: (row: number) => DuckDB.DuckDBValue
}

/** Whole or not at all. */
export async function writeParquet(
  api: Api,
  connection: DuckDB.DuckDBConnection,
  table: Table,
  path: string
): Promise<void> {
  const columns = columnsOf(api, table)
  const types = columns.map(({ type }) => type)
  const list = columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')
  await connection.run(`create or replace temp table making (${list})`)
  const appender = await connection.createAppender('making', null, 'temp')
  for (let start = 0; start < table.length; start += CHUNK) {
    const rows = Math.min(CHUNK, table.length - start)
    const chunk = api.DuckDBDataChunk.create(types, rows)
    for (const [i, { at }] of columns.entries()) {
      chunk.setColumnValues(
        i,
        Array.from({ length: rows }, (_, row) => at(start + row))
      )
    }
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  const fresh = `${path}.${process.pid}`
  try {
    const to = `'${fresh.replaceAll("'", "''")}'`
    await connection.run(`copy making to ${to} (format parquet, compression zstd)`)
    await rename(fresh, path)
  } finally {
    await rm(fresh, { force: true })
    await connection.run('drop table making')
  }
}

function columnsOf(api: Api, table: Table): Written[] {
  const { recv, conn, n, row, type, symbol, columns } = table
  const own = Object.entries(LAYOUT[table.name]).map(([name, kind]) =>
    written(api, name, kind, columns.get(name)!)
  )
  return [
    int64(api, 'recv', recv),
    names(api, 'conn', conn),
    int64(api, 'n', n),
    { name: 'row', type: api.INTEGER, at: (i) => row[i]! },
    names(api, 'type', type),
    names(api, 'symbol', symbol),
    ...own,
  ]
}

function written(api: Api, name: string, kind: string, column: Column): Written {
  switch (kind) {
    case 'time':
      return int64(api, name, column as Int64Column)
    case 'decimal':
      return decimal(api, name, column as DecimalColumn)
    case 'names':
      return names(api, name, column as NamesColumn)
    case 'small': {
      const values = column as Uint8Array
      return { name, type: api.UTINYINT, at: (i) => values[i]! }
    }
    default:
      return text(api, name, column as TextColumn)
  }
}

const bigints = ({ words }: Int64Column): BigInt64Array =>
  words.byteOffset % 8 === 0
    ? new BigInt64Array(words.buffer, words.byteOffset, words.length / 2)
    : new BigInt64Array(words.slice().buffer)

function int64(api: Api, name: string, column: Int64Column): Written {
  const values = bigints(column)
  const { valid } = column
  return { name, type: api.BIGINT, at: (i) => (isValid(valid, i) ? values[i]! : null) }
}

/** 18 digits fit into 64 bits of a file; more take 128. */
function decimal(api: Api, name: string, column: DecimalColumn): Written {
  const values = bigints(column)
  const { valid, scale, scales } = column
  const most = 10n ** 18n
  const isNarrow =
    scales === null && scale <= 18 && values.every((one) => one < most && one > -most)
  const width = isNarrow ? 18 : 38
  return {
    name,
    type: api.DECIMAL(width, scale),
    at: (i) => {
      if (!isValid(valid, i)) return null
      const factor = scales === null ? 1n : 10n ** BigInt(scale - scales[i]!)
      return api.decimalValue(values[i]! * factor, width, scale)
    },
  }
}

/** Up to this many names are written as numbers of them, which takes half the time. */
const MOST_NAMES = 60_000

/** What is not said is an empty name. */
function names(api: Api, name: string, { codes, names: texts }: NamesColumn): Written {
  const values = texts.map((one) => (one === '' ? null : one))
  const said = values.filter((one) => one !== null)
  const isShort = said.length > 0 && said.length <= MOST_NAMES
  return { name, type: isShort ? api.ENUM(said) : api.VARCHAR, at: (i) => values[codes[i]!]! }
}

function text(api: Api, name: string, { offsets, bytes, valid }: TextColumn): Written {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return {
    name,
    type: api.VARCHAR,
    at: (i) => (isValid(valid, i) ? all.toString('utf8', offsets[i], offsets[i + 1]) : null),
  }
}
