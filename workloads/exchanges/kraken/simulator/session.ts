// One client of the simulated Kraken: commands in, answers out, one for each symbol. A pure state machine that is told the time.

import { RouteTable } from '../../simulation/routes.ts'
import type { Outgoing, Route, Session } from '../../simulation/venue.ts'
import { bookOf, CHANNELS, INSTRUMENT, TICKERS, TRADE, type Variant } from './channels.ts'
import type { Source } from './source.ts'
import { timeText } from './texts.ts'

const HEARTBEAT_MS = 1_000
/** Of one command. */
const MAX_SYMBOLS = 1_000

type Answer = Extract<Outgoing, { readonly text: string }>
type Fields = Readonly<Record<string, unknown>>

/** One symbol of one channel. */
class KrakenRoute implements Route {
  readonly channel: Variant
  readonly id = 0
  readonly bare = false

  constructor(channel: Variant) {
    this.channel = channel
  }

  /** No frame has a place for a number. */
  nextSequence(): number {
    return 0
  }
}

export class KrakenClient implements Session {
  readonly who = ''
  readonly #source: Source
  readonly #connection: string
  readonly #routes = new RouteTable<KrakenRoute>(CHANNELS)
  /** What was asked for, by name and symbol; a recording may send it as another variant. */
  readonly #asked = new Map<string, Variant>()
  wakeAt = Number.POSITIVE_INFINITY

  /** `connection`: digits, more than a number holds. */
  constructor(source: Source, connection: string) {
    this.#source = source
    this.#connection = connection
  }

  get hasSubscriptions(): boolean {
    return !this.#routes.isEmpty
  }

  get changes(): number {
    return this.#routes.changes
  }

  opened(): readonly Answer[] {
    return [
      control(
        `{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":${this.#connection}}]}`
      ),
    ]
  }

