// V8's code cache of all that `ssmd` can load, made when the image is built: a role starts a third faster, and needs no
// place to write. Only a Node for this machine's own processor can make it; an image for another one goes without.

import { chmod, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import { run } from '../../operator/local/nats-server/run.ts'
import { APP, type Arch, hostArch, USER } from './layout.ts'

/** In the folder of the app; command.cjs names it too. */
const FOLDER = '.compiled'
const LIMIT_MS = 120_000
/** The app by a name that is the same in every build, for V8 writes it into the cache; links are taken as they are. */
const HERE = '/proc/self/cwd'
const FLAGS = [
  '--preserve-symlinks',
  '--hash-seed=1',
  // Room enough that nothing is collected: see precompile.cjs.
  '--min-semi-space-size=128',
  '--max-semi-space-size=128',
] as const

/** `node`: the program that the image holds. `layer`: where the app's layer has been written. */
export async function writeCompiledCode(
  node: string,
  arch: Arch,
  layer: string,
  log: (line: string) => void
): Promise<void> {
  if (arch !== hostArch() || process.platform !== 'linux') {
    log(`no code is compiled ahead: that takes a machine with an ${arch} processor`)
    return
  }
  const app = join(layer, APP)
  const folder = join(app, FOLDER)
  const script = join(import.meta.dirname, 'precompile.cjs')
  const done = await run(node, [...FLAGS, script, join(HERE, FOLDER), ...(await modulesOf(app))], {
    cwd: app,
    // Nothing of this shell may change what Node does.
    env: {},
    limitMs: LIMIT_MS,
  })
  if (done.code !== 0) {
    throw new SsmdError('SSMD_E_INTERNAL', `loading the compiled sources failed: ${done.output}`)
  }
  await giveToUser(folder)
}

/** All but the start, which would run. */
async function modulesOf(app: string): Promise<string[]> {
  const names = await readdir(app, { recursive: true })
  return (
    names
      .filter((name) => /\.m?js$/.test(name) && !name.startsWith('node_modules/'))
      .filter((name) => name !== 'cli/main.js')
      // The page is loaded by a browser.
      .filter((name) => !name.startsWith('workloads/data/page/'))
      .sort()
      .map((name) => join(HERE, name))
  )
}

/** Node looks for a cache by its own version and by the user it runs as; it writes what only that user can read. */
async function giveToUser(folder: string): Promise<void> {
  const [name, ...more] = await readdir(folder)
  if (name === undefined || more.length > 0) {
    throw new SsmdError('SSMD_E_INTERNAL', `${folder} holds no code cache: ${[name, ...more]}`)
  }
  const place = join(folder, name.replace(/-\d+$/, `-${USER}`))
  if (place !== join(folder, name)) await rename(join(folder, name), place)
  await Promise.all([folder, place].map((path) => chmod(path, 0o755)))
  for (const file of await readdir(place)) await chmod(join(place, file), 0o644)
}
