// Frames of an exchange that a Feed describes, as market events: trades and quotes, by the paths of `messageTypes`. Types
// without `trade` and `quote` are archived and become no event. Units are those of the exchange; a side is what the taker did.

import { EVENT, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader, MISSING, NO_TEXT } from '#market/fields-reader.ts'
import { JsonReader } from '#market/json-reader.ts'
import { NO_LIST } from '#market/json-reasons.ts'
import { type Field, KIND } from '#market/json-shape.ts'
import {
  type Emit,
  emitUnknown,
  type FrameHeader,
  type Normalizer,
  takeHeader,
} from '#market/normalizer.ts'
import { Symbols } from '#market/symbols.ts'
import type { Unit } from '#market/time.ts'
import { Words } from '#market/words.ts'
import { PathReader, readPath } from './paths.ts'
import {
  type DescribedType,
  FrameFields,
  pathsOf,
  QUOTE_FIELDS,
  TypeFinder,
  typesOf,
  unitOf,
} from './types.ts'

export const NOT_DECLARED = 'not a type that the Feed declares'
export const NOT_POSITIVE = 'not above zero'
export const NEGATIVE = 'below zero'
export const NOT_A_SIDE = 'neither a word for buy nor one for sell'
export const NO_PRICE = 'neither a bid nor an ask nor a last price nor a volume'

const BUY = ['buy', 'Buy', 'BUY']
const SELL = ['sell', 'Sell', 'SELL']

/** Where the values of one type stand. */
type Layout = {
  readonly type: DescribedType
  readonly unit: Unit
  /** The list whose entries are events; null: the frame is one. */
  readonly list: Field | null
  readonly entry: PathReader | null
  readonly symbol: Field | null
  readonly time: Field | null
  readonly sequence: Field | null
  readonly side: Field | null
  readonly sides: Words
  /** How many of `sides` mean that the taker bought. */
  readonly buys: number
  readonly price: Field | null
  readonly size: Field | null
  readonly id: Field | null
  readonly quote: readonly (Field | null)[]
}

class DescribedNormalizer implements Normalizer {
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #event = new MarketEvent()
  readonly #symbols = new Symbols()
  readonly #finder: TypeFinder
  readonly #fields = new FrameFields()
  readonly #told: readonly Field[]
  readonly #layouts: readonly Layout[]

  constructor(types: readonly DescribedType[]) {
    this.#finder = new TypeFinder(types)
    const told = this.#finder.paths.map((path) => this.#fields.add(path))
    const makers = types.map((type) => layoutOf(type, this.#fields))
    this.#told = told.map((place) => this.#fields.field(place))
    this.#layouts = makers.map((make) => make())
  }

  normalize(payload: Uint8Array, header: FrameHeader, emit: Emit): void {
    const event = this.#event
    const reader = this.#reader
    const values = this.#values
    takeHeader(event, header)
    reader.begin(payload)
    values.begin()
    if (!this.#fields.reader.read(reader) || !reader.finish()) {
      if (this.#finder.ofText(payload).place < 0) emitUnknown(event, '', reader.error, emit)
      return
    }
    event.bytes = reader.bytes
    const { place, symbol } = this.#finder.find(reader, this.#told)
    const layout = place < 0 ? undefined : this.#layouts[place]
    if (layout === undefined) {
      emitUnknown(event, 'type', NOT_DECLARED, emit)
      return
    }
    if (layout.price === null && layout.quote.length === 0) return
    if (symbol !== '') event.symbol = symbol
    const { list } = layout
    if (list !== null) this.#entries(event, layout, list, emit)
    else {
      this.#fill(event, layout)
      if (values.why === '') emit(event)
    }
    if (values.why !== '') emitUnknown(event, values.what, values.why, emit)
  }

  /** All entries are read before the first is told: a frame with a bad one says nothing about the others. */
  #entries(event: MarketEvent, layout: Layout, list: Field, emit: Emit): void {
    const values = this.#values
    if (list.kind !== KIND.list) {
      values.fail(list, list.kind === KIND.none ? MISSING : NO_LIST)
      return
    }
    const count = this.#each(event, layout, list, null)
    if (values.why !== '' || count === 0) return
    if (count === 1) emit(event)
    else this.#each(event, layout, list, emit)
  }

  #each(event: MarketEvent, layout: Layout, list: Field, emit: Emit | null): number {
    const reader = this.#reader
    const values = this.#values
    let count = 0
    reader.seek(list.start)
    reader.list()
    while (reader.more()) {
      if (!layout.entry!.read(reader)) break
      this.#fill(event, layout)
      if (values.why !== '') return count
      count++
      emit?.(event)
    }
    if (reader.error !== '') values.fail(list, reader.error)
    return count
  }

  #fill(event: MarketEvent, layout: Layout): void {
    const values = this.#values
    const { symbol, time, sequence, unit } = layout
    event.begin(layout.price === null ? EVENT.quote : EVENT.trade)
    if (symbol !== null) event.symbol = this.#symbolAt(symbol)
    if (time !== null && values.when(time, unit)) {
      event.timeMs = values.time.ms
      event.timeNs = values.time.ns
    }
    if (sequence !== null && isPlain(sequence)) {
      event.sequenceStart = sequence.start
      event.sequenceEnd = sequence.end
    }
    if (layout.price === null) this.#fillQuote(event, layout)
    else this.#fillTrade(event, layout, layout.price)
  }

