// Does work every so often, never twice at once. The first failure ends it and shows in `failed`.

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
    // Whoever races with it hears of it; afterwards nobody has to.
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
