// Binance spot frames as market events. Prices are in the quote asset, sizes in the base asset; sizes of levels are absolute.
//
// `sequence` of a change of a book is its last update `u`, `id` its first one `U`; `sequence` of a snapshot is its
// `lastUpdateId`. README.md says how a book is put together from them.

import { BookRows } from '#market/book-rows.ts'
import { NOT_A_DECIMAL } from '#market/decimal.ts'
import { EVENT, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING } from '#market/fields-reader.ts'
import { JsonReader, NO_LIST, NO_OBJECT } from '#market/json-reader.ts'
import { type Field, KIND, Shape } from '#market/json-shape.ts'
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

export const NEGATIVE = 'below zero'
export const NOT_POSITIVE = 'not above zero'
export const NOT_WHOLE = 'not a whole number'
export const NOT_BOOLEAN = 'neither true nor false'
export const OTHER_SYMBOL = 'not the symbol of the stream'
export const OTHER_EVENT = 'not an event of the stream'
export const NOT_A_STREAM = 'a stream that is not known'
export const NOT_A_FRAME = 'a frame that is not known'
export const FIRST_BEHIND_LAST = 'the first update is behind the last'

const MESSAGE = ['e', 'E', 's', 'U', 'u', 'b', 'a', 't', 'p', 'q', 'T', 'm', 'B', 'A']
/** What stands at the top of other frames: answers, and bodies of REST. */
const OTHERS = ['id', 'result', 'code', 'error', 'lastUpdateId', 'bids', 'asks']
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
  readonly #data = new Shape(MESSAGE)
  readonly #frame = new Shape(['stream', 'data', ...OTHERS], { data: this.#data })
  readonly #rest = new Shape(OTHERS)
  readonly #stream = this.#frame.field('stream')
  readonly #body = this.#frame.field('data')
  readonly #e = this.#data.field('e')
  readonly #E = this.#data.field('E')
  readonly #s = this.#data.field('s')
  readonly #U = this.#data.field('U')
  readonly #u = this.#data.field('u')
  readonly #b = this.#data.field('b')
  readonly #a = this.#data.field('a')
  readonly #t = this.#data.field('t')
  readonly #p = this.#data.field('p')
  readonly #q = this.#data.field('q')
  readonly #T = this.#data.field('T')
  readonly #m = this.#data.field('m')
  readonly #B = this.#data.field('B')
  readonly #A = this.#data.field('A')
  readonly #lastUpdateId = this.#rest.field('lastUpdateId')
  readonly #bids = this.#rest.field('bids')
  readonly #asks = this.#rest.field('asks')

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
    if (!reader.object(this.#frame) || !reader.finish()) {
      emitUnknown(event, '', reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    const kind = this.#stream.kind === KIND.none ? this.#raw(payload, header) : this.#combined()
    if (kind === DEPTH) this.#readDepth(event)
    else if (kind === TRADE) this.#readTrade(event)
    else if (kind === TICKER) this.#readTicker(event)
    else if (values.why === '') return
    if (values.why !== '') emitUnknown(event, values.what, values.why, emit)
    else if (kind === DEPTH) this.#rows.emit(event, 0, emit)
    else emit(event)
  }

  /** What a frame of a combined stream is; -1: nothing about a market, or what `values.why` says. */
  #combined(): number {
    const reader = this.#reader
    const values = this.#values
    const stream = this.#stream
    if (stream.kind === KIND.text && isShutdown(reader.bytes, stream)) return -1
    const at = stream.kind === KIND.text ? reader.bytes.indexOf(0x40, stream.start) : -1
    const place = at < 0 || at >= stream.end ? -1 : this.#channels.at(reader, at + 1, stream.end)
    const kind = OF_CHANNEL[place]
    if (kind === undefined) {
      values.fail(stream, NOT_A_STREAM)
      return -1
    }
    if (this.#body.kind !== KIND.object) {
      values.fail(this.#body, this.#body.kind === KIND.none ? MISSING : NO_OBJECT)
      return -1
    }
    const isItsEvent =
      kind === TICKER ? this.#e.kind === KIND.none : this.#events.find(this.#e, reader) === kind
    if (!isItsEvent) values.fail(this.#e, OTHER_EVENT)
    else if (!isSame(reader.bytes, stream.start, at, this.#s)) values.fail(this.#s, OTHER_SYMBOL)
    return kind
  }

  /** The same of a raw frame, which is read once more, for its members stand at the top. */
  #raw(payload: Uint8Array, header: FrameHeader): number {
    const reader = this.#reader
    const isAnswer = this.#isAnswer()
    reader.begin(payload)
    reader.object(this.#data)
    if (this.#e.kind !== KIND.none) {
      const kind = this.#events.find(this.#e, reader)
      if (kind === SHUTDOWN) return -1
      if (kind < 0) this.#values.fail(this.#e, NOT_A_FRAME)
      return kind
    }
    if (this.#s.kind !== KIND.none && this.#u.kind !== KIND.none) return TICKER
    if (!isAnswer && !SILENT.includes(header.type)) this.#values.fail(this.#e, NOT_A_FRAME)
    return -1
  }

  #isAnswer(): boolean {
    return ['id', 'result', 'code', 'error'].some(
      (name) => this.#frame.field(name).kind !== KIND.none
    )
  }

  #begin(event: MarketEvent, kind: number, time: Field): void {
    const values = this.#values
    event.begin(kind)
    // A connection may have asked for microseconds.
    values.when(time, UNIT.any)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
    event.symbol = values.name(this.#s, this.#symbols)
  }

  #readDepth(event: MarketEvent): void {
    this.#begin(event, EVENT.bookChange, this.#E)
    this.#sequence(event, this.#u)
    if (this.#isWhole(this.#U) && event.sequenceEnd > 0) {
      event.idStart = this.#U.start
      event.idEnd = this.#U.end
      if (this.#isBehind(this.#U, this.#u)) this.#values.fail(this.#U, FIRST_BEHIND_LAST)
    }
    this.#rows.clear()
    this.#readLevels(this.#b, SIDE.bid)
    this.#readLevels(this.#a, SIDE.ask)
  }

  #readTrade(event: MarketEvent): void {
    const values = this.#values
    this.#begin(event, EVENT.trade, this.#T.kind === KIND.none ? this.#E : this.#T)
    this.#sequence(event, this.#t)
    event.idStart = event.sequenceStart
    event.idEnd = event.sequenceEnd
    event.price = values.number(this.#p)
    event.priceScale = values.decimal.scale
    if (event.price <= 0) values.fail(this.#p, NOT_POSITIVE)
    event.size = this.#notNegative(this.#q)
    event.sizeScale = values.decimal.scale
    // The buyer was the maker: the taker sold.
    if (this.#m.kind === KIND.true) event.side = SIDE.sell
    else if (this.#m.kind === KIND.false) event.side = SIDE.buy
    else values.fail(this.#m, this.#m.kind === KIND.none ? MISSING : NOT_BOOLEAN)
  }

  #readTicker(event: MarketEvent): void {
    const { decimal } = this.#values
    this.#begin(event, EVENT.quote, this.#E)
    this.#sequence(event, this.#u)
    const bid = this.#notNegative(this.#b)
    event.bidScale = decimal.scale
    const bidSize = this.#notNegative(this.#B)
    event.bidSizeScale = decimal.scale
    const ask = this.#notNegative(this.#a)
    event.askScale = decimal.scale
    const askSize = this.#notNegative(this.#A)
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
    if (!reader.object(this.#rest) || !reader.finish()) {
      emitUnknown(event, '', reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    event.begin(EVENT.bookSnapshot)
    event.symbol = header.symbol
    this.#sequence(event, this.#lastUpdateId)
    this.#rows.clear()
    this.#readLevels(this.#bids, SIDE.bid)
    this.#readLevels(this.#asks, SIDE.ask)
    if (values.why !== '') emitUnknown(event, values.what, values.why, emit)
    else this.#rows.emit(event, 0, emit)
  }

  #readLevels(field: Field, side: number): void {
    const reader = this.#reader
    if (field.kind !== KIND.list) {
      this.#values.fail(field, field.kind === KIND.none ? MISSING : NO_LIST)
      return
    }
    reader.seek(field.start)
    reader.list()
    while (reader.more() && reader.pair()) {
      const why = this.#readLevel(side)
      if (why === '') continue
      this.#values.fail(field, why)
      return
    }
    if (reader.error !== '') this.#values.fail(field, reader.error)
  }

  /** Adds the pair that was read to the rows, or says why not. */
  #readLevel(side: number): string {
    const reader = this.#reader
    const { decimal } = this.#values
    if (!isNumber(reader.kind) || !isNumber(reader.kind2)) return NOT_A_DECIMAL
    const price = decimal.read(reader.bytes, reader.start, reader.end)
    const scale = decimal.scale
    if (Number.isNaN(price)) return decimal.reason
    if (price <= 0) return NOT_POSITIVE
    const size = decimal.read(reader.bytes, reader.start2, reader.end2)
    if (Number.isNaN(size)) return decimal.reason
    if (size < 0) return NEGATIVE
    this.#rows.add(side, price, scale, size, decimal.scale)
    return ''
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
  // A text with escapes is compared by nobody: the connector has read both.
  if (symbol.kind === KIND.escaped) return true
  if (symbol.kind !== KIND.text || symbol.end - symbol.start !== length) return false
  for (let i = 0; i < length; i++) {
    const c = bytes[symbol.start + i]!
    if ((c >= 0x41 && c <= 0x5a ? c | 0x20 : c) !== bytes[from + i]) return false
  }
  return true
}

/** Binance's frames say all by themselves: the Feed is not looked at. */
export const createNormalizer = (): Normalizer => new BinanceNormalizer()
