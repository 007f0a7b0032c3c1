// What the engine keeps of one instrument: the signal's state, builders, and what decides whether a fire is kept.

import type { MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'
import type { About } from './definition.ts'
import { type BuilderChoice, openBuilder } from './views/open.ts'
import type { Slot } from './views/slot.ts'

/** What is known of whether the condition of a signal holds, for `edge`. */
const UNKNOWN = -1

export class Instrument {
  readonly feed: string
  readonly symbol: string
  /** The signal is shown its events; otherwise only its builders are. */
  readonly isShown: boolean
  /** The signal was shown one, and has its state. */
  isBegun = false
  state: unknown
  readonly builders: readonly Slot<unknown>[]
  /** By the names that the signal gave them. */
  readonly views: object
  /** Receive time of the first event, and of the last fire. */
  firstMs = -1
  firedMs = Number.NEGATIVE_INFINITY
  /** Of `ctx.rng`. */
  chance: number
  /** The last call of the signal fired: 1, or did not: 0. */
  #raised = UNKNOWN

  constructor(
    feed: string,
    symbol: string,
    isShown: boolean,
    choices: readonly BuilderChoice[],
    shared: ReadonlyMap<string, object>,
    chance: number
  ) {
    this.feed = feed
    this.symbol = symbol
    this.isShown = isShown
    this.chance = chance
    const of = { feed, symbol }
    const opened = choices
      .filter(({ name }) => !shared.has(name))
      .map((one) => openBuilder(one, of))
    this.builders = opened.map(({ slot }) => slot)
    const own = opened.values()
    this.views = Object.freeze(
      Object.fromEntries(
        choices.map(({ name }) => [name, shared.get(name) ?? own.next().value!.view])
      )
    )
  }

  build(event: MarketEvent): void {
    const { builders } = this
    if (this.firstMs < 0) this.firstMs = event.recvMs
    for (let i = 0; i < builders.length; i++) builders[i]!.apply(event)
  }

  /** Whether a fire is kept at that time; else why not. */
  judge(
    nowMs: number,
    { warmupMs, edge, cooldownMs }: About
  ): 'kept' | 'warming' | 'held' | 'cooled' {
    if (nowMs < this.firstMs + warmupMs) return 'warming'
    if (edge === 'rising' && this.#raised !== 0) return 'held'
    if (nowMs < this.firedMs + cooldownMs) return 'cooled'
    this.firedMs = nowMs
    return 'kept'
  }

  /** Behind a call of the signal. What holds behind a gap is not known until the next one. */
  called(hasFired: boolean, isGap: boolean): void {
    this.#raised = isGap ? UNKNOWN : hasFired ? 1 : 0
  }

  keep(keeper: Keeper): void {
    this.isBegun = keeper.flag(this.isBegun)
    this.firstMs = keeper.number(this.firstMs)
    this.firedMs = keeper.number(this.firedMs)
    this.chance = keeper.number(this.chance)
    this.#raised = keeper.number(this.#raised)
    for (const builder of this.builders) builder.keep(keeper)
  }
}
