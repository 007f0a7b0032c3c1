// One `ssmd up` a data folder. The lock is a file that names its holder; a holder that is gone, however it
// ended, holds nothing.
import { readFileSync } from 'node:fs'
import { link, mkdir, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SsmdError } from '#crds/errors.ts'

type Holder = {
  readonly pid: number
  /** When the process began, as the kernel counts; tells it from a later one with the same id. */
  readonly began: string | null
  readonly since: string
}

export type Lock = { release(): Promise<void> }

/** Takes the lock, or throws SSMD_E_LOCKED naming who holds it. */
export async function takeLock(path: string, what: string): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true })
  const mine: Holder = {
    pid: process.pid,
    began: beganAt(process.pid),
    since: new Date().toISOString(),
  }
  const own = `${path}.${process.pid}`
  const text = JSON.stringify(mine)
  await writeFile(own, text)
  try {
    // Twice at most: a stale lock is taken away, then the place is free, or somebody else was faster.
    for (let attempt = 0; ; attempt++) {
      try {
        await link(own, path)
        break
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
      }
      const found = await readFile(path, 'utf8').catch(() => '')
      const holder = parseHolder(found)
      if (holder !== undefined && isAlive(holder)) throw held(what, holder)
      if (attempt === 3) throw held(what, holder)
      await removeStale(path, found)
    }
  } finally {
    await unlink(own)
  }
  return {
    async release() {
      const found = await readFile(path, 'utf8').catch(() => '')
      if (found === text) await unlink(path)
    },
  }
}

/** Takes away the very lock that was seen to be stale; one that was made meanwhile is put back. */
export async function removeStale(path: string, seen: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`
  try {
    await rename(path, aside)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return
    throw thrown
  }
  if ((await readFile(aside, 'utf8')) !== seen) {
    await link(aside, path).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown
    })
  }
  await unlink(aside)
}

const held = (what: string, holder: Holder | undefined): SsmdError =>
  new SsmdError(
    'SSMD_E_LOCKED',
    holder === undefined
      ? `another ssmd up is just starting on ${what}`
      : `another ssmd up (process ${holder.pid}, since ${holder.since}) already runs on ${what}`,
    { hint: 'stop that one with Ctrl-C, or give this one another folder with --data' }
  )

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    if (typeof value.pid !== 'number') return undefined
    return { pid: value.pid, began: value.began ?? null, since: value.since ?? 'unknown' }
  } catch {
    // A lock cut short by a crash names nobody: it is stale.
    return undefined
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (thrown) {
    // EPERM: it lives, and belongs to somebody else.
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const began = beganAt(holder.pid)
  if (began === 'ended') return false
  return holder.began === null || began === null || holder.began === began
}

/** Start time of a process in clock ticks since boot; `ended` for a zombie, null where the system has no /proc. */
function beganAt(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold anything; behind it come the state and, as the 20th field, the start time.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
  } catch {
    return null
  }
}
