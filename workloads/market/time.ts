// The times that exchanges send, as milliseconds since 1970 and the nanoseconds within: seconds, ms, µs, ns, as
// whole numbers or decimals, and RFC 3339. No Date, no string and no float in between; digits below 1 ns are cut off.

import type { Frame } from './bytes.ts'

/** What one unit of a number is; `any` decides from its size (10 digits before the point are seconds, 13 ms, 16 µs, 19 ns). */
export const UNIT = { s: 3, ms: 0, us: -3, ns: -6, any: 99 } as const
export type Unit = (typeof UNIT)[keyof typeof UNIT]

export const NOT_A_TIME = 'not a time'
export const TIME_OUT_OF_RANGE = 'a time before 1990 or after 2261'

/** Before 1990 stands only what was sent in a wrong unit. */
const MIN_MS = 631_152_000_000
/** The end of what 64 bits of nanoseconds hold, rounded down to a year: 2262-01-01. */
const END_MS = 9_214_646_400_000
const DAY_MS = 86_400_000
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Reads times from bytes. One per user: the last one read stands in its fields. */
export class TimeReader {
  /** Milliseconds since 1970, or -1: none. */
  ms = -1
  /** Nanoseconds within the millisecond, 0 to 999,999. */
  ns = 0
  /** Why there is none; empty if there is one, or if the exchange sent one of its ways to say none. */
  reason = ''

  /**
   * A number of `unit`s between `start` and `end`, with or without decimals. True if it is a time, or 0, which says that
   * there is none (`ms` is then -1); false with a reason otherwise.
   */
  number(frame: Frame, start: number, end: number, unit: Unit): boolean {
    const { bytes, view } = frame
    // The usual one first: milliseconds of our time, 13 digits, four at a time.
    if (unit === UNIT.ms && end - start === 13) {
      const a = view.getInt32(start, true) ^ 0x30303030
      const b = view.getInt32(start + 4, true) ^ 0x30303030
      const c = view.getInt32(start + 8, true) ^ 0x30303030
      const last = bytes[start + 12]! - 0x30
      // What is no digit is above 9 now: adding 0x76 reaches the highest bit of its byte.
      const isOdd = (a | (a + NINE) | b | (b + NINE) | c | (c + NINE)) & 0x80808080
      if (isOdd === 0 && last >= 0 && last <= 9) {
        return this.#take(four(a) * 1e9 + four(b) * 1e5 + four(c) * 10 + last, 0)
      }
    }
    const point = afterDigits(bytes, start, end)
    if (point === start) return this.#refuse(NOT_A_TIME)
    let p = point
    if (p < end && bytes[p] === 0x2e) {
      p = afterDigits(bytes, point + 1, end)
      if (p === point + 1) return this.#refuse(NOT_A_TIME)
    }
    const shift = p === end ? 0 : exponentAt(bytes, p, end)
    if (Number.isNaN(shift)) return this.#refuse(NOT_A_TIME)
    const before = point - start + shift
    return this.#digits(bytes, start, p, before + (unit === UNIT.any ? guess(before) : unit))
  }

