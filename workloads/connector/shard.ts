// One share of a feed's symbols and the connection that carries it: dialled again for ever, with back-off, watched
// for life, and closed with a word on record. Whatever happens to it stops nothing else.

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Alarms } from '#bus/alarms.ts'
import { rfc3339 } from '#crds/rfc3339.ts'
import type {
  Exchange,
  Failure,
  Listener,
  Refusal,
  Transport,
  Wanted,
} from '#exchanges/protocol/adapter.ts'
import { pause } from '#role/backoff.ts'
import type { TimeLine } from '#role/clock.ts'
import type { Logger } from '#role/run.ts'
import type { CloseEvent, Predecessor } from '#wire/events.ts'
import { Backoff, type DialGate, MAX_RETRY_AFTER_MS } from './backoff.ts'
import { closeEvent } from './close-event.ts'
import { Connection } from './connection.ts'
import { Continuity } from './continuity.ts'
import { watchLife } from './life.ts'
import type { Recorder } from './recorder.ts'
import type { NewRecorder } from './recorders.ts'
import type { Stats } from './stats.ts'
import { openWebSocket, toFailure } from './websocket.ts'

/** What all shards of a connector share. */
export type ShardDeps = {
  readonly newRecorder: NewRecorder
  readonly stats: Stats
  readonly alarms: Alarms
  /** The connection of a shard before this process, as far as it is known. */
  readonly predecessorOf: (shard: number) => Predecessor | null
  /** The Feed, where the exchange is described by it alone: goes on record with each connection. */
  readonly describedBy: object | null
  /** Receive time less the exchange's own time, of a sample of frames. */
  readonly observeLag: (ms: number) => void
  /** Symbols that may be gone; data takes its symbol out. */
  readonly suspects: Map<string, unknown>
  readonly gate: DialGate
  readonly log: Logger
  readonly random: () => number
  readonly nowMs: () => number
  /** Receive times of one connection. */
  readonly newLine: () => TimeLine
  readonly steadyMs: () => number
  /** The exchange to dial now: another one once another version of the feed is in force. */
  readonly exchange: () => Exchange
  readonly onChange: () => void
  readonly onFound: (symbol: string) => void
  readonly onReconnect: (cause: string) => void
}

/** Symbols that a new connection is told without a break. */
const SYMBOLS_PER_TURN = 5_000
/** A step of the clock is over in a moment: it is shown for so long. */
const STEP_SHOWN_MS = 600_000

/** A wait that the exchange asked for is worth a word from here on. */
const LONG_WAIT_MS = 5_000

export type Wait = {
  readonly untilMs: number
  /** It asked for more than we wait. */
  readonly isCut: boolean
  readonly failure: Failure
}

/** How one attempt, or one connection, came to its end. */
type Outcome = {
  readonly failure: Failure | null
  readonly lifeMs: number
  readonly cause: string
  readonly message: string
}

export class Shard {
  readonly index: number
  readonly #deps: ShardDeps
  readonly #backoff: Backoff
  /** What it is to have; the capture changes it. */
  readonly #symbols: ReadonlySet<string>
  #extent: Wanted['extent'] = 'some'
  /** Symbols that came back while there was no connection, and since when they were not captured. */
  #resumed = new Map<string, number>()
  /** A new connection is being told its symbols. */
  #telling = false
  #connection: Connection | null = null
  #transport: Transport | null = null
  /** Why we are closing it ourselves. */
  #closing: Omit<CloseEvent, 'kind' | 'code'> | null = null
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

  constructor(index: number, symbols: ReadonlySet<string>, deps: ShardDeps) {
    this.index = index
    this.#symbols = symbols
    this.#deps = deps
    this.#backoff = new Backoff(deps.random)
  }

  get connected(): boolean {
    return this.#connection !== null
  }

  /** Connected, and all that is wanted is confirmed. */
  get ready(): boolean {
    return this.#connection?.ready ?? false
  }

