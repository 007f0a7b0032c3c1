// One generated spot market: a book of bids and asks in whole ticks and lots, and the trades that eat it. What happens is
// a function of seed and step. Its laws: sizes are above zero, the book is never crossed, a trade takes exactly what its
// change of the book says, and trade ids have no hole. Pure: it knows no clock and no bytes.

import { Random } from './random.ts'

export const BID = 0
export const ASK = 1
export type Side = typeof BID | typeof ASK

/** What an action did, in order: a trade follows the change of the book that it made. */
export type SpotEvents = {
  /** The level has this size now; 0: it is gone. */
  level(side: Side, price: number, size: number): void
  /** `taker` BID: the taker bought, from the asks. */
  trade(id: number, price: number, size: number, taker: Side): void
}

export type SpotOptions = {
  readonly seed: number
  /** Where the market stands first, in ticks. */
  readonly mid: number
  /** Levels of a side at most; a side is filled to four fifths of it at the start. Default 100, least 10. */
  readonly depth?: number
  /** Lots of an ordinary order; sizes go up to ten times this. Default 1,000,000. */
  readonly lots?: number
  /** Default 1. */
  readonly firstTradeId?: number
}

// A side is never taken or cancelled below this many levels.
const LEAST_LEVELS = 5
const NOTHING: SpotEvents = { level() {}, trade() {} }

/** Prices of one side, best last: most of what happens is near the best. */
class BookSide {
  /** Prices of bids, negated prices of asks: ascending either way. */
  readonly keys: number[] = []
  readonly sizes: number[] = []

  /** Where the key stands, or belongs. */
  find(key: number): number {
    let low = 0
    let high = this.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.keys[middle] as number) < key) low = middle + 1
      else high = middle
    }
    return low
  }
}

export class SpotMarket {
  readonly depth: number
  lastPrice = 0
  lastSize = 0
  /** Lots traded. */
  volume = 0
  lastTradeId: number
  readonly #random: Random
  readonly #sides: readonly [BookSide, BookSide] = [new BookSide(), new BookSide()]
  readonly #lots: number
  /** How far from the middle orders are placed, in ticks. */
  readonly #reach: number
  readonly #lowestMid: number
  readonly #highestMid: number
  /** Twice the middle, in ticks: it may stand between two. */
  #mid: number

