// The volume of trades within the last span of receive time: in all, by what the aggressor did, and by price in equal steps.

import { SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum } from './decimal-sum.ts'
import type { Clock } from './instruments.ts'
import { type PriceLevel, PriceLevels, placeOf } from './price-levels.ts'
import { TradeWindow, type WindowOptions } from './trade-window.ts'

export type ProfileOptions = WindowOptions & {
  /** A step of prices, as a decimal above zero. */
  readonly step: number
  readonly stepScale: number
}

export class VolumeProfile extends TradeWindow {
  readonly step: number
  readonly stepScale: number
  readonly volume = new DecimalSum()
  readonly buyVolume = new DecimalSum()
  readonly sellVolume = new DecimalSum()
  /** What is in no level: its price is too many steps to be counted. */
  readonly beyond = new DecimalSum()
  readonly #levels = new PriceLevels()

  constructor(feed: string, symbol: string, clock: Clock, options: ProfileOptions) {
    super(feed, symbol, clock, options)
    this.step = options.step
    this.stepScale = options.stepScale
  }

  get levels(): number {
    return this.#levels.length
  }

  /** A level by its rank, 0 being the lowest price; valid until the next event. */
  level(rank: number): PriceLevel | undefined {
    return this.#levels.level(rank)
  }

  /** The level with the greatest volume, of equal ones the lowest; undefined without levels. Reads all levels. */
  get busiest(): PriceLevel | undefined {
    let best = this.level(0)
    for (let rank = 1; rank < this.levels; rank++) {
      const level = this.level(rank)
      if (level !== undefined && best !== undefined && isMore(level.volume, best.volume))
        best = level
    }
    return best
  }

  override keep(keeper: Keeper): void {
    super.keep(keeper)
    for (const sum of [this.volume, this.buyVolume, this.sellVolume, this.beyond]) sum.keep(keeper)
    this.#levels.keep(keeper)
  }

  protected override added(p: number, ps: number, size: number, scale: number, side: number): void {
    if (Number.isNaN(size)) return
    this.#sum(size, scale, side)
    const place = placeOf(p, ps, this.step, this.stepScale)
    if (Number.isNaN(place)) this.beyond.add(size, scale)
    else this.#levels.add(place, size, scale, side)
  }

  protected override dropped(
    p: number,
    ps: number,
    size: number,
    scale: number,
    side: number
  ): void {
    if (Number.isNaN(size)) return
    this.#sum(-size, scale, side)
    const place = placeOf(p, ps, this.step, this.stepScale)
    if (Number.isNaN(place)) this.beyond.add(-size, scale)
    else this.#levels.remove(place, size, scale, side)
  }

  #sum(size: number, scale: number, side: number): void {
    this.volume.add(size, scale)
    if (side === SIDE.buy) this.buyVolume.add(size, scale)
    else if (side === SIDE.sell) this.sellVolume.add(size, scale)
  }
}

/** Whether a sum is larger than another one, whatever their scales. */
function isMore(a: DecimalSum, b: DecimalSum): boolean {
  if (a.scale === b.scale && !Number.isNaN(a.number) && !Number.isNaN(b.number)) {
    return a.number > b.number
  }
  const scale = Math.max(a.scale, b.scale)
  return a.value * 10n ** BigInt(scale - a.scale) > b.value * 10n ** BigInt(scale - b.scale)
}
