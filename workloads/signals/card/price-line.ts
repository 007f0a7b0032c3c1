// Prices of an instrument as a chart draws them: lowest, highest and last of each span of time. The spans double when there are too many,
// so its memory is bounded, whatever the time is.

export type Point = readonly [ms: number, low: number, high: number, last: number]

const MOST = 800

export class PriceLine {
  #spanMs = 1000
  #points: [number, number, number, number][] = []

  get points(): readonly Point[] {
    return this.#points
  }

  add(ms: number, price: number): void {
    const at = Math.floor(ms / this.#spanMs) * this.#spanMs
    const last = this.#points.at(-1)
    if (last?.[0] === at) grow(last, price, price, price)
    else this.#points.push([at, price, price, price])
    while (this.#points.length > MOST) this.#halve()
  }

  #halve(): void {
    this.#spanMs *= 2
    const points: [number, number, number, number][] = []
    for (const [ms, low, high, last] of this.#points) {
      const at = Math.floor(ms / this.#spanMs) * this.#spanMs
      const before = points.at(-1)
      if (before?.[0] === at) grow(before, low, high, last)
      else points.push([at, low, high, last])
    }
    this.#points = points
  }
}

function grow(
  point: [number, number, number, number],
  low: number,
  high: number,
  last: number
): void {
  point[1] = Math.min(point[1], low)
  point[2] = Math.max(point[2], high)
  point[3] = last
}
