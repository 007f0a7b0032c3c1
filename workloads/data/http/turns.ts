// Requests begin a few in each turn of the event loop, however many came together: what is asked meanwhile and takes no time, such as
// whether the program is well, waits for a few of them and not for all.

/** About five milliseconds of work. */
const EACH = 16

export class Turns {
  readonly #waiting: (() => unknown)[] = []

  /** Begins `work` when it is its turn: in the order of the calls. */
  begin(work: () => unknown): void {
    if (this.#waiting.push(work) === 1) setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    const now = this.#waiting.splice(0, EACH)
    if (this.#waiting.length > 0) setImmediate(this.#turn)
    for (const work of now) work()
  }
}
