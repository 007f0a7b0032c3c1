// The data API of `ssmd up`, and the page: one process over all that this computer captures. It belongs to no resource, so it is no
// Deployment: an edit of resources restarts it only if it changes what is served. It has a port of its own for as long as it can.

import { mkdir, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import type { BackoffTimes } from './backoff.ts'
import type { Program } from './deployment.ts'
import type { UpEvent } from './events.ts'
import { type HealthWatch, watchHealth } from './health.ts'
import type { Layout } from './layout.ts'
import { LogFile } from './log-file.ts'
import type { PageWanted } from './page-wanted.ts'
import { freePort, isFree } from './ports.ts'
import type { Snapshot } from './snapshot.ts'
import { type Ended, type Launch, Supervised } from './supervised.ts'
import { PAGE } from './users.ts'
import { passedVariables } from './variables.ts'
import { writeWhole } from './whole-file.ts'

export type PageServerOptions = {
  readonly layout: Layout
  readonly program: Program
  readonly env: NodeJS.ProcessEnv
  readonly backoff?: BackoffTimes
  nowMs(): number
  onEvent(event: UpEvent): void
  onChange(): void
}

/** The well-known port; if it is taken, the next free one of these. */
const PORTS = Array.from({ length: 20 }, (_, i) => 8080 + i)
const GRACE_MS = 10_000
const PROBE = {
  httpGet: { path: '/livez', port: 'health' },
  periodSeconds: 10,
  timeoutSeconds: 5,
  failureThreshold: 6,
}

export class PageServer {
  readonly #options: PageServerOptions
  readonly #process: Supervised
  readonly #log: LogFile
  #wanted: PageWanted | undefined
  #isOpen = false
  #port = 0
  /** Its address as it was told last. */
  #told = ''
  #healthAddress = ''
  #health: HealthWatch | undefined
  #lastError = ''

  constructor(options: PageServerOptions) {
    this.#options = options
    this.#log = new LogFile(join(options.layout.logs, `${PAGE}.log`))
    this.#process = new Supervised({
      launch: () => this.#launch(),
      graceMs: GRACE_MS,
      ...(options.backoff === undefined ? {} : { backoff: options.backoff }),
      nowMs: options.nowMs,
      onSpawn: () => this.#onSpawn(),
      onLine: (line) => this.#onLine(line),
      onEnd: (ended) => this.#onEnd(ended),
      onChange: options.onChange,
    })
  }

  describe(): Snapshot['page'] {
    if (!this.#isOpen) return null
    const { state } = this.#process
    return {
      url: state.kind === 'ready' ? this.#url : '',
      trouble: state.kind === 'waiting' ? state.reason : this.#lastError,
    }
  }

  /** From now on what is to be served is served. */
  open(): void {
    this.#isOpen = true
    if (this.#wanted !== undefined) this.#process.start()
  }

  /** Serves this from now on, once it is open; undefined: nothing. */
  async serve(wanted: PageWanted | undefined): Promise<void> {
    const before = this.#wanted
    this.#wanted = wanted
    if (!this.#isOpen) return
    if (wanted === undefined) await this.#process.stop()
    else if (before === undefined) this.#process.start()
    else if (before.key !== wanted.key) this.#process.restart()
  }

  async stop(): Promise<void> {
    this.#wanted = undefined
    await this.#process.stop()
    this.#log.close()
  }

  hurry(): void {
    this.#process.hurry()
  }

  async #launch(): Promise<Launch> {
    const { layout, env, program } = this.#options
    const { roots, environments, keys } = this.#wanted!
    const run = join(layout.run, PAGE)
    // What a start before has written is of other Environments.
    await rm(run, { recursive: true, force: true })
    await mkdir(run, { recursive: true })
    const files: string[] = []
    for (const { name, documents } of environments) {
      const file = join(run, `${name}.yaml`)
      await writeWhole(file, documents.map((one) => stringify(one)).join('---\n'))
      files.push('--env', file)
    }
    for (const { path, target } of keys) {
      const link = join(run, 'keys', path)
      await mkdir(dirname(link), { recursive: true })
      await symlink(target, link)
    }
    // Their archivers make them, too; whichever is first.
    for (const { folder } of roots) await mkdir(folder, { recursive: true })
    if (this.#port === 0 || !(await isFree(this.#port))) this.#port = await freePort(PORTS)
    this.#healthAddress = `127.0.0.1:${await freePort()}`
    return {
      file: program.execPath,
      args: [
        program.entry,
        PAGE,
        ...roots.flatMap(({ name, folder }) => [
          '--path',
          name === '' ? folder : `${name}=${folder}`,
        ]),
        ...files,
        '--keys',
        join(run, 'keys'),
        '--listen',
        `127.0.0.1:${this.#port}`,
        '--health-addr',
        this.#healthAddress,
      ],
      env: { ...passedVariables(env, PAGE), SSMD_PARENT: String(process.pid) },
    }
  }

  #onSpawn(): void {
    this.#health = watchHealth({
      address: this.#healthAddress,
      startup: PROBE,
      liveness: PROBE,
      onDead: (reason) => {
        this.#tell('error', `killed: ${reason}`)
        this.#process.kill()
      },
    })
  }

  #onLine(line: string): boolean {
    this.#log.write(line)
    const { level, msg = '', hint } = parse(line)
    if (msg === 'ready') {
      this.#lastError = ''
      if (this.#told !== this.#url) this.#tell('info', this.#url, 'page')
      this.#told = this.#url
      return true
    }
    if (level === 'fatal' || level === 'error') this.#lastError = hint ? `${msg} (${hint})` : msg
    return false
  }

  #onEnd({ code, signal }: Ended): string {
    this.#health?.stop()
    this.#health = undefined
    const how = signal === null ? `ended with ${code}` : `ended by ${signal}`
    const reason = this.#lastError || how
    this.#lastError = ''
    const isWell = this.#process.state.kind === 'stopping' && code === 0
    if (!isWell) this.#tell('error', reason === how ? how : `${how}: ${reason}`)
    return reason
  }

  get #url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  #tell(level: UpEvent['level'], text: string, subject: string = PAGE): void {
    this.#options.onEvent({ at: this.#options.nowMs(), level, subject, text })
  }
}

type RoleLine = { readonly level?: string; readonly msg?: string; readonly hint?: string }

function parse(line: string): RoleLine {
  if (!line.startsWith('{')) return {}
  try {
    return JSON.parse(line) as RoleLine
  } catch {
    // Not a log line of a role: the file keeps it.
    return {}
  }
}
