// Decimals as 128 bits of one scale for a whole column: 38 digits, 18 of them behind the point. A stream of rows is written before
// its largest scale is known, so the scale is fixed; what has more digits is refused, never rounded.

import { SsmdError } from '#crds/errors.ts'

export const DECIMAL_PRECISION = 38
export const DECIMAL_SCALE = 18

const TWO_32 = 4_294_967_296
/** 10^0 to 10^6: a word times one of these, and what is carried, stays below 2^53. */
const TENS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

/** Four words, low one first, two's complement: `value` units of 10^-scale at the scale of the column. */
export function decimalWords(value: number, scale: number, words: Uint32Array, at: number): void {
  if (scale > DECIMAL_SCALE) {
    wideWords(BigInt(value), scale, words, at)
    return
  }
  const size = Math.abs(value)
  let low = size % TWO_32
  let second = (size - low) / TWO_32
  let third = 0
  let high = 0
  for (let left = DECIMAL_SCALE - scale; left > 0; left -= 6) {
    const by = TENS[Math.min(left, 6)]!
    let next = low * by
    low = next % TWO_32
    next = second * by + (next - low) / TWO_32
    second = next % TWO_32
    next = third * by + (next - second) / TWO_32
    third = next % TWO_32
    high = high * by + (next - third) / TWO_32
  }
  words[at] = low
  words[at + 1] = second
  words[at + 2] = third
  words[at + 3] = high
  if (value < 0) negate(words, at)
}

/** The same of any whole number. */
export function wideWords(value: bigint, scale: number, words: Uint32Array, at: number): void {
  const shift = DECIMAL_SCALE - scale
  const whole = shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift)
  const isExact = shift >= 0 || whole * 10n ** BigInt(-shift) === value
  if (!isExact || whole >= 10n ** 38n || whole <= -(10n ** 38n)) {
    throw new SsmdError(
      'SSMD_E_USAGE',
      `${value}e-${scale} does not fit a decimal of ${DECIMAL_PRECISION} digits with ${DECIMAL_SCALE} behind the point`,
      { hint: 'ask for json, ndjson or csv: they hold every decimal as text' }
    )
  }
  let rest = BigInt.asUintN(128, whole)
  for (let i = 0; i < 4; i++) {
    words[at + i] = Number(rest & 0xffffffffn)
    rest >>= 32n
  }
}

function negate(words: Uint32Array, at: number): void {
  let carry = 1
  for (let i = at; i < at + 4; i++) {
    const sum = (~words[i]! >>> 0) + carry
    words[i] = sum
    carry = sum > 0xffffffff ? 1 : 0
  }
}
