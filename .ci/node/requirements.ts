// What a node needs of the computer, looked for before anything is started: each missing thing with what to do.

import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import { toolPath } from '#tools'
import { missingTools } from '../../operator/testing/cluster.ts'
import { run } from '../tools/run.ts'
import { cgroupMounts, cgroupVersion } from './cgroups.ts'
import { enclosed } from './namespaces.ts'

/** The system's own programs, and the Debian package that brings each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  openssl: 'openssl',
  runc: 'runc',
  nft: 'nftables',
}
/** Where the system's programs lie that a person's PATH often misses. */
const PLACES = ['/usr/sbin', '/sbin', '/usr/local/sbin']

/** The programs of the node that .ci/tools pins; built where they are not here yet. */
export const nodeTools = async () => ({
  kubectl: await toolPath('kubectl'),
  kubelet: await toolPath('kubelet'),
  proxy: await toolPath('kube-proxy'),
  containerd: await toolPath('containerd'),
  shim: await toolPath('containerd-shim-runc-v2'),
  ctr: await toolPath('ctr'),
  bridge: await toolPath('cni-bridge'),
  hostLocal: await toolPath('cni-host-local'),
  dns: await toolPath('coredns'),
})

/** All that stands against a node on this computer; undefined when nothing does. Fetches and installs nothing. */
export async function whyNoNode(
  env: NodeJS.ProcessEnv = process.env
): Promise<SsmdError | undefined> {
  const problem = (what: string, hint: string, code: ErrorCode = 'SSMD_E_TOOL_MISSING') =>
    new SsmdError(code, `a real node cannot run here: ${what}`, { hint })
  if (process.platform !== 'linux') {
    const hint = 'it takes Linux; npm run cluster runs anywhere'
    return problem(`this is ${process.platform}`, hint, 'SSMD_E_USAGE')
  }
  if (process.getuid?.() !== 0) {
    return problem(
      'it takes root, for namespaces, mounts and cgroups of its own',
      'sudo -E npm run cluster -- --node, or without --node: that needs no root',
      'SSMD_E_USAGE'
    )
  }
  const missing = await missingPrograms((name) => findProgram(name, env))
  if (missing.length > 0) {
    const packages = missing.map((one) => one.package).join(' ')
    return problem(
      `${missing.map((one) => one.program).join(', ')} not found`,
      `on Debian: apt-get install --no-install-recommends ${packages}`
    )
  }
  if (!/\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'))) {
    const loaded = await run('modprobe', ['overlay']).catch(() => ({ code: 1 }))
    if (loaded.code !== 0) {
      return problem('the kernel has no overlayfs', 'take a kernel with CONFIG_OVERLAY_FS')
    }
  }
  const attempt = ['--net', '--mount', '--pid', '--fork', 'true']
  const { code, output } = await run('unshare', attempt, { env: { ...env, PATH: systemPath(env) } })
  const privileged = 'in a container, take a privileged one'
  if (code !== 0) return problem(`no namespaces can be made: ${output.trim()}`, privileged)
  const locked = await lockedCgroup()
  return locked === undefined
    ? undefined
    : problem(`the cgroups in ${locked} cannot be written`, privileged)
}

/** The first folder of cgroups in which none can be made. */
async function lockedCgroup(): Promise<string | undefined> {
  const mounts = cgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'))
  if (mounts.length === 0) return '/sys/fs/cgroup'
  const version = cgroupVersion(mounts)
  for (const { folder } of mounts.filter((mount) => mount.version === version)) {
    if (
      !(await access(folder, constants.W_OK).then(
        () => true,
        () => false
      ))
    )
      return folder
  }
  return undefined
}

/** Why a test with a node cannot run here, or undefined: for `skip`. */
export async function missingNode(): Promise<SsmdError | undefined> {
  const why = await whyNoNode()
  if (why !== undefined) return why
  if (enclosed() === undefined) {
    return new SsmdError('SSMD_E_TOOL_MISSING', 'a node runs in namespaces of its own only', {
      hint: 'npm run test:cluster starts the tests there',
    })
  }
  return missingTools(nodeTools)
}

/** With the folders in which Debian keeps programs for root. */
export const systemPath = (env: NodeJS.ProcessEnv): string =>
  [env.PATH, ...PLACES].filter(Boolean).join(delimiter)

export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env
): Promise<string | undefined> {
  for (const folder of systemPath(env).split(delimiter)) {
    const path = join(folder, name)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false
      )
    )
      return path
  }
  return undefined
}

export async function missingPrograms(
  find: (name: string) => Promise<string | undefined>
): Promise<{ readonly program: string; readonly package: string }[]> {
  const missing: { program: string; package: string }[] = []
  for (const [program, name] of Object.entries(PROGRAMS)) {
    if ((await find(program)) === undefined) missing.push({ program, package: name })
  }
  return missing
}

/** On Debian and as root: installs what is missing of the system's programs, and says so. Elsewhere it does nothing. */
export async function installMissing(
  log: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env
): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return
  const missing = await missingPrograms((name) => findProgram(name, env))
  const packages = missing.map((one) => one.package)
  if (packages.length === 0 || (await findProgram('apt-get', env)) === undefined) return
  log(`installing ${packages.join(' ')} (apt-get)`)
  const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, limitMs: 300_000 }
  await run('apt-get', ['update', '-qq'], quiet)
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages]
  const { code, output } = await run('apt-get', install, quiet)
  if (code !== 0) log(`apt-get could not install them: ${output.trim().slice(-500)}`)
}
