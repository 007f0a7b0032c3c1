// Kalshi's commands as text. Ids are the caller's; 0 counts as none, so they begin at 1.

/** The channel whose prices may be those of the other side. */
const BOOK = 'orderbook_delta'

export const subscribe = (
  id: number,
  channels: readonly string[],
  /** null: no filter. */
  markets: readonly string[] | null
): string =>
  JSON.stringify({
    id,
    cmd: 'subscribe',
    params: {
      channels,
      ...(markets === null ? {} : { market_tickers: markets }),
      // Said always: Kalshi has announced that leaving it out will come to mean true, and a frame does not say which it was.
      ...(channels.includes(BOOK) ? { use_yes_price: false } : {}),
    },
  })

export const updateSubscription = (
  id: number,
  sid: number,
  action: 'add_markets' | 'delete_markets' | 'get_snapshot',
  markets: readonly string[]
): string =>
  JSON.stringify({
    id,
    cmd: 'update_subscription',
    params: { sids: [sid], market_tickers: markets, action },
  })

export const listSubscriptions = (id: number): string =>
  JSON.stringify({ id, cmd: 'list_subscriptions' })

export const unsubscribe = (id: number, sid: number): string =>
  JSON.stringify({ id, cmd: 'unsubscribe', params: { sids: [sid] } })
