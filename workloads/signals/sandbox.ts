// The process of one signal, seen from outside: starts it without environment and with Node's permissions, hands it batches, and ends it
// when it takes more time or memory than it may. Nothing it does ends the run without a verdict.

import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { type ErrorCode, SsmdError } from '#crds/errors.ts'
import type { EventBatch } from '#market/columns.ts'
import type { About } from './definition.ts'
import { type Finding, Refusal } from './findings.ts'
import {
  columnsOf,
  type EngineLimits,
  type FromChild,
  frameOf,
  type ReplayPart,
  type SavedState,
} from './messages.ts'
import { usageOf } from './process-usage.ts'
import type { Program } from './source.ts'

export type SandboxLimits = EngineLimits & {
  /** Of one batch, or of loading the source. The processor's time counts where the system tells it. */
  readonly cpuMs: number
  readonly wallMs: number
}

export const LIMITS: SandboxLimits = {
  steps: 5_000_000,
  memoryBytes: 300 * 1024 ** 2,
  fires: 100_000,
  cpuMs: 10_000,
  wallMs: 120_000,
}

/** Of the heap; what stands outside of it counts in `memoryBytes` alone. */
const HEAP_MIB = 256
const LOOK_MS = 50
/** Of one line of the child: a batch of fires fits. */
const MAX_LINE = 64 * 1024 ** 2

const HERE = import.meta.dirname
const PACKAGES = dirname(dirname(createRequire(import.meta.url).resolve('ses/package.json')))
/** The code of ssmd and of its packages: nothing of a user. */
const READABLE = [
  join(HERE, '..'),
  join(HERE, '../../crds'),
  join(HERE, '../../package.json'),
  PACKAGES,
]

/** Of Node: the program is the last. `readable`: folders that it may read beside code. */
export const childArguments = (readable: readonly string[] = []): string[] => [
  '--permission',
  ...[...READABLE, ...readable].map((path) => `--allow-fs-read=${path}`),
  `--max-old-space-size=${HEAP_MIB}`,
  '--disable-warning=ExperimentalWarning',
  // Compiled to JavaScript in the image.
  join(HERE, `child${extname(import.meta.filename)}`),
]

export type SandboxOptions = {
  readonly program: Program
  /** As verdicts call the source. */
  readonly name: string
  readonly params: Readonly<Record<string, string>>
  readonly limits?: SandboxLimits
  /** What `save` said of a sandbox of the same program and parameters. */
  readonly restored?: string | undefined
  /** Exchanges of feeds, by the names that events carry: their order books are kept as the exchange needs it. */
  readonly exchanges?: Readonly<Record<string, string>> | undefined
  /** The signal is shown these instruments alone. @default as its inputs say */
  readonly only?: readonly string[] | undefined
  /** Archives that it reads itself (`replay`), and their cache: it may read these folders. @default none */
  readonly readable?: readonly string[] | undefined
}

function readSaved(text: string, { sha256 }: Program, name: string): SavedState {
  const saved = JSON.parse(text) as SavedState & { readonly sha256: string }
  if (saved.sha256 === sha256) return { params: saved.params, engine: saved.engine }
  throw new SsmdError(
    'SSMD_E_SIGNAL',
    `the state that ${name} is to continue with is of another program`,
    {
      hint: 'begin without it, or run the program that it is of',
    }
  )
}

type Done = Extract<FromChild, { kind: 'done' }>
export type Progress = Extract<FromChild, { kind: 'progress' }>

