// Packages that only some commands need, and that are too large to be installed with ssmd: installed the first time one is
// used, exactly as package-lock.json has it, into a folder of its own in the user's cache. Works without a network afterwards.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SsmdError } from '#crds/errors.ts'
import { npmCi } from '../../cli/launch/install.mjs'
import { withLock } from '../../cli/launch/lock.mjs'
import { ROOT } from '../../cli/launch/node.mjs'
import { closureOf, type LockPackages } from './closure.ts'

export type OnFirstUse = {
  /** Said to a person who waits. @default to stderr */
  readonly log?: (line: string) => void
  /** The folder with package-lock.json. @default that of ssmd */
  readonly root?: string
  /** @default `${XDG_CACHE_HOME:-~/.cache}/ssmd/packages` */
  readonly cache?: string
  /** Of the entries of the package, such as `stdio`. @default its main one */
  readonly entry?: string
}

/** The file of a package to `import()`. Installed if it is missing: by one process, others wait for it. */
export async function packageOnFirstUse(name: string, options: OnFirstUse = {}): Promise<URL> {
  const { root = ROOT, cache = cacheFolder(process.env), entry } = options
  const log = options.log ?? ((line: string) => process.stderr.write(`ssmd: ${line}\n`))
  const packages = await readLock(root)
  if (packages === undefined) {
    // An image, to which it may have been added.
    if ((await versionIn(root, name)) !== undefined) return entryOf(root, name, entry)
    throw notInImage(name)
  }
  const closure = closureOf(packages, name)
  if (closure === undefined) {
    throw new SsmdError('SSMD_E_INTERNAL', `package-lock.json of ssmd does not have ${name}`)
  }
  const { version } = closure
  if ((await versionIn(root, name)) === version) return entryOf(root, name, entry)

  const folder = join(cache, folderName(name, version, closure.lock))
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true }).catch((cause: unknown) => {
      throw failure(name, version, cause, `make it possible to write into ${cache}`)
    })
    const onWait = () => log(`waiting: another process is installing ${name} ${version}`)
    const make = () => install(name, folder, closure, root, log)
    await withLock(`${folder}.lock`, make, { onWait })
  }
  return entryOf(folder, name, entry)
}

/** Undefined in an image, where nothing can be installed. */
async function readLock(root: string): Promise<LockPackages | undefined> {
  const text = await readFile(join(root, 'package-lock.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as { packages: LockPackages }).packages
}

const notInImage = (name: string): SsmdError =>
  new SsmdError('SSMD_E_PACKAGE', `${name} is not part of this image of ssmd`, {
    hint: 'add it to an image of your own (docs/data-api.md, "SQL in a cluster"), or run this command in a clone of ssmd: there it is installed on first use',
  })

const versionIn = async (folder: string, name: string): Promise<string | undefined> => {
  const file = join(folder, 'node_modules', name, 'package.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as { version?: string }).version
}

const entryOf = (folder: string, name: string, entry: string | undefined): URL =>
  pathToFileURL(
    createRequire(join(folder, 'package.json')).resolve(
      entry === undefined ? name : `${name}/${entry}`
    )
  )

const cacheFolder = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'ssmd', 'packages')

/** Another lock file is another folder, as is another platform: native code differs. */
function folderName(name: string, version: string, lock: object): string {
  const { platform, arch } = process
  const sum = createHash('sha256')
    .update(JSON.stringify([platform, arch, lock]))
    .digest('hex')
  return `${name.replace('@', '').replace('/', '-')}-${version}-${sum.slice(0, 12)}`
}

type Closure = { readonly version: string; readonly manifest: object; readonly lock: object }

/** Whole or not at all: in a folder beside, which then gets its name. */
async function install(
  name: string,
  folder: string,
  { version, manifest, lock }: Closure,
  root: string,
  log: (line: string) => void
): Promise<void> {
  if (existsSync(folder)) return
  const fresh = `${folder}.${process.pid}`
  const startedAt = performance.now()
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`
  const what = `installing ${name} ${version} into ${folder} (once)`
  log(`${what} …`)
  const timer = setInterval(() => log(`${what} … ${seconds()}`), 5_000)
  try {
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { recursive: true })
    await writeFile(join(fresh, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(fresh, 'package-lock.json'), JSON.stringify(lock))
    const settings = join(root, '.npmrc')
    if (existsSync(settings)) await copyFile(settings, join(fresh, '.npmrc'))
    await npmCi(fresh, ['--include=optional'])
    await rename(fresh, folder)
  } catch (cause) {
    throw failure(
      name,
      version,
      cause,
      'it is installed once, with npm from its registry: check that npm can be run and the registry be reached, and try again; afterwards no network is needed'
    )
  } finally {
    clearInterval(timer)
    await rm(fresh, { recursive: true, force: true })
  }
  log(`${name} ${version} is installed, ${seconds()}`)
}

function failure(name: string, version: string, cause: unknown, hint: string): SsmdError {
  // What npm says of paths and logs of this computer is no concern of a caller of the API.
  const why = (cause instanceof Error ? cause.message : String(cause))
    .split('\n')
    .filter((line) => !/[\s'"]\//.test(line))
    .join('\n')
  return new SsmdError('SSMD_E_PACKAGE', `${name} ${version} cannot be installed: ${why}`, {
    hint,
    cause,
  })
}
