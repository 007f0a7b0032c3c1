// When a consumer that has taken everything asks again: as soon as its owner wants what has gathered, or else after a
// while. One request then takes what many would: each costs the server a delivery and a write of the consumer's state.

/** What the owner asked for is waited for so long: a stream without blocks, or a NATS that is away, holds nothing up. */
const ASK_MS = 250

export class Gathering {
  readonly #ms: number
  readonly #pull: () => void
  #timer: NodeJS.Timeout | undefined
  #answered: (() => void) | undefined

  /** `pull` makes a request; it is called after `ms` if nobody asks before. */
  constructor(ms: number, pull: () => void) {
    this.#ms = ms
    this.#pull = pull
  }

  get active(): boolean {
    return this.#timer !== undefined
  }

  /** All there was has come: what comes next gathers. */
  begin(): void {
    this.#answered?.()
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#pull()
    }, this.#ms)
  }

  /** Asks for what has gathered; resolves once it was handed out. No-op while a request is under way. */
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

  /** Nothing gathers any more. */
  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#answered?.()
  }
}
