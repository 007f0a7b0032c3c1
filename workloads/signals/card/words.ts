// How numbers of a card are written for people. What cannot be said is a dash.

const DASH = '–'

/** 1234567 as `1,234,567`, the same in every locale. */
export function whole(value: number): string {
  let digits = String(Math.abs(Math.round(value)))
  let text = ''
  for (; digits.length > 3; digits = digits.slice(0, -3)) text = `,${digits.slice(-3)}${text}`
  return `${Math.round(value) < 0 ? '-' : ''}${digits}${text}`
}

/** Four digits that count at most, and no exponent. */
export function short(value: number | null): string {
  if (value === null) return DASH
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1000) return whole(value)
  return String(Number(value.toFixed(Math.min(6, Math.max(0, 3 - Math.floor(Math.log10(size)))))))
}

export const percent = (share: number | null): string =>
  share === null ? DASH : `${(100 * share).toFixed(1)} %`

/** With a sign, because it may be a loss. */
export const signed = (value: number | null): string =>
  value === null ? DASH : `${value > 0 ? '+' : ''}${short(value)}`

export const money = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(2)}`

export function span(seconds: number | null): string {
  if (seconds === null) return DASH
  if (seconds < 120) return `${short(seconds)} s`
  if (seconds < 7200) return `${(seconds / 60).toFixed(1)} min`
  if (seconds < 172_800) return `${(seconds / 3600).toFixed(1)} h`
  return `${(seconds / 86_400).toFixed(1)} days`
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`

/** 2026-11-24 12:00:00 */
export const moment = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
