// A real nats-server with JetStream for a test: its own port, its own store, ended with the test. It can be killed
// at any moment and started again on the same port and store.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until, within } from './deadline.ts'
import { toolPath } from './tools.ts'

export type NatsOptions = {
  /** Kept after `stop` where it is given; else a temporary folder. */
  readonly storeDir?: string
  /** Default: a free one. */
  readonly port?: number
  /** JetStream's sync_interval. Default: the server's (2 minutes). */
  readonly sync?: 'always' | (string & {})
  readonly maxPayload?: number
  /** More lines of its configuration, such as accounts. */
  readonly more?: string
  /** Default: ours. */
  readonly env?: NodeJS.ProcessEnv
}

export type TestNats = {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly storeDir: string
  /** Sends the signal and waits until it has done its work. Default SIGKILL. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Ends it where it runs (SIGKILL) and starts it on the same port and store, as another server where options are given. */
  restart(over?: Pick<NatsOptions, 'maxPayload'>): Promise<void>
  stop(): Promise<void>
}

const START_MS = 20_000

export async function startNats(options: NatsOptions = {}): Promise<TestNats> {
  const program = await toolPath('nats-server')
  const dir = await mkdtemp(join(tmpdir(), 'ssmd-nats-'))
  const storeDir = options.storeDir ?? join(dir, 'store')
  await mkdir(storeDir, { recursive: true })
  const config = join(dir, 'nats.conf')
  let port = options.port ?? -1
  let child: ChildProcess | undefined

  const start = async (over: Pick<NatsOptions, 'maxPayload'> = {}): Promise<void> => {
    await writeFile(config, configText({ ...options, ...over }, port, storeDir))
    const started = spawn(program, ['-c', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: options.env ?? process.env,
    })
    child = started
    port = await within(START_MS, 'nats-server ready', untilReady(started, port))
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    if (signal === 'SIGKILL' || signal === 'SIGTERM') {
      await within(START_MS, 'nats-server ended', ended)
    } else if (signal === 'SIGSTOP') {
      await until(START_MS, 'nats-server stands still', () => standsStill(child?.pid ?? 0))
    }
  }

  // A test that ends by an error leaves no server behind.
  const killNow = (): void => {
    child?.kill('SIGKILL')
  }
  process.once('exit', killNow)
  await start()
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeDir,
    get pid() {
      return child?.pid ?? 0
    },
    kill,
    async restart(over) {
      await kill()
      await start(over)
    },
    async stop() {
      process.off('exit', killNow)
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** The signal takes effect a moment after it was sent; where the system does not tell, it is believed. */
async function standsStill(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat === undefined || /\) T /.test(stat)
}

function configText(options: NatsOptions, port: number, storeDir: string): string {
  return [
    'host: "127.0.0.1"',
    `port: ${port}`,
    `max_payload: ${options.maxPayload ?? 1024 * 1024}`,
    'jetstream {',
    `  store_dir: ${JSON.stringify(storeDir)}`,
    ...(options.sync ? [`  sync_interval: "${options.sync}"`] : []),
    '}',
    options.more ?? '',
  ].join('\n')
}

/** Reads the log until the server says that it is ready; gives its port, or the log where it ends before. */
async function untilReady(child: ChildProcess, wanted: number): Promise<number> {
  const lines: string[] = []
  let port = wanted
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`nats-server ended with ${code}:\n${lines.join('\n')}`))
    )
    createInterface({ input: child.stderr! }).on('line', (line) => {
      if (lines.length < 100) lines.push(line)
      const listening = /Listening for client connections on .*:(\d+)/.exec(line)
      if (listening) port = Number(listening[1])
      if (line.includes('Server is ready')) resolve(port)
    })
  })
}
