// Finds the Node 24 that this project runs on. Plain JavaScript for the Node of the machine, 18 or later; `npm` scripts and the `ssmd` command
// start here.

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const MAJOR = 24

/** Whether the Node that runs this can run ssmd itself. */
export const isNewEnough = Number.parseInt(process.versions.node, 10) >= MAJOR

/** The Node that came with the packages of `root`, else the running one if it is new enough, else undefined. */
export function findNode(root = ROOT) {
  const own = join(root, ownNodePackage(), 'bin', 'node')
  if (existsSync(own)) return own
  return isNewEnough ? process.execPath : undefined
}

/** The package that brings Node for this platform, as package-lock.json names it; only some platforms have one. */
export const ownNodePackage = () => `node_modules/node-${process.platform}-${process.arch}`

export const NO_NODE = [
  `ssmd needs Node ${MAJOR}; this is Node ${process.versions.node}, and no package brings Node ${MAJOR} for ${process.platform}-${process.arch}`,
  `install Node ${MAJOR} (https://nodejs.org) and run the same command again`,
].join('\nssmd: ')

/** Where programs that are started with this environment keep compiled code. */
export function useCompileCache(env, root = ROOT) {
  env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'ssmd')
}

export const belowNpx = () => process.env.npm_command === 'exec'
const LAUNCHER_CHECK_MS = 500

/**
 * Below npx, calls `stop` when the parent process has ended. npx forwards a SIGTERM only to the shell between itself and its program: without
 * this the program would outlive a stopped npx.
 */
export function watchNpx(stop = () => process.kill(process.pid, 'SIGTERM')) {
  if (!belowNpx()) return
  const launcher = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === launcher) return
    clearInterval(timer)
    stop()
  }, LAUNCHER_CHECK_MS)
  timer.unref()
}

export const readText = (path) => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
