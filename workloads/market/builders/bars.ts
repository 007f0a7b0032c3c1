// Bars of trades: of equal time, number of trades, volume or value. Prices stay as sent, sums are exact whatever their size, and nothing is
// filled forward: where nothing was traded there is no bar, and a bar that touches a gap says so.
//
// Time is receive time, so that a bar is over when a later event comes, and live and history make the same bars. Trades that happened
// before the subscription (FLAG.history) are left out.

import { compareDecimals } from '../decimal.ts'
import { EVENT, FLAG, type MarketEvent, SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import type { BarSize } from './bar-size.ts'
import { addDecimal, addDecimalProduct, divided } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { ExactSum } from './exact-sum.ts'
import { Gaps, isBefore } from './gaps.ts'

/** A bar while it grows, and as it is handed out; reused for the next one of its instrument. */
export class Bar {
  readonly feed: string
  readonly symbol: string
  /** Of a time bar: its interval, the end being exclusive. Of others: receive times of the first and the last trade. */
  startMs = 0
  startNs = 0
  endMs = 0
  endNs = 0
  /** Where a gap within it may begin: at the end of the bar before, unless it is a time bar. */
  sinceMs = 0
  sinceNs = 0
  trades = 0
  /** Prices, each with its own scale. */
  open = 0
  openScale = 0
  high = 0
  highScale = 0
  low = 0
  lowScale = 0
  close = 0
  closeScale = 0
  /** Sums of sizes with `sizeScale`: of all trades, and by what the aggressor did, if the exchange says so. */
  readonly volume = new ExactSum()
  readonly buyVolume = new ExactSum()
  readonly sellVolume = new ExactSum()
  sizeScale = 0
  /** The sum of price × size, with `valueScale`. */
  readonly value = new ExactSum()
  valueScale = 0
  /** Something was missing within it. */
  gap = false
  /** False: more of it may come, or its beginning was not read. */
  complete = true

  constructor(feed: string, symbol: string) {
    this.feed = feed
    this.symbol = symbol
  }

  /** The most decimals that one of the four prices has, without zeros at the end. */
  get priceDecimals(): number {
    return Math.max(
      decimalsOf(this.open, this.openScale),
      decimalsOf(this.high, this.highScale),
      decimalsOf(this.low, this.lowScale),
      decimalsOf(this.close, this.closeScale)
    )
  }

  /** value ÷ volume, rounded half up to `scale` decimals; undefined without volume. */
  vwap(scale: number): bigint | undefined {
    return divided(this.value.value, this.valueScale, this.volume.value, this.sizeScale, scale)
  }

  begin({ price, priceScale, sizeScale }: MarketEvent, scale: number): void {
    this.trades = 0
    this.open = price
    this.openScale = priceScale
    this.high = price
    this.highScale = priceScale
    this.low = price
    this.lowScale = priceScale
    this.sizeScale = Math.max(sizeScale, scale)
    this.valueScale = Math.max(priceScale + sizeScale, scale)
    this.volume.clear()
    this.buyVolume.clear()
    this.sellVolume.clear()
    this.value.clear()
    this.complete = true
  }

  add({ price, priceScale, size, sizeScale, side }: MarketEvent): void {
    this.trades++
    this.close = price
    this.closeScale = priceScale
    if (compareDecimals(price, priceScale, this.high, this.highScale) > 0) {
      this.high = price
      this.highScale = priceScale
    }
    if (compareDecimals(price, priceScale, this.low, this.lowScale) < 0) {
      this.low = price
      this.lowScale = priceScale
    }
    if (Number.isNaN(size)) return
    if (sizeScale > this.sizeScale) this.#refineSizes(sizeScale)
    const zeros = this.sizeScale - sizeScale
    addDecimal(this.volume, size, zeros)
    if (side === SIDE.buy) addDecimal(this.buyVolume, size, zeros)
    else if (side === SIDE.sell) addDecimal(this.sellVolume, size, zeros)
    const scale = priceScale + sizeScale
    if (scale > this.valueScale) {
      this.value.scale(scale - this.valueScale)
      this.valueScale = scale
    }
    addDecimalProduct(this.value, price, size, this.valueScale - scale)
  }

  keep(keeper: Keeper): void {
    for (const field of BAR_NUMBERS) this[field] = keeper.number(this[field])
    for (const sum of [this.volume, this.buyVolume, this.sellVolume, this.value]) sum.keep(keeper)
    this.gap = keeper.flag(this.gap)
    this.complete = keeper.flag(this.complete)
  }

  #refineSizes(scale: number): void {
    const zeros = scale - this.sizeScale
    this.volume.scale(zeros)
    this.buyVolume.scale(zeros)
    this.sellVolume.scale(zeros)
    this.sizeScale = scale
  }
}

const BAR_NUMBERS = [
  ...(['startMs', 'startNs', 'endMs', 'endNs', 'sinceMs', 'sinceNs', 'trades'] as const),
  ...(['open', 'openScale', 'high', 'highScale', 'low', 'lowScale'] as const),
  ...(['close', 'closeScale', 'sizeScale', 'valueScale'] as const),
] as const

function decimalsOf(integer: number, scale: number): number {
  let decimals = scale
  for (let rest = integer; decimals > 0 && rest % 10 === 0; rest /= 10) decimals--
  return decimals
}

type State = {
  readonly bar: Bar
  isOpen: boolean
  /** When its bar before ended; ms -1: there was none. */
  closedMs: number
  closedNs: number
}

export type BarOptions = {
  readonly size: BarSize
  /** Takes a bar that is over, valid until it returns. Bars that end together come by feed and symbol. */
  readonly onBar: (bar: Bar) => void
}

