// The protocol of one connection as a Feed describes it, as a machine without I/O: frames, wishes and time go in, messages
// and events come out. What a Feed does not describe, it does not know: a hole in a sequence is told, and nothing is asked
// for again.

import type { Action, Frame, Refusal, ScopeSeen, Session, Wanted } from '../protocol/adapter.ts'
import { DescribedFrames } from './frames.ts'
import type { Message } from './messages.ts'
import { type Confirmed, type Item, Subscriptions, type Trouble } from './subscriptions.ts'
import type { DescribedType } from './types.ts'

export type DescribedSessionOptions = {
  readonly types: readonly DescribedType[]
  readonly channels: readonly string[]
  readonly subscribe: readonly Message[]
  readonly unsubscribe: readonly Message[]
  readonly symbolsPerMessage: number
  readonly spacingMs: number
  readonly ping: { readonly message: Message; readonly everyMs: number } | null
}

/** Messages that may wait for an answer that says what it is about. */
const WINDOW = 100
const GROUP = 'connection'
const NONE: readonly never[] = []

export class DescribedSession implements Session {
  readonly frame: Frame
  wakeAt = Number.POSITIVE_INFINITY
  readonly #o: DescribedSessionOptions
  readonly #frames: DescribedFrames
  readonly #subscriptions: Subscriptions
  readonly #symbols = new Set<string>()
  /** Symbols that were not captured for a while, since when. */
  readonly #resumed = new Map<string, number>()
  #isOpen = false
  #isReady = false
  #isAll = false
  #pingAtMs = Number.POSITIVE_INFINITY

