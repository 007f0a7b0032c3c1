// Runs one signal over live events: batches in their order through the sandbox, fires to their feed, and every second the place and the
// engine's state to the bucket. A session begins with what was stored last, so that neither a killed process nor a lost server makes a fire
// twice or leaves one out. A signal that is refused stays so, and says why, until its resource changes.

import type { NatsConnection } from 'nats'
import type { Alarms } from '#bus/alarms.ts'
import { LivePublisher } from '#bus/live.ts'
import { signalFeed } from '#bus/names.ts'
import { BlockPublisher } from '#bus/publisher.ts'
import { ensureStream, type StreamFacts, type StreamWant } from '#bus/stream.ts'
import { describeError, type SsmdError, toSsmdError } from '#crds/errors.ts'
import { live } from '#events/live.ts'
import type { LiveFeed, LiveOptions } from '#events/live-options.ts'
import { LogReading, type Missed } from '#events/log-reading.ts'
import type { EventBatch } from '#market/columns.ts'
import { backoffMs, pause } from '#role/backoff.ts'
import type { Logger } from '#role/run.ts'
import { Refusal } from '../findings.ts'
import { fireLine } from '../fire-lines.ts'
import type { RawFire } from '../messages.ts'
import { LIMITS, Sandbox } from '../sandbox.ts'
import { type Fire, readFire } from '../sinks/fire.ts'
import { type Program, readProgram } from '../source.ts'
import type { Checkpoint } from './checkpoint.ts'
import { CatchUp, Figures } from './figures.ts'
import { FireFeed, nextConnection } from './fire-feed.ts'
import { markedFast } from './marks.ts'
import { publishedSince } from './published.ts'
import { StateStore } from './state-store.ts'

export type RunnerOptions = {
  readonly nc: NatsConnection
  readonly log: Logger
  readonly signal: AbortSignal
  readonly random: () => number
  readonly nowMs: () => number
  readonly alarms: Alarms
  readonly environment: string
  readonly name: string
  readonly mode: 'log' | 'fast'
  readonly source: string
  readonly params: Readonly<Record<string, string>>
  /** What the engine's state belongs to. */
  readonly programKey: string
  readonly feeds: readonly LiveFeed[]
  readonly isWanted: ((symbol: string) => boolean) | undefined
  /** Streams of the feeds, and of the fires. */
  readonly streams: readonly StreamWant[]
  readonly fires: StreamWant
  readonly replicas: number
  readonly simulated: boolean
  readonly newConnection: () => string
  /** Up to where each sink has taken the fires. */
  readonly sinksTaken: () => Readonly<Record<string, number>>
  /** Of mode fast: a fire that the stream does not have yet. */
  readonly onFire: (fire: Fire) => void
  /** What hinders it, or null while it runs. */
  readonly onState: (what: 'signal' | 'fires', reason: string | null) => void
}

export type RunnerState = 'connecting' | 'catching-up' | 'watching' | 'refused' | 'stopping'

/** How often state is stored. */
const STORE_MS = 1_000
const RETRY = { baseMs: 250, capMs: 5_000 }
/** Rows of a batch: fewer handings over while it catches up. */
const ROWS = 16_384
/** Fires that JetStream has not acknowledged: beyond it, no more events are handled. */
const MOST_PENDING = 8 * 1024 * 1024
/** A signal that fires more often is stopped: it fires at everything. */
const MOST_FIRES = 100_000
const HOUR_MS = 3_600_000

export class SignalRunner {
  readonly #o: RunnerOptions
  readonly #publisher: BlockPublisher
  readonly #live: LivePublisher
  readonly figures = new Figures()
  readonly catchUp: CatchUp | null
  missed: Missed | null = null
  state: RunnerState = 'connecting'
  message = ''
  error: SsmdError | Refusal | undefined
  #storing: Promise<void> | undefined
  #storedMs = 0
  /** The last number of the connection that this process counted. */
  #counted = { connection: '', number: 0 }
  #hour = { at: 0, fires: 0 }

