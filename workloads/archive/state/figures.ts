// Figures of a feed for reports and metrics, from what is committed.

import { countGaps } from '../format/manifest.ts'
import { dayOfSecond } from '../format/time.ts'
import type { WriterStats } from '../writer-options.ts'
import type { FeedState } from './feed-state.ts'

export function figuresOf(
  state: FeedState
): Pick<
  WriterStats,
  | 'holes'
  | 'simulated'
  | 'newestMs'
  | 'day'
  | 'dayRecords'
  | 'dayBytes'
  | 'dayGaps'
  | 'dayGapEntries'
> {
  let holes = 0
  let simulated = false
  for (const connection of state.connections.values()) {
    holes += connection.ledger.missing
    simulated ||= connection.simulated
  }
  const day = state.newest === null ? undefined : state.days.get(dayOfSecond(state.newestSecond))
  const gaps = day === undefined ? [] : state.gapsOf(day, state.derivedGaps())
  let dayBytes = 0
  for (const segment of day?.segments.values() ?? []) dayBytes += segment.bytes
  return {
    holes,
    simulated,
    newestMs: state.newest === null ? null : Number(state.newest / 1_000_000n),
    day: day?.day ?? null,
    dayRecords: day?.records ?? 0,
    dayBytes,
    dayGaps: countGaps(gaps),
    dayGapEntries: gaps.length,
  }
}
