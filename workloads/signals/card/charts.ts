// The charts of a card as SVG, pure. Colours come from classes, so that they follow light and dark.

import type { Card, Charts, Outcome } from '#runs/card.ts'
import { moment, short } from './words.ts'

const WIDTH = 900
const LEFT = 64
const RIGHT = 10
const TOP = 10
const BOTTOM = 22

type Scale = (value: number) => number

const scale =
  (from: number, to: number, low: number, high: number): Scale =>
  (value) =>
    from === to ? (low + high) / 2 : low + ((value - from) / (to - from)) * (high - low)

const n = (value: number): string => String(Math.round(value * 100) / 100)

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const chart = (title: string, height: number, inside: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}"><title>${escaped(title)}</title>${inside}</svg>`

const label = (x: number, y: number, text: string, anchor: string): string =>
  `<text x="${n(x)}" y="${n(y)}" text-anchor="${anchor}">${escaped(text)}</text>`

const axis = (x: Scale, fromMs: number, toMs: number, height: number): string =>
  label(x(fromMs), height - 6, moment(fromMs), 'start') +
  label(x(toMs), height - 6, moment(toMs), 'end')

type Range = { readonly low: number; readonly high: number }

function rangeOf(values: readonly number[]): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, high }
}

/** Prices of an instrument with its fires and the gaps of its feed; empty if no price is known. */
export function priceChart(
  { feed, symbol, points, fires }: Charts['prices'][number],
  gaps: Charts['gaps']
): string {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return ''
  const height = 240
  const { low, high } = rangeOf(points.flatMap(([, a, b]) => [a, b]))
  const times = rangeOf([first[0], last[0], ...fires.map(([ms]) => ms)])
  const [fromMs, toMs] = [times.low, times.high]
  const x = scale(fromMs, toMs, LEFT, WIDTH - RIGHT)
  const y = scale(low, high, height - BOTTOM, TOP)
  const upper = points.map(([ms, , top]) => `${n(x(ms))},${n(y(top))}`)
  const lower = points.map(([ms, bottom]) => `${n(x(ms))},${n(y(bottom))}`).reverse()
  const line = points.map(([ms, , , end]) => `${n(x(ms))},${n(y(end))}`)
  const marks = fires.map(([ms, side, price]) => {
    const [cx, cy] = [x(ms), price === null ? height - BOTTOM : y(price)]
    const tip = side === 1 ? -7 : 7
    return `<path class="${side === 1 ? 'up' : 'down'}" d="M${n(cx - 4)} ${n(cy - tip)}h8L${n(cx)} ${n(cy)}z"/>`
  })
  const inside = [
    gapBands(gaps, feed, x, fromMs, toMs, height),
    `<polygon class="band" points="${[...upper, ...lower].join(' ')}"/>`,
    `<polyline class="line" points="${line.join(' ')}"/>`,
    ...marks,
    label(LEFT - 6, y(high) + 8, short(high), 'end'),
    label(LEFT - 6, y(low), short(low), 'end'),
    axis(x, fromMs, toMs, height),
  ]
  return chart(`Fires over the price of ${symbol}`, height, inside.join(''))
}

function gapBands(
  gaps: Charts['gaps'],
  feed: string,
  x: Scale,
  fromMs: number,
  toMs: number,
  height: number
): string {
  const seen = gaps.filter(([a, b, of]) => of === feed && b >= fromMs && a <= toMs)
  const bands = seen.map(([a, b]) => {
    const left = x(Math.max(a, fromMs))
    const width = Math.max(1, x(Math.min(b, toMs)) - left)
    return `<rect class="gap" x="${n(left)}" y="${TOP}" width="${n(width)}" height="${height - TOP - BOTTOM}"/>`
  })
  return bands.join('')
}

