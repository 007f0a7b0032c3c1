// Numbers of a connection, one bit each, of wanted spans alone: what lies outside is not kept, so memory follows the spans.

export type NumberSpan = readonly [first: number, last: number]

const CHUNK = 65_536

export class NumberSet {
  readonly #chunks = new Map<number, Uint8Array>()
  #index = -1
  #chunk: Uint8Array | undefined

  constructor(spans: Iterable<NumberSpan>) {
    for (const [first, last] of spans) {
      for (let index = chunkOf(first); index <= chunkOf(last); index++) {
        if (!this.#chunks.has(index)) this.#chunks.set(index, new Uint8Array(CHUNK / 8))
      }
    }
  }

  add(number: number): void {
    const chunk = this.#find(number)
    if (chunk !== undefined) chunk[(number & (CHUNK - 1)) >>> 3]! |= 1 << (number & 7)
  }

  addAll([first, last]: NumberSpan): void {
    for (const index of this.#chunks.keys()) {
      const end = Math.min(last, index * CHUNK + CHUNK - 1)
      for (let number = Math.max(first, index * CHUNK); number <= end; number++) this.add(number)
    }
  }

  /** Numbers of a wanted span that were not added, as spans, ascending. */
  *missing([first, last]: NumberSpan): Generator<NumberSpan, void> {
    for (let number = first; number <= last; number++) {
      if (this.#has(number)) continue
      const start = number
      while (number < last && !this.#has(number + 1)) number++
      yield [start, number]
    }
  }

  #has(number: number): boolean {
    const chunk = this.#find(number)
    return chunk !== undefined && (chunk[(number & (CHUNK - 1)) >>> 3]! & (1 << (number & 7))) !== 0
  }

  /** Most numbers are in the chunk of the one before. */
  #find(number: number): Uint8Array | undefined {
    const index = chunkOf(number)
    if (index !== this.#index) {
      this.#index = index
      this.#chunk = this.#chunks.get(index)
    }
    return this.#chunk
  }
}

const chunkOf = (number: number): number => Math.floor(number / CHUNK)
