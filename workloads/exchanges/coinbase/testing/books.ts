// The books that archived lines make, by the recipe of the documentation and nothing of the product but its market events.
// For tests only.

import { decimalText } from '#market/decimal.ts'
import { EVENT, FLAG, SIDE } from '#market/event.ts'
import { createNormalizer } from '../normalize.ts'

export class Book {
  /** A snapshot came after the last hole. */
  isWhole = false
  readonly sides: readonly [Map<string, string>, Map<string, string>] = [new Map(), new Map()]

  /** The best first. */
  side(side: 0 | 1): [string, string][] {
    const sign = side === 0 ? -1 : 1
    return [...this.sides[side]].sort(([a], [b]) => (Number(a) - Number(b)) * sign)
  }
}

type Line = {
  readonly type: string
  readonly symbol?: string
  readonly frame?: { readonly sequence_num?: number }
}

/** The books of one connection's lines, and what was unknown in them. */
export function booksOf(lines: readonly string[]): { books: Map<string, Book>; unknown: string[] } {
  const books = new Map<string, Book>()
  const unknown: string[] = []
  const normalizer = createNormalizer()
  // The order of the exchange is that of its numbers; what came twice is said once.
  const frames = new Map<number, { line: string; type: string }>()
  for (const line of lines) {
    const { type, frame } = JSON.parse(line) as Line
    if (frame?.sequence_num !== undefined) frames.set(frame.sequence_num, { line, type })
  }
  let last = -1
  for (const [sequence, { line, type }] of [...frames].sort(([a], [b]) => a - b)) {
    if (sequence !== last + 1) for (const book of books.values()) book.isWhole = false
    last = sequence
    const payload = Buffer.from(line.slice(line.indexOf('"frame":') + 8, -1))
    const header = { recvMs: 1, recvNs: 0, feed: 'f', type, symbol: '' }
    normalizer.normalize(payload, header, (event) => {
      if (event.kind === EVENT.unknown) unknown.push(`${event.reason}: ${line}`)
      if (event.kind !== EVENT.bookSnapshot && event.kind !== EVENT.bookChange) return
      const book = books.get(event.symbol) ?? new Book()
      books.set(event.symbol, book)
      if ((event.flags & FLAG.first) !== 0) {
        for (const side of book.sides) side.clear()
        book.isWhole = true
      }
      if ((event.flags & FLAG.empty) !== 0) return
      const half = book.sides[event.side === SIDE.bid ? 0 : 1]
      const price = decimalText(event.price, event.priceScale)
      if (event.size === 0) half.delete(price)
      else half.set(price, decimalText(event.size, event.sizeScale))
    })
  }
  return { books, unknown }
}
