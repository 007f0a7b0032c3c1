// The largest or the smallest of the last values of a row, without looking at all of them: those that a later one beats are dropped. Its
// memory is that of the values in the row, at most.

import { compareDecimals } from '../decimal.ts'
import { type Keeper, keepRing } from '../keep.ts'
import { moved } from './ring.ts'

export class Extreme {
  /** 1: the largest, -1: the smallest. */
  readonly #sign: 1 | -1
  #places = new Float64Array(16)
  #integers = new Float64Array(16)
  #scales = new Uint8Array(16)
  #first = 0
  #length = 0

  constructor(sign: 1 | -1) {
    this.#sign = sign
  }

  /** NaN if there is no value. */
  get integer(): number {
    return this.#length === 0 ? Number.NaN : this.#integers[this.#first]!
  }

  get scale(): number {
    return this.#length === 0 ? 0 : this.#scales[this.#first]!
  }

  /** Adds a value at a place behind all others. Of equal values the first one counts. */
  push(place: number, integer: number, scale: number): void {
    let mask = this.#places.length - 1
    while (this.#length > 0) {
      const i = (this.#first + this.#length - 1) & mask
      const order = compareDecimals(this.#integers[i]!, this.#scales[i]!, integer, scale)
      if (order * this.#sign >= 0) break
      this.#length--
    }
    if (this.#length > mask) {
      this.#grow()
      mask = this.#places.length - 1
    }
    const i = (this.#first + this.#length++) & mask
    this.#places[i] = place
    this.#integers[i] = integer
    this.#scales[i] = scale
  }

  /** Forgets the values before a place. */
  dropBefore(place: number): void {
    const mask = this.#places.length - 1
    while (this.#length > 0 && this.#places[this.#first]! < place) {
      this.#first = (this.#first + 1) & mask
      this.#length--
    }
  }

  keep(keeper: Keeper): void {
    const room = keeper.number(this.#places.length)
    this.#first = keeper.number(this.#first)
    this.#length = keeper.number(this.#length)
    const [first, next] = [this.#first, this.#first + this.#length]
    this.#places = keepRing(this.#places, room, first, next, (one) => keeper.floats(one))
    this.#integers = keepRing(this.#integers, room, first, next, (one) => keeper.floats(one))
    this.#scales = keepRing(this.#scales, room, first, next, (one) => keeper.bytes(one))
  }

  #grow(): void {
    const room = 2 * this.#places.length
    const next = this.#first + this.#length
    this.#places = moved(this.#places, new Float64Array(room), this.#first, next)
    this.#integers = moved(this.#integers, new Float64Array(room), this.#first, next)
    this.#scales = moved(this.#scales, new Uint8Array(room), this.#first, next)
  }
}
