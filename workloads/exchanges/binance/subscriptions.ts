// Which streams a connection is subscribed to. Binance counts every command against a small allowance, so streams are named
// many at a time, one command after the other. It says of a command only that something in it was wrong: what is refused
// is halved until the stream is found that was meant, and all others continue.

import type { Reply } from './answers.ts'
import { COMMAND_SPACING_MS, STREAMS_PER_COMMAND } from './limits.ts'
import type { Stream } from './streams.ts'

/** A stream that cannot be had at present. */
export type Trouble = {
  readonly stream: Stream
  readonly kind: 'refused' | 'unanswered'
  readonly words: string
  readonly sinceMs: number
  readonly untilMs: number
  readonly times: number
}

type Command = {
  readonly id: number
  readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'
  readonly streams: readonly Stream[]
  readonly askedMs: number
}

/** What changed. */
export type Changes = {
  readonly send: string | null
  /** Confirmed now, with what had been wrong with them, if anything. */
  readonly confirmed: readonly { readonly stream: Stream; readonly trouble: Trouble | null }[]
}

/** A command without an answer for so long is asked again. */
const ANSWER_MS = 10_000
const AGAIN_MS = { base: 1_000, cap: 60_000 }
/** A stream that was refused is asked for again after this. */
const REFUSED_MS = 5 * 60_000
/** Commands that were given up, and may be answered after all. */
const MAX_LAPSED = 64

export class Subscriptions {
  /** Batches that are asked for as they are: what is left of a batch that was refused. */
  #parts: (readonly Stream[])[] = []
  readonly #new = new Set<Stream>()
  readonly #ends = new Set<Stream>()
  readonly #live = new Set<Stream>()
  readonly #wanted = new Set<Stream>()
  readonly #troubles = new Map<Stream, Trouble>()
  #command: Command | null = null
  readonly #lapsed = new Map<number, Command>()
  #confirmed: { stream: Stream; trouble: Trouble | null }[] = []
  #ids = 0
  #sentMs = Number.NEGATIVE_INFINITY

  /** All that is wanted has been asked for and answered. */
  get settled(): boolean {
    return this.#command === null && this.#parts.length === 0 && this.#new.size === 0
  }

