// Kraken's channels as the simulator sends them. Books of different depth, and tickers with different triggers, differ in their
// bytes: each is a channel of its own under the same name.

import type { Channel } from '../../simulation/frame.ts'
import { facts } from '../facts.ts'

export type Variant = Channel & {
  /** Levels of a book; 0 of anything else. */
  readonly depth: number
  /** `event_trigger` of a ticker; empty of anything else. */
  readonly trigger: '' | 'bbo' | 'trades'
}

const variant = (
  name: string,
  index: number,
  depth = 0,
  trigger: Variant['trigger'] = ''
): Variant => ({ name, index, depth, trigger })

export const TRADE = variant('trade', 0)
export const INSTRUMENT = variant('instrument', 1)
export const TICKERS: readonly [Variant, Variant] = [
  variant('ticker', 2, 0, 'bbo'),
  variant('ticker', 3, 0, 'trades'),
]
export const BOOKS: readonly Variant[] = facts.bookDepth.allowed.map((depth, i) =>
  variant('book', 4 + i, depth)
)

export const CHANNELS: readonly Variant[] = [TRADE, INSTRUMENT, ...TICKERS, ...BOOKS]

/** The book of this depth, or undefined: Kraken has none. */
export const bookOf = (depth: number): Variant | undefined =>
  BOOKS.find((book) => book.depth === depth)
