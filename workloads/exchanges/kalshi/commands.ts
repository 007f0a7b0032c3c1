// Kalshi's commands as text. Ids are the caller's; 0 counts as none, so they begin at 1.

export const subscribe = (
  id: number,
  channels: readonly string[],
  /** null: no filter. */
  markets: readonly string[] | null
): string =>
  JSON.stringify({
    id,
    cmd: 'subscribe',
    params: markets === null ? { channels } : { channels, market_tickers: markets },
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
