// The whole program: `ssmd operator` as a process, with the rights of the shipped role and nothing more.

import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { isRunning } from './processes.ts'

const SSMD = new URL('../../cli/main.ts', import.meta.url).pathname

export type Program = {
  readonly child: ChildProcess
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  readonly exited: Promise<readonly unknown[]>
  said(text: string): boolean
  /** Sends the signal and waits until it has ended; one that stands still is woken first. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

export type ProgramOptions = {
  /** Where its kubeconfig goes. */
  readonly folder: string
  readonly server: string
  readonly ca?: Buffer
  readonly token: string
  readonly namespace: string
  readonly flags?: readonly string[]
}

export function startOperatorProgram(options: ProgramOptions): Program {
  const file = join(options.folder, `operator-${randomUUID()}.json`)
  const { server, ca, token, namespace, flags = [] } = options
  // client-node takes a server without TLS only with this, and there is nothing to verify.
  const trust = ca
    ? { 'certificate-authority-data': ca.toString('base64') }
    : { 'insecure-skip-tls-verify': true }
  const cluster = { server, ...trust }
  const context = { cluster: 'c', user: 'u', namespace }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'x', context }],
    'current-context': 'x',
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  const fixed = ['--kubeconfig', file, '--health-addr', '127.0.0.1:0', '--image', 'ssmd:test']
  const child = spawn(process.execPath, [SSMD, 'operator', ...fixed, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (process.env.SSMD_TEST_LOG) process.stderr.write(`${line}\n`)
    lines.push(JSON.parse(line) as Record<string, unknown>)
  })
  const exited = once(child, 'exit')
  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  return {
    child,
    lines,
    exited,
    said: (text) => lines.some(({ msg }) => msg === text),
    async kill(signal = 'SIGKILL') {
      if (isRunning(child)) {
        child.kill('SIGCONT')
        child.kill(signal)
      }
      await exited
      process.removeListener('exit', onExit)
    },
  }
}
