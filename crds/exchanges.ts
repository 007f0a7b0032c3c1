// What every room may know of an exchange without its adapter.

export type Exchange = {
  readonly channels: readonly string[]
  readonly auth: 'none' | 'apiKey'
  /** What a key of this exchange consists of. */
  readonly keyFields: readonly string[]
  /** Of these, the fields that are sent as they are, as values of HTTP headers. */
  readonly headerFields: readonly string[]
  /** No market stands behind it: whatever it sends is marked as simulated. */
  readonly alwaysSimulated: boolean
  /** Whether `ssmd simulator` speaks its protocol. */
  readonly hasSimulator: boolean
}

/** By the name that `spec.exchange` of a Feed gives; the same names as the CRD's (a test compares). */
export const EXCHANGES: Readonly<Record<string, Exchange>> = {
  kalshi: {
    channels: [
      'orderbook_delta',
      'ticker',
      'trade',
      'fill',
      'market_positions',
      'market_lifecycle_v2',
      'multivariate_market_lifecycle',
      'communications',
      'order_group_updates',
      'user_orders',
    ],
    auth: 'apiKey',
    keyFields: ['apiKey', 'privateKey'],
    headerFields: ['apiKey'],
    alwaysSimulated: false,
    hasSimulator: true,
  },
  synthetic: {
    channels: ['trade', 'ticker', 'orderbook_delta'],
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: true,
    hasSimulator: false,
  },
}
