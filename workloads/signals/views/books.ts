// What a signal sees of order books, and of best bids and asks. What is not to be relied on is undefined: behind a gap until the next
// snapshot, while a book is crossed, and between the rows of one change.

import type { BookImbalance } from '#market/builders/book-imbalance.ts'
import type { Microprice } from '#market/builders/microprice.ts'
import type { InstrumentBook } from '#market/builders/order-books.ts'
import type { SpreadStats } from '#market/builders/spread-stats.ts'
import type { Top } from '#market/builders/tops.ts'
import { rescale } from '#market/decimal.ts'
import { SIDE } from '#market/event.ts'
import { decimal, known, sum, time } from './numbers.ts'
import type { Source } from './slot.ts'

const sideOf = (side: unknown): number =>
  side === 'bid' ? SIDE.bid : side === 'ask' ? SIDE.ask : SIDE.none

export class BookView {
  readonly #source: Source<InstrumentBook>

  constructor(source: Source<InstrumentBook>) {
    this.#source = source
  }

  get #whole(): InstrumentBook | undefined {
    const { made } = this.#source
    return made?.isWhole === true ? made : undefined
  }

  get stale(): boolean {
    return this.#whole === undefined
  }
  get state(): string {
    return this.#source.made?.book.state ?? 'rebuilding'
  }
  get trouble(): string | undefined {
    return this.#source.made?.book.trouble
  }
  get receivedMs(): number | undefined {
    return time(this.#source.made?.recvMs)
  }
  get timeMs(): number | undefined {
    return time(this.#source.made?.timeMs)
  }
  get bid(): number | undefined {
    return this.price('bid', 0)
  }
  get ask(): number | undefined {
    return this.price('ask', 0)
  }
  get bidSize(): number | undefined {
    return this.size('bid', 0)
  }
  get askSize(): number | undefined {
    return this.size('ask', 0)
  }
  get spread(): number | undefined {
    const book = this.#whole?.book
    return book && decimal(book.ask - book.bid, book.priceScale)
  }
  get middle(): number | undefined {
    const book = this.#whole?.book
    return book && decimal((book.ask + book.bid) * 5, book.priceScale + 1)
  }
  get microprice(): number | undefined {
    return known(this.#whole?.book.microprice())
  }
  /** Of 0, the best, and so on. */
  price(side: unknown, place: unknown): number | undefined {
    const book = this.#whole?.book
    const of = sideOf(side)
    if (book === undefined || of === SIDE.none || typeof place !== 'number') return undefined
    return decimal(book.price(of, place), book.priceScale)
  }
  size(side: unknown, place: unknown): number | undefined {
    const book = this.#whole?.book
    const of = sideOf(side)
    if (book === undefined || of === SIDE.none || typeof place !== 'number') return undefined
    return decimal(book.size(of, place), book.sizeScale)
  }
  levels(side: unknown): number {
    const of = sideOf(side)
    return of === SIDE.none ? 0 : (this.#whole?.book.levels(of) ?? 0)
  }
  depth(side: unknown, count: unknown): number | undefined {
    const book = this.#whole?.book
    const of = sideOf(side)
    if (book === undefined || of === SIDE.none || typeof count !== 'number') return undefined
    return decimal(book.depth(of, count), book.sizeScale)
  }
  imbalance(count: unknown): number | undefined {
    return typeof count === 'number' ? known(this.#whole?.book.imbalance(count)) : undefined
  }
}

export class BookImbalanceView {
  readonly #source: Source<BookImbalance>

  constructor(source: Source<BookImbalance>) {
    this.#source = source
  }

  get #whole(): BookImbalance | undefined {
    const { made } = this.#source
    return made?.gap === false ? made : undefined
  }

  get stale(): boolean {
    return this.#whole === undefined
  }
  get imbalance(): number | undefined {
    return known(this.#whole?.near)
  }
  get bids(): number | undefined {
    return sum(this.#whole?.bids)
  }
  get asks(): number | undefined {
    return sum(this.#whole?.asks)
  }
}

/** Of a book or of quotes. */
class TopView {
  readonly #source: Source<{ readonly top: Top }>

  constructor(source: Source<{ readonly top: Top }>) {
    this.#source = source
  }

  get #top(): Top | undefined {
    const top = this.#source.made?.top
    return top?.gap === false ? top : undefined
  }

  get stale(): boolean {
    return this.#top === undefined
  }
  get receivedMs(): number | undefined {
    return time(this.#source.made?.top.recvMs)
  }
  get bid(): number | undefined {
    const top = this.#top
    return top && decimal(top.bid, top.bidScale)
  }
  get ask(): number | undefined {
    const top = this.#top
    return top && decimal(top.ask, top.askScale)
  }
  get bidSize(): number | undefined {
    const top = this.#top
    return top && decimal(top.bidSize, top.bidSizeScale)
  }
  get askSize(): number | undefined {
    const top = this.#top
    return top && decimal(top.askSize, top.askSizeScale)
  }
  get middle(): number | undefined {
    const top = this.#top
    if (top === undefined) return undefined
    const scale = Math.max(top.bidScale, top.askScale)
    const both = rescale(top.bid, top.bidScale, scale) + rescale(top.ask, top.askScale, scale)
    return decimal(both * 5, scale + 1)
  }
}

export class MicropriceView extends TopView {
  readonly #source: Source<Microprice>

  constructor(source: Source<Microprice>) {
    super(source)
    this.#source = source
  }

  get price(): number | undefined {
    const { made } = this.#source
    return made?.gap === false ? known(made.near) : undefined
  }
}

export class SpreadView extends TopView {
  readonly #source: Source<SpreadStats>

  constructor(source: Source<SpreadStats>) {
    super(source)
    this.#source = source
  }

  get #stats(): SpreadStats | undefined {
    const stats = this.#source.made
    stats?.advance()
    return stats
  }

  get spread(): number | undefined {
    const stats = this.#stats
    return stats && decimal(stats.spread, stats.spreadScale)
  }
  get least(): number | undefined {
    const stats = this.#stats
    return stats && decimal(stats.least, stats.leastScale)
  }
  get greatest(): number | undefined {
    const stats = this.#stats
    return stats && decimal(stats.greatest, stats.greatestScale)
  }
  get mean(): number | undefined {
    return known(this.#stats?.near)
  }
  get knownMs(): number {
    return (this.#stats?.knownNs ?? 0) / 1e6
  }
  get gap(): boolean {
    return this.#stats?.gap ?? true
  }
  get cut(): boolean {
    return this.#stats?.cut ?? false
  }
  get complete(): boolean {
    return this.#stats?.complete ?? false
  }
}
