// The members of Kalshi's frames that are read.

export const FRAME = ['type', 'sid', 'seq', 'msg', 'id'] as const

/** Of `msg`, of all types: the order is that of the most frequent one. Some are not read, but known to come. */
export const MESSAGE = [
  ...['market_ticker', 'market_id', 'price_dollars', 'delta_fp', 'side', 'ts', 'ts_ms'],
  ...['trade_id', 'yes_price_dollars', 'no_price_dollars', 'count_fp', 'taker_side'],
  ...['taker_outcome_side', 'taker_book_side', 'yes_dollars_fp', 'no_dollars_fp'],
  ...['yes_bid_dollars', 'yes_ask_dollars', 'volume_fp', 'open_interest_fp', 'dollar_volume'],
  ...['dollar_open_interest', 'yes_bid_size_fp', 'yes_ask_size_fp', 'last_trade_size_fp', 'time'],
  ...['event_type', 'open_ts', 'close_ts', 'determination_ts', 'settled_ts', 'result'],
  ...['settlement_value', 'is_deactivated', 'additional_metadata', 'price_ranges'],
  ...['strike_type', 'floor_strike', 'cap_strike'],
  // Older generations, in cents and whole contracts.
  ...['yes', 'no', 'yes_dollars', 'no_dollars', 'price', 'yes_price', 'yes_bid'],
] as const

/** Of `additional_metadata`. */
export const METADATA = ['title', 'strike_type', 'floor_strike', 'cap_strike'] as const

/** Of one of `price_ranges`. */
export const PRICE_RANGE = ['start', 'end', 'step'] as const
