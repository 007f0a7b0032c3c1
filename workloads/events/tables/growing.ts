// Columns while they are built: values are appended, then put into the order of the rows, and become columns of a table.

import { MAX_MANTISSA, rescale } from '#market/decimal.ts'
import type { DecimalColumn, Int64Column, NamesColumn, TextColumn } from './table.ts'

/** Rows that there is room for at first. */
export const USUAL = 1024
const TWO_32 = 4_294_967_296
const MAX_INT64 = 2n ** 63n - 1n
/** High word of a value that is absent: no time and no decimal is so small. */
const ABSENT = -2_147_483_648

/** The order of rows: which of those that were appended comes at each place; null: as they were appended. */
export type Order = Int32Array | null

export class GrowingSmall {
  #values = new Uint8Array(USUAL)
  #length = 0

  push(value: number): void {
    if (this.#length === this.#values.length) this.#values = twice(this.#values)
    this.#values[this.#length++] = value
  }

  finish(order: Order): Uint8Array {
    const values = this.#values.subarray(0, this.#length)
    return order === null ? values : values.map((_, i) => values[order[i]!]!)
  }
}

/** Whole numbers of 64 bits, or absent. */
export class GrowingInt64 {
  #words = new Int32Array(2 * USUAL)
  #used = 0
  #absent = 0