  want(stream: Stream): void {
    if (this.#wanted.has(stream)) return
    this.#wanted.add(stream)
    this.#ends.delete(stream)
    if (!this.#live.has(stream)) this.#new.add(stream)
  }

  /** Returns what was wrong with it, if anything. */
  unwant(stream: Stream): Trouble | null {
    if (!this.#wanted.delete(stream)) return null
    const trouble = this.#troubles.get(stream) ?? null
    this.#troubles.delete(stream)
    this.#new.delete(stream)
    // It may be on its way.
    if (trouble?.kind !== 'refused') this.#ends.add(stream)
    return trouble
  }

  isLive(stream: Stream): boolean {
    return this.#live.has(stream)
  }

  troubles(): Iterable<Trouble> {
    return this.#troubles.values()
  }

  answered({ id, words }: Reply, nowMs: number): void {
    const waiting = this.#command
    // An error may not say what it is about: one command at a time is under way.
    const command = id === null || id === waiting?.id ? waiting : (this.#lapsed.get(id) ?? null)
    if (command === null) return
    if (command === waiting) this.#command = null
    else this.#lapsed.delete(command.id)
    if (words === null) this.#confirm(command)
    else this.#refuse(command, words, nowMs)
  }

  /** Gives up what is not answered, and says the next command, if it is time for one. */
  advance(nowMs: number): Changes & { readonly wakeAt: number } {
    const confirmed = this.#confirmed
    this.#confirmed = []
    const command = this.#command
    if (command !== null) {
      const untilMs = command.askedMs + ANSWER_MS
      if (nowMs < untilMs) return { send: null, confirmed, wakeAt: untilMs }
      this.#lapse(command, nowMs)
    }
    const wakeAt = this.#retry(nowMs)
    const next = this.#next()
    if (next === null) return { send: null, confirmed, wakeAt }
    const readyMs = this.#sentMs + COMMAND_SPACING_MS
    if (nowMs < readyMs) {
      this.#putBack(next)
      return { send: null, confirmed, wakeAt: readyMs }
    }
    const id = ++this.#ids
    this.#sentMs = nowMs
    this.#command = { id, ...next, askedMs: nowMs }
    const params = next.streams.map(({ name }) => name)
    const send = JSON.stringify({ method: next.method, params, id })
    return { send, confirmed, wakeAt: nowMs + ANSWER_MS }
  }

  #next(): Pick<Command, 'method' | 'streams'> | null {
    const part = this.#parts.shift()
    if (part !== undefined) {
      const streams = part.filter((stream) => this.#wanted.has(stream))
      return streams.length === 0 ? this.#next() : { method: 'SUBSCRIBE', streams }
    }
    for (const [set, method] of [
      [this.#new, 'SUBSCRIBE'],
      [this.#ends, 'UNSUBSCRIBE'],
    ] as const) {
      if (set.size === 0) continue
      const streams = [...set].slice(0, STREAMS_PER_COMMAND)
      for (const stream of streams) set.delete(stream)
      return { method, streams }
    }
    return null
  }

  #putBack({ method, streams }: Pick<Command, 'method' | 'streams'>): void {
    if (method === 'SUBSCRIBE') this.#parts.unshift(streams)
    else for (const stream of streams) this.#ends.add(stream)
  }

  /** Queues the streams that are to be asked for again; returns when the next ones are. */
  #retry(nowMs: number): number {
    let wakeAt = Number.POSITIVE_INFINITY
    let part: Stream[] = []
    for (const [stream, trouble] of this.#troubles) {
      if (trouble.untilMs > nowMs) {
        wakeAt = Math.min(wakeAt, trouble.untilMs)
        continue
      }
      this.#troubles.set(stream, { ...trouble, untilMs: Number.POSITIVE_INFINITY })
      if (part.length === 0) this.#parts.push(part)
      part.push(stream)
      if (part.length === STREAMS_PER_COMMAND) part = []
    }
    return wakeAt
  }

  #confirm({ method, streams }: Command): void {
    for (const stream of streams) {
      if (method === 'UNSUBSCRIBE') {
        this.#live.delete(stream)
        continue
      }
      // It may have been given up since.
      if (!this.#wanted.has(stream) || this.#live.has(stream)) continue
      this.#live.add(stream)
      this.#confirmed.push({ stream, trouble: this.#troubles.get(stream) ?? null })
      this.#troubles.delete(stream)
    }
  }

  #refuse({ method, streams }: Command, words: string, nowMs: number): void {
    if (method === 'UNSUBSCRIBE') return
    const wanted = streams.filter((stream) => this.#wanted.has(stream) && !this.#live.has(stream))
    const [only] = wanted
    if (only === undefined) return
    if (wanted.length > 1) {
      const half = Math.ceil(wanted.length / 2)
      this.#parts.unshift(wanted.slice(0, half), wanted.slice(half))
    } else this.#trouble(only, 'refused', words, nowMs)
  }

  #lapse(command: Command, nowMs: number): void {
    this.#command = null
    this.#lapsed.set(command.id, command)
    const [oldest] = this.#lapsed.keys()
    if (this.#lapsed.size > MAX_LAPSED && oldest !== undefined) this.#lapsed.delete(oldest)
    if (command.method === 'UNSUBSCRIBE') return
    const words = `no answer within ${ANSWER_MS / 1000} s`
    for (const stream of command.streams) {
      if (this.#wanted.has(stream))
        this.#trouble(stream, 'unanswered', words, nowMs, command.askedMs)
    }
  }

  #trouble(
    stream: Stream,
    kind: Trouble['kind'],
    words: string,
    nowMs: number,
    fromMs = nowMs
  ): void {
    const before = this.#troubles.get(stream)
    const times = before?.kind === kind ? before.times + 1 : 1
    const againMs =
      kind === 'refused' ? REFUSED_MS : Math.min(AGAIN_MS.cap, AGAIN_MS.base * 2 ** (times - 1))
    const sinceMs = before?.sinceMs ?? fromMs
    this.#troubles.set(stream, { stream, kind, words, sinceMs, untilMs: nowMs + againMs, times })
  }
}
