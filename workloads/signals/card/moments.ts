// At which moments a card asks for prices: of each fire the moment itself, entry, exit and the horizons, and of random moments near it
// their horizons. The random ones follow from the seed and the id of the fire alone.

import { createHash } from 'node:crypto'
import type { Fire } from './fires.ts'

/** By name, milliseconds. */
export const HORIZONS: readonly (readonly [name: string, ms: number])[] = [
  ['1 s', 1_000],
  ['10 s', 10_000],
  ['1 min', 60_000],
  ['5 min', 300_000],
  ['15 min', 900_000],
  ['1 h', 3_600_000],
]
export const LONGEST_MS = 3_600_000
/** Random moments are within half an hour of their fire: of the same instrument, at the same time of the day. */
export const BASELINE_MS = 1_800_000
const DRAWS = 20
/** Of all fires, unless each has one. */
const MOST_DRAWS = 50_000

/** Of a fire: the moment, entry, exit, then the horizons. */
export const ENTRY = 1
export const EXIT = 2
const BEFORE = 3
export const FIRE_STRIDE = BEFORE + HORIZONS.length
/** Of a random moment: itself, then the horizons. */
export const DRAW_STRIDE = 1 + HORIZONS.length
/** Behind the place of a fire, and of a random moment, the first horizon. */
export const FIRE_HORIZONS = BEFORE
export const DRAW_HORIZONS = 1

export const drawsOf = (fires: number): number =>
  Math.max(1, Math.min(DRAWS, Math.floor(MOST_DRAWS / Math.max(1, fires))))

/** The moments of one instrument, and the prices at them once a reading has filled them in; NaN: not known. */
export class Asked {
  readonly feed: string
  readonly symbol: string
  readonly fires: readonly Fire[]
  readonly draws: number
  readonly ms: Float64Array
  readonly ns: Int32Array
  /** Places of the moments, the earliest first. */
  readonly order: Uint32Array
  readonly bid: Float64Array
  readonly ask: Float64Array
  readonly bidSize: Float64Array
  readonly askSize: Float64Array

  constructor(feed: string, symbol: string, fires: readonly Fire[], draws: number) {
    this.feed = feed
    this.symbol = symbol
    this.fires = fires
    this.draws = draws
    const count = fires.length * (FIRE_STRIDE + draws * DRAW_STRIDE)
    this.ms = new Float64Array(count)
    this.ns = new Int32Array(count)
    this.order = new Uint32Array(count)
    this.bid = new Float64Array(count).fill(Number.NaN)
    this.ask = new Float64Array(count).fill(Number.NaN)
    this.bidSize = new Float64Array(count).fill(Number.NaN)
    this.askSize = new Float64Array(count).fill(Number.NaN)
  }

  /** The place of the first moment of a fire. */
  fireAt(fire: number): number {
    return fire * FIRE_STRIDE
  }

  /** The place of the first moment of a random one. */
  drawAt(fire: number, draw: number): number {
    return this.fires.length * FIRE_STRIDE + (fire * this.draws + draw) * DRAW_STRIDE
  }

  /** Between bid and ask; NaN if either is not known. */
  middle(place: number): number {
    return (this.bid[place]! + this.ask[place]!) / 2
  }

  set(place: number, ms: number, ns: number): void {
    this.ms[place] = ms
    this.ns[place] = ns
  }

  sort(): void {
    const { order, ms, ns } = this
    for (let i = 0; i < order.length; i++) order[i] = i
    order.sort((a, b) => ms[a]! - ms[b]! || ns[a]! - ns[b]! || a - b)
  }
}

export type MomentOptions = {
  readonly latencyMs: number
  /** Milliseconds; Infinity: until the settlement. */
  readonly holdMs: number
  readonly seed: number
  /** Of the window: milliseconds, inclusive and exclusive. */
  readonly fromMs: number
  readonly toMs: number
}

export function askMoments(
  fires: readonly Fire[],
  { latencyMs, holdMs, seed, fromMs, toMs }: MomentOptions
): Asked[] {
  const draws = drawsOf(fires.length)
  const groups = Map.groupBy(fires, ({ feed, symbol }) => JSON.stringify([feed, symbol]))
  return [...groups.values()].map((own) => {
    const { feed, symbol } = own[0]!
    const asked = new Asked(feed, symbol, own, draws)
    own.forEach(({ id, recvMs, recvNs }, i) => {
      const place = asked.fireAt(i)
      asked.set(place, recvMs, recvNs)
      asked.set(place + ENTRY, recvMs + latencyMs, recvNs)
      asked.set(place + EXIT, recvMs + latencyMs + holdMs, recvNs)
      HORIZONS.forEach(([, ms], h) => void asked.set(place + BEFORE + h, recvMs + ms, recvNs))
      const low = Math.max(fromMs, recvMs - BASELINE_MS)
      const high = Math.min(toMs - 1, recvMs + BASELINE_MS)
      for (let k = 0; k < draws; k++) {
        const at = asked.drawAt(i, k)
        const ms = low + Math.floor(chance(seed, id, k) * (high - low + 1))
        asked.set(at, ms, 0)
        HORIZONS.forEach(([, later], h) => void asked.set(at + 1 + h, ms + later, 0))
      }
    })
    asked.sort()
    return asked
  })
}

/** From 0 to 1, 1 excluded: the first 52 bits of a SHA-256. */
function chance(seed: number, id: string, draw: number): number {
  const hash = createHash('sha256').update(`${seed} ${id} ${draw}`).digest('hex')
  return Number.parseInt(hash.slice(0, 13), 16) / 2 ** 52
}
