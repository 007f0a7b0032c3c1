// A symbol on a day: its chart with the gaps in it, the book at a moment, and the lines that fetch it. What is in sight
// stands in the address.

import { rewrite } from './address-state.mjs'
import { useAnswer } from './answers.mjs'
import { Book } from './book.mjs'
import { Chart, within, zoomed } from './chart.mjs'
import { DAY_MS, readClock, writeClock } from './chart-levels.mjs'
import { CopyPanel } from './copy-panel.mjs'
import { dayOf, dayPlus, longDay } from './format.mjs'
import { html, useEffect, useMemo, useState } from './lib.mjs'
import { Condition, Imported, Problem, Simulated, Skeleton } from './parts.mjs'
import { linkTo, linkToTail, readRoute } from './route.mjs'

const HOUR = 3_600_000
/** @type {readonly (readonly [name: string, spanMs: number])[]} */
const SPANS = [
  ['Day', DAY_MS],
  ['1 hour', HOUR],
  ['10 min', HOUR / 6],
  ['1 min', HOUR / 60],
]

/** @param {{ route: import('./route.mjs').Route }} props */
export function SymbolView({ route }) {
  const { feed, day, symbol, query } = route
  const startMs = Date.parse(`${day}T00:00:00Z`)
  const everyMs = day === dayOf(Date.now()) ? 15_000 : 0
  const manifest = useAnswer(`v1/datasets/${encodeURIComponent(feed)}/${day}`, {}, { everyMs })
  const seen = useAnswer('v1/symbols', { feed, prefix: symbol, from: day, to: dayPlus(day, 1) })
  /** @type {import('./day.mjs').Day | undefined} */
  const found = manifest.body
  const isAsked = readClock(query.from) !== null
  // Without an address that says it, what is in sight depends on when the symbol was seen.
  const isReady = isAsked || seen.body !== undefined || seen.error !== undefined
  return html`
    <div class="title">
      <h1 class="symbol">${symbol}</h1>
      ${found && html`<${Condition} condition=${found.condition} />`}
      ${found?.simulated && html`<${Simulated} />`}
      ${found?.imported && html`<${Imported} />`}
      <span class="quiet">${feed}, ${longDay(day)}</span>
      <nav class="pager" aria-label="Days">
        <a href=${linkTo([feed, dayPlus(day, -1), symbol])} aria-label="The day before">‹</a>
        <a href=${linkTo([feed, dayPlus(day, 1), symbol])} aria-label="The day after">›</a>
      </nav>
    </div>
    ${manifest.error && html`<${Problem} error=${manifest.error} again=${manifest.again} />`}
    ${
      isReady
        ? html`<${Sight} route=${route} startMs=${startMs} found=${found}
            extent=${extentOf(seen.body?.rows ?? [], symbol, startMs)} />`
        : html`<section class="card" aria-label="Chart"><${Skeleton} height=${560} label="The chart" /></section>`
    }
    <${CopyPanel} feed=${feed} day=${day} symbol=${symbol} />
    <p class="quiet"><a href=${linkToTail({ feed, symbol })}>Watch ${symbol} as it comes</a></p>
  `
}

/**
 * When the symbol was seen on this day; the whole day if that was most of it.
 * @param {readonly { symbol: string, first: string, last: string }[]} rows
 * @param {string} symbol
 * @param {number} startMs
 */
function extentOf(rows, symbol, startMs) {
  const whole = { fromMs: startMs, toMs: startMs + DAY_MS }
  const row = rows.find((one) => one.symbol === symbol)
  if (row === undefined) return whole
  const [first, last] = [Date.parse(row.first), Date.parse(row.last)]
  if (last - first > DAY_MS / 2) return whole
  const room = Math.max(5000, (last - first) * 0.04)
  return within({ fromMs: first - room, toMs: last + room }, startMs)
}

/**
 * Chart and book, and the time that is in sight.
 * @param {{
 *   route: import('./route.mjs').Route
 *   startMs: number
 *   found: import('./day.mjs').Day | undefined
 *   extent: { fromMs: number, toMs: number }
 * }} props
 */
