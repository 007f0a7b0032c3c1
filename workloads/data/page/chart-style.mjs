// How a chart looks: axes in UTC, a line of closes in the band of lows and highs, candles when there is room, volume at the
// foot, gaps behind it all.

import { colorOf } from './canvas.mjs'
import { short } from './format.mjs'

/** @typedef {import('uplot')} UPlot */
/** @typedef {import('./chart-source.mjs').Hole} Hole */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
]

/** A candle narrower than this is drawn as a line. In pixels. */
const CANDLE = 5
/** A bar alone between two gaps is no line: where bars are few, each has a point. */
const FEW = 200

/**
 * @param {typeof import('uplot')} Plot
 * @param {{ width: number, height: number, holes: () => readonly Hole[], barMs: () => number, onCursor: (ms: number | null) => void }} o
 * @returns {import('uplot').Options}
 */
export function chartOptions(Plot, { width, height, holes, barMs, onCursor }) {
  const [ink, line, accent, bid, ask, soft] = [
    '--muted',
    '--line',
    '--accent',
    '--bid',
    '--ask',
    '--accent-soft',
  ].map(colorOf)
  const font = '500 11px Inter, system-ui, sans-serif'
  const axis = {
    stroke: ink ?? '',
    font,
    grid: { stroke: line ?? '', width: 1 },
    ticks: { show: false },
  }
  const linear = Plot.paths.linear?.()
  const bars = Plot.paths.bars?.({ size: [0.8, 24, 1] })
  const stepped = Plot.paths.stepped?.({ align: 1 })
  const isCandle = (/** @type {UPlot} */ u) => barMs() > 0 && pixelsOf(u, barMs()) >= CANDLE
  return {
    width,
    height,
    padding: [12, 8, 0, 24],
    legend: { show: false },
    cursor: { drag: { x: false, y: false, setScale: false }, points: { show: false } },
    scales: {
      x: { time: false },
      y: { range: (_, min, max) => priceRange(min, max) },
      v: { range: (_, _min, max) => [0, (max || 1) * 4.5] },
    },
    axes: [
      {
        ...axis,
        incrs: STEPS,
        space: 84,
        size: 30,
        values: (_, splits, _a, _s, step) => splits.map((ms) => timeLabel(ms, step)),
      },
      { ...axis, side: 1, size: 72, space: 44 },
    ],
    series: [
      {},
      { label: 'high', scale: 'y', points: { show: false } },
      { label: 'low', scale: 'y', points: { show: false } },
      {
        label: 'close',
        scale: 'y',
        stroke: accent ?? '',
        width: 1.5,
        points: {
          show: (u, _s, i0, i1) => barMs() > 0 && i1 - i0 < FEW && !isCandle(u),
          size: 5,
          width: 0,
          fill: accent ?? '',
        },
        paths: (u, s, i0, i1) =>
          isCandle(u) || barMs() === 0 ? null : (linear?.(u, s, i0, i1) ?? null),
      },
      {
        label: 'bid',
        scale: 'y',
        stroke: bid ?? '',
        width: 1,
        spanGaps: true,
        points: { show: false },
        ...(stepped ? { paths: stepped } : {}),
      },
      {
        label: 'ask',
        scale: 'y',
        stroke: ask ?? '',
        width: 1,
        spanGaps: true,
        points: { show: false },
        ...(stepped ? { paths: stepped } : {}),
      },
      {
        label: 'volume',
        scale: 'v',
        fill: soft ?? '',
        width: 0,
        points: { show: false },
        ...(bars ? { paths: bars } : {}),
      },
      { label: 'open', scale: 'y', points: { show: false }, paths: () => null },
    ],
    bands: [{ series: [1, 2], fill: soft ?? '' }],
    hooks: {
      drawClear: [(u) => drawHoles(u, holes())],
      drawSeries: [
        (u, index) => {
          if (index === 3 && isCandle(u)) drawCandles(u, barMs())
          // Above the lines of bid and ask.
          if (index === 5 && barMs() === 0) drawTrades(u)
        },
      ],
      setCursor: [
        (u) => {
          const { left = -1 } = u.cursor
          onCursor(left < 0 ? null : u.posToVal(left, 'x'))
        },
      ],
    },
  }
}

/**
 * Room for the volume below, and some above.
 * @param {number | null} min
 * @param {number | null} max
 * @returns {[number, number]}
 */
function priceRange(min, max) {
  if (min === null || max === null) return [0, 1]
  const span = max - min || Math.abs(max) * 0.001 || 1
  return [min - span * 0.32, max + span * 0.08]
}

/**
 * @param {number} ms
 * @param {number} step
 */
function timeLabel(ms, step) {
  const text = new Date(ms).toISOString()
  if (step >= MINUTE) return text.slice(11, 16)
  return step >= SECOND ? text.slice(11, 19) : text.slice(14, 23)
}

