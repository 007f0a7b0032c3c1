// What is merged into the total order of history: the rows of tables, the gaps of feeds, and what is still to be opened. Each shows
// the key of its next row: receive time, feed, connection, number, row.

import type { EventBatch } from '#market/columns.ts'

/** Of equal keys: what is still to be opened may hold earlier ones, and a gap stands before the record that it names. */
export const RANK = { pending: 0, gap: 1, row: 2 } as const

export type Source = {
  readonly rank: number
  /** The receive time of the next row, as words of a table's column: the low one with its sign turned. */
  high: number
  low: number
  /** Place of the feed's name among those that are read. */
  readonly feed: number
  /** Of the next row. */
  readonly connection: string
  readonly number: number
  readonly row: number
  readonly isOver: boolean
}

export type BatchSource = Source & {
  /** Appends rows as long as they come before the next one of `until`, to `rows` of them in the batch. */
  take(batch: EventBatch, until: Source | undefined, rows: number): void
}

/** Negative if `a` comes first. */
export function compareSources(a: Source, b: Source): number {
  if (a.high !== b.high) return a.high < b.high ? -1 : 1
  if (a.low !== b.low) return a.low < b.low ? -1 : 1
  return compareTies(a, b)
}

/** For equal times. */
export function compareTies(a: Source, b: Source): number {
  if (a.rank === RANK.pending || b.rank === RANK.pending) return a.rank - b.rank
  if (a.feed !== b.feed) return a.feed - b.feed
  if (a.connection !== b.connection) return a.connection < b.connection ? -1 : 1
  return a.number - b.number || a.rank - b.rank || a.row - b.row
}
