// One open connection: every frame is looked at once, counted against the exchange's own numbers, and recorded; the
// session's wishes are carried out. What happened to it is on record from `open` to `close`.

import type { CloseEvent } from '#wire/events.ts'
import type { Action, Failure, Scoped, Session, Transport, Wanted } from './adapter.ts'
import { type Continuity, SEEN, type Seen } from './continuity.ts'
import type { Recorder } from './recorder.ts'
import { rfc3339 } from './times.ts'

/** What happens to a connection, counted for the whole process. */
export type Tally = {
  gaps: number
  repeats: number
  rebuilds: number
}

export type ConnectionOptions = {
  readonly session: Session
  readonly transport: Transport
  readonly recorder: Recorder
  readonly continuity: Continuity
  readonly nowNanos: () => bigint
  /** Milliseconds since 1970 that no setting of the clock moves. */
  readonly steadyMs: () => number
  readonly tally: Tally
  /** Symbols that a whole answer of discovery did not list; one that sends data is there. */
  readonly suspects: Map<string, unknown>
  readonly observeLag: (ms: number) => void
  readonly onReady: () => void
  readonly onFound: (symbol: string) => void
}

/** One frame in so many is compared with the exchange's time; a prime, so that no rhythm of theirs falls in with it. */
const LAG_SAMPLE = 61

/** Symbols that one gap names. */
const SYMBOLS_PER_GAP = 50