const pixelsOf = (/** @type {UPlot} */ u, /** @type {number} */ ms) => {
  const { min = 0, max = 1 } = u.scales.x ?? {}
  return (ms / ((max ?? 1) - (min ?? 0) || 1)) * (u.bbox.width / devicePixelRatio)
}

/**
 * @param {UPlot} u
 * @param {readonly Hole[]} holes
 */
function drawHoles(u, holes) {
  const { ctx, bbox } = u
  const { min, max } = u.scales.x ?? {}
  if (min == null || max == null) return
  ctx.save()
  const fill = colorOf('--bad-fill')
  ctx.fillStyle = fill
  let drawn = -1
  for (let i = firstAfter(holes, min); i < holes.length; i++) {
    const hole = holes[i]
    if (hole === undefined || hole.fromMs > max) break
    const left = Math.max(bbox.left, u.valToPos(hole.fromMs, 'x', true))
    const right = Math.min(bbox.left + bbox.width, u.valToPos(hole.toMs, 'x', true))
    if (right <= drawn) continue
    const width = Math.max(2, right - left)
    ctx.globalAlpha = 0.14
    ctx.fillRect(left, bbox.top, width, bbox.height)
    ctx.globalAlpha = 1
    ctx.fillRect(left, bbox.top, width, 4)
    drawn = left + width
  }
  ctx.restore()
}

/**
 * The first gap that ends after `ms`: gaps are sorted by both ends as drawn.
 * @param {readonly Hole[]} holes
 * @param {number} ms
 */
function firstAfter(holes, ms) {
  let [low, high] = [0, holes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((holes[middle]?.toMs ?? 0) < ms) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * @param {UPlot} u
 * @param {number} barMs
 */
function drawCandles(u, barMs) {
  const { ctx, data } = u
  const [x, high, low, close, , , , open] = data
  const [i0, i1] = u.series[0]?.idxs ?? [0, -1]
  const width = Math.max(
    1,
    Math.min(24 * devicePixelRatio, pixelsOf(u, barMs) * devicePixelRatio * 0.7)
  )
  const [up, down] = [colorOf('--accent'), colorOf('--down')]
  ctx.save()
  ctx.beginPath()
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height)
  ctx.clip()
  for (let i = i0; i <= i1; i++) {
    const [at, h, l, c, o] = [x[i], high?.[i], low?.[i], close?.[i], open?.[i]]
    if (at == null || h == null || l == null || c == null || o == null) continue
    const middle = u.valToPos(at + barMs / 2, 'x', true)
    const [top, bottom] = [
      u.valToPos(Math.max(o, c), 'y', true),
      u.valToPos(Math.min(o, c), 'y', true),
    ]
    ctx.fillStyle = c >= o ? up : down
    const [highest, lowest] = [u.valToPos(h, 'y', true), u.valToPos(l, 'y', true)]
    ctx.fillRect(middle - devicePixelRatio / 2, highest, devicePixelRatio, lowest - highest)
    ctx.fillRect(middle - width / 2, top, width, Math.max(devicePixelRatio, bottom - top))
  }
  ctx.restore()
}

/**
 * Single trades as small squares: twenty thousand of them take less than a frame, circles would not.
 * @param {UPlot} u
 */
function drawTrades(u) {
  const { ctx, data } = u
  const [x, , , price] = data
  const [i0, i1] = u.series[0]?.idxs ?? [0, -1]
  const size = 3 * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height)
  ctx.clip()
  ctx.fillStyle = colorOf('--accent')
  for (let i = i0; i <= i1; i++) {
    const [at, value] = [x[i], price?.[i]]
    if (at == null || value == null) continue
    const left = u.valToPos(at, 'x', true) - size / 2
    ctx.fillRect(left, u.valToPos(value, 'y', true) - size / 2, size, size)
  }
  ctx.restore()
}

/**
 * What the cursor stands on, in words.
 * @param {import('./chart-levels.mjs').Columns} columns
 * @param {number} index
 * @param {number} barMs
 */
export function sayPoint(columns, index, barMs) {
  const at = (
    /** @type {'open' | 'high' | 'low' | 'close' | 'bid' | 'ask' | 'volume' | 'trades'} */ name
  ) => columns[name][index] ?? null
  /** @type {[string, number | null][]} */
  const all =
    barMs === 0
      ? [
          ['price', at('close')],
          ['size', at('volume')],
          ['bid', at('bid')],
          ['ask', at('ask')],
        ]
      : [
          ['open', at('open')],
          ['high', at('high')],
          ['low', at('low')],
          ['close', at('close')],
          ['volume', at('volume')],
          ['trades', at('trades')],
        ]
  return all.flatMap(([name, value]) =>
    value === null
      ? []
      : [`${name} ${name === 'volume' || name === 'trades' ? short(value) : value}`]
  )
}
