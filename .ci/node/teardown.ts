// The end of a node: first who starts containers, then the containers, then what they left of mounts and links.
// Whatever this misses ends with the namespaces; it is what lets a second node start in the same ones.

import { readdir, readFile, readlink, realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import type { NodeCgroup } from './cgroups.ts'
import { mustRun } from './must-run.ts'

const LIMIT_MS = 20_000

/** Every process of every container, until there is none. */
export async function endContainers(cgroup: NodeCgroup): Promise<void> {
  await untilNone('containers', () => cgroup.processes())
  await cgroup.empty()
}

/** Each container has one process that watches it and outlives containerd. */
export async function endShims(program: string): Promise<void> {
  const path = await realpath(program)
  await untilNone('containerd-shim-runc-v2', () => processesOf(path))
}

async function untilNone(what: string, find: () => Promise<number[]>): Promise<void> {
  const end = performance.now() + LIMIT_MS
  for (;;) {
    const pids = await find()
    if (pids.length === 0) return
    for (const pid of pids) kill(pid)
    if (performance.now() > end) {
      const text = `${what}: processes ${pids.join(', ')} do not end`
      throw new SsmdError('SSMD_E_INTERNAL', text)
    }
    await sleep(20)
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Zombies have no program any more: they are not found. */
async function processesOf(program: string): Promise<number[]> {
  const pids: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const found = await readlink(`/proc/${name}/exe`).catch(() => '')
    if (found === program) pids.push(Number(name))
  }
  return pids
}

/** Every mount that did not exist then, the last first. The kernel reuses the id of a mount that has ended. */
export async function unmountSince(then: readonly Mount[]): Promise<void> {
  const keyOf = ({ id, point }: Mount) => `${id} ${point}`
  const known = new Set(then.map(keyOf))
  const since = (await readMounts()).filter((mount) => !known.has(keyOf(mount)))
  for (const { point } of since.reverse()) await mustRun('umount', ['--lazy', point])
}

export type Mount = { readonly id: string; readonly point: string }

export const readMounts = async (): Promise<Mount[]> =>
  parseMounts(await readFile('/proc/self/mountinfo', 'utf8'))

/** In the order in which they were made; one point may have several, one above the other. */
export const parseMounts = (mountinfo: string): Mount[] =>
  mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([id, , , , point]) => (id && point ? [{ id, point: unescaped(point) }] : []))

/** Blanks and the like stand there in octal. */
const unescaped = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)))
