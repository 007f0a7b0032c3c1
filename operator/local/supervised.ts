// Supervises one program: starts it, restarts it with back-off when it ends, and stops it in order. It has its own process
// group, so that Ctrl-C reaches only `ssmd up`; signals go to its process id.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, toSsmdError } from '#crds/errors.ts'
import { BACKOFF, type BackoffTimes, backoffMs, countEnds } from './backoff.ts'

export type Launch = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export type ProcessState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'launching'; readonly since: number }
  | { readonly kind: 'starting'; readonly since: number; readonly pid: number }
  | {
      readonly kind: 'ready'
      readonly since: number
      /** When the process began. */
      readonly began: number
      readonly pid: number
    }
  | {
      readonly kind: 'waiting'
      readonly until: number
      readonly reason: string
      readonly ends: number
    }
  | { readonly kind: 'stopping'; readonly since: number; readonly pid: number }

export type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly ranMs: number
}

export type SupervisedOptions = {
  /** Called before each start; an error counts as an end, and is retried. */
  launch(): Promise<Launch>
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number
  readonly backoff?: BackoffTimes
  nowMs(): number
  /** A line of its standard output or error; `true` says that the program is ready. */
  onLine(line: string, from: 'stdout' | 'stderr'): boolean
  onSpawn(child: ChildProcess): void
  /** A run has ended; returns the reason, for a person. */
  onEnd(ended: Ended): string
  onChange(): void
}

// A grandchild that holds the pipes open must not hide the end of the program.
const PIPES_MS = 1000

export class Supervised {
  readonly #options: SupervisedOptions
  #state: ProcessState = { kind: 'stopped' }
  #child: ChildProcess | undefined
  #stop: AbortController | undefined
  #loop: Promise<void> = Promise.resolve()
  #hurried = false

  constructor(options: SupervisedOptions) {
    this.#options = options
  }

  get state(): ProcessState {
    return this.#state
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    if (this.#stop && !this.#stop.signal.aborted) return
    const stop = new AbortController()
    const before = this.#loop
    this.#stop = stop
    this.#loop = before.then(() => this.#run(stop.signal))
  }

  /** SIGTERM, after the grace SIGKILL; resolves when it has ended and will not be restarted. */
  async stop(): Promise<void> {
    this.#stop?.abort()
    this.#terminate()
    await this.#loop
  }

  /** Kills the program if it is stopping. */
  hurry(): void {
    this.#hurried = true
    if (this.#state.kind === 'stopping') this.#child?.kill('SIGKILL')
  }

  /** Marks the run as ready; false if no program is starting. */
  becomeReady(): boolean {
    const state = this.#state
    if (state.kind !== 'starting') return false
    const { pid, since: began } = state
    this.#become({ kind: 'ready', since: this.#options.nowMs(), began, pid })
    return true
  }

  /** Ends the present run in order, after the grace by force; the program is started again. */
  restart(): void {
    if (this.#child && this.#state.kind !== 'stopping') this.#end(this.#child)
  }

  /** Ends the present run by force; the program is started again. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { nowMs } = this.#options
    const times = this.#options.backoff ?? BACKOFF
    let ends = 0
    while (!signal.aborted) {
      const began = nowMs()
      let reason: string
      try {
        this.#become({ kind: 'launching', since: began })
        const launch = await this.#options.launch()
        if (signal.aborted) break
        const { code, signal: by } = await this.#once(launch, signal)
        reason = this.#options.onEnd({ code, signal: by, ranMs: nowMs() - began })
      } catch (thrown) {
        reason = describeError(toSsmdError(thrown))
      }
      if (signal.aborted) break
      ends = countEnds(ends, nowMs() - began, times)
      const pause = backoffMs(ends, times)
      this.#become({ kind: 'waiting', until: nowMs() + pause, reason, ends })
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined)
    }
    this.#become({ kind: 'stopped' })
  }

  async #once(
    launch: Launch,
    signal: AbortSignal
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const child = spawn(launch.file, launch.args, {
      env: launch.env,
      detached: true,
      // Never written to: the end of standard input tells the child that we have ended.
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdin?.on('error', () => {})
    try {
      await once(child, 'spawn')
      const pid = child.pid ?? 0
      this.#options.onSpawn(child)
      if (signal.aborted) this.#terminate()
      else this.#become({ kind: 'starting', since: this.#options.nowMs(), pid })
      this.#read(child, 'stdout')
      this.#read(child, 'stderr')
      const closed = once(child, 'close')
      const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
      await Promise.race([closed, sleep(PIPES_MS, undefined, { ref: false })])
      return { code, signal: by }
    } finally {
      this.#child = undefined
      child.stdin?.destroy()
    }
  }

  #read(child: ChildProcess, from: 'stdout' | 'stderr'): void {
    const stream = child[from]
    if (!stream) return
    createInterface({ input: stream }).on('line', (line) => {
      if (this.#options.onLine(line, from)) this.becomeReady()
    })
  }

  #terminate(): void {
    const child = this.#child
    if (child?.pid === undefined || this.#state.kind === 'stopping') return
    this.#become({ kind: 'stopping', since: this.#options.nowMs(), pid: child.pid })
    this.#end(child)
  }

  #end(child: ChildProcess): void {
    child.kill(this.#hurried ? 'SIGKILL' : 'SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.graceMs)
    child.once('exit', () => clearTimeout(timer))
  }

  #become(state: ProcessState): void {
    this.#state = state
    this.#options.onChange()
  }
}
