// The nats-server of this computer: JetStream with fsync before every acknowledgement, on loopback only, its store
// in the data folder. It is restarted when it dies, and it does not outlive `ssmd up`.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import type { BackoffTimes } from './backoff.ts'
import { passedVariables } from './command.ts'
import type { UpEvent } from './events.ts'
import type { Layout } from './layout.ts'
import { isFree } from './ports.ts'
import { type Ended, type Launch, type ProcessState, Supervised } from './supervised.ts'

export type LoopbackAddress = { readonly host: string; readonly port: number }

const DEFAULT_PORT = 4222

/** The address of a NATS URL where it is one of this computer, else undefined: then that server is not ours. */
export function loopbackAddress(url: string): LoopbackAddress | undefined {
  const parsed = new URL(url)
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = parsed.port === '' ? DEFAULT_PORT : Number(parsed.port)
  if (host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host))
    return { host: host === 'localhost' ? '127.0.0.1' : host, port }
  return host === '::1' ? { host, port } : undefined
}

export type NatsFiles = {
  readonly config: string
  readonly log: string
  readonly pid: string
  readonly store: string
}

export const natsFiles = (layout: Layout): NatsFiles => ({
  config: join(layout.home, 'nats-server.conf'),
  log: join(layout.logs, 'nats-server.log'),
  pid: join(layout.home, 'nats-server.pid'),
  store: layout.nats,
})

