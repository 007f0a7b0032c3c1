// When a consumer that has taken all blocks requests the next: when its owner asks, or else after a while. One request then
// takes what many would: each costs the server a delivery and a write of the consumer's state.

/** The longest wait for an answer: a stream without blocks, or an unreachable NATS, delays the owner no longer. */
const ASK_MS = 250

export class Gathering {
  readonly #ms: number
  readonly #pull: () => void
  #timer: NodeJS.Timeout | undefined
  #answered: (() => void) | undefined

  /** `pull` makes a request; it is called after `ms` unless `ask` comes before. */
  constructor(ms: number, pull: () => void) {
    this.#ms = ms
    this.#pull = pull
  }

  get active(): boolean {
    return this.#timer !== undefined
  }

  /** All blocks have arrived: the next ones gather. */
  begin(): void {
    this.#answered?.()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#pull()
    }, this.#ms)
  }

  /** Requests the gathered blocks; resolves once they were handed out. No-op while a request is in flight. */
  async ask(): Promise<void> {
    if (this.#timer === undefined) return
    this.end()
    let late: NodeJS.Timeout | undefined
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve
      late = setTimeout(resolve, ASK_MS)
    })
    this.#pull()
    await answered
    clearTimeout(late)
    this.#answered = undefined
  }

  /** Stops gathering. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#answered?.()
  }
}
