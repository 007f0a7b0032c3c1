// The best bid and ask of each instrument, from its order book or from quotes. What was not sent is absent; and behind a gap nothing is known
// until the book is whole again, or the next quote.

import { EVENT, type MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { type Clock, Instruments, Known } from './instruments.ts'
import { type InstrumentBook, type OrderBookOptions, OrderBooks } from './order-books.ts'

export const TOP_SOURCES = ['book', 'quote'] as const
export type TopSource = (typeof TOP_SOURCES)[number]

/** Both clocks. */
type Stamp = Pick<MarketEvent, 'recvMs' | 'recvNs' | 'timeMs' | 'timeNs'>

export class Top {
  readonly known: Known
  readonly #clock: Clock
  /** NaN: none, or not sent. */
  bid = Number.NaN
  bidScale = 0
  bidSize = Number.NaN
  bidSizeScale = 0
  ask = Number.NaN
  askScale = 0
  askSize = Number.NaN
  askSizeScale = 0
  /** When it was received, and when it happened by the exchange's clock, -1 if it does not say; recv -1: nothing yet. */
  recvMs = -1
  recvNs = 0
  timeMs = -1
  timeNs = 0
  /** The book that it is of is suspect, being rebuilt or closed; undefined: it is of quotes. */
  #isUnsure: boolean | undefined

  constructor(feed: string, symbol: string, clock: Clock) {
    this.known = new Known(feed, symbol, clock)
    this.#clock = clock
  }

  get feed(): string {
    return this.known.feed
  }

  get symbol(): string {
    return this.known.symbol
  }

  /** Receive time of the last event that the builder took. */
  get nowMs(): number {
    return this.#clock.nowMs
  }

  get nowNs(): number {
    return this.#clock.nowNs
  }

  /** Not to be relied on: the book is not whole, or something was missing since the quote. */
  get gap(): boolean {
    return this.#isUnsure ?? this.known.missedSince(this.recvMs, this.recvNs)
  }

  /** Bid and ask are known, and nothing was missing since. */
  get isWhole(): boolean {
    return !Number.isNaN(this.bid) && !Number.isNaN(this.ask) && !this.gap
  }

  quote(event: MarketEvent): void {
    this.bid = event.bid
    this.bidScale = event.bidScale
    this.bidSize = event.bidSize
    this.bidSizeScale = event.bidSizeScale
    this.ask = event.ask
    this.askScale = event.askScale
    this.askSize = event.askSize
    this.askSizeScale = event.askSizeScale
    this.#stamp(event)
  }

  book(of: InstrumentBook): void {
    const { book } = of
    this.bid = book.bid
    this.bidScale = book.priceScale
    this.bidSize = book.bidSize
    this.bidSizeScale = book.sizeScale
    this.ask = book.ask
    this.askScale = book.priceScale
    this.askSize = book.askSize
    this.askSizeScale = book.sizeScale
    this.judge(of)
    this.#stamp(of)
  }

  /** Its book may no longer be relied on, or may again, although no price changed. */
  judge({ isWhole }: InstrumentBook): void {
    this.#isUnsure = !isWhole
  }

  keep(keeper: Keeper): void {
    this.known.keep(keeper)
    for (const field of TOP_NUMBERS) this[field] = keeper.number(this[field])
    const unsure = keeper.number(this.#isUnsure === undefined ? -1 : this.#isUnsure ? 1 : 0)
    this.#isUnsure = unsure < 0 ? undefined : unsure === 1
  }

  #stamp({ recvMs, recvNs, timeMs, timeNs }: Stamp): void {
    this.recvMs = recvMs
    this.recvNs = recvNs
    this.timeMs = timeMs
    this.timeNs = timeNs
  }
}

const TOP_NUMBERS = [
  ...(['bid', 'bidScale', 'bidSize', 'bidSizeScale', 'ask', 'askScale', 'askSize'] as const),
  ...(['askSizeScale', 'recvMs', 'recvNs', 'timeMs', 'timeNs'] as const),
] as const

export type TopOptions = {
  readonly source: TopSource
  /** How the books of the exchange are kept; only for `book`. */
  readonly books?: OrderBookOptions
}

/** What is kept beside the top of an instrument, and told of its changes. */
export type TopUser = {
  readonly top: Top
  readonly feed: string
  readonly symbol: string
  /** The top changed, or was sent again. */
  changed(): void
  /** What the top was is not known any more from that receive time on. */
  missed(ms: number, ns: number): void
  keep(keeper: Keeper): void
}

/** Follows the tops, one user for each. A quote without bid and ask is left out. */
export class Tops<U extends TopUser> {
  readonly #users: Instruments<U>
  readonly #books: OrderBooks | undefined
  readonly #emit: (user: U) => void

  constructor({ source, books = {} }: TopOptions, make: (top: Top) => U, emit: (user: U) => void) {
    this.#users = new Instruments((feed, symbol, clock) => make(new Top(feed, symbol, clock)))
    this.#books =
      source === 'quote'
        ? undefined
        : new OrderBooks(
            () => books,
            (book) => this.#change(book)
          )
    this.#emit = emit
  }

  knownFrom(ms: number, ns: number): void {
    this.#users.clock.knownFrom(ms, ns)
  }

  apply(event: MarketEvent): void {
    const { kind, feed, symbol } = event
    this.#users.clock.see(event)
    const books = this.#books
    if (books !== undefined) {
      books.apply(event)
      if (kind === EVENT.instrument) this.#follow(event)
    } else if (kind === EVENT.quote) {
      if (Number.isNaN(event.bid) && Number.isNaN(event.ask)) return
      const user = this.#users.of(feed, symbol)
      user.top.quote(event)
      user.changed()
      this.#emit(user)
    }
    if (kind === EVENT.gap) this.#miss(event)
  }

  see(ms: number, ns: number): void {
    this.#users.clock.move(ms, ns)
  }

  keep(keeper: Keeper): void {
    this.#users.keep(keeper, (user) => user.keep(keeper))
    this.#books?.keep(keeper)
  }

  get(feed: string, symbol: string): U | undefined {
    return this.#users.get(feed, symbol)
  }

  #change(book: InstrumentBook): void {
    const user = this.#users.of(book.feed, book.symbol)
    user.top.book(book)
    user.changed()
    this.#emit(user)
  }

  /** An instrument that closes or opens makes its book one that is over or being rebuilt. */
  #follow({ feed, symbol, recvMs, recvNs }: MarketEvent): void {
    const user = this.#users.get(feed, symbol)
    const book = this.#books?.get(feed, symbol)
    if (user === undefined || book === undefined) return
    user.top.judge(book)
    if (user.top.gap) user.missed(recvMs, recvNs)
  }

  /** What was sent behind the gap already is known; what came before it is not. */
  #miss(event: MarketEvent): void {
    for (const user of this.#users.about(event)) {
      const book = this.#books?.get(user.feed, user.symbol)
      if (book !== undefined) user.top.judge(book)
      if (user.top.gap) user.missed(event.timeMs, event.timeNs)
    }
  }
}