export class Connection {
  /** Frames and pings: whether it lives. */
  frames = 0
  pings = 0
  pongs = 0
  ready = false
  /** Symbols that its session speaks of as ready. */
  symbols = 0
  lastFrameNanos = 0n
  lastDataNanos = 0n
  /** Why we ended it ourselves. */
  failure: Failure | null = null
  readonly #o: ConnectionOptions
  #ended = false
  #wake: NodeJS.Timeout | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  constructor(options: ConnectionOptions) {
    this.#o = options
  }

  opened(): void {
    this.#act(this.#o.session.opened(this.#o.steadyMs()))
  }

  /** The hot path. */
  frame(payload: Buffer): void {
    const { session, recorder, suspects } = this.#o
    const recv = this.#o.nowNanos()
    session.look(payload)
    const { frame } = session
    let seen: Seen = SEEN.fine
    if (frame.scope !== 0) {
      seen = this.#o.continuity.see(frame.scope, frame.sequence)
      if (seen !== SEEN.fine) this.#notice(seen, frame.scope, frame.sequence, recv)
    }
    recorder.frame(recv, payload, frame)
    this.lastFrameNanos = recv
    if (frame.type.data) {
      this.lastDataNanos = recv
      if (suspects.size > 0) suspects.delete(frame.symbol)
    }
    if (++this.frames % LAG_SAMPLE === 0) this.#sampleLag(recv)
    if (frame.control) this.#act(session.control(payload, this.#o.steadyMs()))
    if (seen === SEEN.jump || seen === SEEN.restart) {
      this.#act(session.jumped(frame.scope, this.#o.steadyMs()))
    }
  }

  want(wanted: Wanted): void {
    this.#act(this.#o.session.want(wanted, this.#o.steadyMs()))
  }

  get trouble(): string {
    return this.#o.session.trouble
  }

  /** The last word on record. Nothing may follow. */
  end(close: Omit<CloseEvent, 'kind'>): void {
    this.#ended = true
    for (const action of this.#o.session.closed(this.#o.steadyMs())) this.#carryOut(action)
    clearTimeout(this.#wake)
    this.#o.recorder.event({ kind: 'close', ...close })
    this.#o.recorder.end()
  }

  #notice(seen: Seen, scope: number, sequence: number, recv: bigint): void {
    const { session, continuity, recorder, tally } = this.#o
    switch (seen) {
      case SEEN.first:
        session.scopeSeen(scope)
        return
      case SEEN.repeat:
        tally.repeats++
        return
      case SEEN.jump:
      case SEEN.restart: {
        const { channel, group } = session.channelOf(scope)
        const last = continuity.before
        tally.gaps++
        const jump = seen === SEEN.jump
        recorder.event(
          {
            kind: 'gap',
            cause: 'exchange-sequence',
            fault: 'exchange',
            channel,
            scope,
            fromSequence: jump ? last + 1 : last,
            toSequence: jump ? sequence - 1 : sequence,
            missing: jump ? sequence - last - 1 : null,
            ...(jump ? {} : { reason: 'the exchange started its count anew' }),
          },
          group,
          recv
        )
      }
    }
  }

  #sampleLag(recv: bigint): void {
    const sent = this.#o.session.exchangeMs()
    if (sent > 0) this.#o.observeLag(Number(recv / 1_000_000n) - sent)
  }

  #act(actions: readonly Action[]): void {
    for (const action of actions) this.#carryOut(action)
    this.#schedule()
  }

  #carryOut(action: Action): void {
    const { transport, recorder, continuity, tally } = this.#o
    switch (action.kind) {
      case 'send':
        transport.send(action.text)
        return
      case 'ready':
        this.ready = true
        this.symbols = action.symbols
        recorder.event({ kind: 'ready', symbols: action.symbols })
        this.#o.onReady()
        return
      case 'ended':
        tally.gaps++
        this.#lost(action)
        return
      case 'renewed':
        this.#lost(action, rfc3339(BigInt(Math.floor(action.sinceMs)) * 1_000_000n))
        return
      case 'resumed':
        this.#resumed(action)
        return
      case 'rebuild': {
        const { scope, group, how, symbols } = action
        tally.rebuilds++
        recorder.event({ kind: 'rebuild', scope, how, symbols }, group)
        return
      }
      case 'forget':
        continuity.forget(action.scope)
        return
      case 'found':
        this.#o.onFound(action.symbol)
        return
      case 'reconnect':
        this.failure = action.failure
        transport.terminate()
    }
  }

  /** A subscription that the exchange ended, or made anew: what was sent between is missing, and nobody knows how much. */
  #lost(lost: Scoped & { readonly reason: string }, from?: string): void {
    const { continuity, recorder } = this.#o
    const { scope, channel, group, reason } = lost
    const last = Math.max(0, continuity.last(scope))
    recorder.event(
      {
        kind: 'gap',
        cause: 'exchange-sequence',
        fault: 'exchange',
        channel,
        scope,
        fromSequence: last,
        toSequence: last,
        missing: null,
        reason,
        ...(from === undefined ? {} : { from }),
      },
      group
    )
  }

  /** Symbols that were given up while they may have traded. */
  #resumed({
    symbols,
    sinceMs,
    scope,
    channel,
    group,
  }: Extract<Action, { kind: 'resumed' }>): void {
    const { recorder, tally } = this.#o
    const from = rfc3339(BigInt(Math.floor(sinceMs)) * 1_000_000n)
    const reason =
      'given up because the exchange listed them no longer and they were silent; then it listed them again'
    for (let at = 0; at < symbols.length; at += SYMBOLS_PER_GAP) {
      const some = symbols.slice(at, at + SYMBOLS_PER_GAP)
      tally.gaps++
      recorder.event(
        {
          kind: 'gap',
          cause: 'unsubscribed',
          fault: 'exchange',
          channel,
          scope,
          symbols: some,
          missing: null,
          from,
          reason,
        },
        group
      )
    }
  }

  #schedule(): void {
    const { wakeAt } = this.#o.session
    if (wakeAt === this.#wakeAt && this.#wake !== undefined) return
    clearTimeout(this.#wake)
    this.#wake = undefined
    this.#wakeAt = wakeAt
    if (this.#ended || wakeAt === Number.POSITIVE_INFINITY) return
    const wait = Math.max(1, wakeAt - this.#o.steadyMs())
    this.#wake = setTimeout(() => {
      this.#wake = undefined
      this.#act(this.#o.session.tick(this.#o.steadyMs()))
    }, wait)
  }
}
