// An operator under measurement as a process: it is told what to do on its standard input, and says what it measured in
// JSON lines.

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { TestCluster } from '../testing/cluster.ts'

export type Facts = Readonly<Record<string, number>> & { readonly name: never }

export const NAMESPACE = 'default'

export type Subject = {
  order(text: string): Promise<void>
  fact(name: string): Promise<Facts>
  end(): Promise<void>
}

/** `account`: a folder with a service account's token and ca.crt, as in a pod. */
export function startSubject(
  command: readonly [string, ...string[]],
  cluster: TestCluster,
  account: string
): Subject {
  const [program, ...args] = command
  const child: ChildProcess = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      KUBERNETES_SERVICE_HOST: cluster.host,
      KUBERNETES_SERVICE_PORT: String(cluster.port),
      SERVICE_ACCOUNT: account,
      NAMESPACE,
    },
  })
  const facts: Facts[] = []
  let wake: () => void = () => {}
  createInterface({ input: child.stdout! }).on('line', (line) => {
    facts.push(JSON.parse(line) as Facts)
    wake()
  })
  return {
    async order(text) {
      child.stdin?.write(`${text}\n`)
    },
    async fact(name) {
      for (;;) {
        const index = facts.findIndex((fact) => (fact as { name: string }).name === name)
        if (index >= 0) return facts.splice(index, 1)[0] as Facts
        if (child.exitCode !== null) throw new Error(`the subject ended before ${name}`)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 1000)
        })
      }
    },
    async end() {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.stdin?.write('stop\n')
      await exited
    },
  }
}