  constructor(options: DescribedSessionOptions) {
    this.#o = options
    const { types } = options
    this.#frames = new DescribedFrames(types)
    this.frame = this.#frames.frame
    const answers = types.filter(({ kind }) => kind === 'ack' || kind === 'error')
    this.#subscriptions = new Subscriptions({
      ...options,
      isConfirmed: answers.some(({ kind }) => kind === 'ack'),
      window: answers.every((type) => saysWhat(type)) ? WINDOW : 1,
    })
  }

  look(payload: Buffer): void {
    this.#frames.look(payload)
  }

  exchangeMs(): number {
    return this.#frames.exchangeMs()
  }

  opened(nowMs: number): readonly Action[] {
    this.#isOpen = true
    if (this.#o.ping !== null) this.#pingAtMs = nowMs + this.#o.ping.everyMs
    this.#subscriptions.want('')
    return this.#advance(nowMs)
  }

  control(payload: Buffer, nowMs: number): readonly Action[] {
    this.#subscriptions.answered(this.#frames.reply(payload), nowMs)
    return this.#advance(nowMs)
  }

  scopeSeen(): ScopeSeen {
    return { isExpected: true, actions: NONE }
  }

  jumped(): readonly Action[] {
    return NONE
  }

  want({ added, removed, resumed, extent }: Wanted, nowMs: number): readonly Action[] {
    const actions: Action[] = []
    this.#isAll = extent === 'all'
    for (const symbol of removed) {
      if (!this.#symbols.delete(symbol)) continue
      actions.push(...missedOf(this.#subscriptions.unwant(symbol).filter(isUnanswered)))
      actions.push(...this.#tellResumed(symbol))
    }
    for (const symbol of added) {
      if (this.#symbols.has(symbol)) continue
      this.#symbols.add(symbol)
      const sinceMs = resumed.get(symbol)
      if (sinceMs !== undefined) this.#resumed.set(symbol, sinceMs)
      this.#subscriptions.want(symbol)
    }
    return [...actions, ...this.#advance(nowMs)]
  }

  tick(nowMs: number): readonly Action[] {
    return this.#advance(nowMs)
  }

  closed(): readonly Action[] {
    return [
      ...missedOf([...this.#subscriptions.troubles()].filter(isUnanswered)),
      ...[...this.#resumed.keys()].flatMap((symbol) => this.#tellResumed(symbol)),
    ]
  }

  channelOf(scope: number): { channel: string; group: string } {
    const type = this.#frames.scopes.typeOf(scope)
    return { channel: type?.name ?? '', group: type?.group ?? GROUP }
  }

  refusals(): readonly Refusal[] {
    const groups = new Map<string, Refusal & { readonly symbols: string[] }>()
    for (const { item, kind, words, sinceMs } of this.#subscriptions.troubles()) {
      const channel = this.#channelOf(item)
      const key = `${channel} ${kind} ${words}`
      const group = groups.get(key) ?? { channel, symbols: [], kind, words, sinceMs }
      groups.set(key, group)
      if (item.symbol !== '') group.symbols.push(item.symbol)
    }
    const { complaint } = this.#subscriptions
    if (complaint === null) return [...groups.values()]
    const [channel = ''] = this.#o.channels
    return [...groups.values(), { channel, symbols: [], kind: 'refused', ...complaint }]
  }

  #advance(nowMs: number): readonly Action[] {
    if (!this.#isOpen) return NONE
    const actions: Action[] = []
    this.wakeAt = Number.POSITIVE_INFINITY
    for (;;) {
      const { send, confirmed, wakeAt } = this.#subscriptions.advance(nowMs)
      for (const one of confirmed) actions.push(...this.#begin(one))
      if (send !== null) actions.push({ kind: 'send', text: send })
      this.wakeAt = wakeAt
      // What is sent may confirm itself, and then the next may be due.
      if (send === null) break
    }
    const { ping } = this.#o
    if (ping !== null && nowMs >= this.#pingAtMs) {
      this.#pingAtMs = nowMs + ping.everyMs
      const id = this.#subscriptions.nextId
      actions.push({ kind: 'send', text: ping.message.fill({ id, channel: '', symbols: [] }) })
    }
    this.wakeAt = Math.min(this.wakeAt, this.#pingAtMs)
    if (!this.#isReady && this.#isAll && this.#subscriptions.settled) {
      this.#isReady = true
      actions.push({ kind: 'ready', symbols: this.#symbols.size })
    }
    return actions
  }

  #begin({ item, trouble }: Confirmed): readonly Action[] {
    const missed = trouble === null ? [] : missedOf([trouble])
    return item.symbol === '' ? missed : [...missed, ...this.#tellResumed(item.symbol)]
  }

  #tellResumed(symbol: string): readonly Action[] {
    const sinceMs = this.#resumed.get(symbol)
    if (sinceMs === undefined) return NONE
    this.#resumed.delete(symbol)
    const [channel = ''] = this.#o.channels
    return [{ kind: 'resumed', symbols: [symbol], sinceMs, scope: 0, channel, group: GROUP }]
  }

  #channelOf({ channel }: Item): string {
    return channel === '' ? (this.#o.channels[0] ?? '') : channel
  }
}

/** What was refused was never to be had: nothing is missing. */
const isUnanswered = ({ kind }: Trouble): boolean => kind === 'unanswered'

/** An answer that says which symbol or message it is about. */
const saysWhat = ({ id, symbol, match }: DescribedType): boolean =>
  id !== undefined || symbol !== undefined || (match?.includes('{symbol}') ?? false)

/** What was missing since it was asked for, as one action for all symbols of a channel that share a reason. */
function missedOf(troubles: readonly Trouble[]): readonly Action[] {
  const groups = Map.groupBy(troubles, ({ item, kind }) => `${item.channel} ${kind}`)
  return [...groups.values()].map((group) => {
    const [{ item, kind }] = group as [Trouble]
    const names = group.map(({ item: { symbol } }) => symbol).filter((symbol) => symbol !== '')
    const what = names.length === 0 ? `channel ${item.channel}` : shown(names)
    return {
      kind: 'missed' as const,
      cause: 'not-subscribed' as const,
      sinceMs: Math.min(...group.map(({ sinceMs }) => sinceMs)),
      reason: `the exchange ${kind === 'refused' ? 'refused' : 'did not confirm'} ${what}`,
      scope: 0,
      channel: item.channel,
      group: GROUP,
    }
  })
}

const shown = (symbols: readonly string[]): string =>
  symbols.length <= 3
    ? symbols.join(', ')
    : `${symbols.slice(0, 3).join(', ')} and ${symbols.length - 3} more`
