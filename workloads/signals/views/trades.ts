// What a signal sees of trades within a window or a session, and of two instruments side by side. `gap` says that something was missing
// within it: figures are then a lower bound. Nothing is carried beyond it.

import type { AsOfJoin, Leg } from '#market/builders/as-of.ts'
import type { PriceHistory } from '#market/builders/price-history.ts'
import type { TradeImbalance } from '#market/builders/trade-imbalance.ts'
import type { TradeWindow } from '#market/builders/trade-window.ts'
import type { VolumeProfile } from '#market/builders/volume-profile.ts'
import type { RollingVwap, SessionVwap } from '#market/builders/vwap.ts'
import { SIDE } from '#market/event.ts'
import { decimal, known, sum, time } from './numbers.ts'
import type { Source } from './slot.ts'

class WindowView {
  readonly #source: Source<TradeWindow>

  constructor(source: Source<TradeWindow>) {
    this.#source = source
  }

  get #window(): TradeWindow | undefined {
    const window = this.#source.made
    window?.advance()
    return window
  }

  get trades(): number {
    return this.#window?.trades ?? 0
  }
  get gap(): boolean {
    return this.#window?.gap ?? false
  }
  get cut(): boolean {
    return this.#window?.cut ?? false
  }
  get complete(): boolean {
    return this.#window?.complete ?? false
  }
}

const back = (value: unknown): number => (typeof value === 'number' ? value : -1)

export class PriceHistoryView extends WindowView {
  readonly #source: Source<PriceHistory>

  constructor(source: Source<PriceHistory>) {
    super(source)
    this.#source = source
  }

  get #window(): PriceHistory | undefined {
    const window = this.#source.made
    window?.advance()
    return window
  }

  get last(): number | undefined {
    return this.price(0)
  }
  get open(): number | undefined {
    const window = this.#window
    return window && decimal(window.open, window.openScale)
  }
  get high(): number | undefined {
    const window = this.#window
    return window && decimal(window.high, window.highScale)
  }
  get low(): number | undefined {
    const window = this.#window
    return window && decimal(window.low, window.lowScale)
  }
  get change(): number | undefined {
    const window = this.#window
    return window === undefined || window.trades === 0 ? undefined : sum(window.change)
  }
  /** Of the trade that many before the last one, which is 0. */
  price(place: unknown): number | undefined {
    const window = this.#window
    return window && decimal(window.price(back(place)), window.priceScale(back(place)))
  }
  size(place: unknown): number | undefined {
    const window = this.#window
    return window && decimal(window.size(back(place)), window.sizeScale(back(place)))
  }
  side(place: unknown): 'buy' | 'sell' | undefined {
    const side = this.#window?.side(back(place)) ?? SIDE.none
    if (side === SIDE.none) return undefined
    return side === SIDE.buy ? 'buy' : 'sell'
  }
  receivedMs(place: unknown): number | undefined {
    return known(this.#window?.recvMs(back(place)))
  }
}

export class VolumeView extends WindowView {
  readonly #source: Source<VolumeProfile>

  constructor(source: Source<VolumeProfile>) {
    super(source)
    this.#source = source
  }