function Sight({ route: { feed, day, symbol, query }, startMs, found, extent }) {
  const holes = useMemo(() => holesOf(found, startMs), [found])
  const [span, setSpan] = useState(() => {
    const from = readClock(query.from)
    const to = readClock(query.to)
    if (from === null) return extent
    return within({ fromMs: startMs + from, toMs: startMs + (to ?? DAY_MS) }, startMs)
  })
  const asked = readClock(query.at)
  const [pinned, setPinned] = useState(asked === null ? null : startMs + asked)
  const [hover, setHover] = useState(/** @type {number | null} */ (null))
  useEffect(() => {
    const timer = setTimeout(() => {
      // The reader may have left already, and the page not yet have heard of it.
      const now = readRoute(location.hash)
      if (now.feed !== feed || now.day !== day || now.symbol !== symbol) return
      const isUsual = span.fromMs === extent.fromMs && span.toMs === extent.toMs
      rewrite({
        from: isUsual ? undefined : writeClock(span.fromMs - startMs),
        to: isUsual ? undefined : writeClock(span.toMs - startMs),
        at: pinned === null ? undefined : writeClock(pinned - startMs),
      })
    }, 250)
    return () => clearTimeout(timer)
  }, [span, pinned])
  const onAt = (/** @type {number} */ ms, /** @type {boolean} */ isPinned) => {
    setHover(ms)
    if (isPinned) setPinned(Math.round(ms))
  }
  const end = found?.to ? Math.min(Date.parse(found.to), span.toMs) : null
  const at = hover ?? pinned ?? end
  const middle =
    at !== null && at >= span.fromMs && at <= span.toMs ? at : (span.fromMs + span.toMs) / 2
  const width = span.toMs - span.fromMs
  const go = (/** @type {{ fromMs: number, toMs: number }} */ to) => setSpan(within(to, startMs))
  return html`
    <div class="side-by-side">
      <section class="card" aria-label="Chart">
        <div class="chart-tools" role="toolbar" aria-label="Time in sight">
          ${SPANS.map(
            ([name, ms]) => html`
              <button type="button" key=${name} class="choice" aria-pressed=${Math.abs(width - ms) < 1}
                onClick=${() => go({ fromMs: middle - ms / 2, toMs: middle + ms / 2 })}>${name}</button>
            `
          )}
          <span class="chart-steps">
            <button type="button" aria-label="Earlier" onClick=${() => go({ fromMs: span.fromMs - width / 2, toMs: span.toMs - width / 2 })}>‹</button>
            <button type="button" aria-label="Nearer" onClick=${() => go(zoomed(span, middle, 0.5))}>+</button>
            <button type="button" aria-label="Farther" onClick=${() => go(zoomed(span, middle, 2))}>−</button>
            <button type="button" aria-label="Later" onClick=${() => go({ fromMs: span.fromMs + width / 2, toMs: span.toMs + width / 2 })}>›</button>
          </span>
          <span class="aside tabular">${writeClock(span.fromMs - startMs)} to ${writeClock(span.toMs - startMs)} UTC</span>
        </div>
        <${Chart} feed=${feed} symbol=${symbol} startMs=${startMs} holes=${holes} span=${span} onSpan=${setSpan}
          updated=${found?.updated ?? ''} onAt=${onAt} />
        <ul class="legend" aria-label="Legend">
          <li><i class="swatch is-line"></i>price</li>
          <li><i class="swatch is-bid"></i>bid and <i class="swatch is-ask"></i>ask, when near</li>
          <li><i class="swatch is-soft"></i>volume</li>
          <li><i class="swatch is-gap"></i>gap</li>
        </ul>
      </section>
      <${Book} feed=${feed} symbol=${symbol} atMs=${at} />
    </div>
  `
}

/**
 * Gaps of the day as times, sorted; gaps inside others are left out, so that both ends are in order.
 * @param {import('./day.mjs').Day | undefined} found
 * @param {number} startMs
 */
function holesOf(found, startMs) {
  const end = found?.to ? Date.parse(found.to) : startMs + DAY_MS
  /** @type {{ fromMs: number, toMs: number }[]} */
  const holes = []
  const all = (found?.gaps ?? []).map(({ from, to }) => ({
    fromMs: Date.parse(from),
    toMs: to === null ? Math.max(end, Date.parse(from)) : Date.parse(to),
  }))
  for (const hole of all.sort((a, b) => a.fromMs - b.fromMs)) {
    const last = holes.at(-1)
    if (last !== undefined && hole.toMs <= last.toMs) continue
    holes.push(hole)
  }
  return holes
}
