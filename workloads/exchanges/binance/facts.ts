// What is known of Binance spot before a connection is made. Plain data: it imports nothing, and `npm run generate`
// copies it to crds/exchanges.gen.ts. Sources: github.com/binance/binance-spot-api-docs, web-socket-streams.md and rest-api.md.

export const facts = {
  name: 'binance',
  title: 'Binance',
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
  /** By channel, what its protocol proves about completeness: frames, book, trades or nothing. */
  channels: {
    depth: 'book',
    'depth@100ms': 'book',
    trade: 'trades',
    bookTicker: 'nothing',
  },
  /** Levels of the REST snapshot; a deeper one weighs more. */
  bookDepth: { default: 100, allowed: [5, 10, 20, 50, 100, 500, 1000, 5000] },
  /** Which channels send its books, and how market/book.ts keeps them. */
  books: { channels: ['depth', 'depth@100ms'], chained: true, truncated: false },
} as const
