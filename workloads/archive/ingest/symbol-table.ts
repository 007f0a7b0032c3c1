// Interns the symbols of a segment: each gets the number under which the segment's index names it.

import { OTHER_SYMBOLS } from '../format/symbols.ts'

/** Symbols of a segment that its index tells apart; more are one, which every search has to look into. */
const MAX_SYMBOLS = 131_072

/** The symbols of a segment in the order in which they first occurred. */
export class SymbolTable {
  readonly #numbers = new Map<string, number>()
  #fresh: string[] = []

  constructor(names: readonly string[] = []) {
    for (const name of names) this.#numbers.set(name, this.#numbers.size)
  }

  numberOf(name: string): number {
    let number = this.#numbers.get(name)
    if (number === undefined) {
      if (this.#numbers.size >= MAX_SYMBOLS && name !== OTHER_SYMBOLS) {
        return this.numberOf(OTHER_SYMBOLS)
      }
      number = this.#numbers.size
      this.#numbers.set(name, number)
      this.#fresh.push(name)
    }
    return number
  }

  /** The names that are new since the last call. */
  takeFresh(): string[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }
}
