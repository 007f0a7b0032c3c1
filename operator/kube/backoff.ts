// The delay before the next attempt: doubling, bounded, and with jitter, so that simultaneous failures do not retry at the
// same time.

import { backoffBoundMs } from '#role/backoff.ts'

export type BackoffOptions = {
  readonly baseMs: number
  readonly maxMs: number
  /** In [0, 1). */
  readonly random: () => number
}

/** The wait after `failures` failures in a row (1 is the first): between half and the whole of base · 2^(n-1). */
export function backoffMs(failures: number, options: BackoffOptions): number {
  const full = backoffBoundMs(failures - 1, { baseMs: options.baseMs, capMs: options.maxMs })
  return full * (0.5 + options.random() / 2)
}
