// A rate limit: at most a number of messages in any span of a given length. Pure.

export type RateLimit = { readonly most: number; readonly perMs: number }

export class Rate {
  readonly #limit: RateLimit | undefined
  /** When messages of the present span were sent, from `#head` on. */
  #sent: number[] = []
  #head = 0

  constructor(limit: RateLimit | undefined) {
    this.#limit = limit
  }

  /** 0 if a message may be sent now, else how long not. By a clock that is never set. */
  waitMs(nowMs: number): number {
    if (this.#limit === undefined) return 0
    const { most, perMs } = this.#limit
    while (this.#head < this.#sent.length && nowMs - this.#sent[this.#head]! >= perMs) this.#head++
    const count = this.#sent.length - this.#head
    return count < most ? 0 : this.#sent[this.#head]! + perMs - nowMs
  }

  sent(nowMs: number): void {
    if (this.#limit === undefined) return
    if (this.#head > 1000) {
      this.#sent = this.#sent.slice(this.#head)
      this.#head = 0
    }
    this.#sent.push(nowMs)
  }
}
