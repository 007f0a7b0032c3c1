// What one client of the exchange may do and is answered: commands in, answers out, with sids, the one
// counter of each sid, limits and error codes. A pure state machine: it knows no socket and no clock.
import type { Channel as AnyChannel } from '../../simulation/frame.ts'
import type { Outgoing, Route, Session, ShownSubscription } from '../../simulation/venue.ts'
import { CHANNELS, channelNamed } from './channels.ts'
import { idList, namesOf, type Params, readCommand } from './command.ts'
import type { KalshiErrorCode } from './errors.ts'
import {
  errorReply,
  listReply,
  okReply,
  snapshotFrame,
  subscribedReply,
  tickerFrame,
  unsubscribedReply,
} from './replies.ts'
import { Subscription } from './subscription.ts'

/** What a session needs to know of the markets. */
export type MarketView = {
  /**
   * The `msg` of a snapshot as JSON text, or null: there is nothing to send. `first` is the snapshot that opens
   * a subscription, `asked` the answer to get_snapshot.
   */
  snapshot(market: string, why: 'first' | 'asked'): string | null
  /** The `msg` of a ticker frame as JSON text, or null. */
  ticker(market: string): string | null
  marketOfId(id: string): string | undefined
}

export type Limits = {
  /** Markets of one subscription; Kalshi publishes no number, clients treat 256 as hard. */
  readonly marketsPerSubscription: number
  /** `update_subscription` commands of one subscription: immediately, and each second after. */
  readonly commandBurst: number
  readonly commandsPerSecond: number
}

export const DEFAULT_LIMITS: Limits = {
  marketsPerSubscription: 256,
  commandBurst: 100,
  commandsPerSecond: 50,
}

/** A frame to send. */
type Answer = Extract<Outgoing, { readonly text: string }>

const NONE: readonly Subscription[] = []

export class KalshiSession implements Session {
  readonly who: string
  readonly wakeAt = Number.POSITIVE_INFINITY
  readonly #view: MarketView
  readonly #limits: Limits
  readonly #subscriptions = new Map<number, Subscription>()
  #matches: Map<string, readonly Subscription[]>[] = CHANNELS.map(() => new Map())
  #lastSid = 0
  #changes = 0

  /** `who`: the id of the key that signed. */
  constructor(view: MarketView, limits: Limits = DEFAULT_LIMITS, who = '') {
    this.who = who
    this.#view = view
    this.#limits = limits
  }

