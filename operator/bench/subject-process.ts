// An operator under measurement as a process: it is told what to do on its standard input, and says what it measured in
// JSON lines.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TestCluster } from '../testing/cluster.ts'

export type Facts = Readonly<Record<string, number>>

export type Subject = {
  readonly pid: number
  /** Gives an order and waits for what it says of it. */
  order(text: string): Promise<Facts>
  fact(name: string): Promise<Facts>
  end(): Promise<void>
}

/** Longest time for one order: a run that hangs has to end. */
const LIMIT_MS = 900_000

/** `account`: a folder with a service account's token and ca.crt, as in a pod. */
export function startSubject(
  command: readonly [string, ...string[]],
  cluster: TestCluster,
  account: string,
  env: NodeJS.ProcessEnv = {}
): Subject {
  const [program, ...args] = command
  const child: ChildProcess = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      KUBERNETES_SERVICE_HOST: cluster.host,
      KUBERNETES_SERVICE_PORT: String(cluster.port),
      SERVICE_ACCOUNT: account,
      ...env,
    },
  })
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  const facts: (Facts & { readonly name?: unknown })[] = []
  let wake: () => void = () => {}
  let ended = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true
      process.removeListener('exit', onExit)
      wake()
      resolve()
    })
  })
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      facts.push(JSON.parse(line) as Facts)
      wake()
    })
  const fact = async (name: string): Promise<Facts> => {
    const limit = performance.now() + LIMIT_MS
    for (;;) {
      const index = facts.findIndex((known) => (known.name as unknown) === name)
      const [found] = index >= 0 ? facts.splice(index, 1) : []
      if (found) return found
      if (ended) throw new Error(`the subject ended before ${name}`)
      if (performance.now() > limit) throw new Error(`the subject is not done with ${name}`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, 1000)
      })
    }
  }
  return {
    pid: child.pid ?? 0,
    fact,
    order(text) {
      child.stdin?.write(`${text}\n`)
      return fact(text)
    },
    async end() {
      child.stdin?.write('stop\n')
      await exited
    },
  }
}
