// The protocol of one Kraken connection as a machine without I/O: frames, wishes and time go in, commands and events come out.
// Data that comes before an ack is data. A book that has not the checksum of the exchange is a gap, and is asked for again.

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
import { KrakenFrames } from './frames.ts'
import type { Pair } from './pair.ts'
import { missedOf, refusalsOf } from './refusals.ts'
import { readReply } from './replies.ts'
import { type Change, type Subscription, Subscriptions } from './subscriptions.ts'
import { BOOK, type Channel, TRADE } from './types.ts'

export type KrakenSessionOptions = {
  /** Channels to have without symbols. */
  readonly whole: readonly Channel[]
  /** Channels to have for each symbol. */
  readonly filtered: readonly Channel[]
  /** Levels of a book. */
  readonly depth: number
  /** Between two commands. */
  readonly spacingMs: number
  /** The clock by which books are told to have been right, unix milliseconds. */
  readonly nowMs: () => number
  readonly declared?: DeclaredTypes
}

/** Without a subscription the exchange sends nothing at all: its answers to these show that it lives. */
export const PING_MS = 10_000
/** A book that is wrong again and again is asked for at this pace. */
const REBUILD_MS = { base: 1_000, cap: 60_000 }

type Rebuild = { readonly lastMs: number; readonly delayMs: number }

export class KrakenSession implements Session {
  wakeAt = Number.POSITIVE_INFINITY
  readonly #o: KrakenSessionOptions
  readonly #frames: KrakenFrames
  readonly #subscriptions: Subscriptions
  readonly #symbols = new Set<string>()
  /** Symbols that had been given up, and since when; by subscription, until it is confirmed. */
  readonly #resumed = new Map<Subscription, number>()
  /** Subscriptions that the exchange ended, and since when. */
  readonly #absent = new Map<Subscription, number>()
  readonly #rebuilds = new Map<Pair, Rebuild>()
  /** Books to be asked for again, and when. */
  readonly #later = new Map<Subscription, number>()
  #isKnown = false
  #isOpen = false
  #isReady = false
  #pingAtMs = Number.POSITIVE_INFINITY

  constructor(options: KrakenSessionOptions) {
    this.#o = options
    this.#frames = new KrakenFrames(options)
    this.#subscriptions = new Subscriptions(options.spacingMs)
    // Nothing to wait for where no channel takes symbols.
    this.#isKnown = options.filtered.length === 0
    for (const channel of options.whole) this.#subscriptions.want(this.#of(channel, ''))
  }

  get frame(): Frame {
    return this.#frames.frame
  }

  look(payload: Buffer): void {
    this.#frames.look(payload)
  }

  exchangeMs(): number {
    return this.#frames.exchangeMs()
  }

  opened(nowMs: number): readonly Action[] {
    this.#isOpen = true
    this.#pingAtMs = nowMs + PING_MS
    return this.tick(nowMs)
  }

