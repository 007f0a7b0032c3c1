// One builder of one instrument. Nothing that a signal can reach hands out the builder itself: views have private fields and getters, and are
// frozen. Events that are no input of a builder move its clock when it is read, and not before.

import type { Builder } from '#market/builders/definition.ts'
import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'

/** Whose instrument it is. */
export type Of = { readonly feed: string; readonly symbol: string }

/** What a builder has made of its instrument; undefined: nothing yet, or it is not to be relied on. */
export type Source<Made> = { readonly made: Made | undefined }

/** Kept beside a builder. */
export type Beside = { keep(keeper: Keeper): void }

export type SlotOptions<Made> = {
  readonly builder: Builder<Made>
  readonly of: Of
  /** Bits of the numbers of EVENT. */
  readonly inputs: number
  /** What it makes of an instrument is the same object each time. */
  readonly isStable: boolean
  readonly beside?: Beside | undefined
}

const BOOK = (1 << EVENT.bookChange) | (1 << EVENT.bookSnapshot)

export class Slot<Made> implements Source<Made> {
  readonly #builder: Builder<Made>
  readonly #of: Of
  readonly #inputs: number
  readonly #isStable: boolean
  readonly #beside: Beside | undefined
  /** Behind a row of a book that is not the last one of its change. */
  #isBetween = false
  #made: Made | undefined
  /** Time of the last event, if the builder has not seen it; ms -1: it has. */
  #ms = -1
  #ns = 0

  constructor({ builder, of, inputs, isStable, beside }: SlotOptions<Made>) {
    this.#builder = builder
    this.#of = of
    this.#inputs = inputs
    this.#isStable = isStable
    this.#beside = beside
    this.#ms = -1
  }

  apply(event: MarketEvent): void {
    const bit = 1 << event.kind
    if ((this.#inputs & bit) === 0) {
      this.#ms = event.recvMs
      this.#ns = event.recvNs
      return
    }
    if ((bit & BOOK) !== 0) this.#isBetween = (event.flags & FLAG.last) === 0
    this.#ms = -1
    this.#builder.apply(event)
  }

  get made(): Made | undefined {
    if (this.#isBetween) return undefined
    if (this.#ms >= 0) this.#see()
    if (this.#isStable && this.#made !== undefined) return this.#made
    this.#made = this.#builder.get(this.#of.feed, this.#of.symbol)
    return this.#made
  }

  keep(keeper: Keeper): void {
    this.#isBetween = keeper.flag(this.#isBetween)
    if (this.#ms >= 0) this.#see()
    this.#builder.keep(keeper)
    this.#beside?.keep(keeper)
    this.#made = undefined
  }

  #see(): void {
    this.#builder.see?.(this.#ms, this.#ns)
    this.#ms = -1
  }
}
