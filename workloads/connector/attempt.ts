// One dial of a slot and, if it succeeds, one connection from `open` to `close`. It knows of no other attempt but what its
// first and last records say of them.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { rfc3339 } from '#crds/rfc3339.ts'
import type { Exchange, Failure, Listener, Transport, Wanted } from '#exchanges/protocol/adapter.ts'
import type { TimeLine } from '#role/clock.ts'
import type { CloseEvent, Predecessor } from '#wire/events.ts'
import { closeEvent } from './close-event.ts'
import { Connection } from './connection.ts'
import { Continuity } from './continuity.ts'
import { watchLife } from './life.ts'
import type { Recorder } from './recorder.ts'
import type { SlotDeps } from './slot-deps.ts'
import { openWebSocket, toFailure } from './websocket.ts'

export type AttemptOptions = {
  readonly slot: number
  readonly deps: SlotDeps
  /** What the slot is to have; the capture changes it. */
  readonly symbols: ReadonlySet<string>
  /** Whether these are all. */
  readonly extent: () => Wanted['extent']
  /** Symbols that came back while there was no connection, and since when they were not captured; asked once. */
  readonly resumed: () => ReadonlyMap<string, number>
  readonly predecessor: () => Predecessor | null
  /** The connection that is open, and that this one is to replace. */
  readonly replaces: () => string | null
  /** The connection that is ready to continue where this one ends. */
  readonly successor: () => string | null
  onReady(): void
  onRenew(reason: string): void
}

/** Why we close a connection ourselves. */
export type Closing = Pick<CloseEvent, 'cause' | 'fault' | 'reason'>

/** How one attempt, or one connection, came to its end. */
export type Outcome = {
  readonly failure: Failure | null
  readonly lifeMs: number
  readonly cause: string
  readonly message: string
}

/** Symbols that a new connection is told without a break. */
const SYMBOLS_PER_TURN = 5_000
/** A step of the clock is over in a moment: it is shown for so long. */
const STEP_SHOWN_MS = 600_000

export class Attempt {
  readonly #o: AttemptOptions
  #connection: Connection | null = null
  #transport: Transport | null = null
  #recorder: Recorder | null = null
  #closing: Closing | null = null
  /** The connection is being told its symbols. */
  #telling = false
  /** When it was opened, by its receive times. */
  openedRecv = 0n
  readonly done: Promise<Outcome>

  constructor(options: AttemptOptions, signal: AbortSignal) {
    this.#o = options
    this.done = this.#run(signal)
  }

  /** The connection, open or ended; null: there was none yet. */
  get connection(): Connection | null {
    return this.#connection
  }

  get isOpen(): boolean {
    return this.#transport !== null
  }

  /** Open, and all that is wanted is confirmed. */
  get ready(): boolean {
    return this.isOpen && (this.#connection?.ready ?? false)
  }

  /** Id of its connection, and the last record of it; null: there was none yet. */
  get last(): Predecessor | null {
    const recorder = this.#recorder
    if (recorder === null) return null
    const { connection, number, lastRecv } = recorder
    return { connection, number, recv: rfc3339(lastRecv) }
  }

  /** Its symbols have changed so. */
  want(wanted: Wanted): void {
    if (!this.isOpen) return
    this.#connection?.want(this.#telling ? { ...wanted, extent: 'some' } : wanted)
  }

  /** Closes the connection in an orderly way; what was under way is received. */
  close(closing: Closing): void {
    if (this.#transport === null) return
    this.#closing = closing
    this.#transport.close()
  }

  #run(signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      let exchange: Exchange
      try {
        exchange = this.#o.deps.exchange()
      } catch (thrown) {
        const failure = toFailure(thrown)
        return resolve({ failure, lifeMs: 0, cause: 'refused', message: failure.message })
      }
      const listener = this.#listener(exchange, resolve)
      const { source } = exchange
      if (source.kind === 'process') return source.start(listener)
      const { nowMs } = this.#o.deps
      source
        .request(signal)
        .then((request) => openWebSocket(request, listener, { signal, nowMs }))
        .catch((thrown) => listener.refused(toFailure(thrown)))
    })
  }

  #listener(exchange: Exchange, done: (outcome: Outcome) => void): Listener {
    const { slot, deps, successor } = this.#o
    const { steadyMs, onChange, log } = deps
    let connection: Connection
    let recorder: Recorder
    let opened = 0
    let watch: NodeJS.Timeout
    let telling: NodeJS.Timeout | undefined
    return {
      opened: (transport) => {
        opened = steadyMs()
        const line = deps.newLine()
        recorder = deps.newRecorder(slot, line)
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
        this.#transport = null
        const next = successor()
        const close = {
          ...closeEvent(this.#closing, connection.failure, code, reason),
          ...(next === null ? {} : { replacedBy: next }),
        }
        connection.end(close)
        log.info({ slot, ...close }, 'connection closed')
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
    const { slot, deps, symbols } = this.#o
    const id = recorder.connection
    const connection = new Connection({
      session: exchange.session({ shard: slot }),
      transport,
      recorder,
      continuity: new Continuity(),
      nowNanos: () => line.nowNanos(),
      steadyMs: deps.steadyMs,
      stats: deps.stats,
      alarms: deps.alarms,
      name: `slot ${slot}, connection ${id}`,
      suspects: deps.suspects,
      observeLag: deps.observeLag,
      onReady: () => this.#o.onReady(),
      isComplete: deps.isComplete,
      onFound: deps.onFound,
      fetch: deps.fetch,
      onRenew: (reason) => this.#o.onRenew(reason),
    })
    // What was before it is asked before it becomes the last one itself.
    const follows = this.#o.predecessor()
    const replaces = this.#o.replaces()
    this.#connection = connection
    this.#transport = transport
    this.#recorder = recorder
    recorder.event({
      kind: 'open',
      exchange: exchange.adapter,
      endpoint: exchange.endpoint,
      adapter: exchange.adapter,
      symbols: symbols.size,
      shards: deps.shards,
      ...(follows === null ? {} : { follows }),
      ...(replaces === null ? {} : { replaces }),
      ...(exchange.description === undefined ? {} : { feed: exchange.description }),
    })
    this.openedRecv = recorder.lastRecv
    deps.log.info({ slot, connection: id, endpoint: exchange.endpoint }, 'connected')
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
    const { alarms } = this.#o.deps
    const message = `${reason}; all connections are redialled with correct times`
    alarms.say('clock', 'ClockStepped', message)
    setTimeout(() => alarms.end('clock'), STEP_SHOWN_MS).unref()
    this.close({ cause: 'clock-stepped', fault: 'ours', reason })
  }

  /** Tells a new connection its symbols, few enough at a time that frames are read in between. */
  async #tell(connection: Connection): Promise<void> {
    const symbols = [...this.#o.symbols]
    const resumed = this.#o.resumed()
    this.#telling = true
    for (let at = 0; this.isOpen; at += SYMBOLS_PER_TURN) {
      // Some may have been given up since.
      const some = symbols.slice(at, at + SYMBOLS_PER_TURN)
      const added = some.filter((one) => this.#o.symbols.has(one))
      this.#telling = at + SYMBOLS_PER_TURN < symbols.length
      const extent = this.#telling ? 'some' : this.#o.extent()
      connection.want({ added, removed: [], resumed, extent })
      if (!this.#telling) return
      await nextTurn()
    }
  }
}
