// Market events and gaps of archives as one stream, over roots, feeds and days.
//
// One total order: receive time in nanoseconds, then the name of the feed, the connection, the number of the record in it, and the
// row within the frame. It is total because (connection, number) names one record of a feed, two feeds of one reading have
// different names, and a frame's events have an order. A gap that no record names stands before the record behind it.
//
// The tables of segments (tables/table.ts) are merged in runs: from the one with the earliest row as long as it has rows before those
// of the others. A segment is opened when the reading comes to its first time, and let go behind its last row.

import { EventBatch } from '#market/columns.ts'
import { damagedGap, FeedGaps } from './feed-gaps.ts'
import { FeedReader, type Opened } from './feed-reader.ts'
import { GapCursor } from './gap-cursor.ts'
import { type FeedPlan, planFeeds, type Scope } from './plan.ts'
import { Reading, type ReadingOptions } from './reading.ts'
import type { BatchSource } from './source.ts'
import { Sources } from './sources.ts'
import type { EventFilter } from './stage.ts'
import { TableCursor } from './table-cursor.ts'
import { filterOf, selectRows } from './table-select.ts'
import type { Want } from './tables/build.ts'
import type { TableName } from './tables/table.ts'
import { later, padded } from './times.ts'

export type { ArchiveRoot } from './plan.ts'

/** Kinds of market events, beside gaps: those always come. */
export type EventKind = 'trade' | 'quote' | 'bookSnapshot' | 'bookChange' | 'instrument' | 'unknown'

export type HistoryOptions = Scope &
  EventFilter &
  ReadingOptions & {
    /** @default all */
    readonly events?: readonly EventKind[] | undefined
    /** Rows of a batch at most. @default 4096 */
    readonly rows?: number | undefined
  }

const ROWS = 4096

/** A batch is valid until the next one is asked for. */
export async function* history(options: HistoryOptions): AsyncGenerator<EventBatch, void> {
  const { rows = ROWS, signal } = options
  const scope = withWholeTimes(options)
  const batch = new EventBatch()
  const sources = new Sources<BatchSource | FeedReader>()
  await using reading = new Reading(options)
  const { ahead, open } = reading
  const feeds = new Map<FeedReader, Opened>()
  for (const [feed, plan] of (await planFeeds(scope)).entries()) {
    const reader = new FeedReader({ plan, feed, want: wantOf(scope), ahead, open })
    feeds.set(reader, sourcesOf(plan, feed, scope, sources))
    sources.add(reader)
  }
  for (;;) {
    signal?.throwIfAborted()
    const { first } = sources
    if (first === undefined) break
    if (first instanceof FeedReader) {
      sources.remove(first)
      await first.open(feeds.get(first)!)
      sources.add(first)
      continue
    }
    first.take(batch, sources.second, rows)
    sources.settle()
    if (batch.length < rows) continue
    yield batch
    batch.clear()
  }
  if (batch.length > 0) yield batch
}

/** Makes sources of the days and segments of a feed: its gap rows, and the wanted rows of each table. */
function sourcesOf(
  { label }: FeedPlan,
  feed: number,
  scope: HistoryOptions,
  sources: Sources<BatchSource | FeedReader>
): Opened {
  const { from: start, to, symbols } = scope
  const gaps = new FeedGaps({ from: start, to, symbols })
  const filter = filterOf(scope)
  let cursor = new GapCursor([], feed, label)
  return {
    async day(records, next) {
      cursor = new GapCursor(await gaps.day(records, next), feed, label)
      sources.add(cursor)
    },
    table(table, from) {
      const selection = selectRows(table, { ...filter, from })
      if (selection.start === selection.end) return
      sources.add(new TableCursor(table, selection, feed, label))
    },
    damage(error, first, last) {
      // Its place among the sources depends on its next row.
      sources.remove(cursor)
      cursor.insert(damagedGap(error.message, { from: later(first, start ?? ''), to: last }))
      sources.add(cursor)
    },
  }
}

export const withWholeTimes = <O extends Scope>(options: O): O => ({
  ...options,
  from: options.from === undefined ? undefined : padded(options.from),
  to: options.to === undefined ? undefined : padded(options.to),
})

const TABLE_OF: Readonly<Record<EventKind, TableName>> = {
  trade: 'trade',
  quote: 'quote',
  bookSnapshot: 'book',
  bookChange: 'book',
  instrument: 'instrument',
  unknown: 'unknown',
}
const KINDS = Object.keys(TABLE_OF) as EventKind[]

type Wanted = Omit<HistoryOptions, 'rows'>

export function wantOf({ events = KINDS, symbols, types, from, to }: Wanted): Want {
  return { tables: [...new Set(events.map((kind) => TABLE_OF[kind]))], symbols, types, from, to }
}
