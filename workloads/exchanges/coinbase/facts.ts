// What is known of Coinbase Advanced Trade before a connection is made. Plain data: it imports nothing, and `npm run generate`
// copies it to crds/exchanges.gen.ts. Sources: docs.cdp.coinbase.com, Advanced Trade WebSocket (overview, channels, rate limits).

export const facts = {
  name: 'coinbase',
  title: 'Coinbase',
  /** Market data is public. */
  auth: 'none',
  /** What a key consists of. */
  keyFields: [],
  /** Of these, the fields that are sent as they are, as values of HTTP headers. */
  headerFields: [],
  /** No market stands behind it: all that it sends is marked as simulated. */
  alwaysSimulated: false,
  /** `ssmd simulator` speaks its protocol. */
  hasSimulator: true,
  /** By channel, what its protocol proves about completeness: every frame of a connection is counted, of whatever channel. */
  channels: {
    level2: 'frames',
    market_trades: 'frames',
    ticker: 'frames',
    status: 'frames',
    heartbeats: 'frames',
  },
  /** Which channels send its books, and how market/book.ts keeps them. */
  books: { channels: ['level2'], chained: false, truncated: false },
} as const
