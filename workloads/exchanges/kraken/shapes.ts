// The members of Kraken's frames that are read, the words that may stand there, and why a frame may be unknown.

import type { Instrument } from '#market/event.ts'

export const NEGATIVE = 'below zero'
export const NO_PRICE = 'a price of zero'
export const NOT_A_TYPE = 'a channel that is not known'
export const OTHER_KIND = 'neither snapshot nor update'
export const OTHER_SIDE = 'neither buy nor sell'
export const NO_ITEM = 'an empty list'
export const SEVERAL_BOOKS = 'more than one book in a frame'
export const NOT_A_STATUS = 'a status that is not known'

/** The most frequent first. */
export const CHANNELS = ['book', 'ticker', 'trade', 'instrument', 'heartbeat', 'status']
/** Their places; what comes behind them says nothing about a market. */
export const [BOOK, TRADE, INSTRUMENT] = [0, 2, 3] as const
/** Answers to commands: they say nothing about a market. */
export const METHODS = ['subscribe', 'unsubscribe', 'pong', 'error']

/** By the status of a pair. */
export const PHASES: Readonly<Record<string, Instrument['phase']>> = {
  online: 'open',
  post_only: 'paused',
  limit_only: 'paused',
  cancel_only: 'paused',
  reduce_only: 'paused',
  maintenance: 'paused',
  work_in_progress: 'paused',
  delisted: 'closed',
}

export const FRAME = ['channel', 'type', 'data', 'method'] as const
/** Of one item of `data`. */
export const BOOK_ITEM = ['symbol', 'bids', 'asks', 'checksum', 'timestamp'] as const
export const LEVEL = ['price', 'qty'] as const
/** Some are not read, but known to come. */
export const TRADE_ITEM = [
  ...['symbol', 'side', 'price', 'qty', 'ord_type', 'trade_id', 'timestamp'],
] as const
export const TICKER_ITEM = [
  ...['symbol', 'bid', 'bid_qty', 'ask', 'ask_qty', 'last', 'volume', 'vwap', 'low', 'high'],
  ...['change', 'change_pct', 'timestamp'],
] as const
/** Of `data` of the instruments, and of one pair. */
export const LISTS = ['assets', 'pairs'] as const
export const PAIR = ['symbol', 'status', 'qty_increment', 'tick_size', 'price_increment'] as const