  subscriptions(): ShownSubscription[] {
    return [...this.#subscriptions.values()].map(({ sid, channel, markets, lastSequence }) => ({
      sid,
      channel: channel.name,
      markets: markets?.size ?? null,
      lastSequence,
    }))
  }

  get hasSubscriptions(): boolean {
    return this.#subscriptions.size > 0
  }

  has(route: Route): boolean {
    return this.#subscriptions.get(route.id) === route
  }

  listensTo(channel: string): boolean {
    return [...this.#subscriptions.values()].some((one) => one.channel.name === channel)
  }

  opened(): readonly Answer[] {
    return []
  }

  tick(): readonly Answer[] {
    return []
  }

  /** Code 25 for each subscription: they are over, and the client has to ask again. The connection stays. */
  overflowed(): Answer[] {
    return [...this.#subscriptions.values()].map((subscription) => this.terminate(subscription, 25))
  }

  /** Counts every change of what this client is subscribed to. */
  get changes(): number {
    return this.#changes
  }

  /** The subscriptions that a frame of this channel and market goes to. Cheap: asked for every frame. */
  matching(channel: AnyChannel, market: string): readonly Subscription[] {
    if (this.#subscriptions.size === 0) return NONE
    const known = this.#matches[channel.index] as Map<string, readonly Subscription[]>
    const found = known.get(market)
    if (found !== undefined) return found
    const matches = [...this.#subscriptions.values()].filter(
      (subscription) => subscription.channel === channel && subscription.covers(market)
    )
    // A bound: a client that listens to everything meets every market there ever is.
    if (known.size > 50_000) known.clear()
    known.set(market, matches)
    return matches
  }

  /** Answers one frame of the client. */
  receive(text: string, nowMs: number): Answer[] {
    const command = readCommand(text)
    if ('refused' in command) return [control(errorReply(command.id, command.refused))]
    switch (command.cmd) {
      case 'subscribe':
        return this.#subscribe(command.id, command.params, nowMs)
      case 'update_subscription':
        return this.#update(command.id, command.params, nowMs)
      case 'unsubscribe':
        return this.#unsubscribe(command.id, command.params)
      case 'list_subscriptions':
        return [
          control(
            listReply(
              command.id,
              [...this.#subscriptions.values()].map(({ sid, channel }) => ({
                sid,
                channel: channel.name,
              }))
            )
          ),
        ]
    }
  }

  /** The exchange ends a subscription unasked (codes 10 and 25): it is gone after this answer. */
  terminate(subscription: Subscription, code: KalshiErrorCode): Answer {
    this.#subscriptions.delete(subscription.sid)
    this.#changed()
    return this.#scopedError(0, subscription, code)
  }

  #subscribe(id: number, params: Params, nowMs: number): Answer[] {
    const names = params.channels
    if (names === undefined || names === null || (Array.isArray(names) && names.length === 0))
      return [control(errorReply(id, 3))]
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
      return [control(errorReply(id, 1))]
    const tickers = namesOf(params, 'market_ticker', 'market_tickers')
    const ids = namesOf(params, 'market_id', 'market_ids')
    if (tickers === null || ids === null || (tickers && ids)) return [control(errorReply(id, 11))]
    return (names as string[]).flatMap((name) =>
      this.#subscribeChannel(id, name, tickers, ids, params, nowMs)
    )
  }

  #subscribeChannel(
    id: number,
    name: string,
    tickers: readonly string[] | undefined,
    ids: readonly string[] | undefined,
    params: Params,
    nowMs: number
  ): Answer[] {
    const refuse = (code: KalshiErrorCode): Answer[] => [control(errorReply(id, code))]
    const channel = channelNamed(name)
    if (!channel) return refuse(8)
    if (channel.paid) return refuse(9)
    if (channel.name === 'communications') {
      const code = shardProblem(params)
      if (code) return refuse(code)
    }
    let markets: readonly string[] | undefined = channel.filter === 'none' ? undefined : tickers
    if (ids !== undefined && channel.filter !== 'none') {
      // Only the ticker channel takes market ids.
      if (channel.name !== 'ticker') return refuse(channel.filter === 'required' ? 14 : 11)
      markets = ids.map((marketId) => this.#view.marketOfId(marketId) ?? `id:${marketId}`)
    }
    if (channel.filter === 'required' && markets === undefined) return refuse(14)
    // Announced by Kalshi and not simulated: the no side in prices of the yes side.
    if (channel.name === 'orderbook_delta' && params.use_yes_price === true) return refuse(11)
    const wanted = markets === undefined ? null : new Set(markets)
    if (wanted && wanted.size > this.#limits.marketsPerSubscription) return refuse(26)
    const subscription = new Subscription({
      sid: ++this.#lastSid,
      channel,
      markets: wanted,
      quiet: params.skip_ticker_ack === true,
      burst: this.#limits.commandBurst,
      nowMs,
    })
    this.#subscriptions.set(subscription.sid, subscription)
    this.#changed()
    return [
      control(subscribedReply(id, channel.name, subscription.sid)),
      ...this.#firstFrames(subscription, wanted ?? [], params.send_initial_snapshot === true),
    ]
  }

  #update(id: number, params: Params, nowMs: number): Answer[] {
    const sids = idList(params, 'sids')
    const one = params.sid
    if (sids === null || (one !== undefined && !Number.isSafeInteger(one)))
      return [control(errorReply(id, 1))]
    const both = [...(one === undefined ? [] : [one as number]), ...(sids ?? [])]
    if (both.length !== 1) return [control(errorReply(id, 12))]
    const subscription = this.#subscriptions.get(both[0] as number)
    if (!subscription) return [control(errorReply(id, 7))]
    const refuse = (code: KalshiErrorCode, markets?: readonly string[]): Answer[] => [
      this.#scopedError(id, subscription, code, markets),
    ]
    const { commandBurst, commandsPerSecond, marketsPerSubscription } = this.#limits
    if (!subscription.admit(nowMs, commandBurst, commandsPerSecond)) return refuse(27)
    const { action } = params
    if (action === undefined || action === null || action === '') return refuse(15)
    if (action !== 'add_markets' && action !== 'delete_markets' && action !== 'get_snapshot')
      return refuse(13)
    const { channel } = subscription
    if (channel.filter === 'none') return refuse(13)
    if (action === 'get_snapshot' && channel.name !== 'orderbook_delta') return refuse(13)
    const tickers = namesOf(params, 'market_ticker', 'market_tickers')
    const ids = namesOf(params, 'market_id', 'market_ids')
    if (tickers === null || ids === null || (tickers && ids)) return refuse(11)
    if (ids && channel.name !== 'ticker') return refuse(14)
    const named =
      tickers ?? ids?.map((marketId) => this.#view.marketOfId(marketId) ?? `id:${marketId}`)
    if (named === undefined) return refuse(14)
    if (action === 'get_snapshot') return this.#snapshots(id, subscription, named, 'asked')
    // A subscription to everything has no list to change.
    if (subscription.markets === null) return refuse(11)
    const markets = new Set(subscription.markets)
    const added = action === 'add_markets' ? [...new Set(named)].filter((m) => !markets.has(m)) : []
    if (markets.size + added.length > marketsPerSubscription) return refuse(26, added)
    if (action === 'add_markets') for (const market of added) markets.add(market)
    else for (const market of named) markets.delete(market)
    subscription.markets = markets
    this.#changed()
    const sequence = channel.sequenced ? subscription.nextSequence() : null
    return [
      control(okReply(id, subscription.sid, sequence, subscription.quiet ? null : [...markets])),
      ...this.#firstFrames(subscription, added, params.send_initial_snapshot === true),
    ]
  }

  #unsubscribe(id: number, params: Params): Answer[] {
    const sids = idList(params, 'sids')
    if (sids === null) return [control(errorReply(id, 1))]
    if (sids === undefined || sids.length === 0) return [control(errorReply(id, 4))]
    return sids.map((sid) => {
      const subscription = this.#subscriptions.get(sid)
      if (!subscription) return control(errorReply(id, 7))
      this.#subscriptions.delete(sid)
      this.#changed()
      return control(unsubscribedReply(id, sid, subscription.nextSequence()))
    })
  }

  /** A market's first frame is its snapshot, where anything is known of it. */
  #firstFrames(
    subscription: Subscription,
    markets: Iterable<string>,
    tickerSnapshot: boolean
  ): Answer[] {
    if (subscription.channel.name === 'orderbook_delta')
      return this.#snapshots(0, subscription, markets, 'first')
    if (subscription.channel.name !== 'ticker' || !tickerSnapshot) return []
    return [...markets].flatMap((market) => {
      const msg = this.#view.ticker(market)
      return msg === null ? [] : [data(tickerFrame(subscription.sid, msg))]
    })
  }

  #snapshots(
    id: number,
    subscription: Subscription,
    markets: Iterable<string>,
    why: 'first' | 'asked'
  ): Answer[] {
    return [...markets].flatMap((market) => {
      const msg = this.#view.snapshot(market, why)
      if (msg === null) return []
      return [data(snapshotFrame(id, subscription.sid, subscription.nextSequence(), msg))]
    })
  }

  #scopedError(
    id: number,
    subscription: Subscription,
    code: KalshiErrorCode,
    markets?: readonly string[]
  ): Answer {
    const seq = subscription.channel.sequenced ? subscription.nextSequence() : null
    return control(
      errorReply(id, code, { sid: subscription.sid, seq, ...(markets ? { markets } : {}) })
    )
  }

  #changed(): void {
    this.#changes++
    this.#matches = CHANNELS.map(() => new Map())
  }
}

const control = (text: string): Answer => ({ kind: 'control', text })
const data = (text: string): Answer => ({ kind: 'data', text })

/** Codes 19 to 22: shards exist on the communications channel only. */
function shardProblem(params: Params): KalshiErrorCode | null {
  const { shard_factor: factor, shard_key: key } = params
  if (factor === undefined || factor === null) return key === undefined || key === null ? null : 20
  if (!Number.isSafeInteger(factor)) return 11
  if ((factor as number) <= 0) return 19
  if ((factor as number) > 100) return 22
  if (key === undefined || key === null) return null
  if (!Number.isSafeInteger(key)) return 11
  return (key as number) >= 0 && (key as number) < (factor as number) ? null : 21
}
