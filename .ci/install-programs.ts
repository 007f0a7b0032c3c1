// Gets the programs of the system that something here starts: as root on Debian by apt-get, announced in one line.
// Elsewhere, or if that is refused, one line says what a person can type. What is still missing is returned, never thrown:
// the tests that need it skip and say why.

import {
  findProgram,
  installLine,
  missingOf,
  PROGRAMS,
  type ProgramName,
  packagesOf,
  type SystemProgram,
  systemPath,
} from '#testing/programs.ts'
import { run } from '../operator/local/nats-server/run.ts'

export type InstallOptions = {
  readonly log: (line: string) => void
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv
  /** Default: whether this process is root's on Linux. */
  readonly isRoot?: boolean
  /** `--no-install`: only say what is missing. */
  readonly refused?: boolean
}

const LIMIT_MS = 600_000
/** Another apt-get may be at work. */
const LOCK_SECONDS = 120

/** Those of `names` that are missing afterwards. */
export async function installPrograms(
  names: readonly ProgramName[],
  o: InstallOptions
): Promise<ProgramName[]> {
  const env = o.env ?? process.env
  const isRoot = o.isRoot ?? (process.platform === 'linux' && process.getuid?.() === 0)
  const usable = names.filter((name) => isRoot || !forRoot(name))
  const missing = await missingOf(usable, env)
  if (missing.length === 0) return []
  const aptGet = isRoot && !o.refused ? await findProgram('apt-get', env) : undefined
  if (aptGet === undefined) {
    o.log(`not installed, so their tests are skipped: ${reasons(missing)}`)
    o.log(`to run them, on Debian: ${isRoot ? '' : 'sudo '}${installLine(missing)}`)
    return missing
  }
  const packages = packagesOf(missing)
  o.log(`installing ${packages.join(' ')} with apt-get, for tests (--no-install refuses)`)
  const failure = await install(aptGet, packages, env)
  const left = await missingOf(missing, env)
  if (left.length > 0) {
    const why = failure ?? 'it installed the packages, but not these programs'
    o.log(`apt-get left their tests without ${left.join(', ')}: ${why}`)
  }
  return left
}

const forRoot = (name: ProgramName): boolean => (PROGRAMS[name] as SystemProgram).root === true

const reasons = (names: readonly ProgramName[]): string =>
  names.map((name) => `${name} (${PROGRAMS[name].why})`).join(', ')

/** What apt-get said, if it failed. */
async function install(
  aptGet: string,
  packages: readonly string[],
  env: NodeJS.ProcessEnv
): Promise<string | undefined> {
  const options = {
    env: { ...env, PATH: systemPath(env), DEBIAN_FRONTEND: 'noninteractive' },
    limitMs: LIMIT_MS,
  }
  const lock = ['-o', `DPkg::Lock::Timeout=${LOCK_SECONDS}`]
  const said = async (...args: string[]) => {
    const done = await run(aptGet, [...lock, ...args], options).catch((error: unknown) => ({
      code: 1,
      output: String(error),
    }))
    return done.code === 0 ? undefined : done.output.trim().slice(-500)
  }
  // Without a network the lists of before may do.
  const update = await said('update', '-qq')
  const failure = await said('install', '-y', '-qq', '--no-install-recommends', ...packages)
  return failure === undefined ? undefined : [update, failure].filter(Boolean).join('; ')
}
