// What the kernel says of a process: processor seconds used so far, and the peak of its resident memory.
import { readFileSync } from 'node:fs'

// USER_HZ is 100 on every Linux that Node runs on.
const TICKS_PER_SECOND = 100

/** User and system seconds of a process so far; 0 where it is gone. */
export function cpuSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  } catch {
    return 0
  }
}

/** Peak resident memory in MB (10^6 bytes); 0 where the process is gone. */
export function peakMemory(pid: number): number {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return (Number(match?.[1] ?? 0) * 1024) / 1e6
  } catch {
    return 0
  }
}
