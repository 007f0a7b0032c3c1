// Starts a command from the bundle that cli/bundle/make.ts writes: few files instead of many, with V8's code cache of what was compiled when
// the bundle was tried. A bundle that is older than its sources is not used.

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'

/** Where the bundle of this Node is. */
export const bundleFolder = (root) =>
  join(root, 'node_modules', '.cache', `ssmd-bundle-${process.version}-${process.arch}`)

/**
 * What a command line can be started from: `none` if its command is not in the bundle, `stale` if there is no bundle that fits the sources,
 * else the folder of the bundle.
 */
export function findBundle(root, args) {
  const folder = bundleFolder(root)
  const manifest = readManifest(folder)
  if (manifest === undefined) return isHelp(args) || args[0] === 'validate' ? 'stale' : 'none'
  const { commands, base, rest } = manifest
  const isCommand = commands.includes(args[0]) || commands.includes(args.slice(0, 2).join(' '))
  // What the data commands are is made from other modules.
  if (!(isHelp(args) || isCommand) || args.slice(0, 3).includes('data')) return 'none'
  return isFresh(root, isCommand ? [...base, ...rest] : base) ? folder : 'stale'
}

/** Makes a bundle if it can be kept, and its sources are not being edited. False if there is none then. */
export async function makeBundle(root) {
  const folder = bundleFolder(root)
  const script = join(root, 'cli', 'bundle', 'make.ts')
  const old = readManifest(folder)
  const isEdited = [...(old?.base ?? []), ...(old?.rest ?? [])].some(
    ([path]) => Date.now() - changedMs(join(root, path)) < EDITING_MS
  )
  const isTried = Date.now() - changedMs(`${folder}.tried`) < RETRY_MS
  if (isEdited || isTried || !existsSync(script)) return false
  try {
    mkdirSync(dirname(folder), { recursive: true })
    writeFileSync(`${folder}.tried`, '')
  } catch {
    return false
  }
  const { spawnSync } = await import('node:child_process')
  if (spawnSync(process.execPath, [script], { stdio: 'ignore' }).status !== 0) return false
  rmSync(`${folder}.tried`, { force: true })
  return true
}

/** Who has just changed a source will change it again. */
const EDITING_MS = 60_000
/** Of an attempt that failed. */
const RETRY_MS = 3_600_000

const changedMs = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'bundle.json'), 'utf8'))
  } catch {
    return undefined
  }
}

/** Help of anything. */
const isHelp = (args) =>
  args.length === 0 ||
  ['--help', '-h', 'help', '--version', '-V'].includes(args[0]) ||
  (args.length <= 3 && ['--help', '-h'].includes(args.at(-1)))

/** Whether every source is as it was: `[path, time of its last change, size]`. */
export const isFresh = (root, inputs) =>
  inputs.every(([path, changed, size]) => {
    const found = statSync(join(root, path), { throwIfNoEntry: false })
    return found !== undefined && found.mtimeMs === changed && found.size === size
  })

/** The command line of a bundle: a function of its arguments. `onPart` sees each script that is compiled. */
export function loadBundle(folder, onPart = () => {}) {
  const define = []
  const loaded = []
  const use = (id) => {
    if (id in loaded) return loaded[id]
    const module = { exports: {} }
    // What it refers to may refer to it.
    loaded[id] = module.exports
    loaded[id] = define[id](module, module.exports) ?? module.exports
    return loaded[id]
  }
  let isWhole = false
  const later = async (id) => {
    if (!isWhole) partOf(folder, 'commands', onPart)(registry)
    isWhole = true
    return use(id)
  }
  const registry = { define, use, later, lazy, node: process.getBuiltinModule }
  return partOf(folder, 'base', onPart)(registry).runCommandLine
}

/** A module of Node that is loaded when a member of it is first used; some take long, and are seldom needed. */
const lazy = (name) => new Proxy({}, { get: (_, member) => process.getBuiltinModule(name)[member] })

function partOf(folder, name, onPart) {
  const file = join(folder, `${name}.js`)
  const script = new Script(readFileSync(file, 'latin1'), {
    filename: file,
    cachedData: readCache(join(folder, `${name}.cache`)),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  onPart(name, script)
  return script.runInThisContext()
}

function readCache(file) {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
