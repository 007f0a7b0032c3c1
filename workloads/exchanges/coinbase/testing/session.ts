// A session of Coinbase on a clock that the test moves, and what it asked for. For tests only.

import type { Action, Wanted } from '../../protocol/adapter.ts'
import { MESSAGE_SPACING_MS } from '../limits.ts'
import { Pace } from '../pace.ts'
import { CoinbaseSession, type CoinbaseSessionOptions } from '../session.ts'
import { channelNamed } from '../types.ts'

export type Sent = {
  readonly type: string
  readonly channel: string
  readonly product_ids: readonly string[]
}

export class Driven {
  nowMs = 1_000_000
  readonly session: CoinbaseSession
  readonly actions: Action[] = []
  /** What the exchange has, by channel. */
  readonly has = new Map<string, Set<string>>()
  #sequence = 0
  #isSeen = false

  constructor(channels: readonly string[], options: Partial<CoinbaseSessionOptions> = {}) {
    this.session = new CoinbaseSession({
      channels: channels.map(channelNamed),
      pace: new Pace(MESSAGE_SPACING_MS),
      ...options,
    })
  }

  /** Moves the clock, ticking the session whenever it asked for it. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.session.wakeAt <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.session.wakeAt)
      this.take(this.session.tick(this.nowMs))
    }
    this.nowMs = untilMs
  }

  take(actions: readonly Action[]): void {
    this.actions.push(...actions)
  }

  want(
    added: readonly string[],
    removed: readonly string[] = [],
    more: Partial<Wanted> = {}
  ): void {
    const wanted = { added, removed, resumed: new Map(), extent: 'all' as const, ...more }
    this.take(this.session.want(wanted, this.nowMs))
  }

  open(added: readonly string[]): void {
    this.want(added)
    this.take(this.session.opened(this.nowMs))
  }

  /** A frame of the count arrives; `skipped` numbers before it do not. */
  frame(channel: string, events: unknown, skipped = 0): void {
    this.#sequence += skipped
    const sequence_num = this.#sequence++
    this.bytes(JSON.stringify({ channel, timestamp: '', sequence_num, events }), skipped > 0)
  }

  bytes(text: string, isJump = false): void {
    const { session, nowMs } = this
    const payload = Buffer.from(text)
    session.look(payload)
    const { scope, control } = session.frame
    if (scope > 0 && !this.#isSeen) {
      this.#isSeen = true
      this.take(session.scopeSeen(scope, nowMs).actions)
    } else if (isJump) this.take(session.jumped(scope, nowMs))
    if (control) this.take(session.control(payload, nowMs))
  }

  error(message: string): void {
    this.bytes(JSON.stringify({ type: 'error', message }))
  }

  /** The exchange carries out a message and answers with all that the connection has. */
  accept({ type, channel, product_ids }: Sent): void {
    const has = this.has.get(channel) ?? new Set()
    this.has.set(channel, has)
    for (const one of product_ids) {
      if (type === 'subscribe') has.add(one)
      else has.delete(one)
    }
    this.answer()
  }

  answer(): void {
    const subscriptions = Object.fromEntries([...this.has].map(([name, all]) => [name, [...all]]))
    this.frame('subscriptions', [{ subscriptions }])
  }

  /** Takes the actions of one kind out of what was asked for. */
  taken<K extends Action['kind']>(kind: K): Extract<Action, { kind: K }>[] {
    const found = this.actions.filter(
      (one): one is Extract<Action, { kind: K }> => one.kind === kind
    )
    for (const one of found) this.actions.splice(this.actions.indexOf(one), 1)
    return found
  }

  /** The messages sent since the last time. */
  sent(): readonly Sent[] {
    return this.taken('send').map(({ text }) => JSON.parse(text) as Sent)
  }

  /** Carries out messages until there are none; `refuses`: the words for one that the exchange does not carry out. */
  settle(refuses: (sent: Sent) => string | null = () => null): readonly Sent[] {
    const all: Sent[] = []
    for (let sent = this.sent(); sent.length > 0; sent = this.sent()) {
      for (const one of sent) {
        all.push(one)
        const words = refuses(one)
        if (words === null) this.accept(one)
        else this.error(words)
      }
      this.pass(500)
    }
    return all
  }
}
