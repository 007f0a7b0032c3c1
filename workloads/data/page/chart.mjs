// The chart of a symbol over a day: drag or arrow keys move it, wheel, pinch or plus and minus zoom. Each frame draws what
// is loaded and nothing else; data comes between frames.

import { useWidth } from './canvas.mjs'
import { Gestures } from './chart-gestures.mjs'
import { DAY_MS, LEVELS } from './chart-levels.mjs'
import { ChartSource } from './chart-source.mjs'
import { chartOptions, sayPoint } from './chart-style.mjs'
import { clockOf } from './format.mjs'
import { html, loadUPlot, useEffect, useRef, useState } from './lib.mjs'
import { Problem } from './parts.mjs'
import { THEME_EVENT } from './theme.mjs'

/** @typedef {import('uplot')} UPlot */
/** @typedef {{ fromMs: number, toMs: number }} Span */

/** Nothing is nearer: a tenth of a second over the whole width. */
const NEAREST_MS = 100
/** Between two times that the chart tells where it is. */
const TELL_MS = 80

/**
 * @param {{
 *   feed: string
 *   symbol: string
 *   startMs: number
 *   holes: readonly import('./chart-source.mjs').Hole[]
 *   span: Span
 *   onSpan: (span: Span) => void
 *   updated: string
 *   onAt: (ms: number, isPinned: boolean) => void
 * }} props
 */
export function Chart({ feed, symbol, startMs, holes, span, onSpan, updated, onAt }) {
  const [room, width] = useWidth()
  const place = useRef(/** @type {HTMLDivElement | null} */ (null))
  const height = width < 560 ? 300 : 420
  const [turn, setTurn] = useState(0)
  const [said, setSaid] = useState('')
  const [state, setState] = useState(/** @type {'loading' | 'empty' | 'shown'} */ ('loading'))
  const [error, setError] = useState(/** @type {any} */ (null))
  const chart = useRef(
    /** @type {{ show: (span: Span) => void, source: ChartSource, key: (event: KeyboardEvent) => void, redraw: () => void } | null} */ (
      null
    )
  )
  const told = useRef(/** @type {Span | null} */ (null))
  const latest = useRef({ holes, span, onSpan, onAt })
  latest.current = { holes, span, onSpan, onAt }

  useEffect(() => {
    const recolor = () => setTurn((before) => before + 1)
    addEventListener(THEME_EVENT, recolor)
    return () => removeEventListener(THEME_EVENT, recolor)
  }, [])

  useEffect(() => {
    if (width === 0) return
    let isOver = false
    /** @type {(() => void) | undefined} */
    let close
    void loadUPlot().then((Plot) => {
      const element = place.current
      if (isOver || element === null) return
      close = start(Plot, element)
    })
    return () => {
      isOver = true
      close?.()
    }
  }, [feed, symbol, startMs, width, turn])

  useEffect(() => {
    if (chart.current === null) return
    chart.current.source.holes = holes
    chart.current.redraw()
  }, [holes])
  // Of a day that is being written, when its manifest says that there is more.
  useEffect(() => chart.current?.source.renew(Date.now()), [updated])
  // What the chart itself told is not news to it.
  useEffect(() => {
    if (span !== told.current) chart.current?.show(span)
  }, [span])

  /**
   * @param {typeof import('uplot')} Plot
   * @param {HTMLDivElement} element
   */
  function start(Plot, element) {
    let barMs = LEVELS.at(-1)?.barMs ?? 0
    let shownKey = ''
    let frame = 0
    /** @type {Span} */
    let wanted = latest.current.span
    told.current = wanted
    const source = new ChartSource({ feed, symbol, startMs, onChange: () => schedule() })
    source.holes = latest.current.holes
    /** @type {import('./chart-levels.mjs').Columns} */
    let columns
    // The chart follows the pointer frame by frame; what stands around it a few times a second.
    let timer = 0
    let cursor = Number.NaN
    const tell = () => {
      timer = 0
      if (told.current !== wanted) {
        told.current = wanted
        latest.current.onSpan(wanted)
      }
      if (Number.isNaN(cursor)) return
      latest.current.onAt(cursor, false)
      setSaid(readout(columns, u.cursor.idx ?? -1, cursor, barMs))
      cursor = Number.NaN
    }
    const tellSoon = () => {
      if (timer === 0) timer = setTimeout(tell, TELL_MS)
    }
    const onCursor = (/** @type {number | null} */ ms) => {
      if (ms === null) return
      cursor = ms
      tellSoon()
    }
    const options = chartOptions(Plot, {
      width,
      height,
      holes: () => source.holes,
      barMs: () => barMs,
      onCursor,
    })
    const u = new Plot(options, [[], [], [], [], [], [], [], []], element)
    const draw = () => {
      frame = 0
      const found = source.view(wanted.fromMs, wanted.toMs)
      columns = found.columns
      barMs = LEVELS[found.level]?.barMs ?? 0
      if (found.key !== shownKey) {
        shownKey = found.key
        const { x, open, high, low, close, bid, ask, volume } = columns
        u.setData(/** @type {any} */ ([x, high, low, close, bid, ask, volume, open]), false)
        setState(x.length === 0 ? 'empty' : 'shown')
      }
      if (source.error !== null) setError(source.error)
      u.setScale('x', { min: wanted.fromMs, max: wanted.toMs })
    }
    const schedule = () => {
      if (frame === 0) frame = requestAnimationFrame(draw)
    }
    const show = (/** @type {Span} */ span) => {
      wanted = span
      schedule()
    }
    const go = (/** @type {Span} */ to) => {
      show(within(to, startMs))
      tellSoon()
    }
    const gestures = new Gestures(u.over, {
      span: () => wanted,
      go,
      pin: (x) => latest.current.onAt(u.posToVal(x, 'x'), true),
    })
    const key = (/** @type {KeyboardEvent} */ event) =>
      onKey(event, u, wanted, go, (ms) => latest.current.onAt(ms, true))
    chart.current = { show, source, key, redraw: () => schedule() }
    schedule()
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      gestures.close()
      source.close()
      u.destroy()
      chart.current = null
    }
  }

  const again = () => {
    setError(null)
    chart.current?.source.again()
  }
  return html`
    ${error && html`<${Problem} error=${error} again=${again} />`}
    <div class="chart" ref=${room} style=${{ minHeight: `${height}px` }}>
      <div class="chart-place" ref=${place} role="application" tabindex="0"
        aria-label=${`Chart of ${symbol}. Arrow keys move the cursor, with Shift the time; plus and minus zoom; 0 shows the day; Enter reads the book.`}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => chart.current?.key(event)}></div>
      ${state === 'loading' && !error && html`<div class="chart-over skeleton" role="status" aria-label="The chart is loading"><div><i></i></div></div>`}
      ${state === 'empty' && html`<p class="chart-over quiet">No trades in sight. Gaps are marked in red; quotes are drawn from three minutes inwards.</p>`}
    </div>
    <p class="chart-said tabular" aria-live="polite">${said || 'Move over the chart, or use the arrow keys.'}</p>
  `
}

