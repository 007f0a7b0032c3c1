// The order book of one instrument, for every exchange: market events in, levels out. Prices and sizes are integers with
// one scale for the whole book, so that nothing is rounded; what is wrong with a book is found, counted and named.
//
//   rebuilding → live (or unverifiable) → suspect → … → closed
//
// A gap makes a book suspect until its next snapshot. So does a level below zero, and what does not fit into 53 bits; a crossed
// book is suspect as long as it is crossed. Reading it allocates nothing.

import { BookChain } from './book-chain.ts'
import { BookSide } from './book-side.ts'
import { MAX_MANTISSA, POWERS } from './decimal.ts'
import { EVENT, FLAG, type MarketEvent, SIDE } from './event.ts'
import type { Keeper } from './keep.ts'

export type BookState =
  | 'rebuilding' // no snapshot yet, or one that is being read
  | 'live' // whole, as far as the protocol proves it
  | 'unverifiable' // whole as far as is known, but nothing proves it
  | 'suspect' // something is missing or wrong
  | 'closed' // the instrument is over

/** What may be wrong with a book, by name. */
export type BookTrouble = 'gap' | 'crossed' | 'locked' | 'negative' | 'unfit'

const TROUBLES: readonly BookTrouble[] = ['gap', 'crossed', 'locked', 'negative', 'unfit']

export type BookOptions = {
  /** Levels that the exchange keeps on each side: others are dropped after each change. Default: all. */
  readonly depth?: number
  /** Changes form a chain, and snapshots are fetched beside the stream (book-chain.ts). Default: snapshots come in the stream. */
  readonly isChained?: boolean
  /** Whether its protocol proves anything about a book. Default: yes. */
  readonly isProven?: boolean
}

export class Book {
  readonly bids = new BookSide()
  /** Keys of asks are their prices with the sign turned. */
  readonly asks = new BookSide()
  /** Of all prices and sizes of the book. They only grow, until the next snapshot. */
  priceScale = 0
  sizeScale = 0
  /** How often each was found: gaps, what did not fit, and complete changes that crossed, locked, or left a level below zero. */
  readonly troubles: Record<BookTrouble, number> = {
    gap: 0,
    crossed: 0,
    locked: 0,
    negative: 0,
    unfit: 0,
  }
  /** The last trouble since the last snapshot. */
  trouble: BookTrouble | undefined
  /** Levels removed that did not exist: harmless at some exchanges, a sign of loss at others. */
  unknownRemovals = 0
  /** Whole snapshots that were taken. */
  snapshots = 0
  #depth: number
  readonly #whole: BookState
  readonly #chain: BookChain | undefined
  #state: BookState = 'rebuilding'
  #isCrossed = false
  #isNegative = false

