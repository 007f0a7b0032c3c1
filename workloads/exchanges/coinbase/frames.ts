// What a Coinbase frame says of itself, from its bytes alone: channel, product, its number in the connection, and whether the
// session must act on it. The hot path: one scan, no string made but for names met the first time.

import { isUtf8 } from 'node:buffer'
import { FORM } from '#wire/form.ts'
import { FrameScanner, VALUE } from '#wire/scanner.ts'
import { type Frame, type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { ByteTable } from '../protocol/byte-table.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { ERROR, L2_DATA, SUBSCRIPTIONS, TICKER, TICKER_BATCH, typeNamed } from './types.ts'

const CHANNEL = 0
const SEQUENCE = 1
const EVENTS = 2
const TIMESTAMP = 3
const TYPE = 4
const PATHS = ['channel', 'sequence_num', 'events', 'timestamp', 'type']

/** The one count of a connection: its frames of every channel, answers included, from 0. */
export const SCOPE = 1

/** Real products are some 10 characters; what is longer is no name. */
const MAX_SYMBOL_BYTES = 200
/** Types whose frames are of products; trades may come as an empty list. */
const NAMED: readonly MessageType[] = [L2_DATA, TICKER, TICKER_BATCH]
/** In an event, or in a trade or a ticker within one. In a text these bytes cannot stand: its quotes have a backslash. */
const PRODUCT_ID = Buffer.from('"product_id"')

/** What stands at `sequence_num` where no count can be read from it, by VALUE. */
const SEQUENCE_FOUND: readonly string[] = [
  'sequence_num is missing',
  'sequence_num is a text and no whole number',
  'sequence_num is a text and no whole number',
  'sequence_num is no whole number that can be counted with',
  'sequence_num is null, true, false, a list or an object',
]

export class CoinbaseFrames {
  readonly frame: Frame = {
    type: UNKNOWN,
    symbol: '',
    sequence: -1,
    scope: 0,
    form: FORM.json,
    understood: false,
    unproven: '',
    control: false,
  }
  readonly #scanner = new FrameScanner(PATHS)
  readonly #types = new ByteTable<MessageType>(typeNamed, 1000)
  readonly #symbols = new ByteTable<string>((name) => name)
  readonly #declared: DeclaredTypes

  constructor(declared = new DeclaredTypes()) {
    this.#declared = declared
  }

  /** Fills `frame`. */
  look(received: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    frame.type = UNKNOWN
    frame.symbol = ''
    frame.sequence = -1
    frame.scope = 0
    frame.understood = false
    frame.unproven = ''
    frame.control = false
    // A byte order mark is no JSON: the frame is kept as a text, and read all the same.
    const isMarked = received[0] === 0xef && received[1] === 0xbb && received[2] === 0xbf
    const payload = isMarked ? received.subarray(3) : received
    if (!scanner.scan(payload)) {
      frame.form = isUtf8(payload) ? FORM.text : FORM.binary
      return
    }
    frame.form = isMarked || scanner.breaksInside() ? FORM.text : FORM.json
    const kind = scanner.kind(CHANNEL)
    if (kind === VALUE.none) {
      this.#unnamed(payload)
      return
    }
    const type =
      kind === VALUE.text
        ? this.#types.get(payload, scanner.start(CHANNEL), scanner.end(CHANNEL))
        : typeNamed(scanner.text(CHANNEL) ?? '')
    frame.type = type
    // An unknown channel is counted too.
    this.#count(frame, type)
    if (type === UNKNOWN) {
      this.#declared.fill(frame, scanner.text(CHANNEL), payload)
      return
    }
    const at = scanner.start(EVENTS)
    const hasEvents = scanner.kind(EVENTS) === VALUE.other && payload[at] === 0x5b
    const isNamed = type.data && hasEvents && this.#name(payload, at)
    frame.understood = frame.unproven === '' && hasEvents && (isNamed || !NAMED.includes(type))
    frame.control = type === SUBSCRIPTIONS
  }

  /** The exchange's time of the last frame, unix milliseconds; 0 where it says none. */
  exchangeMs(): number {
    const ms = Date.parse(this.#scanner.text(TIMESTAMP) ?? '')
    return Number.isNaN(ms) ? 0 : Math.max(0, ms)
  }

  /** An error, or a frame of another protocol. */
  #unnamed(payload: Buffer): void {
    const frame = this.frame
    const name = this.#scanner.text(TYPE)
    if (name === ERROR.name) {
      frame.type = ERROR
      frame.understood = true
      frame.control = true
      if (this.#scanner.kind(SEQUENCE) !== VALUE.none) this.#count(frame, ERROR)
    } else this.#declared.fill(frame, name, payload)
  }

  /** The number of the frame, or why that cannot be told. */
  #count(frame: Frame, type: MessageType): void {
    const scanner = this.#scanner
    const sequence = scanner.integer(SEQUENCE)
    if (sequence >= 0 && (scanner.twice & (1 << SEQUENCE)) === 0) {
      frame.scope = SCOPE
      frame.sequence = sequence
    } else if (sequence >= 0) frame.unproven = 'sequence_num stands twice in one frame'
    // A frame of an unknown channel need not have a number.
    else if (type !== UNKNOWN) frame.unproven = SEQUENCE_FOUND[scanner.kind(SEQUENCE)]!
    if (frame.unproven !== '') frame.scope = SCOPE
  }

  /** The product of all events; a frame of several has none of its own. False if none names a product. */
  #name(payload: Buffer, events: number): boolean {
    const frame = this.frame
    for (let from = events; ; ) {
      const at = payload.indexOf(PRODUCT_ID, from)
      if (at < 0) return frame.symbol !== ''
      from = at + PRODUCT_ID.length
      const symbol = this.#symbolAt(payload, from)
      if (symbol === '') continue
      if (frame.symbol === '') frame.symbol = symbol
      else if (frame.symbol !== symbol) {
        frame.symbol = ''
        return true
      }
    }
  }

  /** The text behind the name of the member that ends at `p`, or an empty text. */
  #symbolAt(payload: Buffer, p: number): string {
    let start = afterSpace(payload, p)
    // As a value, the word says nothing.
    if (payload[start] !== 0x3a) return ''
    start = afterSpace(payload, start + 1)
    if (payload[start] !== 0x22) return ''
    let end = ++start
    let isEscaped = false
    for (; payload[end] !== 0x22; end++) {
      if (payload[end] === 0x5c) {
        isEscaped = true
        end++
      }
    }
    if (isEscaped) {
      const text = JSON.parse(payload.toString('utf8', start - 1, end + 1)) as string
      return Buffer.byteLength(text) > MAX_SYMBOL_BYTES ? '' : text
    }
    if (end === start || end - start > MAX_SYMBOL_BYTES) return ''
    return this.#symbols.get(payload, start, end)
  }
}

function afterSpace(bytes: Buffer, p: number): number {
  while (bytes[p] === 0x20 || bytes[p] === 10 || bytes[p] === 13 || bytes[p] === 9) p++
  return p
}
