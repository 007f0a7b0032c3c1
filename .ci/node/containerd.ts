// The container runtime of a node: its configuration, and images brought into it from OCI archives.

import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type Running, startProcess } from '../../operator/testing/processes.ts'
import { mustRun } from './must-run.ts'
import { podNetwork } from './network.ts'

/** The place where everybody looks for it; enter.sh made /run one of our own. */
export const SOCKET = '/run/containerd/containerd.sock'
/** The container that holds a pod's network: every pod has one. */
export const PAUSE_IMAGE = 'ssmd.local/pause:1'
/** Of containerd, not of Kubernetes: whatever the kubelet asks for is in there. */
const NAMESPACE = 'k8s.io'

export type ContainerdTools = {
  readonly containerd: string
  readonly shim: string
  readonly ctr: string
  readonly runc: string
  readonly bridge: string
  readonly hostLocal: string
}

export async function startContainerd(
  folder: string,
  tools: ContainerdTools,
  logFile: string
): Promise<Running> {
  const programs = join(folder, 'programs')
  const networks = join(folder, 'networks')
  for (const made of [programs, networks]) await mkdir(made)
  // It looks for these by their own names.
  await symlink(tools.shim, join(programs, 'containerd-shim-runc-v2'))
  await symlink(tools.bridge, join(programs, 'bridge'))
  await symlink(tools.hostLocal, join(programs, 'host-local'))
  await writeFile(join(networks, '10-pods.conflist'), podNetwork(folder))
  const config = join(folder, 'containerd.toml')
  await writeFile(config, containerdConfig({ folder, programs, networks, runc: tools.runc }))
  return startProcess('containerd', tools.containerd, ['--config', config], {
    env: { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` },
    logFile,
  })
}

export function containerdConfig(o: {
  readonly folder: string
  readonly programs: string
  readonly networks: string
  readonly runc: string
}): string {
  const plugin = (name: string) => `[plugins.'io.containerd.${name}`
  return [
    'version = 3',
    `root = '${o.folder}/containerd'`,
    "state = '/run/containerd'",
    // Nothing of a containerd that this computer has itself.
    'imports = []',
    `disabled_plugins = [${UNUSED.map((name) => `'io.containerd.${name}'`).join(', ')}]`,
    '[grpc]',
    `  address = '${SOCKET}'`,
    `${plugin("cri.v1.images']")}`,
    "  snapshotter = 'overlayfs'",
    `${plugin("cri.v1.images'.pinned_images]")}`,
    `  sandbox = '${PAUSE_IMAGE}'`,
    `${plugin("cri.v1.runtime']")}`,
    '  netns_mounts_under_state_dir = true',
    // Without CAP_SYS_RESOURCE runc fails at lowering it ("can't get final child's PID from pipe").
    '  restrict_oom_score_adj = true',
    `${plugin("cri.v1.runtime'.containerd.runtimes.runc]")}`,
    "  runtime_type = 'io.containerd.runc.v2'",
    `${plugin("cri.v1.runtime'.containerd.runtimes.runc.options]")}`,
    `  BinaryName = '${o.runc}'`,
    '  SystemdCgroup = false',
    `${plugin("cri.v1.runtime'.cni]")}`,
    `  bin_dirs = ['${o.programs}']`,
    `  conf_dir = '${o.networks}'`,
    '  use_internal_loopback = true',
    '',
  ].join('\n')
}

const UNUSED = [
  'nri.v1.nri',
  'internal.v1.opt',
  ...['btrfs', 'zfs', 'devmapper', 'blockfile', 'erofs'].map((name) => `snapshotter.v1.${name}`),
]

const ctr = (program: string, ...args: readonly string[]): Promise<string> =>
  mustRun(program, ['--address', SOCKET, '--namespace', NAMESPACE, ...args], {
    env: { ...process.env, CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS: '1' },
  })

/** Done when pods can use it, under the name that stands in the archive. */
export async function importImage(program: string, archive: string): Promise<void> {
  await ctr(program, 'images', 'import', archive)
}

export const isAnswering = (program: string): Promise<boolean> =>
  ctr(program, 'version').then(
    () => true,
    () => false
  )
