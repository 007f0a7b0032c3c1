// Walks the list at `data` of a frame, item by item, and the levels of a book, level by level. The frame is known to be valid
// JSON, so nothing is checked twice; where it is not what Kraken sends, positions stay -1. Allocates nothing.

const QUOTE = 0x22
const COLON = 0x3a
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

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
  /** The brackets of the lists of levels. */
  bidsAt = -1
  asksAt = -1
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
    this.bidsAt = this.asksAt = -1
    p = afterSpace(b, p + 1)
    while (b[p] !== CLOSE_OBJECT) {
      if (b[p] === COMMA) p = afterSpace(b, p + 1)
      const name = p + 1
      const value = afterColon(b, afterText(b, name))
      p = afterValue(b, value)
      this.#note(name, value, p)
      p = afterSpace(b, p)
    }
    this.#at = p + 1
    return true
  }

  #note(name: number, value: number, end: number): void {
    const b = this.#bytes
    switch (b[name]) {
      case 0x73: // s
        if (!isName(b, name, SYMBOL)) return
        this.symbolStart = textStart(b, value, end)
        this.symbolEnd = end - 1
        return
      case 0x62: // b
        if (isName(b, name, BIDS)) this.bidsAt = value
        return
      case 0x61: // a
        if (isName(b, name, ASKS)) this.asksAt = value
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

/** The levels of a list. After `next`, where price and quantity of one stand: numbers, or texts without their quotes. */
export class Levels {
  priceStart = -1
  priceEnd = -1
  quantityStart = -1
  quantityEnd = -1
  /** The list is none, or holds something that is no level. */
  isOdd = false
  #bytes: Uint8Array = new Uint8Array(0)
  #at = -1

  begin(bytes: Uint8Array, at: number): void {
    this.#bytes = bytes
    this.isOdd = at < 0 || bytes[at] !== OPEN_LIST
    this.#at = this.isOdd ? -1 : at + 1
  }

  next(): boolean {
    const b = this.#bytes
    let p = this.#at
    this.#at = -1
    if (p < 0) return false
    p = afterSpace(b, p)
    if (b[p] === CLOSE_LIST) return false
    if (b[p] === COMMA) p = afterSpace(b, p + 1)
    if (b[p] !== OPEN_OBJECT) return this.#odd()
    this.priceStart = -1
    this.quantityStart = -1
    p = afterSpace(b, p + 1)
    while (b[p] !== CLOSE_OBJECT) {
      if (b[p] === COMMA) p = afterSpace(b, p + 1)
      const name = p + 1
      const value = afterColon(b, afterText(b, name))
      p = afterValue(b, value)
      if (isName(b, name, PRICE)) {
        this.priceStart = scalarStart(b, value)
        this.priceEnd = scalarEnd(b, value, p)
      } else if (isName(b, name, QUANTITY)) {
        this.quantityStart = scalarStart(b, value)
        this.quantityEnd = scalarEnd(b, value, p)
      }
      p = afterSpace(b, p)
    }
    this.#at = p + 1
    return (this.priceStart >= 0 && this.quantityStart >= 0) || this.#odd()
  }

  #odd(): false {
    this.isOdd = true
    return false
  }
}

/** The whole number between two places, or -1: none is there, it has a sign, a fraction or an exponent, or is beyond 2^53. */
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
