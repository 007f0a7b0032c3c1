// One client of the simulated Binance: what it is subscribed to, how often it speaks, how long it may stay. It answers as
// the documentation says, word by word where that gives words.

import type { Channel } from '../../simulation/frame.ts'
import { RouteTable } from '../../simulation/routes.ts'
import type { Outgoing, Route, Session, ShownSubscription } from '../../simulation/venue.ts'
import { CHANNELS, streamOf } from './channels.ts'

export type SessionLimits = {
  readonly messagesPerSecond: number
  readonly streams: number
  readonly lifeMs: number
  /** From the announcement of a shutdown to the end. */
  readonly shutdownMs: number
  /** An answer to a command comes so late, and data before it. */
  readonly ackMs: number
}

export const LIMITS: SessionLimits = {
  messagesPerSecond: 5,
  streams: 1024,
  lifeMs: 24 * 3_600_000,
  shutdownMs: 10 * 60_000,
  ackMs: 0,
}

const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY']
const ILLEGAL = /[^\p{L}\p{N}@!_.-]/u

type Id = number | string | null
type Command = { readonly method: string; readonly params: unknown; readonly id: Id }

export class BinanceClient implements Session {
  readonly who = ''
  wakeAt = Number.POSITIVE_INFINITY
  readonly #limits: SessionLimits
  readonly #table = new RouteTable(CHANNELS)
  /** Every name that was subscribed to, also those that send nothing. */
  readonly #names = new Set<string>()
  readonly #spoke: number[] = []
  #late: { readonly atMs: number; readonly text: string }[] = []
  #isCombined: boolean
  #endMs = Number.POSITIVE_INFINITY

  constructor(limits: SessionLimits, names: readonly string[], isCombined: boolean) {
    this.#limits = limits
    this.#isCombined = isCombined
    for (const name of names) this.#subscribe(name)
  }

  get hasSubscriptions(): boolean {
    return !this.#table.isEmpty
  }

  get changes(): number {
    return this.#table.changes
  }

  opened(nowMs: number): readonly Outgoing[] {
    this.#endMs = nowMs + this.#limits.lifeMs
    this.#schedule()
    return []
  }

  receive(text: string, nowMs: number): readonly Outgoing[] {
    const over = this.pinged(nowMs)
    if (over.length > 0) return over
    const answer = JSON.stringify(this.#answer(text))
    if (this.#limits.ackMs === 0) return [{ kind: 'control', text: answer }]
    this.#late.push({ atMs: nowMs + this.#limits.ackMs, text: answer })
    this.#schedule()
    return []
  }

  /** Pings and pongs count as messages. */
  pinged(nowMs: number): readonly Outgoing[] {
    const spoke = this.#spoke
    while (spoke.length > 0 && spoke[0]! <= nowMs - 1_000) spoke.shift()
    spoke.push(nowMs)
    if (spoke.length <= this.#limits.messagesPerSecond) return []
    return [{ kind: 'close', code: 1008, reason: 'Too many requests' }]
  }

  tick(nowMs: number): readonly Outgoing[] {
    const due = this.#late.filter(({ atMs }) => atMs <= nowMs)
    this.#late = this.#late.filter(({ atMs }) => atMs > nowMs)
    const outgoing: Outgoing[] = due.map(({ text }) => ({ kind: 'control', text }))
    if (nowMs >= this.#endMs) outgoing.push({ kind: 'close', code: 1001, reason: '' })
    this.#schedule()
    return outgoing
  }

  /** The server is about to shut down. */
  shutdown(nowMs: number): readonly Outgoing[] {
    this.#endMs = Math.min(this.#endMs, nowMs + this.#limits.shutdownMs)
    this.#schedule()
    const data = `{"e":"serverShutdown","E":${nowMs}}`
    const text = this.#isCombined ? `{"stream":"!serverShutdown","data":${data}}` : data
    return [{ kind: 'control', text }]
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

  #answer(text: string): object {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return failure(3, 'Invalid JSON: expected value at line 1 column 1')
    }
    const command = readCommand(value)
    if (typeof command === 'string') return failure(2, `Invalid request: ${command}`)
    const { method, id } = command
    const params = command.params ?? []
    if (!METHODS.includes(method)) {
      const words = METHODS.map((name) => `\`${name}\``).join(', ')
      return failure(
        2,
        `Invalid request: unknown variant \`${method}\`, expected one of ${words}`,
        id
      )
    }
    if (!Array.isArray(params)) return failure(2, 'Invalid request: params must be a list', id)
    if (method === 'LIST_SUBSCRIPTIONS') return { result: [...this.#names], id }
    if (method === 'GET_PROPERTY' || method === 'SET_PROPERTY')
      return this.#property(command, params)
    const odd = params.find((name) => typeof name !== 'string' || name === '' || ILLEGAL.test(name))
    if (odd !== undefined) return failure(2, 'Invalid request: invalid stream name', id)
    const names = params as string[]
    if (method === 'SUBSCRIBE') {
      const all = new Set([...this.#names, ...names])
      if (all.size > this.#limits.streams) {
        return failure(2, `Invalid request: more than ${this.#limits.streams} streams`, id)
      }
      for (const name of names) this.#subscribe(name)
    } else for (const name of names) this.#unsubscribe(name)
    return { result: null, id }
  }

  #property({ method, id }: Command, [name, value]: readonly unknown[]): object {
    if (typeof name !== 'string') {
      return failure(2, 'Invalid request: property name must be a string', id)
    }
    if (name !== 'combined') return failure(0, 'Unknown property', id)
    if (method === 'GET_PROPERTY') return { result: this.#isCombined, id }
    if (typeof value !== 'boolean') return failure(1, 'Invalid value type: expected Boolean', id)
    this.#isCombined = value
    // What a route sends has changed.
    for (const one of this.#names) {
      this.#unsubscribe(one)
      this.#subscribe(one)
    }
    return { result: null, id }
  }

  #subscribe(name: string): void {
    if (this.#names.has(name)) return
    this.#names.add(name)
    const stream = streamOf(name)
    if (stream === null) return
    const { channel, market } = stream
    const route: Route = { channel, id: 0, bare: !this.#isCombined, nextSequence: () => 0 }
    this.#table.add(channel, market, route)
  }

  #unsubscribe(name: string): void {
    if (!this.#names.delete(name)) return
    const stream = streamOf(name)
    if (stream !== null) this.#table.remove(stream.channel, stream.market)
  }

  #schedule(): void {
    this.wakeAt = Math.min(this.#endMs, ...this.#late.map(({ atMs }) => atMs))
  }
}

/** A command, or what is wrong with it. */
function readCommand(value: unknown): Command | string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'expected an object'
  }
  const { method, params, id } = value as Readonly<Record<string, unknown>>
  if (method === undefined) return 'missing field `method` at line 1 column 1'
  if (typeof method !== 'string') return 'method must be a string'
  const isId =
    id === null ||
    (typeof id === 'number' && Number.isSafeInteger(id)) ||
    (typeof id === 'string' && /^[A-Za-z0-9]{1,36}$/.test(id))
  if (!isId) return 'request ID must be an unsigned integer'
  return { method, params, id: id as Id }
}

const failure = (code: number, msg: string, id?: Id): object => ({
  error: { code, msg },
  ...(id === undefined ? {} : { id }),
})
