// One client of an exchange that a Feed describes. It takes exactly the messages that the Feed sends, and answers with what the
// Feed reads as an answer; where the Feed describes no error, nonsense ends the connection.

import type { Channel } from '../../simulation/frame.ts'
import { RouteTable } from '../../simulation/routes.ts'
import type { Outgoing, Route, Session, ShownSubscription } from '../../simulation/venue.ts'
import type { Filled } from '../messages.ts'
import type { DescribedType } from '../types.ts'
import { type DataType, type Described, scopeOf, typesOfChannel } from './described.ts'
import { Form, literal, quoted, type Values } from './form.ts'

/** Where no ping is described, heartbeats come so often. */
const HEARTBEAT_MS = 10_000
const NONE: readonly never[] = []

export type ClientOptions = {
  readonly described: Described
  readonly symbols: () => Iterable<string>
  readonly has: (symbol: string) => boolean
}

export class DescribedClient implements Session {
  readonly who = ''
  wakeAt = Number.POSITIVE_INFINITY
  readonly #o: ClientOptions
  readonly #table: RouteTable
  readonly #routes = new Map<string, Route>()
  readonly #forms = new Map<DescribedType, Form>()

  constructor(options: ClientOptions) {
    this.#o = options
    this.#table = new RouteTable(options.described.data.map(({ channel }) => channel))
    // An exchange that is not asked sends everything.
    if (options.described.subscribe.length === 0) this.#addAll(options.described.data)
  }

  get hasSubscriptions(): boolean {
    return !this.#table.isEmpty
  }

  get changes(): number {
    return this.#table.changes
  }

  opened(nowMs: number): readonly Outgoing[] {
    const { heartbeat, ping } = this.#o.described
    if (heartbeat !== null && ping === null) this.wakeAt = nowMs + HEARTBEAT_MS
    return NONE
  }

  receive(text: string): readonly Outgoing[] {
    const { ping, subscribe, unsubscribe, heartbeat } = this.#o.described
    const pinged = ping?.recognise(text) ?? null
    if (pinged !== null) {
      const isPlain = heartbeat?.type === undefined && ping?.isJson === false
      return heartbeat === null ? NONE : [this.#say(heartbeat, idOf(pinged), isPlain)]
    }
    for (const message of subscribe) {
      const filled = message.recognise(text)
      if (filled !== null) return this.#subscribe(filled, message.symbols === 'none')
    }
    for (const message of unsubscribe) {
      const filled = message.recognise(text)
      if (filled === null) continue
      for (const { channel } of typesOfChannel(this.#o.described, filled.channel))
        for (const symbol of filled.symbols) this.#table.remove(channel, symbol)
      return NONE
    }
    const refused = this.#refuse('not a message of this exchange', { id: '0' })
    return refused.length > 0
      ? refused
      : [{ kind: 'close', code: 1008, reason: 'not a message of this exchange' }]
  }

  tick(nowMs: number): readonly Outgoing[] {
    this.wakeAt = nowMs + HEARTBEAT_MS
    const { heartbeat } = this.#o.described
    return heartbeat === null ? NONE : [this.#say(heartbeat, {}, false)]
  }

  overflowed(): readonly Outgoing[] {
    this.#table.clear()
    return [{ kind: 'close', code: 1008, reason: 'slow consumer' }]
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

  #subscribe(filled: Filled, isAll: boolean): readonly Outgoing[] {
    const { described, has } = this.#o
    const { ack, feed } = described
    const { channel, symbols } = filled
    const own = { ...idOf(filled), channel: quoted(channel ?? '') }
    if (channel !== null && !feed.spec.channels.includes(channel))
      return this.#refuse(`there is no channel ${channel}`, { ...own, symbol: symbols[0] ?? '' })
    const types = typesOfChannel(described, channel)
    const unknown = symbols.filter((symbol) => !has(symbol))
    const isEach = ack?.symbol !== undefined || (ack?.match ?? '').includes('{symbol}')
    const refused = unknown.flatMap((symbol) =>
      this.#refuse(`there is no symbol ${symbol}`, { ...own, symbol: quoted(symbol) })
    )
    // An answer to the message as a whole cannot say that half of it is well.
    if (unknown.length > 0 && ack !== null && !isEach) return refused.slice(0, 1)
    const known = symbols.filter((symbol) => has(symbol))
    for (const symbol of known) this.#add(types, symbol)
    if (isAll) this.#addAll(types)
    if (ack === null) return refused
    const acks = isEach && !isAll ? known.map((symbol) => quoted(symbol)) : ['']
    return [...refused, ...acks.map((symbol) => this.#say(ack, { ...own, symbol }, false))]
  }

  #refuse(reason: string, values: Values): readonly Outgoing[] {
    const { error } = this.#o.described
    if (error === null) return NONE
    return [this.#say(error, { code: '1', ...values, reason: quoted(reason) }, false)]
  }

  #say(type: DescribedType, values: Values, isPlain: boolean): Outgoing {
    const text = isPlain ? (type.match ?? type.name) : this.#formOf(type).text(values)
    return { kind: 'control', text }
  }

  #formOf(type: DescribedType): Form {
    const form = this.#forms.get(type) ?? new Form(type)
    this.#forms.set(type, form)
    return form
  }

  #addAll(types: readonly DataType[]): void {
    for (const symbol of this.#o.symbols()) this.#add(types, symbol)
  }

  #add(types: readonly DataType[], symbol: string): void {
    for (const { type, channel } of types) {
      if (this.#table.matching(channel, symbol).length > 0) continue
      this.#table.add(channel, symbol, this.#routeOf(type, channel, symbol))
      // Frames of no single symbol.
      if (this.#table.matching(channel, '').length === 0)
        this.#table.add(channel, '', this.#routeOf(type, channel, ''))
    }
  }

  /** What has one count has one order; what has none has one for each symbol. */
  #routeOf(type: DescribedType, channel: Channel, symbol: string): Route {
    const key =
      type.sequence === undefined ? `${channel.name} ${symbol}` : `count ${scopeOf(type, symbol)}`
    let route = this.#routes.get(key)
    if (route === undefined) {
      let last = 0
      route = { channel, id: 0, bare: false, nextSequence: () => ++last }
      this.#routes.set(key, route)
    }
    return route
  }
}

const idOf = ({ id }: Filled): Values => ({ id: id === null ? '0' : literal(String(id)) })
