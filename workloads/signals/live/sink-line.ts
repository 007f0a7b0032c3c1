// One sink of a signal: a durable consumer on the stream of its fires, and the courier that brings them. What a sink has not taken stays
// unacknowledged, so neither its outage nor a restart of the runner loses a fire. A fire is recognised by connection and number, should the
// stream have it twice.

import type { NatsConnection } from 'nats'
import { Acknowledger } from '#bus/acknowledger.ts'
import { BlockConsumer } from '#bus/consumer.ts'
import { acknowledgedBy } from '#bus/durable.ts'
import { sinkConsumer } from '#bus/names.ts'
import type { SinkReport } from '#bus/report.ts'
import { ensureStream, type StreamWant } from '#bus/stream.ts'
import type { SignalSink } from '#crds/signal.gen.ts'
import { readBlock } from '#events/log-reading.ts'
import type { Logger } from '#role/run.ts'
import { FORM } from '#wire/form.ts'
import { Courier } from '../sinks/courier.ts'
import { type Fire, readFire } from '../sinks/fire.ts'
import type { HttpClient } from '../sinks/http-request.ts'
import { send } from '../sinks/send.ts'

export type SinkLineOptions = {
  readonly nc: NatsConnection
  readonly log: Logger
  readonly signal: AbortSignal
  readonly random: () => number
  readonly stream: StreamWant
  readonly signalName: string
  readonly sink: SignalSink
  /** Folder of the Secrets. */
  readonly secrets: string
  readonly http: HttpClient
  /** Up to where it had taken the fires, as stored; undefined: a new sink. */
  readonly taken: number | undefined
  /** `created` of the stream that `taken` is of. */
  readonly created: string | undefined
}

const IN_FLIGHT_BYTES = 2 * 1024 * 1024
/** Fires are gathered this long: they are few. */
const GATHER_MS = 20

export class SinkLine {
  readonly #o: SinkLineOptions
  readonly #courier: Courier
  readonly #consumer: BlockConsumer
  /** The last number of each connection that was handed to the courier. */
  readonly #last = new Map<string, number>()
  #taken: number

  /** Begins where the sink was; a new one with what is fired from now on. */
  static async open(o: SinkLineOptions): Promise<SinkLine> {
    const { nc, log, stream, sink, signal, random, created } = o
    const durable = sinkConsumer(sink.name)
    const facts = await ensureStream(nc, stream)
    const acknowledged = await acknowledgedBy(nc, { stream: stream.name, durable })
    const isSame = created === undefined || created === facts.created
    const known = isSame ? Math.max(acknowledged ?? -1, o.taken ?? -1) : 0
    const taken = known < 0 ? facts.lastSequence : Math.min(known, facts.lastSequence)
    const consumer = await BlockConsumer.open(nc, {
      stream: stream.name,
      durable,
      startSequence: Math.max(taken + 1, facts.firstSequence),
      created: facts.created,
      log: log.child({ sink: sink.name }),
      signal,
      random,
      maxBytesInFlight: IN_FLIGHT_BYTES,
      gatherMs: GATHER_MS,
      // The fires of a recreated stream are new.
      onRestart: () => {},
      onSkipped: (from, to) =>
        log.warn(
          { sink: sink.name, from, to },
          'the stream removed fires before the sink took them'
        ),
      restoreStream: () => ensureStream(nc, stream),
    })
    return new SinkLine(o, consumer, taken)
  }

  private constructor(o: SinkLineOptions, consumer: BlockConsumer, taken: number) {
    const { sink, secrets, http, signal, random, log } = o
    this.#o = o
    this.#consumer = consumer
    this.#taken = taken
    const acknowledger = new Acknowledger(consumer, log)
    this.#courier = new Courier({
      sink,
      attempt: (notice) => send({ sink, secrets, http, signal }, notice),
      acknowledge: (sequence) => {
        this.#taken = sequence
        acknowledger.acknowledge(sequence)
      },
      signal,
      random,
      onRefused: ({ id }, problem) =>
        log.warn({ sink: sink.name, fire: id, problem }, 'the sink refuses a fire for good'),
    })
  }

  get name(): string {
    return this.#o.sink.name
  }

  /** Up to where it has taken the fires. */
  get taken(): number {
    return this.#taken
  }

  get report(): SinkReport {
    return this.#courier.report(this.#consumer.pending())
  }

  get failures(): number {
    return this.#courier.failures
  }

  get errors(): number {
    return this.#courier.errors
  }

  /** Tries a fire before the stream has it. */
  offer(fire: Fire): void {
    this.#courier.offer(fire)
  }

  /** Until the signal aborts. */
  async run(): Promise<void> {
    const bringing = this.#courier.run()
    try {
      for await (const blocks of this.#consumer) {
        for (const { sequence, data } of blocks) await this.#take(sequence, data)
      }
      await bringing
    } finally {
      await this.#consumer.close()
    }
  }

  async #take(sequence: number, data: Uint8Array): Promise<void> {
    const block = readBlock(data)
    if (block === null) return
    const last = this.#last.get(block.connection) ?? 0
    for (let i = Math.max(0, last + 1 - block.first); i < block.length; i++) {
      if (block.form(i) === FORM.event) continue
      const fire = readFire(this.#o.signalName, block.payload(i))
      if (fire !== undefined) await this.#courier.add(fire, sequence)
    }
    this.#last.set(block.connection, Math.max(last, block.last))
  }
}
