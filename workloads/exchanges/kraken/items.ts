// Walks the list at `data` of a frame, item by item, and the levels of books in it. The frame is known to be valid
// JSON, so nothing is checked twice; where it is not what Kraken sends, positions stay -1. Allocates nothing.

import { ASK, BID } from './book.ts'

const QUOTE = 0x22
const COLON = 0x3a
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Levels that there is room for at first. */
const USUAL_LEVELS = 64

const nameOf = (text: string): Uint8Array => Buffer.from(`${text}"`)
const SYMBOL = nameOf('symbol')
const BIDS = nameOf('bids')
const ASKS = nameOf('asks')
const CHECKSUM = nameOf('checksum')
const TRADE_ID = nameOf('trade_id')
const TIMESTAMP = nameOf('timestamp')
const PRICE = nameOf('price')
const QUANTITY = nameOf('qty')

/** The items of `data`. After `next`, where the members of the item stand; texts without their quotes. */
export class Items {
  symbolStart = -1
  symbolEnd = -1
  timeStart = -1
  timeEnd = -1
  idStart = -1
  idEnd = -1
  checksumStart = -1
  checksumEnd = -1
  /** Of a book. */
  readonly levels = new Levels()
  hasBids = false
  hasAsks = false
  /** The list has no items. */
  isEmpty = false
  #bytes: Uint8Array = new Uint8Array(0)
  /** In front of the next item; -1: there is none. */
  #at = -1

  /** `at`: the bracket of the list; of anything else there are no items. */
  begin(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes
    const isList = at >= 0 && bytes[at] === OPEN_LIST
    this.#at = isList ? at + 1 : -1
    this.isEmpty = isList && bytes[afterSpace(bytes, at + 1)] === CLOSE_LIST
  }

  /** Goes to the next item; false: there is none, or it is no object. */
  next(): boolean {
    const b = this.#bytes
    let p = this.#at
    this.#at = -1
    if (p < 0) return false
    p = afterSpace(b, p)
    if (b[p] === COMMA) p = afterSpace(b, p + 1)
    if (b[p] !== OPEN_OBJECT) return false
    this.symbolStart = this.symbolEnd = -1
    this.timeStart = this.timeEnd = -1
    this.idStart = this.idEnd = -1
    this.checksumStart = this.checksumEnd = -1
    this.hasBids = this.hasAsks = false
    this.levels.clear()
    p = afterSpace(b, p + 1)
    while (b[p] !== CLOSE_OBJECT) {
      if (b[p] === COMMA) p = afterSpace(b, p + 1)
      const name = p + 1
      const value = afterColon(b, afterText(b, name))
      p = afterSpace(b, this.#member(name, value))
    }
    this.#at = p + 1
    return true
  }

  /** Takes note of a member and returns the place behind it. */
  #member(name: number, value: number): number {
    const b = this.#bytes
    if (b[name] === 0x62 && isName(b, name, BIDS)) {
      this.hasBids = true
      return this.levels.read(b, value, BID)
    }
    if (b[name] === 0x61 && isName(b, name, ASKS)) {
      this.hasAsks = true
      return this.levels.read(b, value, ASK)
    }
    const end = afterValue(b, value)
    this.#note(name, value, end)
    return end
  }

  #note(name: number, value: number, end: number): void {
    const b = this.#bytes
    switch (b[name]) {
      case 0x73: // s
        if (!isName(b, name, SYMBOL)) return
        this.symbolStart = textStart(b, value, end)
        this.symbolEnd = end - 1
        return
      case 0x63: // c
        if (!isName(b, name, CHECKSUM)) return
        this.checksumStart = scalarStart(b, value)
        this.checksumEnd = scalarEnd(b, value, end)
        return
      case 0x74: // t
        if (isName(b, name, TRADE_ID)) {
          this.idStart = scalarStart(b, value)
          this.idEnd = scalarEnd(b, value, end)
        } else if (isName(b, name, TIMESTAMP)) {
          this.timeStart = textStart(b, value, end)
          this.timeEnd = end - 1
        }
    }
  }
}

/** The levels of both sides of one item, in the order in which they stand there: places of numbers, or of texts in quotes. */
export class Levels {
  count = 0
  /** A list is none, or holds something that is no level. */
  isOdd = false
  sides = new Uint8Array(USUAL_LEVELS)
  /** Of each level four places: price from and to, quantity from and to. */
  places = new Int32Array(4 * USUAL_LEVELS)

  clear(): void {
    this.count = 0
    this.isOdd = false
  }

  /** Reads the list at `p` and returns the place behind it. */
  read(b: Uint8Array, p: number, side: number): number {
    if (b[p] !== OPEN_LIST) {
      this.isOdd = true
      return afterValue(b, p)
    }
    let q = afterSpace(b, p + 1)
    while (b[q] !== CLOSE_LIST) {
      if (b[q] === COMMA) q = afterSpace(b, q + 1)
      const usual = this.#usual(b, q, side)
      q = afterSpace(b, usual < 0 ? this.#other(b, q, side) : usual)
    }
    return q + 1
  }

  /** A level as Kraken writes it: the place behind it, or -1. */
  #usual(b: Uint8Array, p: number, side: number): number {
    if (!isName(b, p + 2, PRICE) || b[p + 8] !== COLON) return -1
    const price = p + 9
    const priceEnd = afterDigits(b, price)
    if (b[priceEnd] !== COMMA || !isName(b, priceEnd + 2, QUANTITY)) return -1
    if (b[priceEnd + 6] !== COLON) return -1
    const quantity = priceEnd + 7
    const end = afterDigits(b, quantity)
    if (b[end] !== CLOSE_OBJECT || end === quantity || priceEnd === price) return -1
    this.#add(side, price, priceEnd, quantity, end)
    return end + 1
  }

