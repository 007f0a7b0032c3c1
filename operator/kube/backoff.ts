// How long to wait before the next attempt: doubling, bounded, and spread, so that what failed together does
// not come back together.

export type BackoffOptions = {
  readonly baseMs: number
  readonly maxMs: number
  /** In [0, 1). */
  readonly random: () => number
}

/** The wait after `failures` failures in a row (1 is the first): between half and the whole of base · 2^(n-1). */
export function backoffMs(failures: number, options: BackoffOptions): number {
  // 2^30 bases are beyond any bound; the exponent is held so that it cannot overflow.
  const full = Math.min(options.maxMs, options.baseMs * 2 ** Math.min(failures - 1, 30))
  return full * (0.5 + options.random() / 2)
}