  want({ added, removed, resumed, extent }: Wanted, nowMs: number): readonly Action[] {
    const actions: Action[] = []
    const { filtered } = this.#o
    for (const symbol of removed) {
      this.#symbols.delete(symbol)
      for (const channel of filtered) {
        const subscription = this.#of(channel, symbol)
        const trouble = this.#subscriptions.unwant(subscription)
        if (trouble?.kind === 'unanswered') actions.push(...missedOf([trouble]))
        actions.push(...this.#toldAbsent(subscription), ...this.#toldResumed(subscription))
        if (channel.name === BOOK.name) this.#forgetBook(subscription)
      }
    }
    for (const symbol of added) {
      this.#symbols.add(symbol)
      const sinceMs = resumed.get(symbol)
      for (const channel of filtered) {
        const subscription = this.#of(channel, symbol)
        this.#subscriptions.want(subscription)
        if (sinceMs !== undefined) this.#resumed.set(subscription, sinceMs)
        if (channel.name === BOOK.name) this.#awaitBook(subscription, nowMs)
      }
    }
    this.#isKnown ||= extent === 'all'
    actions.push(...this.tick(nowMs))
    return actions
  }

  control(payload: Buffer, nowMs: number): readonly Action[] {
    const { wrong } = this.#frames
    if (wrong.length > 0) {
      const actions = wrong.flatMap((pair) => this.#isWrong(pair, nowMs))
      return [...actions, ...this.tick(nowMs)]
    }
    this.#subscriptions.answered(readReply(payload), nowMs)
    return this.tick(nowMs)
  }

  /** Trades of a symbol are counted wherever they come: a scope needs no announcement. */
  scopeSeen(_scope: number, nowMs: number): ScopeSeen {
    return { isExpected: true, actions: this.tick(nowMs) }
  }

  /** Trades have no state that could be asked for again. */
  jumped(_scope: number, nowMs: number): readonly Action[] {
    return this.tick(nowMs)
  }

  tick(nowMs: number): readonly Action[] {
    if (!this.#isOpen) return []
    const actions: Action[] = []
    let wakeAt = Number.POSITIVE_INFINITY
    for (const [subscription, atMs] of this.#later) {
      if (atMs <= nowMs) {
        this.#later.delete(subscription)
        this.#subscriptions.renew(subscription)
      } else wakeAt = Math.min(wakeAt, atMs)
    }
    const asked = this.#subscriptions.advance(nowMs)
    const { changes } = this.#subscriptions
    if (changes.length > 0) {
      this.#subscriptions.changes = []
      actions.push(...this.#changed(changes, nowMs))
    }
    if (asked.send !== null) actions.push({ kind: 'send', text: asked.send })
    if (!this.#isReady && this.#isKnown && this.#subscriptions.settled) {
      this.#isReady = true
      actions.push({ kind: 'ready', symbols: this.#symbols.size })
    }
    if (nowMs >= this.#pingAtMs) {
      this.#pingAtMs = nowMs + PING_MS
      actions.push({ kind: 'send', text: '{"method":"ping"}' })
    }
    this.wakeAt = Math.min(wakeAt, asked.wakeAt, this.#pingAtMs)
    return actions
  }

  closed(): readonly Action[] {
    // The exchange never said that it does not have these.
    const unanswered = [...this.#subscriptions.troubles()].filter(
      ({ kind }) => kind === 'unanswered'
    )
    return [
      ...missedOf(unanswered),
      ...[...this.#absent.keys()].flatMap((one) => this.#toldAbsent(one)),
      ...[...this.#resumed.keys()].flatMap((one) => this.#toldResumed(one)),
    ]
  }

  channelOf(scope: number): ScopeOwner {
    const pair = this.#frames.scoped(scope)
    if (pair === undefined) return { channel: '', group: 'other' }
    return { channel: TRADE.name, group: TRADE.group, symbols: [pair.name] }
  }

  refusals(): readonly Refusal[] {
    return refusalsOf(this.#subscriptions.troubles())
  }

  #of(channel: Channel, symbol: string): Subscription {
    return this.#subscriptions.of(channel, symbol)
  }

  #awaitBook(subscription: Subscription, nowMs: number): void {
    const pair = this.#frames.pair(subscription.symbol)
    if (pair.state === 'unwanted') pair.state = 'awaited'
    // It was given up and went wrong before the exchange knew that.
    else if (pair.state === 'wrong') this.#later.set(subscription, nowMs)
  }

  /** As long as the exchange sends it, it is followed: it may be wanted again before it is given up. */
  #forgetBook(subscription: Subscription): void {
    const pair = this.#frames.pair(subscription.symbol)
    if (pair.state === 'awaited') pair.state = 'unwanted'
    this.#rebuilds.delete(pair)
    this.#later.delete(subscription)
  }

  #changed(changes: readonly Change[], nowMs: number): readonly Action[] {
    const actions: Action[] = [...missedOf(changes.flatMap(({ trouble }) => trouble ?? []))]
    for (const { kind, subscription } of changes) {
      const { channel, symbol } = subscription
      if (kind === 'live') {
        actions.push(...this.#toldAbsent(subscription), ...this.#toldResumed(subscription))
        continue
      }
      const { scope } = this.#frames.pair(symbol)
      // What comes next begins again.
      if (channel.name === TRADE.name) actions.push({ kind: 'forget', scope })
      if (channel.name === BOOK.name) {
        const isWanted = this.#subscriptions.isWanted(subscription)
        const pair = this.#frames.pair(symbol)
        pair.state = isWanted ? 'awaited' : 'unwanted'
        if (!isWanted) pair.book = null
      }
      if (kind === 'off') continue
      const reason = `the exchange ended the subscription${symbol === '' ? '' : ` of ${symbol}`}`
      actions.push({ kind: 'ended', reason, ...placeOf(channel) })
      this.#absent.set(subscription, nowMs)
    }
    return actions
  }

  /** What the exchange did not send after it ended a subscription. */
  #toldAbsent(subscription: Subscription): readonly Action[] {
    const sinceMs = this.#absent.get(subscription)
    if (sinceMs === undefined) return []
    this.#absent.delete(subscription)
    const { channel, symbol } = subscription
    const cause = 'exchange-sequence'
    const reason = 'the exchange had ended the subscription'
    const symbols = symbol === '' ? {} : { symbols: [symbol] }
    return [{ kind: 'missed', cause, sinceMs, reason, ...symbols, ...placeOf(channel) }]
  }

  /** It is captured again, or will not be: since when it was not is on record now. */
  #toldResumed(subscription: Subscription): readonly Action[] {
    const sinceMs = this.#resumed.get(subscription)
    if (sinceMs === undefined) return []
    this.#resumed.delete(subscription)
    const { channel, symbol } = subscription
    return [{ kind: 'resumed', symbols: [symbol], sinceMs, ...placeOf(channel) }]
  }

  /** A book is not what the exchange says it is: what led to it is missing or wrong, and the book is asked for again. */
  #isWrong(pair: Pair, nowMs: number): readonly Action[] {
    const channel = this.#o.filtered.find(({ name }) => name === BOOK.name)
    if (channel === undefined || !this.#symbols.has(pair.name)) return []
    const clockMs = this.#o.nowMs()
    const agoMs = pair.rightMs === 0 ? 0 : Math.max(0, clockMs - pair.rightMs)
    pair.rightMs = clockMs
    const place = { scope: 0, channel: BOOK.name, group: BOOK.group }
    this.#later.set(this.#of(channel, pair.name), this.#rebuildAt(pair, nowMs))
    return [
      {
        kind: 'missed',
        cause: 'exchange-checksum',
        symbols: [pair.name],
        sinceMs: nowMs - agoMs,
        reason: pair.why,
        ...place,
      },
      { kind: 'rebuild', how: 'resubscribe', symbols: 1, ...place },
    ]
  }

  /** Now, if the book was right for a while; else later each time. */
  #rebuildAt(pair: Pair, nowMs: number): number {
    const before = this.#rebuilds.get(pair)
    const isCalm = before === undefined || nowMs - before.lastMs > REBUILD_MS.cap
    const { base, cap } = REBUILD_MS
    const delayMs = isCalm ? 0 : Math.min(cap, Math.max(base, 2 * before.delayMs))
    const atMs = isCalm ? nowMs : Math.max(nowMs, before.lastMs + delayMs)
    this.#rebuilds.set(pair, { lastMs: atMs, delayMs })
    return atMs
  }
}

const placeOf = ({ name, group }: Channel) => ({ scope: 0, channel: name, group })
