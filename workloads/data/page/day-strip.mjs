// The day from 00:00 to 24:00 as one band: what was captured, and the gaps in it.

import { begin, colorOf, stripes, useDrawing } from './canvas.mjs'
import { counted } from './format.mjs'
import { bandsOf, LEAST } from './gap-bands.mjs'
import { html } from './lib.mjs'

const DAY_MS = 86_400_000
const HEIGHT = 44
const BAND = 24

/** @param {{ day: string, found: import('./day.mjs').Day | undefined }} props */
export function DayStrip({ day, found }) {
  const canvas = useDrawing(
    (element, width) => {
      const context = begin(element, width, HEIGHT)
      const start = Date.parse(`${day}T00:00:00Z`)
      const at = (/** @type {string | null} */ time) =>
        ((Math.min(DAY_MS, Math.max(0, Date.parse(time ?? '') - start)) || 0) / DAY_MS) * width
      context.fillStyle = colorOf('--quiet')
      context.globalAlpha = 0.5
      context.fillRect(0, 0, width, BAND)
      context.globalAlpha = 1
      if (found?.from && found.to) {
        const [left, right] = [at(found.from), at(found.to)]
        context.fillStyle = colorOf('--cell')
        context.fillRect(left, 0, Math.max(2, right - left), BAND)
        if (found.simulated) {
          context.fillStyle = stripes(context, colorOf('--stripe'))
          context.fillRect(left, 0, Math.max(2, right - left), BAND)
        }
      }
      context.fillStyle = colorOf('--bad-fill')
      for (const [left, right] of bandsOf(found?.gaps ?? [], found?.to ?? null, at))
        context.fillRect(left, 0, Math.max(LEAST, right - left), BAND)
      drawHours(context, width)
    },
    [day, found]
  )
  const gaps = found?.gaps.length ?? 0
  return html`
    <canvas class="strip" ref=${canvas} role="img"
      aria-label=${found ? `The day as a band, ${gaps === 0 ? 'without gaps' : `with ${counted(gaps, 'gap')}`}` : 'The day as a band'}></canvas>
  `
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 */
function drawHours(context, width) {
  context.fillStyle = colorOf('--muted')
  context.font = '500 11px Inter, system-ui, sans-serif'
  context.textBaseline = 'top'
  const step = width < 500 ? 6 : width < 900 ? 3 : 2
  for (let hour = 0; hour <= 24; hour += step) {
    const x = (hour / 24) * width
    context.textAlign = hour === 0 ? 'left' : hour === 24 ? 'right' : 'center'
    context.fillText(`${String(hour).padStart(2, '0')}:00`, x, BAND + 7)
  }
}
