// Binance spot frames as market events. Prices are in the quote asset, sizes in the base asset; sizes of levels are absolute.
//
// `sequence` of a change of a book is its last update `u`, `id` its first one `U`; `sequence` of a snapshot is its
// `lastUpdateId`. README.md says how a book is put together from them.

import { BookRows } from '#market/book-rows.ts'
import { EVENT, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING } from '#market/fields-reader.ts'
import { END, JsonReader, OTHER } from '#market/json-reader.ts'
import { NO_LIST, NO_OBJECT } from '#market/json-reasons.ts'
import { type Field, KIND } from '#market/json-shape.ts'
import {
  type Emit,
  emitUnknown,
  type FrameHeader,
  type Normalizer,
  takeHeader,
} from '#market/normalizer.ts'
import { Symbols } from '#market/symbols.ts'
import { UNIT } from '#market/time.ts'
import { Words } from '#market/words.ts'
import { NEGATIVE, NOT_POSITIVE, readLevels } from './levels.ts'
import { afterName, guessed, SnapshotShape, StreamShape } from './shapes.ts'

export const NOT_WHOLE = 'not a whole number'
export const NOT_BOOLEAN = 'neither true nor false'
export const OTHER_SYMBOL = 'not the symbol of the stream'
export const OTHER_EVENT = 'not an event of the stream'
export const NOT_A_STREAM = 'a stream that is not known'
export const NOT_A_FRAME = 'a frame that is not known'
export const FIRST_BEHIND_LAST = 'the first update is behind the last'

const EVENTS = ['depthUpdate', 'trade', 'serverShutdown']
const [DEPTH, TRADE, SHUTDOWN, TICKER] = [0, 1, 2, 3]
const CHANNELS = ['depth@100ms', 'depth', 'trade', 'bookTicker']
const OF_CHANNEL = [DEPTH, DEPTH, TRADE, TICKER]
/** Types of the connector that say nothing about a market. */
const SILENT = ['response', 'error', 'price', 'serverShutdown']

class BinanceNormalizer implements Normalizer {
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #event = new MarketEvent()
  readonly #rows = new BookRows()
  readonly #symbols = new Symbols()
  readonly #events = new Words(EVENTS)
  readonly #channels = new Words(CHANNELS)
  /** One for each kind of frame, by the guess of what it is. */
  readonly #shapes = [new StreamShape(), new StreamShape(), new StreamShape()] as const
  readonly #rest = new SnapshotShape()
  #shape: StreamShape = this.#shapes[0]
  /** The levels have been read with the frame, and this is wrong with them. */
  #isOnePass = false
  #whyBids = ''
  #whyAsks = ''

  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void {
    const event = this.#event
    const reader = this.#reader
    const values = this.#values
    takeHeader(event, header)
    reader.begin(payload)
    values.begin()
    if (header.type === 'depthSnapshot') {
      this.#snapshot(event, header, emit)
      return
    }
    const guess = guessed(payload)
    const shape = this.#shapes[guess]
    this.#shape = shape
    this.#rows.clear()
    this.#whyBids = ''
    this.#whyAsks = ''
    this.#isOnePass = guess === 0
    if (
      !(this.#isOnePass ? this.#onePass(shape) : reader.object(shape.frame)) ||
      !reader.finish()
    ) {
      const what = this.#whyBids !== '' ? 'b' : this.#whyAsks !== '' ? 'a' : ''
      emitUnknown(event, what, reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    const kind = shape.stream.kind === KIND.none ? this.#raw(payload, header) : this.#combined()
    if (kind === DEPTH) this.#readDepth(event)
    else if (kind === TRADE) this.#readTrade(event)
    else if (kind === TICKER) this.#readTicker(event)
    else if (values.why === '') return
    if (values.why !== '') emitUnknown(event, values.what, values.why, emit)
    else if (kind === DEPTH) this.#rows.emit(event, 0, emit)
    else emit(event)
  }

  /** Reads a frame whose levels are most of it: each byte once. */
  #onePass({ frame, body, data, b, a }: StreamShape): boolean {
    const reader = this.#reader
    if (!reader.open(frame)) return false
    for (;;) {
      const field = reader.key(frame)
      if (field === END) return reader.error === ''
      if (field === OTHER) reader.skip()
      else if (field !== body || field.kind !== KIND.object) this.#take(field)
      else {
        reader.open(data)
        for (;;) {
          const member = reader.key(data)
          if (member === END) break
          if (member === OTHER) reader.skip()
          else if ((member !== b && member !== a) || member.kind !== KIND.list) this.#take(member)
          else if (member === b) this.#whyBids = this.#takeLevels(member, SIDE.bid)
          else this.#whyAsks = this.#takeLevels(member, SIDE.ask)
        }
      }
    }
  }

  #take(field: Field): void {
    const reader = this.#reader
    field.kind = reader.value()
    field.start = reader.start
    field.end = reader.end
  }

  /** Reads the list where the reader stands; returns what is wrong with it, and goes behind it in any case. */
  #takeLevels(field: Field, side: number): string {
    const reader = this.#reader
    const why = readLevels(reader, this.#values, this.#rows, side)
    if (why !== '' && reader.error === '') {
      reader.seek(field.start)
      reader.skip()
    }
    return why
  }

  /** What a frame of a combined stream is; -1: nothing about a market, or what `values.why` says. */
  #combined(): number {
    const reader = this.#reader
    const values = this.#values
    const { stream, body, e, s } = this.#shape
    if (stream.kind === KIND.text && isShutdown(reader.bytes, stream)) return -1
    const at = stream.kind === KIND.text ? afterName(reader.bytes, stream.start, stream.end) : -1
    const place = at < 0 ? -1 : this.#channels.at(reader, at + 1, stream.end)
    const kind = OF_CHANNEL[place]
    if (kind === undefined) {
      values.fail(stream, NOT_A_STREAM)
      return -1
    }
    if (body.kind !== KIND.object) {
      values.fail(body, body.kind === KIND.none ? MISSING : NO_OBJECT)
      return -1
    }
    const isItsEvent =
      kind === TICKER ? e.kind === KIND.none : this.#events.find(e, reader) === kind
    if (!isItsEvent) values.fail(e, OTHER_EVENT)
    else if (!isSame(reader.bytes, stream.start, at, s)) values.fail(s, OTHER_SYMBOL)
    return kind
  }

