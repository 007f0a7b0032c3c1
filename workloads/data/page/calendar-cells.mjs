// Where a day of a feed stands in the calendar, what is found at a point, and what a day is: captured, quiet, broken, or
// not captured. Pure, so that 7,300 cells need no elements.

import { bytes, count, counted, dayPlus, duration, longDay, short } from './format.mjs'

/**
 * A day of a feed, as /v1/coverage has it.
 * @typedef {{
 *   readonly feed: string
 *   readonly day: string
 *   readonly state: string
 *   readonly condition: string | null
 *   readonly simulated: boolean | null
 *   readonly imported?: boolean | null
 *   readonly records: number | null
 *   readonly bytes: number | null
 *   readonly gaps: number | null
 *   readonly gapSeconds?: string | null
 *   readonly gapShare?: string | null
 *   readonly trades?: number | null
 * }} Coverage
 */

/** @typedef {'none' | 'quiet' | 'whole' | 'pending' | 'broken' | 'lost' | 'damaged'} CellKind */

/** @typedef {{ kind: CellKind, share: number, simulated: boolean }} Cell `share`: of a broken day, how much is lost. */

/** @type {Cell} */
export const NOT_CAPTURED = { kind: 'none', share: 0, simulated: false }

/**
 * Red is for known gaps alone: a day without trades is captured, and a day without a manifest is not.
 * @param {Coverage} day
 * @returns {Cell}
 */
export function cellOf(day) {
  const simulated = day.simulated === true
  if (day.state === 'damaged') return { kind: 'damaged', share: 0, simulated }
  if (day.condition === 'missing') return { kind: 'lost', share: 1, simulated }
  if (day.state === 'not-captured') return NOT_CAPTURED
  if (day.condition === 'degraded' || (day.gaps ?? 0) > 0)
    return { kind: 'broken', share: Number(day.gapShare ?? 0), simulated }
  if (day.state === 'no-trades' || day.records === 0) return { kind: 'quiet', share: 0, simulated }
  return { kind: day.condition === 'pending' ? 'pending' : 'whole', share: 0, simulated }
}

/**
 * @typedef {{
 *   readonly days: readonly string[]
 *   readonly x: readonly number[]
 *   readonly months: readonly { readonly x: number, readonly width: number, readonly day: string }[]
 *   readonly pitch: number
 *   readonly space: number
 *   readonly width: number
 * }} Layout
 */

export const ROW = 28
const BAR = 18
export const barTop = (/** @type {number} */ row) => row * ROW + (ROW - BAR) / 2
export const BAR_HEIGHT = BAR
const MONTH_GAP = 4
const LEAST = 2.4
const MOST = 16

/**
 * @param {string} from
 * @param {string} to inclusive
 * @param {number} room in pixels
 * @returns {Layout}
 */
export function layoutOf(from, to, room) {
  /** @type {string[]} */
  const days = []
  for (let day = from; day <= to; day = dayPlus(day, 1)) days.push(day)
  const borders = days.filter((day, i) => i > 0 && day.endsWith('-01')).length
  const wide = (room - borders * MONTH_GAP) / Math.max(1, days.length)
  // Narrow cells fill the room exactly, a pixel more or less each; wide ones are all equal.
  const pitch = wide < 5 ? Math.max(LEAST, wide) : Math.min(MOST, Math.floor(wide))
  const space = pitch >= 7 ? 2 : pitch >= 5 ? 1 : 0
  /** @type {number[]} */
  const x = []
  /** @type {{ x: number, width: number, day: string }[]} */
  const months = []
  let start = 0
  for (const [i, day] of days.entries()) {
    const isFirst = i === 0 || day.endsWith('-01')
    if (isFirst && i > 0) start += MONTH_GAP
    const at = start + Math.round(i * pitch)
    if (isFirst) months.push({ x: at, width: 0, day })
    x.push(at)
    const month = months.at(-1)
    if (month !== undefined) month.width = start + Math.round((i + 1) * pitch) - month.x
  }
  const last = months.at(-1)
  return { days, x, months, pitch, space, width: last === undefined ? 0 : last.x + last.width }
}

/**
 * How wide a day is drawn.
 * @param {Layout} layout
 * @param {number} i
 */
export function cellWidth({ days, x, pitch, space }, i) {
  const next = days[i + 1]
  const isLast = next === undefined || next.endsWith('-01')
  return (isLast ? Math.round(pitch) : (x[i + 1] ?? 0) - (x[i] ?? 0)) - space
}

/**
 * The number of the day at `x`, or the nearest; -1 without days.
 * @param {Layout} layout
 * @param {number} x
 */
export function dayAt({ x: places, pitch }, x) {
  let [low, high] = [0, places.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((places[middle] ?? 0) <= x) low = middle
    else high = middle - 1
  }
  const next = places[low + 1]
  return next !== undefined && x > (places[low] ?? 0) + pitch && next - x < 3 ? low + 1 : low
}

/**
 * The period shown: whole months, up to and with the month of `to`; an archive that is young still shows a quarter.
 * @param {string} to
 * @param {number} months
 */
export function period(to, months) {
  const first = new Date(`${to.slice(0, 7)}-01T00:00:00Z`)
  const from = new Date(first)
  from.setUTCMonth(from.getUTCMonth() - months + 1)
  const end = new Date(first)
  end.setUTCMonth(end.getUTCMonth() + 1)
  return {
    from: from.toISOString().slice(0, 10),
    to: dayPlus(end.toISOString().slice(0, 10), -1),
  }
}

/**
 * A day in words, for the line below the calendar and for screen readers.
 * @param {string} feed
 * @param {string} day
 * @param {Coverage | undefined} found
 * @param {string} today
 */
export function sayDay(feed, day, found, today) {
  const title = `${feed}, ${longDay(day)}`
  const kind = found === undefined ? 'none' : cellOf(found).kind
  if (found === undefined || kind === 'none')
    return `${title}: ${day > today ? 'still to come' : 'not captured'}`
  if (kind === 'damaged') return `${title}: it cannot be read; see ssmd data verify`
  const records = found.records ?? 0
  const parts = [found.condition ?? found.state]
  if (found.simulated) parts.push('simulated')
  if (found.imported) parts.push('imported')
  if (kind === 'quiet') parts.push('captured, no trades')
  parts.push(`${records < 1e6 ? count(records) : short(records)} records`)
  parts.push(bytes(found.bytes))
  if (found.gaps) parts.push(sayGaps(found.gaps, found.gapSeconds))
  return `${title}: ${parts.join(' · ')}`
}

/**
 * `2 gaps, 3.1 s`
 * @param {number} gaps
 * @param {string | null | undefined} seconds
 */
export const sayGaps = (gaps, seconds) =>
  seconds ? `${counted(gaps, 'gap')}, ${duration(Number(seconds) * 1000)}` : counted(gaps, 'gap')
