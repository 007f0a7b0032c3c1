// The programs of the system that tests start, each with the Debian package that brings it: the one table. A test calls
// `missingProgram` with a name of it, or with a list called …_PROGRAMS; from these the runner knows what to install.

import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

export type SystemProgram = {
  /** Of Debian. */
  readonly package: string
  /** What tests do with it, for the person who is asked to install it. */
  readonly why: string
  /** Only root can use it, so nobody else is asked for it. */
  readonly root?: true
  /** A command that succeeds if it is installed, for what is no program on PATH. */
  readonly probe?: readonly [file: string, ...args: string[]]
}

export const PROGRAMS = {
  capnp: { package: 'capnproto', why: 'reads our blocks with the reference implementation' },
  chromium: { package: 'chromium', why: 'walks the page as a person does' },
  curl: { package: 'curl', why: 'fetches what a page or a document says, as a person does' },
  faketime: { package: 'faketime', why: 'sets the clock of a process back' },
  git: { package: 'git', why: 'holds the repository that Argo CD reads' },
  ip: { package: 'iproute2', why: 'makes the network of a node', root: true },
  jq: { package: 'jq', why: 'reads an archive as a user does' },
  losetup: { package: 'mount', why: 'turns a file into a disk', root: true },
  'lua5.1': { package: 'lua5.1', why: 'runs health checks as Argo CD does' },
  'mkfs.ext4': { package: 'e2fsprogs', why: 'makes a small disk to fill or to cut off' },
  mount: { package: 'mount', why: 'mounts a small disk and the files of a node', root: true },
  nft: { package: 'nftables', why: 'holds the rules of a node’s network', root: true },
  openssl: { package: 'openssl', why: 'signs the certificates of a node', root: true },
  python3: { package: 'python3', why: 'normalises frames independently of us' },
  'python3-websockets': {
    package: 'python3-websockets',
    why: 'records frames as a plain Python script does',
    probe: ['python3', '-c', 'import websockets'],
  },
  runc: { package: 'runc', why: 'runs the containers of a node', root: true },
  strace: { package: 'strace', why: 'ends a process at a chosen system call' },
  unshare: { package: 'util-linux', why: 'makes namespaces', root: true },
} as const satisfies Readonly<Record<string, SystemProgram>>

export type ProgramName = keyof typeof PROGRAMS

const TABLE: Readonly<Record<string, SystemProgram>> = PROGRAMS

/** Where Debian keeps programs of root, which a person's PATH often misses. */
const PLACES = ['/usr/sbin', '/sbin', '/usr/local/sbin']

/** With the folders in which Debian keeps programs of root. */
export const systemPath = (env: NodeJS.ProcessEnv): string =>
  [env.PATH, ...PLACES].filter(Boolean).join(delimiter)

export async function findProgram(
  name: string,
  env: NodeJS.ProcessEnv = process.env
): Promise<string | undefined> {
  for (const folder of systemPath(env).split(delimiter)) {
    const path = join(folder, name)
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false
    )
    if (found) return path
  }
  return undefined
}

/** Those of `names` that this computer does not have. */
export async function missingOf(
  names: readonly ProgramName[],
  env: NodeJS.ProcessEnv = process.env
): Promise<ProgramName[]> {
  const missing: ProgramName[] = []
  for (const name of names) if (!(await isInstalled(name, env))) missing.push(name)
  return missing
}

/** The packages of these programs, each once. */
export const packagesOf = (names: readonly ProgramName[]): string[] => [
  ...new Set(names.map((name) => PROGRAMS[name].package)),
]

/** What a person types to get them. */
export const installLine = (names: readonly ProgramName[]): string =>
  `apt-get install --no-install-recommends ${packagesOf(names).join(' ')}`

/** Why a test that starts these programs cannot run here, for `skip`; undefined if it can. */
export async function missingProgram(
  names: ProgramName | readonly ProgramName[],
  env: NodeJS.ProcessEnv = process.env
): Promise<{ readonly tool: string; readonly install: string } | undefined> {
  const missing = await missingOf([names].flat(), env)
  if (missing.length === 0) return undefined
  return { tool: missing.join(', '), install: `on Debian: ${installLine(missing)}` }
}

async function isInstalled(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const probe = TABLE[name]?.probe
  if (probe === undefined) return (await findProgram(name, env)) !== undefined
  const [file, ...args] = probe
  return promisify(execFile)(file, args, { env }).then(
    () => true,
    () => false
  )
}
