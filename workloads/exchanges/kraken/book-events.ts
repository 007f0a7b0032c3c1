// A book in a Kraken frame as the rows of one event: those of a snapshot, or those of a change.

import { BookRows } from '#market/book-rows.ts'
import { type MarketEvent, SIDE } from '#market/event.ts'
import { type FieldsReader, MISSING } from '#market/fields-reader.ts'
import { END, type JsonReader, OTHER } from '#market/json-reader.ts'
import { NO_LIST } from '#market/json-reasons.ts'
import { type Field, KIND, Shape } from '#market/json-shape.ts'
import { afterNumber } from '#market/json-tokens.ts'
import type { Symbols } from '#market/symbols.ts'
import { UNIT } from '#market/time.ts'
import {
  ASKS,
  afterLiteral,
  afterPlain,
  afterWhole,
  BIDS,
  BRACE,
  BRACKET,
  CHECKSUM,
  CLOSING_BRACKET,
  COMMA,
  PRICE,
  QUANTITY,
  SYMBOL,
  TIMESTAMP,
} from './layout.ts'
import { BOOK_ITEM, LEVEL, NEGATIVE, NO_PRICE } from './shapes.ts'

export class BookEvents {
  readonly rows = new BookRows()
  readonly #reader: JsonReader
  readonly #values: FieldsReader
  readonly #symbols: Symbols
  readonly #book = new Shape(BOOK_ITEM)
  readonly #level = new Shape(LEVEL)
  readonly #bids = this.#book.field('bids')
  readonly #asks = this.#book.field('asks')
  readonly #bookSymbol = this.#book.field('symbol')
  readonly #bookTime = this.#book.field('timestamp')
  readonly #price = this.#level.field('price')
  readonly #quantity = this.#level.field('qty')

  constructor(reader: JsonReader, values: FieldsReader, symbols: Symbols) {
    this.#reader = reader
    this.#values = values
    this.#symbols = symbols
  }

  /** Reads the book at which the reader stands into `event` and `rows`. */
  read(event: MarketEvent, kind: number): void {
    const reader = this.#reader
    const values = this.#values
    event.begin(kind)
    this.rows.clear()
    const at = this.#usualBook()
    if (at > 0) {
      reader.seek(at)
      this.#bookEnd(event)
      return
    }
    if (!reader.open(this.#book)) return
    for (;;) {
      const field = reader.key(this.#book)
      if (field === END) break
      if (field === OTHER) reader.skip()
      else if (field === this.#bids || field === this.#asks) {
        this.#levels(field, field === this.#bids ? SIDE.bid : SIDE.ask)
        if (values.why !== '') return
      } else {
        field.kind = reader.value()
        field.start = reader.start
        field.end = reader.end
      }
    }
    if (reader.error === '') this.#bookEnd(event)
  }

  /** Reads a book whose members stand as Kraken writes them, and returns the place behind it; 0: they do not. */
  #usualBook(): number {
    const reader = this.#reader
    const from = reader.position
    let p = afterLiteral(reader, from, SYMBOL)
    if (p > 0) p = this.#text(this.#bookSymbol, p)
    if (p > 0) p = afterLiteral(reader, p, BIDS)
    if (p > 0) p = this.#usualLevels(this.#bids, p, SIDE.bid)
    if (p > 0) p = afterLiteral(reader, p, ASKS)
    if (p > 0) p = this.#usualLevels(this.#asks, p, SIDE.ask)
    if (p > 0) p = afterLiteral(reader, p, CHECKSUM)
    if (p > 0) p = afterWhole(reader, p)
    if (p > 0) p = afterLiteral(reader, p, TIMESTAMP)
    if (p > 0) p = this.#text(this.#bookTime, p)
    if (p > 0 && reader.bytes[p] === BRACE) return p + 1
    this.rows.clear()
    reader.seek(from)
    return 0
  }

  /** A text of ASCII without escapes, whose quote is passed; 0: it is none. */
  #text(field: Field, start: number): number {
    const end = afterPlain(this.#reader, start)
    field.kind = KIND.text
    field.start = start
    field.end = end
    return end === 0 ? 0 : end + 1
  }

  /** Reads levels that stand as Kraken writes them, and returns the place behind their list; 0: they do not, or do not fit. */
  #usualLevels(field: Field, at: number, side: number): number {
    const reader = this.#reader
    const { bytes } = reader
    const { decimal } = this.#values
    if (bytes[at] !== BRACKET) return 0
    field.kind = KIND.list
    if (bytes[at + 1] === CLOSING_BRACKET) return at + 2
    for (let p = at + 1; ; p++) {
      const from = afterLiteral(reader, p, PRICE)
      const to = from === 0 ? -1 : afterNumber(bytes, from)
      if (to < 0) return 0
      const price = decimal.read(bytes, from, to)
      const priceScale = decimal.scale
      const sizeFrom = afterLiteral(reader, to, QUANTITY)
      const sizeTo = sizeFrom === 0 ? -1 : afterNumber(bytes, sizeFrom)
      if (sizeTo < 0 || bytes[sizeTo] !== BRACE) return 0
      const size = decimal.read(bytes, sizeFrom, sizeTo)
      if (!(price > 0) || !(size >= 0)) return 0
      this.rows.add(side, price, priceScale, size, decimal.scale)
      p = sizeTo + 1
      if (bytes[p] === CLOSING_BRACKET) return p + 1
      if (bytes[p] !== COMMA) return 0
    }
  }

  #bookEnd(event: MarketEvent): void {
    const values = this.#values
    event.symbol = values.name(this.#bookSymbol, this.#symbols)
    values.when(this.#bookTime, UNIT.any)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
    for (const side of [this.#bids, this.#asks]) {
      if (side.kind === KIND.none) values.fail(side, MISSING)
    }
  }

  #levels(field: Field, side: number): void {
    const reader = this.#reader
    const values = this.#values
    const { decimal } = values
    if (field.kind !== KIND.list) {
      values.fail(field, NO_LIST)
      return
    }
    reader.list()
    while (reader.more()) {
      if (!reader.object(this.#level)) return
      const price = values.number(this.#price)
      const priceScale = decimal.scale
      const size = values.number(this.#quantity)
      if (!(price > 0)) values.fail(this.#price, price === 0 ? NO_PRICE : NEGATIVE)
      if (size < 0) values.fail(this.#quantity, NEGATIVE)
      if (values.why !== '') return
      this.rows.add(side, price, priceScale, size, decimal.scale)
    }
  }
}
