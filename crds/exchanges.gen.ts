// Generated from the facts.ts of each folder of workloads/exchanges by `npm run generate`. Do not edit.

/** What the protocol of an exchange proves about completeness. */
export type Proof = 'frames' | 'book' | 'trades' | 'nothing'

export type ExchangeFacts = {
  readonly title: string
  readonly auth: 'none' | 'apiKey'
  /** What a key of this exchange consists of. */
  readonly keyFields: readonly string[]
  /** Of these, the fields that are sent as they are, as values of HTTP headers. */
  readonly headerFields: readonly string[]
  /** No market stands behind it: all that it sends is marked as simulated. */
  readonly alwaysSimulated: boolean
  /** `ssmd simulator` speaks its protocol. */
  readonly hasSimulator: boolean
  /** What each channel proves; null: the Feed names the channels. */
  readonly channels: Readonly<Record<string, Proof>> | null
  /** Levels of a book that `spec.bookDepth` of a Feed may ask for; null: the exchange leaves no choice. */
  readonly bookDepth: { readonly default: number; readonly allowed: readonly number[] } | null
  /**
   * Its books: which channels send them, and how they are kept. Chained: changes form a chain, and snapshots are fetched beside the
   * stream. Truncated: it does not say which levels leave `bookDepth`.
   */
  readonly books: {
    readonly channels: readonly string[]
    readonly chained: boolean
    readonly truncated: boolean
  }
  /**
   * What a trade costs; null: it depends on the account. Quadratic: coefficient × size × price × (1 - price), rounded up to `roundUpTo`
   * for each order. Instruments whose names begin with one of `special.prefixes` have other coefficients.
   */
  readonly fees: {
    readonly formula: 'quadratic'
    readonly taker: number
    readonly maker: number
    readonly roundUpTo: number
    readonly special: {
      readonly prefixes: readonly string[]
      readonly taker: number
      readonly maker: number
    }
  } | null
}

/** By the name that `spec.exchange` of a Feed gives. */
export const EXCHANGES: Readonly<Record<string, ExchangeFacts>> = {
  binance: {
    title: 'Binance',
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: false,
    hasSimulator: true,
    channels: {
      depth: 'book',
      'depth@100ms': 'book',
      trade: 'trades',
      bookTicker: 'nothing',
    },
    bookDepth: {
      default: 100,
      allowed: [5, 10, 20, 50, 100, 500, 1000, 5000],
    },
    books: {
      channels: ['depth', 'depth@100ms'],
      chained: true,
      truncated: false,
    },
    fees: null,
  },
  coinbase: {
    title: 'Coinbase',
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: false,
    hasSimulator: true,
    channels: {
      level2: 'frames',
      market_trades: 'frames',
      ticker: 'frames',
      status: 'frames',
      heartbeats: 'frames',
    },
    bookDepth: null,
    books: {
      channels: ['level2'],
      chained: false,
      truncated: false,
    },
    fees: null,
  },
  generic: {
    title: 'Described by the Feed',
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: false,
    hasSimulator: true,
    channels: null,
    bookDepth: null,
    books: {
      channels: [],
      chained: false,
      truncated: false,
    },
    fees: null,
  },
  kalshi: {
    title: 'Kalshi',
    auth: 'apiKey',
    keyFields: ['apiKey', 'privateKey'],
    headerFields: ['apiKey'],
    alwaysSimulated: false,
    hasSimulator: true,
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
    bookDepth: null,
    books: {
      channels: ['orderbook_delta'],
      chained: false,
      truncated: false,
    },
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
  },
  kraken: {
    title: 'Kraken',
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: false,
    hasSimulator: true,
    channels: {
      book: 'book',
      trade: 'trades',
      ticker: 'nothing',
      instrument: 'nothing',
    },
    bookDepth: {
      default: 10,
      allowed: [10, 25, 100, 500, 1000],
    },
    books: {
      channels: ['book'],
      chained: false,
      truncated: true,
    },
    fees: null,
  },
  synthetic: {
    title: 'Synthetic',
    auth: 'none',
    keyFields: [],
    headerFields: [],
    alwaysSimulated: true,
    hasSimulator: false,
    channels: {
      trade: 'frames',
      ticker: 'frames',
      orderbook_delta: 'frames',
    },
    bookDepth: null,
    books: {
      channels: ['orderbook_delta'],
      chained: false,
      truncated: false,
    },
    fees: null,
  },
}
