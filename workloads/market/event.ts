// A market event: what one frame says about one instrument, in the words of every exchange. One object is reused
// for all of them: it is valid until the callback that received it returns.
//
// Prices and sizes are an integer and a scale: `price` 4800 and `priceScale` 4 are 0.4800 (decimal.ts); an integer that is
// NaN is absent. Units are those of the exchange, and are documented in its folder.

import { textOf } from './bytes.ts'
import { timeNanos, timeText } from './time.ts'

export const EVENT = {
  none: 0,
  /** price, size, side: what the aggressor did; id. */
  trade: 1,
  /** bid, ask, last and their sizes, volume: what is absent was not sent. */
  quote: 2,
  /** One level of a whole book: side, price, size; flags FIRST, LAST, EMPTY. */
  bookSnapshot: 3,
  /** One level that changed: side, price, size; flags CHANGE, LAST, EMPTY. */
  bookChange: 4,
  /** What `instrument` says. */
  instrument: 5,
  /**
   * Frames are missing, for `reason`: since the event's time, until `untilMs`. It is received when it became known. Flag FIRST
   * begins it, LAST ends it; a gap known only afterwards has both. An empty symbol: all of the feed.
   */
  gap: 6,
  /** A frame that does not fit: `reason`. */
  unknown: 7,
} as const
export const EVENT_NAMES = [
  'none',
  'trade',
  'quote',
  'bookSnapshot',
  'bookChange',
  'instrument',
  'gap',
  'unknown',
] as const
export type EventName = (typeof EVENT_NAMES)[number]

/** Of a level: the bids or the asks. Of a trade: what the aggressor (taker) did. */
export const SIDE = { none: 0, bid: 1, ask: 2, buy: 1, sell: 2 } as const

export const FLAG = {
  /** Of a snapshot: clear the book, then apply this row. */
  first: 1,
  /** The last row of one change of a book: only behind it the book is whole again. */
  last: 2,
  /** A snapshot or a change without levels: price and size are absent. */
  empty: 4,
  /** `size` is added to what stands at the price; without it, `size` replaces that. What is 0 then is gone. */
  change: 8,
  /** Happened before the subscription; sent with it, as trades of a snapshot are. */
  history: 16,
} as const

/** What an exchange says about an instrument. Texts as sent; undefined is not sent. Rare, therefore an object. */
export type Instrument = {
  /** `changed`: something else than its phase. */
  readonly phase: 'created' | 'open' | 'paused' | 'closed' | 'settled' | 'changed'
  /** The exchange's own word for what happened. */
  readonly action: string
  /** Step of prices and of sizes, as decimal text. */
  readonly tick?: string
  readonly sizeStep?: string
  readonly title?: string
  /** Of a market on an outcome: how it is decided, and by which number. */
  readonly strikeType?: string
  readonly floorStrike?: string
  readonly capStrike?: string
  /** RFC 3339 with nanoseconds, UTC. */
  readonly openTime?: string
  readonly closeTime?: string
  /** How it ended, and what one contract is worth then, as decimal text. */
  readonly result?: string
  readonly settlement?: string
}

const NO_FRAME = new Uint8Array(0)

export class MarketEvent {
  kind: number = EVENT.none
  feed = ''
  /** The exchange's own name of the instrument; empty if the frame is of none. */
  symbol = ''
  /** The exchange's message type. */
  type = ''
  /** When the connector received the frame: milliseconds since 1970, and the nanoseconds within. */
  recvMs = Number.NaN
  recvNs = 0
  /** Its record: the connection and its number there, and which event of the record's frame it is, from 0; of a gap -1. */
  connection = ''
  number = Number.NaN
  row = 0
  /** When it happened, by the exchange's clock; -1 if it does not say. */
  timeMs = Number.NaN
  timeNs = 0
  /** SIDE */
  side = 0
  /** Bits of FLAG. */
  flags = 0
  price = Number.NaN
  priceScale = 0
  size = Number.NaN
  sizeScale = 0
  bid = Number.NaN
  bidScale = 0
  bidSize = Number.NaN
  bidSizeScale = 0
  ask = Number.NaN
  askScale = 0
  askSize = Number.NaN
  askSizeScale = 0
  last = Number.NaN
  lastScale = 0
  lastSize = Number.NaN
  lastSizeScale = 0
  volume = Number.NaN
  volumeScale = 0
  instrument: Instrument | undefined = undefined
  /** Of an unknown frame: why; of a gap: its cause. Otherwise empty. */
  reason = ''
  /** Of a gap: when frames came again; -1 if not yet. */
  untilMs = Number.NaN
  untilNs = 0
  /** Bytes that `sequence` and `id` stand in: digits or texts without escapes. */
  bytes: Uint8Array = NO_FRAME
  sequenceStart = 0
  sequenceEnd = 0
  idStart = 0
  idEnd = 0

  constructor() {
    // V8 keeps a field that began as a double unboxed in place: none of these is stored as a small integer first.
    this.timeMs = -1
    this.untilMs = -1
  }

  /** Makes it an event of `kind` that says nothing yet; feed, type, symbol, time received and record stay. */
  begin(kind: number): void {
    // Only a quote and a gap fill in fields of their own.
    const before = this.kind
    this.kind = kind
    this.timeMs = -1
    this.timeNs = 0
    this.side = 0
    this.flags = 0
    this.price = Number.NaN
    this.priceScale = 0
    this.size = Number.NaN
    this.sizeScale = 0
    this.reason = ''
    this.sequenceStart = 0
    this.sequenceEnd = 0
    this.idStart = 0
    this.idEnd = 0
    this.instrument = undefined
    if (before === EVENT.gap) {
      this.untilMs = -1
      this.untilNs = 0
    } else if (before === EVENT.quote) this.#clearQuote()
  }

  #clearQuote(): void {
    this.bid = Number.NaN
    this.bidScale = 0
    this.bidSize = Number.NaN
    this.bidSizeScale = 0
    this.ask = Number.NaN
    this.askScale = 0
    this.askSize = Number.NaN
    this.askSizeScale = 0
    this.last = Number.NaN
    this.lastScale = 0
    this.lastSize = Number.NaN
    this.lastSizeScale = 0
    this.volume = Number.NaN
    this.volumeScale = 0
  }

  /** The exchange's number of the frame, as the frame has it; empty if it has none. Makes a string. */
  get sequence(): string {
    return textOf(this.bytes, this.sequenceStart, this.sequenceEnd)
  }

  /** The exchange's name of the trade; empty if it has none. Makes a string. */
  get id(): string {
    return textOf(this.bytes, this.idStart, this.idEnd)
  }

  /** When it was received, in nanoseconds since 1970. */
  get recv(): bigint {
    return timeNanos(this.recvMs, this.recvNs)
  }

  get recvText(): string {
    return timeText(this.recvMs, this.recvNs)
  }

  /** When it happened, in nanoseconds since 1970; -1n if the exchange does not say. */
  get time(): bigint {
    return timeNanos(this.timeMs, this.timeNs)
  }

  /** Empty if the exchange does not say. */
  get timeText(): string {
    return timeText(this.timeMs, this.timeNs)
  }
}
