// Which channels of which symbols a connection has. Symbols are asked for many at a time; each is answered on its own, so that
// one that is refused keeps none of the others waiting. Pure: its caller sends the commands and applies the changes.

import type { Reply } from './replies.ts'
import type { Channel } from './types.ts'

/** A channel of one symbol; of a channel without symbols, the channel. One object for the life of the connection. */
export type Subscription = { readonly channel: Channel; readonly symbol: string }

/** One that cannot be had at present. */
export type Trouble = {
  readonly subscription: Subscription
  readonly kind: 'refused' | 'unanswered'
  readonly words: string
  readonly sinceMs: number
  readonly untilMs: number
  readonly times: number
}

/** What came of an answer, or of its absence. */
export type Change = {
  readonly kind:
    | 'live'
    // It is over, because we asked for that.
    | 'off'
    // It is over, and we did not ask.
    | 'ended'
  readonly subscription: Subscription
  /** What was wrong with it before it came. */
  readonly trouble: Trouble | null
}

type Method = 'subscribe' | 'unsubscribe'

type Command = {
  readonly id: number
  readonly method: Method
  /** Those that are not answered yet. */
  readonly open: Set<Subscription>
  readonly askedMs: number
}

/** Kraken names no limit; a command of this many symbols is some 2 KB. */
export const SYMBOLS_PER_COMMAND = 100
/** What is not answered for so long is asked for again. */
const ANSWER_MS = 10_000
const AGAIN_MS = { base: 1_000, cap: 60_000 }
/** What was refused is asked for again after this: a pair may be listed later. */
const REFUSED_MS = 5 * 60_000

export class Subscriptions {
  changes: Change[] = []
  readonly #spacingMs: number
  readonly #all = new Map<string, Subscription>()
  readonly #wanted = new Set<Subscription>()
  /** To be asked for. */
  readonly #new = new Set<Subscription>()
  /** To be given up. */
  readonly #ends = new Set<Subscription>()
  readonly #live = new Set<Subscription>()
  readonly #troubles = new Map<Subscription, Trouble>()
  readonly #commands = new Map<number, Command>()
  /** Parts of a command that was refused as a whole: each is a command of its own, to find the one that was meant. */
  readonly #parts: Subscription[][] = []
  #ids = 0
  #nextMs = 0

  constructor(spacingMs: number) {
    this.#spacingMs = spacingMs
  }

  of(channel: Channel, symbol: string): Subscription {
    const key = `${channel.name} ${symbol}`
    let subscription = this.#all.get(key)
    if (subscription === undefined) {
      subscription = { channel, symbol }
      this.#all.set(key, subscription)
    }
    return subscription
  }

