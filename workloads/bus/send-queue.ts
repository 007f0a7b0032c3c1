// What a publisher has to send, the oldest first: what failed before what was never sent.

export class SendQueue<T extends { readonly serial: number }> {
  /** Never sent, in order, from `#head` on. */
  #fresh: T[] = []
  #head = 0
  /** To be sent again; sorted before use, the oldest last. */
  #failed: T[] = []
  #sorted = true

  add(item: T): void {
    this.#fresh.push(item)
  }

  again(item: T): void {
    this.#failed.push(item)
    this.#sorted = false
  }

  take(): T | undefined {
    if (!this.#sorted) {
      this.#failed.sort((a, b) => b.serial - a.serial)
      this.#sorted = true
    }
    const failed = this.#failed.pop()
    if (failed !== undefined) return failed
    const next = this.#fresh[this.#head]
    if (next === undefined) return undefined
    this.#head++
    if (this.#head === this.#fresh.length || this.#head > 10_000) {
      this.#fresh = this.#fresh.slice(this.#head)
      this.#head = 0
    }
    return next
  }
}
