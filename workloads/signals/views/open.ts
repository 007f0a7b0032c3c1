// Opens a builder for one instrument, by its kind, with the view that a signal has of it.

import type { Builder, BuilderValues } from '#market/builders/definition.ts'
import { BUILDERS } from '#market/builders/registry.ts'
import { EVENT, type EventName } from '#market/event.ts'
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

export type Opened = { readonly view: object; readonly slot: Slot<unknown> }

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

/** Created each time that it is asked for. */
const UNSTABLE = new Set(['book-imbalance'])

export function openBuilder({ kind, values }: BuilderChoice, of: Of): Opened {
  const definition = BUILDERS.find(({ name }) => name === kind)!
  type Create = (values: BuilderValues, emit: (made: never) => void) => Builder<never>
  const create = definition.create as Create
  const isBar = definition.makes === 'bar'
  const finished = new Finished()
  const take = isBar ? (finished.take as (made: never) => void) : () => {}
  const slot = new Slot({
    builder: create(values, take),
    of,
    // A bar is over when any event comes.
    inputs: isBar ? -1 : bitsOf(definition.inputs),
    isStable: !isBar && !UNSTABLE.has(kind),
    beside: isBar ? finished : undefined,
  })
  const view = isBar ? new BarsView(slot, finished) : new VIEWS[kind]!(slot)
  return { view: Object.freeze(view), slot: slot as Slot<unknown> }
}

const bitsOf = (inputs: readonly EventName[]): number =>
  inputs.reduce((bits, name) => bits | (1 << EVENT[name]), 0)
