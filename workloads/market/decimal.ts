// Decimal text as an integer and a scale, and back: `0.4800` is 4800 with scale 4. No float stands in between.
// The integer is a JS number of at most 53 bits, and whatever does not fit is refused, never rounded.

/** The largest integer of a decimal, in absolute value: all smaller ones are exact in a JS number. */
export const MAX_MANTISSA = Number.MAX_SAFE_INTEGER
/** The largest scale: more decimals than any exchange sends, and few enough for one byte. */
export const MAX_SCALE = 30

export const NOT_A_DECIMAL = 'not a decimal number'
export const DECIMAL_TOO_LONG = 'more digits than 53 bits hold'

/** The powers of ten that a JS number holds exactly, by their exponent. */
export const POWERS: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
/** The decimal point, as a digit would be read. */
const POINT = 0x2e - 0x30
/** Bytes within which digits can be added up before the result is checked: at most 16 of them. */
const SHORT = 16

/** Reads decimals from bytes. One per user: the last one read stands in its fields. */
export class DecimalReader {
  /** The integer, or NaN if the last text was refused. */
  mantissa = Number.NaN
  /** Digits behind the point, 0 to MAX_SCALE. */
  scale = 0
  /** Why the last text was refused; empty if it was not. */
  reason = ''

  /**
   * Reads the text from `start` to `end` (without quotes) and returns the integer, or NaN. Digits, at most one point and a
   * sign, as in `-0.50`; also `1.5e-7`. Zeros at the end are kept (`0.4800` has scale 4) unless they do not fit: then all of them go.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start <= SHORT) {
      let p = start
      const isNegative = p < end && bytes[p] === 0x2d
      if (isNegative) p++
      const first = p
      // In two parts of 32 bits: a chain of double multiplications takes twice as long.
      const middle = Math.min(first + 9, end)
      let high = 0
      let point = -1
      for (; p < middle; p++) {
        const digit = bytes[p]! - 0x30
        if (digit >= 0 && digit <= 9) high = (Math.imul(high, 10) + digit) | 0
        else if (digit === POINT && point < 0) point = p
        else break
      }
      let value = high
      if (p === middle && p < end) {
        let low = 0
        for (; p < end; p++) {
          const digit = bytes[p]! - 0x30
          if (digit >= 0 && digit <= 9) low = (Math.imul(low, 10) + digit) | 0
          else if (digit === POINT && point < 0) point = p
          else break
        }
        value = high * POWERS[p - middle - (point < middle ? 0 : 1)]! + low
      }
      const digits = p - first - (point < 0 ? 0 : 1)
      if (p === end && digits > 0 && value <= MAX_MANTISSA) {
        this.scale = point < 0 ? 0 : end - point - 1
        this.reason = ''
        this.mantissa = isNegative && value !== 0 ? -value : value
        return this.mantissa
      }
    }
    return this.#long(bytes, start, end)
  }

  /** Long ones, exponents, and what is no decimal at all. */
  #long(bytes: Uint8Array, start: number, end: number): number {
    let p = start
    const isNegative = bytes[p] === 0x2d
    if (p < end && (isNegative || bytes[p] === 0x2b)) p++
    let digits = ''
    let fraction = 0
    let point = false
    for (; p < end; p++) {
      const c = bytes[p]!
      if (c >= 0x30 && c <= 0x39) {
        digits += String.fromCharCode(c)
        if (point) fraction++
      } else if (c === 0x2e && !point) point = true
      else break
    }
    const exponent = p < end ? exponentAt(bytes, p, end) : 0
    if (digits === '' || Number.isNaN(exponent)) return this.#refuse(NOT_A_DECIMAL)
    let scale = fraction - exponent
    digits = digits.replace(/^0+/, '')
    if (digits === '') {
      this.scale = Math.min(Math.max(scale, 0), MAX_SCALE)
      return this.#accept(0)
    }
    if (scale > MAX_SCALE || !fits(digits)) {
      const kept = digits.replace(/0+$/, '')
      // Zeros in front of the point are part of the number.
      const stripped = Math.min(digits.length - kept.length, Math.max(scale, 0))
      scale -= stripped
      digits = digits.slice(0, digits.length - stripped)
    }
    if (scale < 0) {
      digits += '0'.repeat(-scale)
      scale = 0
    }
    if (scale > MAX_SCALE || !fits(digits)) return this.#refuse(DECIMAL_TOO_LONG)
    this.scale = scale
    return this.#accept(isNegative ? -Number(digits) : Number(digits))
  }

  #accept(mantissa: number): number {
    this.reason = ''
    this.mantissa = mantissa
    return mantissa
  }

  #refuse(reason: string): number {
    this.reason = reason
    this.scale = 0
    this.mantissa = Number.NaN
    return Number.NaN
  }
}

/** The exponent that begins at `p` with e or E, or NaN. What is beyond four digits is as good as 9999. */
function exponentAt(bytes: Uint8Array, p: number, end: number): number {
  if ((bytes[p]! | 0x20) !== 0x65) return Number.NaN
  p++
  const isNegative = bytes[p] === 0x2d
  if (p < end && (isNegative || bytes[p] === 0x2b)) p++
  if (p >= end) return Number.NaN
  let value = 0
  for (; p < end; p++) {
    const c = bytes[p]!
    if (c < 0x30 || c > 0x39) return Number.NaN
    value = Math.min(value * 10 + (c - 0x30), 9999)
  }
  return isNegative ? -value : value
}

/** Whether digits without leading zeros are at most MAX_MANTISSA. */
const fits = (digits: string): boolean =>
  digits.length < 16 || (digits.length === 16 && Number(digits) <= MAX_MANTISSA)

/** The text of a decimal, with all its decimals: `0.4800`. Empty if it is absent (NaN). */
export function decimalText(mantissa: number, scale: number): string {
  if (Number.isNaN(mantissa)) return ''
  if (scale === 0) return String(mantissa)
  const digits = String(Math.abs(mantissa)).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${mantissa < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** The integer of the same decimal at another scale, or NaN if it would not be exact or does not fit. */
export function rescale(mantissa: number, from: number, to: number): number {
  if (from === to) return mantissa
  if (mantissa === 0) return 0
  const power = POWERS[Math.abs(to - from)]
  if (power === undefined) return Number.NaN
  if (to < from) return mantissa % power === 0 ? mantissa / power : Number.NaN
  const result = mantissa * power
  return Math.abs(result) <= MAX_MANTISSA ? result : Number.NaN
}

/** Negative, 0 or positive, as the first decimal is smaller, equal or larger than the second; NaN if one is absent. Exact. */
export function compareDecimals(a: number, aScale: number, b: number, bScale: number): number {
  if (aScale === bScale) return a - b
  const scale = Math.max(aScale, bScale)
  const left = rescale(a, aScale, scale)
  const right = rescale(b, bScale, scale)
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right
  const difference =
    BigInt(a) * 10n ** BigInt(scale - aScale) - BigInt(b) * 10n ** BigInt(scale - bScale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
