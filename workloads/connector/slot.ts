// One slot of a feed (wire/shards.ts), its symbols, and the connection that carries them: dialled again without limit, with
// back-off, and closed with a word on record. A connection that the exchange is going to end is replaced before: the next one is ready before the last
// is closed. Whatever happens to it stops nothing else.

import type { Failure, Refusal, Wanted } from '#exchanges/protocol/adapter.ts'
import { pause } from '#role/backoff.ts'
import type { Predecessor } from '#wire/events.ts'
import { Attempt, type Closing, type Outcome } from './attempt.ts'
import { Backoff, MAX_RETRY_AFTER_MS } from './backoff.ts'
import { hasCaughtUp } from './chains.ts'
import type { SlotDeps } from './slot-deps.ts'

/** Two connections of a slot receive the same for at least, and at most, so long. */
const OVERLAP_MS = { least: 2_000, most: 15_000 }
const LOOK_MS = 100

/** A wait that the exchange asked for is worth a word from here on. */
const LONG_WAIT_MS = 5_000

export type Wait = {
  readonly untilMs: number
  /** It asked for more than we wait. */
  readonly isCut: boolean
  readonly failure: Failure
}

export class Slot {
  readonly index: number
  readonly #deps: SlotDeps
  readonly #backoff: Backoff
  /** What it is to have; the capture changes it. */
  readonly #symbols: ReadonlySet<string>
  #extent: Wanted['extent'] = 'some'
  /** Symbols that came back while there was no connection, and since when they were not captured. */
  #resumed = new Map<string, number>()
  #current: Attempt | null = null
  /** It is to replace the current one. */
  #next: Attempt | null = null
  /** Those that are being replaced, or were. */
  readonly #replaced = new WeakSet<Attempt>()
  #failure: Failure | null = null
  /** The last connection of this process. */
  #previous: Predecessor | null = null
  #attempts = 0
  /** What the log said last of an attempt that failed. */
  #said = ''
  #wait: Wait | null = null
  #refusals: readonly Refusal[] = []
  #lastFrameNanos = 0n
  #lastDataNanos = 0n

  constructor(index: number, symbols: ReadonlySet<string>, deps: SlotDeps) {
    this.index = index
    this.#symbols = symbols
    this.#deps = deps
    this.#backoff = new Backoff(deps.random)
  }

  get connected(): boolean {
    return this.#open !== null
  }

  /** Connected, and all that is wanted is confirmed. */
  get ready(): boolean {
    return (this.#current?.ready || this.#next?.ready) ?? false
  }

  /** Symbols that it has by name. */
  get symbols(): number {
    return this.#symbols.size || (this.#open?.connection?.symbols ?? 0)
  }

  get failure(): Failure | null {
    return this.#failure
  }

  /** Attempts in a row that did not last. */
  get attempts(): number {
    return this.#attempts
  }

  /** The exchange asked to be left alone until then. */
  get wait(): Wait | null {
    return this.#wait
  }

  /** What the exchange refuses or does not answer. Until a new connection is ready it is what the last one knew. */
  get refusals(): readonly Refusal[] {
    return this.#refusalsOf(this.#open)
  }

  get lastFrameNanos(): bigint {
    return this.#open?.connection?.lastFrameNanos || this.#lastFrameNanos
  }

  get lastDataNanos(): bigint {
    return this.#open?.connection?.lastDataNanos || this.#lastDataNanos
  }

  /** Its symbols have changed so. */
  want(wanted: Wanted): void {
    this.#extent = wanted.extent
    if (this.#open === null) {
      for (const symbol of wanted.removed) this.#resumed.delete(symbol)
      for (const [symbol, sinceMs] of wanted.resumed) this.#resumed.set(symbol, sinceMs)
      return
    }
    this.#current?.want(wanted)
    // What was not captured is put on record by one of them.
    this.#next?.want(this.#current?.isOpen ? { ...wanted, resumed: new Map() } : wanted)
  }

  /** Closes the connection in an orderly way; the slot dials again. */
  renew(reason: string): void {
    this.#close({ cause: 'disconnected', fault: 'user', reason })
  }

  #refusalsOf(attempt: Attempt | null): readonly Refusal[] {
    const connection = attempt?.connection
    if (!connection) return this.#refusals
    const now = connection.refusals()
    return connection.ready || now.length > 0 ? now : this.#refusals
  }

