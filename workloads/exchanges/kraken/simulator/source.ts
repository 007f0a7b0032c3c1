// What a client of the simulated Kraken can ask about its markets, be they made or played.

import type { Variant } from './channels.ts'

export type RestPair = { readonly base: string; readonly quote: string; readonly status: string }

export type Source = {
  /** Whether there is such a pair. */
  has(symbol: string): boolean
  /** The channel that frames of this one come on: a recording has books of one depth alone. */
  variant(channel: Variant): Variant
  /** The first frame of a subscription; null: the recording brings it, or there is none. */
  snapshot(channel: Variant, symbol: string, nowMs: number): string | null
  pairs(): Iterable<RestPair>
}
