// What a node could leave on the computer outside of its namespaces, looked at before and after: mounts, links, nftables,
// the settings that a kubelet makes, mount points, and whatever bears the node's own name.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { run } from '../../operator/local/nats-server/run.ts'
import { cgroupMounts } from './cgroups.ts'
import { parseMounts } from './teardown.ts'

/** Each thing as one line of text. */
export type Surroundings = ReadonlySet<string>

const SETTINGS = [
  ...['kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys'],
  ...['kernel/keys/root_maxbytes', 'vm/overcommit_memory', 'net/ipv4/ip_forward'],
]
const PLACES = [
  ...['/var/lib/kubelet', '/var/lib/cni', '/run/containerd', '/var/log/containers'],
  ...['/run/mine', '/var/lib/mine'],
]

/**
 * `name`: of the node, once it has one. Of cgroups, processes and mounts below temporary folders only those of that name
 * are seen: others come and go meanwhile.
 */
export async function lookAround(name: string | undefined): Promise<Surroundings> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  const links = await readdir('/sys/class/net')
  const tables = await run('nft', ['list', 'tables']).catch(() => ({ output: '' }))
  const settings = SETTINGS.map(async (setting) => {
    const value = await readFile(`/proc/sys/${setting}`, 'utf8').catch(() => '')
    return `setting ${setting} = ${value.trim()}`
  })
  return new Set([
    // By number: one may lie above another on the same point.
    ...parseMounts(mounts)
      .filter(({ point }) => !isOfAnother(point, name))
      .map(({ id, point }) => `mount ${id} ${point}`),
    ...links.map((link) => `link ${link}`),
    ...tables.output
      .split('\n')
      .filter(Boolean)
      .map((table) => `nft ${table}`),
    ...(await Promise.all(settings)),
    ...PLACES.filter((place) => existsSync(place)).map((place) => `folder ${place}`),
    ...(name === undefined ? [] : await cgroupsOf(name, mounts)),
    ...(name === undefined ? [] : await processesOf(name)),
  ])
}

/** Another test's disk, mounted while this node runs. */
const isOfAnother = (point: string, name: string | undefined): boolean =>
  ['/tmp', tmpdir()].some((folder) => point.startsWith(`${folder}/`)) &&
  (name === undefined || !point.includes(name))

export const whatIsNew = (before: Surroundings, after: Surroundings): string[] =>
  [...after].filter((thing) => !before.has(thing))

async function cgroupsOf(name: string, mounts: string): Promise<string[]> {
  const found: string[] = []
  for (const { folder } of cgroupMounts(mounts)) {
    const below: string[] = await readdir(folder).catch(() => [])
    if (below.includes(name)) found.push(`cgroup ${folder}/${name}`)
  }
  return found
}

/** By their command line or environment: whatever is started inside has the name of its place in there. */
async function processesOf(name: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))
    )
    if (!`${command}\0${environment}`.includes(name)) continue
    found.push(`process ${pid} ${command?.replaceAll('\0', ' ').trim().slice(0, 100)}`)
  }
  return found
}
