// Which symbols a feed has now: exact names, what the exchange lists, what it announces. Symbols come in one by one
// and leave slowly: a symbol is given up only if several whole answers in a row did not list it and it sent nothing
// meanwhile. A symbol that comes back brings along when it was given up, so that the time between becomes a gap.

import type { Wanted } from '#exchanges/protocol/adapter.ts'
import type { SymbolFilter } from '#exchanges/protocol/globs.ts'

/** What a whole answer says about the symbols that it could have listed. */
export type Census = { readonly captured: number; readonly listed: number }

/** Whole answers in a row that must leave a symbol out before it is given up. */
export const GIVE_UP_AFTER = 5
/** Symbols of one feed: their tables then take some 100 MB of a connector's 512 MiB. */
export const MAX_SYMBOLS = 200_000
/** Symbols beyond the limit are counted up to here. */
export const MAX_BEYOND = 10_000

export class SymbolSet {
  /** Missing from the last whole answers and silent since: how often in a row. A frame takes its symbol out. */
  readonly suspects = new Map<string, number>()
  readonly #filter: SymbolFilter
  readonly #limit: number
  /** The answer that named a symbol last; Infinity for exact names. */
  readonly #named = new Map<string, number>()
  #answer = 1
  /** When each was given up, oldest first. */
  readonly #givenUp = new Map<string, number>()
  readonly #added: string[] = []
  readonly #removed: string[] = []
  readonly #resumed = new Map<string, number>()
  #beyond = new Set<string>()
  #beyondBefore = 0

  constructor(filter: SymbolFilter, limit = MAX_SYMBOLS) {
    this.#filter = filter
    this.#limit = limit
    for (const symbol of filter.exact) {
      this.#named.set(symbol, Number.POSITIVE_INFINITY)
      this.#added.push(symbol)
    }
  }

  get size(): number {
    return this.#named.size
  }

  some(matches: (symbol: string) => boolean): boolean {
    for (const symbol of this.#named.keys()) if (matches(symbol)) return true
    return false
  }

  /** Symbols that match and are not captured, because there are too many; MAX_BEYOND means that many or more. */
  get beyond(): number {
    return Math.max(this.#beyond.size, this.#beyondBefore)
  }

  /** The limit that `beyond` is beyond. */
  get limit(): number {
    return this.#limit
  }

  /** Takes in a symbol that the exchange lists or announces; true if it is wanted and new. */
  found(symbol: string): boolean {
    const named = this.#named.get(symbol)
    if (named !== undefined) {
      this.#isThere(symbol, named)
      return false
    }
    if (!this.#filter.matches(symbol)) return false
    if (this.#named.size >= this.#limit) {
      if (this.#beyond.size < MAX_BEYOND) this.#beyond.add(symbol)
      return false
    }
    this.#named.set(symbol, this.#answer)
    this.#added.push(symbol)
    const givenUp = this.#givenUp.get(symbol)
    if (givenUp !== undefined) {
      this.#givenUp.delete(symbol)
      this.#resumed.set(symbol, givenUp)
    }
    return true
  }

  /** The exchange lists a symbol that need not be captured yet: if it is, it stays. */
  listed(symbol: string): void {
    const named = this.#named.get(symbol)
    if (named !== undefined) this.#isThere(symbol, named)
  }

  /** The answer that `found` and `listed` told of is over, and it was whole. */
  answered(nowMs: number): Census {
    let captured = 0
    let missing = 0
    for (const [symbol, named] of this.#named) {
      if (named === Number.POSITIVE_INFINITY) continue
      captured++
      if (named >= this.#answer) continue
      missing++
      const times = (this.suspects.get(symbol) ?? 0) + 1
      if (times < GIVE_UP_AFTER) this.suspects.set(symbol, times)
      else this.#giveUp(symbol, nowMs)
    }
    this.over()
    this.#beyondBefore = this.#beyond.size
    this.#beyond.clear()
    return { captured, listed: captured - missing }
  }

  /** The answer is over and was not whole: it says nothing about what it did not list. */
  over(): void {
    this.#answer++
  }

  /** Nothing is left to be taken. */
  get taken(): boolean {
    return this.#added.length + this.#removed.length === 0
  }

  /** What changed since the last call, at most this many symbols each way. */
  take(most = Number.POSITIVE_INFINITY): Omit<Wanted, 'extent'> {
    // What changed its mind while it waited is not told.
    const added = this.#added.splice(0, most).filter((symbol) => this.#named.has(symbol))
    const removed = this.#removed.splice(0, most).filter((symbol) => !this.#named.has(symbol))
    const resumed = new Map<string, number>()
    for (const symbol of this.#resumed.size > 0 ? added : []) {
      const since = this.#resumed.get(symbol)
      if (since !== undefined) resumed.set(symbol, since)
      this.#resumed.delete(symbol)
    }
    return { added, removed, resumed }
  }

  #isThere(symbol: string, named: number): void {
    if (named < this.#answer) this.#named.set(symbol, this.#answer)
    if (this.suspects.size > 0) this.suspects.delete(symbol)
  }

  #giveUp(symbol: string, nowMs: number): void {
    this.#named.delete(symbol)
    this.suspects.delete(symbol)
    this.#removed.push(symbol)
    this.#givenUp.set(symbol, nowMs)
    if (this.#givenUp.size <= this.#limit) return
    const [oldest] = this.#givenUp.keys()
    this.#givenUp.delete(oldest!)
  }
}
