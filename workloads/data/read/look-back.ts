// What was true at a time is found by going back from it, in windows that grow until what is asked for is in one of them. Each window is
// read from its beginning, so all windows together cost little more than the last one.

import { exchangeOf } from '#archive/read/exchange.ts'
import { bookOptions } from '#events/book-options.ts'
import type { EventKind } from '#events/history.ts'
import type { OrderBookOptions } from '#market/builders/order-books.ts'
import type { EventBatch } from '#market/columns.ts'
import { timeText } from '#market/time.ts'
import { splitTime } from '../model/plain-rows.ts'
import type { QueryContext } from '../model/query.ts'
import { eventBatches } from './event-stream.ts'
import type { DamagedDay, HeldDay, Holdings } from './holdings.ts'
import { QualityBook } from './quality.ts'

const MINUTE_MS = 60_000
/** Each some times as long as the one before; nothing older than the last is looked for. */
const WINDOWS_MS = [10, 60, 6 * 60, 24 * 60, 72 * 60].map((minutes) => minutes * MINUTE_MS)

export type LookBack = {
  readonly days: readonly HeldDay[]
  readonly damaged: readonly DamagedDay[]
  /** Exclusive; undefined: the end of the archive. */
  readonly at: string | undefined
  readonly symbols: readonly string[]
  readonly events: readonly EventKind[]
}

export type Window = {
  /** Everything from here to `at` was read. */
  readonly from: string
  readonly quality: QualityBook
}

/**
 * Reads windows before `at`, each by a reader of its own, until one has found what it looks for; then or at the bound returns the last
 * one. Undefined if there is no day before `at`.
 */
export async function lookBack<T extends { readonly found: boolean }>(
  context: QueryContext,
  holdings: Holdings,
  { days, damaged, at, symbols, events }: LookBack,
  begin: () => T & { readonly take: (batch: EventBatch) => void }
): Promise<(Window & { readonly reader: T }) | undefined> {
  const first = days.map(({ day }) => day).sort()[0]
  const ends = days.flatMap(({ facts }) => facts.to ?? []).sort()
  const last = ends.at(-1)
  if (first === undefined || last === undefined) return undefined
  const anchor = splitTime(at !== undefined && at < last ? at : last)!
  const earliest = `${first}T00:00:00.000000000Z`
  for (const [i, ms] of WINDOWS_MS.entries()) {
    const start = timeText(anchor.ms - ms, anchor.ns)
    const from = start < earliest ? earliest : start
    const quality = new QualityBook({ from, ...(at === undefined ? {} : { to: at }) })
    quality.addDamaged(damaged.filter(({ day }) => (day ?? '') >= from.slice(0, 10)))
    const reader = begin()
    const within = days.filter(({ day }) => day >= from.slice(0, 10))
    const scope = { days: within, damaged, from, to: at, symbols, events }
    for await (const batch of eventBatches(context, holdings, scope, quality)) reader.take(batch)
    if (reader.found || from === earliest || i === WINDOWS_MS.length - 1) {
      return { from, quality, reader }
    }
  }
  return undefined
}

/** How the books of each feed are kept on the last of its days. */
export async function bookOptionsOf(
  holdings: Holdings,
  days: readonly HeldDay[]
): Promise<(feed: string) => OrderBookOptions> {
  const options = new Map<string, OrderBookOptions>()
  for (const held of days.toReversed()) {
    if (options.has(held.feed)) continue
    const manifest = await holdings.manifest(held, held.day)
    const exchange = await exchangeOf(held.root.path, { ...manifest, feed: held.own })
    options.set(held.feed, bookOptions(exchange, held.facts.proof))
  }
  return (feed) => options.get(feed) ?? {}
}