export class Sandbox implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #options: SandboxOptions
  readonly #limits: SandboxLimits
  #about: About | undefined
  #waiting: { resolve: (message: FromChild) => void; reject: (error: unknown) => void } | undefined
  #line: Buffer[] = []
  #lineLength = 0
  #stderr = ''
  #since = { now: 'running', cpuMs: 0, ms: 0 }
  #heldBytes = 0
  #onProgress: (progress: Progress) => void = () => {}
  readonly #ended: Promise<void>

  /** Starts the process and loads the signal; throws a Refusal. */
  static async open(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = new Sandbox(options)
    try {
      await sandbox.#load()
      return sandbox
    } catch (error) {
      await sandbox[Symbol.asyncDispose]()
      throw error
    }
  }

  private constructor(options: SandboxOptions) {
    this.#options = options
    this.#limits = options.limits ?? LIMITS
    this.#child = spawn(process.execPath, childArguments(options.readable), {
      cwd: HERE,
      env: {},
      stdio: 'pipe',
    })
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#read(chunk))
    this.#child.stderr!.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-4096)
    })
    // Its end says why it no longer reads.
    this.#child.stdin!.on('error', () => {})
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#fail(error)
        resolve()
      })
      this.#child.once('close', (code, signal) => {
        this.#fail(this.#whyEnded(code, signal))
        resolve()
      })
    })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get about(): About {
    return this.#about!
  }

  /** Handles the rows of a batch, which may be used for other rows as soon as this has returned its promise. */
  async run(batch: EventBatch): Promise<Done> {
    const message = await this.#ask(frameOf({ kind: 'batch', columns: columnsOf(batch) }))
    if (message.kind !== 'done') throw new Error(`a sandbox answered ${message.kind}`)
    return message
  }

  /** Reads archives itself, and hands out what was fired as it goes. */
  async replay(part: ReplayPart, onProgress: (progress: Progress) => void): Promise<Done> {
    this.#onProgress = onProgress
    const message = await this.#ask(frameOf({ kind: 'replay', ...part }))
    if (message.kind !== 'done') throw new Error(`a sandbox answered ${message.kind}`)
    return message
  }

  /**
   * All that the engine keeps, as JSON: a sandbox that is opened with it continues as this one does. Throws a Refusal if the state of the
   * signal is no plain data.
   */
  async save(): Promise<string> {
    const message = await this.#ask(frameOf({ kind: 'save' }))
    if (message.kind !== 'saved') throw new Error(`a sandbox answered ${message.kind}`)
    const { sha256 } = this.#options.program
    return JSON.stringify({ sha256, params: this.about.params, engine: message.text })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  async #load(): Promise<void> {
    const { program, name, params, restored, exchanges = {}, only = null } = this.#options
    const saved = restored === undefined ? null : readSaved(restored, program, name)
    const { steps, memoryBytes, fires } = this.#limits
    const { code, lines } = program
    // The process looks at itself sooner, because it knows the line.
    const limits = { steps, memoryBytes: Math.floor(0.8 * memoryBytes), fires }
    const common = { kind: 'load', name, code, lines, params, limits, exchanges, only } as const
    const frame = frameOf({ ...common, restored: saved })
    const message = await this.#ask(frame)
    if (message.kind !== 'loaded') throw new Error(`a sandbox answered ${message.kind}`)
    this.#about = message.about
  }

  async #ask(frame: Buffer): Promise<FromChild> {
    const answer = new Promise<FromChild>((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
    this.#mark('running', 0)
    const timer = setInterval(() => this.#look(), LOOK_MS)
    try {
      this.#child.stdin!.write(frame)
      return await answer
    } finally {
      clearInterval(timer)
      this.#waiting = undefined
    }
  }

  /** Time counts from here on: its own code reads archives, or the signal runs. */
  #mark(now: 'reading' | 'running', heldBytes: number): void {
    this.#since = { now, cpuMs: usageOf(this.#child.pid)?.cpuMs ?? 0, ms: performance.now() }
    this.#heldBytes = heldBytes
  }

  #look(): void {
    const { cpuMs, wallMs, memoryBytes } = this.#limits
    const usage = usageOf(this.#child.pid)
    const { now, cpuMs: before, ms } = this.#since
    if (now === 'reading') return
    if (usage !== undefined && usage.cpuMs - before > cpuMs) {
      this.#stop('time', `more than ${cpuMs} ms of processor time for one batch of events`)
    } else if (performance.now() - ms > wallMs) {
      this.#stop('time', `more than ${wallMs} ms for one batch of events`)
    } else if (usage !== undefined && usage.memoryBytes > memoryBytes + this.#heldBytes) {
      this.#stop('memory', `more than ${Math.round(memoryBytes / 1024 ** 2)} MiB`)
    }
  }

  #stop(identifier: string, why: string): void {
    this.#fail(new Refusal({ identifier, line: this.#lineKnown, why }))
    this.#child.kill('SIGKILL')
  }

  /** Which function ran is known; where in it is not. */
  get #lineKnown(): number {
    const { lines } = this.#options.program
    return (this.#about === undefined ? lines.source : lines.on) ?? 1
  }

  #fail(error: unknown): void {
    this.#waiting?.reject(error)
    this.#waiting = undefined
  }

  #whyEnded(code: number | null, signal: string | null): unknown {
    if (
      /heap out of memory|Array buffer allocation failed|invalid array length/.test(this.#stderr)
    ) {
      return new Refusal({
        identifier: 'memory',
        line: this.#lineKnown,
        why: `more than ${HEAP_MIB} MiB of heap`,
      })
    }
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`
    return new SsmdError(
      'SSMD_E_INTERNAL',
      `the process of a signal ended ${how}: ${this.#stderr.trim()}`,
      {
        hint: 'run it again; if it recurs, the computer may be short of memory',
      }
    )
  }

  #read(chunk: Buffer): void {
    let from = 0
    for (;;) {
      const end = chunk.indexOf(10, from)
      const part = chunk.subarray(from, end < 0 ? undefined : end)
      this.#line.push(part)
      this.#lineLength += part.length
      if (this.#lineLength > MAX_LINE) this.#stop('ctx.fire', 'too much is fired at a time')
      if (end < 0 || this.#lineLength > MAX_LINE) return
      const text = Buffer.concat(this.#line).toString('utf8')
      this.#line = []
      this.#lineLength = 0
      this.#take(JSON.parse(text) as FromChild)
      from = end + 1
    }
  }

  #take(message: FromChild): void {
    if (message.kind === 'refused') this.#fail(new Refusal(checked(message.finding)))
    else if (message.kind === 'failed') {
      const { code, message: text, hint } = message
      this.#fail(new SsmdError(code as ErrorCode, text, hint === null ? {} : { hint }))
    } else if (message.kind === 'progress') {
      this.#mark(message.now, message.heldBytes)
      this.#onProgress(message)
    } else this.#waiting?.resolve(message)
  }
}

const checked = ({ identifier, line, why }: Finding): Finding => ({
  identifier: String(identifier),
  line: Number(line),
  why: String(why),
})
