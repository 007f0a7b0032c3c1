// Waits for space on a disk that was full.

import { statfs } from 'node:fs/promises'
import { pause } from '#bus/backoff.ts'

const LOOK_MS = 1000
/** Enough to go on with: some seconds of a busy feed, or a twentieth of a small disk. */
const ENOUGH_BYTES = 64 * 1024 * 1024
const ENOUGH_SHARE = 0.05
/** A quota shows in no figure of the disk: after so long it is tried anyway. */
const TRY_MS = 30_000

/** Resolves when there is enough space at `path`, when it is worth a try, or when the signal aborts. */
export async function untilSpace(path: string, signal: AbortSignal): Promise<void> {
  const end = performance.now() + TRY_MS
  do await pause(LOOK_MS, signal)
  while (!signal.aborted && performance.now() < end && !(await hasSpace(path)))
}

async function hasSpace(path: string): Promise<boolean> {
  const { bavail, blocks, bsize } = await statfs(path)
  return bavail * bsize >= Math.min(ENOUGH_BYTES, blocks * bsize * ENOUGH_SHARE)
}
