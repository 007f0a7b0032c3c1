// Finds the Node 24 that this project runs on and runs a script with it: output, signals and exit code are the script's.
// Plain JavaScript for the Node of the machine, 18 or later; `npm` scripts and the `ssmd` command start here.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const MAJOR = 24

/** The Node that came with the packages of `root`, else the running one if it is new enough, else undefined. */
export function findNode(root = ROOT) {
  const own = join(root, ownNodePackage(), 'bin', 'node')
  if (existsSync(own)) return own
  return Number.parseInt(process.versions.node, 10) >= MAJOR ? process.execPath : undefined
}

/** The package that brings Node for this platform, as package-lock.json names it; only some platforms have one. */
export const ownNodePackage = () => `node_modules/node-${process.platform}-${process.arch}`

export const NO_NODE = [
  `ssmd needs Node ${MAJOR}; this is Node ${process.versions.node}, and no package brings Node ${MAJOR} for ${process.platform}-${process.arch}`,
  `install Node ${MAJOR} (https://nodejs.org) and run the same command again`,
].join('\nssmd: ')

/**
 * Runs `args` with `node` to the end and ends as it ended. `interactive` programs use Ctrl-C for themselves,
 * for all others an interrupt means the end.
 */
export function runNode(node, args, { root = ROOT, interactive = false } = {}) {
  const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'ssmd'), ...process.env }
  // Newer Nodes can become the other program: no second process, and no signals to pass on. Below npx one has to stay.
  if (process.execve && !belowNpx()) process.execve(node, [node, ...args], env)

  const child = spawn(node, args, { stdio: 'inherit', env })
  const stop = () => child.exitCode ?? child.signalCode ?? child.kill('SIGTERM')
  // A terminal sends SIGINT and SIGHUP to the whole group: the child has its own. One that was sent to this
  // process alone is passed on a little later as SIGTERM, which means nothing to a child that is stopping.
  const later = () => interactive || setTimeout(stop, 500).unref()
  const handlers = { SIGINT: later, SIGHUP: later, SIGTERM: stop }
  for (const signal of Object.keys(handlers)) process.on(signal, handlers[signal])
  if (belowNpx()) watchLauncher(stop)

  child.on('error', (error) => {
    console.error(`ssmd: starting ${node} failed: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    for (const name of Object.keys(handlers)) process.off(name, handlers[name])
    // The same death, so that a shell sees what it would have seen without this process.
    if (signal in handlers) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

const belowNpx = () => process.env.npm_command === 'exec'
const LAUNCHER_CHECK_MS = 500

/**
 * Calls `stop` when the parent process has ended. npx forwards a SIGTERM only to the shell between itself and its program:
 * without this the program would outlive a stopped npx.
 */
function watchLauncher(stop) {
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
