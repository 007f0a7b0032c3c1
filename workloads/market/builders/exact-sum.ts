// Sums of integers and of products of integers that stay exact beyond 2^53: in two parts, so that adding makes no BigInt and no object.
// Every addend is an integer of at most 53 bits, or the product of two.

import { MAX_MANTISSA, POWERS } from '../decimal.ts'
import type { Keeper } from '../keep.ts'

const LIMIT = 2 ** 53
const HALF = 2 ** 52
/** Splits a double into two halves of 26 bits whose products are exact (Veltkamp). */
const SPLIT = 2 ** 27 + 1

export class ExactSum {
  /** The sum is (far + high) × 2^53 + low; low is not negative and below 2^53. */
  #high = 0
  #low = 0
  /** What is beyond 2^105: no market has that. */
  #far = 0n

  clear(): void {
    this.#far = 0n
    this.#high = 0
    this.#low = 0
  }

  /** Adds an integer of at most 53 bits. */
  add(integer: number): void {
    if (integer < 0) {
      if (this.#low >= -integer) this.#low += integer
      else {
        this.#high--
        // In this order nothing leaves 53 bits.
        this.#low = LIMIT + integer + this.#low
      }
    } else if (this.#low >= LIMIT - integer) {
      this.#high++
      this.#low -= LIMIT - integer
    } else this.#low += integer
  }

  /** Adds a × b, each an integer of at most 53 bits. */
  addProduct(a: number, b: number): void {
    const product = a * b
    if (product < LIMIT && product > -LIMIT) {
      this.add(product)
      return
    }
    // What rounding took from the product is an integer as well (Dekker).
    const aHigh = highHalf(a)
    const aLow = a - aHigh
    const bHigh = highHalf(b)
    const bLow = b - bHigh
    const error = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
    const high = Math.floor(product / LIMIT)
    this.#carry(high)
    this.add(product - high * LIMIT)
    this.add(error)
  }

  /** Adds another sum. */
  addSum(other: ExactSum): void {
    this.#far += other.#far
    this.#carry(other.#high)
    this.add(other.#low)
  }

  /** Multiplies by 10^zeros: what is added from now on has `zeros` more decimals. */
  scale(zeros: number): void {
    const scaled = this.number * (POWERS[zeros] ?? Number.NaN)
    if (Math.abs(scaled) <= MAX_MANTISSA) {
      this.clear()
      this.add(scaled)
    } else this.value = this.value * 10n ** BigInt(zeros)
  }

  get value(): bigint {
    return (this.#far + BigInt(this.#high)) * 0x20000000000000n + BigInt(this.#low)
  }

  set value(value: bigint) {
    this.#far = 0n
    this.#high = 0
    const high = value >> 53n
    if (high > HALF || high < -HALF) this.#far = high
    else this.#high = Number(high)
    this.#low = Number(value & 0x1fffffffffffffn)
  }

  /** The sum if it has at most 53 bits, otherwise NaN: then `value` has it. */
  get number(): number {
    if (this.#far !== 0n) return this.#slowNumber()
    if (this.#high === 0) return this.#low
    if (this.#high === -1 && this.#low > 0) return this.#low - LIMIT
    return Number.NaN
  }

  /** The double nearest to the sum, or one beside it. */
  get near(): number {
    if (this.#far !== 0n) return Number(this.value)
    return this.#high * LIMIT + this.#low
  }

  /** Whether it has reached another sum. */
  reaches(other: ExactSum): boolean {
    if (this.#far !== other.#far) return this.value >= other.value
    return this.#high > other.#high || (this.#high === other.#high && this.#low >= other.#low)
  }

  keep(keeper: Keeper): void {
    this.#high = keeper.number(this.#high)
    this.#low = keeper.number(this.#low)
    this.#far = keeper.big(this.#far)
  }

  #carry(high: number): void {
    if (Math.abs(high) > HALF || Math.abs(this.#high) > HALF) {
      this.#far += BigInt(high) + BigInt(this.#high)
      this.#high = 0
    } else this.#high += high
  }

  #slowNumber(): number {
    const number = Number(this.value)
    return Number.isSafeInteger(number) ? number : Number.NaN
  }
}

function highHalf(a: number): number {
  const scaled = SPLIT * a
  return scaled - (scaled - a)
}
