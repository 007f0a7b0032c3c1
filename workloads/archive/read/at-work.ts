// Whether an archiver may be writing a feed: for readers, which take no lock and never wait for one.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, isVisible, type ProcessId, thisProcess } from '#crds/process.ts'
import { readRegular } from '#crds/regular-file.ts'
import { lockFile, lockNumbers, parseLock, SILENT_MS } from '../format/lock-file.ts'
import { COMMIT_FOLDER } from '../format/names.ts'

const MAX_BYTES = 65_536

/** True if the lock of a feed's folder has a holder that lives, or may live. */
export async function isAtWork(folder: string): Promise<boolean> {
  const commits = join(folder, COMMIT_FOLDER)
  const highest = lockNumbers(await readdir(commits).catch(() => [])).at(-1)
  if (highest === undefined) return false
  const path = join(commits, lockFile(highest))
  const holder = await holderOf(path)
  if (holder !== undefined && isVisible(holder, thisProcess())) return isRunning(holder)
  const changed = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => Number.NEGATIVE_INFINITY
  )
  return Date.now() - changed < SILENT_MS
}

/** Undefined if the lock does not say it: it is being written, or a power cut has emptied it. */
async function holderOf(path: string): Promise<ProcessId | undefined> {
  try {
    const lock = parseLock((await readRegular(path, MAX_BYTES)).toString('utf8'))
    return lock.kind === 'held' ? lock.holder : undefined
  } catch {
    return undefined
  }
}
