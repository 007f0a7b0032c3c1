// One side of a book: prices and sizes as integers, the best last, so that a change near the best moves little. Keys are prices
// of bids, and prices of asks with their sign turned: the greatest key is the best on both sides.

import { MAX_MANTISSA } from './decimal.ts'
import type { Keeper } from './keep.ts'

/** Levels that there is room for at first. */
const USUAL = 128
/** Moving so few numbers, a loop is faster than a call. */
const FEW = 24

export class BookSide {
  #keys = new Float64Array(USUAL)
  #sizes = new Float64Array(USUAL)
  /** Levels stand from #low to #high - 1. */
  #low = 0
  #high = 0

  get length(): number {
    return this.#high - this.#low
  }

  clear(): void {
    this.#low = 0
    this.#high = 0
  }

  /** The key of the level at a place, 0 being the best; NaN if there is none. */
  key(place: number): number {
    const i = this.#high - 1 - place
    return i >= this.#low ? this.#keys[i]! : Number.NaN
  }

  /** The size there; NaN if there is none. */
  size(place: number): number {
    const i = this.#high - 1 - place
    return i >= this.#low ? this.#sizes[i]! : Number.NaN
  }

  /** The size at a key, 0 if there is no level. */
  at(key: number): number {
    const i = this.#find(key)
    return i < this.#high && this.#keys[i] === key ? this.#sizes[i]! : 0
  }

  /** The sum of the sizes of the `count` best levels. */
  sum(count: number): number {
    let sum = 0
    const end = Math.max(this.#low, this.#high - count)
    for (let i = this.#high - 1; i >= end; i--) sum += this.#sizes[i]!
    return sum
  }

  /** Sets the size at a key, or adds to it; a size of 0 removes the level. Returns the size that results. */
  change(key: number, size: number, isAdded: boolean): number {
    const i = this.#find(key)
    if (i < this.#high && this.#keys[i] === key) {
      const result = isAdded ? this.#sizes[i]! + size : size
      if (result === 0) this.#remove(i)
      else this.#sizes[i] = result
      return result
    }
    if (size !== 0) this.#insert(i, key, size)
    return size
  }

  /** Adds a level at any place: `settle` puts them in order. */
  append(key: number, size: number): void {
    if (this.#high === this.#keys.length) this.#grow()
    this.#keys[this.#high] = key
    this.#sizes[this.#high++] = size
  }

  /** Puts appended levels in order. Of two with one key the later counts; those of size 0 go. */
  settle(): void {
    const keys = this.#keys
    const { length } = this
    let isRising = true
    let isFalling = true
    let isFull = true
    for (let i = this.#low; i < this.#high; i++) {
      if (this.#sizes[i] === 0) isFull = false
      if (i === this.#low) continue
      if (keys[i]! <= keys[i - 1]!) isRising = false
      if (keys[i]! >= keys[i - 1]!) isFalling = false
    }
    if (isFull && (isRising || length === 0)) return
    if (isFull && isFalling) {
      keys.subarray(this.#low, this.#high).reverse()
      this.#sizes.subarray(this.#low, this.#high).reverse()
      return
    }
    const levels = new Map<number, number>()
    for (let i = this.#low; i < this.#high; i++) levels.set(keys[i]!, this.#sizes[i]!)
    this.clear()
    for (const [key, size] of [...levels].toSorted(([a], [b]) => a - b)) {
      if (size !== 0) this.append(key, size)
    }
  }

  /** Removes all but the `count` best levels. */
  truncate(count: number): void {
    if (this.#high - this.#low > count) this.#low = this.#high - count
  }

  /** Whether all keys and sizes are exact when they are multiplied. */
  fits(keys: number, sizes: number): boolean {
    for (let i = this.#low; i < this.#high; i++) {
      const largest = Math.max(Math.abs(this.#keys[i]! * keys), Math.abs(this.#sizes[i]! * sizes))
      if (!(largest <= MAX_MANTISSA)) return false
    }
    return true
  }

  /** Multiplies all keys and sizes. */
  scale(keys: number, sizes: number): void {
    for (let i = this.#low; i < this.#high; i++) {
      this.#keys[i]! *= keys
      this.#sizes[i]! *= sizes
    }
  }

  keep(keeper: Keeper): void {
    const keys = keeper.floats(this.#keys.slice(this.#low, this.#high))
    const sizes = keeper.floats(this.#sizes.slice(this.#low, this.#high))
    this.clear()
    for (let i = 0; i < keys.length; i++) this.append(keys[i]!, sizes[i]!)
  }

  /** The first place whose key is not below `key`. */
  #find(key: number): number {
    const keys = this.#keys
    let low = this.#low
    let high = this.#high
    // Most changes are near the best: there one after the other is looked at.
    const near = Math.max(low, high - 8)
    while (high > near && keys[high - 1]! >= key) high--
    if (high > near) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(place: number, key: number, size: number): void {
    let i = place
    if (this.#high === this.#keys.length) i -= this.#grow()
    const keys = this.#keys
    const sizes = this.#sizes
    const high = this.#high++
    if (high - i <= FEW) {
      for (let k = high; k > i; k--) {
        keys[k] = keys[k - 1]!
        sizes[k] = sizes[k - 1]!
      }
    } else {
      keys.copyWithin(i + 1, i, high)
      sizes.copyWithin(i + 1, i, high)
    }
    keys[i] = key
    sizes[i] = size
  }

  #remove(i: number): void {
    const keys = this.#keys
    const sizes = this.#sizes
    const high = --this.#high
    if (high - i <= FEW) {
      for (let k = i; k < high; k++) {
        keys[k] = keys[k + 1]!
        sizes[k] = sizes[k + 1]!
      }
    } else {
      keys.copyWithin(i, i + 1, high + 1)
      sizes.copyWithin(i, i + 1, high + 1)
    }
  }

  /** Makes room behind the levels; returns by how much they moved down. */
  #grow(): number {
    const moved = this.#low
    const { length } = this
    // Levels that were truncated left room before the others.
    const room = moved > this.#keys.length / 2 ? this.#keys.length : 2 * this.#keys.length
    const keys = new Float64Array(room)
    const sizes = new Float64Array(room)
    keys.set(this.#keys.subarray(moved, this.#high))
    sizes.set(this.#sizes.subarray(moved, this.#high))
    this.#keys = keys
    this.#sizes = sizes
    this.#low = 0
    this.#high = length
    return moved
  }
}
