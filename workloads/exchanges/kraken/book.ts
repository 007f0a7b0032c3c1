// A book that is kept for one purpose: to compute the checksum that Kraken sends with each change of it. The checksum is over
// the digits as sent, which no number keeps: so it is the digits that are kept here, by level. Prices are compared as
// integers; none of them ever is a float.

import { crc32 } from 'node:zlib'

export const BID = 0
export const ASK = 1
export type Side = typeof BID | typeof ASK

/** Levels of each side that the checksum covers. */
const CHECKED = 10
/** Digits of one level: price and quantity. Real ones are some 20. */
const ROOM = 48
/** Digits of a price that are an exact integer together. */
const MAX_DIGITS = 15
const MAX_SCALE = 15

/** Memory that the checksums of all books of a connection are computed in. */
export class Checksums {
  readonly text = Buffer.alloc(2 * CHECKED * ROOM + 8)
  /** The same bytes. */
  readonly view = new DataView(this.text.buffer, this.text.byteOffset, this.text.length)
  /** By length: a view costs as much as the checksum of it. */
  readonly #views = Array.from({ length: this.text.length + 1 }, (_, n) => this.text.subarray(0, n))

  /** Of the first `length` bytes. */
  of(length: number): number {
    return crc32(this.#views[length]!)
  }
}

/** One side, best level first. */
class Half {
  count = 0
  /** Prices of asks, negated prices of bids: ascending either way. */
  #keys: Float64Array
  /** Where the digits of a level stand in `#digits`, in units of ROOM; behind `count` of them, those that are free. */
  #places: Int32Array
  #digits: Uint8Array
  /** The same bytes. */
  #view: DataView
  /** How many digits each place has. */
  #lengths: Uint8Array
  /** 1 for asks, -1 for bids. */
  readonly #sign: 1 | -1

  constructor(side: Side, levels: number) {
    this.#sign = side === ASK ? 1 : -1
    this.#keys = new Float64Array(levels)
    this.#places = Int32Array.from({ length: levels }, (_, i) => i)
    this.#digits = new Uint8Array(levels * ROOM)
    this.#view = new DataView(this.#digits.buffer)
    this.#lengths = new Uint8Array(levels)
  }

  /** Sets the level of this price to the digits in `text[0, length)`; none: it is removed. */
  set(price: number, text: Uint8Array, length: number): void {
    const key = this.#sign * price
    const keys = this.#keys
    const { count } = this
    let at = 0
    if (count <= 16) while (at < count && keys[at]! < key) at++
    else at = this.#find(key)
    const isThere = at < count && keys[at] === key
    if (length === 0) {
      if (isThere) this.#remove(at)
      return
    }
    if (!isThere) this.#insert(at, key)
    const place = this.#places[at]!
    const start = place * ROOM
    for (let i = 0; i < length; i++) this.#digits[start + i] = text[i]!
    this.#lengths[place] = length
  }

  /** Takes away the worst levels. */
  truncate(depth: number): void {
    if (this.count > depth) this.count = depth
  }

  clear(): void {
    this.count = 0
  }

  /** Multiplies all prices: more digits behind the point have come. */
  scale(power: number): void {
    for (let i = 0; i < this.count; i++) this.#keys[i]! *= power
  }

  /**
   * Writes the digits of the best levels to `text` from `at` on, and returns where they end. Eight bytes at a time, as doubles,
   * which no digits make NaN; what is written too much is written over by the next level.
   */
  write(text: DataView, at: number): number {
    const digits = this.#view
    const most = Math.min(this.count, CHECKED)
    for (let i = 0; i < most; i++) {
      const place = this.#places[i]!
      const from = place * ROOM
      const length = this.#lengths[place]!
      for (let k = 0; k < length; k += 8) text.setFloat64(at + k, digits.getFloat64(from + k))
      at += length
    }
    return at
  }

  #find(key: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(at: number, key: number): void {
    const { count } = this
    if (count === this.#keys.length) this.#grow()
    const keys = this.#keys
    const places = this.#places
    const place = places[count]!
    for (let i = count; i > at; i--) {
      keys[i] = keys[i - 1]!
      places[i] = places[i - 1]!
    }
    keys[at] = key
    places[at] = place
    this.count = count + 1
  }

