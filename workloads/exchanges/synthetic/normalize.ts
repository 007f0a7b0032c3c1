// Frames of the synthetic exchange as market events. It has no market: a trade has no side, a ticker says its last price
// alone, and a change of the book is a bid whose size replaces what stands at its price. Prices and sizes have no unit.

import { EVENT, FLAG, MarketEvent, SIDE } from '#market/event.ts'
import { FieldsReader } from '#market/fields-reader.ts'
import { JsonReader } from '#market/json-reader.ts'
import { Shape } from '#market/json-shape.ts'
import {
  type Emit,
  emitUnknown,
  type FrameHeader,
  type Normalizer,
  takeHeader,
} from '#market/normalizer.ts'
import { Symbols } from '#market/symbols.ts'
import { Words } from '#market/words.ts'

const FRAME = ['type', 'sequence', 'symbol', 'price', 'size', 'filler']
const TYPES = ['trade', 'ticker', 'orderbook_delta']
const KINDS = [EVENT.trade, EVENT.quote, EVENT.bookChange]
export const NOT_A_TYPE = 'a type that is not known'

class SyntheticNormalizer implements Normalizer {
  readonly #frame = new Shape(FRAME)
  readonly #reader = new JsonReader()
  readonly #values = new FieldsReader(this.#reader)
  readonly #event = new MarketEvent()
  readonly #symbols = new Symbols()
  readonly #types = new Words(TYPES)
  readonly #type = this.#frame.field('type')
  readonly #sequence = this.#frame.field('sequence')
  readonly #symbol = this.#frame.field('symbol')
  readonly #price = this.#frame.field('price')
  readonly #size = this.#frame.field('size')

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
    const kind = KINDS[this.#types.find(this.#type, reader)]
    if (kind === undefined) values.fail(this.#type, NOT_A_TYPE)
    event.begin(kind ?? EVENT.unknown)
    values.takeSequence(event, this.#sequence)
    event.symbol = values.name(this.#symbol, this.#symbols)
    const price = values.number(this.#price)
    const priceScale = values.decimal.scale
    const size = values.number(this.#size)
    const sizeScale = values.decimal.scale
    if (values.why !== '') {
      event.symbol = header.symbol
      emitUnknown(event, values.what, values.why, emit)
      return
    }
    if (kind === EVENT.quote) {
      event.last = price
      event.lastScale = priceScale
      event.lastSize = size
      event.lastSizeScale = sizeScale
    } else {
      event.price = price
      event.priceScale = priceScale
      event.size = size
      event.sizeScale = sizeScale
      if (kind === EVENT.bookChange) {
        event.side = SIDE.bid
        event.flags = FLAG.last
      }
    }
    emit(event)
  }
}

/** The normaliser of one feed; the Feed says nothing that it needs. */
export const createNormalizer = (): Normalizer => new SyntheticNormalizer()
