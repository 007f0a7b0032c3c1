// The channels of the simulated Binance, and how a stream is named after one of them.

import type { Channel } from '../../simulation/frame.ts'

export const DEPTH: Channel = { name: 'depth', index: 0 }
export const DEPTH_100MS: Channel = { name: 'depth@100ms', index: 1 }
export const TRADE: Channel = { name: 'trade', index: 2 }
export const BOOK_TICKER: Channel = { name: 'bookTicker', index: 3 }
export const CHANNELS: readonly Channel[] = [DEPTH, DEPTH_100MS, TRADE, BOOK_TICKER]

/** How often updates of a book are sent, by channel. */
export const SPEED_MS: ReadonlyMap<Channel, number> = new Map([
  [DEPTH, 1_000],
  [DEPTH_100MS, 100],
])

export type StreamName = { readonly channel: Channel; readonly market: string }

/** What a stream sends; null: a name that the exchange takes and never sends anything for. */
export function streamOf(name: string): StreamName | null {
  const at = name.indexOf('@')
  const channel = CHANNELS.find((one) => one.name === name.slice(at + 1))
  const isLower = name === name.toLowerCase() || channel === BOOK_TICKER
  return at > 0 && channel !== undefined && isLower
    ? { channel, market: name.slice(0, at).toUpperCase() }
    : null
}

export const nameOf = ({ name }: Channel, market: string): string =>
  `${market.toLowerCase()}@${name}`
