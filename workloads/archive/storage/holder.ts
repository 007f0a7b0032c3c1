// Who holds a lock: what its file says, and whether that process can still be alive.

import { readFileSync, readlinkSync } from 'node:fs'
import { lstat, readFile } from 'node:fs/promises'
import { hostname, uptime } from 'node:os'

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

/**
 * `torn`: empty, zeros or the beginning of a holder. Version 1 linked its lock before it was on the disk, and a power cut
 * left it so. `foreign`: no archiver wrote it.
 */
export type LockText =
  | { readonly kind: 'held'; readonly holder: Holder }
  | { readonly kind: 'torn' | 'foreign' }

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

const TEXTS = ['host', 'boot', 'space', 'began', 'since'] as const
const BEGINNING = '{"pid":'

export function parseLock(text: string): LockText {
  const written = text.replace(/\0+$/, '')
  try {
    const holder = JSON.parse(written) as Holder | null
    const isHolder =
      Number.isInteger(holder?.pid) && TEXTS.every((key) => typeof holder?.[key] === 'string')
    return isHolder ? { kind: 'held', holder: holder! } : { kind: 'foreign' }
  } catch {
    // Not JSON, which is an answer: a beginning of what is written there, or something else.
    const isBeginning = written.startsWith(BEGINNING) || BEGINNING.startsWith(written)
    return { kind: isBeginning ? 'torn' : 'foreign' }
  }
}

/** This process, as it names itself in its lock. */
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

/** True if processes of the holder can be seen from here. */
export const isVisible = (holder: Holder, me: Holder): boolean =>
  holder.boot === me.boot &&
  holder.space === me.space &&
  (me.boot !== '' || holder.host === me.host)

export function isRunning(holder: Holder): boolean {
  if (holder.began !== '') return startOf(holder.pid) === holder.began
  try {
    process.kill(holder.pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** True for a holder of this machine before it was started anew, and for a file that does not change for so long. */
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

/** When the file was last changed; null where it is no longer there. */
async function changedAt(path: string): Promise<number | null> {
  try {
    return (await lstat(path)).mtimeMs
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw thrown
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
