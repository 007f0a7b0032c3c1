// A session of Binance on a clock that the test moves, and what it asked for. For tests only.

import type { Action, Answer, Wanted } from '../../protocol/adapter.ts'
import { failureOf } from '../../protocol/failure.ts'
import { BinanceSession, type BinanceSessionOptions } from '../session.ts'
import { Weights } from '../weights.ts'

export const answerOf = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {}
): Answer => ({
  status,
  body: Buffer.from(body),
  header: (name) => headers[name] ?? null,
  failure:
    status === 200 ? null : failureOf(status, headers['retry-after'] ?? null, body, Date.now()),
})

export const snapshot = (last: number): string => `{"lastUpdateId":${last},"bids":[],"asks":[]}`

export class Driven {
  nowMs = 1_000_000
  readonly session: BinanceSession
  readonly actions: Action[] = []

  constructor(options: Partial<BinanceSessionOptions> = {}) {
    this.session = new BinanceSession({
      channels: ['depth@100ms', 'trade'],
      restUrl: 'https://api.test',
      levels: 100,
      weights: new Weights({ perMinute: 6000, part: 0.9 }),
      earlierMs: 0,
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

  open(added: readonly string[], extent: Wanted['extent'] = 'all'): void {
    this.take(this.session.want({ added, removed: [], resumed: new Map(), extent }, this.nowMs))
    this.take(this.session.opened(this.nowMs))
  }

  /** A frame arrives; `jumped`: the connector found a hole before it. */
  frame(text: string, jumped = false): void {
    const { session, nowMs } = this
    const payload = Buffer.from(text)
    session.look(payload)
    const { scope, control } = session.frame
    if (scope > 0 && !this.#seen.has(scope)) {
      this.#seen.add(scope)
      this.take(session.scopeSeen(scope, nowMs).actions)
    }
    if (control) this.take(session.control(payload, nowMs))
    if (jumped) this.take(session.jumped(scope, nowMs))
  }

  readonly #seen = new Set<number>()

  /** Takes the actions of one kind out of what was asked for. */
  taken<K extends Action['kind']>(kind: K): Extract<Action, { kind: K }>[] {
    const found = this.actions.filter(
      (one): one is Extract<Action, { kind: K }> => one.kind === kind
    )
    for (const one of found) this.actions.splice(this.actions.indexOf(one), 1)
    return found
  }

  /** The commands sent since the last time. */
  commands(): { readonly method: string; readonly params: string[]; readonly id: number }[] {
    return this.taken('send').map(({ text }) => JSON.parse(text))
  }

  /** Confirms commands until there are none. */
  confirmAll(): void {
    for (let commands = this.commands(); commands.length > 0; commands = this.commands()) {
      for (const { id } of commands) this.frame(`{"result":null,"id":${id}}`)
      this.pass(1_000)
    }
  }

  answer(id: number, answer: Answer): void {
    this.session.answer(id, answer.status, answer.body)
    this.take(this.session.answered(id, answer, this.nowMs))
  }
}

export const depth = (symbol: string, first: number, last: number): string =>
  `{"stream":"${symbol.toLowerCase()}@depth@100ms","data":{"e":"depthUpdate","E":1,"s":"${symbol}","U":${first},"u":${last},"b":[],"a":[]}}`