  receive(text: string, nowMs: number): readonly Answer[] {
    const command = objectOf(parsed(text))
    if (command === null) return [this.#answer({ method: 'error' }, 0, nowMs, 'Malformed request')]
    const { method, req_id: id } = command
    if (id !== undefined && !Number.isSafeInteger(id)) {
      return [this.#answer({ method: 'error' }, 0, nowMs, 'Malformed request')]
    }
    const req = typeof id === 'number' ? id : 0
    if (method === 'ping') return [this.#pong(req, nowMs)]
    const params = objectOf(command.params)
    if ((method !== 'subscribe' && method !== 'unsubscribe') || params === null) {
      return [this.#answer({ method: 'error' }, req, nowMs, 'Malformed request')]
    }
    const answers = this.#command(method, params, req, nowMs)
    this.wakeAt = this.hasSubscriptions ? nowMs + HEARTBEAT_MS : Number.POSITIVE_INFINITY
    return answers
  }

  tick(nowMs: number, sentMs: number): readonly Answer[] {
    const isSilent = nowMs - sentMs >= HEARTBEAT_MS
    this.wakeAt = isSilent ? nowMs + HEARTBEAT_MS : sentMs + HEARTBEAT_MS
    return isSilent ? [control('{"channel":"heartbeat"}')] : []
  }

  matching(channel: Variant, market: string): readonly Route[] {
    return this.#routes.matching(channel, market)
  }

  has(route: Route): boolean {
    return this.#routes.has(route)
  }

  listensTo(channel: string): boolean {
    return this.#routes.listensTo(channel)
  }

  /** Kraken ends the connection of a client that does not read. */
  overflowed(): readonly Outgoing[] {
    this.#routes.clear()
    return [{ kind: 'cut' }]
  }

  subscriptions() {
    return this.#routes.shown()
  }

  #command(
    method: 'subscribe' | 'unsubscribe',
    params: Fields,
    id: number,
    nowMs: number
  ): readonly Answer[] {
    const refuse = (words: string, symbol?: string) =>
      this.#answer({ method, ...(symbol === undefined ? {} : { symbol }) }, id, nowMs, words)
    const channel = variantOf(params)
    if (typeof channel === 'string') return [refuse(channel)]
    const symbols = channel === INSTRUMENT ? [''] : params.symbol
    if (!Array.isArray(symbols) || symbols.length === 0 || symbols.length > MAX_SYMBOLS) {
      return [refuse('Malformed request')]
    }
    if (!symbols.every((symbol) => typeof symbol === 'string')) return [refuse('Malformed request')]
    const answers: Answer[] = []
    for (const [i, symbol] of (symbols as string[]).entries()) {
      if (channel !== INSTRUMENT && !this.#source.has(symbol)) {
        answers.push(refuse(`Currency pair not supported ${symbol}`, symbol))
        continue
      }
      const named = symbol === '' ? undefined : symbol
      const key = `${channel.name} ${symbol}`
      const known = this.#asked.get(key)
      if (method === 'unsubscribe') {
        if (known !== channel) answers.push(refuse('Subscription Not Found', named))
        else {
          this.#asked.delete(key)
          this.#routes.remove(this.#source.variant(channel), symbol)
          answers.push(this.#done(method, channel, params, symbol, id, nowMs))
        }
        continue
      }
      if (known !== undefined) {
        answers.push(refuse('Already subscribed', named))
        continue
      }
      this.#asked.set(key, channel)
      const sent = this.#source.variant(channel)
      this.#routes.add(sent, symbol, new KrakenRoute(sent))
      const ack = this.#done(method, channel, params, symbol, id, nowMs)
      const first = params.snapshot === false ? null : this.#source.snapshot(channel, symbol, nowMs)
      const frames: Answer[] = first === null ? [] : [{ kind: 'data', text: first }]
      // Data may come before its ack.
      answers.push(...(i % 2 === 0 ? [ack, ...frames] : [...frames, ack]))
    }
    return answers
  }

  #done(
    method: string,
    channel: Variant,
    params: Fields,
    symbol: string,
    id: number,
    nowMs: number
  ): Answer {
    const result = {
      channel: channel.name,
      ...(channel.depth === 0 ? {} : { depth: channel.depth }),
      ...(channel.trigger === '' ? {} : { event_trigger: channel.trigger }),
      ...(method === 'subscribe' ? { snapshot: params.snapshot !== false } : {}),
      ...(symbol === '' ? {} : { symbol }),
    }
    return control(
      JSON.stringify({
        method,
        result,
        success: true,
        ...times(nowMs),
        ...(id > 0 ? { req_id: id } : {}),
      })
    )
  }

  #answer(fields: Fields, id: number, nowMs: number, error: string): Answer {
    return control(
      JSON.stringify({
        error,
        ...fields,
        ...(id > 0 ? { req_id: id } : {}),
        success: false,
        ...times(nowMs),
      })
    )
  }

  #pong(id: number, nowMs: number): Answer {
    return control(
      JSON.stringify({ method: 'pong', ...(id > 0 ? { req_id: id } : {}), ...times(nowMs) })
    )
  }
}

/** The channel that is meant, or why there is none. */
function variantOf(params: Fields): Variant | string {
  switch (params.channel) {
    case 'trade':
      return TRADE
    case 'instrument':
      return INSTRUMENT
    case 'ticker': {
      const { event_trigger: trigger = 'trades' } = params
      const ticker = TICKERS.find((one) => one.trigger === trigger)
      return ticker ?? 'Event trigger not supported'
    }
    case 'book': {
      const { depth = 10 } = params
      const book = typeof depth === 'number' ? bookOf(depth) : undefined
      return book ?? 'Subscription depth not supported'
    }
    default:
      return 'Subscription name invalid'
  }
}

const control = (text: string): Answer => ({ kind: 'control', text })

const times = (nowMs: number) => {
  const us = Math.floor(nowMs * 1000)
  return { time_in: timeText(us), time_out: timeText(us + 48) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const objectOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
