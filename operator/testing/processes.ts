// Servers that a test or a developer's cluster starts: each with its last lines of output for whoever asks why it
// failed, none left behind when this process ends; and loopback ports that nobody else has.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'

export type Running = {
  readonly name: string
  readonly child: ChildProcess
  /** Settles once it has ended, in whatever way. */
  readonly ended: Promise<void>
  /** What it said last, with its name, for an error message. */
  readonly lastWords: () => string
  /** By force unless another signal is given; done when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const TAIL = 20_000
/** A server that does not heed its signal is ended by force after this. */
const GRACE_MS = 20_000

export function startProcess(
  name: string,
  program: string,
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv
    /** Everything that it prints, for a person. */
    readonly logFile?: string
  } = {}
): Running {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.env ?? process.env,
  })
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-TAIL)
      if (options.logFile !== undefined) appendFileSync(options.logFile, chunk)
    })
  }
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      tail += String(error)
      resolve()
    })
  })
  // A test that dies must not leave servers behind.
  const onExit = () => child.kill('SIGKILL')
  // A cluster is more servers than Node takes for a leak.
  process.setMaxListeners(Math.max(process.getMaxListeners(), process.listenerCount('exit') + 10))
  process.once('exit', onExit)
  return {
    name,
    child,
    ended,
    lastWords: () => `${name}: ${tail.slice(-3000).trim()}`,
    async stop(signal = 'SIGKILL') {
      const force = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
      if (isRunning(child)) child.kill(signal)
      await ended
      clearTimeout(force)
      process.removeListener('exit', onExit)
    },
  }
}

export const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null

/** All different: each is held until the last one is known. */
export async function freePorts<const Names extends readonly string[]>(
  ...names: Names
): Promise<Record<Names[number], number>> {
  const servers = await Promise.all(
    names.map(async () => {
      const server = createServer()
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    })
  )
  const ports = servers.map((server, index) => [
    names[index],
    (server.address() as { port: number }).port,
  ])
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return Object.fromEntries(ports) as Record<Names[number], number>
}
