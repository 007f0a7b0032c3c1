// Answers of few rows from plain objects: they are put into columns, begin behind the cursor and end at the limit. Answers of many rows
// fill a RowBuffer themselves.

import type { QueryContext, RowsAnswer } from './query.ts'
import { RowBuffer } from './row-buffer.ts'
import type { Column, Position, RowRun } from './rows.ts'

/** An integer and its scale. */
export type Decimal = { readonly integer: number | bigint; readonly scale: number }
type Value = string | number | boolean | Decimal | object | null | undefined
/** By the names of columns. Times as RFC 3339; what is null or missing is absent. */
export type PlainRow = Readonly<Record<string, Value>>

type Source = Iterable<PlainRow> | AsyncIterable<PlainRow>

export type PlainAnswer = Pick<RowsAnswer, 'quality' | 'about'> & {
  readonly columns: readonly Column[]
  /** In the order of their positions. */
  readonly rows: Source
  /** Names of the columns that make the place of a row. */
  readonly order: readonly string[]
}

export function plainRows(
  { columns, rows, order, quality, about }: PlainAnswer,
  { after, limit, signal }: Pick<QueryContext, 'after' | 'limit' | 'signal'>
): RowsAnswer {
  let next: Position | null = null
  async function* runs(): AsyncGenerator<RowRun> {
    const buffer = new RowBuffer(columns)
    let left = limit
    let last: Position | null = null
    for await (const row of rows) {
      signal.throwIfAborted()
      const place = order.map((name) => row[name] as string | number)
      if (after !== null && comparePositions(place, after) <= 0) continue
      if (left-- <= 0) {
        next = last
        break
      }
      last = place
      for (const [i, column] of columns.entries()) set(buffer, i, column, row[column.name])
      buffer.end()
      if (buffer.length < PLAIN_ROWS) continue
      yield buffer.run()
      buffer.clear()
    }
    if (buffer.length > 0) yield buffer.run()
  }
  return {
    kind: 'rows',
    rows: { columns, runs: runs(), next: () => next },
    ...(quality === undefined ? {} : { quality }),
    ...(about === undefined ? {} : { about }),
  }
}

const PLAIN_ROWS = 256

/** Texts by their characters, numbers by their size. */
export function comparePositions(a: Position, b: Position): number {
  for (const [i, mine] of a.entries()) {
    const other = b[i]
    if (other === undefined || mine === other) continue
    return mine < other ? -1 : 1
  }
  return 0
}

function set(buffer: RowBuffer, i: number, { name, type }: Column, value: Value): void {
  const isAbsent = value === undefined || value === null
  if (type === 'text') buffer.text(i, isAbsent ? null : (value as string))
  else if (type === 'json') buffer.json(i, isAbsent ? null : value)
  else if (type === 'bytes') buffer.bytes(i, isAbsent ? null : (value as Uint8Array))
  else if (type === 'integer') buffer.integer(i, isAbsent ? Number.NaN : (value as number))
  else if (type === 'flag') buffer.flag(i, isAbsent ? null : (value as boolean))
  else if (type === 'time') setTime(buffer, i, name, isAbsent ? null : (value as string))
  else if (isAbsent) buffer.decimal(i, Number.NaN, 0)
  else {
    const { integer, scale } = value as Decimal
    buffer.wide(i, BigInt(integer), scale)
  }
}

function setTime(buffer: RowBuffer, i: number, name: string, value: string | null): void {
  const time = value === null ? { ms: -1, ns: 0 } : splitTime(value)
  if (time === undefined) throw new TypeError(`${name}: ${value} is no time`)
  buffer.time(i, time.ms, time.ns)
}

/** RFC 3339 in UTC as milliseconds since 1970 and the nanoseconds within. */
export function splitTime(text: string): { ms: number; ns: number } | undefined {
  const second = Date.parse(`${text.slice(0, 19)}Z`)
  if (Number.isNaN(second)) return undefined
  const nanos = Number((/\.(\d{1,9})/.exec(text)?.[1] ?? '').padEnd(9, '0'))
  const ns = nanos % 1e6
  return { ms: second + (nanos - ns) / 1e6, ns }
}
