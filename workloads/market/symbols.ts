// Names of instruments as strings that are made once: the same bytes give the same string, without making one.

import { type Frame, textOf } from './bytes.ts'

/** Names beyond this many are forgotten, all together: a feed has thousands, a broken one must not fill the memory. */
const LIMIT = 1 << 18
/** Longer names are not kept. */
const MAX_BYTES = 200

export class Symbols {
  #mask = 1023
  #names: (string | undefined)[] = new Array<string | undefined>(this.#mask + 1).fill(undefined)
  /** Hash, place in #words and length of each name. */
  #hashes = new Int32Array(this.#mask + 1)
  #starts = new Int32Array(this.#mask + 1)
  #lengths = new Int32Array(this.#mask + 1)
  /** The bytes of the names, in words of four, the last one filled up with zeros. */
  #words = new Int32Array(16_384)
  #used = 0
  #size = 0

  /** The text from `start` to `end` of a frame, which is UTF-8. */
  get(frame: Frame, start: number, end: number): string {
    const view = frame.view
    const length = end - start
    // Four bytes at a time: one multiplication for each would take longer than all the rest.
    const whole = start + (length & ~3)
    const rest = lowBytes(view.getInt32(whole, true), length & 3)
    let hash = length
    for (let p = start; p < whole; p += 4) {
      hash = Math.imul(hash ^ view.getInt32(p, true), 0x9e3779b1)
    }
    hash = Math.imul(hash ^ rest, 0x9e3779b1)
    // The last bytes have reached the upper bits alone: those choose the place.
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
    hash ^= hash >>> 13
    const words = this.#words
    let slot = hash & this.#mask
    for (;;) {
      const name = this.#names[slot]
      if (name === undefined) break
      if (this.#hashes[slot] === hash && this.#lengths[slot] === length) {
        let q = this.#starts[slot]!
        let p = start
        while (p < whole && words[q] === view.getInt32(p, true)) {
          q++
          p += 4
        }
        if (p === whole && words[q] === rest) return name
      }
      slot = (slot + 1) & this.#mask
    }
    return this.#add(slot, hash, frame, start, end)
  }

  #add(slot: number, hash: number, frame: Frame, start: number, end: number): string {
    const { bytes, view } = frame
    const name = textOf(bytes, start, end)
    const length = end - start
    if (length > MAX_BYTES) return name
    const count = (length >> 2) + 1
    if (this.#used + count > this.#words.length) this.#words = longer(this.#words)
    this.#names[slot] = name
    this.#hashes[slot] = hash
    this.#starts[slot] = this.#used
    this.#lengths[slot] = length
    for (let i = 0; i < count; i++) {
      const word = view.getInt32(start + 4 * i, true)
      this.#words[this.#used++] = i < count - 1 ? word : lowBytes(word, length & 3)
    }
    if (++this.#size > LIMIT) this.#clear()
    else if (this.#size * 2 > this.#mask) this.#grow()
    return name
  }

  #clear(): void {
    this.#names.fill(undefined)
    this.#used = 0
    this.#size = 0
  }

  #grow(): void {
    const names = this.#names
    const hashes = this.#hashes
    const starts = this.#starts
    const lengths = this.#lengths
    const room = 2 * names.length
    this.#mask = room - 1
    this.#names = new Array<string | undefined>(room).fill(undefined)
    this.#hashes = new Int32Array(room)
    this.#starts = new Int32Array(room)
    this.#lengths = new Int32Array(room)
    for (const [i, name] of names.entries()) {
      if (name === undefined) continue
      let slot = hashes[i]! & this.#mask
      while (this.#names[slot] !== undefined) slot = (slot + 1) & this.#mask
      this.#names[slot] = name
      this.#hashes[slot] = hashes[i]!
      this.#starts[slot] = starts[i]!
      this.#lengths[slot] = lengths[i]!
    }
  }
}

/** The first `count` bytes of a word, 0 to 3; zeros instead of the others. */
const lowBytes = (word: number, count: number): number => word & ~(-1 << (8 * count))

function longer(words: Int32Array): Int32Array<ArrayBuffer> {
  const result = new Int32Array(2 * words.length)
  result.set(words)
  return result
}
