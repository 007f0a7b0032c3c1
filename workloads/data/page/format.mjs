// Numbers, sizes, times and durations as the page shows them: always with their unit, always UTC. Pure.

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const RATE = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })
const WEEKDAY = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const MONTH = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' })
/** What stands where a number is unknown. */
export const NONE = '–'

/** @param {number | null | undefined} value */
export const count = (value) => (value == null ? NONE : WHOLE.format(value))

/**
 * `1 gap`, `2 gaps`.
 * @param {number} value
 * @param {string} noun
 */
export const counted = (value, noun) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

const STEPS = /** @type {const} */ ([
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
])

/**
 * Three digits and a decimal prefix: `2.31 M`, `812`.
 * @param {number | null | undefined} value
 */
export function short(value) {
  if (value == null) return NONE
  for (const [size, prefix] of STEPS)
    if (Math.abs(value) >= size * 0.9995) return `${RATE.format(value / size)} ${prefix}`
  return RATE.format(value)
}

/** @param {number | null | undefined} value */
export function bytes(value) {
  if (value == null) return NONE
  const text = short(value)
  return /[A-Za-z]$/.test(text) ? `${text}B` : `${text} B`
}

/** @param {number | null | undefined} ms */
export function duration(ms) {
  if (ms == null || Number.isNaN(ms)) return NONE
  if (ms < 1000) return `${RATE.format(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return pair(minutes, 'min', Math.floor(seconds % 60), 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return pair(hours, 'h', minutes % 60, 'min')
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/**
 * @param {number} large
 * @param {string} unit
 * @param {number} small
 * @param {string} part
 */
const pair = (large, unit, small, part) =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${part}`

/**
 * The time of day of an RFC 3339 time, with as many digits of the second.
 * @param {string | null | undefined} time
 */
export function clock(time, digits = 0) {
  if (time == null || time === '') return NONE
  const text = time.slice(11).replace(/Z$/, '')
  const [whole = '', fraction = ''] = text.split('.')
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0').slice(0, digits)}`
}

/**
 * @param {number} ms since 1970
 */
export const clockOf = (ms, digits = 0) => clock(new Date(ms).toISOString(), digits)

/**
 * `Mon, 30 Nov 2026`
 * @param {string} day
 */
export const longDay = (day) => WEEKDAY.format(Date.parse(`${day}T00:00:00Z`))

/**
 * `Nov`
 * @param {string} day
 */
export const monthName = (day) => MONTH.format(Date.parse(`${day.slice(0, 7)}-01T00:00:00Z`))

/**
 * The day a number of days later.
 * @param {string} day
 * @param {number} days
 */
export const dayPlus = (day, days) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** @param {number} nowMs */
export const dayOf = (nowMs) => new Date(nowMs).toISOString().slice(0, 10)

/**
 * How long between two RFC 3339 times; null while it lasts.
 * @param {string} from
 * @param {string | null} to
 */
export const between = (from, to) => (to === null ? null : Date.parse(to) - Date.parse(from))
