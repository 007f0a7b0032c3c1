// One open connection: every frame is scanned a single time, counted against the exchange's own numbers, and recorded; the
// session's wishes are carried out. What happened to it is on record from `open` to `close`.

import type { Alarms } from '#bus/alarms.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import type {
  Action,
  Failure,
  Refusal,
  Scoped,
  Session,
  Transport,
  Wanted,
} from '#exchanges/protocol/adapter.ts'
import type { CloseEvent, GapEvent } from '#wire/events.ts'
import { type Chains, chainsOf } from './chains.ts'
import { type Continuity, SEEN } from './continuity.ts'
import type { Fetch } from './fetch.ts'
import type { Recorder } from './recorder.ts'
import { Sequences } from './sequences.ts'
import type { Stats } from './stats.ts'

export type ConnectionOptions = {
  readonly session: Session
  readonly transport: Transport
  readonly recorder: Recorder
  readonly continuity: Continuity
  readonly nowNanos: () => bigint
  /** Milliseconds since 1970 that no setting of the clock moves. */
  readonly steadyMs: () => number
  readonly stats: Stats
  readonly alarms: Alarms
  /** As people are told of it: the shard and the connection. */
  readonly name: string
  /** Symbols that a whole answer of discovery did not list; one that sends data exists. */
  readonly suspects: Map<string, unknown>
  readonly observeLag: (ms: number) => void
  readonly onReady: () => void
  /** Every connection of the connector is ready; if left out, that is never said. */
  readonly isComplete?: () => boolean
  readonly onFound: (symbol: string) => void
  readonly fetch: Fetch
  /** The exchange will end it. */
  readonly onRenew: (reason: string) => void
}

/** One frame in this many is compared with the exchange's time; a prime, so that no rhythm of the exchange coincides with it. */
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
  readonly #sequences: Sequences
  readonly #end = new AbortController()
  #wake: NodeJS.Timeout | undefined
  #wakeAt = Number.POSITIVE_INFINITY

  constructor(options: ConnectionOptions) {
    this.#o = options
    this.#sequences = new Sequences({ ...options, act: (actions) => this.#act(actions) })
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
    const seen = this.#sequences.judge(frame, payload, recv, this.lastFrameNanos)
    recorder.frame(recv, payload, frame)
    if (seen === SEEN.late || seen === SEEN.early || seen === SEEN.repeat) {
      this.#sequences.recorded(seen, frame)
    }
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

  /** The session's time may have come: a timer calls this. */
  tick(): void {
    this.#act(this.#o.session.tick(this.#o.steadyMs()))
  }

  want(wanted: Wanted): void {
    this.#act(this.#o.session.want(wanted, this.#o.steadyMs()))
  }

  refusals(): readonly Refusal[] {
    return this.#o.session.refusals()
  }

  /** The last word on record. Nothing may follow. */
  end(close: Omit<CloseEvent, 'kind'>): void {
    this.#end.abort()
    this.#sequences.end()
    clearTimeout(this.#wake)
    for (const action of this.#o.session.closed(this.#o.steadyMs())) this.#carryOut(action)
    this.#o.recorder.tellCounts()
    this.#o.recorder.event({ kind: 'close', ...close })
    this.#o.recorder.end()
  }

  /** Where its chains begin and end by now. */
  chains(): Chains {
    return chainsOf(this.#o.session, this.#o.continuity)
  }

  /** The connection that this one replaced is over. */
  follow(chains: Chains, since: bigint): void {
    this.#sequences.follow(chains, since)
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
    const { transport, recorder, continuity, stats } = this.#o
    switch (action.kind) {
      case 'send':
        transport.send(action.text)
        return
      case 'ready':
        this.ready = true
        this.symbols = action.symbols
        recorder.event({
          kind: 'ready',
          symbols: action.symbols,
          ...(this.#o.isComplete?.() ? { complete: true } : {}),
        })
        this.#o.onReady()
        return
      case 'ended':
        stats.gaps++
        stats.holes++
        this.#lost(action, 'exchange-sequence')
        return
      case 'missed':
        // Where a sequence jumped, that was counted already.
        if (action.cause !== 'exchange-sequence') {
          stats.gaps++
          stats.holes++
        }
        this.#lost(action, action.cause, rfc3339(this.#recvOf(action.sinceMs)))
        return
      case 'resumed':
        this.#resumed(action)
        return
      case 'rebuild': {
        const { scope, group, how, symbols } = action
        stats.rebuilds++
        recorder.event({ kind: 'rebuild', scope, how, symbols }, group)
        return
      }
      case 'forget':
        continuity.forget(action.scope)
        return
      case 'found':
        this.#o.onFound(action.symbol)
        return
      case 'renew':
        this.#o.onRenew(action.reason)
        return
      case 'fetch':
        void this.#fetch(action.id, action.url)
        return
      case 'reconnect':
        this.failure = action.failure
        transport.terminate()
    }
  }

  /** The answer stands on record: where it came from, and behind that its body. */
  async #fetch(id: number, url: string): Promise<void> {
    const { session, recorder, nowNanos, steadyMs } = this.#o
    const { signal } = this.#end
    const answer = await this.#o.fetch(url, signal)
    if (signal.aborted) return
    const { status, body, failure } = answer
    session.answer?.(id, status, body)
    const { frame } = session
    const reason = failure === null ? {} : { reason: failure.message }
    const recv = nowNanos()
    recorder.event({ kind: 'fetched', url, status, ...reason }, frame.type.group, recv)
    if (status > 0) recorder.frame(recv, body, frame)
    this.#act(session.answered?.(id, answer, steadyMs()) ?? [])
  }

  /** A time of the session's clock as a receive time: the clock of records may have been set since the process began. */
  #recvOf(steadyMs: number): bigint {
    const ago = Math.max(0, this.#o.steadyMs() - steadyMs)
    return this.#o.nowNanos() - BigInt(Math.round(ago * 1e6))
  }

  /** A subscription that the exchange ended, or created again: what was sent between is missing, and its amount is unknown. */
  #lost(
    lost: Scoped & { readonly reason: string; readonly symbols?: readonly string[] },
    cause: GapEvent['cause'],
    from?: string
  ): void {
    const { continuity, recorder } = this.#o
    const { scope, channel, group, reason, symbols } = lost
    const last = Math.max(0, continuity.last(scope))
    recorder.event(
      {
        kind: 'gap',
        cause,
        fault: 'exchange',
        channel,
        ...(symbols === undefined ? {} : { symbols }),
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
    const { recorder, stats } = this.#o
    const from = rfc3339(this.#recvOf(sinceMs))
    const reason =
      'given up because the exchange listed them no longer and they were silent; then it listed them again'
    for (let at = 0; at < symbols.length; at += SYMBOLS_PER_GAP) {
      const some = symbols.slice(at, at + SYMBOLS_PER_GAP)
      stats.gaps++
      stats.holes++
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
    if (this.#end.signal.aborted || wakeAt === Number.POSITIVE_INFINITY) return
    const wait = Math.max(1, wakeAt - this.#o.steadyMs())
    this.#wake = setTimeout(() => {
      this.#wake = undefined
      this.tick()
    }, wait)
  }
}
