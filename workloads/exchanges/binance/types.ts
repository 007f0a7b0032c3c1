// Binance's frames by what they are, and the channels that send them. A channel has the name that stands behind the `@` of
// its streams: `depth@100ms` is the stream `btcusdt@depth@100ms`. What is not here is archived as unknown.

import { type MessageType, UNKNOWN } from '../protocol/adapter.ts'

const data = (name: string, group: string): MessageType => ({ name, group, data: true })
const control = (name: string): MessageType => ({ name, group: 'control', data: false })

export const DEPTH_UPDATE = data('depthUpdate', 'orderbook')
/** The answer of `GET /api/v3/depth`: its body says neither what it is nor of which symbol. */
export const DEPTH_SNAPSHOT = data('depthSnapshot', 'orderbook')
export const TRADE = data('trade', 'trades')
/** Its frames have no name of their own. */
export const BOOK_TICKER = data('bookTicker', 'tickers')
export const SHUTDOWN = control('serverShutdown')
/** The answer to a command. */
export const RESPONSE = control('response')
export const ERROR = control('error')
/** The answer of `GET /api/v3/ticker/price`, asked to learn whether a silent symbol exists. */
export const PRICE = control('price')

/** By the `e` of an event. */
const EVENTS: ReadonlyMap<string, MessageType> = new Map(
  [DEPTH_UPDATE, TRADE, SHUTDOWN].map((type) => [type.name, type])
)

/** The type of an event of this name, or UNKNOWN. */
export const eventNamed = (name: string): MessageType => EVENTS.get(name) ?? UNKNOWN

export type Channel = { readonly name: string; readonly type: MessageType }

export const CHANNELS: readonly Channel[] = [
  { name: 'depth', type: DEPTH_UPDATE },
  { name: 'depth@100ms', type: DEPTH_UPDATE },
  { name: 'trade', type: TRADE },
  { name: 'bookTicker', type: BOOK_TICKER },
]

/** The channel of this name, or undefined. */
export const channelNamed = (name: string): Channel | undefined =>
  CHANNELS.find((channel) => channel.name === name)
