// Wakes a reader when something has come, once for all that came since it looked, and holds back its sources while it is full.

export class Waking {
  readonly #signal: AbortSignal | undefined
  #woken = false
  #failure: unknown
  #failed = false
  #resolve: (() => void) | undefined
  #waiting: (() => void)[] = []
  readonly #onAbort = (): void => this.fail(this.#signal?.reason)

  /** When `signal` aborts, `next` throws its reason. */
  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (signal?.aborted) this.#onAbort()
  }

  wake(): void {
    this.#woken = true
    this.#resolve?.()
  }

  /** `next` throws this from now on. */
  fail(thrown: unknown): void {
    if (!this.#failed) this.#failure = thrown
    this.#failed = true
    this.wake()
  }

  /** Resolves once something has come since the last time. */
  async next(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
    }
    this.#woken = false
    if (this.#failed) throw this.#failure
  }

  /** Resolves when the reader has taken something. */
  eased(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  ease(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.ease()
  }
}
