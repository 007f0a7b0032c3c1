// Runs a signal over market events, in their order: state of each instrument, builders, warm-up, edges, cooldowns, fires. What it makes follows
// from the events up to the one that is handled, and from those alone; instruments share only builders that join two.

import type { TableRows } from '#events/table-rows.ts'
import type { EventBatch } from '#market/columns.ts'
import { EVENT, EVENT_NAMES, MarketEvent } from '#market/event.ts'
import type { Keeper } from '#market/keep.ts'
import { isJoin } from './builder-choices.ts'
import { chanceOf, nextState, seedOf } from './chance.ts'
import type { About, Handlers } from './definition.ts'
import { EventView, showEvent } from './event-view.ts'
import { FireKeys } from './fire-keys.ts'
import { Instrument } from './instrument.ts'
import { type FeedGaps, LastingGaps } from './lasting-gaps.ts'
import type { Counts, RawFire } from './messages.ts'
import { plainText } from './plain-data.ts'
import { saveValue } from './saved-value.ts'
import { openBuilder } from './views/open.ts'
import type { Slot } from './views/slot.ts'

export type EngineOptions = {
  readonly about: About
  readonly handlers: Handlers
  /** Before each call of the signal. */
  readonly onCall: () => void
  /** Ends the run: it throws, and a signal that catches it is stopped behind its call. */
  readonly refuse: (identifier: string, why: string) => never
  readonly fires: number
  /** How order books of a feed are kept, as parameters of builders. @default as those say themselves */
  readonly booksOf?: ((feed: string) => Readonly<Record<string, string>>) | undefined
  /** It is shown these instruments alone, whatever its inputs say. @default all */
  readonly only?: readonly string[] | null | undefined
}

type Feed = {
  readonly name: string
  /** Null: not wanted. */
  readonly instruments: Map<string, Instrument | null>
  readonly gaps: FeedGaps
  /** Those that the signal was shown, by symbol; null: it changed. */
  shown: readonly Instrument[] | null
}

