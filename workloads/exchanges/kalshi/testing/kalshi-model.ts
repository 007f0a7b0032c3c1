// A small model of what Kalshi's server does with one connection's commands, written from the protocol and from
// nothing of ours: strict in what it takes, and exact in acks, sids and sequences. For tests of the connector only.

export type ModelSubscription = {
  readonly sid: number
  readonly channel: string
  /** null: the whole exchange. */
  readonly markets: Set<string> | null
  seq: number
}

type Params = Readonly<Record<string, unknown>>
type Command = { readonly id: number; readonly cmd: string; readonly params: Params }

/** Channels whose frames carry no seq. */
const UNNUMBERED = new Set(['ticker', 'fill', 'market_positions', 'user_orders'])
const UNFILTERED = new Set(['market_lifecycle_v2', 'multivariate_market_lifecycle'])
const CHANNELS = new Set([
  ...UNNUMBERED,
  ...UNFILTERED,
  'orderbook_delta',
  'trade',
  'communications',
  'order_group_updates',
])

export class KalshiModel {
  readonly subs = new Map<number, ModelSubscription>()
  /** What a client did that the protocol forbids. */
  readonly violations: string[] = []
  readonly commands: Command[] = []
  marketLimit = 256
  /** Where sequences begin. */
  firstSeq = 1
  #lastSid = 0

  /** The frames that answer a command, in order. */
  handle(text: string): string[] {
    let command: Command
    try {
      command = JSON.parse(text) as Command
    } catch {
      this.violations.push(`not JSON: ${text}`)
      return [this.error(0, 1, 'Unable to process message')]
    }
    this.commands.push(command)
    const { id, cmd, params } = command
    if (!Number.isSafeInteger(id) || id < 1) this.violations.push(`id ${id}`)
    switch (cmd) {
      case 'subscribe':
        return this.#subscribe(id, params)
      case 'update_subscription':
        return this.#update(id, params)
      case 'list_subscriptions': {
        const msg = [...this.subs.values()].map(({ channel, sid }) => ({ channel, sid }))
        return [JSON.stringify({ id, type: 'ok', msg })]
      }
      case 'unsubscribe':
        return (params.sids as number[]).map((sid) => this.#unsubscribe(id, sid))
      default:
        this.violations.push(`command ${cmd}`)
        return [this.error(id, 5, 'Unknown command')]
    }
  }

  /** The frames that one event of a market becomes: one for each subscription that has it. */
  frames(channel: string, type: string, market: string, msg: string): string[] {
    const frames: string[] = []
    for (const sub of this.subs.values()) {
      if (sub.channel !== channel || (sub.markets !== null && !sub.markets.has(market))) continue
      const numbered = UNNUMBERED.has(channel) ? '' : `"seq":${this.next(sub)},`
      frames.push(`{"type":"${type}","sid":${sub.sid},${numbered}"msg":${msg}}`)
    }
    return frames
  }

  next(sub: ModelSubscription): number {
    return sub.seq++
  }

  error(id: number, code: number, msg: string): string {
    return JSON.stringify({ ...(id === 0 ? {} : { id }), type: 'error', msg: { code, msg } })
  }

  #subscribe(id: number, params: Params): string[] {
    const channels = params.channels as string[]
    const tickers = params.market_tickers as string[] | undefined
    if (!Array.isArray(channels) || channels.length === 0) {
      this.violations.push('subscribe without channels')
      return [this.error(id, 3, 'Channels required')]
    }
    if (tickers !== undefined && tickers.length === 0) this.violations.push('an empty filter')
    if ((tickers?.length ?? 0) > this.marketLimit) {
      return [this.error(id, 26, 'Subscription market limit exceeded')]
    }
    const replies: string[] = []
    for (const channel of channels) {
      if (!CHANNELS.has(channel)) {
        replies.push(this.error(id, 8, 'Unknown channel name'))
        continue
      }
      if (channel === 'orderbook_delta' && tickers === undefined) {
        this.violations.push('orderbook_delta without markets')
        replies.push(this.error(id, 14, 'Market Ticker required'))
        continue
      }
      if (UNFILTERED.has(channel) && tickers !== undefined) {
        this.violations.push(`${channel} with a filter`)
      }
      const sid = ++this.#lastSid
      const markets = tickers === undefined ? null : new Set(tickers)
      const sub = { sid, channel, markets, seq: this.firstSeq }
      this.subs.set(sid, sub)
      replies.push(JSON.stringify({ id, type: 'subscribed', msg: { channel, sid } }))
      if (channel === 'orderbook_delta') replies.push(...this.#snapshots(sub, tickers ?? []))
    }
    return replies
  }

  #update(id: number, params: Params): string[] {
    const sids = (params.sids ?? [params.sid]) as number[]
    const tickers = params.market_tickers as string[]
    if (sids.length !== 1) {
      this.violations.push('update of several sids')
      return [this.error(id, 12, 'Exactly one subscription ID is required')]
    }
    const sub = this.subs.get(sids[0]!)
    if (sub === undefined) return [this.error(id, 7, 'Unknown subscription ID')]
    if (!Array.isArray(tickers) || tickers.length === 0 || sub.markets === null) {
      this.violations.push(`${params.action} without markets`)
      return [this.error(id, 14, 'Market Ticker required')]
    }
    const { markets } = sub
    switch (params.action) {
      case 'add_markets': {
        const fresh = tickers.filter((market) => !markets.has(market))
        if (markets.size + fresh.length > this.marketLimit) {
          return [this.error(id, 26, 'Subscription market limit exceeded')]
        }
        for (const market of fresh) markets.add(market)
        const ok = this.#ok(id, sub)
        return sub.channel === 'orderbook_delta' ? [ok, ...this.#snapshots(sub, fresh)] : [ok]
      }
      case 'delete_markets':
        for (const market of tickers) markets.delete(market)
        if (markets.size === 0) this.violations.push('a filter was emptied')
        return [this.#ok(id, sub)]
      case 'get_snapshot':
        return this.#snapshots(sub, tickers, id)
      default:
        return [this.error(id, 13, 'Unsupported action')]
    }
  }

  #unsubscribe(id: number, sid: number): string {
    const sub = this.subs.get(sid)
    if (sub === undefined) return this.error(id, 7, 'Unknown subscription ID')
    this.subs.delete(sid)
    return JSON.stringify({ id, sid, seq: this.next(sub), type: 'unsubscribed' })
  }

  #ok(id: number, sub: ModelSubscription): string {
    const msg = { market_tickers: [...(sub.markets ?? [])] }
    return JSON.stringify({ id, sid: sub.sid, seq: this.next(sub), type: 'ok', msg })
  }

  #snapshots(sub: ModelSubscription, markets: readonly string[], id?: number): string[] {
    return markets.map((market_ticker) =>
      JSON.stringify({
        type: 'orderbook_snapshot',
        ...(id === undefined ? {} : { id }),
        sid: sub.sid,
        seq: this.next(sub),
        msg: { market_ticker, yes_dollars_fp: [['0.4000', '10.00']] },
      })
    )
  }
}
