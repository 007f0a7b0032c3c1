// How long a block waits for more records. A quiet feed waits longer: each block costs an fsync and three wake-ups,
// and a frame that waits some tens of milliseconds is only that much later durable. Live subjects do not wait.

import type { EnvironmentConnector } from '#crds/environment.gen.ts'
import { parseDuration } from '#crds/quantities.ts'

/** Bounds of the wait; equal if it is fixed. */
export type Linger = { readonly minMs: number; readonly maxMs: number }

/** What crds/environment.yaml stores if nothing is declared: the wait then adapts to the rate. */
const ADAPTIVE = '5ms'
const MAX = '50ms'
/** More in a block make it hardly cheaper. */
const RECORDS = 100

export const fixedLinger = (ms: number): Linger => ({ minMs: ms, maxMs: ms })

export function lingerOf({ linger, lingerMax = MAX }: EnvironmentConnector): Linger {
  const ms = parseDuration(linger)
  if (linger !== ADAPTIVE) return fixedLinger(ms)
  const maxMs = parseDuration(lingerMax)
  return { minMs: Math.min(ms, maxMs), maxMs }
}

/** As long as the last block, of `count` records in `elapsedMs`, would have needed for a hundred. */
export function nextLingerMs({ minMs, maxMs }: Linger, count: number, elapsedMs: number): number {
  const wanted = Math.round((elapsedMs * RECORDS) / count)
  return Math.min(maxMs, Math.max(minMs, wanted))
}