export class Engine {
  readonly #options: EngineOptions
  /** By number of EVENT: the signal is shown it, a builder takes it. */
  readonly #isShown: readonly boolean[]
  readonly #isRead: readonly boolean[]
  readonly #types: ReadonlySet<string> | null
  readonly #feeds = new Map<string, Feed>()
  /** Builders that join instruments. */
  readonly #joins: readonly Slot<unknown>[]
  readonly #shared: ReadonlyMap<string, object>
  readonly #own = new MarketEvent()
  readonly #view = new EventView(this.#own)
  readonly #ctx: object
  readonly #gaps = new LastingGaps()
  readonly #keys = new FireKeys()
  #event = this.#own
  /** The event is a row of them. */
  #rows: { locate(): void } | undefined
  #instrument: Instrument | undefined
  #isCalling = false
  /** Code of the signal runs. */
  isInSignal = false
  #hasFired = false
  #feed: Feed | undefined
  #last: Instrument | null = null
  #lastSymbol: string | undefined
  #fires: RawFire[] = []
  readonly #counts = {
    events: 0,
    gaps: 0,
    shown: 0,
    cooled: 0,
    warming: 0,
    held: 0,
    fires: 0,
  }

  constructor(options: EngineOptions) {
    this.#options = options
    const { about } = options
    const shown: readonly string[] = about.events
    const reads: readonly string[] = about.reads
    this.#isShown = EVENT_NAMES.map((name) => shown.includes(name))
    this.#isRead = EVENT_NAMES.map((name) => reads.includes(name))
    this.#types = about.types === null ? null : new Set(about.types)
    const joins = about.builders.filter(isJoin)
    const opened = joins.map((one) => {
      const [feed = '', symbol = ''] = /^(\S+) (.*)$/.exec(one.values.left!)!.slice(1)
      return openBuilder(one, { feed, symbol })
    })
    this.#joins = opened.map(({ slot }) => slot)
    this.#shared = new Map(joins.map(({ name }, i) => [name, opened[i]!.view]))
    this.#ctx = this.#contextOf(about)
  }

  get about(): About {
    return this.#options.about
  }

  /** Events that it handled, and fires that were not handed out yet. */
  get seen(): number {
    return this.#counts.events
  }

  get waiting(): number {
    return this.#fires.length
  }

  /** Whether the signal is shown an instrument, or its builders are. */
  isWanted(feed: string, symbol: string): boolean {
    const { feeds, symbols } = this.#options.about
    const isFeed = feeds?.includes(feed) ?? true
    const isAsked = this.#options.only?.includes(symbol) ?? true
    return isFeed && isAsked && (symbols?.some((one) => isMatch(one, symbol)) ?? true)
  }

  get counts(): Counts {
    const { fires, ...counts } = this.#counts
    return { ...counts }
  }

  /** Handles all rows, and hands out their fires. */
  run(batch: EventBatch): RawFire[] {
    const event = this.#own
    const { length } = batch
    for (let i = 0; i < length; i++) {
      batch.read(i, event)
      this.take(event)
    }
    return this.takeFires()
  }

  takeFires(): RawFire[] {
    const fires = this.#fires
    this.#fires = []
    return fires
  }

  /** Handles rows of a table from `from` to `to`, or those that are listed, up to `most` events in all. False: there are as many. */
  runRows(
    rows: TableRows<Instrument | null>,
    list: Int32Array | null,
    from: number,
    to: number,
    most: number
  ): boolean {
    const { event, places, symbols } = rows
    const { codes } = symbols
    const isRead = this.#isRead
    const counts = this.#counts
    this.#show(event)
    this.#rows = rows
    for (let k = from; k < to; k++) {
      const i = list === null ? k : list[k]!
      const code = codes[i]!
      const instrument = places[code] === undefined ? this.#place(rows, code) : places[code]!
      if (instrument === null && this.#joins.length === 0) continue
      rows.fill(i)
      if (!isRead[event.kind]) continue
      if (this.#joins.length > 0) for (const one of this.#joins) one.apply(event)
      if (instrument === null) continue
      this.#handle(instrument, event)
      if (++counts.events === most) return false
    }
    return true
  }

  #place(rows: TableRows<Instrument | null>, code: number): Instrument | null {
    const instrument = this.#find(rows.feed, rows.symbols.names[code]!)
    rows.places[code] = instrument
    return instrument
  }

  /** Handles the next event, which the caller keeps as it is until this has returned. */
  take(event: MarketEvent): void {
    this.#show(event)
    this.#rows = undefined
    const { kind, feed, symbol } = event
    if (kind === EVENT.gap) {
      this.#gap(event)
      this.#counts.events++
    } else if (this.#isRead[kind]) {
      if (this.#joins.length > 0) for (const one of this.#joins) one.apply(event)
      const instrument =
        symbol === this.#lastSymbol && feed === this.#feed!.name
          ? this.#last
          : this.#find(feed, symbol)
      if (instrument === null) return
      this.#handle(instrument, event)
      this.#counts.events++
    }
  }

  /** Saves all that it keeps but the states of instruments, which `states` has; or restores it. */
  keep(
    keeper: Keeper,
    stateOf: (state: unknown) => string,
    toState: (text: string) => unknown
  ): void {
    for (const name of Object.keys(this.#counts) as (keyof Counts)[]) {
      this.#counts[name] = keeper.number(this.#counts[name])
    }
    this.#keys.keep(keeper)
    for (const one of this.#joins) one.keep(keeper)
    const all = [...this.#feeds.values()].flatMap(({ name, instruments }) =>
      [...instruments].flatMap(([symbol, one]) =>
        one === null ? [] : [[name, symbol, one] as const]
      )
    )
    keeper.each(
      all,
      (feed, symbol) => this.#find(feed, symbol)!,
      (one) => {
        one.keep(keeper)
        const text = keeper.text(one.isBegun ? stateOf(one.state) : '')
        if (text !== '') one.state = toState(text)
      }
    )
    // Behind the instruments: those that are restored are not told of them again.
    this.#gaps.keep(keeper)
    for (const feed of this.#feeds.values()) feed.shown = null
  }

  #show(event: MarketEvent): void {
    if (event === this.#event) return
    this.#event = event
    showEvent(this.#view, event)
  }

  #handle(instrument: Instrument, event: MarketEvent): void {
    instrument.build(event)
    if (!instrument.isShown || !this.#isShown[event.kind]) return
    if (this.#types !== null && !this.#types.has(event.type)) return
    if (!instrument.isBegun) this.#begin(instrument)
    this.#call(instrument)
  }

  #gap(event: MarketEvent): void {
    this.#counts.gaps++
    const feed = this.#feedOf(event.feed)
    this.#gaps.take(feed.gaps, event)
    for (const one of this.#joins) one.apply(event)
    if (event.symbol !== '') {
      const one = feed.instruments.get(event.symbol)
      if (one) this.#showGap(one, event)
      return
    }
    // In an order that does not depend on which instruments were met first.
    feed.shown ??= [...feed.instruments.values()]
      .filter((one) => one !== null)
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
    for (const one of feed.shown) this.#showGap(one, event)
  }

  #showGap(instrument: Instrument, event: MarketEvent): void {
    instrument.build(event)
    if (instrument.isBegun) this.#call(instrument)
  }

  #call(instrument: Instrument): void {
    this.#instrument = instrument
    this.#counts.shown++
    this.#hasFired = false
    const { onCall, handlers } = this.#options
    onCall()
    this.isInSignal = true
    this.#isCalling = true
    handlers.on(this.#view, instrument.state, this.#ctx)
    this.#isCalling = false
    this.isInSignal = false
    instrument.called(this.#hasFired, this.#event.kind === EVENT.gap)
  }

  #find(feed: string, symbol: string): Instrument | null {
    const known = this.#feedOf(feed)
    let one = known.instruments.get(symbol)
    if (one === undefined) {
      one = this.#make(known, symbol)
      known.instruments.set(symbol, one)
      known.shown = null
    }
    this.#feed = known
    this.#last = one
    this.#lastSymbol = symbol
    return one
  }

  #feedOf(name: string): Feed {
    let feed = this.#feeds.get(name)
    if (feed === undefined) {
      const gaps = this.#gaps.of(name)
      feed = { name, instruments: new Map(), gaps, shown: null }
      this.#feeds.set(name, feed)
    }
    return feed
  }

  #make(feed: Feed, symbol: string): Instrument | null {
    const { about, booksOf } = this.#options
    if (!this.isWanted(feed.name, symbol)) return null
    const rules = booksOf?.(feed.name) ?? {}
    const choices = about.builders.map((one) => withRules(one, rules))
    const seed = seedOf(`${about.id} ${feed.name} ${symbol}`)
    const one = new Instrument(feed.name, symbol, true, choices, this.#shared, seed)
    this.#gaps.tell(feed.gaps, symbol, (gap) => {
      for (const builder of one.builders) builder.apply(gap)
    })
    return one
  }

  #begin(instrument: Instrument): void {
    const { handlers, about, onCall, refuse } = this.#options
    instrument.isBegun = true
    if (handlers.init === undefined) return
    onCall()
    this.isInSignal = true
    const state = handlers.init(about.params)
    this.isInSignal = false
    const text = saveValue(state)
    if ('problem' in text) refuse('init', `returns no plain data: ${text.problem}`)
    instrument.state = state
  }

  #contextOf({ params }: About): object {
    const engine = this
    const context = {
      params,
      get symbol(): string {
        return engine.#instrument!.symbol
      },
      get now(): number {
        return engine.#event.recvMs
      },
      get builders(): object {
        return engine.#instrument!.views
      },
      rng: Object.freeze((): number => {
        const instrument = engine.#instrument!
        instrument.chance = nextState(instrument.chance)
        return chanceOf(instrument.chance)
      }),
      fire: Object.freeze((payload: unknown) => engine.#fire(payload)),
    }
    for (const { get } of Object.values(Object.getOwnPropertyDescriptors(context))) {
      if (get !== undefined) Object.freeze(get)
    }
    return Object.freeze(context)
  }

  #fire(payload: unknown): boolean {
    const { refuse, about, fires } = this.#options
    if (!this.#isCalling) refuse('ctx.fire', 'is called outside of `on`')
    const made = plainText(payload)
    if ('problem' in made) return refuse('ctx.fire', `payload: ${made.problem}`)
    const event = this.#event
    const instrument = this.#instrument!
    this.#hasFired = true
    const verdict = instrument.judge(event.recvMs, about)
    if (verdict !== 'kept') {
      this.#counts[verdict]++
      return false
    }
    if (this.#counts.fires === fires) refuse('ctx.fire', `more than ${fires} fires`)
    this.#counts.fires++
    this.#rows?.locate()
    const { connection, number, row } = event
    this.#fires.push({
      at: this.#counts.events,
      feed: event.feed,
      symbol: instrument.symbol,
      recv: event.recvText,
      time: event.timeText,
      connection,
      number,
      row,
      nth: this.#keys.nth(event, instrument.symbol),
      gaps: this.#counts.gaps,
      payload: made.text,
    })
    return true
  }
}

/** An exchange's books are kept as it needs it, unless the signal says otherwise. */
function withRules<C extends { readonly kind: string; readonly values: object }>(
  choice: C,
  rules: Readonly<Record<string, string>>
): C {
  return BOOKS.has(choice.kind) ? { ...choice, values: { ...rules, ...choice.values } } : choice
}

const BOOKS = new Set(['order-book', 'book-imbalance', 'microprice', 'spread-stats'])

const isMatch = (pattern: string, symbol: string): boolean =>
  pattern.endsWith('*') ? symbol.startsWith(pattern.slice(0, -1)) : pattern === symbol
