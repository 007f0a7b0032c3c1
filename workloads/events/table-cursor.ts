// The wanted rows of one table, with the records that they are of; and as rows of a batch.

import type { EventBatch } from '#market/columns.ts'
import { RowsCursor } from './rows-cursor.ts'
import type { BatchSource, Source } from './source.ts'
import { TableAppend } from './table-append.ts'
import type { Selection } from './table-select.ts'
import { int64At, type Table } from './tables/table.ts'

/** Rows with the records that they are of. */
export class RowsOfTable extends RowsCursor {
  get connection(): string {
    const { codes, names } = this.table.conn
    return names[codes[this.head]!]!
  }

  get number(): number {
    return int64At(this.table.n.words, this.head)
  }

  get row(): number {
    return this.table.row[this.head]!
  }
}

export class TableCursor extends RowsOfTable implements BatchSource {
  readonly #append: TableAppend

  /** `label`: the feed's name that the rows carry. */
  constructor(table: Table, selection: Selection, feed: number, label: string) {
    super(table, selection, feed)
    this.#append = new TableAppend(table, label)
  }

  take(batch: EventBatch, until: Source | undefined, rows: number): void {
    const from = this.at
    const to = this.pass(until, rows - batch.length)
    this.#append.append(batch, this.rows, from, to)
  }
}
