// Runs a script with the Node that was found: output, signals and exit code are the script's.

import { spawn } from 'node:child_process'
import { belowNpx, ROOT, useCompileCache, watchNpx } from './node.mjs'

/**
 * Runs `args` with `node` to the end and ends as it ended. `interactive` programs use Ctrl-C for themselves,
 * for all others an interrupt means the end.
 */
export function runNode(node, args, { root = ROOT, interactive = false } = {}) {
  const env = { ...process.env }
  useCompileCache(env, root)
  // Newer Nodes can become the other program: no second process, and no signals to pass on. Below npx one has to stay.
  if (process.execve && !belowNpx()) process.execve(node, [node, ...args], env)

  const child = spawn(node, args, { stdio: 'inherit', env })
  const stop = () => child.exitCode ?? child.signalCode ?? child.kill('SIGTERM')
  // A terminal sends SIGINT and SIGHUP to the whole group: the child has its own. One that was sent to this
  // process alone is passed on a little later as SIGTERM, which means nothing to a child that is stopping.
  const later = () => interactive || setTimeout(stop, 500).unref()
  const handlers = { SIGINT: later, SIGHUP: later, SIGTERM: stop }
  for (const signal of Object.keys(handlers)) process.on(signal, handlers[signal])
  watchNpx(stop)

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
