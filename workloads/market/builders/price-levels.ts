// Volumes by price: of each step of prices what was traded, bought and sold, in the order of prices. A level exists as long as its volume is not
// taken away: so there are never more levels than trades in the window.

import { MAX_MANTISSA, POWERS } from '../decimal.ts'
import { SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum } from './decimal-sum.ts'

export class PriceLevel {
  /** How many steps its lowest price is: the price is place × step. */
  place = 0
  trades = 0
  readonly volume = new DecimalSum()
  readonly buyVolume = new DecimalSum()
  readonly sellVolume = new DecimalSum()

  begin(place: number): void {
    this.place = place
    this.trades = 0
    this.volume.clear()
    this.buyVolume.clear()
    this.sellVolume.clear()
  }

  /** Adds a size, or takes it away. */
  add(size: number, scale: number, side: number): void {
    this.volume.add(size, scale)
    if (side === SIDE.buy) this.buyVolume.add(size, scale)
    else if (side === SIDE.sell) this.sellVolume.add(size, scale)
  }
}

export class PriceLevels {
  readonly #levels: PriceLevel[] = []
  /** Levels without trades, to be used again. */
  readonly #free: PriceLevel[] = []

  get length(): number {
    return this.#levels.length
  }

  /** A level by its rank, 0 being the lowest price; valid until the next event. */
  level(rank: number): PriceLevel | undefined {
    return this.#levels[rank]
  }

  /** A trade came. */
  add(place: number, size: number, scale: number, side: number): void {
    const rank = this.#rank(place)
    let level = this.#levels[rank]
    if (level?.place !== place) {
      level = this.#free.pop() ?? new PriceLevel()
      level.begin(place)
      this.#levels.splice(rank, 0, level)
    }
    level.trades++
    level.add(size, scale, side)
  }

  /** A trade that came before left. */
  remove(place: number, size: number, scale: number, side: number): void {
    const rank = this.#rank(place)
    const level = this.#levels[rank]
    if (level?.place !== place) return
    level.add(-size, scale, side)
    if (--level.trades > 0) return
    this.#levels.splice(rank, 1)
    this.#free.push(level)
  }

  keep(keeper: Keeper): void {
    keeper.each(
      this.#levels.map((level) => ['', '', level] as const),
      () => {
        const level = new PriceLevel()
        this.#levels.push(level)
        return level
      },
      (level) => {
        level.place = keeper.number(level.place)
        level.trades = keeper.number(level.trades)
        for (const sum of [level.volume, level.buyVolume, level.sellVolume]) sum.keep(keeper)
      }
    )
  }

  /** The first rank whose place is not below `place`. */
  #rank(place: number): number {
    let low = 0
    let high = this.#levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#levels[middle]!.place < place) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** How many whole steps a price is, rounded down; NaN if that has more than 53 bits. Exact. */
export function placeOf(price: number, scale: number, step: number, stepScale: number): number {
  const more = POWERS[Math.abs(scale - stepScale)] ?? Number.POSITIVE_INFINITY
  const over = scale < stepScale ? price * more : price
  const under = scale > stepScale ? step * more : step
  if (!(Math.abs(over) <= MAX_MANTISSA && under <= MAX_MANTISSA)) {
    return placeOfLarge(price, scale, step, stepScale)
  }
  const rest = over % under
  const place = (over - rest) / under
  return rest < 0 ? place - 1 : place + 0
}

function placeOfLarge(price: number, scale: number, step: number, stepScale: number): number {
  const common = Math.max(scale, stepScale)
  const over = BigInt(price) * 10n ** BigInt(common - scale)
  const under = BigInt(step) * 10n ** BigInt(common - stepScale)
  const place = over / under - (over < 0n && over % under !== 0n ? 1n : 0n)
  return place >= -MAX_MANTISSA && place <= MAX_MANTISSA ? Number(place) : Number.NaN
}
