// How many test files run at the same time: as many as there are cores, and as memory holds, for a file may bring an etcd, an
// API server and its controllers.

import { availableParallelism, totalmem } from 'node:os'

/** The largest of them, with their servers. */
const BYTES_EACH = 1.5 * 1024 ** 3
/** Tests wait more than they work: two are carried by any machine. */
const LEAST = 2

export function filesAtOnce(
  cores: number = availableParallelism(),
  bytes: number = memory()
): number {
  return Math.max(LEAST, Math.min(cores, Math.floor(bytes / BYTES_EACH)))
}

/** Of this container, if it is limited. */
function memory(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}
