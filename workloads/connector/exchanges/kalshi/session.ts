// The protocol of one Kalshi connection as a machine without I/O: frames, wishes and time go in, commands and
// events come out. Data that comes before an ack is data.

import type { Action, Frame, Session, Wanted } from '../../adapter.ts'
import { DeclaredTypes } from '../../declared-types.ts'
import { applyReply } from './answers.ts'
import { KalshiFrames } from './frames.ts'
import { advance } from './plan.ts'
import { readReply } from './replies.ts'
import { tellUnresumed } from './resumed.ts'
import { bySid, newState, type State, wantRebuild } from './state.ts'
import { channelOfType } from './types.ts'
import { wantSymbols } from './wanted.ts'

export class KalshiSession implements Session {
  readonly #frames: KalshiFrames
  readonly #state: State

  constructor(options: Parameters<typeof newState>[0], declared = new DeclaredTypes()) {
    this.#frames = new KalshiFrames(declared)
    this.#state = newState(options)
  }

  get frame(): Frame {
    return this.#frames.frame
  }

  get wakeAt(): number {
    return this.#state.wakeAt
  }

  get trouble(): string {
    const { subs, lastError } = this.#state
    const refused = subs.filter((sub) => sub.refused !== '').map((sub) => sub.channel.name)
    const markets = subs.reduce((sum, sub) => sum + sub.refusedUntil.size, 0)
    if (refused.length === 0 && markets === 0) return ''
    const names = [...new Set(refused)].join(', ')
    const what = names !== '' ? `channel ${names}` : `${markets} market subscription(s)`
    return `the exchange refuses ${what}: ${lastError}`
  }

  look(payload: Buffer): void {
    this.#frames.look(payload)
  }

  exchangeMs(): number {
    return this.#frames.exchangeMs()
  }

  opened(nowMs: number): readonly Action[] {
    this.#state.open = true
    return this.tick(nowMs)
  }

  want(wanted: Wanted, nowMs: number): readonly Action[] {
    if (wanted.extent === 'all') this.#state.symbolsKnown = true
    wantSymbols(this.#state, wanted)
    return this.tick(nowMs)
  }

  control(payload: Buffer, nowMs: number): readonly Action[] {
    const reply = readReply(payload)
    applyReply(this.#state, reply, nowMs)
    // Announcements come in bursts, and change nothing here until their markets are wanted.
    return reply.kind === 'lifecycle' ? this.#taken() : this.tick(nowMs)
  }

  jumped(scope: number, nowMs: number): readonly Action[] {
    const sub = bySid(this.#state, scope)
    if (sub !== undefined) wantRebuild(sub, nowMs)
    return this.tick(nowMs)
  }

  tick(nowMs: number): readonly Action[] {
    advance(this.#state, nowMs)
    return this.#taken()
  }

  closed(): readonly Action[] {
    tellUnresumed(this.#state)
    return this.#taken()
  }

  #taken(): readonly Action[] {
    const { actions } = this.#state
    this.#state.actions = []
    return actions
  }

  /** A subscription whose ack did not say its sid learns it from the first frame of its channel. */
  scopeSeen(scope: number): void {
    const channel = channelOfType(this.frame.type)
    if (channel === undefined || bySid(this.#state, scope) !== undefined) return
    const open = this.#state.subs.filter(
      (sub) =>
        sub.channel.name === channel &&
        sub.sid === 0 &&
        (sub.state === 'asked' || sub.state === 'live')
    )
    if (open.length === 1) open[0]!.sid = scope
  }

  channelOf(scope: number): { channel: string; group: string } {
    const channel = bySid(this.#state, scope)?.channel
    return { channel: channel?.name ?? '', group: channel?.group ?? 'other' }
  }
}
