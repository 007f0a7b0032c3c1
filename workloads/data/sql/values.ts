// From the vectors of DuckDB to columns of rows. A value that a column cannot hold exactly is an error, never another value.

import type * as DuckDB from '@duckdb/node-api'
import { SsmdError } from '#crds/errors.ts'
import type { Column, ColumnType, ColumnValues, RowRun } from '../model/rows.ts'

type Api = typeof DuckDB

/** How each type of SQL is answered; those that are missing are text, as DuckDB writes them. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  BOOLEAN: 'flag',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  UBIGINT: 'integer',
  UHUGEINT: 'integer',
  DECIMAL: 'decimal',
  FLOAT: 'json',
  DOUBLE: 'json',
  TIMESTAMP: 'time',
  TIMESTAMP_S: 'time',
  TIMESTAMP_MS: 'time',
  TIMESTAMP_NS: 'time',
  TIMESTAMP_TZ: 'time',
  BLOB: 'bytes',
  LIST: 'json',
  ARRAY: 'json',
  STRUCT: 'json',
  MAP: 'json',
  UNION: 'json',
}

export function columnsOf(api: Api, result: DuckDB.DuckDBResult): Column[] {
  return result.deduplicatedColumnNames().map((name, i) => ({
    name,
    type: TYPES[api.DuckDBTypeId[result.columnTypeId(i)] ?? ''] ?? 'text',
    says: `of the SQL type ${result.columnType(i)}`,
  }))
}

export function runOf(api: Api, columns: readonly Column[], chunk: DuckDB.DuckDBDataChunk): RowRun {
  return {
    length: chunk.rowCount,
    columns: columns.map((column, i) => valuesOf(api, column, chunk, i)),
  }
}

function valuesOf(
  api: Api,
  column: Column,
  chunk: DuckDB.DuckDBDataChunk,
  index: number
): ColumnValues {
  const rows = chunk.rowCount
  switch (column.type) {
    case 'json': {
      const values = chunk.convertColumnValues(index, api.JsonDuckDBValueConverter)
      return { type: 'json', values }
    }
    case 'integer': {
      const values = new Float64Array(rows)
      each(chunk, index, (value, row) => {
        values[row] = value === null ? Number.NaN : exact(column, value as number | bigint)
      })
      return { type: 'integer', values }
    }
    case 'decimal':
      return decimals(chunk, index)
    case 'time': {
      const ms = new Float64Array(rows)
      const ns = new Int32Array(rows)
      each(chunk, index, (value, row) => {
        const nanos = value === null ? -1_000_000n : nanosOf(column, value as Instant)
        ms[row] = Number(nanos / 1_000_000n)
        ns[row] = value === null ? 0 : Number(nanos % 1_000_000n)
      })
      return { type: 'time', ms, ns }
    }
    case 'flag': {
      const values = new Uint8Array(rows)
      each(chunk, index, (value, row) => {
        values[row] = value === null ? 2 : Number(value)
      })
      return { type: 'flag', values }
    }
    case 'bytes': {
      const values: (Uint8Array | null)[] = []
      each(chunk, index, (value) => {
        const bytes = value as { readonly bytes: Uint8Array } | null
        values.push(bytes === null ? null : new Uint8Array(bytes.bytes))
      })
      return { type: 'bytes', values }
    }
    case 'text': {
      const values: (string | null)[] = []
      each(chunk, index, (value) => values.push(value === null ? null : String(value)))
      return { type: 'text', values }
    }
  }
}

function each(
  chunk: DuckDB.DuckDBDataChunk,
  index: number,
  take: (value: DuckDB.DuckDBValue, row: number) => void
): void {
  const vector = chunk.getColumnVector(index)
  for (let row = 0; row < chunk.rowCount; row++) take(vector.getItem(row), row)
}

function exact(column: Column, value: number | bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw cannotHold(column, `${value} is beyond 2^53`)
}

function decimals(chunk: DuckDB.DuckDBDataChunk, index: number): ColumnValues {
  const values = new Float64Array(chunk.rowCount)
  const scales = new Uint8Array(chunk.rowCount)
  let wide: Map<number, bigint> | undefined
  each(chunk, index, (value, row) => {
    const decimal = value as DuckDB.DuckDBDecimalValue | null
    const number = decimal === null ? Number.NaN : Number(decimal.value)
    const fits = Number.isSafeInteger(number)
    values[row] = fits ? number : Number.NaN
    if (decimal === null) return
    scales[row] = decimal.scale
    if (!fits) wide = (wide ?? new Map()).set(row, decimal.value)
  })
  return { type: 'decimal', values, scales, ...(wide && { wide }) }
}

type Instant = { readonly isFinite: boolean } & Partial<
  Record<'seconds' | 'millis' | 'micros' | 'nanos', bigint>
>

function nanosOf(column: Column, value: Instant): bigint {
  const { seconds, millis, micros, nanos } = value
  const all =
    nanos ??
    (micros !== undefined ? micros * 1000n : (millis ?? (seconds ?? 0n) * 1000n) * 1_000_000n)
  if (!value.isFinite || all < 0n) throw cannotHold(column, `${value} is no time after 1970`)
  return all
}

const cannotHold = ({ name }: Column, why: string): SsmdError =>
  new SsmdError(
    'SSMD_E_SQL',
    `the column ${name} of the answer cannot be written exactly: ${why}`,
    {
      hint: `write CAST(${name} AS VARCHAR) in the statement`,
    }
  )

/** About how many bytes a run takes in an answer. */
export function bytesOf({ columns }: RowRun): number {
  let sum = 0
  for (const column of columns) {
    if (column.type === 'time') sum += 12 * column.ms.length
    else if (column.type === 'text') for (const text of column.values) sum += text?.length ?? 0
    else if (column.type === 'bytes') for (const bytes of column.values) sum += bytes?.length ?? 0
    else if (column.type === 'json') sum += JSON.stringify(column.values).length
    else sum += 8 * column.values.length
  }
  return sum
}