  /** All that is wanted has been asked for and answered. */
  get settled(): boolean {
    if (this.#new.size > 0 || this.#parts.length > 0) return false
    for (const { method } of this.#commands.values()) if (method === 'subscribe') return false
    return true
  }

  isWanted(subscription: Subscription): boolean {
    return this.#wanted.has(subscription)
  }

  troubles(): Iterable<Trouble> {
    return this.#troubles.values()
  }

  want(subscription: Subscription): void {
    if (this.#wanted.has(subscription)) return
    this.#wanted.add(subscription)
    if (!this.#ends.delete(subscription) && !this.#isAsked(subscription, 'subscribe')) {
      if (!this.#live.has(subscription)) this.#new.add(subscription)
    }
  }

  /** Returns what was wrong with it, if anything. */
  unwant(subscription: Subscription): Trouble | null {
    if (!this.#wanted.delete(subscription)) return null
    const trouble = this.#troubles.get(subscription) ?? null
    this.#troubles.delete(subscription)
    this.#new.delete(subscription)
    if (this.#live.has(subscription)) this.#ends.add(subscription)
    return trouble
  }

  /** Gives it up and asks for it again. */
  renew(subscription: Subscription): void {
    if (this.#live.has(subscription)) this.#ends.add(subscription)
    else if (this.#wanted.has(subscription)) this.#new.add(subscription)
  }

  answered(reply: Reply, nowMs: number): void {
    if (reply.method === 'error') {
      // It answers no symbol, perhaps not even one of our commands that we know.
      const command = this.#commands.get(reply.id)
      if (command !== undefined) this.#refusedWhole(command, reply.words, nowMs)
      return
    }
    const command = this.#commandOf(reply)
    const subscription = this.#subscriptionOf(reply, command)
    if (subscription === undefined) {
      if (command !== undefined && !reply.success) this.#refusedWhole(command, reply.words, nowMs)
      return
    }
    if (command !== undefined) {
      command.open.delete(subscription)
      if (command.open.size === 0) this.#commands.delete(command.id)
    }
    if (reply.method === 'unsubscribe') this.#over(subscription, command !== undefined)
    else if (reply.success || /already subscribed/i.test(reply.words)) this.#confirm(subscription)
    else this.#trouble(subscription, 'refused', reply.words, nowMs, nowMs)
  }

  /** Gives up what is not answered, and says the next command, if it is time for one. */
  advance(nowMs: number): { readonly send: string | null; readonly wakeAt: number } {
    for (const command of this.#commands.values()) {
      if (nowMs >= command.askedMs + ANSWER_MS) this.#lapse(command, nowMs)
    }
    this.#retry(nowMs)
    const hasMore = this.#parts.length > 0 || this.#ends.size > 0 || this.#new.size > 0
    const send = hasMore && nowMs >= this.#nextMs ? this.#next(nowMs) : null
    return { send, wakeAt: this.#wakeAt(nowMs) }
  }

  #wakeAt(nowMs: number): number {
    const hasMore = this.#parts.length > 0 || this.#ends.size > 0 || this.#new.size > 0
    let wakeAt = hasMore ? Math.max(nowMs, this.#nextMs) : Number.POSITIVE_INFINITY
    for (const { askedMs } of this.#commands.values()) {
      wakeAt = Math.min(wakeAt, askedMs + ANSWER_MS)
    }
    for (const { untilMs } of this.#troubles.values()) wakeAt = Math.min(wakeAt, untilMs)
    return wakeAt
  }

  #next(nowMs: number): string | null {
    const [part, method] = this.#batch()
    if (part.length === 0) return null
    const [{ channel }] = part as [Subscription]
    const id = ++this.#ids
    this.#commands.set(id, { id, method, open: new Set(part), askedMs: nowMs })
    this.#nextMs = nowMs + this.#spacingMs
    const symbols = channel.whole ? {} : { symbol: part.map(({ symbol }) => symbol) }
    const snapshot = method === 'subscribe' ? { snapshot: true } : {}
    const params = { channel: channel.name, ...symbols, ...channel.params, ...snapshot }
    return JSON.stringify({ method, params, req_id: id })
  }

  /** What the next command is about: as many of one channel as it takes. Ends come first: what is renewed waits for them. */
  #batch(): readonly [Subscription[], Method] {
    const part = this.#parts.shift()?.filter((one) => this.#wanted.has(one))
    if (part !== undefined) return [part, 'subscribe']
    for (const [set, method] of [
      [this.#ends, 'unsubscribe'],
      [this.#new, 'subscribe'],
    ] as const) {
      const batch: Subscription[] = []
      for (const one of set) {
        if (one.channel !== (batch[0] ?? one).channel) continue
        batch.push(one)
        if (batch.length === SYMBOLS_PER_COMMAND) break
      }
      for (const one of batch) set.delete(one)
      if (batch.length > 0) return [batch, method]
    }
    return [[], 'subscribe']
  }

  #isAsked(subscription: Subscription, method: Method): boolean {
    for (const command of this.#commands.values())
      if (command.method === method && command.open.has(subscription)) return true
    return false
  }

  /** The command that an answer belongs to: by its id, or else the first that asked for this symbol. */
  #commandOf(reply: Reply): Command | undefined {
    const known = this.#commands.get(reply.id)
    if (known !== undefined || reply.id > 0)
      return known?.method === reply.method ? known : undefined
    for (const command of this.#commands.values()) {
      if (command.method !== reply.method) continue
      for (const one of command.open) if (isOf(one, reply)) return command
    }
    return undefined
  }

  #subscriptionOf(reply: Reply, command: Command | undefined): Subscription | undefined {
    if (command !== undefined) {
      for (const one of command.open) if (isOf(one, reply)) return one
      return undefined
    }
    // Too late, or unasked.
    const known = this.#all.get(`${reply.channel} ${reply.symbol}`)
    return reply.channel === '' ? undefined : known
  }

  #confirm(subscription: Subscription): void {
    const trouble = this.#troubles.get(subscription) ?? null
    this.#troubles.delete(subscription)
    this.#new.delete(subscription)
    if (this.#live.has(subscription)) return
    this.#live.add(subscription)
    if (this.#wanted.has(subscription)) this.changes.push({ kind: 'live', subscription, trouble })
    else this.#ends.add(subscription)
  }

  /** An end, asked for or not. One that is refused is none of a subscription that we have: it is over all the same. */
  #over(subscription: Subscription, isAsked: boolean): void {
    const wasLive = this.#live.delete(subscription)
    this.#ends.delete(subscription)
    if (!isAsked && !wasLive) return
    this.changes.push({ kind: isAsked ? 'off' : 'ended', subscription, trouble: null })
    if (this.#wanted.has(subscription)) this.#new.add(subscription)
  }

  #refusedWhole(command: Command, words: string, nowMs: number): void {
    this.#commands.delete(command.id)
    const open = [...command.open]
    if (command.method === 'unsubscribe') {
      for (const one of open) this.#over(one, true)
      return
    }
    const wanted = open.filter((one) => this.#wanted.has(one))
    if (wanted.length > 1) {
      const half = Math.ceil(wanted.length / 2)
      this.#parts.push(wanted.slice(0, half), wanted.slice(half))
    } else for (const one of wanted) this.#trouble(one, 'refused', words, nowMs, nowMs)
  }

  #lapse(command: Command, nowMs: number): void {
    this.#commands.delete(command.id)
    const words = `no answer within ${ANSWER_MS / 1000} s`
    for (const one of command.open) {
      if (command.method === 'unsubscribe') this.#over(one, true)
      else if (this.#wanted.has(one)) {
        this.#trouble(one, 'unanswered', words, nowMs, command.askedMs)
      }
    }
  }

  #retry(nowMs: number): void {
    for (const [subscription, trouble] of this.#troubles) {
      if (trouble.untilMs > nowMs) continue
      this.#troubles.set(subscription, { ...trouble, untilMs: Number.POSITIVE_INFINITY })
      this.#new.add(subscription)
    }
  }

  #trouble(
    subscription: Subscription,
    kind: Trouble['kind'],
    words: string,
    nowMs: number,
    fromMs: number
  ): void {
    if (!this.#wanted.has(subscription)) return
    const before = this.#troubles.get(subscription)
    const times = before?.kind === kind ? before.times + 1 : 1
    const againMs =
      kind === 'refused' ? REFUSED_MS : Math.min(AGAIN_MS.cap, AGAIN_MS.base * 2 ** (times - 1))
    const sinceMs = before?.sinceMs ?? fromMs
    const untilMs = nowMs + againMs
    this.#troubles.set(subscription, { subscription, kind, words, sinceMs, untilMs, times })
  }
}

/** Whether an answer may be about this one. It may leave out the channel, and the symbol of a channel that has none. */
const isOf = ({ channel, symbol }: Subscription, reply: Reply): boolean =>
  reply.symbol === symbol && (reply.channel === '' || reply.channel === channel.name)
