// From the bytes of a name to its value without making a string each time: a hash table whose keys are bytes.
// Bounded: past its limit it starts anew, so that an exchange with endless names cannot fill the memory.

type Entry<V> = { readonly bytes: Uint8Array; readonly value: V }

export class ByteTable<V> {
  readonly #make: (name: string) => V
  readonly #limit: number
  #slots: (Entry<V> | undefined)[]
  #mask: number
  #size = 0

  /** `make` is called once for each name (and once more after the table started anew). */
  constructor(make: (name: string) => V, limit = 100_000) {
    this.#make = make
    this.#limit = limit
    this.#slots = new Array<Entry<V> | undefined>(256).fill(undefined)
    this.#mask = 255
  }

  get size(): number {
    return this.#size
  }

  /** The value of the name that stands in `bytes` from `start` to `end`. */
  get(bytes: Uint8Array, start: number, end: number): V {
    // FNV-1a over all bytes: tickers differ in their last few, so none may be left out.
    let hash = 0x811c9dc5 | 0
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash ^= hash >>> 15
    const length = end - start
    let at = hash & this.#mask
    for (;;) {
      const entry = this.#slots[at]
      if (entry === undefined) return this.#enter(bytes, start, end)
      const known = entry.bytes
      if (known.length === length) {
        let k = length - 1
        while (k >= 0 && known[k] === bytes[start + k]) k--
        if (k < 0) return entry.value
      }
      at = (at + 1) & this.#mask
    }
  }

  #enter(bytes: Uint8Array, start: number, end: number): V {
    if (this.#size >= this.#limit) this.#restart(256)
    else if (this.#size * 2 > this.#mask) {
      const entries = this.#slots
      this.#restart((this.#mask + 1) * 2)
      for (const entry of entries) if (entry !== undefined) this.#put(entry)
    }
    const own = Uint8Array.prototype.slice.call(bytes, start, end)
    const entry = { bytes: own, value: this.#make(Buffer.from(own).toString('utf8')) }
    this.#put(entry)
    return entry.value
  }

  #restart(slots: number): void {
    this.#slots = new Array<Entry<V> | undefined>(slots).fill(undefined)
    this.#mask = slots - 1
    this.#size = 0
  }

  #put(entry: Entry<V>): void {
    let hash = 0x811c9dc5 | 0
    for (const byte of entry.bytes) hash = Math.imul(hash ^ byte, 0x01000193)
    hash ^= hash >>> 15
    let at = hash & this.#mask
    while (this.#slots[at] !== undefined) at = (at + 1) & this.#mask
    this.#slots[at] = entry
    this.#size++
  }
}
