// Opens a builder for one instrument, by its kind, with the view that a signal has of it.

import type { Builder, BuilderValues } from '#market/builders/definition.ts'
import { BUILDERS } from '#market/builders/registry.ts'
import type { MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'
import { BarsView, Finished } from './bars.ts'
import { BookImbalanceView, BookView, MicropriceView, SpreadView } from './books.ts'
import { type Of, Slot, type Source } from './slot.ts'
import {
  JoinView,
  PriceHistoryView,
  RollingVwapView,
  SessionVwapView,
  TradeImbalanceView,
  VolumeView,
} from './trades.ts'

export type BuilderKind = (typeof BUILDERS)[number]['name']

/** A builder as a signal has chosen it. */
export type BuilderChoice = {
  readonly name: string
  readonly kind: string
  readonly values: BuilderValues
}

export type Opened = {
  readonly view: object
  apply(event: MarketEvent): void
  keep(keeper: Keeper): void
}

type View = new (source: Source<never>) => object

const VIEWS: Readonly<Record<string, View>> = {
  'order-book': BookView,
  'price-history': PriceHistoryView,
  'volume-profile': VolumeView,
  'rolling-vwap': RollingVwapView,
  'session-vwap': SessionVwapView,
  'trade-imbalance': TradeImbalanceView,
  'book-imbalance': BookImbalanceView,
  microprice: MicropriceView,
  'spread-stats': SpreadView,
  'as-of-join': JoinView,
}

// What a signal is handed shares nothing that can be changed.
for (const View of [...Object.values(VIEWS), BarsView]) {
  for (let at: object | null = View.prototype; at !== null; at = Object.getPrototypeOf(at)) {
    if (at === Object.prototype) break
    freezeMembers(at)
  }
}

/** Freezes a prototype, its class, and the functions of both. */
export function freezeMembers(prototype: object): void {
  for (const { get, value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof get === 'function') Object.freeze(get)
    if (typeof value === 'function') Object.freeze(value)
  }
  Object.freeze(prototype)
}

export function openBuilder({ kind, values }: BuilderChoice, of: Of): Opened {
  const definition = BUILDERS.find(({ name }) => name === kind)!
  type Create = (values: BuilderValues, emit: (made: never) => void) => Builder<never>
  const create = definition.create as Create
  if (definition.makes === 'bar') {
    const finished = new Finished()
    const slot = new Slot(create(values, finished.take as (made: never) => void), of)
    return {
      view: Object.freeze(new BarsView(slot, finished)),
      apply: (event) => slot.apply(event),
      keep(keeper) {
        slot.keep(keeper)
        finished.keep(keeper)
      },
    }
  }
  const slot = new Slot(
    create(values, () => {}),
    of
  )
  const View = VIEWS[kind]!
  return {
    view: Object.freeze(new View(slot)),
    apply: (event) => slot.apply(event),
    keep: (keeper) => slot.keep(keeper),
  }
}
