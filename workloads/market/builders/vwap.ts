// The average price of trades, weighted by size, exact: within the last span of receive time, or since a session began.

import { EVENT, FLAG, type MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum, divided } from './decimal-sum.ts'
import type { Builder } from './definition.ts'
import { type Clock, Instruments, Known } from './instruments.ts'
import { TradeWindow } from './trade-window.ts'

/** value ÷ volume, rounded half up to `scale` decimals; undefined without volume. */
const average = (value: DecimalSum, volume: DecimalSum, scale: number): bigint | undefined =>
  divided(value.value, value.scale, volume.value, volume.scale, scale)

export class RollingVwap extends TradeWindow {
  /** The sum of sizes, and of price × size. */
  readonly volume = new DecimalSum()
  readonly value = new DecimalSum()

  vwap(scale: number): bigint | undefined {
    return average(this.value, this.volume, scale)
  }

  /** Nearly the average, as a number; NaN without volume. */
  get near(): number {
    return this.value.near / this.volume.near
  }

  override keep(keeper: Keeper): void {
    super.keep(keeper)
    this.volume.keep(keeper)
    this.value.keep(keeper)
  }

  protected override added(price: number, pScale: number, size: number, scale: number): void {
    if (Number.isNaN(size)) return
    this.volume.add(size, scale)
    this.value.addProduct(price, pScale, size, scale)
  }

  protected override dropped(price: number, pScale: number, size: number, scale: number): void {
    if (Number.isNaN(size)) return
    this.volume.add(-size, scale)
    this.value.addProduct(price, pScale, -size, scale)
  }
}

export type SessionOptions = {
  /** How long a session is, aligned to 1970-01-01T00:00:00Z and `offsetMs` later. */
  readonly sessionMs: number
  readonly offsetMs: number
}

/** Of the session that is running; its memory does not grow. */
export class SessionVwap {
  readonly known: Known
  readonly #clock: Clock
  readonly #options: SessionOptions
  readonly volume = new DecimalSum()
  readonly value = new DecimalSum()
  trades = 0
  /** When the session began and ends, exclusive. */
  startMs = -1
  endMs = -1
  /** Receive time and time of the last trade. */
  recvMs = -1
  recvNs = 0
  timeMs = -1
  timeNs = 0

  constructor(feed: string, symbol: string, clock: Clock, options: SessionOptions) {
    this.known = new Known(feed, symbol, clock)
    this.#clock = clock
    this.#options = options
  }

  get feed(): string {
    return this.known.feed
  }

  get symbol(): string {
    return this.known.symbol
  }

  /** Something was missing since the session began. */
  get gap(): boolean {
    return this.known.missedSince(this.startMs, 0)
  }

  /** False: the beginning of the session was not read. */
  get complete(): boolean {
    return this.known.knownSince(this.startMs, 0)
  }

  vwap(scale: number): bigint | undefined {
    return average(this.value, this.volume, scale)
  }

  /** Nearly the average, as a number; NaN without volume. */
  get near(): number {
    return this.value.near / this.volume.near
  }

  /** Begins the session of the time now, if it is another one. */
  advance(): void {
    const { nowMs } = this.#clock
    if (nowMs < this.endMs) return
    const { sessionMs, offsetMs } = this.#options
    this.startMs = Math.floor((nowMs - offsetMs) / sessionMs) * sessionMs + offsetMs
    this.endMs = this.startMs + sessionMs
    this.trades = 0
    this.volume.clear()
    this.value.clear()
    this.recvMs = -1
    this.recvNs = 0
    this.timeMs = -1
    this.timeNs = 0
  }

  keep(keeper: Keeper): void {
    this.known.keep(keeper)
    this.volume.keep(keeper)
    this.value.keep(keeper)
    for (const field of SESSION_NUMBERS) this[field] = keeper.number(this[field])
  }

  take(event: MarketEvent): void {
    const { price, priceScale, size, sizeScale } = event
    this.trades++
    this.recvMs = event.recvMs
    this.recvNs = event.recvNs
    this.timeMs = event.timeMs
    this.timeNs = event.timeNs
    if (Number.isNaN(size)) return
    this.volume.add(size, sizeScale)
    this.value.addProduct(price, priceScale, size, sizeScale)
  }
}

const SESSION_NUMBERS = [
  ...(['trades', 'startMs', 'endMs', 'recvMs', 'recvNs', 'timeMs', 'timeNs'] as const),
] as const

export class SessionVwaps implements Builder<SessionVwap> {
  readonly #sessions: Instruments<SessionVwap>
  readonly #emit: (vwap: SessionVwap) => void

  constructor(options: SessionOptions, emit: (vwap: SessionVwap) => void = () => {}) {
    this.#sessions = new Instruments(
      (feed, symbol, clock) => new SessionVwap(feed, symbol, clock, options)
    )
    this.#emit = emit
  }

  knownFrom(ms: number, ns: number): void {
    this.#sessions.clock.knownFrom(ms, ns)
  }

  apply(event: MarketEvent): void {
    this.#sessions.clock.see(event)
    if (event.kind !== EVENT.trade) return
    if (Number.isNaN(event.price) || (event.flags & FLAG.history) !== 0) return
    const session = this.#sessions.of(event.feed, event.symbol)
    session.advance()
    session.take(event)
    this.#emit(session)
  }

  see(ms: number, ns: number): void {
    this.#sessions.clock.move(ms, ns)
  }

  get(feed: string, symbol: string): SessionVwap | undefined {
    const session = this.#sessions.get(feed, symbol)
    session?.advance()
    return session
  }

  end(): void {}

  keep(keeper: Keeper): void {
    this.#sessions.keep(keeper, (session) => session.keep(keeper))
  }
}
