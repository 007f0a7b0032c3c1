// A condition that must hold before and while a program works: until it holds, the program does not lead, is not ready, and
// says why. If it stops holding, the program exits, and waits after its restart.

import type { Logger } from 'pino'
import type { SsmdError } from '#crds/errors.ts'
import { sleep, type Timers } from '../kube/timers.ts'

export type PreconditionOptions = {
  /** What is wrong, or undefined. Throws if it cannot be checked now. */
  readonly check: (signal: AbortSignal) => Promise<SsmdError | undefined>
  /** Interval of checks while it does not hold; default 2 s. */
  readonly retryMs?: number
  /** Interval of checks while it holds; default 30 s. */
  readonly watchMs?: number
}

export class Precondition {
  readonly #options: PreconditionOptions
  readonly #timers: Timers
  readonly #log: Logger
  #wrong: string | undefined = 'not looked at yet'

  constructor(options: PreconditionOptions, deps: { timers: Timers; log: Logger }) {
    this.#options = options
    this.#timers = deps.timers
    this.#log = deps.log
  }

  /** Why it does not hold. */
  get wrong(): string | undefined {
    return this.#wrong
  }

  /** Resolves once it holds. */
  async met(signal: AbortSignal): Promise<void> {
    for (let told = ''; ; ) {
      let wrong: string
      try {
        const error = await this.#options.check(signal)
        this.#wrong = error?.message
        if (!error) return
        wrong = error.message
        if (wrong !== told) this.#log.error({ code: error.code, hint: error.hint }, wrong)
      } catch (thrown) {
        signal.throwIfAborted()
        wrong = thrown instanceof Error ? thrown.message : String(thrown)
        this.#wrong = wrong
        if (wrong !== told) this.#log.warn({ reason: wrong }, 'cannot check the precondition')
      }
      told = wrong
      await sleep(this.#timers, this.#options.retryMs ?? 2_000, signal)
    }
  }

  /** Throws what is wrong, after `before`; a failed check is no reason to exit. */
  async still(signal: AbortSignal, before?: () => Promise<void> | undefined): Promise<void> {
    let error: SsmdError | undefined
    try {
      error = await this.#options.check(signal)
    } catch {
      signal.throwIfAborted()
      return
    }
    this.#wrong = error?.message
    if (!error) return
    await before?.()
    throw error
  }

  /** Runs until the signal aborts; throws once it no longer holds. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#timers, this.#options.watchMs ?? 30_000, signal).catch(() => {})
      if (signal.aborted) return
      await this.still(signal)
    }
  }
}
