// One writer per archive folder. The lock is a file `lock-<n>` that names its holder; the highest n holds the folder. A holder
// on this machine is checked by its process, one that is not visible from here by whether it still touches its file. Taking
// over creates `lock-<n+1>` exclusively, so of two attempts one fails. A lock is synced before it gets its name: one that is
// empty or torn was left by a power cut.

import { existsSync } from 'node:fs'
import { link, open, readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { isRunning, isVisible, thisProcess } from '#crds/process.ts'
import { type Holder, lockFile, lockNumbers, SILENT_MS } from '../format/lock-file.ts'
import { nodeDisk } from './disk.ts'
import { isSilent, readLock } from './holder.ts'

export type Lock = {
  /** Throws SSMD_E_LOCKED if another has taken over. */
  check(): void
  /** Removes the locks of those before: from now on the folder is changed. */
  settle(): Promise<void>
  release(): Promise<void>
}

const BEAT_MS = 1000
/**
 * The same for one of this machine and of this host's name whose processes cannot be seen: a container that was started
 * again, in whose place we run; and for a lock without a holder. Six beats.
 */
const PREDECESSOR_MS = 6_000
/** What a process that ended while it took the lock has left; one that still tries is refused anyway. */
const UNFINISHED = /^lock-\d+\.\d+\.tmp$/

export type LockOptions = {
  /** How long a holder that cannot be seen may be silent. @default 30000 */
  readonly foreignMs?: number
  /** The same for one of this name on this machine, and for a lock without a holder. @default 6000 */
  readonly predecessorMs?: number
}

/** Takes the lock of `folder`, or throws SSMD_E_LOCKED naming who has it. Until it is settled nothing else is changed. */
export async function takeLock(folder: string, options: LockOptions = {}): Promise<Lock> {
  await nodeDisk.makeFolder(folder)
  const me: Holder = { ...thisProcess(), since: new Date().toISOString() }
  for (;;) {
    const held = lockNumbers(await readdir(folder)).at(-1)
    if (held !== undefined) await refuseLiving(join(folder, lockFile(held)), me, options)
    const number = (held ?? 0) + 1
    const path = join(folder, lockFile(number))
    if (!(await createWhole(path, JSON.stringify(me)))) continue
    // Another may have taken a higher number between the look and the creation.
    if (lockNumbers(await readdir(folder)).at(-1) !== number) {
      await rm(path, { force: true })
      continue
    }
    return holdLock(folder, number)
  }
}

function holdLock(folder: string, number: number): Lock {
  const path = join(folder, lockFile(number))
  const next = join(folder, lockFile(number + 1))
  const beat = setInterval(() => {
    const now = new Date()
    // A failing beat shows at the next commit; it cannot be handled here.
    utimes(path, now, now).catch(() => {})
  }, BEAT_MS)
  beat.unref()
  return {
    check() {
      if (existsSync(path) && !existsSync(next)) return
      throw new SsmdError(
        'SSMD_E_LOCKED',
        `${path} no longer holds the folder: another archiver has taken over`,
        { hint: 'stop one of the two' }
      )
    },
    settle: () => removeOlder(folder, number),
    async release() {
      clearInterval(beat)
      await rm(path, { force: true })
    },
  }
}

/** Removes the locks below `number`, lowest first, and what was left of taking one. What no archiver wrote stays. */
async function removeOlder(folder: string, number: number): Promise<void> {
  const older = lockNumbers(await readdir(folder)).filter((other) => other < number)
  const unfinished = (await readdir(folder)).filter((name) => UNFINISHED.test(name))
  for (const name of [...older.map((other) => lockFile(other)), ...unfinished]) {
    const found = await readLock(join(folder, name))
    if (found !== undefined && found.kind !== 'foreign')
      await rm(join(folder, name), { force: true })
  }
}

/** Creates a file with its content, on the disk before it has its name; false if the name is taken. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(temporary, path)
    return true
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOENT') return false
    throw thrown
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Returns if the holder is gone; throws if it lives. */
async function refuseLiving(path: string, me: Holder, options: LockOptions): Promise<void> {
  const found = await readLock(path)
  if (found === undefined) return
  const predecessorMs = options.predecessorMs ?? PREDECESSOR_MS
  if (found.kind !== 'held') {
    // A holder that lives beats, whatever its file says.
    if (await isSilent(path, predecessorMs, true)) return
    throw new SsmdError('SSMD_E_LOCKED', `${path} names no holder, but its time is still updated`, {
      hint: 'find the archiver that runs on this folder, and stop it',
    })
  }
  const { holder } = found
  const isPredecessor = holder.boot === me.boot && me.boot !== '' && holder.host === me.host
  const silentMs = isPredecessor ? predecessorMs : (options.foreignMs ?? SILENT_MS)
  const isGone = isVisible(holder, me)
    ? !isRunning(holder)
    : await isSilent(path, silentMs, holder.host === me.host)
  if (isGone) return
  throw new SsmdError(
    'SSMD_E_LOCKED',
    `${path} is held by process ${holder.pid} on ${holder.host} since ${holder.since}`,
    { hint: 'stop that archiver, or give this one a storage of its own' }
  )
}
