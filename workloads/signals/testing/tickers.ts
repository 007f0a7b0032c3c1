// Tickers as Kalshi sends them, with spreads of one's choice, for archives of tests.

import type { TestFrame } from '#events/testing/capture.ts'

/** Bid 40 cents, and an ask so many cents above. */
export const ticker = (symbol: string, spreadCents: number): TestFrame => ({
  type: 'ticker',
  symbol,
  payload: JSON.stringify({
    type: 'ticker',
    sid: 1,
    msg: {
      market_ticker: symbol,
      yes_bid_dollars: '0.4000',
      yes_ask_dollars: (0.4 + spreadCents / 100).toFixed(4),
      ts: 1_795_521_600,
    },
  }),
})
