// What is known of Kalshi before a connection is made. Plain data: it imports nothing, and `npm run generate` copies it
// to crds/exchanges.gen.ts. Sources: docs.kalshi.com/asyncapi.yaml and docs.kalshi.com/openapi.yaml.

export const facts = {
  name: 'kalshi',
  title: 'Kalshi',
  auth: 'apiKey',
  /** What a key consists of. */
  keyFields: ['apiKey', 'privateKey'],
  /** Of these, the fields that are sent as they are, as values of HTTP headers. */
  headerFields: ['apiKey'],
  /** No market stands behind it: all that it sends is marked as simulated. */
  alwaysSimulated: false,
  /** `ssmd simulator` speaks its protocol. */
  hasSimulator: true,
  /** By channel, what its protocol proves about completeness: frames, book, trades or nothing. */
  channels: {
    orderbook_delta: 'frames',
    ticker: 'nothing',
    trade: 'frames',
    fill: 'nothing',
    market_positions: 'nothing',
    market_lifecycle_v2: 'frames',
    multivariate_market_lifecycle: 'frames',
    communications: 'nothing',
    order_group_updates: 'nothing',
    user_orders: 'nothing',
  },
  /** Which channels send its books, and how market/book.ts keeps them. */
  books: { channels: ['orderbook_delta'], chained: false, truncated: false },
  /**
   * Its fee schedule (kalshi.com/docs/kalshi-fee-schedule.pdf): coefficient × contracts × price × (1 - price), rounded up to a cent for
   * each order; settlement costs nothing. Makers pay in some series alone. Prefixes: index markets, which pay half.
   */
  fees: {
    formula: 'quadratic',
    taker: 0.07,
    maker: 0.0175,
    roundUpTo: 0.01,
    special: {
      prefixes: ['INX', 'KXINX', 'NASDAQ100', 'KXNASDAQ100'],
      taker: 0.035,
      maker: 0.0175,
    },
  },
} as const
