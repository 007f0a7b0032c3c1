// What is known of the synthetic exchange, the generator inside the connector. Plain data: it imports nothing, and
// `npm run generate` copies it to crds/exchanges.gen.ts.

export const facts = {
  name: 'synthetic',
  title: 'Synthetic',
  auth: 'none',
  keyFields: [],
  headerFields: [],
  alwaysSimulated: true,
  hasSimulator: false,
  channels: { trade: 'frames', ticker: 'frames', orderbook_delta: 'frames' },
  /** Which channels send its books, and how market/book.ts keeps them. */
  books: { channels: ['orderbook_delta'], chained: false, truncated: false },
} as const
