// The protocol of one Binance connection as a machine without I/O: frames, answers, wishes and time go in, commands,
// questions and events come out. Data that comes before an ack is data.

import type {
  Action,
  Answer,
  Frame,
  Refusal,
  ScopeSeen,
  Session,
  Wanted,
} from '../protocol/adapter.ts'
import type { DeclaredTypes } from '../protocol/declared-types.ts'
import { readReply } from './answers.ts'
import { BinanceFrames } from './frames.ts'
import { LIFE_MS, RENEW_BEFORE_MS } from './limits.ts'
import { Questions } from './questions.ts'
import { missedOf, refusalsOf } from './refusals.ts'
import { type Stream, Streams } from './streams.ts'
import { Subscriptions, type Trouble } from './subscriptions.ts'
import { DEPTH_SNAPSHOT, DEPTH_UPDATE, ERROR, PRICE, SHUTDOWN } from './types.ts'
import type { Weights } from './weights.ts'

export type BinanceSessionOptions = {
  readonly channels: readonly string[]
  /** Of REST; null: nothing is asked. */
  readonly restUrl: string | null
  /** Levels of a snapshot. */
  readonly levels: number
  readonly weights: Weights
  /** This connection is renewed so much earlier than others: not all at the same time. */
  readonly earlierMs: number
  readonly declared?: DeclaredTypes
}

export class BinanceSession implements Session {
  wakeAt = Number.POSITIVE_INFINITY
  readonly #o: BinanceSessionOptions
  readonly #streams = new Streams()
  readonly #frames: BinanceFrames
  readonly #subscriptions = new Subscriptions()
  readonly #questions: Questions | null
  readonly #hasBooks: boolean
  readonly #symbols = new Set<string>()
  /** Symbols that had been given up, and since when; by stream, until it is confirmed. */
  readonly #resumed = new Map<Stream, number>()
  #isKnown = false
  #isOpen = false
  #isReady = false
  #renewAtMs = Number.POSITIVE_INFINITY

