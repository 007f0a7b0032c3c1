// What the exchange's own numbers say of one connection, as events: jumps, what came late after all, and numbers that
// cannot be read any more. The first jumps stand one by one in front of their frames; in a storm each block has one
// event for all jumps of a scope, so that a block and the account of what is missing in it are stored together.

import type { Alarms } from '#bus/alarms.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import type { Action, Frame, MessageType, Session } from '#exchanges/protocol/adapter.ts'
import type { GapEvent, LateEvent, ProofEvent } from '#wire/events.ts'
import type { Chains } from './chains.ts'
import { type Continuity, MAX_SCOPES, SEEN, type Seen } from './continuity.ts'
import type { Recorder } from './recorder.ts'
import type { Stats } from './stats.ts'

export type SequencesOptions = {
  readonly session: Session
  readonly recorder: Recorder
  readonly continuity: Continuity
  readonly stats: Stats
  readonly alarms: Alarms
  /** Tells the alarms of this connection from those of others. */
  readonly name: string
  /** Milliseconds since 1970 that no setting of the clock moves. */
  readonly steadyMs: () => number
  /** Carries out what the session asks for. */
  act(actions: readonly Action[]): void
}

/** More jumps than these within the window are a storm; it is over once a window passes without one. */
const STORM_JUMPS = 32
const WINDOW_NANOS = 60_000_000_000n
/** Numbers that can be read again must be this many in a row: a field that flaps makes no event a frame. */
const PROVEN_FRAMES = 20
/** Spans of late numbers in one event. */
const MAX_SPANS = 64

type Jumps = { -readonly [K in keyof GapEvent]: GapEvent[K] }
type Late = {
  channel: string
  group: string
  filled: [number, number][]
  late: number
  repeated: number
}
type Proof = { isLost: boolean; inRow: number }

export class Sequences {
  readonly #o: SequencesOptions
  readonly #proofs = new Map<MessageType, Proof>()
  /** A type whose frames have numbers, and whose proof holds: the one that came last. */
  #sound: MessageType | null = null
  #windowFrom = 0n
  #jumps = 0
  #lastJump = 0n
  /** Jumps and late frames that no event names yet. */
  readonly #stormy = new Map<string, { event: Jumps; group: string }>()
  readonly #late = new Map<number, Late>()
  /** Where the connection that this one replaced ended, by chain, until the chain has begun here. */
  readonly #before = new Map<string, number>()
  #sinceRecv = 0n

  constructor(options: SequencesOptions) {
    this.#o = options
    options.recorder.onFlush = () => this.#flush()
  }

