// The cgroup below which all pods of a node run, in version 1 and 2: made and removed as a whole, and read for what a
// container uses and which processes it has.

import { readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'

export type CgroupMount = {
  readonly folder: string
  readonly version: 1 | 2
  /** Of version 1; in version 2 they stand in cgroup.controllers. */
  readonly controllers: readonly string[]
}

export type NodeCgroup = {
  /** As the kubelet is told: `/ssmd-node-…`. */
  readonly path: string
  readonly version: 1 | 2
  /** The same cgroup as a folder, where memory is accounted. */
  readonly memory: string
  /** Processes in it and below, as this process sees them. */
  processes(): Promise<number[]>
  /** Takes away what is below it, or all of it. Its processes have to be ended first. */
  empty(): Promise<void>
  remove(): Promise<void>
}

const ROOT = '/sys/fs/cgroup'
/** What the kubelet does not start without. */
// memory first: where processes stand in the way it is refused at once, and nothing has been changed.
const NEEDED = ['memory', 'cpu', 'cpuset', 'pids'] as const
/** What it wants too where the machine has it (Kubernetes 1.36, `getSupportedUnifiedControllers`). */
const WANTED = [...NEEDED, 'hugetlb'] as const
/** The kernel lets go of a cgroup a moment after its last process. */
const BUSY_MS = 5_000

export function cgroupMounts(mountinfo: string): CgroupMount[] {
  const mounts: CgroupMount[] = []
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const folder = before.split(' ')[4]
    const [type, , options = ''] = after.split(' ')
    if (folder === undefined) continue
    if (type === 'cgroup2') mounts.push({ folder, version: 2, controllers: [] })
    if (type === 'cgroup') mounts.push({ folder, version: 1, controllers: options.split(',') })
  }
  return mounts
}

/** As the kubelet decides: version 2 if that is what /sys/fs/cgroup itself is. */
export const cgroupVersion = (mounts: readonly CgroupMount[]): 1 | 2 =>
  mounts.some(({ folder, version }) => version === 2 && folder === ROOT) ? 2 : 1

export async function makeCgroup(name: string): Promise<NodeCgroup> {
  const mounts = readMounts()
  const version = cgroupVersion(mounts)
  const before = version === 2 ? await enabledControllers(ROOT) : []
  if (version === 2) await enableControllers(ROOT)
  else checkControllers(mounts.flatMap(({ controllers }) => controllers))
  for (const mount of mounts.filter((mount) => mount.version === version)) {
    await mkdir(join(mount.folder, name)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return
      throw unwritable(join(mount.folder, name), cause)
    })
  }
  const cgroup = openCgroup(name)
  // In use from now on: another node that ends can no longer switch them off at the root.
  if (version === 2) await enableControllers(cgroup.memory)
  const remove = async () => {
    await cgroup.remove()
    if (version === 1) return
    // runc has switched on all that there are. Refused where somebody else has begun to use one: then it is theirs.
    for (const controller of await enabledControllers(ROOT)) {
      if (!before.includes(controller)) await control(ROOT, `-${controller}`).catch(() => {})
    }
  }
  return { ...cgroup, remove }
}

export function openCgroup(name: string): NodeCgroup {
  const mounts = readMounts()
  const version = cgroupVersion(mounts)
  // Not only those of the version in use: runc makes cgroups of the other one too where both are mounted.
  const folders = mounts.map(({ folder }) => join(folder, name))
  const memory =
    mounts.find(
      (mount) =>
        mount.version === version && (version === 2 || mount.controllers.includes('memory'))
    )?.folder ?? ROOT
  return {
    path: `/${name}`,
    version,
    memory: join(memory, name),
    processes: () => processesBelow(join(memory, name)),
    empty: async () => {
      for (const folder of folders) {
        for (const below of await foldersIn(folder)) await removeTree(below)
      }
    },
    remove: async () => {
      for (const folder of folders) await removeTree(folder)
    },
  }
}

const readMounts = (): CgroupMount[] => cgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'))

function checkControllers(controllers: readonly string[]): void {
  const missing = NEEDED.filter((name) => !controllers.includes(name))
  if (missing.length === 0) return
  throw new SsmdError(
    'SSMD_E_TOOL_MISSING',
    `a node needs the cgroup controllers ${NEEDED.join(', ')}; missing here: ${missing.join(', ')}`,
    { hint: 'mount them below /sys/fs/cgroup, or run on a machine of its own' }
  )
}

/** Version 2: lets the children of `folder` have the controllers. */
async function enableControllers(folder: string): Promise<void> {
  const there = await words(join(folder, 'cgroup.controllers'))
  const missing = controllersToEnable(there, await enabledControllers(folder))
  for (const name of missing) await control(folder, `+${name}`)
}

/** Version 2: those that the children of `folder` have. */
const enabledControllers = (folder: string) => words(join(folder, 'cgroup.subtree_control'))

const words = async (file: string): Promise<string[]> =>
  (await readFile(file, 'utf8')).split(/\s+/).filter(Boolean)

/** Of those that are `there`, what the kubelet uses and is not `enabled` yet. Throws where one is not there that it needs. */
export function controllersToEnable(
  there: readonly string[],
  enabled: readonly string[]
): string[] {
  checkControllers(there)
  return WANTED.filter((name) => there.includes(name) && !enabled.includes(name))
}

async function control(folder: string, change: string): Promise<void> {
  const file = join(folder, 'cgroup.subtree_control')
  await writeFile(file, change).catch((cause) => {
    throw unwritable(file, cause)
  })
}

const unwritable = (path: string, cause: NodeJS.ErrnoException): SsmdError =>
  new SsmdError('SSMD_E_TOOL_MISSING', `the cgroup ${path} cannot be written: ${cause.message}`, {
    hint:
      cause.code === 'EBUSY' || cause.code === 'ENOTSUP'
        ? // Version 2 takes no controllers for the children of a group that has processes itself, but for the root.
          'a container whose root is a cgroup of its own holds its processes there: start it with --privileged --cgroupns=host'
        : 'a node needs root and cgroups that can be written: in a container, one that is privileged',
    cause,
  })

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))
}

async function processesBelow(folder: string): Promise<number[]> {
  const own = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '')
  const pids = own.split('\n').filter(Boolean).map(Number)
  for (const below of await foldersIn(folder)) pids.push(...(await processesBelow(below)))
  // 0 stands for a process of another namespace.
  return pids.filter((pid) => pid > 0)
}

async function removeTree(folder: string): Promise<void> {
  for (const below of await foldersIn(folder)) await removeTree(below)
  const end = performance.now() + BUSY_MS
  for (;;) {
    try {
      return await rmdir(folder)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return
      if (code !== 'EBUSY' || performance.now() > end) throw error
      await sleep(50)
    }
  }
}
