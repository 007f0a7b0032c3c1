// Runs a signal over batches of market events, in their order: state of each symbol, cooldowns, fires. What it makes follows from the
// events up to the one that is handled, and from nothing else.

import type { EventBatch } from '#market/columns.ts'
import { EVENT, EVENT_NAMES, MarketEvent } from '#market/event.ts'
import type { About, Handlers } from './definition.ts'
import { EventView } from './event-view.ts'
import type { Counts, RawFire } from './messages.ts'
import { plainText } from './plain-data.ts'

export type EngineOptions = {
  readonly about: About
  readonly handlers: Handlers
  /** Before each call of the signal. */
  readonly onCall: () => void
  /** Ends the run: it throws, and a signal that catches it is stopped behind its call. */
  readonly refuse: (identifier: string, why: string) => never
  readonly fires: number
}

type Instrument = {
  readonly symbol: string
  readonly state: unknown
  /** Receive time of the last fire. */
  firedMs: number
}

export class Engine {
  readonly #options: EngineOptions
  readonly #kinds: readonly boolean[]
  readonly #feeds = new Map<string, Map<string, Instrument>>()
  readonly #event = new MarketEvent()
  readonly #view = Object.freeze(new EventView(this.#event))
  readonly #ctx: object
  #instrument: Instrument = { symbol: '', state: undefined, firedMs: 0 }
  #isCalling = false
  #fires: RawFire[] = []
  #fired = 0
  #events = 0
  #gaps = 0
  #shown = 0
  #cooled = 0

  constructor(options: EngineOptions) {
    this.#options = options
    const { params } = options.about
    const events: readonly string[] = options.about.events
    this.#kinds = EVENT_NAMES.map((name) => name === 'gap' || events.includes(name))
    const engine = this
    this.#ctx = Object.freeze({
      params,
      get symbol(): string {
        return engine.#instrument.symbol
      },
      get now(): number {
        return engine.#event.recvMs
      },
      fire: Object.freeze((payload: unknown) => engine.#fire(payload)),
    })
  }

  get counts(): Counts {
    return {
      events: this.#events,
      gaps: this.#gaps,
      shown: this.#shown,
      cooled: this.#cooled,
    }
  }

  /** Handles all rows, and hands out their fires. */
  run(batch: EventBatch): RawFire[] {
    const event = this.#event
    const { length } = batch
    for (let i = 0; i < length; i++) {
      batch.read(i, event)
      if (event.kind === EVENT.gap) this.#gap()
      else if (this.#kinds[event.kind] && this.#isWanted(event.symbol)) {
        this.#call(this.#instrumentOf(event.feed, event.symbol))
      }
      this.#events++
    }
    const fires = this.#fires
    this.#fires = []
    return fires
  }

  #gap(): void {
    this.#gaps++
    const { feed, symbol } = this.#event
    const known = this.#feeds.get(feed)
    if (symbol !== '') {
      const one = known?.get(symbol)
      if (one !== undefined) this.#call(one)
    } else for (const one of known?.values() ?? []) this.#call(one)
  }

  #call(instrument: Instrument): void {
    this.#instrument = instrument
    this.#shown++
    this.#options.onCall()
    this.#isCalling = true
    this.#options.handlers.on(this.#view, instrument.state, this.#ctx)
    this.#isCalling = false
  }

  #isWanted(symbol: string): boolean {
    const { symbols } = this.#options.about
    return symbols?.some((one) => isMatch(one, symbol)) ?? true
  }

  #instrumentOf(feed: string, symbol: string): Instrument {
    let known = this.#feeds.get(feed)
    if (known === undefined) {
      known = new Map()
      this.#feeds.set(feed, known)
    }
    let one = known.get(symbol)
    if (one === undefined) {
      one = { symbol, state: this.#begin(), firedMs: Number.NEGATIVE_INFINITY }
      known.set(symbol, one)
    }
    return one
  }

  #begin(): unknown {
    const { handlers, about, onCall, refuse } = this.#options
    if (handlers.init === undefined) return undefined
    onCall()
    const state = handlers.init(about.params)
    const text = plainText(state)
    if ('problem' in text) refuse('init', `returns no plain data: ${text.problem}`)
    return state
  }

  #fire(payload: unknown): boolean {
    const { refuse, about, fires } = this.#options
    if (!this.#isCalling) refuse('ctx.fire', 'is called outside of `on`')
    const made = plainText(payload)
    if ('problem' in made) return refuse('ctx.fire', `payload: ${made.problem}`)
    const event = this.#event
    const instrument = this.#instrument
    if (event.recvMs < instrument.firedMs + about.cooldownMs) {
      this.#cooled++
      return false
    }
    if (this.#fired === fires) refuse('ctx.fire', `more than ${fires} fires`)
    this.#fired++
    instrument.firedMs = event.recvMs
    this.#fires.push({
      at: this.#events,
      feed: event.feed,
      symbol: instrument.symbol,
      recv: event.recvText,
      time: event.timeText,
      payload: made.text,
    })
    return true
  }
}

const isMatch = (pattern: string, symbol: string): boolean =>
  pattern.endsWith('*') ? symbol.startsWith(pattern.slice(0, -1)) : pattern === symbol
