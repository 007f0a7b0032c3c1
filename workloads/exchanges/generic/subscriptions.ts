// What a connection has subscribed to, by the messages of a Feed. Messages are sent within a rate; answers confirm them, as a
// whole or symbol by symbol, or refuse them. If an exchange refuses a message with many symbols and does not say which one is
// meant, the message is halved until the symbol is found; all others continue.

import type { Reply } from './frames.ts'
import type { Message } from './messages.ts'

/** One message for one symbol of one channel; empty where the message names none. */
export type Item = {
  readonly message: Message
  readonly channel: string
  readonly symbol: string
}

/** What cannot be had at present. */
export type Trouble = {
  readonly item: Item
  readonly kind: 'refused' | 'unanswered'
  readonly words: string
  readonly sinceMs: number
  readonly untilMs: number
  readonly times: number
}

type Sent = {
  readonly id: number
  /** Those without an answer yet. */
  readonly items: Set<Item>
  readonly askedMs: number
}

export type Confirmed = { readonly item: Item; readonly trouble: Trouble | null }

export type SubscriptionsOptions = {
  readonly subscribe: readonly Message[]
  readonly unsubscribe: readonly Message[]
  readonly channels: readonly string[]
  readonly symbolsPerMessage: number
  /** Between two messages. */
  readonly spacingMs: number
  /** The exchange confirms; if not, what was sent counts as confirmed. */
  readonly isConfirmed: boolean
  /** Messages that may wait for their answer; 1 if an answer does not say what it is about. */
  readonly window: number
}

const ANSWER_MS = 10_000
const AGAIN_MS = { base: 1_000, cap: 60_000 }
/** What was refused is asked for again after this. */
const REFUSED_MS = 5 * 60_000
/** Messages that an answer may still be about. */
const MAX_RECENT = 256
/** An error that does not say what it is about is about what was sent so shortly before. */
const RECENT_MS = 10_000

export class Subscriptions {
  readonly #o: SubscriptionsOptions
  readonly #items = new Map<string, readonly Item[]>()
  readonly #wanted = new Set<Item>()
  readonly #live = new Set<Item>()
  readonly #new = new Set<Item>()
  /** Parts of messages that were refused. */
  #parts: (readonly Item[])[] = []
  /** Messages that end a symbol. */
  #ends: Item[] = []
  readonly #troubles = new Map<Item, Trouble>()
  readonly #waiting = new Map<number, Sent>()
  readonly #recent = new Map<number, { readonly items: readonly Item[]; readonly sentMs: number }>()
  #confirmed: Confirmed[] = []
  #complaint: { readonly words: string; readonly sinceMs: number } | null = null
  #ids = 0
  #sentMs = Number.NEGATIVE_INFINITY

  constructor(options: SubscriptionsOptions) {
    this.#o = options
  }

  /** All that is wanted was asked for, and answered. */
  get settled(): boolean {
    return this.#new.size === 0 && this.#parts.length === 0 && this.#waiting.size === 0
  }

  /** What the exchange said that cannot be told to be about any one symbol. */
  get complaint(): { readonly words: string; readonly sinceMs: number } | null {
    return this.#complaint
  }

  get nextId(): number {
    return ++this.#ids
  }

