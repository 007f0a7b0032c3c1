// What a node needs of the computer, looked for before anything is started: each missing thing with what to do.

import { constants } from 'node:fs'
import { access, readFile } from 'node:fs/promises'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import { missingProgram, systemPath } from '#testing/programs.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { installPrograms } from '../install-programs.ts'
import { cgroupMounts, cgroupVersion } from './cgroups.ts'

const NODE_PROGRAMS = ['unshare', 'mount', 'ip', 'openssl', 'runc', 'nft'] as const

/** As root on Debian, installs what is missing of the system's programs; elsewhere it says what to type. */
export const installNodePrograms = (log: (line: string) => void): Promise<unknown> =>
  installPrograms(NODE_PROGRAMS, { log })

/** All that stands against a node on this computer; undefined when nothing does. Fetches and installs nothing. */
export async function whyNoNode(
  env: NodeJS.ProcessEnv = process.env
): Promise<SsmdError | undefined> {
  const problem = (what: string, hint: string, code: ErrorCode = 'SSMD_E_USAGE') =>
    new SsmdError(code, `a real node cannot run here: ${what}`, { hint })
  if (process.platform !== 'linux') {
    return problem(`this is ${process.platform}`, 'it takes Linux; npm run cluster runs anywhere')
  }
  if (process.getuid?.() !== 0) {
    return problem(
      'it takes root, for namespaces, mounts and cgroups of its own',
      'sudo -E npm run cluster -- --node, or without --node: that needs no root'
    )
  }
  const missing = await missingProgram(NODE_PROGRAMS, env)
  if (missing !== undefined) {
    return problem(`${missing.tool} not found`, missing.install, 'SSMD_E_TOOL_MISSING')
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
