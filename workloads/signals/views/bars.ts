// What a signal sees of bars: the one that grows, and the last one that is over.

import type { Bar } from '#market/builders/bars.ts'
import type { Keeper } from '#market/keep.ts'
import { decimal, exact } from './numbers.ts'
import type { Source } from './slot.ts'

/** A bar as numbers. */
export type BarFigures = {
  startMs: number
  endMs: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  buyVolume: number
  sellVolume: number
  value: number
  trades: number
  gap: boolean
}

export function figuresOf(bar: Bar): BarFigures {
  return {
    startMs: bar.startMs,
    endMs: bar.endMs,
    open: decimal(bar.open, bar.openScale)!,
    high: decimal(bar.high, bar.highScale)!,
    low: decimal(bar.low, bar.lowScale)!,
    close: decimal(bar.close, bar.closeScale)!,
    volume: exact(bar.volume, bar.sizeScale),
    buyVolume: exact(bar.buyVolume, bar.sizeScale),
    sellVolume: exact(bar.sellVolume, bar.sizeScale),
    value: exact(bar.value, bar.valueScale),
    trades: bar.trades,
    gap: bar.gap,
  }
}

const NUMBERS = [
  ...(['startMs', 'endMs', 'open', 'high', 'low', 'close', 'volume', 'buyVolume'] as const),
  ...(['sellVolume', 'value', 'trades'] as const),
]

/** Bars that are over. */
export class Finished {
  count = 0
  last: Readonly<BarFigures> | undefined

  readonly take = (bar: Bar): void => {
    this.count++
    this.last = Object.freeze(figuresOf(bar))
  }

  keep(keeper: Keeper): void {
    this.count = keeper.number(this.count)
    if (this.count === 0) return
    const figures = { ...this.last } as BarFigures
    for (const name of NUMBERS) figures[name] = keeper.number(figures[name])
    figures.gap = keeper.flag(figures.gap)
    this.last = Object.freeze(figures)
  }
}

export class BarsView {
  readonly #source: Source<Bar>
  readonly #finished: Finished

  constructor(source: Source<Bar>, finished: Finished) {
    this.#source = source
    this.#finished = finished
  }

  /** How many are over. */
  get finished(): number {
    return this.#finished.count
  }
  get last(): Readonly<BarFigures> | undefined {
    return this.#finished.last
  }
  /** The one that grows. Makes an object. */
  get current(): Readonly<BarFigures> | undefined {
    const { made } = this.#source
    return made && figuresOf(made)
  }
}
