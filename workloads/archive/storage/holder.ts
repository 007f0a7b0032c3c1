// Reads who holds a lock, and observes whether an invisible holder still touches it.

import { lstat, readFile } from 'node:fs/promises'
import { uptime } from 'node:os'
import { type LockText, parseLock } from '../format/lock-file.ts'

/** What a lock file says; undefined if there is none, or something that is not a file. */
export async function readLock(path: string): Promise<LockText | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return undefined
    return parseLock(await readFile(path, 'utf8'))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** True for a holder of this machine before it was restarted, and for a file that does not change for so long. */
export async function isSilent(path: string, ms: number, isOfThisHost: boolean): Promise<boolean> {
  const before = await changedAt(path)
  if (before === null) return true
  if (isOfThisHost && before < Date.now() - uptime() * 1000) return true
  const end = performance.now() + ms
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(500, ms)))
    const now = await changedAt(path)
    if (now === null) return true
    if (now !== before) return false
  }
  return true
}

/** When the file was last changed; null if it is no longer there. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).mtimeMs
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
}
