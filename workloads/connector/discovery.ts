// Which symbols a feed has now: exact names, what discovery finds, what the exchange announces itself. An answer that
// could not be had changes nothing; a symbol is given up only when it was missing from two answers in a row.

import type { Exchange, Failure } from './adapter.ts'
import { Backoff } from './backoff.ts'
import type { SymbolFilter } from './globs.ts'
import { pause } from './times.ts'
import { toFailure } from './websocket.ts'

export class SymbolSet {
  readonly #filter: SymbolFilter
  /** How often in a row each was not found. */
  readonly #missed = new Map<string, number>()

  constructor(filter: SymbolFilter) {
    this.#filter = filter
    for (const symbol of filter.exact) this.#missed.set(symbol, 0)
  }

  get symbols(): readonly string[] {
    return [...this.#missed.keys()]
  }

  /** Takes a whole answer in; true where the set changed. */
  answered(found: readonly string[]): boolean {
    let changed = false
    const there = new Set(found.filter((symbol) => this.#filter.matches(symbol)))
    for (const symbol of there) {
      changed ||= !this.#missed.has(symbol)
      this.#missed.set(symbol, 0)
    }
    const exact = new Set(this.#filter.exact)
    for (const [symbol, missed] of this.#missed) {
      if (there.has(symbol) || exact.has(symbol)) continue
      // A market that has just closed still sends its end.
      if (missed === 0) this.#missed.set(symbol, 1)
      else {
        this.#missed.delete(symbol)
        changed = true
      }
    }
    return changed
  }

  /** Takes in one symbol that the exchange announced; true where it is wanted and new. */
  announced(symbol: string): boolean {
    if (this.#missed.has(symbol) || !this.#filter.matches(symbol)) return false
    this.#missed.set(symbol, 0)
    return true
  }
}

export type DiscoveryOptions = {
  readonly exchange: () => Exchange
  readonly set: SymbolSet
  readonly intervalMs: number
  readonly random: () => number
  /** The set is known, and changed or asked for the first time. */
  onSymbols(symbols: readonly string[]): void
  /** The last answer could not be had; null: it could. */
  onFailure(failure: Failure | null): void
}

/** Asks again and again until `signal` aborts. Returns at once where there is nothing to ask. */
export async function keepDiscovering(
  options: DiscoveryOptions,
  signal: AbortSignal
): Promise<void> {
  const { set, intervalMs, random, onSymbols, onFailure } = options
  let known = false
  const backoff = new Backoff(random)
  while (!signal.aborted) {
    let wait = intervalMs
    try {
      const { discover } = options.exchange()
      if (discover === null) {
        if (!known) onSymbols(set.symbols)
        return
      }
      const changed = set.answered(await discover(signal))
      if (signal.aborted) return
      onFailure(null)
      if (changed || !known) onSymbols(set.symbols)
      known = true
      backoff.succeeded()
    } catch (thrown) {
      if (signal.aborted) return
      const failure = toFailure(thrown)
      onFailure(failure)
      wait = Math.max(1_000, backoff.next(0, failure))
    }
    await pause(wait, signal)
  }
}
