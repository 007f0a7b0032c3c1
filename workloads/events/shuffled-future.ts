// A table whose rows after a time say something else: their prices, sizes and quotes are exchanged among each other. For the test that nothing
// before that time depends on them. Times, instruments and order stay.

import { TURN, type Words } from './table-select.ts'
import type { Column, DecimalColumn, Table } from './tables/table.ts'

export function shuffledAfter(table: Table, after: Words): Table {
  const { words } = table.recv
  let first = table.length
  while (first > 0 && isLater(words, first - 1, after)) first--
  if (first === table.length) return table
  const columns = new Map<string, Column>()
  for (const [name, column] of table.columns) {
    columns.set(name, isDecimal(column) ? turned(column, first, table.length) : column)
  }
  // The common columns are getters of the table.
  return Object.create(table, { columns: { value: columns } }) as Table
}

const isDecimal = (column: Column): column is DecimalColumn =>
  !ArrayBuffer.isView(column) && 'scale' in column

function isLater(words: Int32Array, row: number, { high, low }: Words): boolean {
  const h = words[2 * row + 1]!
  return h > high || (h === high && (words[2 * row]! ^ TURN) > low)
}

/** The values from `first` on, in the opposite order; which of them are absent stays. */
function turned(column: DecimalColumn, first: number, length: number): DecimalColumn {
  const words = column.words.slice()
  for (let i = first; i < length; i++) {
    const from = length - 1 - (i - first)
    words[2 * i] = column.words[2 * from]!
    words[2 * i + 1] = column.words[2 * from + 1]!
  }
  return { ...column, words }
}
