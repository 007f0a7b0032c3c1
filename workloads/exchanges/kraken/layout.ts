// The bytes between the values of Kraken's frames, as Kraken writes them: a reader that finds them there need not look for the members
// one by one. What stands otherwise is no mistake; it is read member by member.

import { type Frame, headOf as firstOf, tailOf, viewOf } from '#market/bytes.ts'
import { BOOK, CHANNELS, TRADE } from './shapes.ts'

export const BRACE = 0x7d
export const BRACKET = 0x5b
export const CLOSING_BRACKET = 0x5d
export const COMMA = 0x2c
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Bytes, and for comparison the first and the last eight of them as numbers. */
class Literal {
  readonly bytes: Uint8Array
  readonly length: number
  readonly first: number
  readonly last: number

  constructor(text: string) {
    this.bytes = Buffer.from(text)
    this.length = text.length
    const view = viewOf(this.bytes)
    this.first = firstOf(view, 0, this.length)
    this.last = tailOf(view, 0, this.length)
  }
}

export const SYMBOL = new Literal('{"symbol":"')
export const BIDS = new Literal(',"bids":')
export const ASKS = new Literal(',"asks":')
export const PRICE = new Literal('{"price":')
export const QUANTITY = new Literal(',"qty":')
export const CHECKSUM = new Literal(',"checksum":')
export const TIMESTAMP = new Literal(',"timestamp":"')

class Head extends Literal {
  readonly channel: number
  /** 0: update, 1: snapshot. */
  readonly kind: number

  constructor(channel: number, kind: 0 | 1) {
    const type = kind === 1 ? 'snapshot' : 'update'
    super(`{"channel":"${CHANNELS[channel]}","type":"${type}","data":[`)
    this.channel = channel
    this.kind = kind
  }
}

const TICKER = 1
/** The most frequent first. */
const HEADS = ([0, 1] as const).flatMap((kind) =>
  [BOOK, TICKER, TRADE].map((channel) => new Head(channel, kind))
)

/** What the frame begins with, or null. */
export function headOf(frame: Frame): Head | null {
  for (const head of HEADS) if (afterLiteral(frame, 0, head) > 0) return head
  return null
}

/** The place behind a literal at `p`, or 0: another text stands there. */
export function afterLiteral(frame: Frame, p: number, literal: Literal): number {
  const { length } = literal
  const { bytes, view } = frame
  if (firstOf(view, p, length) !== literal.first) return 0
  if (tailOf(view, p, length) !== literal.last) return 0
  for (let k = 8; k < length - 8; k++) if (bytes[p + k] !== literal.bytes[k]) return 0
  return p + length
}

/** The place of the quote behind a text of ASCII without escapes, or 0. */
export function afterPlain({ bytes }: Frame, p: number): number {
  const start = p
  for (;;) {
    const c = bytes[p]!
    if (c === QUOTE) return p === start ? 0 : p
    if (c < 0x20 || c > 0x7e || c === BACKSLASH) return 0
    p++
  }
}

/** The place behind a whole number without zeros in front, or 0. */
export function afterWhole({ bytes }: Frame, p: number): number {
  const start = p
  while (bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++
  return p === start || (bytes[start] === 0x30 && p > start + 1) ? 0 : p
}
