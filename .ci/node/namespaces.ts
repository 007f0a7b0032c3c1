// The place of a node: network, mount and process namespaces of its own, in which a program and all that it starts can
// do nothing to the rest of the computer. What has to lie outside, a folder and a cgroup, is made here before, and taken
// away after the last process is gone.

import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCgroup, type NodeCgroup, openCgroup } from './cgroups.ts'
import { NODE_ADDRESS } from './network.ts'

const ENTER = join(import.meta.dirname, 'enter.sh')
/** Set inside, and only there. */
const FOLDER_VARIABLE = 'SSMD_NODE_FOLDER'

export type Enclosure = {
  /** Of its folder and its cgroup; nothing else on the computer bears it. */
  readonly name: string
  /** What to start, with which arguments and environment: the program, inside. */
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Everything that the program writes; its TMPDIR. */
  readonly folder: string
  readonly cgroup: NodeCgroup
  /** When it has ended: takes away what was made for it. */
  leave(): Promise<void>
}

export async function enclose(
  program: readonly string[],
  env: NodeJS.ProcessEnv = process.env
): Promise<Enclosure> {
  const name = `ssmd-node-${randomBytes(4).toString('hex')}`
  const folder = join(env.TMPDIR || tmpdir(), name)
  let cgroup: NodeCgroup | undefined
  const leave = async () => {
    await cgroup?.remove()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await mkdir(folder, { mode: 0o755 })
    for (const below of ['kubelet', 'log', 'sysctl', 'lib', 'work'])
      await mkdir(join(folder, below))
    await writeFile(join(folder, 'resolv.conf'), RESOLV_CONF)
    await writeFile(join(folder, 'nsswitch.conf'), NSSWITCH_CONF)
    cgroup = await makeCgroup(name)
  } catch (thrown) {
    await leave()
    throw thrown
  }
  return {
    name,
    file: 'unshare',
    args: [...UNSHARE, '--', 'sh', ENTER, ...program],
    env: { ...env, TMPDIR: folder, [FOLDER_VARIABLE]: folder },
    folder,
    cgroup,
    leave,
  }
}

/** What a program finds that runs inside; undefined outside. */
export function enclosed(
  env: NodeJS.ProcessEnv = process.env
): { readonly folder: string; readonly cgroup: NodeCgroup } | undefined {
  const folder = env[FOLDER_VARIABLE]
  if (folder === undefined || folder === '') return undefined
  return { folder, cgroup: openCgroup(folder.slice(folder.lastIndexOf('/') + 1)) }
}

const UNSHARE = [
  ...['--net', '--mount', '--ipc', '--propagation', 'private'],
  // The end of `unshare` is the end of the first process, and with it of all.
  ...['--pid', '--fork', '--kill-child', '--mount-proc'],
]

const RESOLV_CONF = [
  `nameserver ${NODE_ADDRESS}`,
  'search default.svc.cluster.local svc.cluster.local cluster.local',
  'options ndots:5',
  '',
].join('\n')
const NSSWITCH_CONF = 'passwd: files\ngroup: files\nhosts: files dns\n'
