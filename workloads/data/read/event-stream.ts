// Market events for queries: history() over the feeds and days that a caller may see, with the quality of every day that was read.

import { type EventKind, history } from '#events/history.ts'
import type { EventBatch } from '#market/columns.ts'
import { timeNanos, timeText } from '#market/time.ts'
import type { QueryContext } from '../model/query.ts'
import type { DamagedDay, HeldDay, Holdings } from './holdings.ts'
import type { QualityBook } from './quality.ts'

export type EventScope = {
  /** In order of feed and day. */
  readonly days: readonly HeldDay[]
  /** Days that cannot be read: they are gaps. */
  readonly damaged?: readonly DamagedDay[]
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly symbols?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  /** Gaps always come. @default all */
  readonly events?: readonly EventKind[] | undefined
}

/** A batch is valid until the next one is asked for. */
export async function* eventBatches(
  { roots, cache = null, pool, signal, onProgress }: QueryContext,
  holdings: Holdings,
  { days, damaged = [], ...scope }: EventScope,
  quality: QualityBook
): AsyncGenerator<EventBatch> {
  if (days.length === 0) return
  const pending = days.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0))
  const read = async (until: string): Promise<void> => {
    while (pending[0] !== undefined && pending[0].day <= until) {
      const held = pending.shift()!
      quality.add(held.feed, await holdings.manifest(held, held.day))
      onProgress?.(days.length - pending.length, days.length)
    }
  }
  const feeds = [...new Set(days.map(({ feed }) => feed))]
  const names = [...new Set([...days.map(({ day }) => day), ...tellable(days, damaged)])]
  for await (const batch of history({ ...scope, roots, feeds, days: names, cache, pool, signal })) {
    const last = batch.length - 1
    await read(timeText(batch.recvMs[last]!, batch.recvNs[last]!).slice(0, 10))
    yield batch
  }
  await read('~')
}

/** Without an earlier day of a feed nothing tells how its frames are read, and history() refuses the damaged one. */
function tellable(days: readonly HeldDay[], damaged: readonly DamagedDay[]): string[] {
  const isKnown = ({ feed, day }: DamagedDay): boolean =>
    days.some((held) => held.feed === feed && held.day < (day ?? ''))
  return damaged.flatMap(({ day }) => {
    const isWhole = damaged.every((other) => other.day !== day || isKnown(other))
    return day !== null && isWhole ? [day] : []
  })
}

/** The last nanosecond before a time. */
export function justBefore(time: string): string {
  const ms = Date.parse(`${time.slice(0, 19)}Z`)
  const nanos = timeNanos(ms, 0) + BigInt(time.slice(20, 29)) - 1n
  return timeText(Number(nanos / 1_000_000n), Number(nanos % 1_000_000n))
}
