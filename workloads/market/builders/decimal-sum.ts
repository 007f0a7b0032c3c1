// Sums of decimals of any scale, exact: an ExactSum whose scale grows with what is added. BigInt is made only if a scale grows
// while the sum is beyond 2^53, or if a product needs more zeros than fit.

import { MAX_MANTISSA, POWERS } from '../decimal.ts'
import type { Keeper } from '../keep.ts'
import { ExactSum } from './exact-sum.ts'

/** Adds integer × 10^zeros. */
export function addDecimal(sum: ExactSum, integer: number, zeros: number): void {
  if (zeros === 0) sum.add(integer)
  else addDecimalProduct(sum, integer, 1, zeros)
}

/** Adds a × b × 10^zeros. */
export function addDecimalProduct(sum: ExactSum, a: number, b: number, zeros: number): void {
  if (zeros === 0) {
    sum.addProduct(a, b)
    return
  }
  const power = POWERS[zeros] ?? Number.POSITIVE_INFINITY
  if (Math.abs(b * power) <= MAX_MANTISSA) sum.addProduct(a, b * power)
  else if (Math.abs(a * power) <= MAX_MANTISSA) sum.addProduct(a * power, b)
  else sum.value += BigInt(a) * BigInt(b) * 10n ** BigInt(zeros)
}

/** over ÷ under, two decimals, rounded half up to `scale` decimals; undefined unless `under` is positive. */
export function divided(
  over: bigint,
  overScale: number,
  under: bigint,
  underScale: number,
  scale: number
): bigint | undefined {
  if (under <= 0n) return undefined
  const zeros = scale + underScale - overScale
  const [top, bottom] =
    zeros >= 0
      ? [over * 2n * 10n ** BigInt(zeros), under]
      : [over * 2n, under * 10n ** BigInt(-zeros)]
  const twice = top + bottom
  const rounded = twice / (2n * bottom)
  return twice < 0n && twice % (2n * bottom) !== 0n ? rounded - 1n : rounded
}

export class DecimalSum {
  readonly #sum = new ExactSum()
  /** Decimals of the sum: the most that an addend had since it was cleared. */
  scale = 0

  clear(): void {
    this.#sum.clear()
    this.scale = 0
  }

  /** Adds a decimal; with its sign turned, takes it away. */
  add(integer: number, scale: number): void {
    if (scale > this.scale) this.#refine(scale)
    addDecimal(this.#sum, integer, this.scale - scale)
  }

  /** Adds the product of two decimals. */
  addProduct(a: number, aScale: number, b: number, bScale: number): void {
    const scale = aScale + bScale
    if (scale > this.scale) this.#refine(scale)
    addDecimalProduct(this.#sum, a, b, this.scale - scale)
  }

  /** Adds another sum. */
  addSum(other: DecimalSum): void {
    if (other.scale > this.scale) this.#refine(other.scale)
    if (other.scale === this.scale) this.#sum.addSum(other.#sum)
    else this.#sum.value += other.value * 10n ** BigInt(this.scale - other.scale)
  }

  /** The sum as an integer with `scale` decimals. Makes a BigInt. */
  get value(): bigint {
    return this.#sum.value
  }

  /** The same if it has at most 53 bits, otherwise NaN. */
  get number(): number {
    return this.#sum.number
  }

  /** Nearly the sum, as a number without scale: for what needs no exactness. */
  get near(): number {
    return this.#sum.near / 10 ** this.scale
  }

  keep(keeper: Keeper): void {
    this.scale = keeper.number(this.scale)
    this.#sum.keep(keeper)
  }

  #refine(scale: number): void {
    this.#sum.scale(scale - this.scale)
    this.scale = scale
  }
}
