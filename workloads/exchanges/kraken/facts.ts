// What is known of Kraken spot before a connection is made. Plain data: it imports nothing, and `npm run generate` copies
// it to crds/exchanges.gen.ts. Sources: docs.kraken.com/api/docs/websocket-v2 and /guides/spot-ws-book-v2.

export const facts = {
  name: 'kraken',
  title: 'Kraken',
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
    book: 'book',
    trade: 'trades',
    ticker: 'nothing',
    instrument: 'nothing',
  },
  /** Levels of each side. The checksum covers the best ten: only of a book of this depth it proves all. */
  bookDepth: { default: 10, allowed: [10, 25, 100, 500, 1000] },
  /** Which channels send its books, and how market/book.ts keeps them. */
  books: { channels: ['book'], chained: false, truncated: true },
} as const
