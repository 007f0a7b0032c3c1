// The nats-server of `ssmd up`: JetStream with fsync before every acknowledgement, on loopback only, its store in the data
// folder. It is restarted after a crash, and it does not outlive `ssmd up`.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type BusOptions, connectBus } from '#bus/connect.ts'
import type { BusUser } from '#bus/users.ts'
import { describeError, SsmdError } from '#crds/errors.ts'
import type { BackoffTimes } from './backoff.ts'
import type { UpEvent } from './events.ts'
import type { Layout } from './layout.ts'
import { type LoopbackAddress, type NatsFiles, natsConfig, natsFiles } from './nats-config.ts'
import { watchWrites } from './nats-writes.ts'
import { isFree } from './ports.ts'
import { type Ended, type Launch, type ProcessState, Supervised } from './supervised.ts'
import { type KeyedUser, seedFile, withKeys, withUsers } from './users.ts'
import { passedVariables } from './variables.ts'
import { writeWhole } from './whole-file.ts'

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
// When `ssmd up` is gone, the programs stop first; then the server is no longer needed.
const ORPHAN_SECONDS = 4
const RELOAD_MS = 5000

export class NatsServer {
  readonly address: LoopbackAddress
  readonly #options: NatsOptions
  readonly #files: NatsFiles
  readonly #process: Supervised
  #guard: ChildProcess | undefined
  readonly #stop = new AbortController()
  #users: readonly BusUser[] = []
  /** The users of the last written configuration, and their keys. */
  #configured: readonly BusUser[] = []
  #keyed: readonly KeyedUser[] = []
  /** The streams that it cannot write, and what happens next; empty if it is healthy. */
  #trouble = ''
  /** Why we restart it. */
  #restarting = ''
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

  /** The streams that it cannot write, why, and what happens next; empty if it is healthy. */
  get trouble(): string {
    return this.#trouble
  }

  /** Starts it and waits until it answers; throws if the port is taken or the program cannot start. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#awaitPort(signal)
    this.#process.start()
    let end = this.#options.nowMs() + START_LIMIT_MS
    while (!signal.aborted) {
      await sleep(20)
      const { state } = this
      // No limit yet while the program is being built or fetched, which takes minutes.
      if (state.kind === 'launching') end = this.#options.nowMs() + START_LIMIT_MS
      if (state.kind === 'ready') {
        this.#watchWrites()
        return
      }
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

  /** Admits these users beside the existing ones. A running server reloads its users and disconnects no other. */
  async letIn(users: readonly BusUser[]): Promise<void> {
    const all = withUsers(this.#users, users)
    const isNew = (user: BusUser) => !this.#users.some((old) => isDeepStrictEqual(old, user))
    const newest = all.findLast(isNew)
    this.#users = all
    // A server that is starting reloads once it is ready.
    if (newest !== undefined && this.state.kind === 'ready') await this.#reload(newest.name)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#process.stop()
    this.#guard?.kill('SIGKILL')
  }

  hurry(): void {
    this.#process.hurry()
  }

  /**
   * Port and store must be free: the server of a killed `ssmd up` gets time to end. In another network namespace it does not
   * hold our port, but still writes to our store.
   */
  async #awaitPort(signal: AbortSignal): Promise<void> {
    const { host, port } = this.address
    for (let waitedMs = 0; !signal.aborted; waitedMs += 100) {
      const free = await isFree(port, host)
      const left = await this.#leftBehind()
      if (free && left === undefined) return
      if (left === undefined || waitedMs >= 2 * ORPHAN_SECONDS * 1000) throw this.#inUse(free, left)
      if (waitedMs === 0)
        this.#tell('info', 'waiting for the nats-server of the previous run to end')
      await sleep(100)
    }
  }

