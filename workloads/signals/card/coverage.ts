// How much of the window there is: minutes with data, gaps, frames that do not fit, and how long order books were not to be relied on.

import type { InstrumentBook } from '#market/builders/order-books.ts'
import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'

/** A span of time of a feed with something missing. */
type Hole = readonly [fromMs: number, toMs: number, feed: string]

/** Gaps in which frames were received and could not be kept. */
const DROPS: ReadonlySet<string> = new Set(['buffer-full', 'oversize'])

type Watched = { sinceMs: number; state: 'whole' | 'stale' | 'closed' }

const stateOf = (book: InstrumentBook): Watched['state'] =>
  book.book.state === 'closed' ? 'closed' : book.isWhole ? 'whole' : 'stale'

export class CoverageCount {
  readonly minutes = new Set<number>()
  readonly byReason = new Map<string, number>()
  events = 0
  gaps = 0
  dropped = 0
  unknown = 0
  readonly #fromMs: number
  readonly #toMs: number
  readonly #holes: Hole[] = []
  /** Gaps that began and did not end yet. */
  readonly #lasting = new Map<string, Hole>()
  readonly #books = new Map<InstrumentBook, Watched>()
  #minute = Number.NaN
  #staleMs = 0
  #wholeMs = 0

  /** Of the window: milliseconds, inclusive and exclusive. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs
    this.#toMs = toMs
  }

  take(event: MarketEvent): void {
    const { kind, recvMs } = event
    if (recvMs >= this.#toMs) return
    if (kind === EVENT.gap) {
      this.#takeGap(event)
      return
    }
    this.events++
    const minute = Math.floor(recvMs / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.minutes.add(minute)
    }
    if (kind === EVENT.unknown) this.unknown++
  }

  #takeGap({ flags, reason, feed, symbol, timeMs, recvMs, untilMs }: MarketEvent): void {
    const sinceMs = timeMs < 0 ? recvMs : timeMs
    const name = JSON.stringify([feed, symbol, reason, sinceMs])
    if ((flags & FLAG.first) !== 0) {
      this.gaps++
      this.byReason.set(reason, (this.byReason.get(reason) ?? 0) + 1)
      if (DROPS.has(reason)) this.dropped++
    }
    if ((flags & FLAG.last) === 0) this.#lasting.set(name, [sinceMs, this.#toMs, feed])
    else {
      this.#lasting.delete(name)
      this.#addHole(sinceMs, untilMs < 0 ? recvMs : untilMs, feed)
    }
  }

  #addHole(fromMs: number, toMs: number, feed: string): void {
    const from = Math.max(this.#fromMs, fromMs)
    const to = Math.min(this.#toMs, toMs)
    if (to > from) this.#holes.push([from, to, feed])
  }

  /** A book changed, or may no longer be relied on. */
  see(book: InstrumentBook, ms: number): void {
    const now = Math.min(ms, this.#toMs)
    const known = this.#books.get(book)
    const state = stateOf(book)
    if (known === undefined) {
      this.#books.set(book, { sinceMs: now, state })
      return
    }
    if (known.state === 'whole') this.#wholeMs += now - known.sinceMs
    else if (known.state === 'stale') this.#staleMs += now - known.sinceMs
    known.sinceMs = now
    known.state = state
  }

  get books(): number {
    return this.#books.size
  }

  /** Of the time of all books until `ms`. */
  staleShare(ms: number): number | null {
    for (const book of this.#books.keys()) this.see(book, ms)
    const all = this.#staleMs + this.#wholeMs
    return all === 0 ? null : this.#staleMs / all
  }

  /** Without overlaps within a feed, in order; what did not end lasts to the end of the window. */
  holes(): readonly Hole[] {
    for (const [from, to, feed] of this.#lasting.values()) this.#addHole(from, to, feed)
    this.#lasting.clear()
    const merged: [number, number, string][] = []
    const sorted = [...this.#holes].sort(
      ([a, , one], [b, , other]) => (one < other ? -1 : one > other ? 1 : 0) || a - b
    )
    for (const [from, to, feed] of sorted) {
      const last = merged.at(-1)
      if (last?.[2] === feed && from <= last[1]) last[1] = Math.max(last[1], to)
      else merged.push([from, to, feed])
    }
    return merged
  }
}
