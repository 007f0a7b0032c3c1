// Where a day of a feed stands in the calendar, what is found at a point, and what a day is: captured, quiet, broken, or
// not captured. Pure, so that 7,300 cells need no elements.

import { bytes, count, counted, dayPlus, duration, longDay, short } from './format.mjs'

/**
 * A day of a feed that an archive has a manifest of.
 * @typedef {{
 *   readonly feed: string
 *   readonly day: string
 *   readonly condition: string
 *   readonly simulated: boolean
 *   readonly records: number
 *   readonly bytes: number
 *   readonly gaps: number
 *   readonly gapSeconds?: number | null
 *   readonly trades?: number | null
 * }} Coverage
 */

/** @typedef {'none' | 'quiet' | 'whole' | 'pending' | 'broken' | 'lost'} CellKind */

/** @typedef {{ kind: CellKind, share: number, simulated: boolean }} Cell `share`: of a broken day, how much is lost. */

/** @type {Cell} */
export const NOT_CAPTURED = { kind: 'none', share: 0, simulated: false }

/**
 * Red is for known gaps alone: a day without trades is captured, and a day without a manifest is not.
 * @param {Coverage} day
 * @returns {Cell}
 */
export function cellOf(day) {
  const { simulated } = day
  const lost = Math.min(1, (day.gapSeconds ?? 0) / 86_400)
  if (day.condition === 'missing') return { kind: 'lost', share: 1, simulated }
  if (day.condition === 'degraded' || day.gaps > 0)
    return { kind: 'broken', share: lost, simulated }
  if (day.records === 0 || day.trades === 0) return { kind: 'quiet', share: 0, simulated }
  return { kind: day.condition === 'pending' ? 'pending' : 'whole', share: 0, simulated }
}

/**
 * @typedef {{
 *   readonly days: readonly string[]
 *   readonly x: readonly number[]
 *   readonly months: readonly { readonly x: number, readonly width: number, readonly day: string }[]
 *   readonly cell: number
 *   readonly width: number
 * }} Layout
 */

export const ROW = 28
const BAR = 18
export const barTop = (/** @type {number} */ row) => row * ROW + (ROW - BAR) / 2
export const BAR_HEIGHT = BAR
const MONTH_GAP = 4
const LEAST = 3
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
  const pitch = Math.min(
    MOST,
    Math.max(LEAST, Math.floor((room - borders * MONTH_GAP) / Math.max(1, days.length)))
  )
  const space = pitch >= 7 ? 2 : pitch >= 5 ? 1 : 0
  /** @type {number[]} */
  const x = []
  /** @type {{ x: number, width: number, day: string }[]} */
  const months = []
  let at = 0
  for (const [i, day] of days.entries()) {
    if (i > 0 && day.endsWith('-01')) at += MONTH_GAP
    if (i === 0 || day.endsWith('-01')) months.push({ x: at, width: 0, day })
    x.push(at)
    at += pitch
    const month = months.at(-1)
    if (month !== undefined) month.width = at - month.x
  }
  return { days, x, months, cell: pitch - space, width: at }
}

/**
 * The number of the day at `x`, or the nearest; -1 without days.
 * @param {Layout} layout
 * @param {number} x
 */
export function dayAt({ x: places, cell }, x) {
  let [low, high] = [0, places.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((places[middle] ?? 0) <= x) low = middle
    else high = middle - 1
  }
  const next = places[low + 1]
  return next !== undefined && x > (places[low] ?? 0) + cell && next - x < 3 ? low + 1 : low
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
  if (found === undefined) return `${title}: ${day > today ? 'still to come' : 'not captured'}`
  const parts = [found.condition]
  if (found.simulated) parts.push('simulated')
  if (cellOf(found).kind === 'quiet')
    parts.push(found.records === 0 ? 'captured, no records' : 'captured, no trades')
  parts.push(`${found.records < 1e6 ? count(found.records) : short(found.records)} records`)
  parts.push(bytes(found.bytes))
  if (found.gaps > 0)
    parts.push(
      found.gapSeconds
        ? `${counted(found.gaps, 'gap')}, ${duration(found.gapSeconds * 1000)}`
        : counted(found.gaps, 'gap')
    )
  return `${title}: ${parts.join(' · ')}`
}
