// How many times slower than a quiet laptop this computer works just now, never less than 1: deadlines and limits of tests
// are multiplied by it. Measured in wall time, so that load and `nice` count as a slow processor does.

import { availableParallelism, loadavg } from 'node:os'

/** The work takes so long on a quiet core of a laptop of 2024. */
const REFERENCE_MS = 60
const ROUNDS = 40_000_000
/** A measurement holds for so long: the load beside us changes while the tests run. */
const HOLDS_MS = 20_000
/** A deadline has to end at some time. */
const MOST = 20

export type SlownessDeps = {
  readonly now: () => number
  /** Does the work. */
  readonly work: () => void
  /** Processes that want to run, for each core. */
  readonly load: () => number
}

const DEPS: SlownessDeps = {
  now: () => performance.now(),
  work: spin,
  load: () => (loadavg()[0] ?? 0) / availableParallelism(),
}

/** Asked often, it measures now and then. */
export function slownessMeter({ now, work, load }: SlownessDeps = DEPS): () => number {
  let measured: { readonly at: number; readonly slowness: number } | undefined
  return () => {
    const start = now()
    if (measured === undefined || start - measured.at >= HOLDS_MS) {
      work()
      const end = now()
      const slowness = Math.max(1, (end - start) / REFERENCE_MS, load())
      measured = { at: end, slowness: Math.min(MOST, slowness) }
    }
    return measured.slowness
  }
}

function spin(): void {
  let x = 1
  for (let i = 0; i < ROUNDS; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0
  // Used, so that no compiler leaves the loop out.
  if (x === Number.MAX_SAFE_INTEGER) throw new Error('unreachable')
}