  get #open(): Attempt | null {
    return this.#current?.isOpen ? this.#current : this.#next?.isOpen ? this.#next : null
  }

  /** Keeps the slot connected until `signal` aborts; resolves once all it had to say is published. */
  async run(signal: AbortSignal): Promise<void> {
    const { gate, log, onReconnect, onChange, steadyMs } = this.#deps
    const onAbort = () =>
      this.#close({ cause: 'connector-stopped', fault: 'user', reason: 'asked to stop' })
    signal.addEventListener('abort', onAbort, { once: true })
    let delay = 0
    while (!signal.aborted) {
      const wait = gate.turn(steadyMs() + delay) - steadyMs()
      if (wait > 0) await pause(wait, signal)
      this.#wait = null
      if (signal.aborted) break
      const { failure, lifeMs, cause, message } = await this.#hold(signal)
      this.#failure = failure ?? { kind: 'network', message, status: 0, retryAfterMs: null }
      onChange()
      if (signal.aborted) break
      delay = this.#backoff.next(lifeMs, failure)
      this.#attempts = this.#backoff.attempts
      if (failure?.kind === 'unauthorized' || failure?.kind === 'rateLimited') {
        gate.hold(steadyMs() + delay)
      }
      onReconnect(cause)
      this.#wait = this.#waitOf(failure, delay)
      const said = `${cause} ${message}`
      const level = said === this.#said && this.#wait === null ? 'debug' : 'warn'
      this.#said = said
      log[level](
        {
          slot: this.index,
          cause,
          status: failure?.status || undefined,
          hint: failure?.hint,
          attempt: this.#attempts,
          retryMs: Math.round(delay),
          until: this.#wait === null ? undefined : new Date(this.#wait.untilMs).toISOString(),
        },
        message
      )
    }
    signal.removeEventListener('abort', onAbort)
  }

  /** What to say of a wait that the exchange asked for. */
  #waitOf(failure: Failure | null, delayMs: number): Wait | null {
    if (failure === null || failure.retryAfterMs === null || delayMs < LONG_WAIT_MS) return null
    const untilMs = this.#deps.nowMs() + delayMs
    return { untilMs, isCut: failure.retryAfterMs > MAX_RETRY_AFTER_MS, failure }
  }

  #close(closing: Closing): void {
    this.#current?.close(closing)
    this.#next?.close(closing)
  }

  /** Connects, and stays connected as long as one connection takes over from the other. */
  async #hold(signal: AbortSignal): Promise<Outcome> {
    let attempt = this.#attempt(null, signal)
    for (;;) {
      this.#current = attempt
      const outcome = await attempt.done
      const { connection } = attempt
      this.#lastFrameNanos = connection?.lastFrameNanos || this.#lastFrameNanos
      this.#lastDataNanos = connection?.lastDataNanos || this.#lastDataNanos
      this.#refusals = this.#refusalsOf(attempt)
      this.#previous = attempt.last ?? this.#previous
      const next = this.#next
      this.#current = next
      this.#next = null
      if (next === null) return outcome
      // What ended it before the next one was ready is a gap already.
      if (next.ready && connection) next.connection?.follow(connection.chains(), next.openedRecv)
      attempt = next
    }
  }

  #attempt(replaced: Attempt | null, signal: AbortSignal): Attempt {
    const deps = this.#deps
    const attempt: Attempt = new Attempt(
      {
        slot: this.index,
        deps,
        symbols: this.#symbols,
        extent: () => this.#extent,
        resumed: () => {
          const resumed = this.#resumed
          this.#resumed = new Map()
          return resumed
        },
        predecessor: () => replaced?.last ?? this.#previous ?? deps.predecessorOf(this.index),
        replaces: () => (replaced?.isOpen ? (replaced.last?.connection ?? null) : null),
        successor: () => {
          const next = attempt === this.#current ? this.#next : null
          return next?.ready ? (next.last?.connection ?? null) : null
        },
        onReady: () => {
          this.#failure = null
          this.#said = ''
          deps.onChange()
        },
        onRenew: (reason) => void this.#replace(attempt, reason, signal),
      },
      signal
    )
    return attempt
  }

  /** Dials until another connection can take over from this one, or this one has ended. */
  async #replace(attempt: Attempt, reason: string, signal: AbortSignal): Promise<void> {
    const { gate, log, random, steadyMs, onReconnect } = this.#deps
    if (this.#replaced.has(attempt)) return
    this.#replaced.add(attempt)
    const backoff = new Backoff(random)
    const isNeeded = () => attempt.isOpen && this.#current === attempt && !signal.aborted
    // Its own predecessor may still be open.
    while (attempt.isOpen && this.#current !== attempt) await pause(LOOK_MS, signal)
    log.info({ slot: this.index, reason }, 'the connection is replaced before it ends')
    for (let delay = 0; isNeeded(); ) {
      await pause(Math.max(0, gate.turn(steadyMs() + delay) - steadyMs()), signal)
      if (!isNeeded()) return
      const next = this.#attempt(attempt, signal)
      this.#next = next
      void this.#takeOver(attempt, next, reason)
      const { failure, lifeMs, message } = await next.done
      if (this.#next !== next) return
      this.#next = null
      onReconnect(failure?.kind ?? 'disconnected')
      log.warn({ slot: this.index, reason: message }, 'no connection to take over yet')
      delay = backoff.next(lifeMs, failure)
    }
  }

  /** Closes `attempt` once `next` is ready and both have received the same for a while. */
  async #takeOver(attempt: Attempt, next: Attempt, reason: string): Promise<void> {
    const { steadyMs } = this.#deps
    const over = new AbortController()
    const end = () => over.abort()
    void Promise.race([attempt.done, next.done]).then(end)
    let readyMs = Number.POSITIVE_INFINITY
    while (!over.signal.aborted) {
      await pause(LOOK_MS, over.signal)
      if (!next.ready || !attempt.isOpen) continue
      readyMs = Math.min(readyMs, steadyMs())
      const ms = steadyMs() - readyMs
      const isSame = () => hasCaughtUp(attempt.connection!.chains(), next.connection!.chains())
      if (ms < OVERLAP_MS.least || (ms < OVERLAP_MS.most && !isSame())) continue
      attempt.close({ cause: 'disconnected', fault: 'ours', reason: `replaced: ${reason}` })
      return
    }
  }
}
