// Archives one feed: reads its blocks in order, commits every interval, and acknowledges committed blocks. Waits while the disk
// is full or NATS does not answer. Any other error ends it, and the next start continues from the last commit.

import type { NatsConnection } from 'nats'
import type { Logger } from 'pino'
import { FeedWriter, type FeedWriterOptions, type WriterStats } from '#archive/writer.ts'
import { Acknowledger } from '#bus/acknowledger.ts'
import { BlockConsumer, type StreamBlock } from '#bus/consumer.ts'
import { makeRoom } from '#bus/room.ts'
import { ensureStream, type StreamWant } from '#bus/stream.ts'
import { describeError, type ErrorCode, type SsmdError, toSsmdError } from '#crds/errors.ts'
import { backoffMs, pause } from '#role/backoff.ts'
import { Block } from '#wire/block.ts'
import { untilSpace } from './space.ts'
import { Ticker } from './ticker.ts'

export type FeedArchiverOptions = {
  readonly nc: NatsConnection
  readonly log: Logger
  readonly random: () => number
  readonly nowMs: () => number
  readonly signal: AbortSignal
  readonly durable: string
  readonly stream: StreamWant
  readonly commitIntervalMs: number
  readonly writer: Omit<FeedWriterOptions, 'log' | 'nowMs'>
  /** What hinders it, or null while it archives. */
  onState(reason: string | null): void
}

export type FeedState = 'connecting' | 'archiving' | 'waiting' | 'stopping'

/** Blocks on their way from JetStream: what two seconds of 100,000 records/s come to in a third of the memory. */
const IN_FLIGHT_BYTES = 24 * 1024 * 1024
/** Each commit requests the gathered blocks. If commits are further apart than this, the stream is read in between too. */
const GATHER_MS = 2_000
/** Lines and members that wait for a commit; beyond it a commit does not wait for its time. */
const BUFFERED_BYTES = 32 * 1024 * 1024
const RETRY = { baseMs: 250, capMs: 5000 }
/** How often it looks whether the stream needs room: far more often than the half of a stream that is left can fill. */
const ROOM_PERIOD_MS = 2000

