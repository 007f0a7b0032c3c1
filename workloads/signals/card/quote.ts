// What an instrument could be traded at: its order book if there is one, else its quotes, else its last trade. Behind a gap nothing is
// known until the next of them. The moments that are asked for take what was known then.

import type { Clock } from '#market/builders/instruments.ts'
import type { InstrumentBook } from '#market/builders/order-books.ts'
import { Top } from '#market/builders/tops.ts'
import { POWERS } from '#market/decimal.ts'
import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'
import { type Asked, ENTRY, EXIT, FIRE_STRIDE } from './moments.ts'
import { PriceLine } from './price-line.ts'

const number = (mantissa: number, scale: number): number => mantissa / POWERS[scale]!

export class Quote {
  readonly asked: Asked
  readonly line = new PriceLine()
  /** Of each fire: 1 if a trade between entry and exit was beyond the own side's best price at entry, which a waiting order had got. */
  readonly passed: Uint8Array
  /** Fires between their entry and their exit. */
  readonly #waiting = new Set<number>()
  readonly #book: Top
  readonly #quote: Top
  readonly #trade: Top
  #hasBook = false
  /** Of the moments in order. */
  #next = 0
  /** Of all prices seen, as whole numbers of the scale. */
  #step = 0
  #stepScale = 0
  /** As the exchange states it. */
  #tick = Number.NaN
  #bid = Number.NaN
  #ask = Number.NaN
  #bidSize = Number.NaN
  #askSize = Number.NaN

  constructor(asked: Asked, clock: Clock) {
    const { feed, symbol } = asked
    this.asked = asked
    this.passed = new Uint8Array(asked.fires.length)
    this.#book = new Top(feed, symbol, clock)
    this.#quote = new Top(feed, symbol, clock)
    this.#trade = new Top(feed, symbol, clock)
  }

  /** The step of its prices: as the exchange states it, or the largest that all prices seen are multiples of; NaN if none was seen. */
  get tick(): number {
    if (!Number.isNaN(this.#tick)) return this.#tick
    return this.#step === 0 ? Number.NaN : number(this.#step, this.#stepScale)
  }

  get hasStatedTick(): boolean {
    return !Number.isNaN(this.#tick)
  }

  /** Moments before that time take what is known. */
  advance(ms: number, ns: number): void {
    const { order, ms: times, ns: nanos } = this.asked
    for (; this.#next < order.length; this.#next++) {
      const place = order[this.#next]!
      if ((times[place]! - ms || nanos[place]! - ns) >= 0) return
      this.asked.bid[place] = this.#bid
      this.asked.ask[place] = this.#ask
      this.asked.bidSize[place] = this.#bidSize
      this.asked.askSize[place] = this.#askSize
      this.#wait(place)
    }
  }

  #wait(place: number): void {
    const fire = Math.floor(place / FIRE_STRIDE)
    if (fire >= this.passed.length) return
    const kind = place % FIRE_STRIDE
    if (kind === ENTRY) this.#waiting.add(fire)
    else if (kind === EXIT) this.#waiting.delete(fire)
  }

  /** A trade at a price: orders that waited at a worse one are filled. */
  #pass(price: number): void {
    for (const fire of this.#waiting) {
      const { asked } = this
      const place = asked.fireAt(fire) + ENTRY
      const isBeyond =
        asked.fires[fire]!.side === 1 ? price < asked.bid[place]! : price > asked.ask[place]!
      if (!isBeyond) continue
      this.passed[fire] = 1
      this.#waiting.delete(fire)
    }
  }

  book(of: InstrumentBook): void {
    this.#hasBook = true
    this.#book.book(of)
    this.#settle()
  }

  /** The book may no longer be relied on, or may again. */
  judge(of: InstrumentBook | undefined): void {
    if (of !== undefined && this.#hasBook) this.#book.judge(of)
    this.#settle()
  }

  apply(event: MarketEvent): void {
    const { kind } = event
    if (kind === EVENT.quote) {
      if (Number.isNaN(event.bid) && Number.isNaN(event.ask)) return
      this.#quote.quote(event)
    } else if (kind === EVENT.trade) {
      if (Number.isNaN(event.price) || (event.flags & FLAG.history) !== 0) return
      this.#takeTrade(event)
    } else if (kind === EVENT.instrument && event.instrument?.tick !== undefined) {
      this.#tick = Number(event.instrument.tick)
    }
    this.#settle()
  }

  #takeTrade({ price, priceScale, recvMs, recvNs }: MarketEvent): void {
    if (this.#waiting.size > 0) this.#pass(number(price, priceScale))
    const top = this.#trade
    top.bid = price
    top.ask = price
    top.bidScale = priceScale
    top.askScale = priceScale
    top.recvMs = recvMs
    top.recvNs = recvNs
  }

  #settle(): void {
    const top = this.#hasBook ? this.#book : this.#quote.recvMs >= 0 ? this.#quote : this.#trade
    const isKnown = top.recvMs >= 0 && !top.gap
    this.#bid = isKnown ? number(top.bid, top.bidScale) : Number.NaN
    this.#ask = isKnown ? number(top.ask, top.askScale) : Number.NaN
    this.#bidSize = isKnown ? number(top.bidSize, top.bidSizeScale) : Number.NaN
    this.#askSize = isKnown ? number(top.askSize, top.askSizeScale) : Number.NaN
    if (!isKnown) return
    this.#measure(top.bid, top.bidScale)
    this.#measure(top.ask, top.askScale)
    const middle = (this.#bid + this.#ask) / 2
    if (!Number.isNaN(middle)) this.line.add(top.recvMs, middle)
  }

  #measure(price: number, scale: number): void {
    if (Number.isNaN(price)) return
    let value = price
    if (scale > this.#stepScale) {
      this.#step *= POWERS[scale - this.#stepScale]!
      this.#stepScale = scale
    } else if (scale < this.#stepScale) value *= POWERS[this.#stepScale - scale]!
    if (this.#step === 0 || value % this.#step !== 0)
      this.#step = divisor(Math.abs(value), this.#step)
  }
}

/** The greatest that both are multiples of. */
function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}
