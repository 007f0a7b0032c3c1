// What a builder keeps of each instrument, with the clock that all of them share: the receive time of the last event, the gaps, and since
// when events of a feed are known. Memory is bounded: of more than 65,536 instruments, those that had no event for the longest time are
// forgotten, and begin again as if nothing had been read of them.

import { EVENT, type MarketEvent } from '../event.ts'
import type { Keeper } from '../keep.ts'
import { Gaps, isBefore } from './gaps.ts'

/** Twice as many are kept at most. */
const YOUNG = 32_768

/** Since when an instrument is known, and what reads the time now and the gaps. */
export class Known {
  readonly feed: string
  readonly symbol: string
  startMs: number
  startNs: number
  readonly #clock: Clock

  constructor(feed: string, symbol: string, clock: Clock) {
    this.feed = feed
    this.symbol = symbol
    this.#clock = clock
    const { ms, ns } = clock.startOf(feed)
    this.startMs = ms
    this.startNs = ns
  }

  keep(keeper: Keeper): void {
    this.startMs = keeper.number(this.startMs)
    this.startNs = keeper.number(this.startNs)
  }

  /** Whether anything of it was missing from that time on. */
  missedSince(ms: number, ns: number): boolean {
    return this.#clock.gaps.touches(this.feed, this.symbol, ms, ns)
  }

  /** Whether all events from that time on were read, but for gaps. */
  knownSince(ms: number, ns: number): boolean {
    return !isBefore(ms, ns, this.startMs, this.startNs)
  }
}

type Start = { ms: number; ns: number }

export class Clock {
  readonly gaps = new Gaps()
  /** Receive time of the last event; -1: none yet. */
  nowMs = -1
  nowNs = 0
  /** Something was forgotten: what is new may not be. */
  forgot = false
  readonly #starts = new Map<string, Start>()
  #from: Start | undefined
  #feed: string | undefined

  /** Takes every event, before it is used. */
  see(event: MarketEvent): void {
    if (isBefore(this.nowMs, this.nowNs, event.recvMs, event.recvNs)) {
      this.nowMs = event.recvMs
      this.nowNs = event.recvNs
    }
    if (event.feed !== this.#feed) {
      this.#feed = event.feed
      if (!this.#starts.has(event.feed)) this.#starts.set(event.feed, this.#now())
    }
    if (event.kind === EVENT.gap) this.gaps.take(event)
  }

  /** Moves to a time. */
  move(ms: number, ns: number): void {
    if (!isBefore(this.nowMs, this.nowNs, ms, ns)) return
    this.nowMs = ms
    this.nowNs = ns
  }

  /** All events of all feeds from that time on come, but for gaps. */
  knownFrom(ms: number, ns: number): void {
    this.#from = { ms, ns }
  }

  /** Since when events of a feed are known: its first one, unless an earlier time was told. */
  startOf(feed: string): Start {
    return (this.forgot ? undefined : (this.#from ?? this.#starts.get(feed))) ?? this.#now()
  }

  keep(keeper: Keeper): void {
    this.nowMs = keeper.number(this.nowMs)
    this.nowNs = keeper.number(this.nowNs)
    this.forgot = keeper.flag(this.forgot)
    this.gaps.keep(keeper)
    const from = this.#from ?? { ms: Number.NaN, ns: 0 }
    keepStart(keeper, from)
    this.#from = Number.isNaN(from.ms) ? undefined : from
    keeper.each(
      [...this.#starts].map(([feed, start]) => [feed, '', start] as const),
      (feed) => {
        const start = this.#now()
        this.#starts.set(feed, start)
        return start
      },
      (start) => keepStart(keeper, start)
    )
  }

  #now(): Start {
    return { ms: this.nowMs, ns: this.nowNs }
  }
}

function keepStart(keeper: Keeper, start: Start): void {
  start.ms = keeper.number(start.ms)
  start.ns = keeper.number(start.ns)
}

type Feeds<T> = Map<string, Map<string, T>>

export class Instruments<T extends { readonly feed: string; readonly symbol: string }> {
  readonly clock = new Clock()
  readonly #make: (feed: string, symbol: string, clock: Clock) => T
  readonly #most: number
  #young: Feeds<T> = new Map()
  #old: Feeds<T> = new Map()
  #count = 0
  #last: T | undefined

  /** `young`: half of the most that are kept. */
  constructor(make: (feed: string, symbol: string, clock: Clock) => T, young = YOUNG) {
    this.#make = make
    this.#most = young
  }

  /** That of an instrument, made if it is new. */
  of(feed: string, symbol: string): T {
    const last = this.#last
    if (last !== undefined && last.symbol === symbol && last.feed === feed) return last
    let one = this.#young.get(feed)?.get(symbol)
    if (one === undefined) {
      one = this.#old.get(feed)?.get(symbol) ?? this.#make(feed, symbol, this.clock)
      this.#keep(one)
    }
    this.#last = one
    return one
  }

  /** Undefined if no event told of it, or if it was forgotten. */
  get(feed: string, symbol: string): T | undefined {
    return this.#young.get(feed)?.get(symbol) ?? this.#old.get(feed)?.get(symbol)
  }

  /** Those that a gap is about. Makes a list: gaps are rare. */
  about({ feed, symbol }: MarketEvent): readonly T[] {
    if (symbol !== '') {
      const one = this.get(feed, symbol)
      return one === undefined ? [] : [one]
    }
    const old = this.#old.get(feed) ?? new Map<string, T>()
    return [...new Map([...old, ...(this.#young.get(feed) ?? [])]).values()]
  }

  /** `keep` takes each of those that are kept. */
  keep(keeper: Keeper, keep: (one: T) => void): void {
    this.clock.keep(keeper)
    const all = [this.#old, this.#young].flatMap((feeds) =>
      [...feeds].flatMap(([feed, symbols]) =>
        [...symbols].map(([symbol, one]) => [feed, symbol, one] as const)
      )
    )
    // One that is young may be among the old ones too.
    const last = new Map(all.map((entry) => [entry[2], entry]))
    keeper.each([...last.values()], (feed, symbol) => this.of(feed, symbol), keep)
  }

  #keep(one: T): void {
    if (this.#count === this.#most) {
      if (this.#old.size > 0) this.clock.forgot = true
      this.#old = this.#young
      this.#young = new Map()
      this.#count = 0
    }
    let symbols = this.#young.get(one.feed)
    if (symbols === undefined) {
      symbols = new Map()
      this.#young.set(one.feed, symbols)
    }
    symbols.set(one.symbol, one)
    this.#count++
  }
}