  /** Judges a frame before it is recorded; `before` is the receive time of the one before it. */
  judge(frame: Frame, payload: Uint8Array, recv: bigint, before: bigint): Seen {
    const { scope, sequence, first = sequence, unproven } = frame
    if (unproven !== '') {
      this.#o.continuity.unsure(scope)
      this.#lost(frame, unproven, recv)
      return SEEN.uncounted
    }
    if (scope === 0) {
      if (frame.type.data && this.#proofs.has(frame.type)) {
        this.#o.continuity.unsure(0)
        this.#lost(frame, 'scope and sequence are missing', recv)
      }
      return SEEN.fine
    }
    const seen = this.#o.continuity.see(scope, sequence, payload, first)
    if (sequence >= 0 && frame.type !== this.#sound) this.#counted(frame, recv)
    if (seen !== SEEN.fine) this.#notice(seen, frame, recv, before)
    return seen
  }

  /** The connection that this one replaced has ended so; frames between them are missing since `since` at the earliest. */
  follow(chains: Chains, since: bigint): void {
    const { continuity } = this.#o
    this.#sinceRecv = since
    for (const [name, { last }] of chains) this.#before.set(name, last)
    for (const scope of continuity.scopes()) this.#bridge(scope, continuity.first(scope))
  }

  /** Takes note of a late or repeated frame that is on record now. */
  recorded(seen: Seen, { scope, sequence, first = sequence }: Frame): void {
    const { stats, continuity } = this.#o
    const late = this.#lateOf(scope)
    if (seen === SEEN.repeat) {
      stats.repeats++
      late.repeated++
      return
    }
    stats.late++
    late.late++
    if (seen === SEEN.early) return
    stats.holes += continuity.moreHoles
    const span = late.filled.at(-1)
    if (span !== undefined && first === span[1] + 1) span[1] = sequence
    else if (span !== undefined && sequence === span[0] - 1) span[0] = first
    else late.filled.push([first, sequence])
    if (late.filled.length >= MAX_SPANS) this.#tellLate(scope, late)
  }

  /** The connection is over: its alarms are. */
  end(): void {
    this.#o.alarms.end(this.#stormKey)
    for (const type of this.#proofs.keys()) this.#o.alarms.end(this.#proofKey(type))
  }

  #notice(seen: Seen, frame: Frame, recv: bigint, before: bigint): void {
    const { session, continuity, stats } = this.#o
    const { scope, sequence, first = sequence } = frame
    switch (seen) {
      case SEEN.first:
        // Another subscription cannot have begun: the old count ended, and the new one proves nothing of what is between.
        this.#firstOf(frame, recv, before)
        return
      case SEEN.uncounted:
        if (!frame.type.data) return
        continuity.unsure(scope)
        this.#lost(frame, 'the sequence is missing', recv)
        return
      case SEEN.crowded:
        this.#lost(frame, `more than ${MAX_SCOPES} scopes in one connection`, recv)
        return
      case SEEN.jump:
      case SEEN.restart: {
        const isJump = seen === SEEN.jump
        const last = continuity.before
        const { channel, symbols } = session.channelOf(scope)
        stats.gaps++
        stats.holes++
        const event: GapEvent = {
          kind: 'gap',
          cause: 'exchange-sequence',
          fault: 'exchange',
          channel,
          ...(symbols === undefined ? {} : { symbols }),
          scope,
          fromSequence: isJump ? last + 1 : last,
          toSequence: isJump ? first - 1 : sequence,
          missing: isJump ? first - last - 1 : null,
          ...(isJump ? {} : { reason: 'the exchange restarted its count' }),
        }
        this.#jump(event, recv, before)
      }
    }
  }

  #firstOf(frame: Frame, recv: bigint, before: bigint): void {
    const { session, steadyMs, act } = this.#o
    if (this.#before.size > 0) this.#bridge(frame.scope, frame.first ?? frame.sequence)
    const { isExpected, beginsAt, actions } = session.scopeSeen(frame.scope, steadyMs())
    if (!isExpected && frame.type.data) {
      this.#lost(frame, `nothing announced its scope ${frame.scope}`, recv)
    }
    if (beginsAt !== undefined) this.#missedBeginning(frame, beginsAt, recv, before)
    act(actions)
  }

  /** The exchange counts from a known number, and the first frame that came has another one. */
  #missedBeginning(frame: Frame, beginsAt: number, recv: bigint, before: bigint): void {
    const { session, stats } = this.#o
    const { scope, first = frame.sequence } = frame
    if (first <= beginsAt) return
    const { channel, symbols } = session.channelOf(scope)
    stats.gaps++
    stats.holes++
    const event: GapEvent = {
      kind: 'gap',
      cause: 'exchange-sequence',
      fault: 'exchange',
      channel,
      ...(symbols === undefined ? {} : { symbols }),
      scope,
      fromSequence: beginsAt,
      toSequence: first - 1,
      missing: first - beginsAt,
      reason: 'the first frames of the connection',
    }
    this.#jump(event, recv, before)
  }

  /** A chain that another connection began begins here. */
  #bridge(scope: number, first: number): void {
    const { session, recorder, stats } = this.#o
    const name = session.chainOf?.(scope) ?? ''
    const last = this.#before.get(name)
    if (last === undefined || first < 0) return
    this.#before.delete(name)
    if (first <= last + 1) return
    stats.gaps++
    stats.holes++
    const { channel, group } = session.channelOf(scope)
    recorder.event(
      {
        kind: 'gap',
        cause: 'exchange-sequence',
        fault: 'exchange',
        channel,
        scope,
        fromSequence: last + 1,
        toSequence: first - 1,
        missing: first - last - 1,
        from: rfc3339(this.#sinceRecv),
        reason: 'between this connection and the one that it replaced',
      },
      group
    )
  }

