// The protocol of one Coinbase connection as a machine without I/O: frames, answers, wishes and time go in, messages and events
// come out. Data that comes before an ack is data. One hole in the count spoils every book of the connection: all of them are
// subscribed to again, and a snapshot comes for each.

import type {
  Action,
  Frame,
  Refusal,
  ScopeOwner,
  ScopeSeen,
  Session,
  Wanted,
} from '../protocol/adapter.ts'
import type { DeclaredTypes } from '../protocol/declared-types.ts'
import { CoinbaseFrames, SCOPE } from './frames.ts'
import type { Pace } from './pace.ts'
import { missedOf, refusalsOf } from './refusals.ts'
import { readReply } from './replies.ts'
import { type Subscription, Subscriptions } from './subscriptions.ts'
import { type Channel, HEARTBEATS, L2_DATA } from './types.ts'

export type CoinbaseSessionOptions = {
  /** Channels to have for each product. Heartbeats come beside them, whether they are named or not. */
  readonly channels: readonly Channel[]
  /** Of the messages of all connections. */
  readonly pace: Pace
  readonly declared?: DeclaredTypes
}

/** Books that are spoiled again and again are asked for at this pace. */
const REBUILD_MS = { base: 1_000, cap: 60_000 }
const BOOKS = { scope: SCOPE, channel: 'level2', group: L2_DATA.group }
/** Products that one gap names; of more, all of the connection are meant. */
const MAX_NAMED = 50
const CONNECTION = { channel: '', group: 'connection' }

export class CoinbaseSession implements Session {
  wakeAt = Number.POSITIVE_INFINITY
  readonly #pace: Pace
  readonly #channels: readonly Channel[]
  readonly #books: Channel | undefined
  readonly #frames: CoinbaseFrames
  readonly #subscriptions = new Subscriptions()
  readonly #symbols = new Set<string>()
  /** Products that had been given up, and since when; by subscription, until it is confirmed. */
  readonly #resumed = new Map<Subscription, number>()
  /** Books that a hole has spoiled. */
  readonly #spoiled = new Set<Subscription>()
  #rebuildAtMs = Number.POSITIVE_INFINITY
  #rebuild = { lastMs: Number.NEGATIVE_INFINITY, delayMs: 0 }
  #isKnown = false
  #isOpen = false
  #isReady = false
  #hasSent = false

  constructor({ channels, pace, declared }: CoinbaseSessionOptions) {
    this.#pace = pace
    this.#channels = channels.filter(({ whole }) => !whole)
    this.#books = channels.find(({ type }) => type === L2_DATA)
    this.#frames = new CoinbaseFrames(declared)
    // Nothing to wait for where no channel takes products.
    this.#isKnown = this.#channels.length === 0
    const heartbeats = {
      name: HEARTBEATS.name,
      group: HEARTBEATS.group,
      type: HEARTBEATS,
      whole: true,
    }
    this.#subscriptions.want(this.#subscriptions.of(heartbeats, ''))
  }

  get frame(): Frame {
    return this.#frames.frame
  }

