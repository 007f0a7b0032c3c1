// The protocol of one Kalshi connection as a machine without I/O: frames, wishes and time go in, commands and
// events come out. Data that comes before an ack is data.

import type { Action, Frame, Refusal, ScopeSeen, Session, Wanted } from '../protocol/adapter.ts'
import { DeclaredTypes } from '../protocol/declared-types.ts'
import { applyReply } from './answers.ts'
import { giveBack, goLive, lostAsks, sameAs } from './confirmed.ts'
import { KalshiFrames } from './frames.ts'
import { advance } from './plan.ts'
import { refusalsOf, tellAll } from './refusals.ts'
import { readReply } from './replies.ts'
import { tellUnresumed } from './resumed.ts'
import { bySid, newState, type State, wantRebuild } from './state.ts'
import { channelOfType } from './types.ts'
import { wantSymbols } from './wanted.ts'

const EXPECTED: ScopeSeen = { isExpected: true, actions: [] }

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

  refusals(): readonly Refusal[] {
    return refusalsOf(this.#state)
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

  closed(nowMs: number): readonly Action[] {
    tellAll(this.#state, nowMs)
    tellUnresumed(this.#state)
    return this.#taken()
  }

  #taken(): readonly Action[] {
    const { actions } = this.#state
    this.#state.actions = []
    return actions
  }

  /** A subscription whose ack did not say its sid, or never came, learns it from the first frame of its channel. */
  scopeSeen(scope: number, nowMs: number): ScopeSeen {
    const state = this.#state
    const channel = channelOfType(this.frame.type)
    if (channel === undefined || bySid(state, scope) !== undefined) return EXPECTED
    const { symbol } = this.frame
    const subs = state.subs.filter((sub) => sub.channel.name === channel)
    const open = subs.filter(
      (sub) => sub.sid === 0 && (sub.slice === null || sub.slice.wanted.has(symbol))
    )
    const waiting = open.filter(({ state: is }) => is === 'asked' || is === 'live')
    if (waiting.length === 1) {
      waiting[0]!.sid = scope
      return EXPECTED
    }
    const [only] = open
    const asks = only?.state === 'new' ? lostAsks(state, only) : []
    const [asked] = asks
    let isExpected =
      waiting.length > 0 || state.commands.size > 0 || !subs.some((sub) => sub.sid !== 0)
    // It was given up, and exists after all.
    if (open.length === 1 && asked !== undefined && asks.every(sameAs(asked))) {
      goLive(state, only!, scope, asked.markets, nowMs)
      isExpected = true
    } else if (open.length === 0 && wasLost(state, channel)) {
      giveBack(state, scope)
      isExpected = true
    }
    return { isExpected, actions: this.tick(nowMs) }
  }

  channelOf(scope: number): { channel: string; group: string } {
    const channel = bySid(this.#state, scope)?.channel
    return { channel: channel?.name ?? '', group: channel?.group ?? 'other' }
  }
}

/** A subscribe to the channel was given up: it may exist twice. */
const wasLost = (state: State, channel: string): boolean =>
  [...state.lapsed.values()].some(
    ({ kind, subs }) => kind === 'subscribe' && subs.some((sub) => sub.channel.name === channel)
  )