  /** Symbols that it has by name. */
  get symbols(): number {
    return this.#symbols.size || (this.#connection?.symbols ?? 0)
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
    if (this.#connection === null) return this.#refusals
    const now = this.#connection.refusals()
    return this.#connection.ready || now.length > 0 ? now : this.#refusals
  }

  get lastFrameNanos(): bigint {
    return this.#connection?.lastFrameNanos || this.#lastFrameNanos
  }

  get lastDataNanos(): bigint {
    return this.#connection?.lastDataNanos || this.#lastDataNanos
  }

  /** Its symbols have changed so. */
  want(wanted: Wanted): void {
    this.#extent = wanted.extent
    if (this.#connection === null) {
      for (const symbol of wanted.removed) this.#resumed.delete(symbol)
      for (const [symbol, sinceMs] of wanted.resumed) this.#resumed.set(symbol, sinceMs)
    } else this.#connection.want(this.#telling ? { ...wanted, extent: 'some' } : wanted)
  }

  /** Closes the connection in an orderly way; the shard dials anew. */
  renew(reason: string): void {
    this.#close({ cause: 'disconnected', fault: 'user', reason })
  }

  /** Keeps the shard connected until `signal` aborts; resolves once all it had to say is published. */
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
      const { failure, lifeMs, cause, message } = await this.#once(signal)
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
          shard: this.index,
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

  #close(closing: Omit<CloseEvent, 'kind' | 'code'>): void {
    if (this.#transport === null) return
    this.#closing = closing
    this.#transport.close()
  }

  /** One dial and, where it succeeds, one connection to its end. */
  #once(signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      let exchange: Exchange
      try {
        exchange = this.#deps.exchange()
      } catch (thrown) {
        const failure = toFailure(thrown)
        return resolve({ failure, lifeMs: 0, cause: 'refused', message: failure.message })
      }
      const listener = this.#listener(exchange, resolve)
      const { source } = exchange
      if (source.kind === 'process') return source.start(listener)
      const { nowMs } = this.#deps
      source
        .request(signal)
        .then((request) => openWebSocket(request, listener, { signal, nowMs }))
        .catch((thrown) => listener.refused(toFailure(thrown)))
    })
  }

  #listener(exchange: Exchange, done: (outcome: Outcome) => void): Listener {
    const { steadyMs, onChange, log } = this.#deps
    let connection: Connection
    let recorder: Recorder
    let opened = 0
    let watch: NodeJS.Timeout
    let telling: NodeJS.Timeout | undefined
    return {
      opened: (transport) => {
        opened = steadyMs()
        const line = this.#deps.newLine()
        recorder = this.#deps.newRecorder(this.index, line)
        connection = this.#open(exchange, transport, recorder, line)
        watch = watchLife({ exchange, connection, transport, steadyMs }, () =>
          this.#checkClock(line, recorder)
        )
        const { countsEveryMs } = recorder
        if (countsEveryMs !== null)
          telling = setInterval(() => recorder.tellCounts(), countsEveryMs)
        onChange()
      },
      frame: (payload) => connection.frame(payload),
      ping: () => {
        connection.pings++
      },
      pong: () => {
        connection.pongs++
      },
      closed: (code, reason, violation) => {
        clearInterval(watch)
        clearInterval(telling)
        connection.failure ??= violation ?? null
        this.#lastFrameNanos = connection.lastFrameNanos || this.#lastFrameNanos
        this.#lastDataNanos = connection.lastDataNanos || this.#lastDataNanos
        this.#refusals = this.refusals
        this.#connection = null
        this.#transport = null
        const close = closeEvent(this.#closing, connection.failure, code, reason)
        this.#closing = null
        connection.end(close)
        this.#previous = {
          connection: recorder.connection,
          number: recorder.number,
          recv: rfc3339(recorder.lastRecv),
        }
        log.info({ shard: this.index, ...close }, 'connection closed')
        const { failure } = connection
        const said = close.reason === '' ? '' : `: ${close.reason}`
        const message = failure?.message ?? `the connection ended with code ${code}${said}`
        const lifeMs = steadyMs() - opened
        done({ failure, lifeMs, cause: failure?.kind ?? close.cause, message })
      },
      refused: (failure) => {
        const { kind, message } = failure
        done({ failure, lifeMs: 0, cause: kind, message })
      },
    }
  }

  #open(exchange: Exchange, transport: Transport, recorder: Recorder, line: TimeLine): Connection {
    const deps = this.#deps
    const id = recorder.connection
    const session = exchange.session({ shard: this.index })
    const connection = new Connection({
      session,
      transport,
      recorder,
      continuity: new Continuity(),
      nowNanos: () => line.nowNanos(),
      steadyMs: deps.steadyMs,
      stats: deps.stats,
      alarms: deps.alarms,
      name: `shard ${this.index}, connection ${id}`,
      suspects: deps.suspects,
      observeLag: deps.observeLag,
      onReady: () => {
        this.#failure = null
        this.#said = ''
        deps.onChange()
      },
      onFound: deps.onFound,
    })
    this.#connection = connection
    this.#transport = transport
    this.#closing = null
    const follows = this.#previous ?? deps.predecessorOf(this.index)
    recorder.event({
      kind: 'open',
      exchange: exchange.adapter,
      endpoint: exchange.endpoint,
      adapter: exchange.adapter,
      symbols: this.#symbols.size,
      ...(follows === null ? {} : { follows }),
      ...(deps.describedBy === null ? {} : { feed: deps.describedBy }),
    })
    deps.log.info({ shard: this.index, connection: id, endpoint: exchange.endpoint }, 'connected')
    // What is wanted first, so that the first command already has it.
    void this.#tell(connection)
    connection.opened()
    return connection
  }

  /** A clock that was set ends the connection's time line: what comes belongs to one with the right times. */
  #checkClock(line: TimeLine, recorder: Recorder): void {
    line.nowNanos()
    if (line.stepNanos === 0n || this.#closing !== null) return
    const stepSeconds = Number(line.stepNanos / 1_000_000n) / 1000
    const how = `${Math.abs(stepSeconds)} s ${stepSeconds < 0 ? 'back' : 'forward'}`
    const reason = `the clock of this machine went ${how}: it was set, or the machine slept`
    recorder.event({ kind: 'clock', stepSeconds })
    const { alarms } = this.#deps
    const message = `${reason}; all connections are redialled with correct times`
    alarms.say('clock', 'ClockStepped', message)
    setTimeout(() => alarms.end('clock'), STEP_SHOWN_MS).unref()
    this.#close({ cause: 'clock-stepped', fault: 'ours', reason })
  }

  /** Tells a new connection its symbols, so many at a time that frames are read in between. */
  async #tell(connection: Connection): Promise<void> {
    const symbols = [...this.#symbols]
    const resumed = this.#resumed
    this.#resumed = new Map()
    this.#telling = true
    for (let at = 0; this.#connection === connection; at += SYMBOLS_PER_TURN) {
      // Some may have been given up since.
      const added = symbols.slice(at, at + SYMBOLS_PER_TURN).filter((one) => this.#symbols.has(one))
      this.#telling = at + SYMBOLS_PER_TURN < symbols.length
      const extent = this.#telling ? 'some' : this.#extent
      connection.want({ added, removed: [], resumed, extent })
      if (!this.#telling) return
      await nextTurn()
    }
  }
}
