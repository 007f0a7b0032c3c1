// How much is opened before a reading comes to it: some segments of each feed, and no more bytes of all together than memory may hold.

/** Lines become tables of about half as many bytes. */
const MAX_BYTES = 256 * 1024 * 1024

export class LookAhead {
  /** Of each feed. */
  readonly segments: number
  readonly #maxBytes: number
  #bytes = 0

  constructor(segments: number, maxBytes = MAX_BYTES) {
    this.segments = segments
    this.#maxBytes = maxBytes
  }

  /** False: not now. */
  take(bytes: number): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) return false
    this.#bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.#bytes -= bytes
  }
}
