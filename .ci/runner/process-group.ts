// The processes of a group: who is still there, and an end for all of them.

import { readdir, readFile } from 'node:fs/promises'

/** Command lines of the living members; empty where the system has no /proc to ask. */
export async function groupMembers(group: number): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(pids.map((pid) => memberOf(group, pid)))
  return found.filter((line) => line !== undefined)
}

async function memberOf(group: number, pid: string): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // `pid (name) state ppid pgrp …`; the name may hold anything, a bracket too.
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (Number(pgrp) !== group || state === 'Z' || state === 'X') return undefined
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return `${pid} ${command.replaceAll('\0', ' ').trim()}`
  } catch {
    // It ended while we looked.
    return undefined
  }
}

export function endGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
