// How many symbols a day has, from the indexes of its segments: read once for each state of the day.

import { indexedSegments } from '#archive/read/indexed-members.ts'
import type { HeldDay } from './holdings.ts'

/** Days that are remembered. */
const MOST = 100_000

export class SymbolCounts {
  readonly #known = new Map<string, { readonly updated: string; readonly count: number }>()

  async of({ root, own, day, facts }: HeldDay): Promise<number> {
    const key = `${root.path} ${own} ${day}`
    const known = this.#known.get(key)
    if (known?.updated === facts.updated) return known.count
    const symbols = new Set<string>()
    for await (const { members } of indexedSegments(root.path, own, day))
      for (const member of members()) for (const symbol of member.symbols) symbols.add(symbol)
    // Records without a symbol.
    symbols.delete('')
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(key, { updated: facts.updated, count: symbols.size })
    return symbols.size
  }
}