  push(low: number, high: number): void {
    const at = this.#used
    if (at === this.#words.length) this.#words = twice(this.#words)
    this.#words[at] = low
    this.#words[at + 1] = high
    this.#used = at + 2
  }

  pushAbsent(): void {
    this.push(0, ABSENT)
    this.#absent++
  }

  finish(order: Order): Int64Column {
    const words = pairsInOrder(this.#words.subarray(0, this.#used), order)
    if (this.#absent === 0) return { words, valid: null }
    const valid = new Uint8Array((words.length / 2 + 7) >> 3)
    for (let i = 0; i < words.length / 2; i++) {
      if (words[2 * i + 1] === ABSENT) words[2 * i + 1] = 0
      else valid[i >> 3]! |= 1 << (i & 7)
    }
    return { words, valid }
  }
}

/** Times as nanoseconds since 1970. */
export class GrowingTimes extends GrowingInt64 {
  /** A time at which the low word did not wrap for 4.29 s on: the next one is mostly near. */
  #baseMs = Number.NEGATIVE_INFINITY
  #baseLow = 0
  #baseHigh = 0

  /** -1 ms: absent. */
  pushTime(ms: number, ns: number): void {
    if (ms < 0) {
      this.pushAbsent()
      return
    }
    let past = ms - this.#baseMs
    if (!(past >= 0 && past < 4294)) {
      this.#baseMs = ms
      past = 0
      const nanos = wordsOf(ms)
      this.#baseLow = nanos.low
      this.#baseHigh = nanos.high
    }
    const low = this.#baseLow + past * 1e6 + ns
    if (low < TWO_32) this.push(low | 0, this.#baseHigh)
    else this.push((low - TWO_32) | 0, this.#baseHigh + 1)
  }
}

/** A million times `ms`, as two words, the low one without a sign. */
export function wordsOf(ms: number): { readonly low: number; readonly high: number } {
  // In two parts, so that no product is beyond 2^53.
  const upper = Math.floor(ms / 65_536) * 1e6
  const lower = (ms % 65_536) * 1e6
  const upperHigh = Math.floor(upper / 65_536)
  const rest = (upper - upperHigh * 65_536) * 65_536 + lower
  const carry = Math.floor(rest / TWO_32)
  return { low: rest - carry * TWO_32, high: upperHigh + carry }
}

/** Decimals, each with its scale until the column is complete. */
export class GrowingDecimals {
  #mantissas = new Float64Array(USUAL)
  #scales = new Uint8Array(USUAL)
  #length = 0

  /** NaN: absent. */
  push(mantissa: number, scale: number): void {
    const i = this.#length
    if (i === this.#mantissas.length) {
      this.#mantissas = twice(this.#mantissas)
      this.#scales = twice(this.#scales)
    }
    this.#mantissas[i] = mantissa
    this.#scales[i] = scale
    this.#length = i + 1
  }

  finish(order: Order): DecimalColumn {
    const mantissas = this.#mantissas
    const scales = this.#scales
    let scale = 0
    for (let i = 0; i < this.#length; i++) {
      if (scales[i]! > scale && !Number.isNaN(mantissas[i])) scale = scales[i]!
    }
    const values = new GrowingInt64()
    for (let k = 0; k < this.#length; k++) {
      const i = order === null ? k : order[k]!
      if (!pushDecimal(values, mantissas[i]!, scales[i]!, scale)) return this.#unequal(order, scale)
    }
    return { ...values.finish(null), scale, scales: null }
  }

  /** With the scale of each row beside it. */
  #unequal(order: Order, scale: number): DecimalColumn {
    const values = new GrowingInt64()
    const scales = new GrowingSmall()
    for (let k = 0; k < this.#length; k++) {
      const i = order === null ? k : order[k]!
      pushDecimal(values, this.#mantissas[i]!, this.#scales[i]!, this.#scales[i]!)
      scales.push(this.#scales[i]!)
    }
    return { ...values.finish(null), scale, scales: scales.finish(null) }
  }
}

/** False if 64 bits do not hold it. */
function pushDecimal(values: GrowingInt64, mantissa: number, from: number, to: number): boolean {
  const small = mantissa | 0
  if (from === to && small === mantissa) {
    values.push(small, small >> 31)
    return true
  }
  if (Number.isNaN(mantissa)) {
    values.pushAbsent()
    return true
  }
  const value = rescale(mantissa, from, to)
  if (Math.abs(value) <= MAX_MANTISSA) {
    const high = Math.floor(value / TWO_32)
    values.push((value - high * TWO_32) | 0, high)
    return true
  }
  const large = BigInt(mantissa) * 10n ** BigInt(to - from)
  if (large > MAX_INT64 || large < -MAX_INT64) return false
  values.push(Number(BigInt.asIntN(32, large)), Number(large >> 32n))
  return true
}

/** Texts, most of them different. */
export class GrowingTexts {
  #ends = new Int32Array(USUAL)
  #bytes = new Uint8Array(16 * USUAL)
  #length = 0
  #used = 0

  /** Bytes of UTF-8 from `start` to `end`. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#length === this.#ends.length) this.#ends = twice(this.#ends)
    let at = this.#used
    if (at + end - start > this.#bytes.length) {
      const room = new Uint8Array(2 * this.#bytes.length + end - start)
      room.set(this.#bytes)
      this.#bytes = room
    }
    const to = this.#bytes
    // Few bytes as a rule: a loop is faster than a call of `set`, which needs an object.
    for (let p = start; p < end; p++) to[at++] = bytes[p]!
    this.#used = at
    this.#ends[this.#length++] = at
  }

  finish(order: Order, valid: Uint8Array | null = null): TextColumn {
    const offsets = new Int32Array(this.#length + 1)
    const ends = this.#ends
    if (order === null) {
      offsets.set(ends.subarray(0, this.#length), 1)
      return { offsets, bytes: this.#bytes.subarray(0, this.#used), valid }
    }
    const bytes = new Uint8Array(this.#used)
    let at = 0
    for (let i = 0; i < order.length; i++) {
      const k = order[i]!
      const end = ends[k]!
      for (let p = k === 0 ? 0 : ends[k - 1]!; p < end; p++) bytes[at++] = this.#bytes[p]!
      offsets[i + 1] = at
    }
    return { offsets, bytes, valid }
  }
}

const NOTHING = new Uint8Array(0)

/** Texts, and rows without one. */
export class GrowingOptional {
  readonly #texts = new GrowingTexts()
  readonly #present = new GrowingSmall()

  push(bytes: Uint8Array, start: number, end: number): void {
    this.#texts.push(bytes, start, end)
    this.#present.push(1)
  }

  pushAbsent(): void {
    this.#texts.push(NOTHING, 0, 0)
    this.#present.push(0)
  }

  finish(order: Order): TextColumn {
    const present = this.#present.finish(order)
    const valid = new Uint8Array((present.length + 7) >> 3)
    let absent = false
    for (let i = 0; i < present.length; i++) {
      if (present[i] === 1) valid[i >> 3]! |= 1 << (i & 7)
      else absent = true
    }
    return this.#texts.finish(order, absent ? valid : null)
  }
}

/** Codes of names, as `Names` gives them. */
export class GrowingNames {
  #codes = new Int32Array(USUAL)
  #length = 0
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
  }

  push(code: number): void {
    if (this.#length === this.#codes.length) this.#codes = twice(this.#codes)
    this.#codes[this.#length++] = code
  }

  finish(order: Order): NamesColumn {
    return sortedNames(inOrder(this.#codes.subarray(0, this.#length), order), this.#names)
  }
}

/** With the names that occur alone, sorted. */
export function sortedNames(codes: Int32Array, names: readonly string[]): NamesColumn {
  const occurs = new Uint8Array(names.length)
  for (let i = 0; i < codes.length; i++) occurs[codes[i]!] = 1
  const present = [...names.keys()].filter((code) => occurs[code] === 1)
  present.sort((a, b) => (names[a]! < names[b]! ? -1 : 1))
  const places = new Int32Array(names.length)
  for (const [place, code] of present.entries()) places[code] = place
  const result = new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) result[i] = places[codes[i]!]!
  return { codes: result, names: present.map((code) => names[code]!) }
}

export function inOrder(values: Int32Array, order: Order): Int32Array {
  if (order === null) return values
  const result = new Int32Array(values.length)
  for (let i = 0; i < order.length; i++) result[i] = values[order[i]!]!
  return result
}

/** The same of values of two words. */
export function pairsInOrder(words: Int32Array, order: Order): Int32Array {
  if (order === null) return words
  const result = new Int32Array(words.length)
  for (let i = 0; i < order.length; i++) {
    const k = 2 * order[i]!
    result[2 * i] = words[k]!
    result[2 * i + 1] = words[k + 1]!
  }
  return result
}

type Values = Uint8Array | Int32Array | Float64Array
export function twice(old: Uint8Array): Uint8Array<ArrayBuffer>
export function twice(old: Int32Array): Int32Array<ArrayBuffer>
export function twice(old: Float64Array): Float64Array<ArrayBuffer>
export function twice(old: Values): Values {
  const room = new (old.constructor as new (length: number) => Values)(2 * old.length)
  room.set(old as never)
  return room
}
