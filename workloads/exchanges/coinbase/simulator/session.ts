// One client of the simulated Coinbase: what it is subscribed to, and the one count of all its frames, answers included.
// Snapshots and first changes come before the answer, as they do on the exchange; an error names no product.

import type { Channel } from '../../simulation/frame.ts'
import { RouteTable } from '../../simulation/routes.ts'
import type { Outgoing, Route, Session, ShownSubscription } from '../../simulation/venue.ts'
import { CHANNELS, channelNamed, HEARTBEATS, LEVEL2, STATUS } from './channels.ts'
import { type Envelope, envelope, envelopeOf, timeText } from './envelope.ts'
import { bookEvent } from './generated.ts'
import type { Source } from './source.ts'

export type SessionLimits = {
  /** Messages of one address in a second. */
  readonly messagesPerSecond: number
  /** A connection without a subscription is ended after this. */
  readonly subscribeMs: number
  readonly heartbeatMs: number
  /** An answer to a message comes so late. */
  readonly ackMs: number
}

export const LIMITS: SessionLimits = {
  messagesPerSecond: 8,
  subscribeMs: 5_000,
  heartbeatMs: 1_000,
  ackMs: 0,
}

type Message = {
  readonly type: string
  readonly channel: Channel
  readonly products: readonly string[]
}

export class CoinbaseClient implements Session {
  readonly who = ''
  wakeAt = Number.POSITIVE_INFINITY
  readonly #source: Source
  readonly #limits: SessionLimits
  /** When messages of this address came. */
  readonly #spoke: number[]
  readonly #table = new RouteTable(CHANNELS)
  /** One for all channels: the connection is what is counted. */
  readonly #route: Route
  #sequence = 0
  #lateMs: number[] = []
  #subscribeByMs = Number.POSITIVE_INFINITY
  #heartbeatMs = Number.POSITIVE_INFINITY
  #heartbeats = 0

  constructor(source: Source, limits: SessionLimits, spoke: number[]) {
    this.#source = source
    this.#limits = limits
    this.#spoke = spoke
    this.#route = { channel: LEVEL2, id: 0, bare: false, nextSequence: () => this.#sequence++ }
  }

