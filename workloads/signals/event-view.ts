// A market event as a signal sees it: the row that is being handled, with getters and nothing else. One view shows all rows; a signal
// that keeps it sees later rows only when they are handled.

import {
  EVENT,
  EVENT_NAMES,
  type EventName,
  FLAG,
  type Instrument,
  type MarketEvent,
} from '#market/event.ts'
import { decimal as number } from './views/numbers.ts'
import { freezeMembers } from './views/open.ts'

let show: (view: EventView, event: MarketEvent) => void

export class EventView {
  #event: MarketEvent

  constructor(event: MarketEvent) {
    this.#event = event
    Object.freeze(this)
  }

  /** Out of reach of a signal. */
  static #show(view: EventView, event: MarketEvent): void {
    view.#event = event
  }

  static {
    show = EventView.#show
  }

  get kind(): EventName {
    return EVENT_NAMES[this.#event.kind]!
  }
  get feed(): string {
    return this.#event.feed
  }
  get symbol(): string {
    return this.#event.symbol
  }
  get type(): string {
    return this.#event.type
  }
  get receivedMs(): number {
    return this.#event.recvMs
  }
  get receivedNs(): number {
    return this.#event.recvNs
  }
  get timeMs(): number | undefined {
    return this.#event.timeMs < 0 ? undefined : this.#event.timeMs
  }
  get timeNs(): number | undefined {
    return this.#event.timeMs < 0 ? undefined : this.#event.timeNs
  }
  get side(): 'bid' | 'ask' | 'buy' | 'sell' | undefined {
    const { side, kind } = this.#event
    if (side === 0) return undefined
    if (kind === EVENT.trade) return side === 1 ? 'buy' : 'sell'
    return side === 1 ? 'bid' : 'ask'
  }
  get price(): number | undefined {
    return number(this.#event.price, this.#event.priceScale)
  }
  get size(): number | undefined {
    return number(this.#event.size, this.#event.sizeScale)
  }
  get bid(): number | undefined {
    return number(this.#event.bid, this.#event.bidScale)
  }
  get bidSize(): number | undefined {
    return number(this.#event.bidSize, this.#event.bidSizeScale)
  }
  get ask(): number | undefined {
    return number(this.#event.ask, this.#event.askScale)
  }
  get askSize(): number | undefined {
    return number(this.#event.askSize, this.#event.askSizeScale)
  }
  get last(): number | undefined {
    return number(this.#event.last, this.#event.lastScale)
  }
  get lastSize(): number | undefined {
    return number(this.#event.lastSize, this.#event.lastSizeScale)
  }
  get volume(): number | undefined {
    return number(this.#event.volume, this.#event.volumeScale)
  }
  get reason(): string | undefined {
    return this.#event.reason === '' ? undefined : this.#event.reason
  }
  get untilMs(): number | undefined {
    const { kind, untilMs } = this.#event
    return kind === EVENT.gap && untilMs >= 0 ? untilMs : undefined
  }
  get begins(): boolean {
    return this.#event.kind === EVENT.gap && (this.#event.flags & FLAG.first) !== 0
  }
  get ends(): boolean {
    return this.#event.kind === EVENT.gap && (this.#event.flags & FLAG.last) !== 0
  }
  /** Of a change of a book: it is the last row of it. */
  get isLast(): boolean {
    return (this.#event.flags & FLAG.last) !== 0
  }
  get instrument(): Instrument | undefined {
    const { instrument } = this.#event
    return instrument && Object.freeze(instrument)
  }
}

freezeMembers(EventView.prototype)
Object.freeze(EventView)

/** Makes a view show another event. */
export const showEvent = (view: EventView, event: MarketEvent): void => show(view, event)