  look(payload: Buffer): void {
    this.#frames.look(payload)
    const { type, symbol } = this.#frames.frame
    if (this.#subscriptions.isAsking) this.#subscriptions.arrived(type, symbol)
  }

  exchangeMs(): number {
    return this.#frames.exchangeMs()
  }

  opened(nowMs: number): readonly Action[] {
    this.#isOpen = true
    return this.tick(nowMs)
  }

  want({ added, removed, resumed, extent }: Wanted, nowMs: number): readonly Action[] {
    const actions: Action[] = []
    for (const symbol of removed) {
      this.#symbols.delete(symbol)
      for (const subscription of this.#of(symbol)) {
        const trouble = this.#subscriptions.unwant(subscription)
        if (trouble?.kind === 'unanswered') actions.push(...missedOf([trouble]))
        actions.push(...this.#toldResumed(subscription))
        this.#spoiled.delete(subscription)
      }
    }
    for (const symbol of added) {
      this.#symbols.add(symbol)
      const sinceMs = resumed.get(symbol)
      for (const subscription of this.#of(symbol)) {
        this.#subscriptions.want(subscription)
        if (sinceMs !== undefined) this.#resumed.set(subscription, sinceMs)
      }
    }
    this.#isKnown ||= extent === 'all'
    actions.push(...this.tick(nowMs))
    return actions
  }

  control(payload: Buffer, nowMs: number): readonly Action[] {
    this.#subscriptions.answered(readReply(payload), nowMs)
    return this.tick(nowMs)
  }

  /** Every connection counts from 0. What came before its first frame may have been a snapshot. */
  scopeSeen(scope: number, nowMs: number): ScopeSeen {
    const isWhole = scope !== SCOPE || this.frame.sequence <= 0
    return { isExpected: true, beginsAt: 0, actions: isWhole ? [] : this.jumped(scope, nowMs) }
  }

  jumped(_scope: number, nowMs: number): readonly Action[] {
    for (const symbol of this.#books === undefined ? [] : this.#symbols) {
      const book = this.#subscriptions.of(this.#books!, symbol)
      if (this.#subscriptions.mayBeThere(book)) this.#spoiled.add(book)
    }
    if (this.#spoiled.size > 0 && this.#rebuildAtMs === Number.POSITIVE_INFINITY) {
      this.#rebuildAtMs = this.#nextRebuild(nowMs)
    }
    return this.tick(nowMs)
  }

  tick(nowMs: number): readonly Action[] {
    if (!this.#isOpen) return []
    const subscriptions = this.#subscriptions
    const actions: Action[] = []
    let wakeAt = subscriptions.advance(nowMs)
    const { confirmed } = subscriptions
    if (confirmed.length > 0) {
      subscriptions.confirmed = []
      actions.push(...missedOf(confirmed.flatMap(({ trouble }) => trouble ?? [])))
      for (const { subscription } of confirmed) actions.push(...this.#toldResumed(subscription))
    }
    if (nowMs >= this.#rebuildAtMs) actions.push(...this.#renewBooks())
    if (subscriptions.hasNext(nowMs)) {
      const laterMs = this.#pace.take(this, !this.#hasSent, nowMs)
      const text = laterMs === 0 ? subscriptions.next(nowMs) : null
      if (text !== null) {
        this.#hasSent = true
        actions.push({ kind: 'send', text })
        wakeAt = Math.min(wakeAt, subscriptions.advance(nowMs))
      } else wakeAt = Math.min(wakeAt, laterMs)
    } else this.#pace.leave(this)
    if (!this.#isReady && this.#isKnown && subscriptions.settled) {
      this.#isReady = true
      actions.push({ kind: 'ready', symbols: this.#symbols.size })
    }
    // What is due already waits for an answer.
    const rebuildAtMs = this.#rebuildAtMs
    this.wakeAt = rebuildAtMs > nowMs ? Math.min(wakeAt, rebuildAtMs) : wakeAt
    return actions
  }

  closed(): readonly Action[] {
    this.#pace.leave(this)
    // The exchange never said that it does not have these.
    const unanswered = [...this.#subscriptions.troubles()].filter(
      ({ kind }) => kind === 'unanswered'
    )
    return [
      ...missedOf(unanswered),
      ...[...this.#resumed.keys()].flatMap((one) => this.#toldResumed(one)),
    ]
  }

  /** The count is that of the connection, whatever the channel. */
  channelOf(): ScopeOwner {
    const { size } = this.#symbols
    return size > MAX_NAMED ? CONNECTION : { ...CONNECTION, symbols: [...this.#symbols] }
  }

  refusals(): readonly Refusal[] {
    return refusalsOf(this.#subscriptions.troubles())
  }

  #of(symbol: string): readonly Subscription[] {
    return this.#channels.map((channel) => this.#subscriptions.of(channel, symbol))
  }

  /** Books that were asked for wait until they are confirmed: the snapshot that came with that may be lost too. */
  #renewBooks(): readonly Action[] {
    let symbols = 0
    for (const book of this.#spoiled) {
      const isThere = this.#subscriptions.mayBeThere(book)
      if (isThere && !this.#subscriptions.isLive(book)) continue
      this.#spoiled.delete(book)
      if (!isThere) continue
      this.#subscriptions.renew(book)
      symbols++
    }
    if (this.#spoiled.size === 0) this.#rebuildAtMs = Number.POSITIVE_INFINITY
    return symbols === 0 ? [] : [{ kind: 'rebuild', how: 'resubscribe', symbols, ...BOOKS }]
  }

  /** Now, if there was no hole for a while; else later each time. */
  #nextRebuild(nowMs: number): number {
    const { lastMs, delayMs } = this.#rebuild
    const { base, cap } = REBUILD_MS
    const isCalm = nowMs - lastMs > cap
    const delay = isCalm ? 0 : Math.min(cap, Math.max(base, 2 * delayMs))
    const atMs = isCalm ? nowMs : Math.max(nowMs, lastMs + delay)
    this.#rebuild = { lastMs: atMs, delayMs: delay }
    return atMs
  }

  /** It is captured again, or will not be: since when it was not is on record now. */
  #toldResumed(subscription: Subscription): readonly Action[] {
    const sinceMs = this.#resumed.get(subscription)
    if (sinceMs === undefined) return []
    this.#resumed.delete(subscription)
    const { channel, symbol } = subscription
    const place = { scope: 0, channel: channel.name, group: channel.group }
    return [{ kind: 'resumed', symbols: [symbol], sinceMs, ...place }]
  }
}
