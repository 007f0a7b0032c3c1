// Market events and gaps of archives as one stream, over roots, feeds and days.
//
// One total order: receive time in nanoseconds, then the name of the feed, the connection, the number of the record in it, and the
// row within the frame. It is total because (connection, number) names one record of a feed, two feeds of one reading have
// different names, and a frame's events have an order. A gap that no record names stands before the record behind it.

import { surveyDays } from '#archive/read/reader.ts'
import { SsmdError } from '#crds/errors.ts'
import { EventBatch } from '#market/columns.ts'
import { FeedHistory, type FeedHistoryOptions } from './feed-history.ts'
import type { EventFilter } from './stage.ts'

export type ArchiveRoot = {
  readonly path: string
  /** Its feeds go by `<name>.<feed>`. @default they go by their own names */
  readonly name?: string | undefined
}

export type HistoryOptions = EventFilter & {
  readonly roots: readonly ArchiveRoot[]
  /** By the names that they go by. @default all */
  readonly feeds?: readonly string[] | undefined
  /** UTC days, such as 2026-11-24. @default all */
  readonly days?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive: RFC 3339, or the beginning of it. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Rows of a batch, roughly. @default 4096 */
  readonly rows?: number | undefined
  /** Ends the reading: its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

const ROWS = 4096

/** A batch is valid until the next one is asked for. */
export async function* history(options: HistoryOptions): AsyncGenerator<EventBatch, void> {
  const { rows = ROWS, signal } = options
  const batch = new EventBatch()
  const feeds = (await feedsOf(options, batch)).map((one) => new FeedHistory(one))
  let open = feeds
  try {
    while (open.length > 0) {
      signal?.throwIfAborted()
      for (const feed of open) if (feed.head === '') await feed.fill()
      open = open.filter((feed) => !feed.ended)
      takeRun(open, batch, rows)
      if (batch.length < rows) continue
      yield batch
      batch.clear()
    }
    if (batch.length > 0) yield batch
  } finally {
    for (const feed of feeds) await feed.close()
  }
}

/** Takes records in order until the next one of a feed is not known, or the batch is full. Feeds are in order of their names. */
function takeRun(feeds: readonly FeedHistory[], batch: EventBatch, rows: number): void {
  while (batch.length < rows) {
    let first: FeedHistory | undefined
    // Few feeds are read at a time: looking at each is quicker than a heap.
    for (const feed of feeds) if (first === undefined || feed.head < first.head) first = feed
    if (first === undefined) return
    first.take()
    if (first.head === '') return
  }
}

async function feedsOf(options: HistoryOptions, batch: EventBatch): Promise<FeedHistoryOptions[]> {
  const { roots, feeds, days, from, to } = options
  const found = new Map<string, FeedHistoryOptions & { readonly days: string[] }>()
  const isWanted = (feed: string, day: string): boolean =>
    (feeds?.includes(feed) ?? true) &&
    (days?.includes(day) ?? true) &&
    (from === undefined || day >= from.slice(0, 10)) &&
    (to === undefined || day <= to)
  for (const { path, name } of roots) {
    const survey = await surveyDays(path)
    for (const { feed, day } of [...survey.days, ...survey.damaged].sort(byDay)) {
      const label = name === undefined || name === '' ? feed : `${name}.${feed}`
      if (day === null || !isWanted(label, day)) continue
      const known = found.get(label)
      if (known === undefined) {
        found.set(label, { ...options, root: path, feed, label, days: [day], batch })
      } else if (known.root === path) {
        if (known.days.at(-1) !== day) known.days.push(day)
      } else throw mixed(feed, known.root, path)
    }
  }
  const missing = feeds?.find((feed) => !found.has(feed))
  if (missing !== undefined) {
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      `no archive that was named has ${missing} in that time`,
      {
        hint: `archives: ${roots.map(({ path }) => path).join(', ')}; see \`ssmd data list\``,
      }
    )
  }
  return [...found.values()].sort((a, b) => (a.label < b.label ? -1 : 1))
}

const byDay = (a: { readonly day: string | null }, b: { readonly day: string | null }): number =>
  (a.day ?? '') < (b.day ?? '') ? -1 : (a.day ?? '') > (b.day ?? '') ? 1 : 0

const mixed = (feed: string, one: string, other: string): SsmdError =>
  new SsmdError('SSMD_E_USAGE', `both ${one} and ${other} hold a feed ${feed}`, {
    hint: `name one of them, such as other=${other}: its feed is then other.${feed}`,
  })
