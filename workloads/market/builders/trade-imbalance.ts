// What aggressors bought against what they sold within the last span of receive time, exact.

import { SIDE } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { DecimalSum, divided } from './decimal-sum.ts'
import { TradeWindow } from './trade-window.ts'

export class TradeImbalance extends TradeWindow {
  /** Sizes of trades by what the aggressor did; `unsided`: the exchange does not say. */
  readonly buyVolume = new DecimalSum()
  readonly sellVolume = new DecimalSum()
  readonly unsided = new DecimalSum()

  /**
   * (bought - sold) ÷ (bought + sold), from -1 to 1, rounded half up to `scale` decimals; undefined without either. Trades without a
   * side do not count.
   */
  imbalance(scale: number): bigint | undefined {
    return balanceOf(this.buyVolume, this.sellVolume, scale)
  }

  /** Nearly the same, as a number; NaN without either. */
  get near(): number {
    const bought = this.buyVolume.near
    const sold = this.sellVolume.near
    return (bought - sold) / (bought + sold)
  }

  override keep(keeper: Keeper): void {
    super.keep(keeper)
    for (const sum of [this.buyVolume, this.sellVolume, this.unsided]) sum.keep(keeper)
  }

  protected override added(
    _p: number,
    _s: number,
    size: number,
    scale: number,
    side: number
  ): void {
    if (!Number.isNaN(size)) this.#of(side).add(size, scale)
  }

  protected override dropped(
    _p: number,
    _s: number,
    size: number,
    scale: number,
    side: number
  ): void {
    if (!Number.isNaN(size)) this.#of(side).add(-size, scale)
  }

  #of(side: number): DecimalSum {
    if (side === SIDE.buy) return this.buyVolume
    return side === SIDE.sell ? this.sellVolume : this.unsided
  }
}

/** (a - b) ÷ (a + b), rounded half up to `scale` decimals. */
export function balanceOf(a: DecimalSum, b: DecimalSum, scale: number): bigint | undefined {
  const common = Math.max(a.scale, b.scale)
  const left = a.value * 10n ** BigInt(common - a.scale)
  const right = b.value * 10n ** BigInt(common - b.scale)
  return divided(left - right, common, left + right, common, scale)
}