  /** Any other value: a level with members in another order, or none at all. */
  #other(b: Uint8Array, at: number, side: number): number {
    if (b[at] !== OPEN_OBJECT) {
      this.isOdd = true
      return afterValue(b, at)
    }
    let price = -1
    let priceEnd = -1
    let quantity = -1
    let quantityEnd = -1
    let p = afterSpace(b, at + 1)
    while (b[p] !== CLOSE_OBJECT) {
      if (b[p] === COMMA) p = afterSpace(b, p + 1)
      const name = p + 1
      const value = afterColon(b, afterText(b, name))
      p = afterValue(b, value)
      if (isName(b, name, PRICE)) {
        price = scalarStart(b, value)
        priceEnd = scalarEnd(b, value, p)
      } else if (isName(b, name, QUANTITY)) {
        quantity = scalarStart(b, value)
        quantityEnd = scalarEnd(b, value, p)
      }
      p = afterSpace(b, p)
    }
    if (price < 0 || quantity < 0) this.isOdd = true
    else this.#add(side, price, priceEnd, quantity, quantityEnd)
    return p + 1
  }

  #add(side: number, price: number, priceEnd: number, quantity: number, end: number): void {
    if (this.count === this.sides.length) this.#grow()
    const at = 4 * this.count
    this.sides[this.count++] = side
    this.places[at] = price
    this.places[at + 1] = priceEnd
    this.places[at + 2] = quantity
    this.places[at + 3] = end
  }

  #grow(): void {
    const sides = new Uint8Array(2 * this.sides.length)
    sides.set(this.sides)
    this.sides = sides
    const places = new Int32Array(2 * this.places.length)
    places.set(this.places)
    this.places = places
  }
}

/** The whole number between two places, or -1: there is none, it has a sign, a fraction or an exponent, or is beyond 2^53. */
export function wholeAt(b: Uint8Array, start: number, end: number): number {
  if (start < 0 || start === end || end - start > 16) return -1
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = b[i]! - 0x30
    if (!(digit >= 0 && digit <= 9)) return -1
    value = value * 10 + digit
  }
  return value <= Number.MAX_SAFE_INTEGER ? value : -1
}

function isName(b: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (b[at + i] !== name[i]) return false
  return true
}

/** Behind the quote of a text without escapes; -1: it is no such text. */
function textStart(b: Uint8Array, value: number, end: number): number {
  if (b[value] !== QUOTE) return -1
  for (let i = value + 1; i < end - 1; i++) if (b[i] === BACKSLASH) return -1
  return value + 1
}

const scalarStart = (b: Uint8Array, value: number): number => {
  const c = b[value]!
  if (c === QUOTE) return value + 1
  return c === 0x2d || (c >= 0x30 && c <= 0x39) ? value : -1
}
const scalarEnd = (b: Uint8Array, value: number, end: number): number =>
  b[value] === QUOTE ? end - 1 : end

/** Behind digits and points. */
function afterDigits(b: Uint8Array, p: number): number {
  let c = b[p]!
  while ((c >= 0x30 && c <= 0x39) || c === 0x2e) c = b[++p]!
  return p
}

const isSpace = (c: number): boolean => c === 0x20 || c === 10 || c === 13 || c === 9

function afterSpace(b: Uint8Array, p: number): number {
  while (isSpace(b[p]!)) p++
  return p
}

/** The place of the value, from the quote that ends a name. */
function afterColon(b: Uint8Array, p: number): number {
  if (b[p] !== COLON) p = afterSpace(b, p)
  return b[p + 1]! <= 0x20 ? afterSpace(b, p + 1) : p + 1
}

/** Behind the closing quote of the text whose first byte is at `p`. */
function afterText(b: Uint8Array, p: number): number {
  while (b[p] !== QUOTE) p += b[p] === BACKSLASH ? 2 : 1
  return p + 1
}

/** Behind the value that begins at `p`. */
function afterValue(b: Uint8Array, p: number): number {
  let c = b[p]!
  if (c === QUOTE) return afterText(b, p + 1)
  if (c !== OPEN_LIST && c !== OPEN_OBJECT) {
    while (c !== COMMA && c !== CLOSE_OBJECT && c !== CLOSE_LIST && !isSpace(c)) c = b[++p]!
    return p
  }
  let depth = 0
  for (;;) {
    c = b[p]!
    if (c === QUOTE) {
      p = afterText(b, p + 1)
      continue
    }
    p++
    if (c === OPEN_LIST || c === OPEN_OBJECT) depth++
    else if ((c === CLOSE_LIST || c === CLOSE_OBJECT) && --depth === 0) return p
  }
}
