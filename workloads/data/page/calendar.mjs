// The coverage calendar, feed × day: one canvas for any number of days, and one focusable cell that moves over it with the
// arrow keys, so that it reads as a grid.

import {
  BAR_HEIGHT,
  barTop,
  cellOf,
  cellWidth,
  dayAt,
  layoutOf,
  NOT_CAPTURED,
  ROW,
  sayDay,
} from './calendar-cells.mjs'
import { begin, colorOf, stripes, useDrawing, useWidth } from './canvas.mjs'
import { monthName } from './format.mjs'
import { html, useEffect, useMemo, useRef, useState } from './lib.mjs'
import { linkTo } from './route.mjs'

/** @typedef {import('./calendar-cells.mjs').Coverage} Coverage */
/** @typedef {{ row: number, column: number }} Place */

/**
 * @param {{
 *   feeds: readonly string[]
 *   coverage: readonly Coverage[]
 *   from: string
 *   to: string
 *   today: string
 *   simulated: boolean
 * }} props
 */
export function Calendar({ feeds, coverage, from, to, today, simulated }) {
  const [room, width] = useWidth()
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null))
  const layout = useMemo(() => layoutOf(from, to, Math.max(0, width)), [from, to, width])
  const byPlace = useMemo(
    () => new Map(coverage.map((day) => [`${day.feed}/${day.day}`, day])),
    [coverage]
  )
  const [place, setPlace] = useState(/** @type {Place | null} */ (null))
  const last = useMemo(() => latestOf(layout.days, coverage, today), [layout, coverage, today])
  const here = place ?? { row: 0, column: last }
  const find = (/** @type {Place} */ { row, column }) =>
    byPlace.get(`${feeds[row]}/${layout.days[column]}`)
  const say = (/** @type {Place} */ at) =>
    sayDay(feeds[at.row] ?? '', layout.days[at.column] ?? today, find(at), today)
  const canvas = useDrawing(
    (element) => drawCalendar(element, layout, feeds, byPlace, today),
    [layout, feeds, byPlace, today]
  )
  // The latest day is in sight first.
  useEffect(() => {
    scroller.current?.scrollTo({ left: scroller.current.scrollWidth })
  }, [layout])
  const placeOf = (/** @type {MouseEvent} */ event) => {
    const box = canvas.current?.getBoundingClientRect()
    if (box === undefined) return null
    const row = Math.floor((event.clientY - box.top) / ROW)
    const column = dayAt(layout, event.clientX - box.left)
    return row < 0 || row >= feeds.length || column < 0 ? null : { row, column }
  }
  const open = (/** @type {Place | null} */ at) => {
    const day = at && find(at)
    if (day && cellOf(day).kind !== 'none') location.hash = linkTo([day.feed, day.day])
  }
  const move = (/** @type {Place} */ to) => {
    const row = Math.min(feeds.length - 1, Math.max(0, to.row))
    const column = Math.min(layout.days.length - 1, Math.max(0, to.column))
    setPlace({ row, column })
    const x = layout.x[column] ?? 0
    const box = scroller.current
    if (box === null) return
    if (x < box.scrollLeft) box.scrollLeft = x - 40
    else if (x > box.scrollLeft + box.clientWidth - 20) box.scrollLeft = x - box.clientWidth + 40
  }
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const to = keyMove(event.key, here, layout.days.length)
    if (event.key === 'Enter' || event.key === ' ') open(here)
    else if (to !== null) move(to)
    else return
    event.preventDefault()
  }
  const cellX = layout.x[here.column] ?? 0
  return html`
    <div class="calendar">
      <ul class="calendar-feeds" aria-label="Feeds">
        ${feeds.map((feed) => html`<li key=${feed}><a href=${linkTo([feed])}>${feed}</a></li>`)}
      </ul>
      <div class="calendar-room" ref=${room}>
        <div class="calendar-scroll" ref=${scroller}>
          <div class="calendar-months" aria-hidden="true" style=${{ width: `${layout.width}px` }}>
            ${layout.months.map(
              ({ x, width: wide, day }) => html`
                <span key=${day} style=${{ left: `${x}px`, width: `${wide}px` }}>
                  ${wide < 24 ? '' : monthName(day)}
                  ${(day.slice(5, 7) === '01' || x === 0) && wide > 60 && html` ${day.slice(0, 4)}`}
                </span>
              `
            )}
          </div>
          <div class="calendar-grid" role="grid" tabindex="0" aria-label="Coverage by feed and day"
            aria-rowcount=${feeds.length} aria-colcount=${layout.days.length}
            aria-activedescendant="calendar-cell" onKeyDown=${onKey}
            onClick=${(/** @type {MouseEvent} */ event) => open(placeOf(event))}
            onMouseMove=${(/** @type {MouseEvent} */ event) => setPlace(placeOf(event) ?? place)}
            style=${{ width: `${layout.width}px`, height: `${feeds.length * ROW}px` }}>
            <canvas ref=${canvas} aria-hidden="true"></canvas>
            <div role="row" aria-rowindex=${here.row + 1}>
              <div id="calendar-cell" class="calendar-cell" role="gridcell"
                aria-colindex=${here.column + 1} aria-label=${say(here)}
                style=${{
                  transform: `translate(${cellX - 3}px, ${barTop(here.row) - 3}px)`,
                  width: `${cellWidth(layout, here.column) + 6}px`,
                  height: `${BAR_HEIGHT + 6}px`,
                }}></div>
            </div>
          </div>
        </div>
      </div>
      <p class="calendar-said">${feeds.length > 0 && say(here)}</p>
      <${Legend} simulated=${simulated} />
    </div>
  `
}

