// Two instruments, of one feed or of two, side by side: to each event of the left one, the last one of the right one that was received
// before it. Nothing is carried further than `toleranceMs`, and what was missing since is said. Its memory does not grow.

import { MAX_MANTISSA, rescale } from '../decimal.ts'
import { EVENT, FLAG, type MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { Clock } from './instruments.ts'

export const JOINED = ['trade', 'quote'] as const

export type LegName = { readonly feed: string; readonly symbol: string }

export type AsOfOptions = {
  readonly left: LegName
  readonly right: LegName
  /** Which events are joined: prices of trades, or the middle between bid and ask of quotes. */
  readonly event: (typeof JOINED)[number]
  readonly toleranceMs: number
}

/** One of the two, as its last event told it. */
export class Leg {
  readonly feed: string
  readonly symbol: string
  readonly #clock: Clock
  /** Price of the trade, or the middle between bid and ask; NaN: none yet, or a side was not sent. */
  price = Number.NaN
  priceScale = 0
  /** Of a trade. */
  size = Number.NaN
  sizeScale = 0
  /** When it was received, and when it happened by the exchange's clock, -1 if it does not say; recv -1: nothing yet. */
  recvMs = -1
  recvNs = 0
  timeMs = -1
  timeNs = 0

  constructor({ feed, symbol }: LegName, clock: Clock) {
    this.feed = feed
    this.symbol = symbol
    this.#clock = clock
  }

  /** Nanoseconds since it was received; NaN if there is none. */
  get ageNs(): number {
    if (this.recvMs < 0) return Number.NaN
    return (this.#clock.nowMs - this.recvMs) * 1e6 + this.#clock.nowNs - this.recvNs
  }

  /** Something of it was missing since: there may have been a later one. */
  get gap(): boolean {
    return this.#clock.gaps.touches(this.feed, this.symbol, this.recvMs, this.recvNs)
  }

  keep(keeper: Keeper): void {
    for (const field of LEG_NUMBERS) this[field] = keeper.number(this[field])
  }

  is(event: MarketEvent): boolean {
    return event.symbol === this.symbol && event.feed === this.feed
  }

  take(event: MarketEvent): void {
    this.recvMs = event.recvMs
    this.recvNs = event.recvNs
    this.timeMs = event.timeMs
    this.timeNs = event.timeNs
    if (event.kind === EVENT.trade) {
      this.price = event.price
      this.priceScale = event.priceScale
      this.size = event.size
      this.sizeScale = event.sizeScale
      return
    }
    const scale = Math.max(event.bidScale, event.askScale)
    const sum =
      rescale(event.bid, event.bidScale, scale) + rescale(event.ask, event.askScale, scale)
    const middle = sum * 5
    this.price = Math.abs(middle) <= MAX_MANTISSA ? middle : Number.NaN
    this.priceScale = scale + 1
  }
}

const LEG_NUMBERS = [
  ...(['price', 'priceScale', 'size', 'sizeScale'] as const),
  ...(['recvMs', 'recvNs', 'timeMs', 'timeNs'] as const),
] as const

export class AsOfJoin {
  readonly left: Leg
  readonly right: Leg
  readonly #toleranceNs: number
  readonly #difference = new DecimalSum()

  constructor(left: Leg, right: Leg, toleranceMs: number) {
    this.left = left
    this.right = right
    this.#toleranceNs = toleranceMs * 1e6
  }

  /** Both prices are known, and neither is older than the tolerance. */
  get matched(): boolean {
    const { left, right } = this
    if (Number.isNaN(left.price) || Number.isNaN(right.price)) return false
    return left.ageNs <= this.#toleranceNs && right.ageNs <= this.#toleranceNs
  }

  /** Something of either was missing since its last event. */
  get gap(): boolean {
    return this.left.gap || this.right.gap
  }

  /** Left price - right price; undefined if they do not match. Valid until the next event. */
  get difference(): DecimalSum | undefined {
    if (!this.matched) return undefined
    const difference = this.#difference
    difference.clear()
    difference.add(this.left.price, this.left.priceScale)
    difference.add(-this.right.price, this.right.priceScale)
    return difference
  }
}

export class AsOf implements Builder<AsOfJoin> {
  readonly #clock = new Clock()
  readonly #join: AsOfJoin
  readonly #kind: number
  readonly #emit: (join: AsOfJoin) => void

  /** `emit` takes the join at each event of the left one. */
  constructor(
    { left, right, event, toleranceMs }: AsOfOptions,
    emit: (join: AsOfJoin) => void = () => {}
  ) {
    this.#join = new AsOfJoin(new Leg(left, this.#clock), new Leg(right, this.#clock), toleranceMs)
    this.#kind = EVENT[event]
    this.#emit = emit
  }

  apply(event: MarketEvent): void {
    this.#clock.see(event)
    if (event.kind !== this.#kind || (event.flags & FLAG.history) !== 0) return
    if (event.kind === EVENT.trade && Number.isNaN(event.price)) return
    const { left, right } = this.#join
    if (left.is(event)) {
      left.take(event)
      this.#emit(this.#join)
    } else if (right.is(event)) right.take(event)
  }

  see(ms: number, ns: number): void {
    this.#clock.move(ms, ns)
  }

  /** The join as of now, by the name of either. */
  get(feed: string, symbol: string): AsOfJoin | undefined {
    const { left, right } = this.#join
    const isLeft = left.feed === feed && left.symbol === symbol
    return isLeft || (right.feed === feed && right.symbol === symbol) ? this.#join : undefined
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#clock.keep(keeper)
    this.#join.left.keep(keeper)
    this.#join.right.keep(keeper)
  }
}
