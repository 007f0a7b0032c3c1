// The figures of a feed for reports and metrics, computed from committed state.

import { countGaps } from '../format/manifest.ts'
import { dayOfSecond } from '../format/time.ts'
import type { FeedState } from './feed-state.ts'

export type FeedFigures = {
  /** Numbers that are missing at present. */
  readonly holes: number
  /** Any of the known connections came from a simulator or a generator. */
  readonly simulated: boolean
  /** Receive time of the newest committed record, unix milliseconds. */
  readonly newestMs: number | null
  readonly day: string | null
  readonly dayRecords: number
  readonly dayBytes: number
  readonly dayGaps: number
  /** Entries of the manifest that they stand in: fewer if many are counted together. */
  readonly dayGapEntries: number
}

export function figuresOf(state: FeedState): FeedFigures {
  let holes = 0
  let simulated = false
  for (const connection of state.connections.values()) {
    holes += connection.numbers.missing
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