/**
 * Where the calendar is entered: at the latest day that has something, or today.
 * @param {readonly string[]} days
 * @param {readonly Coverage[]} coverage
 * @param {string} today
 */
function latestOf(days, coverage, today) {
  const latest = coverage.reduce(
    (newest, day) => (day.condition && day.day > newest ? day.day : newest),
    ''
  )
  return Math.max(
    0,
    days.findLastIndex((day) => day <= (latest || today))
  )
}

/**
 * Where a key leads; null for keys that the calendar does not take.
 * @param {string} key
 * @param {Place} from
 * @param {number} days
 * @returns {Place | null}
 */
function keyMove(key, { row, column }, days) {
  if (key === 'ArrowLeft') return { row, column: column - 1 }
  if (key === 'ArrowRight') return { row, column: column + 1 }
  if (key === 'ArrowUp') return { row: row - 1, column }
  if (key === 'ArrowDown') return { row: row + 1, column }
  if (key === 'PageUp') return { row, column: column - 30 }
  if (key === 'PageDown') return { row, column: column + 30 }
  if (key === 'Home') return { row, column: 0 }
  if (key === 'End') return { row, column: days - 1 }
  return null
}

/** @param {{ simulated: boolean }} props */
const Legend = ({ simulated }) => html`
  <ul class="legend" aria-label="Legend">
    <li><i class="swatch is-whole"></i>captured</li>
    <li><i class="swatch is-pending"></i>still being written</li>
    <li><i class="swatch is-broken"></i>known gaps</li>
    <li><i class="swatch is-quiet"></i>captured, no trades</li>
    <li><i class="swatch is-none"></i>not captured</li>
    ${simulated && html`<li><i class="swatch is-whole is-striped"></i>striped: simulated</li>`}
  </ul>
`

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('./calendar-cells.mjs').Layout} layout
 * @param {readonly string[]} feeds
 * @param {ReadonlyMap<string, Coverage>} byPlace
 * @param {string} today
 */
function drawCalendar(canvas, layout, feeds, byPlace, today) {
  const context = begin(canvas, layout.width, feeds.length * ROW)
  const [whole, bad, quiet, none, damaged] = [
    '--cell',
    '--bad-fill',
    '--quiet',
    '--none',
    '--warm',
  ].map(colorOf)
  const simulated = stripes(context, colorOf('--stripe'))
  for (const [row, feed] of feeds.entries()) {
    const top = barTop(row)
    for (const [column, day] of layout.days.entries()) {
      const x = layout.x[column] ?? 0
      const wide = cellWidth(layout, column)
      const found = byPlace.get(`${feed}/${day}`)
      const { kind, share, simulated: made } = found === undefined ? NOT_CAPTURED : cellOf(found)
      if (kind === 'none') {
        context.fillStyle = none ?? ''
        if (day <= today) context.fillRect(x, top + BAR_HEIGHT / 2 - 1, wide, 2)
        continue
      }
      context.globalAlpha = kind === 'pending' ? 0.55 : 1
      const fills = { lost: bad, quiet, damaged, whole, pending: whole, broken: whole }
      context.fillStyle = fills[kind] ?? ''
      context.fillRect(x, top, wide, BAR_HEIGHT)
      context.globalAlpha = 1
      if (made) {
        context.fillStyle = simulated
        context.fillRect(x, top, wide, BAR_HEIGHT)
      }
      if (kind !== 'broken') continue
      // A short gap must not vanish: the mark grows with what is lost, from a third of the bar.
      const height = Math.round(BAR_HEIGHT * Math.max(0.34, Math.min(1, share)))
      context.fillStyle = bad ?? ''
      context.fillRect(x, top + BAR_HEIGHT - height, wide, height)
    }
  }
}
