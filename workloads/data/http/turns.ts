// A few pieces of work in each turn of the event loop, however many wait: what is asked meanwhile and takes no time, such as whether
// the program is well, waits for a few of them and not for all.

export class Turns {
  readonly #each: number
  readonly #waiting: (() => unknown)[] = []

  /** `each`: pieces of a turn, about five milliseconds of work together. */
  constructor(each: number) {
    this.#each = each
  }

  /** Begins `work` when it is its turn: in the order of the calls. */
  begin(work: () => unknown): void {
    if (this.#waiting.push(work) === 1) setImmediate(this.#turn)
  }

  /** Resolves when it is the caller's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => this.begin(resolve))
  }

  readonly #turn = (): void => {
    const now = this.#waiting.splice(0, this.#each)
    if (this.#waiting.length > 0) setImmediate(this.#turn)
    for (const work of now) work()
  }
}
