// Kraken's frames as market events. Prices are in the quote currency for one unit of the base, sizes in units of the base; both
// keep the decimals that were sent. README.md has the whole mapping.
//
// A frame is read in one pass where its members come in Kraken's order; a second one only emits several trades or quotes,
// once it is known that all of them can be read.

import { decimalText } from '#market/decimal.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING } from '#market/fields-reader.ts'
import { END, JsonReader, OTHER } from '#market/json-reader.ts'
import { NO_LIST, NO_OBJECT } from '#market/json-reasons.ts'
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
import { textAt, Words } from '#market/words.ts'
import { BookEvents } from './book-events.ts'
import { BRACE, headOf } from './layout.ts'
import {
  BOOK,
  CHANNELS,
  FRAME,
  INSTRUMENT,
  LISTS,
  METHODS,
  NEGATIVE,
  NO_ITEM,
  NO_PRICE,
  NOT_A_STATUS,
  NOT_A_TYPE,
  OTHER_KIND,
  OTHER_SIDE,
  PAIR,
  PHASES,
  SEVERAL_BOOKS,
  TICKER_ITEM,
  TRADE,
  TRADE_ITEM,
} from './shapes.ts'

class KrakenNormalizer implements Normalizer {
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #event = new MarketEvent()
  readonly #symbols = new Symbols()
  readonly #books = new BookEvents(this.#reader, this.#values, this.#symbols)
  readonly #channels = new Words(CHANNELS)
  readonly #methods = new Words(METHODS)
  readonly #kinds = new Words(['update', 'snapshot'])
  readonly #sides = new Words(['buy', 'sell'])
  readonly #frame = new Shape(FRAME)
  readonly #channel = this.#frame.field('channel')
  readonly #type = this.#frame.field('type')
  readonly #data = this.#frame.field('data')
  readonly #method = this.#frame.field('method')
  readonly #trade = new Shape(TRADE_ITEM)
  readonly #ticker = new Shape(TICKER_ITEM)
  readonly #lists = new Shape(LISTS)
  readonly #pair = new Shape(PAIR)
  readonly #pairs = this.#lists.field('pairs')
  readonly #tradeSymbol = this.#trade.field('symbol')
  readonly #tradeSide = this.#trade.field('side')
  readonly #tradePrice = this.#trade.field('price')
  readonly #tradeQuantity = this.#trade.field('qty')
  readonly #tradeId = this.#trade.field('trade_id')
  readonly #tradeTime = this.#trade.field('timestamp')
  readonly #tickerSymbol = this.#ticker.field('symbol')
  readonly #tickerTime = this.#ticker.field('timestamp')
  readonly #bid = this.#ticker.field('bid')
  readonly #bidSize = this.#ticker.field('bid_qty')
  readonly #ask = this.#ticker.field('ask')
  readonly #askSize = this.#ticker.field('ask_qty')
  readonly #last = this.#ticker.field('last')
  readonly #volume = this.#ticker.field('volume')
  readonly #pairSymbol = this.#pair.field('symbol')
  readonly #status = this.#pair.field('status')
  readonly #sizeStep = this.#pair.field('qty_increment')
  readonly #tick = this.#pair.field('price_increment')
  /** Its name until 2023, still sent. */
  readonly #tickSize = this.#pair.field('tick_size')
  /** Of the frame: its channel, and whether it is a snapshot; -1 until that is read. */
  #of = -1
  #kind = -1
  #count = 0

  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void {
    const event = this.#event
    const reader = this.#reader
    const values = this.#values
    takeHeader(event, header)
    reader.begin(payload)
    values.begin()
    event.bytes = reader.bytes
    const dataAt = this.#usual(event) ? 0 : this.#read(payload, event)
    if (values.why === '' && !reader.finish()) {
      event.symbol = header.symbol
      emitUnknown(event, '', reader.error, emit)
      return
    }
    const isSilent = this.#of > INSTRUMENT || (this.#of < 0 && this.#isAnswer())
    if (values.why === '' && !isSilent) {
      this.#check()
      // Members came in another order than Kraken's: what they are is known now.
      if (dataAt > 0 && values.why === '') this.#again(event, this.#data.start, null)
    }
    if (values.why !== '' || reader.error !== '') {
      event.symbol = header.symbol
      emitUnknown(event, values.what, values.why || reader.error, emit)
      return
    }
    if (isSilent) return
    if (this.#of === BOOK) this.#books.rows.emit(event, 0, emit)
    else if (this.#of !== INSTRUMENT && this.#count === 1) emit(event)
    else this.#again(event, this.#data.start, emit)
  }

  /** Reads a frame whose members stand as Kraken writes them; false: they do not. */
  #usual(event: MarketEvent): boolean {
    const reader = this.#reader
    const head = headOf(reader)
    if (head === null) return false
    this.#of = head.channel
    this.#kind = head.kind
    this.#count = 0
    const data = this.#data
    data.kind = KIND.list
    data.start = reader.position + head.length - 1
    reader.seek(data.start)
    this.#items(event, null)
    // An unknown member may follow.
    if (this.#values.why !== '' || reader.bytes[reader.position] !== BRACE) return false
    reader.seek(reader.position + 1)
    return reader.finish()
  }

  /** Reads the frame; returns where `data` stands if it has not been read, or 0. */
  #read(payload: Uint8Array, event: MarketEvent): number {
    const reader = this.#reader
    reader.begin(payload)
    this.#values.begin()
    this.#of = -1
    this.#kind = -1
    this.#count = 0
    let dataAt = 0
    if (!reader.open(this.#frame)) return 0
    for (;;) {
      const field = reader.key(this.#frame)
      if (field === END) return dataAt
      if (field === OTHER) reader.skip()
      else if (field !== this.#data) {
        field.kind = reader.value()
        field.start = reader.start
        field.end = reader.end
        if (field === this.#channel) this.#of = this.#channels.find(field, reader)
        else if (field === this.#type) this.#kind = this.#kinds.find(field, reader)
      } else if (this.#of >= 0 && this.#kind >= 0 && this.#of <= INSTRUMENT) {
        this.#items(event, null)
        if (this.#values.why !== '') return 0
      } else {
        dataAt = reader.position
        reader.skip()
      }
    }
  }

  #isAnswer(): boolean {
    return this.#channel.kind === KIND.none && this.#methods.find(this.#method, this.#reader) >= 0
  }

  /** Whether the frame is one that has market events at all. */
  #check(): void {
    const values = this.#values
    const { kind } = this.#channel
    if (this.#of < 0) values.fail(this.#channel, kind === KIND.none ? MISSING : NOT_A_TYPE)
    else if (this.#kind < 0) {
      values.fail(this.#type, this.#type.kind === KIND.none ? MISSING : OTHER_KIND)
    } else if (this.#data.kind === KIND.none) values.fail(this.#data, MISSING)
  }

  /** Reads `data` once more. */
  #again(event: MarketEvent, at: number, emit: Emit | null): void {
    this.#reader.seek(at)
    this.#count = 0
    this.#items(event, emit)
  }

  /** Reads `data`, at which the reader stands; emits each event if `emit` is given. */
  #items(event: MarketEvent, emit: Emit | null): void {
    const reader = this.#reader
    const values = this.#values
    if (this.#of === INSTRUMENT) {
      this.#instruments(event, emit)
      return
    }
    if (this.#data.kind !== KIND.list) {
      values.fail(this.#data, NO_LIST)
      return
    }
    reader.list()
    while (reader.more()) {
      this.#count++
      if (this.#of === BOOK)
        this.#books.read(event, this.#kind === 1 ? EVENT.bookSnapshot : EVENT.bookChange)
      else if (this.#of === TRADE) this.#readTrade(event)
      else this.#readTicker(event)
      if (values.why !== '' || reader.error !== '') return
      if (emit !== null) emit(event)
    }
    if (this.#of === BOOK && this.#count > 1) values.fail(this.#data, SEVERAL_BOOKS)
    // A pair that was never traded has a snapshot of no trades.
    if (this.#count === 0 && this.#of !== TRADE) values.fail(this.#data, NO_ITEM)
  }

  #readTrade(event: MarketEvent): void {
    const values = this.#values
    event.begin(EVENT.trade)
    if (!this.#reader.object(this.#trade)) return
    event.symbol = values.name(this.#tradeSymbol, this.#symbols)
    this.#time(event, this.#tradeTime)
    const side = this.#sides.find(this.#tradeSide, this.#reader)
    if (side < 0) {
      values.fail(this.#tradeSide, this.#tradeSide.kind === KIND.none ? MISSING : OTHER_SIDE)
    }
    event.side = side === 0 ? SIDE.buy : SIDE.sell
    event.price = values.number(this.#tradePrice)
    event.priceScale = values.decimal.scale
    if (event.price <= 0) values.fail(this.#tradePrice, event.price === 0 ? NO_PRICE : NEGATIVE)
    event.size = values.number(this.#tradeQuantity)
    event.sizeScale = values.decimal.scale
    if (event.size < 0) values.fail(this.#tradeQuantity, NEGATIVE)
    values.takeId(event, this.#tradeId)
    event.flags = this.#kind === 1 ? FLAG.history : 0
  }

  /** A price of zero means that there is none: no bid, or no trade yet. */
  #readTicker(event: MarketEvent): void {
    const values = this.#values
    const { decimal } = values
    event.begin(EVENT.quote)
    if (!this.#reader.object(this.#ticker)) return
    event.symbol = values.name(this.#tickerSymbol, this.#symbols)
    this.#time(event, this.#tickerTime)
    event.bid = this.#quoted(this.#bid)
    event.bidScale = decimal.scale
    event.bidSize = this.#notNegative(this.#bidSize)
    event.bidSizeScale = decimal.scale
    event.ask = this.#quoted(this.#ask)
    event.askScale = decimal.scale
    event.askSize = this.#notNegative(this.#askSize)
    event.askSizeScale = decimal.scale
    event.last = this.#quoted(this.#last)
    event.lastScale = decimal.scale
    event.volume = this.#notNegative(this.#volume)
    event.volumeScale = decimal.scale
    if (Number.isNaN(event.bid)) event.bidSize = Number.NaN
    if (Number.isNaN(event.ask)) event.askSize = Number.NaN
  }

  #instruments(event: MarketEvent, emit: Emit | null): void {
    const reader = this.#reader
    const values = this.#values
    if (this.#data.kind !== KIND.object) {
      values.fail(this.#data, NO_OBJECT)
      return
    }
    if (!reader.object(this.#lists)) return
    const behind = reader.position
    const pairs = this.#pairs
    // What is said about assets alone has none.
    if (pairs.kind === KIND.none) return
    if (pairs.kind !== KIND.list) {
      values.fail(pairs, NO_LIST)
      return
    }
    reader.seek(pairs.start)
    reader.list()
    while (reader.more()) {
      if (!reader.object(this.#pair)) return
      event.begin(EVENT.instrument)
      event.symbol = values.name(this.#pairSymbol, this.#symbols)
      const action = textAt(this.#status, reader)
      const phase = Object.hasOwn(PHASES, action) ? PHASES[action] : undefined
      if (phase === undefined) {
        values.fail(this.#status, this.#status.kind === KIND.none ? MISSING : NOT_A_STATUS)
        return
      }
      const hasTick = this.#tick.kind !== KIND.none
      const tick = this.#step(hasTick ? this.#tick : this.#tickSize)
      const sizeStep = this.#step(this.#sizeStep)
      if (values.why !== '') return
      if (emit === null) continue
      event.instrument = {
        phase,
        action,
        ...(tick === '' ? {} : { tick }),
        ...(sizeStep === '' ? {} : { sizeStep }),
      }
      emit(event)
    }
    if (emit === null) reader.seek(behind)
  }

  /** A step as plain decimal text: `1e-08` is 0.00000001. */
  #step(field: Field): string {
    const step = this.#notNegative(field)
    return decimalText(step, this.#values.decimal.scale)
  }

  #time(event: MarketEvent, field: Field): void {
    const values = this.#values
    values.when(field, UNIT.any)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
  }

  #notNegative(field: Field): number {
    const value = this.#values.number(field, 'optional')
    if (value < 0) this.#values.fail(field, NEGATIVE)
    return value
  }

  #quoted(field: Field): number {
    const price = this.#notNegative(field)
    return price === 0 ? Number.NaN : price
  }
}

/** Kraken's frames alone say everything: the Feed is not read. Books keep the levels of its `bookDepth` alone. */
export const createNormalizer = (): Normalizer => new KrakenNormalizer()
