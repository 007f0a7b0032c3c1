// The books that archived lines make, twice: by the recipe of the documentation and nothing of the product but its market
// events, and by the product's own book.
// For tests only.

import { Book as OwnBook } from '#market/book.ts'
import { decimalText } from '#market/decimal.ts'
import { EVENT, FLAG, type MarketEvent, SIDE } from '#market/event.ts'
import { createNormalizer } from '../normalize.ts'

type Level = readonly [side: number, price: string, size: string]
type Update = { readonly first: number; readonly last: number; readonly levels: Level[] }

export class Book {
  state: 'rebuilding' | 'live' = 'rebuilding'
  readonly sides: readonly [Map<string, string>, Map<string, string>] = [new Map(), new Map()]
  #last = -1
  /** Updates without a hole between them. */
  #kept: Update[] = []

  snapshot(last: number, levels: readonly Level[]): void {
    const [oldest] = this.#kept
    // Too old, or no newer than what is known.
    if ((oldest !== undefined && oldest.first > last + 1) || this.state === 'live') return
    for (const side of this.sides) side.clear()
    this.#apply(levels)
    this.#last = last
    this.state = 'live'
    const kept = this.#kept
    this.#kept = []
    for (const update of kept) this.update(update)
  }

  update(update: Update): void {
    const last = this.state === 'live' ? this.#last : (this.#kept.at(-1)?.last ?? -1)
    if (update.last <= last) return
    if (last >= 0 && update.first > last + 1) {
      this.state = 'rebuilding'
      this.#kept = []
    }
    if (this.state === 'rebuilding') {
      this.#kept.push(update)
      return
    }
    this.#apply(update.levels)
    this.#last = update.last
  }

  #apply(levels: readonly Level[]): void {
    for (const [side, price, size] of levels) {
      const half = this.sides[side === SIDE.bid ? 0 : 1]
      if (Number(size) === 0) half.delete(price)
      else half.set(price, size)
    }
  }

  /** The best first. */
  side(side: 0 | 1): [string, string][] {
    const sign = side === 0 ? -1 : 1
    return [...this.sides[side]].sort(([a], [b]) => (Number(a) - Number(b)) * sign)
  }
}

/** The levels of the product's book, the best first. */
export function levelsOf(book: OwnBook, side: 0 | 1): [string, string][] {
  const which = side === 0 ? SIDE.bid : SIDE.ask
  return Array.from({ length: book.levels(which) }, (_, place) => [
    decimalText(book.price(which, place), book.priceScale),
    decimalText(book.size(which, place), book.sizeScale),
  ])
}

/** The books of one connection's lines, in the order of their numbers, and what was unknown in them. */
export function booksOf(lines: readonly string[]): {
  books: Map<string, Book>
  own: Map<string, OwnBook>
  unknown: string[]
} {
  const books = new Map<string, Book>()
  const own = new Map<string, OwnBook>()
  const unknown: string[] = []
  const normalizer = createNormalizer()
  for (const line of lines) {
    const {
      type,
      symbol = '',
      frame,
    } = JSON.parse(line) as {
      readonly type: string
      readonly symbol?: string
      readonly frame?: unknown
    }
    if (frame === undefined) continue
    const levels: Level[] = []
    let told: Pick<MarketEvent, 'kind' | 'sequence' | 'id' | 'symbol'> | undefined
    const payload = Buffer.from(line.slice(line.indexOf('"frame":') + 8, -1))
    const header = { recvMs: 1, recvNs: 0, feed: 'f', type, symbol }
    normalizer.normalize(payload, header, (event) => {
      if (event.kind === EVENT.unknown) unknown.push(`${event.reason}: ${line}`)
      if (event.kind !== EVENT.bookSnapshot && event.kind !== EVENT.bookChange) return
      const kept = own.get(event.symbol) ?? new OwnBook({ isChained: true })
      own.set(event.symbol, kept)
      kept.apply(event)
      told = { kind: event.kind, sequence: event.sequence, id: event.id, symbol: event.symbol }
      if ((event.flags & FLAG.empty) !== 0) return
      const { price, priceScale, size, sizeScale } = event
      levels.push([event.side, decimalText(price, priceScale), decimalText(size, sizeScale)])
    })
    if (told === undefined) continue
    const book = books.get(told.symbol) ?? new Book()
    books.set(told.symbol, book)
    const last = Number(told.sequence)
    if (told.kind === EVENT.bookSnapshot) book.snapshot(last, levels)
    else book.update({ first: Number(told.id), last, levels })
  }
  return { books, own, unknown }
}