  /** `''`: the messages that name no symbol. */
  want(symbol: string): void {
    for (const item of this.#itemsOf(symbol)) {
      this.#wanted.add(item)
      if (!this.#live.has(item)) this.#new.add(item)
    }
    this.#ends = this.#ends.filter((end) => end.symbol !== symbol)
  }

  /** Returns what was wrong with it. */
  unwant(symbol: string): readonly Trouble[] {
    const troubles: Trouble[] = []
    let isAsked = false
    for (const item of this.#itemsOf(symbol)) {
      const trouble = this.#troubles.get(item)
      if (trouble !== undefined) troubles.push(trouble)
      isAsked ||= this.#wanted.has(item) && !this.#new.has(item) && trouble?.kind !== 'refused'
      this.#wanted.delete(item)
      this.#troubles.delete(item)
      this.#new.delete(item)
      this.#live.delete(item)
      for (const sent of this.#waiting.values()) this.#settle(sent, item)
    }
    this.#items.delete(symbol)
    if (isAsked) this.#ends.push(...this.#made(this.#o.unsubscribe, symbol))
    return troubles
  }

  troubles(): Iterable<Trouble> {
    return this.#troubles.values()
  }

  answered(reply: Reply, nowMs: number): void {
    const { isError, words } = reply
    const items = this.#meant(reply, nowMs)
    if (items.length === 0) {
      if (isError) this.#complaint = { words, sinceMs: nowMs }
      return
    }
    if (!isError) {
      for (const item of items) this.#confirm(item)
      return
    }
    this.#release(items)
    const wanted = items.filter((item) => this.#wanted.has(item))
    const [only] = wanted
    if (only === undefined) return
    if (wanted.length === 1) this.#trouble(only, 'refused', words, nowMs)
    else {
      for (const item of wanted) this.#live.delete(item)
      const half = Math.ceil(wanted.length / 2)
      this.#parts.unshift(wanted.slice(0, half), wanted.slice(half))
    }
  }

  /** Gives up what is not answered, and says what to send. */
  advance(nowMs: number): {
    readonly send: string | null
    readonly confirmed: readonly Confirmed[]
    readonly wakeAt: number
  } {
    let wakeAt = Number.POSITIVE_INFINITY
    for (const sent of this.#waiting.values()) {
      if (sent.askedMs + ANSWER_MS <= nowMs) this.#lapse(sent, nowMs)
      else wakeAt = Math.min(wakeAt, sent.askedMs + ANSWER_MS)
    }
    wakeAt = Math.min(wakeAt, this.#retry(nowMs))
    let send: string | null = null
    if (this.#hasMore) {
      const readyMs = this.#sentMs + this.#o.spacingMs
      if (nowMs >= readyMs) send = this.#next(nowMs)
      if (this.#hasMore) wakeAt = Math.min(wakeAt, this.#sentMs + this.#o.spacingMs)
      if (send !== null) wakeAt = Math.min(wakeAt, nowMs + ANSWER_MS)
    }
    const confirmed = this.#confirmed
    this.#confirmed = []
    return { send, confirmed, wakeAt }
  }

  get #hasMore(): boolean {
    if (this.#waiting.size >= this.#o.window) return false
    return this.#parts.length > 0 || this.#new.size > 0 || this.#ends.length > 0
  }

  #itemsOf(symbol: string): readonly Item[] {
    let items: readonly Item[] | undefined = this.#items.get(symbol)
    if (items === undefined) {
      items = this.#made(this.#o.subscribe, symbol)
      this.#items.set(symbol, items)
    }
    return items
  }

  #made(messages: readonly Message[], symbol: string): readonly Item[] {
    return messages
      .filter(({ symbols }) => (symbols === 'none') === (symbol === ''))
      .flatMap((message) =>
        (message.hasChannel ? this.#o.channels : ['']).map((channel) => ({
          message,
          channel,
          symbol,
        }))
      )
  }

  /** What an answer is about; nothing, if that cannot be told. */
  #meant(reply: Reply, nowMs: number): readonly Item[] {
    const { id, symbol, channel, words, isError } = reply
    const byId = id === '' ? undefined : this.#recent.get(Number(id))
    const all = byId?.items ?? this.#open(nowMs)
    if (symbol !== '') {
      const same = all.filter((item) => item.symbol === symbol)
      const exact = channel === '' ? [] : same.filter((item) => item.channel === channel)
      const meant = exact.length > 0 ? exact : same
      return meant.slice(0, 1)
    }
    if (byId !== undefined) return byId.items
    if (id !== '') return []
    const named = isError ? all.filter((item) => isNamed(item.symbol, words)) : []
    if (named.length > 0) return named.slice(0, 1)
    const [oldest] = this.#waiting.values()
    if (oldest !== undefined) return [...oldest.items]
    if (!isError || this.#o.isConfirmed) return []
    const recent = [...this.#recent.values()].filter(({ sentMs }) => nowMs - sentMs < RECENT_MS)
    return recent.length === 1 ? recent[0]!.items : []
  }

  /** What an answer without an id may be about: what waits, what was given up, and what nothing confirms. */
  #open(nowMs: number): readonly Item[] {
    const waiting = [...this.#waiting.values()].flatMap(({ items }) => [...items])
    const late = [...this.#troubles.values()].flatMap(({ item, kind }) =>
      kind === 'unanswered' ? [item] : []
    )
    if (this.#o.isConfirmed) return [...waiting, ...late, ...this.#live]
    const recent = [...this.#recent.values()].filter(({ sentMs }) => nowMs - sentMs < RECENT_MS)
    return [...recent.flatMap(({ items }) => items), ...this.#live]
  }

  #next(nowMs: number): string | null {
    let items: readonly Item[] = []
    while (items.length === 0 && (this.#parts.length > 0 || this.#new.size > 0))
      items = (this.#parts.shift() ?? this.#batch()).filter((item) => this.#wanted.has(item))
    const [first = this.#ends.shift()] = items
    if (first === undefined) return null
    const id = this.nextId
    this.#sentMs = nowMs
    for (const item of items) this.#new.delete(item)
    if (items.length > 0) this.#sent(id, items, nowMs)
    const named = items.length > 0 ? items : [first]
    const symbols = named.map(({ symbol }) => symbol).filter((symbol) => symbol !== '')
    return first.message.fill({ id, channel: first.channel, symbols })
  }

  #sent(id: number, items: readonly Item[], nowMs: number): void {
    this.#recent.set(id, { items, sentMs: nowMs })
    const [oldest] = this.#recent.keys()
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest)
    if (this.#o.isConfirmed) this.#waiting.set(id, { id, items: new Set(items), askedMs: nowMs })
    else for (const item of items) this.#confirm(item)
  }

  /** The next new ones that fit into one message. */
  #batch(): readonly Item[] {
    const [first] = this.#new
    if (first === undefined || first.message.symbols !== 'many') return first ? [first] : []
    const batch: Item[] = []
    for (const item of this.#new) {
      if (item.message !== first.message || item.channel !== first.channel) continue
      batch.push(item)
      if (batch.length >= this.#o.symbolsPerMessage) break
    }
    return batch
  }

  #confirm(item: Item): void {
    this.#release([item])
    if (!this.#wanted.has(item) || this.#live.has(item)) return
    this.#live.add(item)
    this.#confirmed.push({ item, trouble: this.#troubles.get(item) ?? null })
    this.#troubles.delete(item)
  }

  #release(items: readonly Item[]): void {
    for (const sent of this.#waiting.values()) for (const item of items) this.#settle(sent, item)
  }

  #settle({ id, items }: Sent, item: Item): void {
    if (items.delete(item) && items.size === 0) this.#waiting.delete(id)
  }

  #lapse(sent: Sent, nowMs: number): void {
    this.#waiting.delete(sent.id)
    const words = `no answer within ${ANSWER_MS / 1000} s`
    for (const item of sent.items)
      if (this.#wanted.has(item)) this.#trouble(item, 'unanswered', words, nowMs, sent.askedMs)
  }

  /** Queues what is to be asked for again; returns when the next is. */
  #retry(nowMs: number): number {
    let wakeAt = Number.POSITIVE_INFINITY
    if (this.#complaint !== null) {
      const untilMs = this.#complaint.sinceMs + REFUSED_MS
      if (nowMs >= untilMs) this.#complaint = null
      else wakeAt = untilMs
    }
    for (const [item, trouble] of this.#troubles) {
      if (trouble.untilMs > nowMs) {
        wakeAt = Math.min(wakeAt, trouble.untilMs)
        continue
      }
      this.#troubles.set(item, { ...trouble, untilMs: Number.POSITIVE_INFINITY })
      this.#parts.push([item])
    }
    return wakeAt
  }

  #trouble(item: Item, kind: Trouble['kind'], words: string, nowMs: number, fromMs = nowMs): void {
    const before = this.#troubles.get(item)
    const times = before?.kind === kind ? before.times + 1 : 1
    const againMs =
      kind === 'refused' ? REFUSED_MS : Math.min(AGAIN_MS.cap, AGAIN_MS.base * 2 ** (times - 1))
    this.#live.delete(item)
    this.#troubles.set(item, {
      item,
      kind,
      words,
      sinceMs: before?.sinceMs ?? fromMs,
      untilMs: nowMs + againMs,
      times,
    })
  }
}

/** Whether words name a symbol, and not one that it is a part of. */
function isNamed(symbol: string, words: string): boolean {
  if (symbol === '') return false
  for (let at = words.indexOf(symbol); at >= 0; at = words.indexOf(symbol, at + 1)) {
    const around = `${words[at - 1] ?? ' '}${words[at + symbol.length] ?? ' '}`
    if (!/[A-Za-z0-9]/.test(around)) return true
  }
  return false
}
