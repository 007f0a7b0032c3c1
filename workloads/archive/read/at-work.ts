// Whether an archiver may be writing a feed: for readers, which take no lock and wait for nothing.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readRegular } from '#crds/regular-file.ts'
import { COMMIT_FOLDER } from '../format/names.ts'
import { describeProcess, type Holder, isRunning, isVisible, parseLock } from '../storage/holder.ts'

/** A holder that cannot be seen from here changes its lock each second; one that is silent for so long is gone. */
const SILENT_MS = 30_000
const MOST_BYTES = 65_536

/** True where the lock of a feed's folder has a holder that lives, or may live. */
export async function isAtWork(folder: string): Promise<boolean> {
  const commits = join(folder, COMMIT_FOLDER)
  const names = await readdir(commits).catch(() => [])
  const highest = names
    .flatMap((name) => /^lock-(\d{1,15})$/.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b))
    .at(-1)
  if (highest === undefined) return false
  const path = join(commits, `lock-${highest}`)
  const holder = await holderOf(path)
  if (holder !== undefined && isVisible(holder, describeProcess())) return isRunning(holder)
  const changed = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => Number.NEGATIVE_INFINITY
  )
  return Date.now() - changed < SILENT_MS
}

/** Undefined where the lock does not say it: it is being written, or a power cut has emptied it. */
async function holderOf(path: string): Promise<Holder | undefined> {
  try {
    const lock = parseLock((await readRegular(path, MOST_BYTES)).toString('utf8'))
    return lock.kind === 'held' ? lock.holder : undefined
  } catch {
    return undefined
  }
}
