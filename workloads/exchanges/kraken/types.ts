// Kraken's frames by their `channel`, and answers by their `method`; the channels that a Feed may name, and how they are
// subscribed to. What is not here is archived as unknown.

import { type MessageType, UNKNOWN } from '../protocol/adapter.ts'

const data = (name: string, group: string): MessageType => ({ name, group, data: true })
const control = (name: string): MessageType => ({ name, group: 'control', data: false })

export const BOOK = data('book', 'orderbook')
export const TRADE = data('trade', 'trades')
/** A snapshot of no trades, which names no symbol: there is nothing to count in it. */
export const NO_TRADES: MessageType = { ...TRADE, data: false }
export const TICKER = data('ticker', 'tickers')
export const INSTRUMENT = data('instrument', 'instruments')
/** `{"channel":"status"}`: whether the exchange trades. Comes first on every connection. */
export const STATUS = control('status')
export const HEARTBEAT = control('heartbeat')
export const SUBSCRIBE = control('subscribe')
export const UNSUBSCRIBE = control('unsubscribe')
export const PONG = control('pong')
/** The answer to a message that is no command. */
export const ERROR = control('error')

const BY_CHANNEL = new Map(
  [BOOK, TRADE, TICKER, INSTRUMENT, STATUS, HEARTBEAT].map((type) => [type.name, type])
)
const BY_METHOD = new Map([SUBSCRIBE, UNSUBSCRIBE, PONG, ERROR].map((type) => [type.name, type]))

/** The type of a frame with this `channel`, or UNKNOWN. */
export const channelType = (name: string): MessageType => BY_CHANNEL.get(name) ?? UNKNOWN

/** The type of a frame with this `method`, or UNKNOWN. */
export const methodType = (name: string): MessageType => BY_METHOD.get(name) ?? UNKNOWN

export type Channel = {
  readonly name: string
  readonly group: string
  /** It is subscribed to once, without symbols. */
  readonly whole: boolean
  /** What a command says beside channel and symbols. */
  readonly params: Readonly<Record<string, unknown>>
}

/** A channel by its name. One that is not known is asked for: the exchange says what it thinks of it. */
export function channelNamed(name: string, depth: number): Channel {
  const { group } = channelType(name)
  switch (name) {
    case BOOK.name:
      return { name, group, whole: false, params: { depth } }
    case TICKER.name:
      // Also when the best prices change, not with trades alone.
      return { name, group, whole: false, params: { event_trigger: 'bbo' } }
    default:
      return { name, group, whole: name === INSTRUMENT.name, params: {} }
  }
}
