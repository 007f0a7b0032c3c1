// Which channels of which products a connection has. One message is under way at a time, because an error does not say which
// one it answers: a message of several products that is refused is asked again in halves, until the product that was
// meant stands alone. Pure: the session sends the messages and takes the changes.

import { type MessageType, UNKNOWN } from '../protocol/adapter.ts'
import { PRODUCTS_PER_MESSAGE } from './limits.ts'
import type { Reply } from './replies.ts'
import type { Channel } from './types.ts'

/** A channel of one product; of a channel without products, the channel. One object for the life of the connection. */
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

/** It has come; with what was wrong before, if anything was. */
export type Confirmed = { readonly subscription: Subscription; readonly trouble: Trouble | null }

type Method = 'subscribe' | 'unsubscribe'
type Message = {
  readonly method: Method
  /** Those that are not confirmed yet. */
  readonly open: Set<Subscription>
  /** Of those, the ones of which data has come. */
  readonly arrived: Set<Subscription>
  readonly askedMs: number
  /** An answer came that does not have all of them. */
  isHeard: boolean
}

/** What is not answered for so long is asked for again. */
const ANSWER_MS = 10_000
const AGAIN_MS = { base: 1_000, cap: 60_000 }
/** It takes no more messages at the moment: whatever was asked for is asked for again after this. */
const LIMITED = /rate.?limit|too many/i
const LIMITED_MS = 2_000
/** What was refused is asked for again after this: a product may be listed later. */
const REFUSED_MS = 5 * 60_000

