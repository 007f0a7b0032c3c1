// What has to hold before a program works at all, and as long as it does: until then it does not lead, is not ready, and
// says why. One that works ends when it holds no more; started again, it waits.

import type { Logger } from 'pino'
import type { SsmdError } from '#crds/errors.ts'
import { sleep, type Timers } from '../kube/timers.ts'

export type PreconditionOptions = {
  /** What is wrong, or undefined. It throws where that cannot be told now. */
  readonly check: (signal: AbortSignal) => Promise<SsmdError | undefined>
  /** How often it is looked at while it does not hold; default 2 s. */
  readonly retryMs?: number
  /** How often while it does; default 30 s. */
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

  /** Throws what is wrong, if it is, after `before`; what cannot be told now is no reason to end. */
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

  /** Runs until the signal aborts; throws once it holds no more. */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#timers, this.#options.watchMs ?? 30_000, signal).catch(() => {})
      if (signal.aborted) return
      await this.still(signal)
    }
  }
}
