// From the bytes of a name to its value without making a string each time: a hash table whose keys are bytes, all in one
// piece of memory. Bounded: past its limit it starts again, so that an exchange with endless names cannot fill the memory.

const START_SLOTS = 256
const START_BYTES = 4096

export class ByteTable<V> {
  readonly #make: (name: string) => V
  readonly #limit: number
  /** One more than the number of the entry there; 0: none. */
  #slots = new Int32Array(START_SLOTS)
  #mask = START_SLOTS - 1
  #values: V[] = []
  #hashes = new Int32Array(START_SLOTS)
  /** Where the key of each entry begins in `#keys`, and behind the last where the next will. */
  #starts = new Int32Array(START_SLOTS + 1)
  #keys = new Uint8Array(START_BYTES)

  /** `make` is called once for each name (and once more after the table started again). */
  constructor(make: (name: string) => V, limit = 100_000) {
    this.#make = make
    this.#limit = limit
  }

  get size(): number {
    return this.#values.length
  }

  /** The value of the name that stands in `bytes` from `start` to `end`. */
  get(bytes: Uint8Array, start: number, end: number): V {
    // FNV-1a over all bytes: tickers differ in their last few, so none may be left out.
    let hash = 0x811c9dc5 | 0
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash ^= hash >>> 15
    const length = end - start
    const slots = this.#slots
    const starts = this.#starts
    const keys = this.#keys
    let at = hash & this.#mask
    for (;;) {
      const entry = slots[at]! - 1
      if (entry < 0) return this.#enter(bytes, start, end, hash)
      const from = starts[entry]!
      if (starts[entry + 1]! - from === length) {
        let k = length - 1
        while (k >= 0 && keys[from + k] === bytes[start + k]) k--
        if (k < 0) return this.#values[entry]!
      }
      at = (at + 1) & this.#mask
    }
  }

  #enter(bytes: Uint8Array, start: number, end: number, hash: number): V {
    if (this.#values.length >= this.#limit) this.#restart()
    else if (this.#values.length * 2 > this.#mask) this.#grow()
    const entry = this.#values.length
    const from = this.#starts[entry]!
    const to = from + end - start
    if (to > this.#keys.length) {
      const keys = new Uint8Array(Math.max(to, this.#keys.length * 2))
      keys.set(this.#keys.subarray(0, from))
      this.#keys = keys
    }
    this.#keys.set(bytes.subarray(start, end), from)
    this.#starts[entry + 1] = to
    this.#hashes[entry] = hash
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
    this.#values.push(this.#make(name))
    this.#put(entry)
    return this.#values[entry]!
  }

  #restart(): void {
    this.#slots = new Int32Array(START_SLOTS)
    this.#mask = START_SLOTS - 1
    this.#values = []
    this.#hashes = new Int32Array(START_SLOTS)
    this.#starts = new Int32Array(START_SLOTS + 1)
    this.#keys = new Uint8Array(START_BYTES)
  }

  #grow(): void {
    const slots = this.#slots.length * 2
    this.#slots = new Int32Array(slots)
    this.#mask = slots - 1
    const [hashes, starts] = [new Int32Array(slots), new Int32Array(slots + 1)]
    hashes.set(this.#hashes)
    starts.set(this.#starts)
    this.#hashes = hashes
    this.#starts = starts
    for (let entry = 0; entry < this.#values.length; entry++) this.#put(entry)
  }

  #put(entry: number): void {
    let at = this.#hashes[entry]! & this.#mask
    while (this.#slots[at] !== 0) at = (at + 1) & this.#mask
    this.#slots[at] = entry + 1
  }
}
