// The order book of every instrument that events tell of, each as market/book.ts keeps it.

import { Book, type BookOptions } from '../book.ts'
import { EVENT, FLAG, type MarketEvent, SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import type { Builder } from './definition.ts'

/** How the books of an exchange are kept. */
export type OrderBookOptions = Pick<BookOptions, 'isChained' | 'isProven'> & {
  /**
   * The exchange keeps one of these numbers of levels of each side and does not say which ones leave: the least that holds a snapshot
   * is taken.
   * Default: all levels are kept.
   */
  readonly depths?: readonly number[]
}

/** A book and where it stands. */
export class InstrumentBook {
  readonly feed: string
  readonly symbol: string
  readonly book: Book
  /** Receive time of the snapshot that it was built from, and of the last event in it; -1: none. */
  snapshotMs = -1
  snapshotNs = 0
  recvMs = -1
  recvNs = 0
  /** When that happened, by the exchange's clock; -1 if it does not say. */
  timeMs = -1
  timeNs = 0
  readonly #depths: readonly number[] | undefined
  /** Levels of each side in the snapshot that is being read. */
  #bids = 0
  #asks = 0

  constructor(feed: string, symbol: string, { depths, ...options }: OrderBookOptions) {
    this.feed = feed
    this.symbol = symbol
    this.book = new Book(options)
    this.#depths = depths
  }

  apply(event: MarketEvent): void {
    const { book } = this
    const before = book.snapshots
    if (event.kind === EVENT.bookSnapshot) this.#count(event)
    book.apply(event)
    if (event.kind === EVENT.bookSnapshot) this.#settle(before, event)
    else if (event.kind !== EVENT.bookChange) return
    this.recvMs = event.recvMs
    this.recvNs = event.recvNs
    this.timeMs = event.timeMs
    this.timeNs = event.timeNs
  }

  /** Whole, as far as is known: only then it is to be relied on. */
  get isWhole(): boolean {
    const { state } = this.book
    return state === 'live' || state === 'unverifiable'
  }

  keep(keeper: Keeper): void {
    for (const field of ['snapshotMs', 'snapshotNs', 'recvMs', 'recvNs'] as const) {
      this[field] = keeper.number(this[field])
    }
    this.timeMs = keeper.number(this.timeMs)
    this.timeNs = keeper.number(this.timeNs)
    this.#bids = keeper.number(this.#bids)
    this.#asks = keeper.number(this.#asks)
    this.book.keepState(keeper)
  }

  /** A snapshot that was taken to its end shows how many levels there may be. */
  #settle(before: number, { recvMs, recvNs }: MarketEvent): void {
    if (this.book.snapshots === before) return
    this.snapshotMs = recvMs
    this.snapshotNs = recvNs
    if (this.#depths === undefined) return
    const most = Math.max(this.#bids, this.#asks)
    this.book.keep(this.#depths.find((levels) => levels >= most) ?? most)
  }

  #count({ flags, side }: MarketEvent): void {
    if ((flags & FLAG.first) !== 0) {
      this.#bids = 0
      this.#asks = 0
      this.book.keep(Number.POSITIVE_INFINITY)
    }
    if ((flags & FLAG.empty) !== 0) return
    if (side === SIDE.bid) this.#bids++
    else this.#asks++
  }
}

export class OrderBooks implements Builder<InstrumentBook> {
  readonly #books = new Map<string, Map<string, InstrumentBook>>()
  readonly #optionsOf: (feed: string) => OrderBookOptions
  readonly #onChange: (book: InstrumentBook) => void
  #last: InstrumentBook | undefined

  /** `onChange` takes a book behind each complete change. */
  constructor(
    optionsOf: (feed: string) => OrderBookOptions,
    onChange: (book: InstrumentBook) => void = () => {}
  ) {
    this.#optionsOf = optionsOf
    this.#onChange = onChange
  }

  /** Takes the next event. A gap without a symbol makes every book of its feed suspect. */
  apply(event: MarketEvent): void {
    const { kind, feed, symbol } = event
    if (kind === EVENT.bookSnapshot || kind === EVENT.bookChange) {
      const book = this.#bookOf(feed, symbol)
      book.apply(event)
      if ((event.flags & FLAG.last) !== 0) this.#onChange(book)
    } else if (kind === EVENT.gap && symbol === '') {
      for (const book of this.#books.get(feed)?.values() ?? []) book.apply(event)
    } else if (kind === EVENT.gap || kind === EVENT.instrument) {
      this.#books.get(feed)?.get(symbol)?.apply(event)
    }
  }

  end(): void {}

  keep(keeper: Keeper): void {
    const all = [...this.#books].flatMap(([feed, books]) =>
      [...books].map(([symbol, book]) => [feed, symbol, book] as const)
    )
    keeper.each(
      all,
      (feed, symbol) => this.#bookOf(feed, symbol),
      (book) => book.keep(keeper)
    )
  }

  /** Undefined if nothing was said of it. */
  get(feed: string, symbol: string): InstrumentBook | undefined {
    return this.#books.get(feed)?.get(symbol)
  }

  #bookOf(feed: string, symbol: string): InstrumentBook {
    const last = this.#last
    if (last !== undefined && last.symbol === symbol && last.feed === feed) return last
    let books = this.#books.get(feed)
    if (books === undefined) {
      books = new Map()
      this.#books.set(feed, books)
    }
    let book = books.get(symbol)
    if (book === undefined) {
      book = new InstrumentBook(feed, symbol, this.#optionsOf(feed))
      books.set(symbol, book)
    }
    this.#last = book
    return book
  }
}