  /** Heartbeats are no market data: nothing is played for them. */
  get hasSubscriptions(): boolean {
    return CHANNELS.some(({ name }) => name !== HEARTBEATS.name && this.#table.listensTo(name))
  }

  get changes(): number {
    return this.#table.changes
  }

  opened(nowMs: number): readonly Outgoing[] {
    this.#subscribeByMs = nowMs + this.#limits.subscribeMs
    this.#schedule()
    return []
  }

  receive(text: string, nowMs: number): readonly Outgoing[] {
    const spoke = this.#spoke
    while (spoke.length > 0 && spoke[0]! <= nowMs - 1_000) spoke.shift()
    spoke.push(nowMs)
    if (spoke.length > this.#limits.messagesPerSecond) return [failure('rate limit exceeded')]
    const message = this.#read(text)
    if (typeof message === 'string') return [failure(message)]
    return message.type === 'subscribe'
      ? this.#subscribe(message, nowMs)
      : this.#unsubscribe(message, nowMs)
  }

  tick(nowMs: number): readonly Outgoing[] {
    const outgoing: Outgoing[] = []
    for (const atMs of this.#lateMs) if (atMs <= nowMs) outgoing.push(this.#ack())
    this.#lateMs = this.#lateMs.filter((atMs) => atMs > nowMs)
    if (nowMs >= this.#heartbeatMs) {
      this.#heartbeatMs = nowMs + this.#limits.heartbeatMs
      outgoing.push(this.#heartbeat(nowMs))
    }
    if (nowMs >= this.#subscribeByMs) {
      this.#subscribeByMs = Number.POSITIVE_INFINITY
      outgoing.push({ kind: 'close', code: 1008, reason: 'no subscription within 5 seconds' })
    }
    this.#schedule()
    return outgoing
  }

  overflowed(): readonly Outgoing[] {
    this.#table.clear()
    this.#heartbeatMs = Number.POSITIVE_INFINITY
    this.#schedule()
    return [failure('ErrSlowConsume'), { kind: 'close', code: 1008, reason: 'slow consumer' }]
  }

  matching(channel: Channel, market: string): readonly Route[] {
    return this.#table.matching(channel, market)
  }

  has(route: Route): boolean {
    return this.#table.has(route)
  }

  listensTo(channel: string): boolean {
    return this.#table.listensTo(channel)
  }

  subscriptions(): readonly ShownSubscription[] {
    return this.#table.shown()
  }

  #subscribe({ channel, products }: Message, nowMs: number): readonly Outgoing[] {
    this.#subscribeByMs = Number.POSITIVE_INFINITY
    if (channel === HEARTBEATS) {
      if (this.#table.matching(channel, '').length === 0) this.#add(channel, '')
      if (this.#heartbeatMs === Number.POSITIVE_INFINITY) {
        this.#heartbeatMs = nowMs + this.#limits.heartbeatMs
      }
      return this.#answer([], nowMs)
    }
    const outgoing: Outgoing[] = []
    for (const product of products) {
      // What it has already it is not given again: to have a snapshot, one has to unsubscribe first.
      if (this.#table.matching(channel, product).length > 0) continue
      this.#add(channel, product)
      const event = this.#source.snapshot(channel, product)
      if (event === null) continue
      outgoing.push(this.#data(channel, event))
      if (channel === LEVEL2) outgoing.push(this.#data(LEVEL2, bookEvent('update', product, [])))
    }
    return this.#answer(outgoing, nowMs)
  }

  #unsubscribe({ channel, products }: Message, nowMs: number): readonly Outgoing[] {
    // A channel without products is ended as a whole.
    const ends = products.length > 0 ? products : [...this.#table.markets(channel)]
    for (const product of ends) this.#table.remove(channel, product)
    if (channel === HEARTBEATS) this.#heartbeatMs = Number.POSITIVE_INFINITY
    return this.#answer([], nowMs)
  }

  #add(channel: Channel, market: string): void {
    this.#table.add(channel, market, this.#route)
  }

  #answer(data: readonly Outgoing[], nowMs: number): readonly Outgoing[] {
    const { ackMs } = this.#limits
    if (ackMs > 0) this.#lateMs.push(nowMs + ackMs)
    this.#schedule()
    return ackMs > 0 ? data : [...data, this.#ack()]
  }

  #ack(): Outgoing {
    const lists = CHANNELS.flatMap((channel) => {
      const products = [...this.#table.markets(channel)]
      if (products.length === 0) return []
      const named = channel === HEARTBEATS ? ['heartbeats'] : products
      return `"${channel.name}":${JSON.stringify(named)}`
    })
    const event = `{"subscriptions":{${lists.join(',')}}}`
    return {
      kind: 'control',
      text: this.#numbered(envelope('subscriptions', this.#source.nowUs, event)),
    }
  }

  #heartbeat(nowMs: number): Outgoing {
    const us = Math.floor(nowMs * 1000)
    const time = timeText(us).replace('T', ' ').replace('Z', '')
    const event = `{"current_time":"${time} +0000 UTC m=+${Math.floor(nowMs / 1000) % 100_000}.5","heartbeat_counter":${this.#heartbeats++}}`
    return { kind: 'control', text: this.#numbered(envelopeOf(HEARTBEATS, us, event)) }
  }

  #data(channel: Channel, event: string): Outgoing {
    const text = this.#numbered(envelopeOf(channel, this.#source.nowUs, event))
    return { kind: 'data', text }
  }

  #numbered({ head, tail }: Envelope): string {
    return `${head}${this.#sequence++}${tail}`
  }

  #schedule(): void {
    this.wakeAt = Math.min(this.#subscribeByMs, this.#heartbeatMs, ...this.#lateMs)
  }

  /** A message, or what is wrong with it. */
  #read(text: string): Message | string {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return 'invalid json'
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return 'invalid message'
    const {
      type,
      channel: name,
      channels,
      product_ids,
    } = value as Readonly<Record<string, unknown>>
    if (type !== 'subscribe' && type !== 'unsubscribe') return 'unknown message type'
    if (channels !== undefined) return 'channels is not supported: one channel a message'
    const channel = channelNamed(name)
    if (channel === undefined) return 'channel is not supported'
    const products = product_ids ?? []
    if (!Array.isArray(products) || products.some((one) => typeof one !== 'string')) {
      return 'product_ids is not a list of texts'
    }
    const isNamed = channel === HEARTBEATS || channel === STATUS || type === 'unsubscribe'
    if (products.length === 0 && !isNamed) return 'product_ids is missing'
    const isUnknown = channel !== HEARTBEATS && products.some((one) => !this.#source.has(one))
    if (isUnknown && type === 'subscribe') return 'failure to subscribe'
    const named =
      products.length === 0 && channel === STATUS && type === 'subscribe'
        ? this.#source.products().map(({ symbol }) => symbol)
        : (products as string[])
    return { type, channel, products: named }
  }
}

/** Errors are not counted. */
const failure = (message: string): Outgoing => ({
  kind: 'control',
  text: JSON.stringify({ type: 'error', message }),
})
