// Waits for space on a disk that was full.

import { pause } from '#role/backoff.ts'
import { hasSpace } from '#role/space.ts'

const LOOK_MS = 1000
/** A quota shows in no figure of the disk: after so long it is tried anyway. */
const TRY_MS = 30_000

/** Resolves when there is enough space at `path`, when it is worth a try, or when the signal aborts. */
export async function untilSpace(path: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + TRY_MS
  do await pause(LOOK_MS, signal)
  while (!signal.aborted && performance.now() < end && !(await hasSpace(path)))
}
