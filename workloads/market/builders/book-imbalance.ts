// What buyers offer against what sellers offer within the best levels of a book, exact.

import { type MarketEvent, SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { type InstrumentBook, type OrderBookOptions, OrderBooks } from './order-books.ts'
import { balanceOf } from './trade-imbalance.ts'

export type ImbalanceOptions = {
  /** How many of the best levels of each side count. */
  readonly levels: number
  readonly books?: OrderBookOptions
}

/** Of one book; reused for the next one. */
export class BookImbalance {
  feed = ''
  symbol = ''
  /** Sums of the sizes of the best levels. */
  readonly bids = new DecimalSum()
  readonly asks = new DecimalSum()
  /** When the book last changed: receive time, and the exchange's clock, -1 if it does not say. */
  recvMs = -1
  recvNs = 0
  timeMs = -1
  timeNs = 0
  /** The book is not to be relied on: it is suspect, being rebuilt or closed. */
  gap = true
  readonly #levels: number

  constructor(levels: number) {
    this.#levels = levels
  }

  /** (bids - asks) ÷ (bids + asks), from -1 to 1, rounded half up to `scale` decimals; undefined if both sides are empty. */
  imbalance(scale: number): bigint | undefined {
    return balanceOf(this.bids, this.asks, scale)
  }

  /** Nearly the same, as a number; NaN if both sides are empty. */
  get near(): number {
    const bids = this.bids.near
    const asks = this.asks.near
    return (bids - asks) / (bids + asks)
  }

  read(of: InstrumentBook): void {
    const { book } = of
    this.feed = of.feed
    this.symbol = of.symbol
    this.recvMs = of.recvMs
    this.recvNs = of.recvNs
    this.timeMs = of.timeMs
    this.timeNs = of.timeNs
    this.gap = !of.isWhole
    this.bids.clear()
    this.asks.clear()
    const bids = Math.min(this.#levels, book.levels(SIDE.bid))
    const asks = Math.min(this.#levels, book.levels(SIDE.ask))
    for (let i = 0; i < bids; i++) this.bids.add(book.size(SIDE.bid, i), book.sizeScale)
    for (let i = 0; i < asks; i++) this.asks.add(book.size(SIDE.ask, i), book.sizeScale)
  }
}

export class BookImbalances implements Builder<BookImbalance> {
  readonly #books: OrderBooks
  readonly #imbalance: BookImbalance

  constructor(
    { levels, books = {} }: ImbalanceOptions,
    emit: (imbalance: BookImbalance) => void = () => {}
  ) {
    this.#imbalance = new BookImbalance(levels)
    this.#books = new OrderBooks(
      () => books,
      (book) => {
        this.#imbalance.read(book)
        emit(this.#imbalance)
      }
    )
  }

  apply(event: MarketEvent): void {
    this.#books.apply(event)
  }

  get(feed: string, symbol: string): BookImbalance | undefined {
    const book = this.#books.get(feed, symbol)
    if (book === undefined) return undefined
    this.#imbalance.read(book)
    return this.#imbalance
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#books.keep(keeper)
  }
}
