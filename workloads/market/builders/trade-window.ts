// The trades of an instrument within the last span of receive time, and at most a number of them, in a ring of columns: 54 bytes for each,
// never more than twice `most` of them. What is computed from them adds each trade once and takes it away once.
//
// The window is (now - span, now], now being the receive time of the last event that its builder took. Trades that happened before the
// subscription (FLAG.history), and those without a price, are left out.

import { EVENT, FLAG, type MarketEvent } from '../event.ts'
import { type Keeper, keepRing } from '../keep.ts'
import type { Builder } from './definition.ts'
import { isBefore } from './gaps.ts'
import { type Clock, Instruments, Known } from './instruments.ts'
import { moved } from './ring.ts'

export type WindowOptions = {
  readonly spanMs: number
  /** The most trades that are kept. */
  readonly most: number
}

const USUAL = 16

export class TradeWindow {
  readonly known: Known
  readonly #clock: Clock
  readonly #spanMs: number
  readonly #most: number
  #mask = USUAL - 1
  #recvMs = new Float64Array(USUAL)
  #recvNs = new Int32Array(USUAL)
  #timeMs = new Float64Array(USUAL)
  #timeNs = new Int32Array(USUAL)
  #prices = new Float64Array(USUAL)
  #priceScales = new Uint8Array(USUAL)
  #sizes = new Float64Array(USUAL)
  #sizeScales = new Uint8Array(USUAL)
  #sides = new Uint8Array(USUAL)
  #gaps = new Uint8Array(USUAL)
  /** Number of the oldest trade that is kept, counted from the first one; of the next one. */
  #first = 0
  #next = 0
  /** Receive time of the last trade that left; ms -1: none did. */
  #leftMs = -1
  #leftNs = 0
  /** Of the last one that left because there were too many. */
  #cutMs = -1
  #cutNs = 0

  constructor(feed: string, symbol: string, clock: Clock, { spanMs, most }: WindowOptions) {
    this.known = new Known(feed, symbol, clock)
    this.#clock = clock
    this.#spanMs = spanMs
    this.#most = most
  }

  get feed(): string {
    return this.known.feed
  }

  get symbol(): string {
    return this.known.symbol
  }

  /** Where the window begins, exclusive. */
  get sinceMs(): number {
    return this.#clock.nowMs - this.#spanMs
  }

  get sinceNs(): number {
    return this.#clock.nowNs
  }

  /** Where it ends, inclusive: the receive time of the last event. */
  get nowMs(): number {
    return this.#clock.nowMs
  }

  get nowNs(): number {
    return this.#clock.nowNs
  }

  /** Trades in it. */
  get trades(): number {
    return this.#next - this.#first
  }

  /** Something was missing within it: its figures are a lower bound. */
  get gap(): boolean {
    return this.known.missedSince(this.sinceMs, this.sinceNs)
  }

