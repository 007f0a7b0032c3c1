// The words that Coinbase's frames are read by, and why a frame does not fit.

export const NEGATIVE = 'below zero'
export const NOT_POSITIVE = 'not above zero'
export const NOT_WHOLE = 'not a whole number'
export const NOT_AN_ID = 'neither a text nor a whole number'
export const NOT_A_SIDE = 'not a side that is known'
export const NOT_A_TYPE = 'neither snapshot nor update'
export const NOT_A_CHANNEL = 'a channel that is not known'

/** Channels as frames name them. */
export const CHANNELS = [
  'l2_data',
  'market_trades',
  'ticker',
  'ticker_batch',
  'status',
  // These say nothing about a market that trades do not say.
  'heartbeats',
  'subscriptions',
  'candles',
]

/** The exchange's words for the phase of an instrument. */
export const PHASES = { online: 'open', offline: 'paused', delisted: 'closed' } as const
