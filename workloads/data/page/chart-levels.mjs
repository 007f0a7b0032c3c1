// How finely a chart is drawn: bars of the width that its pixels can show, single trades and quotes only when near. A whole
// day is 1,440 bars however many trades it had. Pure.

export const DAY_MS = 86_400_000

/**
 * `barMs`: 0 for single events. `tileMs`: what is asked for in one answer. `spanMs`: up to which width it is drawn.
 * @typedef {{ readonly barMs: number, readonly interval: string, readonly tileMs: number, readonly spanMs: number }} Level
 */

/** From near to far. @type {readonly Level[]} */
export const LEVELS = [
  { barMs: 0, interval: '', tileMs: 120_000, spanMs: 180_000 },
  { barMs: 1000, interval: '1s', tileMs: 1_800_000, spanMs: 2_400_000 },
  { barMs: 10_000, interval: '10s', tileMs: 14_400_000, spanMs: 18_000_000 },
  { barMs: 60_000, interval: '1m', tileMs: DAY_MS, spanMs: Number.POSITIVE_INFINITY },
]
/** Loaded first, and shown while a finer one is on its way. */
export const COARSE = LEVELS.length - 1
/** Rows of one answer: more trades than this in two minutes are drawn as bars of a second. */
export const MOST_EVENTS = 20_000

/** @param {number} spanMs */
export const levelFor = (spanMs) => LEVELS.findIndex((level) => spanMs <= level.spanMs)

/**
 * The tiles that cover a time, by number from the start of the day.
 * @param {Level} level
 * @param {number} fromMs since the start of the day
 * @param {number} toMs
 */
export function tilesOf({ tileMs }, fromMs, toMs) {
  const first = Math.max(0, Math.floor(fromMs / tileMs))
  const last = Math.min(Math.ceil(DAY_MS / tileMs), Math.max(first + 1, Math.ceil(toMs / tileMs)))
  return Array.from({ length: last - first }, (_, i) => first + i)
}

/** @typedef {(number | null)[]} Values */
/**
 * Columns of a chart: times in ms since 1970, and for bars open, high, low, close; for single events the price is `close`,
 * and `bid` and `ask` hold until the next ones.
 * @typedef {{ x: number[], open: Values, high: Values, low: Values, close: Values, bid: Values, ask: Values, volume: Values, trades: Values }} Columns
 */

const NAMES = /** @type {const} */ ([
  'open',
  'high',
  'low',
  'close',
  'bid',
  'ask',
  'volume',
  'trades',
])

/** @returns {Columns} */
export const noColumns = () => ({
  x: [],
  ...Object.fromEntries(NAMES.map((name) => [name, []])),
  .../** @type {any} */ ({}),
})

/** @param {unknown} value decimal text, a number, or null */
const number = (value) =>
  value === null || value === undefined || value === '' ? null : Number(value)

/**
 * @param {readonly any[]} rows of /v1/bars
 * @returns {Columns}
 */
export function barColumns(rows) {
  const columns = noColumns()
  for (const row of rows) {
    columns.x.push(Date.parse(row.time))
    for (const name of NAMES) columns[name].push(number(row[name]))
  }
  return columns
}

/**
 * @param {readonly any[]} rows trades and quotes of /v1/events, in their order
 * @returns {Columns}
 */
export function eventColumns(rows) {
  const columns = noColumns()
  for (const row of rows) {
    const x = Date.parse(row.recv)
    // A chart needs times that never go back; events of one millisecond share a place.
    columns.x.push(Math.max(x, columns.x.at(-1) ?? x))
    for (const name of NAMES) columns[name].push(null)
    const at = columns.x.length - 1
    if (row.event === 'trade') {
      columns.close[at] = number(row.price)
      columns.volume[at] = number(row.size)
      columns.trades[at] = 1
    } else if (row.event === 'quote') {
      columns.bid[at] = number(row.bid)
      columns.ask[at] = number(row.ask)
    }
  }
  return columns
}

/**
 * Tiles end to end; at each gap a place without values breaks the line, so that no line is drawn over what is missing.
 * @param {readonly Columns[]} tiles
 * @param {readonly { readonly fromMs: number, readonly toMs: number }[]} gaps sorted
 * @returns {Columns}
 */
export function joinColumns(tiles, gaps) {
  const joined = noColumns()
  let gap = 0
  const add = (
    /** @type {number} */ x,
    /** @type {Columns | null} */ from,
    /** @type {number} */ i
  ) => {
    joined.x.push(x)
    for (const name of NAMES) joined[name].push(from === null ? null : (from[name][i] ?? null))
  }
  for (const tile of tiles) {
    for (const [i, x] of tile.x.entries()) {
      const last = joined.x.at(-1)
      while (gap < gaps.length && (gaps[gap]?.fromMs ?? 0) < x) {
        const at = gaps[gap]?.fromMs ?? 0
        const before = joined.x.at(-1)
        if (last !== undefined && before !== undefined && at > before) add(at, null, 0)
        gap++
      }
      add(x, tile, i)
    }
  }
  return joined
}

/**
 * A time of the day as an address has it: `09:30:00` or `09:30:00.123`.
 * @param {string | undefined} text
 * @returns {number | null} ms since the start of the day
 */
export function readClock(text) {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?$/.exec(text ?? '')
  if (match === null) return null
  const [, h, m, s = '0', fraction = ''] = match
  const ms = (Number(h) * 3600 + Number(m) * 60 + Number(s)) * 1000 + Number(`0${fraction}`) * 1000
  return ms <= DAY_MS ? ms : null
}

/** @param {number} ms since the start of the day */
export function writeClock(ms) {
  if (ms >= DAY_MS) return '24:00:00'
  const text = new Date(Math.max(0, Math.round(ms))).toISOString().slice(11, 23)
  return text.endsWith('.000') ? text.slice(0, 8) : text
}