export class BarBuilder implements Builder<Bar> {
  readonly #size: BarSize
  readonly #onBar: (bar: Bar) => void
  readonly #states = new Map<string, Map<string, State>>()
  readonly #gaps = new Gaps()
  /** Of time bars: when those that are open end. */
  #endMs = Number.POSITIVE_INFINITY
  readonly #open: State[] = []

  constructor({ size, onBar }: BarOptions) {
    this.#size = size
    this.#onBar = onBar
  }

  /** Takes the next event in the order of receive times. */
  apply(event: MarketEvent): void {
    if (event.recvMs >= this.#endMs) this.#closeAll()
    if (event.kind === EVENT.trade) this.#trade(event)
    else if (event.kind === EVENT.gap) this.#gap(event)
  }

  /**
   * No more events come. Bars that are open are handed out; `knownMs`: until when all events were seen, so that time bars that end
   * by then are complete.
   */
  end(knownMs = Number.NEGATIVE_INFINITY): void {
    const isTime = this.#size.kind === 'time'
    for (const { bar } of this.#open) bar.complete = isTime && this.#endMs <= knownMs
    this.#closeAll()
  }

  /** The bar of an instrument that grows, as far as events say; undefined if none is open. */
  get(feed: string, symbol: string): Bar | undefined {
    const state = this.#states.get(feed)?.get(symbol)
    return state?.isOpen === true ? state.bar : undefined
  }

  keep(keeper: Keeper): void {
    this.#gaps.keep(keeper)
    this.#endMs = keeper.number(this.#endMs)
    const all = [...this.#states].flatMap(([feed, states]) =>
      [...states].map(([symbol, state]) => [feed, symbol, state] as const)
    )
    const open = new Map(this.#open.map((state, i) => [state, i]))
    const restored: State[] = []
    keeper.each(
      all,
      (feed, symbol) => this.#stateOf(feed, symbol),
      (state) => {
        state.isOpen = keeper.flag(state.isOpen)
        state.closedMs = keeper.number(state.closedMs)
        state.closedNs = keeper.number(state.closedNs)
        state.bar.keep(keeper)
        const place = keeper.number(open.get(state) ?? -1)
        if (place >= 0) restored[place] = state
      }
    )
    this.#open.splice(0, this.#open.length, ...restored)
  }

  #trade(event: MarketEvent): void {
    if (Number.isNaN(event.price) || (event.flags & FLAG.history) !== 0) return
    const state = this.#stateOf(event.feed, event.symbol)
    const { bar } = state
    if (!state.isOpen) this.#begin(state, event)
    bar.add(event)
    if (this.#size.kind === 'time') return
    bar.endMs = event.recvMs
    bar.endNs = event.recvNs
    if (!isFull(bar, this.#size)) return
    this.#open.splice(this.#open.indexOf(state), 1)
    this.#close(state)
  }

  #begin(state: State, event: MarketEvent): void {
    const { feed, symbol, recvMs, recvNs } = event
    const { bar, closedMs, closedNs } = state
    const size = this.#size
    state.isOpen = true
    this.#open.push(state)
    if (size.kind === 'time') {
      bar.begin(event, 0)
      bar.startMs = Math.floor(recvMs / size.ms) * size.ms
      bar.endMs = bar.startMs + size.ms
      bar.sinceMs = bar.startMs
      this.#endMs = bar.endMs
      bar.gap = this.#gaps.touches(feed, symbol, bar.startMs, 0)
      return
    }
    bar.begin(event, size.kind === 'tick' ? 0 : size.scale)
    bar.startMs = recvMs
    bar.startNs = recvNs
    // What is missing between two bars is missing in the second one.
    const isFirst = closedMs < 0
    bar.sinceMs = isFirst ? recvMs : closedMs
    bar.sinceNs = isFirst ? recvNs : closedNs
    bar.gap = this.#gaps.touches(feed, symbol, bar.sinceMs, bar.sinceNs)
  }

  #gap(event: MarketEvent): void {
    const { untilMs, untilNs, feed, symbol } = event
    this.#gaps.take(event)
    const reaches = (event.flags & FLAG.last) !== 0
    for (const { bar } of this.#open) {
      if (bar.feed !== feed || (symbol !== '' && symbol !== bar.symbol)) continue
      if (reaches && !isBefore(bar.sinceMs, bar.sinceNs, untilMs, untilNs)) continue
      bar.gap = true
    }
  }

  #closeAll(): void {
    const open = this.#open.splice(0)
    if (open.length > 1) open.sort(byName)
    for (const state of open) this.#close(state)
    this.#endMs = Number.POSITIVE_INFINITY
  }

  #close(state: State): void {
    const { bar } = state
    state.isOpen = false
    state.closedMs = bar.endMs
    state.closedNs = bar.endNs
    this.#onBar(bar)
  }

  #stateOf(feed: string, symbol: string): State {
    let states = this.#states.get(feed)
    if (states === undefined) {
      states = new Map()
      this.#states.set(feed, states)
    }
    let state = states.get(symbol)
    if (state === undefined) {
      state = { bar: new Bar(feed, symbol), isOpen: false, closedMs: -1, closedNs: 0 }
      states.set(symbol, state)
    }
    return state
  }
}

function isFull({ trades, volume, sizeScale, value, valueScale }: Bar, size: BarSize): boolean {
  switch (size.kind) {
    case 'tick':
      return trades >= size.trades
    case 'volume':
      return volume.reaches(size.at(sizeScale))
    case 'value':
      return value.reaches(size.at(valueScale))
    case 'time':
      return false
  }
}

function byName({ bar: a }: State, { bar: b }: State): number {
  if (a.feed !== b.feed) return a.feed < b.feed ? -1 : 1
  return a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0
}
