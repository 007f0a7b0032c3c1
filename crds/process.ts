// Names a process so that another one can tell whether it still runs: a process id alone is used again, by the next
// process, by another container, after the next start of the machine.

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export type ProcessId = {
  readonly pid: number
  readonly host: string
  /** Tells this start of the machine from others, and this container's processes from others. */
  readonly boot: string
  readonly space: string
  /** When the process began, in ticks since the machine started. */
  readonly began: string
}

export function thisProcess(): ProcessId {
  return {
    pid: process.pid,
    host: hostname(),
    boot: readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: readOr(() => readlinkSync('/proc/self/ns/pid')),
    began: startOf(process.pid),
  }
}

/** True if processes that share the other's process table can be seen by `me`. */
export const isVisible = (other: ProcessId, me: ProcessId): boolean =>
  other.boot === me.boot && other.space === me.space && (me.boot !== '' || other.host === me.host)

/** Answers for a process that is visible from here. */
export function isRunning({ pid, began }: ProcessId): boolean {
  if (began !== '') return startOf(pid) === began
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** When a process began; the empty text if there is none, or no /proc. */
function startOf(pid: number): string {
  const text = readOr(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // The name, in brackets, may hold anything; the state follows it, and the start is 19 fields on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? '' : (fields[19] ?? '')
}

/** Without /proc, processes are told apart by what is left. */
function readOr(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
