// One Deployment as a process of this computer: writes its files before each start, keeps its log lines, and remembers its
// last error, to explain why it is not running.
import { mkdir, readlink, rm, stat, symlink, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { ConfigMap, Deployment } from '../render/objects.ts'
import type { Component } from '../render/pod.ts'
import type { BackoffTimes } from './backoff.ts'
import { type LocalCommand, localCommand } from './command.ts'
import type { UpEvent } from './events.ts'
import { type HealthWatch, watchHealth } from './health.ts'
import type { Layout } from './layout.ts'
import { LogFile } from './log-file.ts'
import { freePort } from './ports.ts'
import { type Ended, type Launch, type ProcessState, Supervised } from './supervised.ts'
import { passedVariables } from './variables.ts'
import { writeWhole } from './whole-file.ts'

/** What starts every process: this Node, and the file that `ssmd` is. */
export type Program = { readonly execPath: string; readonly entry: string }

export type LocalContext = {
  readonly layout: Layout
  readonly program: Program
  readonly env: NodeJS.ProcessEnv
  readonly backoff?: BackoffTimes
  /** Overrides the grace of the pod template. */
  readonly graceMs?: number
  nowMs(): number
  /** Loopback port of a container's port, where it is not just any. */
  portOf(deployment: string, containerPort: number): number | undefined
  /** The file that shows who a Deployment is on NATS, where that server is this folder's. */
  natsCredentials(deployment: string): string | undefined
  onEvent(event: UpEvent): void
  onChange(): void
}

/** A log line of a role, as far as we read it. */
type RoleLine = {
  readonly level?: string
  readonly msg?: string
  readonly code?: string
  readonly hint?: string
}

// A fatal line outweighs an error, an error what was written to standard error.
const WEIGHTS = { stderr: 0, error: 1, fatal: 2 } as const
type Weight = keyof typeof WEIGHTS

export class LocalDeployment {
  readonly #context: LocalContext
  readonly #log: LogFile
  readonly #process: Supervised
  #deployment: Deployment
  #configMaps: ReadonlyMap<string, ConfigMap>
  #health: HealthWatch | undefined
  #healthAddress = ''
  #lastWords: { readonly level: Weight; readonly text: string } | undefined
  #lastError = ''

  constructor(
    deployment: Deployment,
    configMaps: ReadonlyMap<string, ConfigMap>,
    context: LocalContext
  ) {
    this.#deployment = deployment
    this.#configMaps = configMaps
    this.#context = context
    this.#log = new LogFile(join(context.layout.logs, `${this.name}.log`))
    this.#process = new Supervised({
      launch: () => this.#launch(),
      graceMs:
        context.graceMs ?? deployment.spec.template.spec.terminationGracePeriodSeconds * 1000,
      ...(context.backoff === undefined ? {} : { backoff: context.backoff }),
      nowMs: context.nowMs,
      onSpawn: (child) => this.#onSpawn(child.pid ?? 0),
      onLine: (line, from) => this.#onLine(line, from),
      onEnd: (ended) => this.#onEnd(ended),
      onChange: context.onChange,
    })
  }

  get name(): string {
    return this.#deployment.metadata.name
  }

  get deployment(): Deployment {
    return this.#deployment
  }

  /** The renderers name a container for its component. */
  get component(): Component {
    return this.#deployment.spec.template.spec.containers[0].name as Component
  }

  label(name: string): string | undefined {
    return this.#deployment.metadata.labels[name]
  }

  get state(): ProcessState {
    return this.#process.state
  }

  /** Its last error since it was ready, or why it is not ready; empty if it is healthy. */
  get trouble(): string {
    const { state } = this.#process
    if (state.kind === 'waiting') return state.reason
    return this.#lastError || this.#log.trouble || this.#health?.unready || ''
  }

  /** New objects of the same pod template, as they are at the next start. */
  update(deployment: Deployment, configMaps: ReadonlyMap<string, ConfigMap>): void {
    this.#deployment = deployment
    this.#configMaps = configMaps
  }

  start(): void {
    this.#process.start()
  }

  async stop(): Promise<void> {
    await this.#process.stop()
    this.#health?.stop()
    this.#log.close()
  }

  hurry(): void {
    this.#process.hurry()
  }

  async #launch(): Promise<Launch> {
    const { layout, env, program, portOf } = this.#context
    const ports = new Map<number, number>()
    for (const { containerPort, name } of this.#deployment.spec.template.spec.containers[0].ports) {
      const port = portOf(this.name, containerPort) ?? (await freePort())
      ports.set(containerPort, port)
      if (name === 'health') this.#healthAddress = `127.0.0.1:${port}`
    }
    const command = localCommand(this.#deployment, this.#configMaps, { layout, env, ports })
    if (command.missing.length > 0) throw missingVariables(command.missing)
    await materialize(command)
    return {
      file: program.execPath,
      args: [program.entry, ...command.args, ...this.#natsArguments()],
      env: {
        ...passedVariables(env, this.component),
        ...command.variables,
        SSMD_PARENT: String(process.pid),
      },
    }
  }

  #natsArguments(): readonly string[] {
    const file = this.#context.natsCredentials(this.name)
    return file === undefined ? [] : ['--nats-creds', file]
  }

  #onSpawn(pid: number): void {
    this.#lastWords = undefined
    this.#tell('info', `started (process ${pid})`)
    const [container] = this.#deployment.spec.template.spec.containers
    this.#health = watchHealth({
      address: this.#healthAddress,
      startup: container.startupProbe,
      liveness: container.livenessProbe,
      onDead: (reason) => {
        this.#tell('error', `killed: ${reason}`)
        this.#process.kill()
      },
    })
  }

  #onLine(line: string, from: 'stdout' | 'stderr'): boolean {
    this.#log.write(line)
    const parsed = from === 'stdout' ? parseLine(line) : undefined
    if (parsed === undefined) {
      if (from === 'stderr' && line.trim() !== '') this.#remember('stderr', line.trim())
      return false
    }
    const { level, msg = '', hint } = parsed
    if (msg === 'ready') {
      this.#lastError = ''
      this.#tell('info', 'ready')
      return true
    }
    if (level === 'error' || level === 'fatal') {
      this.#lastError = hint ? `${msg} (${hint})` : msg
      this.#remember(level, this.#lastError)
      // A fatal line is the reason of the exit that follows, and is shown with it.
      if (level === 'error') this.#tell('error', this.#lastError, this.#saysOf)
    } else if (level === 'warn') this.#tell('warn', hint ? `${msg} (${hint})` : msg, this.#saysOf)
    return false
  }

  #onEnd(ended: Ended): string {
    this.#health?.stop()
    this.#health = undefined
    const how = ended.signal !== null ? `ended by ${ended.signal}` : `ended with ${ended.code}`
    const said = ended.code === 0 || ended.signal !== null ? undefined : this.#lastWords?.text
    const stopping = this.#process.state.kind === 'stopping'
    const well = stopping && ended.code === 0
    this.#tell(well ? 'info' : 'error', well ? 'stopped' : said ? `${how}: ${said}` : how)
    this.#lastError = ''
    return said ?? how
  }

  #remember(level: Weight, text: string): void {
    const before = this.#lastWords?.level
    // Of several lines on standard error the one that names the error says most.
    if (before === 'stderr' && level === 'stderr' && !/error/i.test(text)) return
    if (before === undefined || WEIGHTS[level] >= WEIGHTS[before]) this.#lastWords = { level, text }
  }

  /** What a connector says is about its feed; people know that name. */
  get #saysOf(): string {
    return (this.component === 'connector' ? this.label('ssmd.io/feed') : undefined) ?? this.name
  }

  #tell(level: UpEvent['level'], text: string, subject = this.name): void {
    this.#context.onEvent({ at: this.#context.nowMs(), level, subject, text })
  }
}

