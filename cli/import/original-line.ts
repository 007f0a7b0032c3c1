// What a line of the original's archive says: whether it is a frame, and when it was received. The bytes stay as they are. Pure.

import { isUtf8 } from 'node:buffer'
import { fieldsOf, isFields } from './note.ts'

export type OriginalLine = {
  /** `_received_at` of the original's archiver, nanoseconds; null if the line has none. */
  readonly recv: bigint | null
  /** `ts` of the frame or of its `msg`, nanoseconds: the time of the original's own schemas; null if it has none. */
  readonly ts: bigint | null
}

/** Undefined if the line is no JSON. */
export function readOriginalLine(line: Buffer): OriginalLine | undefined {
  if (!isUtf8(line)) return undefined
  let value: unknown
  try {
    value = JSON.parse(line.toString('utf8'))
  } catch {
    return undefined
  }
  // Microseconds; a frame that happens to have such a field of its own is told by its size.
  const at = isFields(value) ? value._received_at : undefined
  const isMicros = Number.isSafeInteger(at) && Number(at) >= 1e15 && Number(at) < 1e16
  return { recv: isMicros ? BigInt(at as number) * 1000n : null, ts: tsOf(value) }
}

/** Seconds, or RFC 3339 as later frames have it. */
function tsOf(value: unknown): bigint | null {
  const { ts } = fieldsOf(fieldsOf(value).msg ?? value)
  if (Number.isSafeInteger(ts) && Number(ts) >= 1e9 && Number(ts) < 1e10) {
    return BigInt(ts as number) * 1_000_000_000n
  }
  const ms = typeof ts === 'string' ? Date.parse(ts) : Number.NaN
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n
}

/** The minute that the name of a file says, nanoseconds. */
export function minuteOf(day: string, file: string): bigint {
  const at = Date.parse(`${day}T${file.slice(0, 2)}:${file.slice(2, 4)}:00Z`)
  return BigInt(Number.isNaN(at) ? Date.parse(`${day}T00:00:00Z`) : at) * 1_000_000n
}

const HOUR = 3_600_000_000_000n

/** A frame's own time may be the receive time only if it is near the file's: a frame may tell of another day. */
export const isNear = (time: bigint, minute: bigint): boolean =>
  time > minute - HOUR && time < minute + 25n * HOUR
