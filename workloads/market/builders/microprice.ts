// The microprice: between best bid and ask, nearer to the side with less size; exact as a fraction. And the middle between both.

import type { MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum, divided } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { type Top, type TopOptions, Tops, type TopUser } from './tops.ts'

export class Microprice implements TopUser {
  readonly top: Top
  readonly #over = new DecimalSum()
  readonly #under = new DecimalSum()

  constructor(top: Top) {
    this.top = top
  }

  get feed(): string {
    return this.top.feed
  }

  get symbol(): string {
    return this.top.symbol
  }

  /** The top that it is of is not to be relied on. */
  get gap(): boolean {
    return this.top.gap
  }

  /**
   * (bid × size of the ask + ask × size of the bid) ÷ both sizes, rounded half up to `scale` decimals; undefined without bid, ask and a
   * size.
   */
  price(scale: number): bigint | undefined {
    if (Number.isNaN(this.near)) return undefined
    return divided(this.#over.value, this.#over.scale, this.#under.value, this.#under.scale, scale)
  }

  /** Nearly the same, as a number; NaN without bid, ask and a size. */
  get near(): number {
    const { bid, ask, bidSize, askSize } = this.top
    if (Number.isNaN(bid + ask + bidSize + askSize)) return Number.NaN
    return this.#over.near / this.#under.near
  }

  /** The middle between bid and ask, exact at `scale` decimals that are one more than both have; undefined without both. */
  middle(scale: number): bigint | undefined {
    const { bid, bidScale, ask, askScale } = this.top
    if (Number.isNaN(bid + ask)) return undefined
    const common = Math.max(bidScale, askScale)
    const sum =
      BigInt(bid) * 10n ** BigInt(common - bidScale) +
      BigInt(ask) * 10n ** BigInt(common - askScale)
    return divided(sum, common, 2n, 0, scale)
  }

  changed(): void {
    const { bid, bidScale, bidSize, bidSizeScale, ask, askScale, askSize, askSizeScale } = this.top
    this.#over.clear()
    this.#under.clear()
    if (Number.isNaN(bid + ask + bidSize + askSize)) return
    this.#over.addProduct(bid, bidScale, askSize, askSizeScale)
    this.#over.addProduct(ask, askScale, bidSize, bidSizeScale)
    this.#under.add(bidSize, bidSizeScale)
    this.#under.add(askSize, askSizeScale)
  }

  missed(): void {}

  keep(keeper: Keeper): void {
    this.top.keep(keeper)
    this.#over.keep(keeper)
    this.#under.keep(keeper)
  }
}

export class Microprices implements Builder<Microprice> {
  readonly #tops: Tops<Microprice>

  constructor(options: TopOptions, emit: (price: Microprice) => void = () => {}) {
    this.#tops = new Tops(options, (top) => new Microprice(top), emit)
  }

  see(ms: number, ns: number): void {
    this.#tops.see(ms, ns)
  }

  apply(event: MarketEvent): void {
    this.#tops.apply(event)
  }

  get(feed: string, symbol: string): Microprice | undefined {
    return this.#tops.get(feed, symbol)
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#tops.keep(keeper)
  }
}
