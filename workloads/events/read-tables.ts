// The rows of one table of feeds, for aggregates that need no other: slices of columns, without a copy and without a merge with
// other tables. What a loop over them costs is what the columns cost.
//
// Feeds come one after the other. Within a feed slices are in order of receive time; gaps are not among them: the manifests say
// which there are, and `onDamage` is told what could not be read.

import type { SsmdError } from '#crds/errors.ts'
import { FeedReader, type Opened } from './feed-reader.ts'
import { planFeeds, type Scope } from './plan.ts'
import { Reading, type ReadingOptions } from './reading.ts'
import { RowsCursor } from './rows-cursor.ts'
import { Sources } from './sources.ts'
import type { EventFilter } from './stage.ts'
import { filterOf, type Selection, selectRows } from './table-select.ts'
import type { Table, TableName } from './tables/table.ts'
import { padded } from './times.ts'

export type Damage = {
  readonly feed: string
  readonly error: SsmdError
  readonly from: string
  readonly to: string
}

export type TableOptions = Scope &
  EventFilter &
  ReadingOptions & {
    readonly table: TableName
    /** Names of the columns that are needed, beside recv and those that are chosen by: asking for another one throws. @default all */
    readonly columns?: readonly string[] | undefined
    /** Takes what cannot be read, with the receive times that it covers. */
    readonly onDamage: (damage: Damage) => void
  }

/** Rows of the table from `from` to `to`, or those that stand there in `rows`. */
export type TableSlice = {
  readonly feed: string
  readonly table: Table
  readonly rows: Int32Array | null
  readonly from: number
  readonly to: number
}

export async function* readTables(options: TableOptions): AsyncGenerator<TableSlice, void> {
  const { symbols, types, table, onDamage, signal } = options
  const scope = {
    ...options,
    from: options.from === undefined ? undefined : padded(options.from),
    to: options.to === undefined ? undefined : padded(options.to),
  }
  const { from, to } = scope
  const want = { tables: [table], columns: columnsOf(options), symbols, types, from, to }
  const filter = filterOf({ symbols, types, from, to })
  await using reading = new Reading(options)
  const { ahead, open } = reading
  for (const plan of await planFeeds(scope)) {
    const sources = new Sources<SliceCursor | FeedReader>()
    let opened = 0
    const take: Opened = {
      table(one) {
        const selection = selectRows(one, filter)
        if (selection.start < selection.end) sources.add(new SliceCursor(one, selection, opened++))
      },
      damage: (error, first, last) => onDamage({ feed: plan.label, error, from: first, to: last }),
    }
    sources.add(new FeedReader({ plan, feed: 0, want, ahead, open }))
    for (;;) {
      signal?.throwIfAborted()
      const { first } = sources
      if (first === undefined) break
      if (first instanceof FeedReader) {
        sources.remove(first)
        await first.open(take)
        sources.add(first)
        continue
      }
      const start = first.at
      const behind = first.pass(sources.second, Number.POSITIVE_INFINITY)
      sources.settle()
      yield { feed: plan.label, table: first.table, rows: first.rows, from: start, to: behind }
    }
  }
}

const columnsOf = ({ columns, symbols, types }: TableOptions): string[] | undefined =>
  columns && [
    ...new Set(['recv', ...(symbols ? ['symbol'] : []), ...(types ? ['type'] : []), ...columns]),
  ]

/** Of rows of two segments at the same nanosecond those of the one that was opened first come first. */
class SliceCursor extends RowsCursor {
  readonly connection = ''
  readonly number: number
  readonly row = 0

  constructor(table: Table, selection: Selection, opened: number) {
    super(table, selection, 0)
    this.number = opened
  }
}
