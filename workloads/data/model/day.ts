// Days and times as a person types them, always UTC: `today`, `latest`, `15:04`. Pure.

import { usageError } from '#crds/errors.ts'
import { utcDay } from '#crds/rfc3339.ts'

/** A day as typed; `latest` is the last of the days there are. */
export function resolveDay(text: string, nowMs: number, days: readonly string[]): string {
  if (text === 'today') return utcDay(nowMs)
  if (text === 'latest') return days.toSorted().at(-1) ?? utcDay(nowMs)
  const parsed = Date.parse(`${text}T00:00:00Z`)
  // 2026-02-30 is read as 2 March by some: only what comes back the same is a day.
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(parsed) || utcDay(parsed) !== text)
    throw usageError(
      `${JSON.stringify(text)} is not a day`,
      'write 2026-11-24, today or latest; days are UTC'
    )
  return text
}

/**
 * A time of a day as the beginning of a receive time, such as `2026-11-24T15:04`: lines compare with it as texts.
 * Takes a time of day, or RFC 3339 with any offset.
 */
export function resolveTime(text: string, day: string): string {
  const time = /^(\d{2}):(\d{2})(:(\d{2})(\.\d{1,9})?)?Z?$/.exec(text)
  if (time && Number(time[1]) < 24 && Number(time[2]) < 60 && Number(time[4] ?? 0) < 60)
    return `${day}T${text.replace(/Z$/, '')}`
  const utc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?Z$/.test(text)
  const parsed = Date.parse(text)
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(parsed))
    throw usageError(
      `${JSON.stringify(text)} is not a time`,
      'write 15:04, 15:04:05 or 2026-11-24T15:04:05Z; times are UTC'
    )
  // An instant with nanoseconds keeps them; another offset is turned into UTC.
  return (utc ? text : new Date(parsed).toISOString()).replace(/Z$/, '')
}

/** The next day: of 2026-02-28 it is 2026-03-01. */
export const dayAfter = (day: string): string => utcDay(Date.parse(`${day}T00:00:00Z`) + 86_400_000)
