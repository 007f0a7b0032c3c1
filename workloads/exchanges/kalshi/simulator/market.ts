// One generated binary market: its two sides of bids, last trade and volume, moved by seeded chance. It keeps
// the laws of a real one: no level below zero, never crossed, a trade takes what it says from the opposite side.
// Whole numbers only: prices in cents, sizes in hundredths of a contract. Pure: it knows no clock and no bytes.
import type { Random } from '../../simulation/random.ts'

export const YES = 0
export const NO = 1
export type Side = typeof YES | typeof NO

/** What an action did, in the order in which the exchange tells it. */
export type MarketEvents = {
  level(side: Side, price: number, change: number): void
  trade(yesPrice: number, size: number, taker: Side): void
  ticker(): void
}

const LOWEST = 1
const HIGHEST = 99
// Above this a level is only ever reduced, so that sizes stay those of a real book.
const LEVEL_LIMIT = 600_000
const SIZES = [10, 100, 900, 1_000, 2_500, 4_120, 5_000, 5_000, 7_500, 10_000, 10_000, 200_000]

export class MarketBook {
  readonly sides: readonly [Int32Array, Int32Array] = [new Int32Array(100), new Int32Array(100)]
  /** Best bid of each side in cents, 0 where the side is empty. */
  readonly best: [number, number] = [0, 0]
  /** Where the market sees yes, in cents: chance moves it, the book follows. */
  mid: number
  lastPrice = 0
  lastSize = 0
  volume = 0
  openInterest = 0
  /** Cents paid for yes, summed; the exchange shows whole dollars. */
  turnover = 0

  constructor(mid: number) {
    this.mid = Math.min(97, Math.max(3, mid))
  }

  /** One thing that happens; at least one event. `late`: the end is near and the outcome shows. */
  act(random: Random, late: boolean, events: MarketEvents): void {
    if (random.chance(5, 100)) this.#drift(random, late)
    const draw = random.below(1000)
    if (draw < 30 && this.#take(random, events)) return
    if (draw < 70) events.ticker()
    else this.#quote(random, events)
  }

  /** The first quotes of a market that opens. */
  open(random: Random, events: MarketEvents): void {
    for (const side of [YES, NO] as const) {
      const limit = (side === YES ? this.mid : 100 - this.mid) - 1
      for (let price = Math.max(LOWEST, limit - 24); price <= limit; price++)
        if (random.chance(3, 4)) this.#change(side, price, sizeOf(random), events)
    }
    events.ticker()
  }

  /** The end: every level is taken away, one by one. */
  close(events: MarketEvents): void {
    for (let price = HIGHEST; price >= LOWEST; price--)
      for (const side of [YES, NO] as const) {
        const size = this.sides[side][price] as number
        if (size > 0) this.#change(side, price, -size, events)
      }
  }

  #drift(random: Random, late: boolean): void {
    const up = late ? random.chance(this.mid >= 50 ? 4 : 1, 5) : random.chance(1, 2)
    this.mid = Math.min(97, Math.max(3, this.mid + (up ? 1 : -1)))
  }

  /** Takes from the best bid of the other side; false if it has no bid. */
  #take(random: Random, events: MarketEvents): boolean {
    const taker: Side = random.chance(1, 2) ? YES : NO
    const maker: Side = taker === YES ? NO : YES
    const price = this.best[maker]
    if (price === 0) return false
    const level = this.sides[maker][price] as number
    const size = Math.min(level, 1 + random.below(20_000))
    const yesPrice = maker === YES ? price : 100 - price
    this.lastPrice = yesPrice
    this.lastSize = size
    this.volume += size
    this.openInterest += random.chance(2, 3) ? size : 0
    this.turnover += (yesPrice * size) / 100
    // On the real wire the delta comes first for 95 of 100 trades.
    const deltaFirst = random.chance(95, 100)
    if (!deltaFirst) events.trade(yesPrice, size, taker)
    this.#change(maker, price, -size, events)
    if (deltaFirst) events.trade(yesPrice, size, taker)
    if (random.chance(1, 2)) events.ticker()
    return true
  }

  /** Adds a quote or removes one. */
  #quote(random: Random, events: MarketEvents): void {
    const side: Side = random.chance(1, 2) ? YES : NO
    const other: Side = side === YES ? NO : YES
    const limit = Math.min(
      (side === YES ? this.mid : 100 - this.mid) - 1,
      HIGHEST - this.best[other]
    )
    const best = this.best[side]
    // The market moved away: quotes that stand too high go first.
    if (best > limit) {
      this.#reduce(random, side, best, events)
      return
    }
    const price = Math.max(LOWEST, limit - Math.clz32(random.next()) * 2 - random.below(3))
    const level = this.sides[side][price] as number
    if (price > limit) this.#reduce(random, side, best || price, events)
    else if (level === 0 || (level < LEVEL_LIMIT && random.chance(1, 2)))
      this.#change(side, price, sizeOf(random), events)
    else this.#reduce(random, side, price, events)
  }

  #reduce(random: Random, side: Side, price: number, events: MarketEvents): void {
    const level = this.sides[side][price] as number
    if (level === 0) {
      events.ticker()
      return
    }
    const part = random.chance(2, 3) ? level : Math.min(level, sizeOf(random))
    this.#change(side, price, -part, events)
  }

  #change(side: Side, price: number, change: number, events: MarketEvents): void {
    const levels = this.sides[side]
    const size = (levels[price] as number) + change
    levels[price] = size
    if (size > 0 && price > this.best[side]) this.best[side] = price
    else if (size === 0 && price === this.best[side]) {
      let below = price - 1
      while (below >= LOWEST && levels[below] === 0) below--
      this.best[side] = below
    }
    events.level(side, price, change)
  }
}

function sizeOf(random: Random): number {
  const size = SIZES[random.below(SIZES.length)] as number
  return random.chance(1, 6) ? size + random.below(99) : size
}
