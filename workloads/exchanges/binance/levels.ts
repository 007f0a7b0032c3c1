// Levels of a book out of the bytes of a list of pairs: `[["61837.63000000","3.78826000"],…]`. Most of what the exchange sends is
// these, and all of them look like this: they are read in one loop. Whatever looks otherwise is read again, pair by pair,
// by the reader that takes every JSON and says what is wrong.

import type { BookRows } from '#market/book-rows.ts'
import { MAX_MANTISSA, NOT_A_DECIMAL } from '#market/decimal.ts'
import type { FieldsReader } from '#market/fields-reader.ts'
import type { JsonReader } from '#market/json-reader.ts'
import { KIND } from '#market/json-shape.ts'

export const NEGATIVE = 'below zero'
export const NOT_POSITIVE = 'not above zero'

/** Bytes of a number that fits in any case: a point and 15 digits. */
const SHORT = 16
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN = 0x5b
const CLOSE = 0x5d

/** Reads the list where the reader stands, into `rows`; returns why it does not fit, or the empty text. */
export function readLevels(
  reader: JsonReader,
  values: FieldsReader,
  rows: BookRows,
  side: number
): string {
  const before = rows.length
  const end = readUsual(reader.bytes, reader.position, rows, side)
  if (end > 0) {
    reader.seek(end)
    return ''
  }
  rows.length = before
  reader.list()
  while (reader.more() && reader.pair()) {
    const why = addLevel(reader, values, rows, side)
    if (why !== '') return why
  }
  return reader.error
}

/** Behind the list, or -1: it looks otherwise. */
function readUsual(b: Uint8Array, start: number, rows: BookRows, side: number): number {
  let p = start + 1
  if (b[p] !== CLOSE) {
    for (;;) {
      if (b[p] !== OPEN || b[p + 1] !== QUOTE) return -1
      let from = p + 2
      let price = 0
      let point = -1
      for (p = from; ; p++) {
        const c = b[p]!
        if (c >= 0x30 && c <= 0x39) price = price * 10 + (c - 0x30)
        else if (c === 0x2e && point < 0) point = p
        else break
      }
      const priceScale = point < 0 ? 0 : p - point - 1
      const isPrice = price > 0 && price <= MAX_MANTISSA && p - from <= SHORT
      if (!isPrice || b[p] !== QUOTE || b[p + 1] !== COMMA || b[p + 2] !== QUOTE) return -1
      from = p + 3
      let size = 0
      point = -1
      for (p = from; ; p++) {
        const c = b[p]!
        if (c >= 0x30 && c <= 0x39) size = size * 10 + (c - 0x30)
        else if (c === 0x2e && point < 0) point = p
        else break
      }
      const sizeScale = point < 0 ? 0 : p - point - 1
      // At least one digit, beside the point.
      const hasDigits = p - from > (point < 0 ? 0 : 1)
      const isSize = hasDigits && size <= MAX_MANTISSA && p - from <= SHORT
      if (!isSize || b[p] !== QUOTE || b[p + 1] !== CLOSE) return -1
      rows.add(side, price, priceScale, size, sizeScale)
      p += 2
      if (b[p] === CLOSE) break
      if (b[p] !== COMMA) return -1
      p++
    }
  }
  p++
  // White space would have to be skipped.
  return b[p] === COMMA || b[p] === 0x7d ? p : -1
}

/** Adds the pair that was read, or says why not. */
function addLevel(reader: JsonReader, values: FieldsReader, rows: BookRows, side: number): string {
  const { decimal } = values
  if (!isNumber(reader.kind) || !isNumber(reader.kind2)) return NOT_A_DECIMAL
  const price = decimal.read(reader.bytes, reader.start, reader.end)
  const scale = decimal.scale
  if (Number.isNaN(price)) return decimal.reason
  if (price <= 0) return NOT_POSITIVE
  const size = decimal.read(reader.bytes, reader.start2, reader.end2)
  if (Number.isNaN(size)) return decimal.reason
  if (size < 0) return NEGATIVE
  rows.add(side, price, scale, size, decimal.scale)
  return ''
}

const isNumber = (kind: number): boolean => kind === KIND.text || kind === KIND.number
