// The prices of the last trades of an instrument: each with both clocks and whether something was missing before it; the highest, the
// lowest, and the change from the oldest to the last.

import type { Keeper } from '../keep.ts'
import { DecimalSum } from './decimal-sum.ts'
import { Extreme } from './extreme.ts'
import { TradeWindow } from './trade-window.ts'

export class PriceHistory extends TradeWindow {
  readonly #high = new Extreme(1)
  readonly #low = new Extreme(-1)
  readonly #change = new DecimalSum()

  /** NaN without trades, as all of these. */
  get last(): number {
    return this.price(0)
  }

  get lastScale(): number {
    return this.priceScale(0)
  }

  /** The oldest price in the window. */
  get open(): number {
    return this.price(this.trades - 1)
  }

  get openScale(): number {
    return this.priceScale(this.trades - 1)
  }

  get high(): number {
    return this.#high.integer
  }

  get highScale(): number {
    return this.#high.scale
  }

  get low(): number {
    return this.#low.integer
  }

  get lowScale(): number {
    return this.#low.scale
  }

  /** last - open; 0 without trades. Valid until the next event. */
  get change(): DecimalSum {
    const change = this.#change
    change.clear()
    if (this.trades === 0) return change
    change.add(this.last, this.lastScale)
    change.add(-this.open, this.openScale)
    return change
  }

  override keep(keeper: Keeper): void {
    super.keep(keeper)
    this.#high.keep(keeper)
    this.#low.keep(keeper)
  }

  protected override added(price: number, scale: number): void {
    this.#high.push(this.nextNumber - 1, price, scale)
    this.#low.push(this.nextNumber - 1, price, scale)
  }

  protected override dropped(): void {
    this.#high.dropBefore(this.firstNumber)
    this.#low.dropBefore(this.firstNumber)
  }
}
