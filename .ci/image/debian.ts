// C libraries for one processor, from the Debian packages of this machine's own sources. apt works in a folder of its
// own, with its own lists: neither root nor the machine's state is needed, and the other processor is no special case.

import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import type { Arch } from './layout.ts'

const SOURCES = '/etc/apt'
const LIMIT_MS = 120_000

export type DebianFiles = {
  /** Where the packages lie unpacked, one over the other. */
  readonly root: string
  /** What each package says of itself, by name: for whoever looks for known faults in an image. */
  readonly control: ReadonlyMap<string, string>
}

/** Fetches and unpacks the newest version of each package into `folder`, which is the caller's to remove. */
export async function debianFiles(
  packages: readonly string[],
  arch: Arch,
  folder: string
): Promise<DebianFiles> {
  if (!existsSync(SOURCES)) throw unavailable(arch, `there is no ${SOURCES}`)
  const apt = await prepareApt(arch, folder)
  // A source that fails may be one that nothing is needed from: what counts is whether the packages come.
  const updated = await apt('update')
  const got = await apt('download', ...packages)
  if (got.code !== 0) throw unavailable(arch, lastLine(`${updated.output}\n${got.output}`))
  const root = join(folder, 'root')
  const control = new Map<string, string>()
  for (const name of packages) control.set(name, await unpack(name, arch, folder, root))
  // A package may keep its licence in another one that it needs in the same version.
  for (const name of await papersOf(packages, root)) {
    const more = await apt('download', name)
    if (more.code !== 0) throw unavailable(arch, lastLine(more.output))
    await unpack(name, arch, folder, root)
  }
  return { root, control }
}

/** Gives what the package says of itself. */
async function unpack(name: string, arch: Arch, folder: string, root: string): Promise<string> {
  const file = (await readdir(folder)).find((entry) => entry.startsWith(`${name}_`))
  if (file === undefined) throw unavailable(arch, `apt-get gave no file of ${name}`)
  await dpkg(arch, '--extract', join(folder, file), root)
  return dpkg(arch, '--field', join(folder, file))
}

async function papersOf(packages: readonly string[], root: string): Promise<string[]> {
  const targets = packages.map((name) =>
    readlink(join(root, 'usr/share/doc', name)).catch(() => undefined)
  )
  return [...new Set(await Promise.all(targets))].filter((target) => target !== undefined)
}

async function prepareApt(arch: Arch, folder: string) {
  for (const place of ['lists/partial', 'archives/partial', 'sources']) {
    await mkdir(join(folder, place), { recursive: true })
  }
  for (const place of ['sources.list', 'sources.list.d']) {
    if (existsSync(join(SOURCES, place))) {
      await cp(join(SOURCES, place), join(folder, 'sources', place), { recursive: true })
    }
  }
  await writeFile(join(folder, 'status'), '')
  const settings = {
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Dir::State': folder,
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Etc::sourcelist': join(folder, 'sources', 'sources.list'),
    'Dir::Etc::sourceparts': join(folder, 'sources', 'sources.list.d'),
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return (...args: string[]) =>
    run('apt-get', [...options, ...args], {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C' },
      limitMs: LIMIT_MS,
    }).catch((error: unknown) => {
      throw unavailable(arch, 'apt-get cannot be started', error)
    })
}

async function dpkg(arch: Arch, ...args: string[]): Promise<string> {
  const done = await run('dpkg-deb', args, { limitMs: LIMIT_MS })
  if (done.code !== 0) throw unavailable(arch, lastLine(done.output))
  return done.output
}

const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? ''

const unavailable = (arch: Arch, why: string, cause?: unknown): SsmdError =>
  new SsmdError('SSMD_E_TOOL_MISSING', `the C libraries for ${arch} cannot be fetched: ${why}`, {
    hint: 'they come from Debian packages by apt-get and dpkg-deb; on another system, build the Dockerfile',
    cause,
  })
