// Pointer and wheel over a chart: drag moves it, wheel and pinch zoom it about the pointer, a click pins a moment.

/** @typedef {{ fromMs: number, toMs: number }} Span */

/** A press that moves less is a click. In pixels. */
const CLICK = 4

export class Gestures {
  #stop = new AbortController()
  /** @type {Map<number, number>} */
  #pointers = new Map()
  #moved = 0

  /**
   * @param {HTMLElement} over
   * @param {{ span: () => Span, go: (span: Span) => void, pin: (x: number) => void }} chart
   */
  constructor(over, chart) {
    this.over = over
    this.chart = chart
    const { signal } = this.#stop
    over.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    over.addEventListener('pointermove', (event) => this.#move(event), { signal })
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel']))
      over.addEventListener(name, (event) => this.#up(event), { signal })
    over.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false })
  }

  close() {
    this.#stop.abort()
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return
    this.over.setPointerCapture(event.pointerId)
    this.#pointers.set(event.pointerId, event.clientX)
    this.#moved = 0
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#pointers.get(event.pointerId)
    if (before === undefined) return
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId)
    this.#pointers.set(event.pointerId, event.clientX)
    const { fromMs, toMs } = this.chart.span()
    const shift = event.clientX - before
    this.#moved += Math.abs(shift)
    const perPixel = (toMs - fromMs) / this.over.clientWidth
    const other = others[0]?.[1]
    if (other === undefined) {
      this.chart.go({ fromMs: fromMs - shift * perPixel, toMs: toMs - shift * perPixel })
      return
    }
    const [apart, now] = [Math.abs(before - other), Math.abs(event.clientX - other)]
    if (now > 8) this.#zoom((other + event.clientX) / 2, apart / now)
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#pointers.delete(event.pointerId)) return
    if (event.type === 'pointerup' && this.#moved < CLICK)
      this.chart.pin(event.clientX - this.over.getBoundingClientRect().left)
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault()
    const { fromMs, toMs } = this.chart.span()
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const shift = (event.deltaX / this.over.clientWidth) * (toMs - fromMs)
      this.chart.go({ fromMs: fromMs + shift, toMs: toMs + shift })
    } else this.#zoom(event.clientX, Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.004))
  }

  /**
   * @param {number} clientX
   * @param {number} factor
   */
  #zoom(clientX, factor) {
    const { fromMs, toMs } = this.chart.span()
    const x = clientX - this.over.getBoundingClientRect().left
    const middle = fromMs + (x / this.over.clientWidth) * (toMs - fromMs)
    this.chart.go({
      fromMs: middle - (middle - fromMs) * factor,
      toMs: middle + (toMs - middle) * factor,
    })
  }
}
