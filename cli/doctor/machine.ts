// What this computer has to have: Node, room on the disk, a steady clock, free ports. The judges are pure.

import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isFree } from '../../operator/local/ports.ts'
import { formatBytes, formatSpan } from '../text.ts'
import { bad, good, skipped, type Verdict, warning } from './verdict.ts'

const NODE = 24
const GB = 1e9
/** Below the first an hour of a busy feed may not fit; below the second a day may not. */
const DISK = { least: 1 * GB, ample: 10 * GB }
/** As much as slewing moves a clock in that time, and a hundred times more. */
const STEP_MS = 50
const WATCH_MS = 400
/** Between two machines that synchronise their clocks. */
const FUTURE_MS = 2000

export function judgeNode(version: string): Verdict {
  return Number.parseInt(version, 10) >= NODE
    ? good(`Node ${version}`)
    : bad(`Node ${version}, and ssmd needs ${NODE}`, `Install Node ${NODE} or later.`)
}

export type Room = { readonly folder: string; readonly freeBytes: number }

export function judgeDisk({ folder, freeBytes }: Room): Verdict {
  const found = `${formatBytes(freeBytes)} free in ${folder}`
  const fix = 'Free some space, or keep the data on a larger disk with --data.'
  if (freeBytes < DISK.least) return bad(found, fix)
  return freeBytes < DISK.ample ? warning(found, fix) : good(found)
}

/** Of the folder, or of the nearest one above it that exists. */
export async function roomOf(folder: string): Promise<Room> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at)
      return { folder: at, freeBytes: bavail * bsize }
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) throw thrown
    }
  }
}

export type Clock = {
  /** How far the wall clock moved beside the steady one while it was watched. */
  readonly steppedMs: number
  /** How far the newest date in the archive is ahead; negative: it is past. */
  readonly aheadMs: number | undefined
}

export function judgeClock({ steppedMs, aheadMs }: Clock): Verdict {
  const fix =
    'Let one program alone, such as chrony, set the clock, and let it slew rather than step.'
  if (Math.abs(steppedMs) > STEP_MS) {
    return bad(`the clock was set by ${Math.round(steppedMs)} ms while it was watched`, fix)
  }
  if (aheadMs !== undefined && aheadMs > FUTURE_MS) {
    return warning(`the archive was written ${formatSpan(aheadMs)} in the future`, fix)
  }
  return good('no step while it was watched')
}

export async function watchClock(): Promise<number> {
  const clocks = { wall: Date.now, steady: () => performance.now() }
  const before = offsetOf(clocks)
  await sleep(WATCH_MS)
  return offsetOf(clocks) - before
}

export type Clocks = { readonly wall: () => number; readonly steady: () => number }

/** A busy machine stops a program between two readings, which looks like a step: the closest of several counts. */
export function offsetOf({ wall, steady }: Clocks): number {
  let closest = Number.POSITIVE_INFINITY
  let offset = 0
  for (let i = 0; i < READINGS && closest > CLOSE_MS; i++) {
    const before = steady()
    const now = wall()
    const took = steady() - before
    if (took >= closest) continue
    closest = took
    offset = now - before
  }
  return offset
}

const READINGS = 20
const CLOSE_MS = 1

export type Port = { readonly port: number; readonly use: string; readonly isFree: boolean }

/** Ports that the running `ssmd up` has itself are as they should be. */
export function judgePorts(ports: readonly Port[], isUp: boolean): Verdict {
  if (isUp) return good('ssmd up has its ports')
  const taken = ports.filter((port) => !port.isFree)
  const [first] = taken
  if (ports.length === 0) return skipped('no resource needs a port of this computer')
  if (first === undefined) return good(`${ports.map(({ port }) => port).join(', ')} are free`)
  const found = taken.map(({ port, use }) => `${port} (${use}) is taken by another program`)
  // The page and simulators take the next free one; an Environment names the port of NATS.
  const isHard = taken.some(({ use }) => use === 'NATS')
  return isHard
    ? bad(found.join('; '), `Stop what listens on port ${first.port}, or change transport.url.`)
    : warning(found.join('; '), 'Nothing has to be done: ssmd up takes the next free port.')
}

export const lookAtPorts = (
  ports: readonly { readonly port: number; readonly use: string; readonly host: string }[]
): Promise<Port[]> =>
  Promise.all(
    ports.map(async ({ port, use, host }) => ({ port, use, isFree: await isFree(port, host) }))
  )