export class Subscriptions {
  /** What has come since it was last emptied. */
  confirmed: Confirmed[] = []
  readonly #all = new Map<string, Subscription>()
  readonly #wanted = new Set<Subscription>()
  /** To be asked for. */
  readonly #new = new Set<Subscription>()
  /** To be given up. */
  readonly #ends = new Set<Subscription>()
  readonly #live = new Set<Subscription>()
  /** Those that the exchange may have: asked for, and neither refused nor given up. */
  readonly #asked = new Set<Subscription>()
  readonly #troubles = new Map<Subscription, Trouble>()
  /** Each is a message of its own: parts of one that was refused, and what was refused before. */
  readonly #parts: Subscription[][] = []
  #message: Message | null = null
  #heldUntilMs = Number.NEGATIVE_INFINITY

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
    return this.#new.size === 0 && this.#parts.length === 0 && this.#message === null
  }

  /** A message can be sent. */
  hasNext(nowMs: number): boolean {
    return this.#waits && this.#message === null && nowMs >= this.#heldUntilMs
  }

  get #waits(): boolean {
    return this.#new.size > 0 || this.#ends.size > 0 || this.#parts.length > 0
  }

  /** A message is under way. */
  get isAsking(): boolean {
    return this.#message !== null
  }

  isLive(subscription: Subscription): boolean {
    return this.#live.has(subscription)
  }

  /** The exchange may have it, whether it has said so or not. */
  mayBeThere(subscription: Subscription): boolean {
    return this.#asked.has(subscription)
  }

  #isAsked(subscription: Subscription): boolean {
    return this.#message?.method === 'subscribe' && this.#message.open.has(subscription)
  }

  #isEnding(subscription: Subscription): boolean {
    return this.#message?.method === 'unsubscribe' && this.#message.open.has(subscription)
  }

  troubles(): Iterable<Trouble> {
    return this.#troubles.values()
  }

  want(subscription: Subscription): void {
    if (this.#wanted.has(subscription)) return
    this.#wanted.add(subscription)
    this.#ends.delete(subscription)
    if (!this.#live.has(subscription) && !this.#isAsked(subscription)) this.#new.add(subscription)
  }

  /** Returns what was wrong with it, if anything. */
  unwant(subscription: Subscription): Trouble | null {
    if (!this.#wanted.delete(subscription)) return null
    const trouble = this.#troubles.get(subscription) ?? null
    this.#troubles.delete(subscription)
    this.#new.delete(subscription)
    const isThere = this.#live.has(subscription) && !this.#isEnding(subscription)
    if (isThere || this.#isAsked(subscription)) this.#ends.add(subscription)
    return trouble
  }

  /** Gives it up and asks for it again. */
  renew(subscription: Subscription): void {
    const isThere = this.#live.has(subscription) && !this.#isEnding(subscription)
    if (isThere) this.#ends.add(subscription)
  }

  /** The exchange sends a frame of this type and product: if it is asked for, it has come, even if no answer says so. */
  arrived(type: MessageType, symbol: string): void {
    const message = this.#message
    if (message?.method !== 'subscribe') return
    for (const one of message.open) {
      if (one.channel.type === type && one.symbol === symbol) message.arrived.add(one)
    }
  }

  /** An answer came. All that it lists is confirmed, whichever message asked for it. */
  answered({ subscriptions, words }: Reply, nowMs: number): void {
    const message = this.#message
    if (subscriptions === null) {
      if (message !== null) this.#refused(message, words, nowMs)
      return
    }
    if (message?.method === 'unsubscribe') this.#over(message)
    for (const [name, products] of subscriptions) {
      const whole = this.#all.get(`${name} `)
      if (whole !== undefined) this.#confirm(whole)
      for (const product of products) {
        const known = this.#all.get(`${name} ${product}`)
        if (known !== undefined) this.#confirm(known)
      }
    }
    if (message?.method === 'subscribe') message.isHeard = true
  }

  /** Gives up what is not answered, and wants again what was refused long ago. Returns when to call again. */
  advance(nowMs: number): number {
    const message = this.#message
    if (message !== null && nowMs >= message.askedMs + ANSWER_MS) this.#lapse(message, nowMs)
    this.#retry(nowMs)
    let wakeAt = Number.POSITIVE_INFINITY
    if (this.#message !== null) wakeAt = this.#message.askedMs + ANSWER_MS
    else if (this.#waits && nowMs < this.#heldUntilMs) wakeAt = this.#heldUntilMs
    for (const { untilMs } of this.#troubles.values()) wakeAt = Math.min(wakeAt, untilMs)
    return wakeAt
  }

  /** The next message, or null. */
  next(nowMs: number): string | null {
    const [part, method] = this.#batch()
    const [first] = part
    if (first === undefined) return null
    const open = new Set(part)
    if (method === 'subscribe') for (const one of part) this.#asked.add(one)
    this.#message = { method, open, arrived: new Set(), askedMs: nowMs, isHeard: false }
    const { channel } = first
    const product_ids = channel.whole ? [] : part.map(({ symbol }) => symbol)
    return JSON.stringify({ type: method, product_ids, channel: channel.name })
  }

  /** As many of one channel as a message takes. Ends come first: what is renewed waits for them. */
  #batch(): readonly [readonly Subscription[], Method] {
    for (const [set, method] of [
      [this.#ends, 'unsubscribe'],
      [this.#new, 'subscribe'],
    ] as const) {
      const batch: Subscription[] = []
      for (const one of set) {
        if (one.channel !== (batch[0] ?? one).channel) continue
        batch.push(one)
        if (batch.length === PRODUCTS_PER_MESSAGE) break
      }
      for (const one of batch) set.delete(one)
      if (batch.length > 0) return [batch, method]
    }
    for (;;) {
      const part = this.#parts.shift()
      if (part === undefined) return [[], 'subscribe']
      const rest = part.filter((one) => this.#wanted.has(one) && !this.#live.has(one))
      if (rest.length > 0) return [rest, 'subscribe']
    }
  }

  #confirm(subscription: Subscription): void {
    const message = this.#message
    if (message?.method === 'subscribe' && message.open.delete(subscription)) {
      if (message.open.size === 0) this.#message = null
    }
    // An answer from before it was given up may list it once more.
    if (!this.#wanted.has(subscription) || this.#new.has(subscription)) return
    if (this.#live.has(subscription)) return
    const trouble = this.#troubles.get(subscription) ?? null
    this.#troubles.delete(subscription)
    this.#live.add(subscription)
    this.confirmed.push({ subscription, trouble })
  }

  /** They are over, as we asked. */
  #over(message: Message): void {
    this.#message = null
    for (const one of message.open) {
      this.#live.delete(one)
      this.#asked.delete(one)
      if (this.#wanted.has(one)) this.#new.add(one)
    }
  }

  #refused(message: Message, words: string, nowMs: number): void {
    if (LIMITED.test(words)) {
      this.#heldUntilMs = nowMs + LIMITED_MS
      this.#message = null
      const again = message.method === 'subscribe' ? this.#new : this.#ends
      for (const one of message.open) again.add(one)
      return
    }
    if (message.method === 'unsubscribe') {
      this.#over(message)
      return
    }
    this.#message = null
    for (const one of message.open) this.#asked.delete(one)
    const open = [...message.open].filter((one) => this.#wanted.has(one))
    // A channel that we do not know is most likely what it does not know either.
    const isChannel = open[0]?.channel.type === UNKNOWN
    if (open.length > 1 && !isChannel) {
      const half = Math.ceil(open.length / 2)
      this.#parts.push(open.slice(0, half), open.slice(half))
    } else for (const one of open) this.#trouble(one, 'refused', words, nowMs, nowMs)
  }

  #lapse(message: Message, nowMs: number): void {
    if (message.method === 'unsubscribe') {
      this.#over(message)
      return
    }
    this.#message = null
    const kind = message.isHeard ? 'refused' : 'unanswered'
    const words = message.isHeard
      ? 'it answered with a list of subscriptions that lacks this one'
      : `no answer within ${ANSWER_MS / 1000} s`
    for (const one of message.open) {
      if (message.arrived.has(one)) this.#confirm(one)
      else this.#trouble(one, kind, words, nowMs, message.askedMs)
    }
  }

  #retry(nowMs: number): void {
    for (const [subscription, trouble] of this.#troubles) {
      if (trouble.untilMs > nowMs) continue
      this.#troubles.set(subscription, { ...trouble, untilMs: Number.POSITIVE_INFINITY })
      if (trouble.kind === 'refused') this.#parts.push([subscription])
      else this.#new.add(subscription)
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
