// One `ssmd up` per data folder, even across containers and networks. The kernel locks a file, and releases it whenever the
// holder ends; SQLite takes that lock, because Node has no call for it. A second file names the holder and is touched every
// second, for people and for file systems whose locks do not reach other machines.
import { mkdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { uptime } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import { isRunning, isVisible, type ProcessId, thisProcess } from '#crds/process.ts'
import { writeWhole } from './whole-file.ts'

type Holder = ProcessId & {
  /** Inode of the folder: a copy of it, taken while it was in use, is another. */
  readonly folder: number
  readonly since: string
}

export type Lock = { release(): Promise<void> }

export type LockOptions = {
  /** How long a holder of another machine may be silent: longer than NFS remembers a time. @default 30000 */
  readonly elsewhereMs?: number
  /**
   * The same for an invisible holder on this machine, and for a file that names no holder. Its nats-server ends within it.
   * @default 6000
   */
  readonly unseenMs?: number
  /** Ends the wait for such a holder, with an AbortError. */
  readonly signal?: AbortSignal
}

const BEAT_MS = 1000
const LOOK_MS = 250
const SQLITE_BUSY = 5

/** Takes the lock of the folder that `path` lies in, or throws SSMD_E_LOCKED naming who holds it. */
export async function takeLock(
  path: string,
  what: string,
  options: LockOptions = {}
): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true })
  const kernel = lockFile(join(dirname(path), 'lock'))
  try {
    if (kernel === undefined) throw heldBy(what, parseHolder(await readOr(path)))
    await refuseLiving(path, what, options)
    const text = JSON.stringify(await describeProcess(path))
    await writeWhole(path, text)
    const beat = setInterval(() => {
      const now = new Date()
      // The kernel's lock holds in any case: a beat that fails is no reason to stop a capture.
      utimes(path, now, now).catch(() => undefined)
    }, BEAT_MS)
    beat.unref()
    return {
      async release() {
        clearInterval(beat)
        if ((await readOr(path)) === text) await rm(path, { force: true })
        kernel.close()
      },
    }
  } catch (thrown) {
    kernel?.close()
    throw thrown
  }
}

/** The file, locked and always empty; undefined if another process holds it. */
function lockFile(path: string): { close(): void } | undefined {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(path, { timeout: 0 })
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return file
  } catch (cause) {
    file?.close()
    if ((cause as { errcode?: number }).errcode === SQLITE_BUSY) return undefined
    throw new SsmdError('SSMD_E_IO', `locking ${path}: ${(cause as Error).message}`, {
      hint: 'keep the data folder on a file system with file locks; the file itself is empty and can be removed while no ssmd up runs there',
      cause,
    })
  }
}

/** A holder without a kernel lock: behind a network file system, or with a removed lock file. */
async function refuseLiving(path: string, what: string, options: LockOptions): Promise<void> {
  const before = await changedAt(path)
  if (before === undefined) return
  const holder = parseHolder(await readOr(path))
  const me = await describeProcess(path)
  if (holder && holder.folder !== me.folder) return
  if (holder && isVisible(holder, me)) {
    if (holder.began !== '' && isRunning(holder)) throw heldBy(what, holder)
    return
  }
  // Left by this machine before its last boot.
  if (holder?.host === me.host && before < Date.now() - uptime() * 1000) return
  const isHere = holder === undefined || (holder.boot === me.boot && me.boot !== '')
  const silentMs = isHere ? (options.unseenMs ?? 6000) : (options.elsewhereMs ?? 30_000)
  const end = performance.now() + silentMs
  while (performance.now() < end) {
    await sleep(LOOK_MS, undefined, options.signal && { signal: options.signal })
    const now = await changedAt(path)
    if (now === undefined) return
    if (now !== before) throw heldBy(what, parseHolder(await readOr(path)))
  }
}

async function changedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

const readOr = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

const heldBy = (what: string, holder: Holder | undefined): SsmdError =>
  new SsmdError(
    'SSMD_E_LOCKED',
    holder === undefined
      ? `another ssmd up is just starting on ${what}`
      : `another ssmd up (process ${holder.pid} on ${holder.host}, since ${holder.since}) already runs on ${what}`,
    { hint: 'stop that one with Ctrl-C, or give this one another folder with --data' }
  )

/** Undefined for a text without a holder: it is about to be written, or a power cut tore it. */
function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    const isHolder = typeof value.pid === 'number' && typeof value.folder === 'number'
    return isHolder ? (value as Holder) : undefined
  } catch {
    return undefined
  }
}

async function describeProcess(path: string): Promise<Holder> {
  return {
    ...thisProcess(),
    folder: (await stat(dirname(path))).ino,
    since: new Date().toISOString(),
  }
}