function parseLine(line: string): RoleLine | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as RoleLine
  } catch {
    // Not a log line of a role: the file keeps it unchanged.
    return undefined
  }
}

function missingVariables(names: readonly string[]): SsmdError {
  const one = names.length === 1
  return new SsmdError(
    'SSMD_E_CREDENTIALS',
    `${one ? 'variable' : 'variables'} ${names.join(', ')} ${one ? 'is' : 'are'} not set`,
    {
      hint: `export ${one ? 'it' : 'them'} and start again, or name the feed in spec.simulator.feeds of the Environment`,
    }
  )
}

/** Writes what the process will read; each file whole or not at all. */
async function materialize(command: LocalCommand): Promise<void> {
  for (const folder of command.folders) await mkdir(folder, { recursive: true })
  for (const { path, text } of command.files) await writeWhole(path, text)
  for (const { path, target } of command.links) await makeLink(path, target)
}

async function makeLink(path: string, target: string): Promise<void> {
  try {
    await stat(target)
  } catch (cause) {
    throw new SsmdError('SSMD_E_CREDENTIALS', `Secret folder ${target} does not exist`, {
      hint: 'create it with one file per field; on this computer it replaces the Secret of that name',
      cause,
    })
  }
  await mkdir(dirname(path), { recursive: true })
  const there = await readlink(path).catch(() => undefined)
  if (there === target) return
  if (there === undefined) await rm(path, { recursive: true, force: true })
  else await unlink(path)
  await symlink(target, path)
}
