// Rows made from plain objects, for answers that are small by nature: days, feeds, gaps. Each column says how its value is had.

import type { RowsAnswer } from '../query.ts'
import type { Column, ColumnValues, Position, RowRun } from '../rows.ts'

type Cell<T> = Column & {
  readonly type: 'text' | 'integer' | 'flag' | 'json'
  /** Null or undefined: absent. */
  readonly of: (row: T) => unknown
}
export type Cells<T> = readonly Cell<T>[]

/** Rows of a run. */
const RUN = 4096

/** The rows behind `after`, at most `limit`; `all` is in the order of `place`. */
export function pageOf<T>(
  all: readonly T[],
  cells: Cells<T>,
  { after, limit }: { readonly after: Position | null; readonly limit: number },
  place: (row: T) => Position
): RowsAnswer {
  const rest = after === null ? all : all.filter((row) => isBehind(place(row), after))
  const rows = rest.slice(0, limit)
  const last = rows.at(-1)
  return {
    kind: 'rows',
    rows: {
      columns: cells.map(({ of: _, ...column }) => column),
      runs: runsOf(rows, cells),
      next: () => (rest.length > limit && last !== undefined ? place(last) : null),
    },
  }
}

/** Whether a place comes after another one, field by field. */
function isBehind(place: Position, after: Position): boolean {
  for (const [i, value] of place.entries()) {
    const other = after[i]
    if (other === undefined || value === other) continue
    return value > other
  }
  return false
}

async function* runsOf<T>(rows: readonly T[], cells: Cells<T>): AsyncGenerator<RowRun> {
  for (let start = 0; start < rows.length; start += RUN) {
    const part = rows.slice(start, start + RUN)
    yield { length: part.length, columns: cells.map((cell) => valuesOf(part, cell)) }
  }
}

function valuesOf<T>(rows: readonly T[], { type, of }: Cell<T>): ColumnValues {
  const values = rows.map((row) => of(row) ?? null)
  switch (type) {
    case 'text':
      return { type, values: values as (string | null)[] }
    case 'integer':
      return {
        type,
        values: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
      }
    case 'flag':
      return {
        type,
        values: Uint8Array.from(values, (value) => (value === null ? 2 : Number(value))),
      }
    case 'json':
      return { type, values }
  }
}
