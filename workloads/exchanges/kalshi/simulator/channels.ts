// Kalshi's channels and message types as one table: which channel numbers its frames, which wants markets
// named, and which channel a frame of a given type belongs to. Everything else asks here.

import type { Channel as AnyChannel } from '../../simulation/frame.ts'

export type MarketFilter = 'required' | 'optional' | 'none'

export type Channel = AnyChannel & {
  /** Whether its data frames carry `seq`. */
  readonly sequenced: boolean
  readonly filter: MarketFilter
  /** A channel that an ordinary key has no access to. */
  readonly paid: boolean
}

const channel = (
  index: number,
  name: string,
  sequenced: boolean,
  filter: MarketFilter,
  paid = false
): Channel => ({ name, index, sequenced, filter, paid })

export const CHANNELS: readonly Channel[] = [
  channel(0, 'orderbook_delta', true, 'required'),
  channel(1, 'trade', true, 'optional'),
  channel(2, 'ticker', false, 'optional'),
  channel(3, 'market_lifecycle_v2', true, 'none'),
  channel(4, 'multivariate_market_lifecycle', true, 'none'),
  channel(5, 'fill', false, 'optional'),
  channel(6, 'market_positions', false, 'optional'),
  channel(7, 'user_orders', false, 'optional'),
  channel(8, 'order_group_updates', true, 'none'),
  channel(9, 'communications', true, 'none'),
  channel(10, 'cfbenchmarks_value', true, 'none', true),
  channel(11, 'cfbenchmarks_value_5hz', true, 'none', true),
  channel(12, 'pyth_value', true, 'none', true),
]

const byName = new Map(CHANNELS.map((entry) => [entry.name, entry]))

export const channelNamed = (name: string): Channel | undefined => byName.get(name)

export const ORDERBOOK = CHANNELS[0] as Channel
export const TRADE = CHANNELS[1] as Channel
export const TICKER = CHANNELS[2] as Channel
export const LIFECYCLE = CHANNELS[3] as Channel

const TYPES: Readonly<Record<string, string>> = {
  orderbook_snapshot: 'orderbook_delta',
  orderbook_delta: 'orderbook_delta',
  trade: 'trade',
  ticker: 'ticker',
  market_lifecycle_v2: 'market_lifecycle_v2',
  event_lifecycle: 'market_lifecycle_v2',
  event_fee_update: 'market_lifecycle_v2',
  multivariate_market_lifecycle: 'multivariate_market_lifecycle',
  fill: 'fill',
  market_position: 'market_positions',
  user_order: 'user_orders',
  order_group_updates: 'order_group_updates',
  rfq_created: 'communications',
  rfq_deleted: 'communications',
  quote_created: 'communications',
  quote_accepted: 'communications',
  quote_executed: 'communications',
}

const byType = new Map(Object.entries(TYPES).map(([type, name]) => [type, channelNamed(name)]))

/** The channel of a data frame of this type; undefined for answers to commands and for unknown types. */
export const channelOfType = (type: string): Channel | undefined => byType.get(type)
