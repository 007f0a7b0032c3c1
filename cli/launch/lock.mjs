// One at a time, across processes: a lock file that its holder keeps fresh and that a dead holder cannot keep.
// It saves double work; what it guards must stay correct without it (unique temporary names and renames).
// Plain JavaScript, because it runs before packages and Node 24 are installed.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

/** A holder refreshes its file six times as often as this; one not refreshed for so long counts as dead. */
const STALE_MS = 30_000

/** Runs `work` while holding the lock file at `path`; `onWait(pid)` is called once if another holds it. */
export async function withLock(path, work, { onWait = () => {}, staleMs = STALE_MS } = {}) {
  await mkdir(dirname(path), { recursive: true })
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    id: randomBytes(8).toString('hex'),
  })
  let told = false
  while (!(await take(path, mine))) {
    const holder = await read(path)
    if (holder === undefined) continue
    if (isDead(holder, staleMs)) {
      await takeAway(path, holder.text)
      continue
    }
    if (!told) onWait(holder.pid)
    told = true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const beat = setInterval(() => {
    const now = new Date()
    // A removed lock file is not detected: the work is correct without the lock.
    utimes(path, now, now).catch(() => {})
  }, staleMs / 6)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    if ((await read(path))?.text === mine) await rm(path, { force: true })
  }
}

async function take(path, text) {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

async function read(path) {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)])
    return { text, mtimeMs, ...parse(text) }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** A holder that is just writing its file is seen as empty text: it is known by its age alone. */
function parse(text) {
  try {
    const { pid, host } = JSON.parse(text)
    return { pid, host }
  } catch {
    return { pid: undefined, host: undefined }
  }
}

function isDead(holder, staleMs) {
  if (Date.now() - holder.mtimeMs > staleMs) return true
  if (holder.host !== hostname() || !Number.isInteger(holder.pid)) return false
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** Removes a dead holder's file, and restores a live one that was written meanwhile. */
async function takeAway(path, deadText) {
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  try {
    await rename(path, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  const text = await readFile(aside, 'utf8')
  if (text !== deadText) await take(path, text)
  await rm(aside, { force: true })
}
