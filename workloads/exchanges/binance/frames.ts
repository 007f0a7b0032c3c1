// What a Binance frame says of itself, from its bytes alone: type, symbol, ids, and whether the session must act on it. Combined
// streams name their stream; raw ones are told by their event. The hot path: one scan, no string made but for names met
// the first time.

import { isUtf8 } from 'node:buffer'
import { FORM } from '#wire/form.ts'
import { FrameScanner, VALUE } from '#wire/scanner.ts'
import { type Frame, type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { ByteTable } from '../protocol/byte-table.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import type { Stream, Streams } from './streams.ts'
import { BOOK_TICKER, ERROR, eventNamed, RESPONSE, SHUTDOWN, TRADE } from './types.ts'

/** Members of an event, where a combined frame has them; a raw frame has them at the top. */
const MEMBERS = ['e', 's', 'U', 'u', 't', 'E'] as const
const COMBINED: number = 0
const RAW: number = MEMBERS.length
const EVENT = 0
const SYMBOL = 1
const FIRST = 2
const LAST = 3
const TRADE_ID = 4
const TIME = 5
const STREAM = 2 * MEMBERS.length
const ID = STREAM + 1
const RESULT = STREAM + 2
const CODE = STREAM + 3
const FAULT = STREAM + 4
const PATHS = [
  ...MEMBERS.map((name) => `data.${name}`),
  ...MEMBERS,
  'stream',
  'id',
  'result',
  'code',
  'error',
]

/** Real symbols are some 10 characters; what is longer is no name. */
const MAX_NAME_BYTES = 200
/** Times from here on are in microseconds: a connection may ask for them. */
const MICROSECONDS = 1e14

/** What is found where an id should be, by VALUE. */
const found = (field: string): readonly string[] => [
  `${field} is missing`,
  `${field} is a text and no whole number`,
  `${field} is a text and no whole number`,
  `${field} is no whole number that can be counted with`,
  `${field} is null, true, false, a list or an object`,
]
const FIRST_FOUND = found('U')
const LAST_FOUND = found('u')
const TRADE_FOUND = found('t')

/** A symbol, and its streams once a raw frame has named it. */
type Named = { readonly name: string; depth: Stream | null; trade: Stream | null }

export class BinanceFrames {
  readonly frame: Frame & { first: number } = {
    type: UNKNOWN,
    symbol: '',
    first: -1,
    sequence: -1,
    scope: 0,
    form: FORM.json,
    understood: false,
    unproven: '',
    control: false,
  }
  readonly #scanner = new FrameScanner(PATHS)
  readonly #streams: ByteTable<Stream>
  readonly #symbols = new ByteTable<Named>((name) => ({ name, depth: null, trade: null }))
  readonly #all: Streams
  /** The channel that raw depth is taken to come from. */
  readonly #depth: string
  readonly #events = new ByteTable<MessageType>(eventNamed, 1000)
  readonly #declared: DeclaredTypes
  /** Where the members of the last event stand: COMBINED or RAW. */
  #base: number = RAW

  /** `channels`: what is subscribed to, which a raw frame does not say. */
  constructor(streams: Streams, channels: readonly string[], declared = new DeclaredTypes()) {
    this.#streams = new ByteTable((name) => streams.named(name))
    this.#declared = declared
    this.#all = streams
    this.#depth = channels.find((name) => name.startsWith('depth')) ?? 'depth'
  }

  /** Fills `frame`. */
  look(received: Buffer): void {
    const frame = this.frame
    const payload = this.#scan(received)
    if (payload === null) return
    const scanner = this.#scanner
    if (scanner.kind(STREAM) === VALUE.none) this.#raw(payload)
    else this.#combined(payload)
    if (frame.type === UNKNOWN) {
      const name = scanner.text(EVENT) ?? scanner.text(RAW + EVENT)
      this.#declared.fill(frame, name, payload)
    }
  }

  /** Fills `frame` for a body that says neither its type nor its symbol. */
  answer(received: Buffer, type: MessageType, symbol: string): void {
    const frame = this.frame
    const isJson = this.#scan(received) !== null
    frame.type = type
    frame.symbol = symbol
    frame.understood = isJson
  }

  /** The exchange's time of the last frame, unix milliseconds; 0 where it says none. */
  exchangeMs(): number {
    const time = Math.max(0, this.#scanner.integer(this.#base + TIME))
    return time >= MICROSECONDS ? Math.floor(time / 1000) : time
  }

  /** Empties `frame` and scans; null: no JSON text. A byte order mark is none: such a frame is kept as a text, and read. */
  #scan(received: Buffer): Buffer | null {
    const frame = this.frame
    const scanner = this.#scanner
    frame.type = UNKNOWN
    frame.symbol = ''
    frame.first = -1
    frame.sequence = -1
    frame.scope = 0
    frame.understood = false
    frame.unproven = ''
    frame.control = false
    this.#base = RAW
    const isMarked = received[0] === 0xef && received[1] === 0xbb && received[2] === 0xbf
    const payload = isMarked ? received.subarray(3) : received
    if (!scanner.scan(payload)) {
      frame.form = isUtf8(payload) ? FORM.text : FORM.binary
      return null
    }
    frame.form = isMarked || scanner.breaksInside() ? FORM.text : FORM.json
    return payload
  }

  #combined(payload: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    this.#base = COMBINED
    if (scanner.kind(STREAM) !== VALUE.text) return
    const start = scanner.start(STREAM)
    const end = scanner.end(STREAM)
    if (end - start > MAX_NAME_BYTES) return
    const stream = this.#streams.get(payload, start, end)
    const { type } = stream
    if (type === UNKNOWN) return
    if (type === SHUTDOWN) {
      this.#shutdown()
      return
    }
    // A stream sends one kind of event: another one is not what we know.
    if (this.#eventAt(payload, COMBINED) !== (type === BOOK_TICKER ? null : type)) return
    frame.type = type
    frame.symbol = this.#symbolAt(payload, COMBINED)?.name ?? ''
    const isSymbol = frame.symbol === stream.symbol
    if (type === BOOK_TICKER) frame.understood = isSymbol
    else this.#count(stream, isSymbol)
  }

  #raw(payload: Buffer): void {
    const frame = this.frame
    const type = this.#eventAt(payload, RAW)
    if (type === null) {
      this.#unnamed(payload)
      return
    }
    if (type === SHUTDOWN) this.#shutdown()
    if (type === UNKNOWN || type === SHUTDOWN) return
    frame.type = type
    const named = this.#symbolAt(payload, RAW)
    if (named === null) {
      frame.unproven = 's is no symbol'
      return
    }
    frame.symbol = named.name
    this.#count(this.#streamOf(named, type), true)
  }

  #streamOf(named: Named, type: MessageType): Stream {
    if (type === TRADE) {
      if (named.trade === null) named.trade = this.#all.of(named.name, 'trade')
      return named.trade
    }
    if (named.depth === null) named.depth = this.#all.of(named.name, this.#depth)
    return named.depth
  }

  /** Answers, errors and the best prices of a raw stream have no name of an event. */
  #unnamed(payload: Buffer): void {
    const frame = this.frame
    const scanner = this.#scanner
    if (scanner.kind(CODE) !== VALUE.none || scanner.kind(FAULT) !== VALUE.none) frame.type = ERROR
    else if (scanner.kind(RESULT) !== VALUE.none) frame.type = RESPONSE
    else if (scanner.kind(RAW + LAST) !== VALUE.none && scanner.kind(RAW + SYMBOL) !== VALUE.none) {
      frame.type = BOOK_TICKER
      frame.symbol = this.#symbolAt(payload, RAW)?.name ?? ''
      frame.understood = frame.symbol !== ''
      return
    } else if (scanner.kind(ID) !== VALUE.none) frame.type = RESPONSE
    else return
    frame.understood = true
    frame.control = true
  }

  #shutdown(): void {
    const frame = this.frame
    frame.type = SHUTDOWN
    frame.understood = true
    frame.control = true
  }

  /** Where the frame counts and its ids; or why that cannot be told. */
  #count(stream: Stream, isSymbol: boolean): void {
    const frame = this.frame
    const scanner = this.#scanner
    const base = this.#base
    frame.scope = stream.scope
    if (!isSymbol) frame.unproven = 's is not the symbol of the stream'
    else if (stream.type === TRADE) {
      const id = scanner.integer(base + TRADE_ID)
      frame.first = id
      frame.sequence = id
      if (id < 0) frame.unproven = TRADE_FOUND[scanner.kind(base + TRADE_ID)]!
      else if (this.#twice(base + TRADE_ID)) frame.unproven = 't stands twice in one frame'
    } else {
      const first = scanner.integer(base + FIRST)
      const last = scanner.integer(base + LAST)
      frame.first = first
      frame.sequence = last
      if (first < 0) frame.unproven = FIRST_FOUND[scanner.kind(base + FIRST)]!
      else if (last < 0) frame.unproven = LAST_FOUND[scanner.kind(base + LAST)]!
      else if (first > last) frame.unproven = 'U is greater than u'
      else if (this.#twice(base + FIRST)) frame.unproven = 'U stands twice in one frame'
      else if (this.#twice(base + LAST)) frame.unproven = 'u stands twice in one frame'
    }
    if (frame.unproven !== '') {
      frame.first = -1
      frame.sequence = -1
    }
    frame.understood = frame.unproven === ''
  }

  #twice(slot: number): boolean {
    return (this.#scanner.twice & (1 << slot)) !== 0
  }

  /** The type of the event; null: it has no name. */
  #eventAt(payload: Buffer, base: number): MessageType | null {
    const scanner = this.#scanner
    switch (scanner.kind(base + EVENT)) {
      case VALUE.none:
        return null
      case VALUE.text:
        return this.#events.get(payload, scanner.start(base + EVENT), scanner.end(base + EVENT))
      case VALUE.escapedText:
        return eventNamed(scanner.text(base + EVENT) ?? '')
      default:
        return UNKNOWN
    }
  }

  /** The symbol of the event; null: it has none. */
  #symbolAt(payload: Buffer, base: number): Named | null {
    const scanner = this.#scanner
    const slot = base + SYMBOL
    switch (scanner.kind(slot)) {
      case VALUE.text: {
        const start = scanner.start(slot)
        const end = scanner.end(slot)
        const isName = end > start && end - start <= MAX_NAME_BYTES
        return isName ? this.#symbols.get(payload, start, end) : null
      }
      case VALUE.escapedText: {
        const bytes = Buffer.from(scanner.text(slot) ?? '')
        const isName = bytes.length > 0 && bytes.length <= MAX_NAME_BYTES
        return isName ? this.#symbols.get(bytes, 0, bytes.length) : null
      }
      default:
        return null
    }
  }
}
