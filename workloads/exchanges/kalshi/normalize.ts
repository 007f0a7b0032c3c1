// Kalshi frames as market events. Prices are dollars per contract of the outcome yes, from 0 to 1; sizes are contracts.
//
// The bids on yes and on no make one book: a bid on yes at p is a bid at p; a bid on no at p is an ask at 1 - p, because
// buying no at 0.48 is selling yes at 0.52. A taker of yes bought, a taker of no sold. README.md has the whole mapping.

import { BookRows } from '#market/book-rows.ts'
import { DECIMAL_TOO_LONG, MAX_MANTISSA, NOT_A_DECIMAL, POWERS } from '#market/decimal.ts'
import { EVENT, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING } from '#market/fields-reader.ts'
import { JsonReader } from '#market/json-reader.ts'
import { NO_OBJECT } from '#market/json-reasons.ts'
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
import { Lifecycle } from './lifecycle.ts'
import { FRAME, MESSAGE } from './shapes.ts'

export const OUTSIDE = 'a price outside 0 to 1 dollar'
export const NEGATIVE = 'below zero'
export const NOT_ONE = 'the prices of yes and no do not make one dollar'
export const OTHER_SIDE = 'neither yes nor no'
export const CONTRADICTION = 'the sides of the taker contradict each other'
export const OLDER = 'a frame of an older generation of the protocol, in cents'
export const NOT_A_TYPE = 'a type that is not known'

/** The most frequent first. */
const TYPES = ['orderbook_delta', 'ticker', 'trade', 'orderbook_snapshot', 'market_lifecycle_v2']
const [DELTA, TICKER, TRADE, SNAPSHOT, LIFECYCLE, ...SAME] = [0, 1, 2, 3, 4, 1, 4]
/** Other names of these: of an older ticker, and of markets made of several others. */
const OTHER_NAMES = ['ticker_v2', 'multivariate_market_lifecycle']
/** What says nothing about a market: answers, events that markets belong to, and one's own orders. */
const SILENT = [
  ...['subscribed', 'unsubscribed', 'ok', 'error', 'event_lifecycle', 'event_fee_update'],
  ...['fill', 'market_position', 'user_order', 'order_group_updates', 'multivariate_lookup'],
  ...['rfq_created', 'rfq_deleted', 'quote_created', 'quote_accepted', 'quote_executed'],
]
const ALL = [...TYPES, ...OTHER_NAMES, ...SILENT]

