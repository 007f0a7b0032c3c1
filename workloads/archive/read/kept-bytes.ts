// Things that are kept as long as there is room for their bytes; those that were not used for longest go first.

type Kept<T> = { readonly stamp: string; readonly bytes: number; readonly value: T }

export class KeptBytes<T> {
  readonly #most: number
  readonly #kept = new Map<string, Kept<T>>()
  #bytes = 0

  constructor(mostBytes: number) {
    this.#most = mostBytes
  }

  /** Of all that is kept. */
  get bytes(): number {
    return this.#bytes
  }

  /** `stamp` tells states of a thing apart. */
  get(key: string, stamp: string): T | undefined {
    const kept = this.#kept.get(key)
    if (kept?.stamp !== stamp) return undefined
    // The one that was used last goes last.
    this.#kept.delete(key)
    this.#kept.set(key, kept)
    return kept.value
  }

  set(key: string, kept: Kept<T>): void {
    this.#drop(key)
    if (kept.bytes > this.#most) return
    this.#kept.set(key, kept)
    this.#bytes += kept.bytes
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#most) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0
    this.#kept.delete(key)
  }
}
