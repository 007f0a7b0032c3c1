// Coinbase Advanced Trade frames as market events. Prices are in the quote currency, sizes in the base currency; sizes of levels
// are absolute. `side` of a trade is the maker's (README.md says how that is known): a BUY was hit by a taker who sold.
// `sequence` is that of the frame in its connection. A change of a book has the time of its last level, everything else
// that of the frame, but for trades, which have their own.

import { BookRows } from '#market/book-rows.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING } from '#market/fields-reader.ts'
import { END, JsonReader, OTHER } from '#market/json-reader.ts'
import { NO_LIST } from '#market/json-reasons.ts'
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
import { isWhole } from './ids.ts'
import {
  CHANNELS,
  NEGATIVE,
  NOT_A_CHANNEL,
  NOT_A_SIDE,
  NOT_A_TYPE,
  NOT_AN_ID,
  NOT_POSITIVE,
  NOT_WHOLE,
  PHASES,
} from './words.ts'

const [BOOKS, TRADES, TICKERS, TICKER_BATCH, STATUS] = [0, 1, 2, 3, 4]

class CoinbaseNormalizer implements Normalizer {
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #unknown = new MarketEvent()
  /** The events of the frame, kept until it is read to its end, and the levels of those that are books. */
  readonly #events: MarketEvent[] = []
  readonly #books: BookRows[] = []
  #count = 0
  readonly #symbols = new Symbols()
  readonly #channels = new Words(CHANNELS)
  readonly #types = new Words(['snapshot', 'update'])
  readonly #bookSides = new Words(['bid', 'offer'])
  readonly #tradeSides = new Words(['BUY', 'SELL'])
  readonly #frame = new Shape(['channel', 'timestamp', 'sequence_num', 'events', 'type'])
  readonly #channel = this.#frame.field('channel')
  readonly #timestamp = this.#frame.field('timestamp')
  readonly #sequence = this.#frame.field('sequence_num')
  readonly #list = this.#frame.field('events')
  readonly #frameType = this.#frame.field('type')
  readonly #event = new Shape(['type', 'product_id', 'updates', 'trades', 'tickers', 'products'])
  readonly #type = this.#event.field('type')
  readonly #product = this.#event.field('product_id')
  readonly #items = [
    this.#event.field('updates'),
    this.#event.field('trades'),
    this.#event.field('tickers'),
    this.#event.field('tickers'),
    this.#event.field('products'),
  ]
  readonly #level = new Shape(['side', 'event_time', 'price_level', 'new_quantity'])
  readonly #levelSide = this.#level.field('side')
  readonly #levelTime = this.#level.field('event_time')
  readonly #levelPrice = this.#level.field('price_level')
  readonly #levelSize = this.#level.field('new_quantity')
  readonly #trade = new Shape(['product_id', 'trade_id', 'price', 'size', 'time', 'side'])
  readonly #tradeProduct = this.#trade.field('product_id')
  readonly #tradeId = this.#trade.field('trade_id')
  readonly #tradePrice = this.#trade.field('price')
  readonly #tradeSize = this.#trade.field('size')
  readonly #tradeTime = this.#trade.field('time')
  readonly #tradeSide = this.#trade.field('side')
  readonly #ticker = new Shape([
    'product_id',
    'price',
    'volume_24_h',
    'best_bid',
    'best_ask',
    'best_bid_quantity',
    'best_ask_quantity',
  ])
  readonly #tickerProduct = this.#ticker.field('product_id')
  readonly #tickerPrice = this.#ticker.field('price')
  readonly #tickerVolume = this.#ticker.field('volume_24_h')
  readonly #bestBid = this.#ticker.field('best_bid')
  readonly #bestBidSize = this.#ticker.field('best_bid_quantity')
  readonly #bestAsk = this.#ticker.field('best_ask')
  readonly #bestAskSize = this.#ticker.field('best_ask_quantity')
  readonly #instrument = new Shape([
    'id',
    'base_increment',
    'quote_increment',
    'display_name',
    'status',
  ])
  readonly #instrumentId = this.#instrument.field('id')
  readonly #baseIncrement = this.#instrument.field('base_increment')
  readonly #quoteIncrement = this.#instrument.field('quote_increment')
  readonly #displayName = this.#instrument.field('display_name')
  readonly #status = this.#instrument.field('status')
  /** Where the time of the last level stands that was read. */
  #timeStart = 0
  #timeEnd = 0

  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void {
    const reader = this.#reader
    const values = this.#values
    reader.begin(payload)
    values.begin()
    this.#count = 0
    const channel = this.#read()
    if (reader.error === '' && this.#needsTime) values.when(this.#timestamp, UNIT.any)
    if (reader.error !== '' || values.why !== '') {
      const what = reader.error === '' ? values.what : ''
      takeHeader(this.#unknown, header)
      emitUnknown(this.#unknown, what, reader.error || values.why, emit)
      return
    }
    if (channel > STATUS) return
    const { ms, ns } = values.time
    for (let i = 0; i < this.#count; i++) {
      const event = this.#events[i]!
      const { symbol } = event
      takeHeader(event, header)
      event.symbol = symbol
      event.bytes = reader.bytes
      event.sequenceStart = this.#sequence.start
      event.sequenceEnd = this.#sequence.end
      if (event.timeMs < 0) {
        event.timeMs = ms
        event.timeNs = ns
      }
      if (channel === BOOKS) this.#books[i]!.emit(event, 0, emit)
      else emit(event)
    }
  }

  /** Whether an event has no time of its own. */
  get #needsTime(): boolean {
    for (let i = 0; i < this.#count; i++) if (this.#events[i]!.timeMs < 0) return true
    return false
  }

  /** Reads the whole frame; its channel, beyond STATUS for one that says nothing about a market. */
  #read(): number {
    const reader = this.#reader
    const frame = this.#frame
    let isRead = false
    if (reader.until(frame, this.#list)) {
      const known = this.#channels.find(this.#channel, reader)
      isRead = known >= 0 && known <= STATUS
      if (isRead) this.#readEvents(known)
      else reader.skip()
      this.#readRest(frame)
    }
    // Of a frame that breaks off, fields may still say what the one before had.
    if (!reader.finish()) return -1
    const channel = this.#channels.find(this.#channel, reader)
    if (channel < 0) {
      const isError =
        this.#channel.kind === KIND.none && textAt(this.#frameType, reader) === 'error'
      if (isError) return CHANNELS.length
      const why = this.#channel.kind === KIND.none ? MISSING : NOT_A_CHANNEL
      this.#values.fail(this.#channel, why)
      return channel
    }
    if (channel > STATUS) return channel
    const list = this.#list
    if (!isRead && list.kind === KIND.list) {
      // They came before the channel.
      reader.seek(list.start)
      this.#readEvents(channel)
    } else if (!isRead) this.#values.fail(list, list.kind === KIND.none ? MISSING : NO_LIST)
    if (this.#sequence.kind !== KIND.none && !isWhole(reader.bytes, this.#sequence)) {
      this.#values.fail(this.#sequence, NOT_WHOLE)
    }
    return channel
  }

  #readEvents(channel: number): void {
    const reader = this.#reader
    const event = this.#event
    reader.list()
    const items = this.#items[channel]!
    while (reader.more()) {
      const before = this.#count
      if (channel === BOOKS) this.#next(EVENT.bookChange)
      if (reader.until(event, items)) {
        reader.list()
        this.#readItems(channel)
        this.#readRest(event)
      } else this.#values.fail(items, items.kind === KIND.none ? MISSING : NO_LIST)
      if (reader.error !== '') return
      const type = this.#types.find(this.#type, reader)
      if (type < 0) this.#values.fail(this.#type, NOT_A_TYPE)
      if (channel === BOOKS) this.#endBook(type === 0)
      else if (channel === TRADES && type === 0) {
        for (let i = before; i < this.#count; i++) this.#events[i]!.flags |= FLAG.history
      }
    }
  }

  /** What stands behind the list of an object. */
  #readRest(shape: Shape): void {
    const reader = this.#reader
    for (let field = reader.key(shape); field !== END; field = reader.key(shape)) {
      const kind = reader.value()
      if (field === OTHER) continue
      field.kind = kind
      field.start = reader.start
      field.end = reader.end
    }
  }

  #readItems(channel: number): void {
    const reader = this.#reader
    switch (channel) {
      case BOOKS:
        while (reader.more() && reader.object(this.#level)) this.#readLevel()
        return
      case TRADES:
        while (reader.more() && reader.object(this.#trade)) this.#readTrade()
        return
      case TICKERS:
      case TICKER_BATCH:
        while (reader.more() && reader.object(this.#ticker)) this.#readTicker()
        return
      default:
        while (reader.more() && reader.object(this.#instrument)) this.#readInstrument()
    }
  }

  /** The next event of the frame, which says nothing yet. */
  #next(kind: number): MarketEvent {
    const i = this.#count++
    if (i === this.#events.length) {
      this.#events.push(new MarketEvent())
      this.#books.push(new BookRows())
    }
    const event = this.#events[i]!
    event.begin(kind)
    if (kind === EVENT.bookChange) {
      this.#books[i]!.clear()
      this.#timeStart = this.#timeEnd = 0
    }
    return event
  }

  #readLevel(): void {
    const { decimal } = this.#values
    const side = this.#bookSides.find(this.#levelSide, this.#reader)
    if (side < 0) this.#failSide(this.#levelSide)
    const price = this.#positive(this.#levelPrice)
    const scale = decimal.scale
    const size = this.#notNegative(this.#levelSize)
    const at = this.#count - 1
    this.#books[at]!.add(side === 0 ? SIDE.bid : SIDE.ask, price, scale, size, decimal.scale)
    const time = this.#levelTime
    if (this.#isTimeOfLast(time)) return
    this.#timeStart = time.start
    this.#timeEnd = time.end
    const event = this.#events[at]!
    if (!this.#values.when(time, UNIT.any)) return
    const { ms, ns } = this.#values.time
    if (ms < event.timeMs || (ms === event.timeMs && ns <= event.timeNs)) return
    event.timeMs = ms
    event.timeNs = ns
  }

  /** The levels of one event mostly have the same time, which is then read once. */
  #isTimeOfLast({ kind, start, end }: Field): boolean {
    const length = end - start
    if (kind !== KIND.text || length !== this.#timeEnd - this.#timeStart) return false
    const { bytes } = this.#reader
    const other = this.#timeStart
    let i = length - 1
    while (i >= 0 && bytes[start + i] === bytes[other + i]) i--
    return i < 0
  }

  #endBook(isSnapshot: boolean): void {
    const event = this.#events[this.#count - 1]!
    event.symbol = this.#values.name(this.#product, this.#symbols)
    if (!isSnapshot) return
    // Its levels changed last at any time before: it is the book of the moment when it was sent.
    event.kind = EVENT.bookSnapshot
    event.timeMs = -1
    event.timeNs = 0
  }

  #readTrade(): void {
    const reader = this.#reader
    const values = this.#values
    const event = this.#next(EVENT.trade)
    event.symbol = values.name(this.#tradeProduct, this.#symbols)
    event.price = this.#positive(this.#tradePrice)
    event.priceScale = values.decimal.scale
    event.size = this.#notNegative(this.#tradeSize)
    event.sizeScale = values.decimal.scale
    const maker = this.#tradeSides.find(this.#tradeSide, reader)
    if (maker < 0) this.#failSide(this.#tradeSide)
    event.side = maker === 0 ? SIDE.sell : SIDE.buy
    values.when(this.#tradeTime, UNIT.any)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
    const id = this.#tradeId
    const isId = id.kind === KIND.text ? id.end > id.start : isWhole(reader.bytes, id)
    if (!isId) values.fail(id, id.kind === KIND.none ? MISSING : NOT_AN_ID)
    event.idStart = id.start
    event.idEnd = id.end
  }

  #readTicker(): void {
    const values = this.#values
    const { decimal } = values
    const event = this.#next(EVENT.quote)
    event.symbol = values.name(this.#tickerProduct, this.#symbols)
    event.last = this.#price(this.#tickerPrice)
    event.lastScale = decimal.scale
    event.volume = this.#notNegative(this.#tickerVolume, 'optional')
    event.volumeScale = decimal.scale
    event.bid = this.#price(this.#bestBid)
    event.bidScale = decimal.scale
    event.ask = this.#price(this.#bestAsk)
    event.askScale = decimal.scale
    // Of a side without orders, whose price is sent as 0, the size says nothing.
    if (!Number.isNaN(event.bid)) {
      event.bidSize = this.#notNegative(this.#bestBidSize, 'optional')
      event.bidSizeScale = decimal.scale
    }
    if (!Number.isNaN(event.ask)) {
      event.askSize = this.#notNegative(this.#bestAskSize, 'optional')
      event.askSizeScale = decimal.scale
    }
  }

  /** Seldom: an object an event. */
  #readInstrument(): void {
    const reader = this.#reader
    const event = this.#next(EVENT.instrument)
    event.symbol = this.#values.name(this.#instrumentId, this.#symbols)
    const action = textAt(this.#status, reader)
    const tick = this.#step(this.#quoteIncrement)
    const sizeStep = this.#step(this.#baseIncrement)
    const title = textAt(this.#displayName, reader)
    event.instrument = {
      phase: Object.hasOwn(PHASES, action) ? PHASES[action as keyof typeof PHASES] : 'changed',
      action,
      ...(tick === '' ? {} : { tick }),
      ...(sizeStep === '' ? {} : { sizeStep }),
      ...(title === '' ? {} : { title }),
    }
  }

  #step(field: Field): string {
    const step = this.#values.number(field, 'optional')
    if (step <= 0) this.#values.fail(field, NOT_POSITIVE)
    if (Number.isNaN(step)) return ''
    return textAt(field, this.#reader)
  }

  /** An optional price; 0 means none. */
  #price(field: Field): number {
    const value = this.#notNegative(field, 'optional')
    if (value !== 0) return value
    this.#values.decimal.scale = 0
    return Number.NaN
  }

  #positive(field: Field): number {
    const value = this.#values.number(field)
    if (value <= 0) this.#values.fail(field, NOT_POSITIVE)
    return value
  }

  #notNegative(field: Field, need: 'needed' | 'optional' = 'needed'): number {
    const value = this.#values.number(field, need)
    if (value < 0) this.#values.fail(field, NEGATIVE)
    return value
  }

  #failSide(field: Field): void {
    this.#values.fail(field, field.kind === KIND.none ? MISSING : NOT_A_SIDE)
  }
}

/** Coinbase's frames alone say everything: the Feed is not read. */
export const createNormalizer = (): Normalizer => new CoinbaseNormalizer()
