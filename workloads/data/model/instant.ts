// Times and days that a caller writes, read without a Date for the digits: no nanosecond is lost, and no day that does not exist passes.

import { utcDay } from '#crds/rfc3339.ts'
import { TimeReader, timeText } from '#market/time.ts'

/** The longest there is: `2026-11-24T15:01:02.123456789+01:00`. */
const LONGEST = 35

/** True for a day that exists, such as 2024-02-29, and for nothing else. */
export function isRealDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const ms = Date.parse(`${text}T00:00:00Z`)
  // 2026-02-30 is read as 2 March by some engines: only what comes back the same is a day.
  return !Number.isNaN(ms) && utcDay(ms) === text
}

/** RFC 3339 with any offset, or a day, which is its first moment: `2026-11-24T15:01:02.123456789Z`; undefined if it is neither. */
export function readInstant(text: string): string | undefined {
  if (text.length > LONGEST) return undefined
  if (isRealDay(text)) return `${text}T00:00:00.000000000Z`
  // A blank for the T is what a plus sign becomes in a URL: only RFC 3339 itself is taken.
  if (!/^\d{4}-\d{2}-\d{2}[Tt]/.test(text)) return undefined
  const bytes = Buffer.from(text, 'latin1')
  const reader = new TimeReader()
  if (!reader.iso(bytes, 0, bytes.length) || reader.ms < 0) return undefined
  return timeText(reader.ms, reader.ns)
}