  #inUse(free: boolean, left: number | undefined): SsmdError {
    const { host, port } = this.address
    if (free) {
      return new SsmdError(
        'SSMD_E_LOCKED',
        `nats-server: process ${left} of the previous run still writes to ${this.#files.store}`,
        { hint: `end it: kill ${left}` }
      )
    }
    return new SsmdError(
      'SSMD_E_PORT_IN_USE',
      `nats-server: another program listens on ${host}:${port}`,
      {
        hint: `stop that program, or write another port into spec.transport.url of the Environment, such as nats://${host}:${port + 1}`,
      }
    )
  }

  /** The nats-server that the pid file of this folder names, if it still runs. */
  async #leftBehind(): Promise<number | undefined> {
    try {
      const pid = Number(await readFile(this.#files.pid, 'utf8'))
      // 0 would be ourselves: a power cut can leave the file empty.
      if (!(pid > 0)) return undefined
      process.kill(pid, 0)
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
      // The number may belong to another program now.
      return command === undefined || command.includes(basename(this.#files.config))
        ? pid
        : undefined
    } catch {
      // No such file, a torn one, or no such process.
      return undefined
    }
  }

  async #launch(): Promise<Launch> {
    const { layout, env, natsServer } = this.#options
    const file = await natsServer()
    await mkdir(layout.logs, { recursive: true })
    await mkdir(this.#files.store, { recursive: true })
    await this.#writeConfig([])
    this.#logOffset = await stat(this.#files.log).then(
      ({ size }) => size,
      () => 0
    )
    this.#lastStderr = ''
    return {
      file,
      args: ['--config', this.#files.config],
      env: passedVariables(env, 'nats-server'),
    }
  }

  #onSpawn(child: ChildProcess): void {
    this.#guard = guardOf(child, passedVariables(this.#options.env, 'guard'))
    this.#tell('info', `started (process ${child.pid})`)
    this.#awaitAnswer(child).catch((thrown) => this.#tell('error', describeError(thrown)))
  }

  /** Ready once it greets a client. */
  async #awaitAnswer(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null) {
      if (await greets(this.address)) {
        if (this.#process.pid === child.pid && this.#process.becomeReady()) {
          const { host, port } = this.address
          this.#tell('info', `ready on ${host}:${port}`)
          const newest = this.#users.at(-1)
          if (newest && this.#configured !== this.#users) await this.#reload(newest.name)
        }
        return
      }
      await sleep(50, undefined, { ref: false })
    }
  }

  async #writeConfig(known: readonly KeyedUser[]): Promise<void> {
    const users = this.#users
    this.#keyed = await withKeys(this.#options.layout, users, known)
    await writeWhole(this.#files.config, natsConfig(this.address, this.#files, this.#keyed))
    this.#configured = users
  }

  /** The server reloads asynchronously; resolves once it admits `newest`, so that no program connects too early. */
  async #reload(newest: string): Promise<void> {
    await this.#writeConfig(this.#keyed)
    if (this.pid === undefined) return
    process.kill(this.pid, 'SIGHUP')
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(RELOAD_MS)])
    try {
      await (await connectBus({ ...this.#asUser(newest), signal })).close()
    } catch (thrown) {
      if (!signal.aborted) throw thrown
    }
  }

  #asUser(user: string): Omit<BusOptions, 'signal'> {
    const { host, port } = this.address
    const url = `nats://${host.includes(':') ? `[${host}]` : host}:${port}`
    const credentialsFile = seedFile(this.#options.layout, user)
    return { url, user, name: `ssmd up (${user})`, credentialsFile }
  }

  #watchWrites(): void {
    const { nowMs } = this.#options
    void watchWrites({
      to: this.#asUser('health'),
      store: this.#files.store,
      signal: this.#stop.signal,
      nowMs,
      onTrouble: (text) => this.#show(text),
      restart: (reason) => {
        this.#restarting = reason
        this.#process.restart()
      },
    })
  }

  #show(trouble: string): void {
    if (trouble === this.#trouble) return
    if (this.#trouble === '') this.#tell('error', trouble)
    this.#trouble = trouble
    if (trouble === '') this.#tell('info', 'takes messages again')
    this.#options.onChange()
  }

  #onEnd(ended: Ended): string {
    // Kill the guard first: it must never signal a process id that another program has now.
    this.#guard?.kill('SIGKILL')
    this.#guard = undefined
    const how = ended.signal !== null ? `ended by ${ended.signal}` : `ended with ${ended.code}`
    const stopping = this.#process.state.kind === 'stopping'
    if (this.#restarting !== '' && !stopping) {
      const why = `restarting: it ${this.#restarting}`
      this.#restarting = ''
      this.#tell('warn', why)
      return why
    }
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

/** A shell that stops the server when our end of its standard input closes, which happens when we end. */
function guardOf(server: ChildProcess, env: Readonly<Record<string, string>>): ChildProcess {
  const script = `cat >/dev/null; sleep ${ORPHAN_SECONDS}; kill -TERM "$1" 2>/dev/null`
  const guard = spawn('/bin/sh', ['-c', script, 'ssmd-guard', String(server.pid)], {
    env,
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