  constructor(o: RunnerOptions) {
    this.#o = o
    const { nc, environment, name, log, random, nowMs } = o
    this.catchUp = o.mode === 'log' ? new CatchUp() : null
    this.#live = new LivePublisher({ nc, environment, feed: signalFeed(name) })
    this.#publisher = new BlockPublisher({
      log,
      random,
      nowMs,
      onAcked: () => {},
      onTrouble: (reason) => o.onState('fires', reason && `fires: ${reason}`),
      restoreStream: () => ensureStream(nc, o.fires),
    })
    this.#publisher.attach(nc)
  }

  /** Fires that JetStream has not acknowledged. */
  get pendingFires(): number {
    return this.#publisher.pendingBlocks
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const { signal, log, random } = this.#o
    try {
      for (let attempt = 0; !signal.aborted; attempt++) {
        try {
          await this.#session(() => {
            attempt = 0
          })
        } catch (thrown) {
          if (signal.aborted) break
          if (thrown instanceof Refusal) return await this.#refuse(thrown)
          const error = toSsmdError(thrown)
          if (error.code !== 'SSMD_E_NATS' && error.code !== 'SSMD_E_STREAM') throw error
          this.figures.errors++
          this.#show('connecting', error.message, error)
          log.warn({ code: error.code, hint: error.hint }, error.message)
          await pause(backoffMs(attempt, RETRY, random), signal)
        }
      }
    } finally {
      this.state = 'stopping'
      this.#publisher.close()
      this.#live.close()
    }
  }

  /** A restart would give the same verdict: the process stays, and says it. */
  async #refuse(refusal: Refusal): Promise<void> {
    const { log, signal } = this.#o
    this.figures.errors++
    const { identifier, line, why } = refusal.finding
    log.error({ code: 'SSMD_E_SIGNAL', identifier, line }, `the signal is refused: ${why}`)
    this.#show('refused', `${refusal.message}; it runs again when its source is changed`, refusal)
    await pauseForever(signal)
  }

  #show(state: RunnerState, message: string, error?: SsmdError | Refusal): void {
    this.state = state
    this.message = message
    this.error = error
    this.#o.onState('signal', message === '' ? null : message)
  }

  async #session(onOpen: () => void): Promise<void> {
    const { nc, environment, name, mode, replicas, alarms } = this.#o
    const program = readProgram(this.#o.source)
    for (const stream of this.#o.streams) await ensureStream(nc, stream)
    const facts = await ensureStream(nc, this.#o.fires)
    const publisher = this.#publisher
    const where = { nc, environment, name, replicas, alarms, publisher, facts }
    const store = await StateStore.open(where)
    const { stored } = store
    const feed = await this.#feedOf(stored, facts)
    if (stored !== undefined) this.figures.restore(stored.figures)
    await using sandbox = await this.#open(program, stored)
    const session = { program, sandbox, feed, store }
    if (mode === 'log') await this.#readLog(session, onOpen)
    else await this.#readFast(session, onOpen)
  }

  /** Where the fires continue. */
  async #feedOf(stored: Checkpoint | undefined, facts: StreamFacts): Promise<FireFeed> {
    const { nc, environment, name, simulated, mode, programKey, newConnection } = this.#o
    // Events that a restart leaves out make other fires: in mode fast each process has a connection of its own.
    const isSame = stored?.program === programKey && stored.mode === mode && mode === 'log'
    const state = isSame ? stored.fires : nextConnection(newConnection(), stored?.fires)
    const known =
      stored === undefined ? new Set<string>() : await publishedSince(nc, facts, stored.published)
    return new FireFeed(
      {
        environment,
        feed: signalFeed(name),
        simulated,
        publisher: this.#publisher,
        live: this.#live,
        known,
      },
      state
    )
  }

  async #open(program: Program, stored: Checkpoint | undefined): Promise<Sandbox> {
    const { name, params, feeds, programKey, log } = this.#o
    const exchanges = Object.fromEntries(feeds.map((feed) => [feed.name, feed.exchange]))
    // Fires of a year are more than those of a run; their number in an hour is bounded below.
    const limits = { ...LIMITS, fires: Number.MAX_SAFE_INTEGER }
    const options = { program, name: `${name}.ts`, params, limits, exchanges }
    const restored = stored?.program === programKey ? (stored.engine ?? undefined) : undefined
    if (restored === undefined) return Sandbox.open(options)
    try {
      return await Sandbox.open({ ...options, restored })
    } catch (thrown) {
      // Another version of ssmd may have kept other things.
      log.warn(
        { reason: describeError(thrown) },
        'the stored state cannot be used; starting without it'
      )
      return Sandbox.open(options)
    }
  }

  #options(sandbox: Sandbox): Omit<LiveOptions, 'mode'> {
    const { nc, environment, feeds, isWanted, signal } = this.#o
    const { reads, types } = sandbox.about
    return {
      nc,
      environment,
      feeds,
      signal,
      events: reads,
      isWanted,
      ...(types === null ? {} : { types }),
    }
  }

  async #readLog(session: Session, onOpen: () => void): Promise<void> {
    const { sandbox, store } = session
    const position = store.stored?.position ?? undefined
    await using reading = await LogReading.open({
      ...this.#options(sandbox),
      mode: 'log',
      rows: ROWS,
      tickMs: STORE_MS,
      ...(position === undefined ? {} : { position }),
    })
    this.#noteMissed(reading.missed)
    const place = () => ({ position: reading.position, since: null })
    // What comes before the first second is read again after a crash, too.
    if (store.stored === undefined) await this.#store(session, place(), null)
    onOpen()
    const catchUp = this.catchUp!
    const note = (): void => {
      if (catchUp.done || reading.isCaughtUp) catchUp.done = true
      this.#show(catchUp.done ? 'watching' : 'catching-up', '')
    }
    note()
    let working: Promise<void> = Promise.resolve()
    try {
      for await (const batch of reading.batches()) {
        await working
        if (!batch.ordered) this.figures.late += batch.length
        if (batch.length > 0) {
          working = this.#handle(session, batch)
          working.catch(() => {})
        }
        if (this.#isDue() || (!catchUp.done && reading.isCaughtUp)) {
          await working
          note()
          await this.#checkpoint(session, place())
        }
      }
    } finally {
      // What was handed out is handled, and its place stored, when the program is asked to stop.
      await working.catch(() => {})
      if (this.#o.signal.aborted) await this.#lastCheckpoint(session, place())
    }
  }

  async #readFast(session: Session, onOpen: () => void): Promise<void> {
    const { sandbox, store } = session
    let since = store.stored?.since ?? undefined
    const options = { ...this.#options(sandbox), mode: 'fast' as const }
    onOpen()
    this.#show('watching', '')
    const place = () => ({ position: null, since: since ?? null })
    try {
      for await (const batch of live({ ...options, ...(since === undefined ? {} : { since }) })) {
        const last = batch.length - 1
        since = { ms: batch.recvMs[last]!, ns: batch.recvNs[last]! }
        await this.#handle(session, batch)
        if (this.#isDue()) await this.#checkpoint(session, place())
      }
    } finally {
      if (this.#o.signal.aborted) await this.#lastCheckpoint(session, place())
    }
  }

  #isDue = (): boolean => performance.now() - this.#storedMs >= STORE_MS

  /** Shows the signal a batch; its rows may be replaced when the first await has begun. */
  async #handle(session: Session, batch: EventBatch): Promise<void> {
    const { length } = batch
    const [firstMs, lastMs] = [batch.recvMs[0]!, batch.recvMs[length - 1]!]
    const { fires } = await session.sandbox.run(batch)
    const catchUp = this.catchUp
    if (catchUp !== null && !catchUp.done) catchUp.handled(length, firstMs, lastMs)
    for (const fire of fires) this.#fire(session, fire)
    this.figures.events += length
    this.figures.lagMs = Math.max(0, this.#o.nowMs() - lastMs)
    if (this.#publisher.pendingBytes > MOST_PENDING) await this.#publisher.idle()
  }

  #fire({ program, feed }: Session, raw: RawFire): void {
    const { mode, name, onFire } = this.#o
    const { text } = fireLine(program.sha256, raw)
    const line = mode === 'fast' ? markedFast(text) : text
    const recvMs = Date.parse(`${raw.recv.slice(0, 23)}Z`)
    this.#bound(program, recvMs)
    const number = feed.add(raw.symbol, line, recvMs, Number(raw.recv.slice(23, 29)))
    const { connection } = feed.state
    const isNew = connection !== this.#counted.connection || number > this.#counted.number
    if (isNew) this.#counted = { connection, number }
    this.figures.fired(recvMs, isNew)
    if (this.catchUp !== null && !this.catchUp.done) this.catchUp.fired(text)
    if (mode !== 'fast') return
    const fire = readFire(name, Buffer.from(line))
    if (fire !== undefined) onFire(fire)
  }

  #bound({ lines }: Program, recvMs: number): void {
    const at = Math.floor(recvMs / HOUR_MS)
    this.#hour = at === this.#hour.at ? { at, fires: this.#hour.fires + 1 } : { at, fires: 1 }
    if (this.#hour.fires <= MOST_FIRES) return
    throw new Refusal({
      identifier: 'ctx.fire',
      line: lines.on ?? 1,
      why: `more than ${MOST_FIRES} fires in an hour`,
    })
  }

  /** Takes what the engine keeps now, and stores it beside the events that follow. */
  async #checkpoint(session: Session, place: Place): Promise<void> {
    this.#storedMs = performance.now()
    if (this.#storing !== undefined) return
    const engine = await session.sandbox.save()
    this.#storing = this.#store(session, place, engine)
      .catch((thrown: unknown) => {
        this.figures.errors++
        this.#o.log.warn({ reason: describeError(thrown) }, 'the state is not stored; trying again')
      })
      .finally(() => {
        this.#storing = undefined
      })
  }

  async #lastCheckpoint(session: Session, place: Place): Promise<void> {
    try {
      await this.#storing
      const engine = await session.sandbox.save()
      await this.#store(session, place, engine)
    } catch (thrown) {
      this.#o.log.warn({ reason: describeError(thrown) }, 'the last state is not stored')
    }
  }

  #store({ feed, store }: Session, place: Place, engine: string | null): Promise<void> {
    const { mode, programKey, sinksTaken } = this.#o
    const state = { program: programKey, mode, ...place, engine, fires: feed.state }
    return store.store({ ...state, figures: this.figures.state, sinks: sinksTaken() })
  }

  #noteMissed(missed: Missed | null): void {
    const { alarms, name } = this.#o
    if (missed === null) return
    this.missed = missed
    const [from, to] = [missed.from, missed.to].map(({ ms }) => new Date(ms).toISOString())
    const message = `${name}: the stream of ${missed.feeds.join(', ')} no longer holds what came from ${from} to ${to}`
    alarms.say('missed', 'PositionLost', message)
  }
}

type Place = Pick<Checkpoint, 'position' | 'since'>

type Session = {
  readonly program: Program
  readonly sandbox: Sandbox
  readonly feed: FireFeed
  readonly store: StateStore
}

const pauseForever = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
