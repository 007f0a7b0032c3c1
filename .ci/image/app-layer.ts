// The layer that changes with ssmd: its sources compiled to JavaScript, the packages they need at run time, and the
// command. Only what `ssmd` can reach is compiled, so tests and their helpers are not among it.

import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { npmCi } from '../../cli/launch/install.mjs'
import { run } from '../../operator/local/nats-server/run.ts'
import { putFile, putFolder, putProgram, putText } from './files.ts'
import { APP, type Arch, NODE_ARCH } from './layout.ts'

/** What the sources use and the compiler leaves out. */
const DATA = [
  'crds/validators.gen.mjs',
  'exchanges/schemas/block.capnp',
  'cli/launch/install.mjs',
  'cli/launch/lock.mjs',
  'cli/launch/node.mjs',
] as const
/** What a browser reads; the compiler never sees it. */
const PAGE = 'workloads/data/page'
/** Recordings that `ssmd data-api --demo` serves. */
const DEMO = 'workloads/data/demo'
/** What `ssmd init` and `ssmd feed create` begin with. */
const TEMPLATES = 'cli/templates'
/** What `ssmd up` builds or fetches its NATS with: not for containers. */
const NOT_FOR_CONTAINERS = 'operator/local/nats-server'

export type Manifest = {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly imports: Readonly<Record<string, string>>
}

export const readManifest = async (root: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest

/** The packages that are needed at run time on `arch`, Node among them, as package-lock.json has them. */
export async function installPackages(root: string, arch: Arch, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    await copyFile(join(root, file), join(folder, file))
  }
  const platform = ['--os=linux', `--cpu=${NODE_ARCH[arch]}`, '--libc=glibc']
  await npmCi(folder, ['--omit=dev', '--include=optional', ...platform])
  return join(folder, 'node_modules')
}

/** `packages`: what `installPackages` gave. */
export async function writeAppLayer(root: string, packages: string, to: string): Promise<void> {
  const app = join(to, APP)
  await compile(root, app)
  await rm(join(app, NOT_FOR_CONTAINERS), { recursive: true })
  for (const path of DATA) await putFile(join(root, path), join(app, path))
  await putFolder(join(root, PAGE), join(app, PAGE), isOfPage)
  await putFolder(join(root, DEMO), join(app, DEMO), () => true)
  await putFolder(join(root, TEMPLATES), join(app, TEMPLATES), () => true)
  await putFolder(packages, join(app, 'node_modules'), isNeeded)
  await putText(join(app, 'package.json'), packageJson(await readManifest(root)))
  await putProgram(join(root, '.ci/image/command.cjs'), join(to, 'usr/bin/ssmd'))
}

async function compile(root: string, to: string): Promise<void> {
  const compiler = join(root, 'node_modules/.bin/tsc')
  const project = join(root, '.ci/image/tsconfig.json')
  const done = await run(compiler, ['-p', project, '--outDir', to], { limitMs: 120_000 })
  if (done.code !== 0) {
    throw new SsmdError('SSMD_E_INTERNAL', `compiling for the image failed: ${done.output.trim()}`)
  }
}

/** The same aliases, to the compiled files: `#crds/*.ts` is what the sources say, and what they say stays. */
function packageJson({ name, version, license, imports }: Manifest): string {
  const compiled: Record<string, string> = {}
  for (const [alias, target] of Object.entries(imports)) {
    if (target.startsWith('./workloads/testing/')) continue
    compiled[`${alias}.ts`] = `${target}.js`
    compiled[`${alias}.mjs`] = `${target}.mjs`
  }
  return `${JSON.stringify({ name, version, license, type: 'module', imports: compiled }, null, 2)}\n`
}

/** Of the folder of the page: not its tests and types. */
export const isOfPage = (path: string): boolean =>
  !path.includes('/') && /\.(html|css|svg|woff2|txt)$|(?<!\.d)\.mjs$/.test(path)

/** Neither Node itself, which has its own place, nor what only people, compilers and other run times read. */
export function isNeeded(path: string): boolean {
  if (/^(node-linux-|@types\/|undici-types\/|\.)/.test(path)) return false
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (/^(licen[cs]e|copying|notice)/i.test(name)) return true
  return !/\.([cm]?ts|map|md|markdown|flow|bare)$/.test(name)
}
