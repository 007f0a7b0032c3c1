// Coinbase's frames by their `channel`, and the channels that a Feed may name: a subscription to `level2` is answered by frames
// of `l2_data`. What is not here is archived as unknown.

import { type MessageType, UNKNOWN } from '../protocol/adapter.ts'

const data = (name: string, group: string): MessageType => ({ name, group, data: true })
const control = (name: string): MessageType => ({ name, group: 'control', data: false })

export const L2_DATA = data('l2_data', 'orderbook')
export const TRADES = data('market_trades', 'trades')
export const TICKER = data('ticker', 'tickers')
export const TICKER_BATCH = data('ticker_batch', 'tickers')
const CANDLES = data('candles', 'candles')
const STATUS = data('status', 'instruments')
export const HEARTBEATS = control('heartbeats')
/** The answer to every message that changes what a connection is subscribed to. */
export const SUBSCRIPTIONS = control('subscriptions')
/** The answer to a message that cannot be carried out. It has no channel and is not counted. */
export const ERROR = control('error')

const BY_CHANNEL = new Map(
  [L2_DATA, TRADES, TICKER, TICKER_BATCH, CANDLES, STATUS, HEARTBEATS, SUBSCRIPTIONS].map(
    (type) => [type.name, type]
  )
)

/** The type of a frame with this `channel`, or UNKNOWN. */
export const typeNamed = (name: string): MessageType => BY_CHANNEL.get(name) ?? UNKNOWN

export type Channel = {
  /** As it is subscribed to. */
  readonly name: string
  readonly group: string
  /** What its frames are. */
  readonly type: MessageType
  /** It is subscribed to without products. */
  readonly whole: boolean
}

/** A channel by its name. One that is not known is asked for: the exchange says what it thinks of it. */
export function channelNamed(name: string): Channel {
  const type = name === 'level2' ? L2_DATA : typeNamed(name)
  return { name, group: type.group, type, whole: type === HEARTBEATS }
}