class KalshiNormalizer implements Normalizer {
  readonly #message = new Shape(MESSAGE)
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #event = new MarketEvent()
  readonly #rows = new BookRows()
  readonly #symbols = new Symbols()
  readonly #types = new Words(ALL)
  readonly #outcomes = new Words(['yes', 'no'])
  readonly #bookSides = new Words(['bid', 'ask'])
  readonly #frame = new Shape(FRAME, { msg: this.#message })
  readonly #type = this.#frame.field('type')
  readonly #seq = this.#frame.field('seq')
  readonly #msg = this.#frame.field('msg')
  readonly #ticker = this.#message.field('market_ticker')
  readonly #ts = this.#message.field('ts')
  readonly #tsMs = this.#message.field('ts_ms')
  readonly #price = this.#message.field('price_dollars')
  readonly #delta = this.#message.field('delta_fp')
  readonly #side = this.#message.field('side')
  readonly #yes = this.#message.field('yes_dollars_fp')
  readonly #no = this.#message.field('no_dollars_fp')
  readonly #tradeId = this.#message.field('trade_id')
  readonly #yesPrice = this.#message.field('yes_price_dollars')
  readonly #noPrice = this.#message.field('no_price_dollars')
  readonly #count = this.#message.field('count_fp')
  readonly #taker = this.#message.field('taker_side')
  readonly #takerOutcome = this.#message.field('taker_outcome_side')
  readonly #takerBook = this.#message.field('taker_book_side')
  readonly #bid = this.#message.field('yes_bid_dollars')
  readonly #bidSize = this.#message.field('yes_bid_size_fp')
  readonly #ask = this.#message.field('yes_ask_dollars')
  readonly #askSize = this.#message.field('yes_ask_size_fp')
  readonly #lastSize = this.#message.field('last_trade_size_fp')
  readonly #volume = this.#message.field('volume_fp')
  /** Fields of older generations, in cents and whole contracts. */
  readonly #older = ['yes', 'no', 'yes_dollars', 'no_dollars', 'price', 'yes_price', 'yes_bid'].map(
    (name) => this.#message.field(name)
  )
  readonly #lifecycle = new Lifecycle(this.#reader, this.#values, this.#message)

  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void {
    const event = this.#event
    const reader = this.#reader
    const values = this.#values
    takeHeader(event, header)
    reader.begin(payload)
    values.begin()
    if (!reader.object(this.#frame) || !reader.finish()) {
      emitUnknown(event, '', reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    let type = this.#types.find(this.#type, reader)
    if (type >= TYPES.length) type = SAME[type - TYPES.length] ?? type
    if (type >= TYPES.length) return
    if (type < 0) values.fail(this.#type, NOT_A_TYPE)
    else if (this.#msg.kind !== KIND.object) {
      values.fail(this.#msg, this.#msg.kind === KIND.none ? MISSING : NO_OBJECT)
    } else if (type === DELTA) this.#readDelta(event)
    else if (type === TICKER) this.#readTicker(event)
    else if (type === TRADE) this.#readTrade(event)
    else if (type === SNAPSHOT) this.#readSnapshot(event)
    else if (type === LIFECYCLE) {
      this.#begin(event, EVENT.instrument)
      this.#lifecycle.read(event)
    }
    if (values.why !== '') {
      event.symbol = header.symbol
      emitUnknown(event, values.what, values.why, emit)
    } else if (type === SNAPSHOT) this.#rows.emit(event, 0, emit)
    else emit(event)
  }

  /** What all types have. Most carry `ts_ms`; older ones `ts` alone, in seconds or as RFC 3339. */
  #begin(event: MarketEvent, kind: number): void {
    const values = this.#values
    event.begin(kind)
    values.takeSequence(event, this.#seq)
    const hasMs = this.#tsMs.kind !== KIND.none
    values.when(hasMs ? this.#tsMs : this.#ts, hasMs ? UNIT.ms : UNIT.s)
    event.timeMs = values.time.ms
    event.timeNs = values.time.ns
    event.symbol = values.name(this.#ticker, this.#symbols)
  }

  #readDelta(event: MarketEvent): void {
    const values = this.#values
    this.#begin(event, EVENT.bookChange)
    const outcome = this.#outcomes.find(this.#side, this.#reader)
    if (outcome < 0) values.fail(this.#side, this.#side.kind === KIND.none ? MISSING : OTHER_SIDE)
    const price = this.#dollars(this.#price, 'needed')
    event.priceScale = values.decimal.scale
    event.price = outcome === 0 ? price : this.#complement(price, event.priceScale, this.#price)
    event.side = outcome === 0 ? SIDE.bid : SIDE.ask
    event.size = values.number(this.#delta)
    event.sizeScale = values.decimal.scale
    event.flags = FLAG.change | FLAG.last
  }

  #readTrade(event: MarketEvent): void {
    const values = this.#values
    this.#begin(event, EVENT.trade)
    this.#refuseOlder(this.#yesPrice)
    event.price = this.#dollars(this.#yesPrice, 'needed')
    event.priceScale = values.decimal.scale
    const no = this.#dollars(this.#noPrice, 'optional')
    const noScale = values.decimal.scale
    // Both may have another number of decimals; what is compared is exact.
    if (!Number.isNaN(no)) {
      const scale = Math.max(event.priceScale, noScale)
      const sum = event.price * POWERS[scale - event.priceScale]! + no * POWERS[scale - noScale]!
      if (sum !== POWERS[scale]) values.fail(this.#noPrice, NOT_ONE)
    }
    event.size = this.#notNegative(this.#count, 'needed')
    event.sizeScale = values.decimal.scale
    event.side = this.#takerSide()
    values.takeId(event, this.#tradeId)
  }

  /** The newest of its three spellings; they may not contradict each other. */
  #takerSide(): number {
    const reader = this.#reader
    const values = this.#values
    let side: number = SIDE.none
    for (let i = 0; i < 3; i++) {
      const field = i === 0 ? this.#takerOutcome : i === 1 ? this.#takerBook : this.#taker
      if (field.kind === KIND.none) continue
      const found = (i === 1 ? this.#bookSides : this.#outcomes).find(field, reader)
      if (found < 0) values.fail(field, OTHER_SIDE)
      const own = found === 0 ? SIDE.buy : SIDE.sell
      if (side !== SIDE.none && side !== own) values.fail(field, CONTRADICTION)
      side = own
    }
    if (side === SIDE.none) values.fail(this.#takerOutcome, MISSING)
    return side
  }

  /** Absent prices are sent as empty texts: no bid, or no trade yet. */
  #readTicker(event: MarketEvent): void {
    const { decimal } = this.#values
    this.#begin(event, EVENT.quote)
    event.bid = this.#dollars(this.#bid, 'optional')
    event.bidScale = decimal.scale
    event.bidSize = this.#notNegative(this.#bidSize, 'optional')
    event.bidSizeScale = decimal.scale
    event.ask = this.#dollars(this.#ask, 'optional')
    event.askScale = decimal.scale
    event.askSize = this.#notNegative(this.#askSize, 'optional')
    event.askSizeScale = decimal.scale
    event.last = this.#dollars(this.#price, 'optional')
    event.lastScale = decimal.scale
    event.lastSize = this.#notNegative(this.#lastSize, 'optional')
    event.lastSizeScale = decimal.scale
    event.volume = this.#notNegative(this.#volume, 'optional')
    event.volumeScale = decimal.scale
    const { none } = KIND
    if (this.#bid.kind === none && this.#ask.kind === none && this.#price.kind === none) {
      this.#refuseOlder(this.#price)
      this.#values.fail(this.#price, MISSING)
    }
  }

  /** A side that is empty is left out, in a market that is over both are. */
  #readSnapshot(event: MarketEvent): void {
    this.#begin(event, EVENT.bookSnapshot)
    if (this.#yes.kind === KIND.none && this.#no.kind === KIND.none) this.#refuseOlder(this.#yes)
    this.#rows.clear()
    this.#readLevels(this.#yes, SIDE.bid)
    this.#readLevels(this.#no, SIDE.ask)
  }

  #readLevels(field: Field, side: number): void {
    if (field.kind === KIND.none) return
    const reader = this.#reader
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
    const one = POWERS[scale]!
    if (Number.isNaN(price)) return decimal.reason
    if (price < 0 || price > one) return OUTSIDE
    if (one > MAX_MANTISSA) return DECIMAL_TOO_LONG
    const size = decimal.read(reader.bytes, reader.start2, reader.end2)
    if (Number.isNaN(size)) return decimal.reason
    if (size < 0) return NEGATIVE
    this.#rows.add(side, side === SIDE.ask ? one - price : price, scale, size, decimal.scale)
    return ''
  }

  /** A price: from 0 to 1. */
  #dollars(field: Field, need: 'needed' | 'optional'): number {
    const price = this.#values.number(field, need)
    if (price < 0 || price > POWERS[this.#values.decimal.scale]!) this.#values.fail(field, OUTSIDE)
    return price
  }

  #notNegative(field: Field, need: 'needed' | 'optional'): number {
    const size = this.#values.number(field, need)
    if (size < 0) this.#values.fail(field, NEGATIVE)
    return size
  }

  /** 1 - price, with the same decimals. */
  #complement(price: number, scale: number, field: Field): number {
    const one = POWERS[scale]!
    if (one > MAX_MANTISSA) this.#values.fail(field, DECIMAL_TOO_LONG)
    return one - price
  }

  /** Names the generation if `field` is missing and one in cents is present. */
  #refuseOlder(field: Field): void {
    if (field.kind !== KIND.none) return
    const older = this.#older.find(({ kind }) => kind !== KIND.none)
    if (older !== undefined) this.#values.fail(older, OLDER)
  }
}

const isNumber = (kind: number): boolean => kind === KIND.text || kind === KIND.number

/** Kalshi's frames alone say everything: the Feed is not read. */
export const createNormalizer = (): Normalizer => new KalshiNormalizer()