  #fillTrade(event: MarketEvent, layout: Layout, price: Field): void {
    const values = this.#values
    const { side, id } = layout
    const size = layout.size!
    event.price = values.number(price)
    event.priceScale = values.decimal.scale
    if (event.price <= 0) values.fail(price, NOT_POSITIVE)
    event.size = values.number(size)
    event.sizeScale = values.decimal.scale
    if (event.size < 0) values.fail(size, NEGATIVE)
    if (side !== null) {
      const word = isScalar(side) ? layout.sides.at(this.#reader, side.start, side.end) : -1
      if (word < 0) values.fail(side, side.kind === KIND.none ? MISSING : NOT_A_SIDE)
      else event.side = word < layout.buys ? SIDE.buy : SIDE.sell
    }
    if (id !== null && isPlain(id)) {
      event.idStart = id.start
      event.idEnd = id.end
    }
  }

  #fillQuote(event: MarketEvent, { quote }: Layout): void {
    const { decimal } = this.#values
    const [bid, bidSize, ask, askSize, last, lastSize, volume] = quote as readonly (Field | null)[]
    event.bid = this.#price(bid!)
    event.bidScale = decimal.scale
    event.bidSize = this.#size(bidSize!)
    event.bidSizeScale = decimal.scale
    event.ask = this.#price(ask!)
    event.askScale = decimal.scale
    event.askSize = this.#size(askSize!)
    event.askSizeScale = decimal.scale
    event.last = this.#price(last!)
    event.lastScale = decimal.scale
    event.lastSize = this.#size(lastSize!)
    event.lastSizeScale = decimal.scale
    event.volume = this.#size(volume!)
    event.volumeScale = decimal.scale
    const { bid: b, ask: a, last: l, volume: v } = event
    if (Number.isNaN(b) && Number.isNaN(a) && Number.isNaN(l) && Number.isNaN(v))
      this.#values.fail(quote.find((field) => field !== null)!, NO_PRICE)
  }

  /** A price of zero says that there is none. */
  #price(field: Field | null): number {
    const value = this.#size(field)
    if (value !== 0) return value
    this.#values.decimal.scale = 0
    return Number.NaN
  }

  #size(field: Field | null): number {
    const { decimal } = this.#values
    if (field === null) {
      decimal.scale = 0
      return Number.NaN
    }
    const value = this.#values.number(field, 'optional')
    if (value < 0) this.#values.fail(field, NEGATIVE)
    return value
  }

  /** Some exchanges name instruments by numbers. */
  #symbolAt(field: Field): string {
    if (field.kind === KIND.number) return this.#symbols.get(this.#reader, field.start, field.end)
    if (field.kind !== KIND.none && field.kind !== KIND.text && field.kind !== KIND.escaped)
      this.#values.fail(field, NO_TEXT)
    return this.#values.name(field, this.#symbols)
  }
}

/** Text or number, as the frame has it. */
const isPlain = ({ kind }: Field): boolean => kind === KIND.text || kind === KIND.number
const isScalar = ({ kind }: Field): boolean =>
  kind === KIND.text || kind === KIND.number || kind === KIND.true || kind === KIND.false

/** Notes the paths of a type; what it returns is called once all types have noted theirs. */
function layoutOf(type: DescribedType, frame: FrameFields): () => Layout {
  const items: string[] = []
  let listPlace = -1
  const places = new Map<string, { readonly place: number; readonly isItem: boolean }>()
  for (const [name, text] of pathsOf(type)) {
    const path = readPath(text)
    if (path === null) continue
    if (path.list === null) places.set(name, { place: frame.add(path.text), isItem: false })
    else {
      listPlace = frame.add(path.list)
      places.set(name, { place: items.push(path.item) - 1, isItem: true })
    }
  }
  const { trade, quote } = type
  const buy = trade?.buy ?? BUY
  return () => {
    const entry = listPlace < 0 ? null : new PathReader(items)
    const field = (name: string): Field | null => {
      const at = places.get(name)
      if (at === undefined) return null
      return at.isItem ? entry!.field(at.place) : frame.field(at.place)
    }
    return {
      type,
      unit: unitOf(type),
      list: listPlace < 0 ? null : frame.field(listPlace),
      entry,
      symbol: field('symbol'),
      time: field('time'),
      sequence: field('sequence'),
      side: field('trade.side'),
      sides: new Words([...buy, ...(trade?.sell ?? SELL)]),
      buys: buy.length,
      price: field('trade.price'),
      size: field('trade.size'),
      id: field('trade.id'),
      quote: quote === undefined ? [] : QUOTE_FIELDS.map((name) => field(`quote.${name}`)),
    }
  }
}

/** `feed`: the Feed that describes the exchange; without it every frame is unknown. */
export const createNormalizer = (feed: unknown): Normalizer =>
  new DescribedNormalizer(typesOf(feed))