/** Which of the window was missing. */
export function coverageChart({ model, coverage, charts }: Card): string {
  const [fromMs, toMs] = [Date.parse(model.from), Date.parse(model.to)]
  const height = 52
  const x = scale(fromMs, toMs, LEFT, WIDTH - RIGHT)
  const bands = charts.gaps.map(([a, b]) => {
    const width = Math.max(1, x(b) - x(a))
    return `<rect class="gap" x="${n(x(a))}" y="${TOP}" width="${n(width)}" height="${height - TOP - BOTTOM}"/>`
  })
  const whole = `<rect class="band" x="${LEFT}" y="${TOP}" width="${WIDTH - LEFT - RIGHT}" height="${height - TOP - BOTTOM}"/>`
  const title = `The window, with ${coverage.gaps.count} gaps`
  return chart(title, height, whole + bands.join('') + axis(x, fromMs, toMs, height))
}

/** Hit rates with their intervals, of fires and of random moments. */
export function outcomeChart(outcomes: readonly Outcome[]): string {
  const known = outcomes.filter(({ fires }) => fires.interval !== null)
  if (known.length === 0) return ''
  const height = 220
  const y = scale(0, 1, height - BOTTOM, TOP)
  const step = (WIDTH - LEFT - RIGHT) / known.length
  const columns = known.map(({ horizon, fires, baseline }, i) => {
    const middle = LEFT + step * (i + 0.5)
    const bars = [
      [fires, middle - 8, 'own'],
      [baseline, middle + 8, 'random'],
    ] as const
    const drawn = bars.map(([{ interval, hitRate }, x, kind]) => {
      if (interval === null || hitRate === null) return ''
      const [low, high] = interval
      return (
        `<line class="${kind}" x1="${n(x)}" x2="${n(x)}" y1="${n(y(low))}" y2="${n(y(high))}"/>` +
        `<circle class="${kind}" cx="${n(x)}" cy="${n(y(hitRate))}" r="4"/>`
      )
    })
    return drawn.join('') + label(middle, height - 6, horizon, 'middle')
  })
  const lines = [0, 0.5, 1].map(
    (share) =>
      `<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${n(y(share))}" y2="${n(y(share))}"/>` +
      label(LEFT - 6, y(share) + 4, `${100 * share} %`, 'end')
  )
  return chart(
    'Hit rates by horizon, with intervals of 95 %',
    height,
    [...lines, ...columns].join('')
  )
}

/** The net result over time. */
export function equityChart(equity: Charts['equity']): string {
  const [first, last] = [equity[0], equity.at(-1)]
  if (first === undefined || last === undefined) return ''
  const height = 200
  const { low, high } = rangeOf([0, ...equity.map(([, net]) => net)])
  const x = scale(first[0], last[0], LEFT, WIDTH - RIGHT)
  const y = scale(low, high, height - BOTTOM, TOP)
  const path = equity.map(([ms, net], i) =>
    i === 0 ? `M${n(x(ms))} ${n(y(net))}` : `H${n(x(ms))}V${n(y(net))}`
  )
  const inside = [
    `<line class="rule" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${n(y(0))}" y2="${n(y(0))}"/>`,
    `<path class="line" d="${path.join('')}"/>`,
    label(LEFT - 6, y(high) + 8, high.toFixed(2), 'end'),
    label(LEFT - 6, y(low), low.toFixed(2), 'end'),
    axis(x, first[0], last[0], height),
  ]
  return chart('Net result over time', height, inside.join(''))
}

/** Fires of each day. */
export function daysChart(perDay: Card['fires']['perDay']): string {
  if (perDay.length < 2) return ''
  const height = 120
  const most = Math.max(...perDay.map(({ fires }) => fires))
  const y = scale(0, most, height - BOTTOM, TOP)
  const step = (WIDTH - LEFT - RIGHT) / perDay.length
  const bars = perDay.map(({ fires, day }, i) => {
    const top = y(fires)
    return `<rect class="bar" x="${n(LEFT + i * step)}" y="${n(top)}" width="${n(Math.max(1, step - 1))}" height="${n(height - BOTTOM - top)}"><title>${day}: ${fires}</title></rect>`
  })
  const ends =
    label(LEFT, height - 6, perDay[0]!.day, 'start') +
    label(WIDTH - RIGHT, height - 6, perDay.at(-1)!.day, 'end')
  return chart(
    'Fires of each day',
    height,
    bars.join('') + ends + label(LEFT - 6, TOP + 8, String(most), 'end')
  )
}
