// Times and days as parameters give them, as texts that compare with receive times. Pure.

import { usageError } from '#crds/errors.ts'
import { utcDay } from '#crds/rfc3339.ts'
import type { Parameters } from './query.ts'

/** Receive times, inclusive and exclusive: 30 characters each, as lines have them. */
export type Interval = { readonly from?: string; readonly to?: string }

const TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?([Zz]|[+-]\d{2}:?\d{2})$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const HINT = 'write a day such as 2026-11-24, or RFC 3339 such as 2026-11-24T15:04:05Z'

/** `2026-11-24` and RFC 3339 with any offset as `2026-11-24T15:04:05.123456789Z`. Throws SSMD_E_USAGE, which names the parameter. */
export function instantOf(name: string, text: string): string {
  if (DAY.test(text)) {
    const ms = Date.parse(`${text}T00:00:00Z`)
    if (!Number.isNaN(ms) && utcDay(ms) === text) return `${text}T00:00:00.000000000Z`
  }
  const match = TIME.exec(text)
  const [, day = '', minute = '', second = ':00', fraction = '', offset = 'Z'] = match ?? []
  const zone = offset.toUpperCase()
  const local = Date.parse(`${day}T${minute}${second}Z`)
  const ms = Date.parse(`${day}T${minute}${second}${zone}`)
  // 2026-02-30 is read as 2 March by some: only what comes back the same is a time.
  const isTime =
    match !== null &&
    !Number.isNaN(local) &&
    !Number.isNaN(ms) &&
    new Date(local).toISOString().startsWith(`${day}T${minute}${second}`)
  if (!isTime) throw usageError(`${name} cannot be ${JSON.stringify(text.slice(0, 100))}`, HINT)
  return `${new Date(ms).toISOString().slice(0, 19)}.${fraction.slice(1).padEnd(9, '0')}Z`
}

/** What `from` and `to` say. Throws SSMD_E_USAGE. */
export function intervalOf({ from, to }: Parameters): Interval {
  const start = from === undefined ? undefined : instantOf('from', String(from))
  const end = to === undefined ? undefined : instantOf('to', String(to))
  if (start !== undefined && end !== undefined && start >= end) {
    throw usageError(
      `from ${from} is not before to ${to}`,
      'to is exclusive: the day 2026-11-24 is from=2026-11-24 to=2026-11-25'
    )
  }
  return {
    ...(start === undefined ? {} : { from: start }),
    ...(end === undefined ? {} : { to: end }),
  }
}

/** The day behind a day. */
export const nextDay = (day: string): string => utcDay(Date.parse(`${day}T00:00:00Z`) + 86_400_000)