export class FeedArchiver {
  readonly #o: FeedArchiverOptions
  #writer: FeedWriter | null = null
  #consumer: BlockConsumer | null = null
  #lastStats: WriterStats | null = null
  /** Of writers before this one in the same process. */
  #earlier: Sums = {
    records: 0,
    duplicates: 0,
    late: 0,
    skipped: 0,
    bytes: 0,
    rawBytes: 0,
    commits: 0,
    sealed: 0,
  }
  state: FeedState = 'connecting'
  message = ''
  /** Of the error that hinders it. */
  code: ErrorCode | undefined

  constructor(options: FeedArchiverOptions) {
    this.#o = options
  }

  get feed(): string {
    return this.#o.writer.feed
  }

  /** Figures since the process began, or null before the archive was open. */
  get stats(): WriterStats | null {
    const stats = this.#writer?.stats ?? this.#lastStats
    if (stats === null) return null
    return {
      ...stats,
      ...(this.#writer ? addSums(this.#earlier, stats) : this.#earlier),
    }
  }

  get bufferedBytes(): number {
    return this.#writer?.bufferedBytes ?? 0
  }

  /** Blocks of the stream that are not yet taken in. */
  get pendingBlocks(): number {
    return this.#consumer?.pending() ?? 0
  }

  /** Resolves when the signal has ended it. */
  async run(): Promise<void> {
    const { signal, log, random } = this.#o
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        await this.#session(() => {
          attempt = 0
        })
      } catch (thrown) {
        const error = toSsmdError(thrown)
        if (error.code === 'SSMD_E_DISK_FULL') await this.#waitForSpace(error)
        else if (error.code === 'SSMD_E_NATS' && !signal.aborted) {
          this.#hinder('connecting', error.message, error.code)
          log.warn({ code: error.code, hint: error.hint }, error.message)
          await pause(backoffMs(attempt, RETRY, random), signal)
        } else throw error
      }
    }
  }

  async #waitForSpace(error: SsmdError): Promise<void> {
    const { log, signal, writer } = this.#o
    this.#hinder('waiting', `${error.message}; ${error.hint}`, error.code)
    log.error({ code: error.code, hint: error.hint }, error.message)
    await untilSpace(writer.root, signal)
    if (!signal.aborted) log.info('space is available again')
  }

  #hinder(state: FeedState, message: string, code: ErrorCode): void {
    this.state = state
    this.message = message
    this.code = code
    this.#o.onState(message)
  }

  /** From opening the archive to its close. */
  async #session(onOpen: () => void): Promise<void> {
    const { nc, log, nowMs, signal, stream, durable, random } = this.#o
    const facts = await ensureStream(nc, stream)
    const writer = await FeedWriter.open({ ...this.#o.writer, log, nowMs })
    this.#writer = writer
    try {
      writer.bind(facts)
      const consumer = await BlockConsumer.open(nc, {
        stream: stream.name,
        durable,
        startSequence: writer.nextSequence,
        created: facts.created,
        log,
        signal,
        random,
        maxBytesInFlight: IN_FLIGHT_BYTES,
        gatherMs: Math.min(2 * this.#o.commitIntervalMs, GATHER_MS),
        onRestart: (restarted) => writer.bind(restarted),
        restoreStream: () => ensureStream(nc, stream),
      })
      this.#consumer = consumer
      onOpen()
      this.state = 'archiving'
      this.message = ''
      this.code = undefined
      this.#o.onState(null)
      try {
        await this.#pump(writer, consumer)
      } finally {
        await consumer.close()
      }
    } finally {
      this.#consumer = null
      // After an error this writes nothing: it closes the files and gives the folder free.
      await writer.close().finally(() => this.#keepStats(writer.stats))
    }
  }

  async #pump(writer: FeedWriter, consumer: BlockConsumer): Promise<void> {
    const { log } = this.#o
    const acknowledger = new Acknowledger(consumer, log)
    const ticker = new Ticker(this.#o.commitIntervalMs, async () => {
      await consumer.ask()
      if (consumer.pending() === 0 && writer.bufferedBytes === 0) writer.settle()
      await this.#commit(writer, acknowledger)
    })
    const room = new Ticker(ROOM_PERIOD_MS, () => this.#makeRoom())
    try {
      await Promise.race([this.#take(writer, consumer, acknowledger), ticker.failed])
    } finally {
      await Promise.all([ticker.stop(), room.stop()])
    }
    this.state = 'stopping'
    await this.#commit(writer, acknowledger)
    await acknowledger.settle()
  }

  /** A stream that is full of what is archived must not refuse what comes; failing, it is tried again. */
  async #makeRoom(): Promise<void> {
    const { nc, log, stream } = this.#o
    try {
      const removed = await makeRoom(nc, stream.name)
      if (removed > 0) log.info({ stream: stream.name, removed }, 'made room in the stream')
    } catch (thrown) {
      log.warn(
        { stream: stream.name, reason: describeError(thrown) },
        'could not make room in the stream'
      )
    }
  }

  /** Takes blocks in until the signal ends it. */
  async #take(
    writer: FeedWriter,
    consumer: BlockConsumer,
    acknowledger: Acknowledger
  ): Promise<void> {
    for await (const blocks of consumer) {
      for (const block of blocks) this.#add(writer, block)
      if (writer.bufferedBytes > BUFFERED_BYTES) await this.#commit(writer, acknowledger)
    }
  }

  #add(writer: FeedWriter, { sequence, data }: StreamBlock): void {
    try {
      writer.add(Block.read(data), sequence)
    } catch (thrown) {
      const error = toSsmdError(thrown)
      if (error.code !== 'SSMD_E_BLOCK') throw error
      this.#o.log.error({ sequence, code: error.code }, error.message)
      writer.skip(sequence, error.message)
    }
  }

  async #commit(writer: FeedWriter, acknowledger: Acknowledger): Promise<void> {
    const sequence = await writer.commit()
    if (sequence !== null) acknowledger.acknowledge(sequence)
  }

  #keepStats(stats: WriterStats): void {
    this.#earlier = addSums(this.#earlier, stats)
    this.#lastStats = stats
    this.#writer = null
  }
}

type Sums = Pick<
  WriterStats,
  'records' | 'duplicates' | 'late' | 'skipped' | 'bytes' | 'rawBytes' | 'commits' | 'sealed'
>

const addSums = (a: Sums, b: Sums): Sums => ({
  records: a.records + b.records,
  duplicates: a.duplicates + b.duplicates,
  late: a.late + b.late,
  skipped: a.skipped + b.skipped,
  bytes: a.bytes + b.bytes,
  rawBytes: a.rawBytes + b.rawBytes,
  commits: a.commits + b.commits,
  sealed: a.sealed + b.sealed,
})
