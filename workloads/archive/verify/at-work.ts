// Whether an archiver may be writing a feed; if so, data beyond its manifest is not a problem. Reads the lock file on its own:
// the verifier shares no code with the writer.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isRunning, isVisible, type ProcessId, thisProcess } from '#crds/process.ts'
import { readRegular } from '#crds/regular-file.ts'

/** Archivers touch their lock each second. */
const SILENT_MS = 30_000
const MAX_BYTES = 65_536
const TEXTS = ['host', 'boot', 'space', 'began'] as const

/** True if the lock of a feed's folder has a holder that lives, or may live. */
export async function isAtWork(folder: string): Promise<boolean> {
  const commits = join(folder, '.commit')
  const numbers = (await readdir(commits).catch(() => [])).flatMap(
    (name) => Number(/^lock-(\d{1,15})$/.exec(name)?.[1] ?? 0) || []
  )
  if (numbers.length === 0) return false
  const path = join(commits, `lock-${Math.max(...numbers)}`)
  const holder = await holderOf(path)
  if (holder !== undefined && isVisible(holder, thisProcess())) return isRunning(holder)
  const changed = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => Number.NEGATIVE_INFINITY
  )
  return Date.now() - changed < SILENT_MS
}

/** Undefined if the file does not name a process: it is being written, or a power cut has emptied it. */
async function holderOf(path: string): Promise<ProcessId | undefined> {
  try {
    const holder: unknown = JSON.parse((await readRegular(path, MAX_BYTES)).toString('utf8'))
    const fields = holder as Partial<ProcessId> | null
    const isHolder =
      Number.isInteger(fields?.pid) && TEXTS.every((key) => typeof fields?.[key] === 'string')
    return isHolder ? (fields as ProcessId) : undefined
  } catch {
    return undefined
  }
}
