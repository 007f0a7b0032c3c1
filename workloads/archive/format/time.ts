// Unix nanoseconds to text and back without a Date, so no digit is lost. The text has a fixed width of 30 characters, so it
// sorts in time order.

import { NANOS_PER_SECOND } from '#crds/rfc3339.ts'

export const SECONDS_PER_DAY = 86_400

/** UInt64 nanoseconds end in the year 2554: four digits are always enough. */
const FORM = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})\.(\d{9})Z$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** `2026-11-24T15:01:02`: what all records of a second share. */
export function formatSecond(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 19)
}

/** Nanoseconds of a text made by `rfc3339`, or undefined if it is none. */
export function parseNanos(text: string): bigint | undefined {
  const match = FORM.exec(text)
  if (!match) return undefined
  const ms = Date.parse(`${text.slice(0, 19)}Z`)
  if (Number.isNaN(ms) || formatSecond(ms / 1000) !== text.slice(0, 19)) return undefined
  return BigInt(ms / 1000) * NANOS_PER_SECOND + BigInt(match[5]!)
}

/** UTC day of a unix second. */
export const dayOfSecond = (second: number): string => formatSecond(second).slice(0, 10)

export const dayOfNanos = (nanos: bigint): string => dayOfSecond(Number(nanos / NANOS_PER_SECOND))

/** True for a day that exists, such as 2024-02-29, and for nothing else. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

/** First unix second of a day. */
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000

export const dayAfter = (day: string): string => dayOfSecond(startOfDay(day) + SECONDS_PER_DAY)

export const minNanos = (a: bigint, b: bigint): bigint => (b < a ? b : a)
export const maxNanos = (a: bigint, b: bigint): bigint => (b > a ? b : a)

/** The earlier of two times in text. */
export const earlier = (a: string, b: string): string => (b < a ? b : a)
/** The later of two times in text. */
export const later = (a: string, b: string): string => (b > a ? b : a)
