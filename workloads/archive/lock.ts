// One writer for each archive folder. The lock is a file `lock-<n>` that names its holder; the highest n holds it.
// A holder that died on this machine is known by its process; one that nobody here can see, by a file that no longer
// changes. Taking over makes `lock-<n+1>` exclusively, so two that try at once cannot both succeed.

import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { link, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { nodeDisk } from './disk.ts'

export type Holder = {
  readonly pid: number
  readonly host: string
  /** Tells this start of the machine from others, and this container's processes from others. */
  readonly boot: string
  readonly space: string
  /** When the process began, in ticks since the machine started. */
  readonly began: string
  readonly since: string
}

export type Lock = {
  /** Throws SSMD_E_LOCKED where another has taken over. */
  check(): void
  release(): Promise<void>
}

const BEAT_MS = 1000
/** A foreign holder whose file has not changed for so long is gone. */
const FOREIGN_MS = 30_000
/**
 * The same for one of this machine and of this host's name whose processes cannot be seen: a container that was started
 * again, in whose place we run. Six beats.
 */
const PREDECESSOR_MS = 6_000
const NAME = /^lock-(\d+)$/
/** What a process that ended while it took the lock has left; one that still tries is refused anyway. */
const UNFINISHED = /^lock-\d+\.\d+\.tmp$/

export type LockOptions = {
  /** How long a holder that cannot be seen may be silent. @default 30000 */
  readonly foreignMs?: number
  /** The same for one of this name on this machine. @default 6000 */
  readonly predecessorMs?: number
}

/** Takes the lock of `folder`, or throws SSMD_E_LOCKED naming who has it. */
export async function takeLock(folder: string, options: LockOptions = {}): Promise<Lock> {
  await nodeDisk.makeFolder(folder)
  const me = describeProcess()
  for (;;) {
    const held = (await lockNumbers(folder)).at(-1)
    if (held !== undefined) {
      await refuseLiving(join(folder, `lock-${held}`), me, options)
    }
    const number = (held ?? 0) + 1
    const path = join(folder, `lock-${number}`)
    if (!(await createWhole(path, JSON.stringify(me)))) continue
    // Another may have taken a higher number between the look and the creation.
    if ((await lockNumbers(folder)).at(-1) !== number) {
      await rm(path, { force: true })
      continue
    }
    for (const name of await readdir(folder)) {
      const old = NAME.exec(name)?.[1]
      const isOld = old !== undefined && Number(old) < number
      if (isOld || UNFINISHED.test(name)) await rm(join(folder, name), { force: true })
    }
    return holdLock(path)
  }
}

function holdLock(path: string): Lock {
  const beat = setInterval(() => {
    const now = new Date()
    // A failing beat shows at the next commit; here nobody could handle it.
    utimes(path, now, now).catch(() => {})
  }, BEAT_MS)
  beat.unref()
  return {
    check() {
      if (existsSync(path)) return
      throw new SsmdError('SSMD_E_LOCKED', `${path} is gone: another archiver has taken over`, {
        hint: 'stop one of the two',
      })
    },
    async release() {
      clearInterval(beat)
      await rm(path, { force: true })
    },
  }
}

async function lockNumbers(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => Number(NAME.exec(name)?.[1] ?? 0) || []).sort((a, b) => a - b)
}

/** Creates a file with its content at once; false where the name is taken. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, content)
  try {
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

/** Returns where the holder is gone; throws where it lives. */
async function refuseLiving(path: string, me: Holder, options: LockOptions): Promise<void> {
  let holder: Holder
  try {
    holder = JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new SsmdError('SSMD_E_LOCKED', `${path} cannot be read`, {
      hint: 'remove it if no archiver runs on this folder',
      cause: thrown,
    })
  }
  const isVisible =
    holder.boot === me.boot &&
    holder.space === me.space &&
    (me.boot !== '' || holder.host === me.host)
  const isPredecessor = holder.boot === me.boot && me.boot !== '' && holder.host === me.host
  const silentMs = isPredecessor
    ? (options.predecessorMs ?? PREDECESSOR_MS)
    : (options.foreignMs ?? FOREIGN_MS)
  if (isVisible ? !isRunning(holder) : await isGone(path, holder, me, silentMs)) return
  throw new SsmdError(
    'SSMD_E_LOCKED',
    `${path} is held by process ${holder.pid} on ${holder.host} since ${holder.since}`,
    { hint: 'stop that archiver, or give this one a storage of its own' }
  )
}

export function isRunning(holder: Holder): boolean {
  if (holder.began !== '') return startOf(holder.pid) === holder.began
  try {
    process.kill(holder.pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True for a holder of this machine before it was started anew, and for one whose file does not change for so long. */
async function isGone(path: string, holder: Holder, me: Holder, ms: number): Promise<boolean> {
  const before = await changedAt(path)
  if (before === null) return true
  if (holder.host === me.host && before < Date.now() - uptime() * 1000) return true
  const end = performance.now() + ms
  while (performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(500, ms)))
    const now = await changedAt(path)
    if (now === null) return true
    if (now !== before) return false
  }
  return true
}

/** When the file was last changed; null where it is no longer there. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
  }
}

export function describeProcess(): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    boot: readOr('/proc/sys/kernel/random/boot_id'),
    space: linkOr('/proc/self/ns/pid'),
    began: startOf(process.pid),
    since: new Date().toISOString(),
  }
}

/** When a process began, or the empty text where there is none or no /proc. */
function startOf(pid: number): string {
  const text = readOr(`/proc/${pid}/stat`)
  // The name, in brackets, may hold anything; the state follows it, and the start is 19 fields on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? '' : (fields[19] ?? '')
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // No /proc: processes are told apart by what is left.
    return ''
  }
}

function linkOr(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // As above.
    return ''
  }
}
