// Kalshi's frames by their `type`, current and older generations: which file each belongs to, and which channel
// sends it. What is not here is archived as unknown.

import { type MessageType, UNKNOWN } from '../protocol/adapter.ts'

const data = (name: string, group: string): MessageType => ({
  name,
  group,
  data: true,
})
const control = (name: string): MessageType => ({
  name,
  group: 'control',
  data: false,
})

const TYPES: readonly MessageType[] = [
  data('orderbook_snapshot', 'orderbook'),
  data('orderbook_delta', 'orderbook'),
  data('trade', 'trades'),
  data('ticker', 'tickers'),
  data('ticker_v2', 'tickers'),
  data('fill', 'fills'),
  data('market_position', 'positions'),
  data('user_order', 'orders'),
  data('order_group_updates', 'orders'),
  data('market_lifecycle_v2', 'lifecycle'),
  data('multivariate_market_lifecycle', 'lifecycle'),
  data('multivariate_lookup', 'lifecycle'),
  data('event_lifecycle', 'lifecycle'),
  data('event_fee_update', 'lifecycle'),
  data('rfq_created', 'communications'),
  data('rfq_deleted', 'communications'),
  data('quote_created', 'communications'),
  data('quote_accepted', 'communications'),
  data('quote_executed', 'communications'),
  control('subscribed'),
  control('unsubscribed'),
  control('ok'),
  control('error'),
]

const BY_NAME = new Map(TYPES.map((type) => [type.name, type]))

/** The type of this name, or UNKNOWN. */
export const typeNamed = (name: string): MessageType => BY_NAME.get(name) ?? UNKNOWN

/** How a channel takes a filter of markets. */
export type Filter =
  | 'required' // it cannot be had without one
  | 'optional' // without one it sends the whole exchange
  | 'none' // it takes none (or is about one's own account, of which nothing may be left out)

export type Channel = {
  readonly name: string
  readonly filter: Filter
  readonly group: string
  /** Types that come on it. */
  readonly types: readonly string[]
  /** It has state that a lost frame spoils, and that can be asked for again. */
  readonly snapshots: boolean
}

const channel = (
  name: string,
  filter: Filter,
  group: string,
  types: readonly string[],
  snapshots = false
): Channel => ({ name, filter, group, types, snapshots })

export const CHANNELS: readonly Channel[] = [
  channel(
    'orderbook_delta',
    'required',
    'orderbook',
    ['orderbook_snapshot', 'orderbook_delta'],
    true
  ),
  channel('ticker', 'optional', 'tickers', ['ticker', 'ticker_v2']),
  channel('trade', 'optional', 'trades', ['trade']),
  channel('fill', 'none', 'fills', ['fill']),
  channel('market_positions', 'none', 'positions', ['market_position']),
  channel('market_lifecycle_v2', 'none', 'lifecycle', [
    'market_lifecycle_v2',
    'event_lifecycle',
    'event_fee_update',
  ]),
  channel('multivariate_market_lifecycle', 'none', 'lifecycle', [
    'multivariate_market_lifecycle',
    'multivariate_lookup',
  ]),
  channel('communications', 'none', 'communications', [
    'rfq_created',
    'rfq_deleted',
    'quote_created',
    'quote_accepted',
    'quote_executed',
  ]),
  channel('order_group_updates', 'none', 'orders', ['order_group_updates']),
  channel('user_orders', 'none', 'orders', ['user_order']),
]

/** A channel by its name; one that is not in the table is asked for without a filter. */
export const channelNamed = (name: string): Channel =>
  CHANNELS.find((known) => known.name === name) ?? channel(name, 'none', 'other', [name])

const CHANNEL_OF = new Map(CHANNELS.flatMap((c) => c.types.map((type) => [type, c.name] as const)))

/** The channel that sends frames of this type. */
export const channelOfType = (type: MessageType): string | undefined => CHANNEL_OF.get(type.name)