  #jump(event: GapEvent, recv: bigint, before: bigint): void {
    const { session, recorder, alarms, name } = this.#o
    const { group } = session.channelOf(event.scope)
    if (recv - this.#windowFrom > WINDOW_NANOS) {
      this.#windowFrom = recv
      this.#jumps = 0
    }
    this.#lastJump = recv
    if (++this.#jumps <= STORM_JUMPS) {
      recorder.event(event, group, recv)
      return
    }
    // As long as jumps come, the storm continues, and the window with it.
    this.#windowFrom = recv
    alarms.begin(
      this.#stormKey,
      'GapStorm',
      `${name}: more than ${STORM_JUMPS} jumps of the exchange's sequence within ${WINDOW_NANOS / 1_000_000_000n} s, last on channel ${event.channel}: they are counted together from here on`
    )
    const key = `${event.scope} ${event.missing === null}`
    const known = this.#stormy.get(key)?.event
    const to = rfc3339(recv)
    if (known === undefined) {
      const from = rfc3339(before === 0n ? recv : before)
      this.#stormy.set(key, { event: { ...event, jumps: 1, from, to }, group })
      return
    }
    known.jumps = (known.jumps ?? 1) + 1
    known.to = to
    known.fromSequence = Math.min(known.fromSequence, event.fromSequence)
    known.toSequence = Math.max(known.toSequence, event.toSequence)
    if (known.missing !== null) known.missing += event.missing ?? 0
  }

  /** A frame whose number could be read, of a type that was not the last to be so. */
  #counted(frame: Frame, recv: bigint): void {
    const { type } = frame
    const proof = this.#proofs.get(type)
    if (proof === undefined) {
      this.#proofs.set(type, { isLost: false, inRow: 0 })
      this.#sound = type
    } else if (!proof.isLost) this.#sound = type
    else if (++proof.inRow >= PROVEN_FRAMES) {
      proof.isLost = false
      this.#tellProof(frame, 'back', 'can be read again', recv)
      this.#o.alarms.end(this.#proofKey(type))
    }
  }

  #lost(frame: Frame, reason: string, recv: bigint): void {
    const { type } = frame
    const proof = this.#proofs.get(type)
    if (proof?.isLost) {
      proof.inRow = 0
      return
    }
    this.#proofs.set(type, { isLost: true, inRow: 0 })
    if (this.#sound === type) this.#sound = null
    this.#tellProof(frame, 'lost', reason, recv)
    const { alarms, name } = this.#o
    alarms.begin(
      this.#proofKey(type),
      'ProofLost',
      `${name}: ${this.#channelOf(frame)}, type ${type.name}: ${reason}: frames are archived, and what is missing among them cannot be told`
    )
  }

  #tellProof(frame: Frame, state: ProofEvent['state'], reason: string, recv: bigint): void {
    const { scope, type } = frame
    const channel = this.#channelOf(frame)
    const event: ProofEvent = { kind: 'proof', state, channel, type: type.name, scope, reason }
    this.#o.recorder.event(event, type.group, recv)
  }

  #channelOf({ scope, type }: Frame): string {
    return this.#o.session.channelOf(scope).channel || type.group
  }

  #lateOf(scope: number): Late {
    let late = this.#late.get(scope)
    if (late === undefined) {
      late = { ...this.#o.session.channelOf(scope), filled: [], late: 0, repeated: 0 }
      this.#late.set(scope, late)
    }
    return late
  }

  #tellLate(scope: number, { channel, group, filled, late, repeated }: Late): void {
    const { recorder } = this.#o
    this.#late.delete(scope)
    const event: LateEvent = { kind: 'late', channel, scope, filled, late, repeated }
    recorder.event(event, group, recorder.lastRecv)
  }

  /** A block is about to leave: what it showed goes with it. */
  #flush(): void {
    const { recorder } = this.#o
    for (const [key, { event, group }] of this.#stormy) {
      this.#stormy.delete(key)
      recorder.event(event, group, recorder.lastRecv)
    }
    for (const [scope, late] of this.#late) this.#tellLate(scope, late)
    if (this.#jumps > STORM_JUMPS && recorder.lastRecv - this.#lastJump > WINDOW_NANOS) {
      this.#jumps = 0
      this.#o.alarms.end(this.#stormKey)
    }
  }

  get #stormKey(): string {
    return `${this.#o.name} storm`
  }

  #proofKey(type: MessageType): string {
    return `${this.#o.name} proof ${type.name}`
  }
}
