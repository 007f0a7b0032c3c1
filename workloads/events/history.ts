// Market events and gaps of archives as one stream, over roots, feeds and days.
//
// One total order: receive time in nanoseconds, then the name of the feed, the connection, the number of the record in it, and the
// row within the frame. It is total because (connection, number) names one record of a feed, two feeds of one reading have
// different names, and a frame's events have an order. A gap that no record names stands before the record behind it.
//
// The tables of segments (tables/table.ts) are merged in runs: from the one with the earliest row as long as it has rows before those
// of the others. A segment is opened when the reading comes to its first time, and let go behind its last row.

import { EventBatch } from '#market/columns.ts'
import { timeNanos } from '#market/time.ts'
import { FeedReader } from './feed-reader.ts'
import { planFeeds, type Scope } from './plan.ts'
import { Sources } from './sources.ts'
import type { EventFilter } from './stage.ts'
import { type RowFilter, type Words, wordsOfNanos } from './table-select.ts'
import type { Want } from './tables/build.ts'
import type { TableName } from './tables/table.ts'
import { padded, timeOf } from './times.ts'

export type { ArchiveRoot } from './plan.ts'

/** Kinds of market events, beside gaps: those always come. */
export type EventKind = 'trade' | 'quote' | 'bookSnapshot' | 'bookChange' | 'instrument' | 'unknown'

export type HistoryOptions = Scope &
  EventFilter & {
    /** @default all */
    readonly events?: readonly EventKind[] | undefined
    /** Rows of a batch at most. @default 4096 */
    readonly rows?: number | undefined
    /** Ends the reading: its reason is thrown. */
    readonly signal?: AbortSignal | undefined
  }

const ROWS = 4096

/** A batch is valid until the next one is asked for. */
export async function* history(options: HistoryOptions): AsyncGenerator<EventBatch, void> {
  const { rows = ROWS, signal } = options
  const scope = withWholeTimes(options)
  const batch = new EventBatch()
  const sources = new Sources()
  const end = new AbortController()
  const ends = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal])
  for (const [feed, plan] of (await planFeeds(scope)).entries()) {
    const want = wantOf(scope)
    sources.add(new FeedReader({ plan, feed, want, filter: filterOf(scope), signal: ends }))
  }
  try {
    for (;;) {
      signal?.throwIfAborted()
      const { first } = sources
      if (first === undefined) break
      if (first instanceof FeedReader) {
        sources.remove(first)
        await first.open(sources)
        sources.add(first)
        continue
      }
      sources.take(batch, rows)
      if (batch.length < rows) continue
      yield batch
      batch.clear()
    }
    if (batch.length > 0) yield batch
  } finally {
    end.abort()
  }
}

const withWholeTimes = (options: HistoryOptions): HistoryOptions => ({
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

export function wantOf({ events = KINDS, symbols, types, from, to }: HistoryOptions): Want {
  return { tables: [...new Set(events.map((kind) => TABLE_OF[kind]))], symbols, types, from, to }
}

export function filterOf({ events, symbols, types, from, to }: HistoryOptions): RowFilter {
  const setOf = (names: readonly string[] | undefined): ReadonlySet<string> | null =>
    names === undefined ? null : new Set(names)
  return {
    symbols: setOf(symbols),
    types: setOf(types),
    events: setOf(events),
    from: wordsOf(from),
    to: wordsOf(to),
  }
}

function wordsOf(text: string | undefined): Words | null {
  if (text === undefined) return null
  const { ms, ns } = timeOf(text)
  return wordsOfNanos(timeNanos(ms, ns))
}
