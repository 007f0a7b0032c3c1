// Which of several fires of one event and instrument a fire is: part of its id, so that each has one of its own.

import type { MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'

export class FireKeys {
  /** The record, and the rows and instruments of it that fired. */
  #connection = ''
  #number = Number.NaN
  readonly #counts = new Map<string, number>()

  nth({ connection, number, row }: MarketEvent, symbol: string): number {
    if (connection !== this.#connection || number !== this.#number) {
      this.#connection = connection
      this.#number = number
      this.#counts.clear()
    }
    const key = `${row} ${symbol}`
    const nth = this.#counts.get(key) ?? 0
    this.#counts.set(key, nth + 1)
    return nth
  }

  keep(keeper: Keeper): void {
    this.#connection = keeper.text(this.#connection)
    this.#number = keeper.number(this.#number)
    const counts = [...this.#counts].map(([key, count]): [string, string, Counted] => {
      return ['', key, { key, count }]
    })
    keeper.each(
      counts,
      (_, key): Counted => ({ key, count: 0 }),
      (one) => this.#counts.set(one.key, keeper.number(one.count))
    )
  }
}

type Counted = { readonly key: string; readonly count: number }