  /** Digits, and perhaps a point that is skipped: the first `whole` of them are milliseconds, the next 6 nanoseconds. */
  #digits(bytes: Uint8Array, start: number, end: number, whole: number): boolean {
    let ms = 0
    let ns = 0
    let place = whole
    for (let p = start; p < end; p++) {
      if (bytes[p] === 0x2e) continue
      const digit = bytes[p]! - 0x30
      if (place > 0) ms = ms * 10 + digit
      // Below 1 ms only zero is in range, and whether it is zero needs every digit.
      else if (place > -6 || whole <= 0) ns = ns * 10 + digit
      place--
    }
    if (ms !== 0) for (; place > 0 && ms < END_MS; place--) ms *= 10
    if (ms === 0) return this.#take(0, ns)
    for (let i = Math.min(place, 0); i > -6; i--) ns *= 10
    return this.#take(ms, ns)
  }

  /**
   * RFC 3339 with any number of decimals: `2026-08-11T01:15:15.566273Z`, `…+02:00`; `t`, `z` and a space for T are accepted.
   * True if it is a time, or the year 0001 or 1970-01-01T00:00:00Z, which say that there is none; false with a reason otherwise.
   */
  iso(b: Uint8Array, start: number, end: number): boolean {
    // The shortest one: 2026-08-11T01:15:15Z.
    if (end - start < 20) return this.#refuse(NOT_A_TIME)
    const year = two(b, start) * 100 + two(b, start + 2)
    const month = two(b, start + 5)
    const day = two(b, start + 8)
    const hour = two(b, start + 11)
    const minute = two(b, start + 14)
    const second = two(b, start + 17)
    const t = b[start + 10]!
    if (
      !(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month - 1]!) ||
      !(hour <= 23 && minute <= 59 && second <= 60) ||
      (month === 2 && day === 29 && !isLeap(year)) ||
      b[start + 4] !== 0x2d ||
      b[start + 7] !== 0x2d ||
      (t !== 0x54 && t !== 0x74 && t !== 0x20) ||
      b[start + 13] !== 0x3a ||
      b[start + 16] !== 0x3a
    ) {
      return this.#refuse(NOT_A_TIME)
    }
    let p = start + 19
    let fraction = 0
    let digits = 0
    if (b[p] === 0x2e) {
      for (p++; p < end; p++) {
        const digit = b[p]! - 0x30
        if (digit < 0 || digit > 9) break
        if (digits < 9) fraction = fraction * 10 + digit
        digits++
      }
      if (digits === 0) return this.#refuse(NOT_A_TIME)
    }
    for (; digits < 9; digits++) fraction *= 10
    const offset = offsetMs(b, p, end)
    if (Number.isNaN(offset)) return this.#refuse(NOT_A_TIME)
    if (year <= 1) return this.#none()
    const ns = fraction % 1e6
    const clock = ((hour * 60 + minute) * 60 + second) * 1000 + (fraction - ns) / 1e6
    return this.#take(daysBefore(year, month, day) * DAY_MS + clock - offset, ns)
  }

  /** None was sent. */
  clear(): void {
    this.#none()
  }

  #take(ms: number, ns: number): boolean {
    if (ms === 0 && ns === 0) return this.#none()
    if (!(ms >= MIN_MS && ms < END_MS)) return this.#refuse(TIME_OUT_OF_RANGE)
    this.ms = ms
    this.ns = ns
    this.reason = ''
    return true
  }

  #none(): boolean {
    this.ms = -1
    this.ns = 0
    this.reason = ''
    return true
  }

  #refuse(reason: string): boolean {
    this.ms = -1
    this.ns = 0
    this.reason = reason
    return false
  }
}

/** `2026-08-11T01:15:15.566273000Z`, or empty for -1. */
export function timeText(ms: number, ns: number): string {
  if (ms < 0) return ''
  return `${new Date(ms).toISOString().slice(0, -1)}${String(ns).padStart(6, '0')}Z`
}

/** Nanoseconds since 1970, or -1n for none. */
export const timeNanos = (ms: number, ns: number): bigint =>
  ms < 0 ? -1n : BigInt(ms) * 1_000_000n + BigInt(ns)

const NINE = 0x76767676

/** The number of four digits, each in its byte, the first one in the lowest. */
function four(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff
  return (pairs & 0xff) * 100 + (pairs >>> 16)
}

/** From the number of digits before the point; 11 digits of seconds are the year 5138. */
const guess = (digits: number): number =>
  digits <= 11 ? UNIT.s : digits <= 14 ? UNIT.ms : digits <= 17 ? UNIT.us : UNIT.ns

/** The two digits at `p` as a number, or NaN. */
function two(b: Uint8Array, p: number): number {
  const tens = b[p]! - 0x30
  const ones = b[p + 1]! - 0x30
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** `Z`, `+02:00`, `+0200` or `+02` from `p` to `end`, in milliseconds, or NaN. */
function offsetMs(b: Uint8Array, p: number, end: number): number {
  if (p >= end) return Number.NaN
  const sign = b[p]!
  if (sign === 0x5a || sign === 0x7a) return p + 1 === end ? 0 : Number.NaN
  if (sign !== 0x2b && sign !== 0x2d) return Number.NaN
  const colon = b[p + 3] === 0x3a ? 1 : 0
  const hours = two(b, p + 1)
  const minutes = p + 3 === end ? 0 : two(b, p + 3 + colon)
  const isWhole = p + 3 === end || p + 5 + colon === end
  if (!isWhole || !(hours <= 23 && minutes <= 59)) return Number.NaN
  return (sign === 0x2d ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

/** Days from 1970-01-01 to a day of the Gregorian calendar (Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysBefore(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function afterDigits(b: Uint8Array, p: number, end: number): number {
  while (p < end && b[p]! >= 0x30 && b[p]! <= 0x39) p++
  return p
}

/** The exponent from `p` to `end`, or NaN. */
function exponentAt(b: Uint8Array, p: number, end: number): number {
  if ((b[p]! | 0x20) !== 0x65) return Number.NaN
  p++
  const isNegative = b[p] === 0x2d
  if (p < end && (isNegative || b[p] === 0x2b)) p++
  if (p >= end || end - p > 3) return Number.NaN
  let value = 0
  for (; p < end; p++) {
    const digit = b[p]! - 0x30
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return isNegative ? -value : value
}
