// A semaphore in order of arrival. Pages of lists take turns: pages of nine kinds that arrive together would be parsed in a row
// and block everything else.

export class Turns {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  /** Resolves when it is the caller's turn; disposing of what it gives ends the turn. */
  async take(): Promise<Disposable> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    let over = false
    return {
      [Symbol.dispose]: () => {
        if (over) return
        over = true
        const next = this.#waiting.shift()
        if (next) next()
        else this.#free++
      },
    }
  }
}
