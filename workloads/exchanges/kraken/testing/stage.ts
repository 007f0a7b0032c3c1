// A connection of the connector to the simulated Kraken in one process: time is moved by the test, and all that the connector
// would publish is kept. For tests of Kraken only.

import { pino } from 'pino'
import { Alarms } from '#bus/alarms.ts'
import type { GapEvent, LateEvent } from '#wire/events.ts'
import { Connection } from '../../../connector/connection.ts'
import { Continuity } from '../../../connector/continuity.ts'
import { fixedLinger } from '../../../connector/linger.ts'
import { CaptureMemory } from '../../../connector/memory.ts'
import { Recorder } from '../../../connector/recorder.ts'
import { newStats } from '../../../connector/stats.ts'
import { FakePublisher } from '../../../connector/testing/harness.ts'
import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { KrakenSession } from '../session.ts'
import { venue } from '../simulator/venue.ts'
import { channelNamed } from '../types.ts'

const STEP_MS = 50
const SYMBOLS = ['BTC/USD', 'ETH/USD', 'SOL/USD'] as const

export type StageOptions = {
  readonly seed: number
  readonly faults?: string
  readonly depth?: number
  readonly channels?: readonly string[]
  readonly symbols?: readonly string[]
}

export class Stage {
  readonly exchange: VirtualExchange
  readonly publisher: FakePublisher
  readonly stats = newStats()
  /** Connections so far. */
  dials = 0
  refusals = 0
  session!: KrakenSession
  readonly #o: StageOptions
  #connection: Connection | null = null
  #client: ReturnType<VirtualExchange['connect']> | null = null
  #sends: string[] = []
  #redialMs = 0

  constructor(options: StageOptions) {
    this.#o = options
    const { seed, faults } = options
    this.exchange = new VirtualExchange({
      venue,
      seed,
      markets: SYMBOLS.length,
      ...(faults === undefined ? {} : { faults }),
    })
    this.publisher = new FakePublisher(() => this.exchange.nowMs)
  }

  /** Lets so much time pass, with so many frames made on the way. */
  run(ms: number, frames: number): void {
    const steps = Math.round(ms / STEP_MS)
    let made = 0
    for (let step = 1; step <= steps; step++) {
      if (this.#connection === null && this.exchange.nowMs >= this.#redialMs) this.#dial()
      const upTo = Math.floor((frames * step) / steps)
      this.exchange.advance(STEP_MS, upTo - made)
      made = upTo
      this.#drive()
    }
  }

  /** Ends the connection in an orderly way. */
  end(): void {
    this.#client?.leave()
    this.#end('connector-stopped', 'user')
  }

  /** Gaps as the archive counts them: holes that late frames filled are none. */
  gaps(cause?: GapEvent['cause']): GapEvent[] {
    const late = (this.publisher.events('late') as LateEvent[]).flatMap(({ scope, filled }) =>
      filled.map(([first, last]) => ({ scope, first, last }))
    )
    return (this.publisher.events('gap') as GapEvent[]).filter(
      (gap) =>
        (cause === undefined || gap.cause === cause) &&
        !late.some(
          ({ scope, first, last }) =>
            gap.scope === scope && first === gap.fromSequence && last === gap.toSequence
        )
    )
  }

  #drive(): void {
    const client = this.#client
    const connection = this.#connection
    if (client === null || connection === null) return
    for (let text = this.#sends.shift(); text !== undefined; text = this.#sends.shift()) {
      client.send(text)
    }
    if (client.closed !== null) {
      this.#end('disconnected', 'network')
      this.#redialMs = this.exchange.nowMs + 100
    } else if (this.session.wakeAt <= this.exchange.nowMs) {
      connection.want({ added: [], removed: [], resumed: new Map(), extent: 'some' })
    }
  }

  #end(cause: 'disconnected' | 'connector-stopped', fault: 'network' | 'user'): void {
    this.#connection?.end({ cause, fault, code: 1006, reason: '' })
    this.#connection = null
    this.#client = null
    this.#sends = []
  }

  #dial(): void {
    const { exchange, publisher, stats } = this
    const { depth = 10, channels = ['book', 'trade', 'ticker', 'instrument'] } = this.#o
    const { symbols = SYMBOLS } = this.#o
    const client = exchange.dial('/v2')
    if ('status' in client) {
      this.refusals++
      this.#redialMs = exchange.nowMs + 1_000
      return
    }
    this.dials++
    this.#client = client
    const nowMs = () => exchange.nowMs
    const nowNanos = () => BigInt(Math.round(exchange.nowMs * 1000)) * 1000n
    const all = channels.map((name) => channelNamed(name, depth))
    this.session = new KrakenSession({
      whole: all.filter(({ whole }) => whole),
      filtered: all.filter(({ whole }) => !whole),
      depth,
      spacingMs: 20,
      nowMs,
    })
    const recorder = new Recorder({
      environment: 'stage',
      feed: 'kraken',
      connection: String(this.dials).padStart(16, '0'),
      shard: 0,
      simulated: true,
      subject: 'stage.kraken.log.0',
      linger: fixedLinger(1_000_000),
      memory: new CaptureMemory(1 << 30, publisher, { nowMs, steadyMs: nowMs }),
      publisher,
      stats,
      live: null,
      nowNanos,
    })
    const connection = new Connection({
      session: this.session,
      transport: {
        send: (text) => void this.#sends.push(text),
        ping() {},
        close() {},
        terminate: () => client.leave(),
      },
      recorder,
      continuity: new Continuity(),
      nowNanos,
      steadyMs: nowMs,
      stats,
      alarms: new Alarms(pino({ level: 'silent' }), nowMs),
      name: 'stage',
      suspects: new Map(),
      observeLag() {},
      onReady() {},
      onFound() {},
      fetch: () => Promise.reject(new Error('Kraken asks nothing over HTTP')),
      onRenew() {},
    })
    this.#connection = connection
    for (const frame of client.frames) connection.frame(frame)
    client.onFrame = (frame) => connection.frame(frame)
    connection.want({ added: symbols, removed: [], resumed: new Map(), extent: 'all' })
    connection.opened()
  }
}
