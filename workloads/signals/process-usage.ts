// What a process has used, where the system tells it (Linux).

import { readFileSync } from 'node:fs'

export type ProcessUsage = { readonly cpuMs: number; readonly memoryBytes: number }

/** Clock ticks of /proc, the same on every Linux that Node runs on. */
const MS_PER_TICK = 10

/** Undefined if the process has ended, or the system does not tell. */
export function usageOf(pid: number | undefined): ProcessUsage | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; behind it the first field is the third of the file.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
    return {
      cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK,
      memoryBytes: kib * 1024,
    }
  } catch {
    return undefined
  }
}
