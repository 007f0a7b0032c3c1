// History row by row: the same rows in the same total order as history.ts has them, without batches: each is handed over where it stands in its
// table. For a reader that handles every row once, and may choose the instruments whose rows it takes; gaps always come.

import { EventBatch } from '#market/columns.ts'
import type { MarketEvent } from '#market/event.ts'
import { damagedGap, FeedGaps } from './feed-gaps.ts'
import { FeedReader, type Opened } from './feed-reader.ts'
import { GapCursor } from './gap-cursor.ts'
import { type HistoryOptions, wantOf, withWholeTimes } from './history.ts'
import { type FeedPlan, planFeeds } from './plan.ts'
import { Reading } from './reading.ts'
import { shuffledAfter } from './shuffled-future.ts'
import { Sources } from './sources.ts'
import { RowsOfTable } from './table-cursor.ts'
import { TableRows } from './table-rows.ts'
import { filterOf, type Selection, selectRows } from './table-select.ts'
import { LAYOUT } from './tables/layout.ts'
import type { Table } from './tables/table.ts'
import { later } from './times.ts'

export type ReplayOptions = Omit<HistoryOptions, 'rows'> & {
  /** Whether rows of an instrument are taken. @default all */
  readonly takes?: ((feed: string, symbol: string) => boolean) | undefined
  /** Sequences and ids of book changes are needed, as chains of books do. @default false */
  readonly texts?: boolean | undefined
  /** What rows say that were received later than this is exchanged among them: RFC 3339 with nine decimals. @default nothing */
  readonly future?: string | undefined
}

export type ReplayTaker<Place> = {
  /** Takes rows from `from` to `to`: of the table, or those that are listed. False: no more. */
  rows(rows: TableRows<Place>, list: Int32Array | null, from: number, to: number): boolean
  /** Takes a gap, which is valid until it returns. */
  gap(event: MarketEvent): boolean
  /** Nothing is handed over until the promise that it returns is settled. */
  opening?(opened: Promise<void>): Promise<void>
}

/** The most rows that are handed over at a time. */
const MOST = 65_536

export async function replay<Place>(
  options: ReplayOptions,
  taker: ReplayTaker<Place>
): Promise<void> {
  const { signal } = options
  const scope = withWholeTimes(options)
  const sources = new Sources<RowsSource<Place> | GapCursor | FeedReader>()
  await using reading = new Reading(options)
  const { ahead, open } = reading
  const feeds = new Map<FeedReader, Opened>()
  for (const [feed, plan] of (await planFeeds(scope)).entries()) {
    const want = scope.texts === true ? wantOf(scope) : { ...wantOf(scope), columns: COLUMNS }
    const reader = new FeedReader({ plan, feed, want, ahead, open })
    feeds.set(reader, openedOf(plan, feed, scope, sources))
    sources.add(reader)
  }
  const gaps = new EventBatch()
  for (;;) {
    const { first } = sources
    if (first === undefined) return
    if (first instanceof FeedReader) {
      signal?.throwIfAborted()
      sources.remove(first)
      const opened = first.open(feeds.get(first)!)
      await (taker.opening?.(opened) ?? opened)
      sources.add(first)
      continue
    }
    let isMore = true
    if (first instanceof GapCursor) {
      first.take(gaps, sources.second, Number.POSITIVE_INFINITY)
      gaps.each((event) => {
        isMore &&= taker.gap(event)
      })
      gaps.clear()
    } else {
      const from = first.at
      const to = first.pass(sources.second, MOST)
      isMore = taker.rows(first.reader, first.rows, from, to)
    }
    if (!isMore) return
    sources.settle()
  }
}

/** All but texts that few readers need: they are a fifth of what is read. */
const COLUMNS = [
  ...['recv', 'conn', 'n', 'row', 'type', 'symbol'],
  ...new Set(Object.values(LAYOUT).flatMap((layout) => Object.keys(layout))),
].filter((name) => name !== 'sequence' && name !== 'id')

class RowsSource<Place> extends RowsOfTable {
  readonly reader: TableRows<Place>

  constructor(table: Table, selection: Selection, feed: number, reader: TableRows<Place>) {
    super(table, selection, feed)
    this.reader = reader
  }
}

function openedOf<Place>(
  { label }: FeedPlan,
  feed: number,
  scope: ReplayOptions,
  sources: Sources<RowsSource<Place> | GapCursor | FeedReader>
): Opened {
  const { from: start, to, symbols, takes } = scope
  const gaps = new FeedGaps({ from: start, to, symbols })
  const filter = filterOf(scope)
  const after = filterOf({ to: scope.future }).to
  const wanted = filter.symbols
  const isTaken =
    takes === undefined
      ? wanted
      : { has: (name: string) => (wanted?.has(name) ?? true) && takes(label, name) }
  let cursor = new GapCursor([], feed, label)
  return {
    async day(records, next) {
      cursor = new GapCursor(await gaps.day(records, next), feed, label)
      sources.add(cursor)
    },
    table(read, from) {
      const table = after === null ? read : shuffledAfter(read, after)
      const selection = selectRows(table, { ...filter, symbols: isTaken, from })
      if (selection.start === selection.end) return
      sources.add(new RowsSource(table, selection, feed, new TableRows<Place>(table, label)))
    },
    damage(error, first, last) {
      // Its place among the sources depends on its next row.
      sources.remove(cursor)
      cursor.insert(damagedGap(error.message, { from: later(first, start ?? ''), to: last }))
      sources.add(cursor)
    },
  }
}