  constructor(options: BookOptions = {}) {
    this.#depth = options.depth ?? Number.POSITIVE_INFINITY
    if (options.isChained === true) {
      this.#chain = new BookChain({
        apply: (event) => this.#take(event),
        suspect: () => this.suspect('gap'),
      })
    }
    this.#whole = options.isProven === false ? 'unverifiable' : 'live'
  }

  get state(): BookState {
    return this.#isCrossed && this.#state === this.#whole ? 'suspect' : this.#state
  }

  /** Takes an event of this instrument: snapshots, changes, gaps, and the end of the instrument. */
  apply(event: MarketEvent): void {
    if (this.#chain === undefined) this.#take(event)
    else this.#chain.take(event)
  }

  #take(event: MarketEvent): void {
    const { kind } = event
    if (kind === EVENT.bookChange) this.#change(event)
    else if (kind === EVENT.bookSnapshot) this.#restore(event)
    // The end of a gap comes behind what built the book again.
    else if (kind === EVENT.gap && event.flags !== FLAG.last) this.suspect('gap')
    else if (kind === EVENT.instrument) this.#follow(event)
  }

  /** From the next change on `depth` levels of each side are kept: for exchanges whose snapshots show how many. */
  keep(depth: number): void {
    this.#depth = depth
  }

  /** Something is missing or wrong: until the next snapshot the book is not to be relied on. */
  suspect(trouble: BookTrouble): void {
    this.#find(trouble)
    if (this.#state === this.#whole) this.#state = 'suspect'
  }

  /** Best bid and ask and their sizes, as integers; NaN if there are none. */
  get bid(): number {
    return this.bids.key(0)
  }

  get bidSize(): number {
    return this.bids.size(0)
  }

  get ask(): number {
    return -this.asks.key(0)
  }

  get askSize(): number {
    return this.asks.size(0)
  }

  /** Price of the level at a place, 0 being the best; NaN if there is none. */
  price(side: number, place: number): number {
    return side === SIDE.bid ? this.bids.key(place) : -this.asks.key(place)
  }

  size(side: number, place: number): number {
    return (side === SIDE.bid ? this.bids : this.asks).size(place)
  }

  /** Levels of a side. */
  levels(side: number): number {
    return (side === SIDE.bid ? this.bids : this.asks).length
  }

  /** The sum of the sizes of the `count` best levels of a side, with `sizeScale`. */
  depth(side: number, count: number): number {
    return (side === SIDE.bid ? this.bids : this.asks).sum(count)
  }

  /** From -1, only asks, to 1, only bids, within the `count` best levels of each side; NaN if there are none. A ratio, not exact. */
  imbalance(count: number): number {
    const bids = this.bids.sum(count)
    const asks = this.asks.sum(count)
    return (bids - asks) / (bids + asks)
  }

  /** Between best bid and ask, nearer to the side with less size: what the next trade may pay. NaN if a side is empty. Not exact. */
  microprice(): number {
    const { bidSize, askSize } = this
    const weighted = (this.bid * askSize + this.ask * bidSize) / (bidSize + askSize)
    return weighted / POWERS[this.priceScale]!
  }

  /** Saves it, or restores it. */
  keepState(keeper: Keeper): void {
    this.bids.keep(keeper)
    this.asks.keep(keeper)
    this.priceScale = keeper.number(this.priceScale)
    this.sizeScale = keeper.number(this.sizeScale)
    for (const name of TROUBLES) this.troubles[name] = keeper.number(this.troubles[name])
    this.trouble = keeper.text<BookTrouble | ''>(this.trouble ?? '') || undefined
    this.unknownRemovals = keeper.number(this.unknownRemovals)
    this.snapshots = keeper.number(this.snapshots)
    this.#depth = keeper.number(this.#depth)
    this.#state = keeper.text(this.#state)
    this.#isCrossed = keeper.flag(this.#isCrossed)
    this.#isNegative = keeper.flag(this.#isNegative)
    this.#chain?.keep(keeper)
  }

  #change(event: MarketEvent): void {
    const { flags } = event
    if ((flags & FLAG.empty) === 0) {
      if (event.priceScale === this.priceScale && event.sizeScale === this.sizeScale) {
        this.#set(event.side, event.price, event.size, flags)
      } else {
        const isFitting = this.#adapt(event)
        const price = event.price * POWERS[this.priceScale - event.priceScale]!
        const size = event.size * POWERS[this.sizeScale - event.sizeScale]!
        if (isFitting && isHeld(price) && isHeld(size)) this.#set(event.side, price, size, flags)
        else this.suspect('unfit')
      }
    }
    if ((flags & FLAG.last) !== 0) this.#judge()
  }

  #set(which: number, price: number, size: number, flags: number): void {
    const isBid = which === SIDE.bid
    const side = isBid ? this.bids : this.asks
    const before = side.length
    const now = side.change(isBid ? price : -price, size, (flags & FLAG.change) !== 0)
    if (now > 0) {
      if (now > MAX_MANTISSA) this.suspect('unfit')
    } else if (now < 0) this.#isNegative = true
    else if (side.length === before) this.unknownRemovals++
  }

  #restore(event: MarketEvent): void {
    const { flags } = event
    if ((flags & FLAG.first) !== 0) {
      this.bids.clear()
      this.asks.clear()
      this.priceScale = 0
      this.sizeScale = 0
      this.trouble = undefined
      this.#isNegative = false
      this.#isCrossed = false
      if (this.#state !== 'closed') this.#state = 'rebuilding'
    }
    if ((flags & FLAG.empty) === 0) {
      const isFitting = this.#adapt(event)
      const key = event.price * POWERS[this.priceScale - event.priceScale]!
      const size = event.size * POWERS[this.sizeScale - event.sizeScale]!
      if (!isFitting || !isHeld(key) || !isHeld(size)) {
        this.#find('unfit')
      } else {
        if (size < 0) this.#isNegative = true
        if (event.side === SIDE.bid) this.bids.append(key, size)
        else this.asks.append(-key, size)
      }
    }
    if ((flags & FLAG.last) === 0) return
    this.snapshots++
    this.bids.settle()
    this.asks.settle()
    if (this.#state !== 'closed') this.#state = this.trouble === 'unfit' ? 'suspect' : this.#whole
    this.#judge()
  }

  #follow(event: MarketEvent): void {
    const phase = event.instrument?.phase
    if (phase === 'closed' || phase === 'settled') this.#state = 'closed'
    // What happened while it was closed is not known.
    else if (phase === 'open' && this.#state === 'closed') this.#state = 'rebuilding'
  }

  /** A change of the book is complete: only now it can be judged. */
  #judge(): void {
    this.bids.truncate(this.#depth)
    this.asks.truncate(this.#depth)
    const distance = this.bids.key(0) + this.asks.key(0)
    // Below zero the bid is below the ask; NaN if a side is empty.
    this.#isCrossed = distance > 0
    if (distance > 0) this.#find('crossed')
    else if (distance === 0) this.#find('locked')
    if (!this.#isNegative) return
    this.#isNegative = false
    this.suspect('negative')
  }

  #find(trouble: BookTrouble): void {
    this.troubles[trouble]++
    this.trouble = trouble
  }

  /** Gives the whole book more decimals if the event has more. False if what it has does not fit then. */
  #adapt(event: MarketEvent): boolean {
    const more = Math.max(0, event.priceScale - this.priceScale)
    const moreSize = Math.max(0, event.sizeScale - this.sizeScale)
    if (more === 0 && moreSize === 0) return true
    const keys = POWERS[more] ?? Number.NaN
    const sizes = POWERS[moreSize] ?? Number.NaN
    if (!this.bids.fits(keys, sizes) || !this.asks.fits(keys, sizes)) return false
    this.bids.scale(keys, sizes)
    this.asks.scale(keys, sizes)
    this.priceScale += more
    this.sizeScale += moreSize
    return true
  }
}

/** Whether an integer is exact: NaN is not. */
const isHeld = (integer: number): boolean => Math.abs(integer) <= MAX_MANTISSA