  /** The same of a raw frame, which is read once more, for its members stand at the top. */
  #raw(payload: Uint8Array, header: FrameHeader): number {
    const reader = this.#reader
    const { data, answers, e, s, u } = this.#shape
    const isAnswer = answers.some(({ kind }) => kind !== KIND.none)
    this.#isOnePass = false
    reader.begin(payload)
    reader.object(data)
    if (e.kind !== KIND.none) {
      const kind = this.#events.find(e, reader)
      if (kind === SHUTDOWN) return -1
      if (kind < 0) this.#values.fail(e, NOT_A_FRAME)
      return kind
    }
    if (s.kind !== KIND.none && u.kind !== KIND.none) return TICKER
    if (!isAnswer && !SILENT.includes(header.type)) this.#values.fail(e, NOT_A_FRAME)
    return -1
  }

  #begin(event: MarketEvent, kind: number, time: Field): void {
    const values = this.#values
    event.begin(kind)
    // A connection may have asked for microseconds, which have 16 digits.
    values.when(time, time.end - time.start === 13 ? UNIT.ms : UNIT.any)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
    event.symbol = values.name(this.#shape.s, this.#symbols)
  }

  #readDepth(event: MarketEvent): void {
    const { E, U, u, b, a } = this.#shape
    this.#begin(event, EVENT.bookChange, E)
    this.#sequence(event, u)
    if (this.#isWhole(U) && event.sequenceEnd > 0) {
      event.idStart = U.start
      event.idEnd = U.end
      if (this.#isBehind(U, u)) this.#values.fail(U, FIRST_BEHIND_LAST)
    }
    if (!this.#isOnePass) {
      this.#whyBids = this.#levelsAt(b, SIDE.bid)
      this.#whyAsks = this.#levelsAt(a, SIDE.ask)
    }
    this.#refuse(b, this.#whyBids)
    this.#refuse(a, this.#whyAsks)
  }

  #readTrade(event: MarketEvent): void {
    const values = this.#values
    const { T, E, t, p, q, m } = this.#shape
    this.#begin(event, EVENT.trade, T.kind === KIND.none ? E : T)
    this.#sequence(event, t)
    event.idStart = event.sequenceStart
    event.idEnd = event.sequenceEnd
    event.price = values.number(p)
    event.priceScale = values.decimal.scale
    if (event.price <= 0) values.fail(p, NOT_POSITIVE)
    event.size = this.#notNegative(q)
    event.sizeScale = values.decimal.scale
    // The buyer was the maker: the taker sold.
    if (m.kind === KIND.true) event.side = SIDE.sell
    else if (m.kind === KIND.false) event.side = SIDE.buy
    else values.fail(m, m.kind === KIND.none ? MISSING : NOT_BOOLEAN)
  }

  #readTicker(event: MarketEvent): void {
    const { decimal } = this.#values
    const { E, u, b, B, a, A } = this.#shape
    this.#begin(event, EVENT.quote, E)
    this.#sequence(event, u)
    const bid = this.#notNegative(b)
    event.bidScale = decimal.scale
    const bidSize = this.#notNegative(B)
    event.bidSizeScale = decimal.scale
    const ask = this.#notNegative(a)
    event.askScale = decimal.scale
    const askSize = this.#notNegative(A)
    event.askSizeScale = decimal.scale
    // A side without orders is sent as zeros.
    if (bid !== 0) {
      event.bid = bid
      event.bidSize = bidSize
    } else event.bidScale = event.bidSizeScale = 0
    if (ask !== 0) {
      event.ask = ask
      event.askSize = askSize
    } else event.askScale = event.askSizeScale = 0
  }

  /** The body of an answer over REST: of the symbol that was asked for. */
  #snapshot(event: MarketEvent, header: FrameHeader, emit: Emit): void {
    const reader = this.#reader
    const values = this.#values
    const { body, lastUpdateId, bids, asks } = this.#rest
    if (!reader.object(body) || !reader.finish()) {
      emitUnknown(event, '', reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    event.begin(EVENT.bookSnapshot)
    event.symbol = header.symbol
    this.#sequence(event, lastUpdateId)
    this.#rows.clear()
    this.#refuse(bids, this.#levelsAt(bids, SIDE.bid))
    this.#refuse(asks, this.#levelsAt(asks, SIDE.ask))
    if (values.why !== '') emitUnknown(event, values.what, values.why, emit)
    else this.#rows.emit(event, 0, emit)
  }

  /** Reads the levels at a field of a frame that was read before. */
  #levelsAt(field: Field, side: number): string {
    if (field.kind !== KIND.list) return ''
    this.#reader.seek(field.start)
    return readLevels(this.#reader, this.#values, this.#rows, side)
  }

  #refuse(field: Field, why: string): void {
    if (field.kind !== KIND.list) {
      this.#values.fail(field, field.kind === KIND.none ? MISSING : NO_LIST)
    } else if (why !== '') this.#values.fail(field, why)
  }

  #notNegative(field: Field): number {
    const value = this.#values.number(field)
    if (value < 0) this.#values.fail(field, NEGATIVE)
    return value
  }

  #sequence(event: MarketEvent, field: Field): void {
    if (!this.#isWhole(field)) return
    event.sequenceStart = field.start
    event.sequenceEnd = field.end
  }

  /** Whether digits stand at a field; they may be more than a number holds. */
  #isWhole(field: Field): boolean {
    const { kind, start, end } = field
    const { bytes } = this.#reader
    let p = kind === KIND.number || kind === KIND.text ? start : end
    while (p < end && bytes[p]! >= 0x30 && bytes[p]! <= 0x39) p++
    if (p === end && start < end && isNumber(kind)) return true
    this.#values.fail(field, kind === KIND.none ? MISSING : NOT_WHOLE)
    return false
  }

  /** Whether the digits at one field are more than those at another. */
  #isBehind(first: Field, last: Field): boolean {
    const { bytes } = this.#reader
    const length = first.end - first.start
    if (length !== last.end - last.start) return length > last.end - last.start
    for (let i = 0; i < length; i++) {
      const difference = bytes[first.start + i]! - bytes[last.start + i]!
      if (difference !== 0) return difference > 0
    }
    return false
  }
}

const isNumber = (kind: number): boolean => kind === KIND.text || kind === KIND.number

const isShutdown = (bytes: Uint8Array, { start, end }: Field): boolean =>
  end - start === 15 && bytes[start] === 0x21

/** Whether a symbol is the one that a stream is named after, in lower case. */
function isSame(bytes: Uint8Array, from: number, to: number, symbol: Field): boolean {
  const length = to - from
  // A text with escapes is not compared: the connector has read both.
  if (symbol.kind === KIND.escaped) return true
  if (symbol.kind !== KIND.text || symbol.end - symbol.start !== length) return false
  for (let i = 0; i < length; i++) {
    const c = bytes[symbol.start + i]!
    if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== bytes[from + i]) return false
  }
  return true
}

/** Binance's frames alone say everything: the Feed is not read. */
export const createNormalizer = (): Normalizer => new BinanceNormalizer()