  /** There were more trades in it than are kept: the oldest ones left. */
  get cut(): boolean {
    return isBefore(this.sinceMs, this.sinceNs, this.#cutMs, this.#cutNs)
  }

  /** False: it is cut, or its beginning was not read. */
  get complete(): boolean {
    return !this.cut && this.known.knownSince(this.sinceMs, this.sinceNs)
  }

  /** Of the trade that is `back` before the last one (0): NaN if there is none. */
  price(back: number): number {
    return this.#has(back) ? this.#prices[this.#at(back)]! : Number.NaN
  }

  priceScale(back: number): number {
    return this.#has(back) ? this.#priceScales[this.#at(back)]! : 0
  }

  size(back: number): number {
    return this.#has(back) ? this.#sizes[this.#at(back)]! : Number.NaN
  }

  sizeScale(back: number): number {
    return this.#has(back) ? this.#sizeScales[this.#at(back)]! : 0
  }

  /** SIDE: what the aggressor did. */
  side(back: number): number {
    return this.#has(back) ? this.#sides[this.#at(back)]! : 0
  }

  recvMs(back: number): number {
    return this.#has(back) ? this.#recvMs[this.#at(back)]! : Number.NaN
  }

  recvNs(back: number): number {
    return this.#has(back) ? this.#recvNs[this.#at(back)]! : 0
  }

  /** By the exchange's clock; -1 if it does not say. */
  timeMs(back: number): number {
    return this.#has(back) ? this.#timeMs[this.#at(back)]! : Number.NaN
  }

  timeNs(back: number): number {
    return this.#has(back) ? this.#timeNs[this.#at(back)]! : 0
  }

  /** Something was missing between the trade before it, or since events are known, and this one. */
  gapBefore(back: number): boolean {
    return this.#has(back) && this.#gaps[this.#at(back)] === 1
  }

  /** Takes a trade of its instrument. */
  take(event: MarketEvent): void {
    if (this.trades === this.#most) {
      const i = this.#first & this.#mask
      this.#cutMs = this.#recvMs[i]!
      this.#cutNs = this.#recvNs[i]!
      this.#drop()
    }
    if (this.trades > this.#mask) this.#grow()
    const isFirst = this.#next === this.#first
    const before = (this.#next - 1) & this.#mask
    const ms = isFirst ? this.#beforeMs() : this.#recvMs[before]!
    const ns = isFirst ? this.#beforeNs() : this.#recvNs[before]!
    const i = this.#next++ & this.#mask
    this.#recvMs[i] = event.recvMs
    this.#recvNs[i] = event.recvNs
    this.#timeMs[i] = event.timeMs
    this.#timeNs[i] = event.timeNs
    this.#prices[i] = event.price
    this.#priceScales[i] = event.priceScale
    this.#sizes[i] = event.size
    this.#sizeScales[i] = event.sizeScale
    this.#sides[i] = event.side
    this.#gaps[i] = this.known.missedSince(ms, ns) ? 1 : 0
    this.added(event.price, event.priceScale, event.size, event.sizeScale, event.side)
  }

  /** Takes a gap that its instrument had: trades behind it may be in the window already. */
  miss({ flags, timeMs, timeNs, untilMs, untilNs }: MarketEvent): void {
    const ends = (flags & FLAG.last) !== 0
    for (let n = this.#next - 1; n >= this.#first; n--) {
      const i = n & this.#mask
      if (!isBefore(timeMs, timeNs, this.#recvMs[i]!, this.#recvNs[i]!)) return
      const before = (n - 1) & this.#mask
      const ms = n === this.#first ? this.#beforeMs() : this.#recvMs[before]!
      const ns = n === this.#first ? this.#beforeNs() : this.#recvNs[before]!
      if (!ends || isBefore(ms, ns, untilMs, untilNs)) this.#gaps[i] = 1
    }
  }

  /** Lets those leave that are too old by now. */
  advance(): void {
    const { sinceMs, sinceNs } = this
    while (this.#first < this.#next) {
      const i = this.#first & this.#mask
      if (isBefore(sinceMs, sinceNs, this.#recvMs[i]!, this.#recvNs[i]!)) return
      this.#drop()
    }
  }

  /** What is computed from the trades keeps its own sums. */
  keep(keeper: Keeper): void {
    this.known.keep(keeper)
    this.#mask = keeper.number(this.#mask)
    this.#first = keeper.number(this.#first)
    this.#next = keeper.number(this.#next)
    const [room, first, next] = [this.#mask + 1, this.#first, this.#next]
    const floats = (one: Float64Array<ArrayBuffer>) =>
      keepRing(one, room, first, next, (part) => keeper.floats(part))
    const ints = (one: Int32Array<ArrayBuffer>) =>
      keepRing(one, room, first, next, (part) => keeper.ints(part))
    const bytes = (one: Uint8Array<ArrayBuffer>) =>
      keepRing(one, room, first, next, (part) => keeper.bytes(part))
    this.#recvMs = floats(this.#recvMs)
    this.#recvNs = ints(this.#recvNs)
    this.#timeMs = floats(this.#timeMs)
    this.#timeNs = ints(this.#timeNs)
    this.#prices = floats(this.#prices)
    this.#priceScales = bytes(this.#priceScales)
    this.#sizes = floats(this.#sizes)
    this.#sizeScales = bytes(this.#sizeScales)
    this.#sides = bytes(this.#sides)
    this.#gaps = bytes(this.#gaps)
    this.#leftMs = keeper.number(this.#leftMs)
    this.#leftNs = keeper.number(this.#leftNs)
    this.#cutMs = keeper.number(this.#cutMs)
    this.#cutNs = keeper.number(this.#cutNs)
  }

  /** A trade came: its size is NaN if the exchange does not say. */
  protected added(
    _price: number,
    _priceScale: number,
    _size: number,
    _sizeScale: number,
    _side: number
  ): void {}

  /** The oldest trade left. */
  protected dropped(
    _price: number,
    _priceScale: number,
    _size: number,
    _sizeScale: number,
    _side: number
  ): void {}

  /** Number of the oldest trade that is kept, and of the next one. */
  protected get firstNumber(): number {
    return this.#first
  }

  protected get nextNumber(): number {
    return this.#next
  }

  #has(back: number): boolean {
    return back >= 0 && back < this.trades
  }

  #at(back: number): number {
    return (this.#next - 1 - back) & this.#mask
  }

  /** What the oldest trade follows: the last one that left, or the beginning of what is known. */
  #beforeMs(): number {
    return this.#leftMs < 0 ? this.known.startMs : this.#leftMs
  }

  #beforeNs(): number {
    return this.#leftMs < 0 ? this.known.startNs : this.#leftNs
  }

  #drop(): void {
    const i = this.#first++ & this.#mask
    this.#leftMs = this.#recvMs[i]!
    this.#leftNs = this.#recvNs[i]!
    this.dropped(
      this.#prices[i]!,
      this.#priceScales[i]!,
      this.#sizes[i]!,
      this.#sizeScales[i]!,
      this.#sides[i]!
    )
  }

  #grow(): void {
    this.#mask = 2 * this.#mask + 1
    const room = this.#mask + 1
    const [first, next] = [this.#first, this.#next]
    this.#recvMs = moved(this.#recvMs, new Float64Array(room), first, next)
    this.#recvNs = moved(this.#recvNs, new Int32Array(room), first, next)
    this.#timeMs = moved(this.#timeMs, new Float64Array(room), first, next)
    this.#timeNs = moved(this.#timeNs, new Int32Array(room), first, next)
    this.#prices = moved(this.#prices, new Float64Array(room), first, next)
    this.#priceScales = moved(this.#priceScales, new Uint8Array(room), first, next)
    this.#sizes = moved(this.#sizes, new Float64Array(room), first, next)
    this.#sizeScales = moved(this.#sizeScales, new Uint8Array(room), first, next)
    this.#sides = moved(this.#sides, new Uint8Array(room), first, next)
    this.#gaps = moved(this.#gaps, new Uint8Array(room), first, next)
  }
}

/** Keeps a window for each instrument, and hands it out behind each of its trades. */
export class TradeWindows<W extends TradeWindow> implements Builder<W> {
  readonly #windows: Instruments<W>
  readonly #emit: (window: W) => void

  constructor(
    make: (feed: string, symbol: string, clock: Clock) => W,
    emit: (window: W) => void = () => {}
  ) {
    this.#windows = new Instruments(make)
    this.#emit = emit
  }

  knownFrom(ms: number, ns: number): void {
    this.#windows.clock.knownFrom(ms, ns)
  }

  apply(event: MarketEvent): void {
    this.#windows.clock.see(event)
    if (event.kind === EVENT.gap) {
      for (const window of this.#windows.about(event)) window.miss(event)
    }
    if (event.kind !== EVENT.trade) return
    if (Number.isNaN(event.price) || (event.flags & FLAG.history) !== 0) return
    const window = this.#windows.of(event.feed, event.symbol)
    window.advance()
    window.take(event)
    this.#emit(window)
  }

  see(ms: number, ns: number): void {
    this.#windows.clock.move(ms, ns)
  }

  get(feed: string, symbol: string): W | undefined {
    const window = this.#windows.get(feed, symbol)
    window?.advance()
    return window
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#windows.keep(keeper, (window) => window.keep(keeper))
  }
}
