// One of several processes builds, and the others wait: a file that names its holder, linked into place whole. It saves double
// work only: what is built is right without it, because files are renamed into place. So a lock that is taken away from a holder
// that lives does no harm.

import { randomBytes } from 'node:crypto'
import { link, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, isVisible, type ProcessId, thisProcess } from '#crds/process.ts'

/** A holder touches its file six times as often. One that is silent for so long is gone. */
const SILENT_MS = 30_000
const LOOK_MS = 25

/** Waits for the lock at `path`, and holds it until it is disposed. */
export async function takeBuildLock(path: string): Promise<AsyncDisposable> {
  const own = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await writeFile(own, JSON.stringify(thisProcess()))
    while (!(await isLinked(own, path))) {
      if (await isHeld(path)) await sleep(LOOK_MS)
      else await rm(path, { force: true })
    }
  } finally {
    await rm(own, { force: true })
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, SILENT_MS / 6)
  beat.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat)
      await rm(path, { force: true })
    },
  }
}

async function isLinked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  }
}

/** Whether the holder lives, or may live. */
async function isHeld(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => null)
  // Released meanwhile: removing nothing is right.
  if (stats === null) return false
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as ProcessId
    if (isVisible(holder, thisProcess()) && !isRunning(holder)) return false
  } catch {
    // Released meanwhile, or not readable: its age decides.
  }
  return Date.now() - stats.mtimeMs < SILENT_MS
}