  get #window(): VolumeProfile | undefined {
    const window = this.#source.made
    window?.advance()
    return window
  }

  get volume(): number {
    return sum(this.#window?.volume) ?? 0
  }
  get buyVolume(): number {
    return sum(this.#window?.buyVolume) ?? 0
  }
  get sellVolume(): number {
    return sum(this.#window?.sellVolume) ?? 0
  }
  get beyond(): number {
    return sum(this.#window?.beyond) ?? 0
  }
  get levels(): number {
    return this.#window?.levels ?? 0
  }
  /** The level of a rank, 0 being the lowest price. Makes an object. */
  level(rank: unknown): object | undefined {
    const window = this.#window
    const level = typeof rank === 'number' ? window?.level(rank) : undefined
    if (window === undefined || level === undefined) return undefined
    const { place, volume, buyVolume, sellVolume, trades } = level
    return {
      price: decimal(place * window.step, window.stepScale),
      volume: volume.near,
      buyVolume: buyVolume.near,
      sellVolume: sellVolume.near,
      trades,
    }
  }
  /** The price level with the greatest volume. */
  get busiest(): number | undefined {
    const window = this.#window
    const level = window?.busiest
    return window && level && decimal(level.place * window.step, window.stepScale)
  }
}

export class RollingVwapView extends WindowView {
  readonly #source: Source<RollingVwap>

  constructor(source: Source<RollingVwap>) {
    super(source)
    this.#source = source
  }

  get #window(): RollingVwap | undefined {
    const window = this.#source.made
    window?.advance()
    return window
  }

  get vwap(): number | undefined {
    return known(this.#window?.near)
  }
  get volume(): number {
    return sum(this.#window?.volume) ?? 0
  }
  get value(): number {
    return sum(this.#window?.value) ?? 0
  }
}

export class TradeImbalanceView extends WindowView {
  readonly #source: Source<TradeImbalance>

  constructor(source: Source<TradeImbalance>) {
    super(source)
    this.#source = source
  }

  get #window(): TradeImbalance | undefined {
    const window = this.#source.made
    window?.advance()
    return window
  }

  get imbalance(): number | undefined {
    return known(this.#window?.near)
  }
  get buyVolume(): number {
    return sum(this.#window?.buyVolume) ?? 0
  }
  get sellVolume(): number {
    return sum(this.#window?.sellVolume) ?? 0
  }
  get unsided(): number {
    return sum(this.#window?.unsided) ?? 0
  }
}

export class SessionVwapView {
  readonly #source: Source<SessionVwap>

  constructor(source: Source<SessionVwap>) {
    this.#source = source
  }

  get #session(): SessionVwap | undefined {
    const session = this.#source.made
    session?.advance()
    return session
  }

  get vwap(): number | undefined {
    return known(this.#session?.near)
  }
  get volume(): number {
    return sum(this.#session?.volume) ?? 0
  }
  get value(): number {
    return sum(this.#session?.value) ?? 0
  }
  get trades(): number {
    return this.#session?.trades ?? 0
  }
  get startMs(): number | undefined {
    return time(this.#session?.startMs)
  }
  get endMs(): number | undefined {
    return time(this.#session?.endMs)
  }
  get gap(): boolean {
    return this.#session?.gap ?? false
  }
  get complete(): boolean {
    return this.#session?.complete ?? false
  }
}

const priceOf = ({ price, priceScale }: Leg): number | undefined => decimal(price, priceScale)
const ageOf = ({ ageNs }: Leg): number | undefined => known(ageNs / 1e6)

export class JoinView {
  readonly #source: Source<AsOfJoin>

  constructor(source: Source<AsOfJoin>) {
    this.#source = source
  }

  get matched(): boolean {
    return this.#source.made?.matched ?? false
  }
  get gap(): boolean {
    return this.#source.made?.gap ?? false
  }
  /** Left price - right price. */
  get difference(): number | undefined {
    return sum(this.#source.made?.difference)
  }
  get leftPrice(): number | undefined {
    const { made } = this.#source
    return made && priceOf(made.left)
  }
  get rightPrice(): number | undefined {
    const { made } = this.#source
    return made && priceOf(made.right)
  }
  get leftReceivedMs(): number | undefined {
    return time(this.#source.made?.left.recvMs)
  }
  get rightReceivedMs(): number | undefined {
    return time(this.#source.made?.right.recvMs)
  }
  get leftAgeMs(): number | undefined {
    const { made } = this.#source
    return made && ageOf(made.left)
  }
  get rightAgeMs(): number | undefined {
    const { made } = this.#source
    return made && ageOf(made.right)
  }
}