/**
 * @param {import('./chart-levels.mjs').Columns | undefined} columns
 * @param {number} index
 * @param {number} ms
 * @param {number} barMs
 */
function readout(columns, index, ms, barMs) {
  const at = columns?.x[index]
  const words = columns && at !== undefined ? sayPoint(columns, index, barMs) : []
  return [
    `${clockOf(at !== undefined && words.length > 0 ? at : ms, barMs === 0 ? 3 : 0)} UTC`,
    ...words,
  ].join(' · ')
}

/**
 * @param {Span} span
 * @param {number} startMs
 * @returns {Span}
 */
export function within({ fromMs, toMs }, startMs) {
  const width = Math.min(DAY_MS, Math.max(NEAREST_MS, toMs - fromMs))
  const from = Math.min(startMs + DAY_MS - width, Math.max(startMs, fromMs))
  return { fromMs: from, toMs: from + width }
}

/**
 * @param {KeyboardEvent} event
 * @param {UPlot} u
 * @param {Span} span
 * @param {(span: Span) => void} go
 * @param {(ms: number) => void} pin
 */
function onKey(event, u, span, go, pin) {
  const width = span.toMs - span.fromMs
  const left = u.cursor.left ?? -1
  const across = u.over.clientWidth
  const x = left < 0 ? across / 2 : left
  const middle = u.posToVal(x, 'x')
  const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
  if (step !== 0 && event.shiftKey)
    go({ fromMs: span.fromMs + (step * width) / 8, toMs: span.toMs + (step * width) / 8 })
  else if (step !== 0)
    u.setCursor({ left: Math.min(across, Math.max(0, x + step * 8)), top: u.over.clientHeight / 2 })
  else if (event.key === '+' || event.key === '=') go(zoomed(span, middle, 0.5))
  else if (event.key === '-') go(zoomed(span, middle, 2))
  else if (event.key === '0') go({ fromMs: span.fromMs - DAY_MS, toMs: span.toMs + DAY_MS })
  else if (event.key === 'Enter') pin(middle)
  else return
  event.preventDefault()
}

/**
 * @param {Span} span
 * @param {number} middle
 * @param {number} factor
 * @returns {Span}
 */
export const zoomed = ({ fromMs, toMs }, middle, factor) => ({
  fromMs: middle - (middle - fromMs) * factor,
  toMs: middle + (toMs - middle) * factor,
})