  constructor(options: BinanceSessionOptions) {
    this.#o = options
    const { channels, restUrl, levels, weights, declared } = options
    this.#frames = new BinanceFrames(this.#streams, channels, declared)
    this.#hasBooks = channels.some((name) => name.startsWith('depth'))
    this.#questions =
      restUrl === null
        ? null
        : new Questions({ restUrl, levels: this.#hasBooks ? levels : null, weights })
  }

  get frame(): Frame {
    return this.#frames.frame
  }

  /** Books whose snapshot has come. */
  get booksLive(): number {
    return this.#questions?.done ?? 0
  }

  look(payload: Buffer): void {
    this.#frames.look(payload)
  }

  exchangeMs(): number {
    return this.#frames.exchangeMs()
  }

  opened(nowMs: number): readonly Action[] {
    this.#isOpen = true
    this.#renewAtMs = nowMs + LIFE_MS - RENEW_BEFORE_MS - this.#o.earlierMs
    return this.tick(nowMs)
  }

  want({ added, removed, resumed, extent }: Wanted, nowMs: number): readonly Action[] {
    const actions: Action[] = []
    for (const symbol of removed) {
      this.#symbols.delete(symbol)
      this.#questions?.remove(symbol)
      for (const stream of this.#streamsOf(symbol)) {
        const trouble = this.#subscriptions.unwant(stream)
        actions.push(...this.#missed(trouble === null ? [] : [trouble], 'unanswered'))
        actions.push(...this.#tellResumed([stream]))
      }
    }
    for (const symbol of added) {
      this.#symbols.add(symbol)
      const sinceMs = resumed.get(symbol)
      for (const stream of this.#streamsOf(symbol)) {
        this.#subscriptions.want(stream)
        if (sinceMs !== undefined) this.#resumed.set(stream, sinceMs)
      }
    }
    this.#isKnown ||= extent === 'all'
    actions.push(...this.tick(nowMs))
    return actions
  }

  control(payload: Buffer, nowMs: number): readonly Action[] {
    if (this.frame.type === SHUTDOWN) {
      return [{ kind: 'renew', reason: 'the exchange announced that its server shuts down' }]
    }
    this.#subscriptions.answered(readReply(payload), nowMs)
    return this.tick(nowMs)
  }

  scopeSeen(scope: number, nowMs: number): ScopeSeen {
    this.#begins(scope, nowMs)
    return { isExpected: this.#streams.scoped(scope) !== undefined, actions: this.tick(nowMs) }
  }

  jumped(scope: number, nowMs: number): readonly Action[] {
    if (!this.#begins(scope, nowMs)) return this.tick(nowMs)
    const rebuild = { kind: 'rebuild', how: 'snapshot', symbols: 1, scope } as const
    return [{ ...rebuild, ...this.channelOf(scope) }, ...this.tick(nowMs)]
  }

  /** The body says neither what it is nor of which symbol. */
  answer(id: number, status: number, body: Buffer): void {
    const symbol = this.#questions?.symbolOf(id) ?? ''
    const type = this.#hasBooks ? DEPTH_SNAPSHOT : PRICE
    this.#frames.answer(body, status === 200 ? type : ERROR, symbol)
  }

  answered(id: number, answer: Answer, nowMs: number): readonly Action[] {
    this.#questions?.answered(id, answer, nowMs)
    return this.tick(nowMs)
  }

  tick(nowMs: number): readonly Action[] {
    if (!this.#isOpen) return []
    const actions: Action[] = []
    const { send, confirmed, wakeAt } = this.#subscriptions.advance(nowMs)
    if (send !== null) actions.push({ kind: 'send', text: send })
    actions.push(...missedOf(confirmed.flatMap(({ trouble }) => trouble ?? [])))
    for (const { stream } of confirmed) {
      actions.push(...this.#tellResumed([stream]))
      const isAsked = stream.type === DEPTH_UPDATE || !this.#hasBooks
      if (isAsked && this.#symbols.has(stream.symbol)) this.#questions?.add(stream.symbol, nowMs)
    }
    if (!this.#isReady && this.#isKnown && this.#subscriptions.settled) {
      this.#isReady = true
      actions.push({ kind: 'ready', symbols: this.#symbols.size })
    }
    const asked = this.#questions?.advance(nowMs)
    actions.push(...(asked?.actions ?? []))
    if (nowMs >= this.#renewAtMs) {
      this.#renewAtMs = Number.POSITIVE_INFINITY
      actions.push({ kind: 'renew', reason: 'the exchange ends every connection after 24 hours' })
    }
    this.wakeAt = Math.min(wakeAt, asked?.wakeAt ?? Number.POSITIVE_INFINITY, this.#renewAtMs)
    return actions
  }

  closed(): readonly Action[] {
    return [
      ...this.#missed([...this.#subscriptions.troubles()], 'unanswered'),
      ...this.#tellResumed([...this.#resumed.keys()]),
    ]
  }

  channelOf(scope: number): { channel: string; group: string } {
    const stream = this.#streams.scoped(scope)
    return { channel: stream?.channel ?? '', group: stream?.type.group ?? 'other' }
  }

  /** The exchange counts by symbol, whatever the connection. */
  chainOf(scope: number): string {
    return this.#streams.scoped(scope)?.name ?? ''
  }

  refusals(): readonly Refusal[] {
    const [channel] = this.#o.channels
    const asked = this.#questions?.refused() ?? []
    return refusalsOf(this.#subscriptions.troubles(), asked, channel ?? '')
  }

  #begins(scope: number, nowMs: number): boolean {
    const stream = this.#streams.scoped(scope)
    const first = this.#frames.frame.first
    if (stream?.type !== DEPTH_UPDATE || first < 0) return false
    return this.#questions?.begins(stream.symbol, scope, first, nowMs) ?? false
  }

  #streamsOf(symbol: string): readonly Stream[] {
    return this.#o.channels.map((channel) => this.#streams.of(symbol, channel))
  }

  #missed(troubles: readonly Trouble[], only: Trouble['kind']): readonly Action[] {
    return missedOf(troubles.filter(({ kind }) => kind === only))
  }

  /** Streams that are captured again, or will not be: since when they were not is on record now. */
  #tellResumed(streams: readonly Stream[]): readonly Action[] {
    return streams.flatMap((stream) => {
      const sinceMs = this.#resumed.get(stream)
      if (sinceMs === undefined) return []
      this.#resumed.delete(stream)
      const { symbol, scope, channel, type } = stream
      return {
        kind: 'resumed' as const,
        symbols: [symbol],
        sinceMs,
        scope,
        channel,
        group: type.group,
      }
    })
  }
}