  constructor(options: SpotOptions) {
    this.depth = Math.max(10, options.depth ?? 100)
    this.#random = new Random(options.seed)
    this.#lots = options.lots ?? 1_000_000
    this.lastTradeId = (options.firstTradeId ?? 1) - 1
    this.#reach = Math.ceil(this.depth * 1.25)
    const mid = Math.max(options.mid, 2 * this.#reach + 2)
    this.#mid = 2 * mid
    this.#lowestMid = 2 * Math.max(this.#reach + 2, Math.floor(mid / 2))
    this.#highestMid = 4 * mid
    for (const side of [BID, ASK] as const)
      for (let offset = 0; offset < this.#reach; offset++)
        if (this.count(side) < this.depth && this.#random.chance(16, 25))
          this.#set(
            side,
            this.#limit(side) + (side === BID ? -offset : offset),
            this.#size(),
            NOTHING
          )
  }

  /** One thing that happens: an order, a cancel or a trade; at least one event. */
  act(events: SpotEvents): void {
    const random = this.#random
    if (random.chance(1, 20)) this.#drift()
    if (random.chance(1, 25)) this.#take(events)
    else this.#quote(events)
  }

  count(side: Side): number {
    return this.#sides[side].keys.length
  }

  /** Price of the level of this rank, 0 being the best; undefined where there is none. */
  priceAt(side: Side, rank: number): number | undefined {
    const { keys } = this.#sides[side]
    const key = keys[keys.length - 1 - rank]
    return key === undefined ? undefined : side === BID ? key : -key
  }

  sizeAt(side: Side, rank: number): number {
    const { sizes } = this.#sides[side]
    return sizes[sizes.length - 1 - rank] ?? 0
  }

  /** How many levels are better than this price. */
  rankOf(side: Side, price: number): number {
    const half = this.#sides[side]
    const key = side === BID ? price : -price
    const at = half.find(key)
    return half.keys.length - at - (half.keys[at] === key ? 1 : 0)
  }

  /** Size at this price; 0: no level. */
  sizeOf(side: Side, price: number): number {
    const half = this.#sides[side]
    const key = side === BID ? price : -price
    const at = half.find(key)
    return half.keys[at] === key ? (half.sizes[at] as number) : 0
  }

  #drift(): void {
    const step = (1 + this.#random.below(6)) * (this.#random.chance(1, 2) ? 1 : -1)
    this.#mid = Math.min(this.#highestMid, Math.max(this.#lowestMid, this.#mid + step))
  }

  /** The best price at which an order of this side is placed: on its side of the middle, and never across the book. */
  #limit(side: Side): number {
    const other = this.priceAt(side === BID ? ASK : BID, 0)
    if (side === BID) {
      const middle = Math.ceil(this.#mid / 2) - 1
      return other === undefined ? middle : Math.min(middle, other - 1)
    }
    const middle = Math.floor(this.#mid / 2) + 1
    return other === undefined ? middle : Math.max(middle, other + 1)
  }

  /** Takes from the best levels of the other side. */
  #take(events: SpotEvents): void {
    const random = this.#random
    const taker: Side = random.chance(1, 2) ? BID : ASK
    const maker: Side = taker === BID ? ASK : BID
    let wanted = this.#size()
    let left = 1 + random.below(3)
    while (wanted > 0 && left-- > 0) {
      const price = this.priceAt(maker, 0) as number
      const there = this.sizeAt(maker, 0)
      const most = this.count(maker) > LEAST_LEVELS ? there : there - 1
      const size = Math.min(wanted, most)
      if (size <= 0) break
      this.#set(maker, price, there - size, events)
      this.lastPrice = price
      this.lastSize = size
      this.volume += size
      events.trade(++this.lastTradeId, price, size, taker)
      wanted -= size
    }
    // A last level of one lot is not taken: an order adds to it instead.
    if (left >= 0 && wanted === 0) return
    if (this.sizeAt(maker, 0) === 1 && this.count(maker) <= LEAST_LEVELS)
      this.#set(maker, this.priceAt(maker, 0) as number, 1 + this.#size(), events)
  }

  /** Places an order or takes one back. */
  #quote(events: SpotEvents): void {
    const random = this.#random
    const side: Side = random.chance(1, 2) ? BID : ASK
    const sign = side === BID ? -1 : 1
    const limit = this.#limit(side)
    const best = this.priceAt(side, 0)
    const isThin = this.count(side) <= LEAST_LEVELS
    // The middle moved away: orders that stand beyond it go first.
    if (best !== undefined && (limit - best) * sign > 0 && !isThin) {
      this.#reduce(side, best, events)
      return
    }
    const offset = random.chance(3, 4)
      ? Math.clz32(random.next()) * 2 + random.below(3)
      : random.below(this.#reach)
    const price = limit + sign * Math.min(offset, this.#reach)
    const size = this.sizeOf(side, price)
    const isFull = this.count(side) >= this.depth
    if (size > 0 && !isThin && random.chance(1, 2)) this.#reduce(side, price, events)
    else if (size > 0) this.#set(side, price, size + this.#size(), events)
    else if (!isFull) this.#set(side, price, this.#size(), events)
    // A full side: what is worst goes first.
    else this.#set(side, this.priceAt(side, this.count(side) - 1) as number, 0, events)
  }

  #reduce(side: Side, price: number, events: SpotEvents): void {
    const size = this.sizeOf(side, price)
    const part = this.#random.chance(2, 3) ? size : Math.min(size, this.#size())
    this.#set(side, price, size - part, events)
  }

  #size(): number {
    const random = this.#random
    const part = 1 + random.below(this.#lots)
    return random.chance(1, 20) ? part * (1 + random.below(10)) : part
  }

  #set(side: Side, price: number, size: number, events: SpotEvents): void {
    const half = this.#sides[side]
    const key = side === BID ? price : -price
    const at = half.find(key)
    const isThere = half.keys[at] === key
    if (size === 0) {
      half.keys.splice(at, 1)
      half.sizes.splice(at, 1)
    } else if (isThere) half.sizes[at] = size
    else {
      half.keys.splice(at, 0, key)
      half.sizes.splice(at, 0, size)
    }
    events.level(side, price, size)
  }
}
