// How many test files run at the same time. As many as there are cores always do; most tests wait more than they work, so one
// more is started whenever the processors have been idle for a moment, up to what memory holds.

import { availableParallelism, cpus, totalmem } from 'node:os'

export type AtOnce = {
  /** So many run even on a busy machine. */
  readonly least: number
  /** So many run on one that stays idle. */
  readonly most: number
}

/** The largest of them, with an etcd, an API server and its controllers. */
const BYTES_EACH = 1.5 * 1024 ** 3
/** Tests wait more than they work: two are carried by any machine. */
const LEAST = 2
/** More would meet one another's bursts of work. */
const MOST_EACH_CORE = 4

export function filesAtOnce(
  cores: number = availableParallelism(),
  bytes: number = memory()
): AtOnce {
  const held = Math.floor(bytes / BYTES_EACH)
  const least = Math.max(LEAST, Math.min(cores, held))
  return { least, most: Math.max(least, Math.min(cores * MOST_EACH_CORE, held)) }
}

/** Of this container, if it is limited. */
function memory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

export type Times = { readonly idle: number; readonly all: number }

/** Cores that had nothing to do since it was last asked. */
export function idleMeter(read: () => readonly Times[] = readTimes): () => number {
  let before = read()
  return () => {
    const now = read()
    const shares = now.map(({ idle, all }, i) => {
      const passed = all - (before[i]?.all ?? 0)
      return passed > 0 ? (idle - (before[i]?.idle ?? 0)) / passed : 0
    })
    before = now
    return shares.reduce((sum, share) => sum + share, 0)
  }
}

const readTimes = (): Times[] =>
  cpus().map(({ times }) => ({
    idle: times.idle,
    all: times.user + times.nice + times.sys + times.idle + times.irq,
  }))
