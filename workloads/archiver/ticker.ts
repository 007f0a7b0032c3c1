// Runs work at an interval, never twice at the same time. The first failure ends it and rejects `failed`.

export class Ticker {
  readonly #work: () => Promise<void>
  readonly #timer: NodeJS.Timeout
  #running: Promise<void> | null = null
  #fail: (thrown: unknown) => void = () => {}
  /** Never resolves; rejects with the first failure. */
  readonly failed: Promise<never>

  constructor(periodMs: number, work: () => Promise<void>) {
    this.#work = work
    this.failed = new Promise<never>((_, reject) => {
      this.#fail = reject
    })
    // A failure without a listener must not be an unhandled rejection.
    this.failed.catch(() => {})
    this.#timer = setInterval(() => this.#tick(), periodMs)
  }

  /** Ends it; resolves when nothing is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  #tick(): void {
    this.#running ??= this.#work()
      .catch((thrown: unknown) => {
        clearInterval(this.#timer)
        this.#fail(thrown)
      })
      .finally(() => {
        this.#running = null
      })
  }
}
