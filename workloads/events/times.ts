// Times of an archive's texts as the two numbers of a market event, and UTC days.

/** Milliseconds since 1970, and the nanoseconds within. */
export type Time = { readonly ms: number; readonly ns: number }

export const isBefore = (a: Time, b: Time): boolean => a.ms < b.ms || (a.ms === b.ms && a.ns < b.ns)

/** Of a receive time as lines and manifests have it: RFC 3339 with nine decimals, UTC. */
export const timeOf = (text: string): Time => ({
  ms: Date.parse(`${text.slice(0, 23)}Z`),
  ns: Number(text.slice(23, 29)),
})

const DAY_MS = 86_400_000
const MIDNIGHT = 'T00:00:00.000000000Z'

export const startOf = (day: string): string => `${day}${MIDNIGHT}`

/** The midnight that ends a day. */
export const endOf = (day: string): string =>
  startOf(new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10))

/** The first time that begins with a text such as `2026-11-24T15:30`. */
export function padded(text: string): string {
  if (text.length >= 30) return text
  const known = text.replace(/Z$/, '')
  return `${known}${'0000-01-01T00:00:00.000000000Z'.slice(known.length)}`
}

/** The later of two times in text. */
export const later = (a: string, b: string): string => (b > a ? b : a)
