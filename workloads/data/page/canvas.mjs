// What drawings on a canvas share: sharp lines on any display, and colours of the style sheet, which a canvas cannot
// inherit.

import { useEffect, useLayoutEffect, useRef, useState } from './lib.mjs'
import { THEME_EVENT } from './theme.mjs'

/** @type {HTMLElement | undefined} */
let probe

/**
 * A colour of the style sheet as it is now, such as `--accent`.
 * @param {string} name
 */
export function colorOf(name) {
  if (probe === undefined) {
    probe = document.createElement('i')
    probe.hidden = true
    document.body.append(probe)
  }
  probe.style.color = `var(${name})`
  return getComputedStyle(probe).color
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function begin(canvas, width, height) {
  const ratio = devicePixelRatio || 1
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser draws no canvas')
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}

/**
 * Diagonal stripes: the mark of simulated data, and of gaps, beside their colour.
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 */
export function stripes(context, color, step = 5) {
  const tile = document.createElement('canvas')
  tile.width = tile.height = step * 2
  const pen = tile.getContext('2d')
  if (pen === null) return color
  pen.strokeStyle = color
  pen.lineWidth = step * 0.6
  for (const shift of [-step * 2, 0, step * 2]) {
    pen.moveTo(shift - 1, step * 2 + 1)
    pen.lineTo(shift + step * 2 + 1, -1)
  }
  pen.stroke()
  return context.createPattern(tile, 'repeat') ?? color
}

/**
 * Draws when `inputs` change, the width of the canvas changes, or the colours do.
 * @param {(canvas: HTMLCanvasElement, width: number) => void} draw
 * @param {readonly unknown[]} inputs
 */
export function useDrawing(draw, inputs) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null))
  const latest = useRef(draw)
  latest.current = draw
  const paint = () => {
    if (canvas.current !== null && canvas.current.clientWidth > 0)
      latest.current(canvas.current, canvas.current.clientWidth)
  }
  useLayoutEffect(paint, inputs)
  useEffect(() => {
    const watch = new ResizeObserver(paint)
    if (canvas.current !== null) watch.observe(canvas.current)
    addEventListener(THEME_EVENT, paint)
    return () => {
      watch.disconnect()
      removeEventListener(THEME_EVENT, paint)
    }
  }, [])
  return canvas
}

/**
 * The width of an element, and its ref.
 * @returns {[import("preact").RefObject<HTMLDivElement | null>, number]}
 */
export function useWidth() {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null))
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    if (box.current === null) return
    setWidth(box.current.clientWidth)
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width))
    })
    watch.observe(box.current)
    return () => watch.disconnect()
  }, [])
  return [box, width]
}
