// Detects edits of a file or folder of resources: quickly by notifications of the system, and reliably by a check every two
// seconds, because editors replace files, folders come and go, and network file systems send no notifications.
import { type FSWatcher, watch } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isResourceFile } from '#crds/resources.ts'

const POLL_MS = 2000
// An editor writes a file in several steps; a git checkout writes many files.
const SETTLE_MS = 150

export type WatchOptions = {
  readonly path: string
  readonly signal: AbortSignal
  /** Called one at a time, after things have been quiet for a moment. */
  onEdit(): Promise<void>
  /** The `fingerprint` from before the current resources were read; default: that of now. */
  readonly seen?: string
  readonly pollMs?: number
  readonly settleMs?: number
}

/** Watches until the signal aborts; the initial state is no edit. */
export async function watchEdits(options: WatchOptions): Promise<void> {
  const { path, signal, onEdit, pollMs = POLL_MS, settleMs = SETTLE_MS } = options
  let seen = options.seen ?? (await fingerprint(path))
  let wake: (() => void) | undefined
  let woken = false
  const notify = () => {
    woken = true
    wake?.()
  }
  const watcher = startWatcher(path, notify)
  signal.addEventListener('abort', notify)
  try {
    while (!signal.aborted) {
      if (!woken) await pause(pollMs, (resume) => (wake = resume))
      woken = false
      if (signal.aborted) return
      let now = await fingerprint(path)
      if (now === seen) continue
      // Until two checks in a row agree.
      for (let before = seen; now !== before && !signal.aborted; ) {
        before = now
        await pause(settleMs, () => undefined)
        now = await fingerprint(path)
      }
      if (signal.aborted) return
      seen = now
      await onEdit()
    }
  } finally {
    watcher?.close()
    signal.removeEventListener('abort', notify)
  }
}

function startWatcher(path: string, notify: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, { recursive: true, persistent: false }, notify)
    // The check every two seconds works without notifications.
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

async function pause(ms: number, onResume: (resume: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    onResume(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Changes whenever a YAML file below the path appears, goes, or is written. */
export async function fingerprint(path: string): Promise<string> {
  const parts: string[] = []
  await visit(path, parts, true)
  return parts.join('\n')
}

async function visit(path: string, parts: string[], top: boolean): Promise<void> {
  let facts: Awaited<ReturnType<typeof stat>>
  try {
    facts = await stat(path)
  } catch (thrown) {
    // A file that disappears during the check is a change too.
    parts.push(`${path} ${(thrown as NodeJS.ErrnoException).code}`)
    return
  }
  if (!facts.isDirectory()) {
    if (top || isResourceFile(path))
      parts.push(`${path} ${facts.mtimeMs} ${facts.size} ${facts.ino}`)
    return
  }
  const names = await readdir(path).catch(() => [])
  for (const name of names.sort()) {
    if (name.startsWith('.') || name === 'node_modules') continue
    await visit(join(path, name), parts, false)
  }
}