  #remove(at: number): void {
    const keys = this.#keys
    const places = this.#places
    const last = --this.count
    const place = places[at]!
    for (let i = at; i < last; i++) {
      keys[i] = keys[i + 1]!
      places[i] = places[i + 1]!
    }
    places[last] = place
  }

  #grow(): void {
    const levels = 2 * this.#keys.length
    const places = Int32Array.from({ length: levels }, (_, i) => i)
    places.set(this.#places)
    this.#places = places
    const keys = new Float64Array(levels)
    keys.set(this.#keys)
    this.#keys = keys
    const digits = new Uint8Array(levels * ROOM)
    digits.set(this.#digits)
    this.#digits = digits
    this.#view = new DataView(digits.buffer)
    const lengths = new Uint8Array(levels)
    lengths.set(this.#lengths)
    this.#lengths = lengths
  }
}

export class CheckedBook {
  readonly #depth: number
  readonly #checksums: Checksums
  readonly #halves: readonly [Half, Half]
  readonly #level = new Uint8Array(ROOM)
  /** Digits behind the point of all prices. */
  #scale = 0

  constructor(depth: number, checksums: Checksums) {
    this.#depth = depth
    this.#checksums = checksums
    // A frame may add levels before it takes others away; a deep book grows as far as it has levels.
    const levels = Math.min(depth, 16) + 4
    this.#halves = [new Half(BID, levels), new Half(ASK, levels)]
  }

  clear(): void {
    for (const half of this.#halves) half.clear()
    this.#scale = 0
  }

  /**
   * Sets a level to the price and quantity that stand in `bytes`. False if their digits cannot be told: a sign, an
   * exponent, or more of them than there is room for.
   */
  set(
    side: Side,
    bytes: Uint8Array,
    priceStart: number,
    priceEnd: number,
    quantityStart: number,
    quantityEnd: number
  ): boolean {
    const level = this.#level
    let length = 0
    let price = 0
    let point = priceEnd - 1
    for (let i = priceStart; i < priceEnd; i++) {
      const digit = bytes[i]! - 0x30
      if (digit >= 0 && digit <= 9) {
        price = price * 10 + digit
        if (length > 0 || digit > 0) level[length++] = digit + 0x30
        if (length > MAX_DIGITS) return false
      } else if (digit === -2 && point === priceEnd - 1) point = i
      else return false
    }
    if (length === 0) return false
    const digits = length
    for (let i = quantityStart; i < quantityEnd; i++) {
      const c = bytes[i]!
      if (c >= 0x30 && c <= 0x39) {
        if (length > digits || c > 0x30) {
          if (length === ROOM) return false
          level[length++] = c
        }
      } else if (c !== 0x2e) return false
    }
    const scale = priceEnd - 1 - point
    if (scale !== this.#scale) {
      price = this.#rescaled(price, scale)
      if (price < 0) return false
    }
    this.#halves[side].set(price, level, length === digits ? 0 : length)
    return true
  }

  /** The checksum of the book, once it has no more levels than its depth. */
  checksum(): number {
    const [bids, asks] = this.#halves
    bids.truncate(this.#depth)
    asks.truncate(this.#depth)
    const { view } = this.#checksums
    return this.#checksums.of(bids.write(view, asks.write(view, 0)))
  }

  /** Levels of a side. */
  count(side: Side): number {
    return this.#halves[side].count
  }

  /** The price in units of the book, which may become finer by it; -1 if it is too long. */
  #rescaled(price: number, scale: number): number {
    if (scale > MAX_SCALE) return -1
    if (scale > this.#scale) {
      for (const half of this.#halves) half.scale(10 ** (scale - this.#scale))
      this.#scale = scale
      return price
    }
    const scaled = price * 10 ** (this.#scale - scale)
    return scaled <= Number.MAX_SAFE_INTEGER ? scaled : -1
  }
}
