// Messages of all connections of a feed, one after the other: the exchange counts them by address. A connection that has sent
// nothing yet comes first, because the exchange ends it if it waits too long.

export class Pace {
  readonly #spacingMs: number
  /** Who waits, in the order in which they came. */
  readonly #firsts = new Set<object>()
  readonly #others = new Set<object>()
  #nextMs = Number.NEGATIVE_INFINITY

  constructor(spacingMs: number) {
    this.#spacingMs = spacingMs
  }

  /** 0 if `who` may send one message now; otherwise when to ask again. */
  take(who: object, isFirst: boolean, nowMs: number): number {
    const line = isFirst ? this.#firsts : this.#others
    line.add(who)
    const before = this.#before(who)
    if (nowMs < this.#nextMs || before > 0) {
      return Math.max(nowMs, this.#nextMs) + Math.max(0, before) * this.#spacingMs
    }
    line.delete(who)
    this.#nextMs = nowMs + this.#spacingMs
    return 0
  }

  /** It has nothing to send any more. */
  leave(who: object): void {
    this.#firsts.delete(who)
    this.#others.delete(who)
  }

  #before(who: object): number {
    let before = 0
    for (const line of [this.#firsts, this.#others]) {
      for (const one of line) {
        if (one === who) return before
        before++
      }
    }
    return before
  }
}