/** The configuration file, pure. */
export function natsConfig(address: LoopbackAddress, files: NatsFiles): string {
  const text = (value: string) => JSON.stringify(value)
  return `# Written by ssmd up at each start; edits are lost.
server_name: ssmd-local
listen: ${text(address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`)}
pid_file: ${text(files.pid)}
log_file: ${text(files.log)}
log_size_limit: 10MB
log_max_num: 3
# A block holds frames of a few milliseconds, or one large frame.
max_payload: 8MB
jetstream {
  store_dir: ${text(files.store)}
  # An acknowledged block is on the disk.
  sync_interval: always
  max_memory_store: 64MB
  # Every stream reserves its own bound; this one must only be larger than their sum.
  max_file_store: 4TB
}
`
}

export type NatsOptions = {
  readonly layout: Layout
  readonly env: NodeJS.ProcessEnv
  /** Path of the nats-server program; may build it first. */
  natsServer(): Promise<string>
  readonly backoff?: BackoffTimes
  nowMs(): number
  onEvent(event: UpEvent): void
  onChange(): void
}

// JetStream reads its whole store before it listens.
const START_LIMIT_MS = 120_000
const GRACE_MS = 20_000
// The programs stop first when `ssmd up` is gone; then nobody needs the server any more.
const ORPHAN_SECONDS = 4

export class NatsServer {
  readonly address: LoopbackAddress
  readonly #options: NatsOptions
  readonly #files: NatsFiles
  readonly #process: Supervised
  #guard: ChildProcess | undefined
  #lastStderr = ''
  #logOffset = 0

  constructor(address: LoopbackAddress, options: NatsOptions) {
    this.address = address
    this.#options = options
    this.#files = natsFiles(options.layout)
    this.#process = new Supervised({
      launch: () => this.#launch(),
      graceMs: GRACE_MS,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
      nowMs: options.nowMs,
      onSpawn: (child) => this.#onSpawn(child),
      onLine: (line) => {
        if (line.trim() !== '') this.#lastStderr = line.trim()
        return false
      },
      onEnd: (ended) => this.#onEnd(ended),
      onChange: options.onChange,
    })
  }

  get state(): ProcessState {
    return this.#process.state
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  /** Starts it and waits until it answers; throws where the port is taken or the program cannot start. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#awaitPort(signal)
    this.#process.start()
    const end = this.#options.nowMs() + START_LIMIT_MS
    while (!signal.aborted) {
      await sleep(20)
      const { state } = this
      if (state.kind === 'ready') return
      const failed = state.kind === 'waiting' && state.ends >= 2 ? state.reason : undefined
      if (failed === undefined && this.#options.nowMs() < end) continue
      await this.stop()
      throw new SsmdError(
        'SSMD_E_NATS',
        `nats-server does not start: ${failed ?? 'no answer within two minutes'}`,
        { hint: `its log is ${this.#files.log}` }
      )
    }
  }

  async stop(): Promise<void> {
    await this.#process.stop()
    this.#guard?.kill('SIGKILL')
  }

  hurry(): void {
    this.#process.hurry()
  }

  /** The port must be free; a server that an `ssmd up` left behind when it was killed gets time to go. */
  async #awaitPort(signal: AbortSignal): Promise<void> {
    const { host, port } = this.address
    for (let waitedMs = 0; !(await isFree(port, host)); waitedMs += 100) {
      if (signal.aborted) return
      if (waitedMs >= 2 * ORPHAN_SECONDS * 1000 || !(await this.#isLeftBehind())) {
        throw new SsmdError(
          'SSMD_E_PORT_IN_USE',
          `nats-server: another program listens on ${host}:${port}`,
          {
            hint: `stop that program, or write another port into spec.transport.url of the Environment, such as nats://${host}:${port + 1}`,
          }
        )
      }
      if (waitedMs === 0) this.#tell('info', 'waiting for the one of the run before to end')
      await sleep(100)
    }
  }

  async #isLeftBehind(): Promise<boolean> {
    try {
      process.kill(Number(await readFile(this.#files.pid, 'utf8')), 0)
      return true
    } catch {
      // No such file, or no such process: it is somebody else's port.
      return false
    }
  }

  async #launch(): Promise<Launch> {
    const { layout, env, natsServer } = this.#options
    const file = await natsServer()
    await mkdir(layout.logs, { recursive: true })
    await mkdir(this.#files.store, { recursive: true })
    await writeFile(this.#files.config, natsConfig(this.address, this.#files))
    this.#logOffset = await stat(this.#files.log).then(
      ({ size }) => size,
      () => 0
    )
    this.#lastStderr = ''
    return { file, args: ['--config', this.#files.config], env: passedVariables(env) }
  }

  #onSpawn(child: ChildProcess): void {
    this.#guard = guardOf(child)
    this.#tell('info', `started (process ${child.pid})`)
    void this.#awaitAnswer(child)
  }

  /** Ready once it greets whoever connects. */
  async #awaitAnswer(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null) {
      if (await greets(this.address)) {
        if (this.#process.pid === child.pid && this.#process.becomeReady()) {
          const { host, port } = this.address
          this.#tell('info', `ready on ${host}:${port}`)
        }
        return
      }
      await sleep(50, undefined, { ref: false })
    }
  }

  #onEnd(ended: Ended): string {
    // First the guard: it must never signal a process id that belongs to somebody else by now.
    this.#guard?.kill('SIGKILL')
    this.#guard = undefined
    const how = ended.signal !== null ? `ended by ${ended.signal}` : `ended with ${ended.code}`
    const stopping = this.#process.state.kind === 'stopping'
    const said = stopping ? '' : this.#lastComplaint()
    const reason = said === '' ? how : `${how}: ${said}`
    this.#tell(stopping ? 'info' : 'error', stopping ? 'stopped' : reason)
    return reason
  }

  /** The last error that it wrote since this start, to its log or to standard error. */
  #lastComplaint(): string {
    let lines: string[] = []
    try {
      const text = readFileSync(this.#files.log).subarray(this.#logOffset).toString('utf8')
      lines = text.split('\n').filter((line) => /\[(FTL|ERR)\]/.test(line))
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    }
    const last = lines.at(-1) ?? this.#lastStderr
    return last.replace(/^.*\[(FTL|ERR)\]\s*/, '').replace(/^nats-server:\s*/, '')
  }

  #tell(level: UpEvent['level'], text: string): void {
    this.#options.onEvent({ at: this.#options.nowMs(), level, subject: 'nats-server', text })
  }
}

/** A shell that ends the server when our end of its standard input closes, that is, when we are gone. */
function guardOf(server: ChildProcess): ChildProcess {
  const script = `cat >/dev/null; sleep ${ORPHAN_SECONDS}; kill -TERM "$1" 2>/dev/null`
  const guard = spawn('/bin/sh', ['-c', script, 'ssmd-guard', String(server.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  guard.unref()
  return guard
}

async function greets(address: LoopbackAddress): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const socket = connect({ ...address, timeout: 1000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('data', (data) => end(data.toString('latin1').startsWith('INFO ')))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
    socket.once('close', () => end(false))
  })
}
