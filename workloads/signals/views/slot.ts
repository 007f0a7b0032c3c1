// One builder of one instrument, with what a signal sees of it. Nothing that a signal can reach hands out the builder itself: views have
// private fields and getters, and are frozen.

import type { Builder } from '#market/builders/definition.ts'
import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'

/** Whose instrument it is. */
export type Of = { readonly feed: string; readonly symbol: string }

/** What a builder has made of its instrument; undefined: nothing yet, or it is not to be relied on. */
export type Source<Made> = { readonly made: Made | undefined }

export class Slot<Made> implements Source<Made> {
  readonly #builder: Builder<Made>
  readonly #of: Of
  /** Behind a row of a book that is not the last one of its change. */
  #isBetween = false
  #made: Made | undefined

  constructor(builder: Builder<Made>, of: Of) {
    this.#builder = builder
    this.#of = of
  }

  apply(event: MarketEvent): void {
    const { kind } = event
    if (kind === EVENT.bookChange || kind === EVENT.bookSnapshot) {
      this.#isBetween = (event.flags & FLAG.last) === 0
    }
    this.#builder.apply(event)
    this.#made = undefined
  }

  get made(): Made | undefined {
    if (this.#isBetween) return undefined
    this.#made ??= this.#builder.get(this.#of.feed, this.#of.symbol)
    return this.#made
  }

  keep(keeper: Keeper): void {
    this.#isBetween = keeper.flag(this.#isBetween)
    this.#builder.keep(keeper)
    this.#made = undefined
  }
}
