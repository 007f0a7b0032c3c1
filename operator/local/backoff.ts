// How long a process that ended waits before it is started again: 0.5 s, doubled up to 30 s, and from the
// beginning once it has run for a minute.

import { backoffBoundMs } from '#role/backoff.ts'

export type BackoffTimes = {
  readonly firstMs: number
  readonly mostMs: number
  readonly resetAfterMs: number
}

export const BACKOFF: BackoffTimes = { firstMs: 500, mostMs: 30_000, resetAfterMs: 60_000 }

/** The count of ends in a row, this one included, after a run of `ranMs`. */
export const countEnds = (before: number, ranMs: number, times: BackoffTimes): number =>
  ranMs >= times.resetAfterMs ? 1 : before + 1

export const backoffMs = (ends: number, times: BackoffTimes): number =>
  backoffBoundMs(ends - 1, { baseMs: times.firstMs, capMs: times.mostMs })
