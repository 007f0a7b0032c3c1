// Writes one feed of an archive. What `commit` acknowledged is on the disk, exactly once. Any error of a write or a sync ends
// the writer; the next one continues from the last commit.

import { join } from 'node:path'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { resourceText } from '#crds/resource-text.ts'
import { compressor } from './format/gzip.ts'
import { COMMIT_FOLDER, feedFolder } from './format/names.ts'
import { ActiveDays } from './ingest/active-days.ts'
import type { BlockView } from './ingest/block-view.ts'
import { Intake } from './ingest/intake.ts'
import { CHUNK_BYTES } from './ingest/member.ts'
import type { SymbolsOfSegments } from './ingest/segment-builder.ts'
import type { StreamLoss } from './state/connection.ts'
import { figuresOf } from './state/figures.ts'
import type { Bookmark } from './state/journal-record.ts'
import { Committer } from './storage/committer.ts'
import { nodeDisk } from './storage/disk.ts'
import { heldInLines } from './storage/held-lines.ts'
import { type Lock, takeLock } from './storage/lock.ts'
import { recoverFeed, refuseDaysAlone } from './storage/recover.ts'
import { removeOldDays } from './storage/retention.ts'
import { Sealer } from './storage/sealer.ts'
import type { FeedWriterOptions, StreamPosition, WriterStats } from './writer-options.ts'

export { importedConnection } from './format/names.ts'
export type { FeedWriterOptions, StreamPosition, WriterStats } from './writer-options.ts'

/** A longer journal is replaced by a checkpoint. */
const CHECKPOINT_BYTES = 8 * 1024 * 1024
const RETENTION_PERIOD_MS = 60_000

export class FeedWriter {
  readonly #options: FeedWriterOptions
  readonly #lock: Lock
  readonly #committer: Committer
  readonly #days: ActiveDays
  readonly #intake: Intake
  readonly #sealer: Sealer
  #position: Bookmark | null
  /** What a commit writes: a loss that waits for its first record must not be passed over. */
  #reached: Bookmark | null
  #moved = false
  /** Counts the streams bound: sequences of one say nothing in another. */
  #bound = 0
  #reachedIn = 0
  #losses: { cause: StreamLoss; detail: string }[] = []
  /** The end of the line of operations on the disk: one at a time. */
  #tail: Promise<unknown> = Promise.resolve()
  #failed: SsmdError | null = null
  #closed: Promise<void> | null = null
  #checkedRetentionAt = Number.NEGATIVE_INFINITY
  /** Days beyond the retention that the log has named. */
  readonly #keptDays = new Set<string>()
  #counts: Intake['counts'] = { records: 0, duplicates: 0, late: 0, skipped: 0 }
  #commits = 0
  #lastCommitMs = 0
  #lastCommitAt: number | null = null

  /** Takes the lock of the feed's folder and brings it to its last commit. */
  static async open(options: FeedWriterOptions): Promise<FeedWriter> {
    const { feed, environment, archive, log } = options
    const disk = options.disk ?? nodeDisk
    const folder = feedFolder(options.root, feed)
    await refuseDaysAlone(disk, folder)
    const lock = await takeLock(join(folder, COMMIT_FOLDER), options.lock)
    try {
      const owner = { feed, environment, archive }
      const recovered = await recoverFeed({ disk, folder, log }, owner, () => lock.settle())
      const { cutBytes } = recovered
      if (cutBytes > 0) log.info({ cutBytes }, 'cut back to the last commit')
      const committer = new Committer({ disk, folder, nowMs: options.nowMs, log }, recovered)
      const writer = new FeedWriter(options, lock, committer, recovered.symbols)
      await writer.#exclusive(async () => {
        await committer.checkpoint(NOTHING)
        await committer.manifests.write('all')
      })
      writer.#sealer.kick()
      return writer
    } catch (thrown) {
      await lock.release()
      throw thrown
    }
  }

  private constructor(
    options: FeedWriterOptions,
    lock: Lock,
    committer: Committer,
    symbols: SymbolsOfSegments
  ) {
    const { state } = committer
    const compress = compressor(options.level)
    this.#options = options
    this.#lock = lock
    this.#committer = committer
    this.#position = state.bookmark
    this.#reached = state.bookmark
    this.#days = new ActiveDays(
      state,
      (day) => committer.manifests.readClosed(day),
      (id, day, segments) => heldInLines(join(committer.folder, day), segments, id)
    )
    this.#intake = new Intake(
      {
        feed: options.feed,
        environment: options.environment,
        rotation: {
          sliceSeconds: Math.max(1, Math.round(options.maxAgeMs / 1000)),
          maxBytes: options.maxBytes,
        },
        types: options.types && new Set(options.types),
        chunkBytes: options.chunkBytes ?? CHUNK_BYTES,
        compress,
        resourceText,
        ensureDay: (day) => this.#days.ensure(day),
        nextNumber: (day, group) => this.#days.nextNumber(day, group),
        heldNumbers: (id, day) => this.#days.heldNumbers(id, day),
      },
      state,
      symbols
    )
    this.#sealer = new Sealer(committer, compress, {
      exclusive: (work) => this.#exclusive(work),
      onSealed: (segment) => options.log.info(segment, 'sealed'),
      onError: (thrown) => this.#fail(thrown),
    })
  }

  /** Where the archive stands: all up to this sequence of the stream is durable. */
  get committed(): {
    stream: string
    created: string
    sequence: number
  } | null {
    return this.#committer.state.bookmark
  }

  /** The sequence to read the stream from, once `bind` has told which stream it is. */
  get nextSequence(): number {
    return (this.#position?.sequence ?? 0) + 1
  }

  /** Bytes held in memory for the next commit. */
  get bufferedBytes(): number {
    return this.#intake.bufferedBytes
  }

  get stats(): WriterStats {
    return {
      ...this.#counts,
      ...this.#committer.counts,
      ...figuresOf(this.#committer.state),
      commits: this.#commits,
      lastCommitMs: this.#lastCommitMs,
      lastCommitAt: this.#lastCommitAt,
    }
  }

  /** Tells which stream the blocks come from; what it lost since the last commit becomes a gap. */
  bind(stream: StreamPosition): void {
    this.#throwIfFailed()
    const { name, created, firstSequence } = stream
    const before = this.#position
    this.#bound++
    this.#position = { stream: name, created, sequence: firstSequence - 1 }
    if (before === null) {
      if (firstSequence === 1) return
      this.#lose('stream-aged', `the archive begins at sequence ${firstSequence} of the stream`)
    } else if (before.stream !== name || before.created !== created) {
      this.#lose(
        'stream-recreated',
        `the stream of ${before.created}, archived up to sequence ${before.sequence}, was created again at ${created}`
      )
    } else if (firstSequence > before.sequence + 1) {
      this.#lose(
        'stream-aged',
        `the stream no longer has its sequences ${before.sequence + 1} to ${firstSequence - 1}`
      )
    } else if ((stream.lastSequence ?? before.sequence) < before.sequence) {
      // Its sequences are used again for other blocks: all is read again, and what is known is ignored.
      const { lastSequence } = stream
      const archived = before.sequence
      this.#options.log.warn({ archived, lastSequence }, 'the stream lost its end')
    } else this.#position = before
  }

  /** Takes the records of a block that are new. Throws SSMD_E_BLOCK if it is not a block of this feed. */
  add(block: BlockView, sequence: number): void {
    this.#advance(sequence, () => {
      if (block.length > 0) {
        for (const { cause, detail } of this.#losses) {
          this.#intake.streamLost(cause, detail, block.recv(0))
        }
        this.#losses = []
      }
      this.#intake.add(block, sequence)
    })
  }

  /** Skips a message that is not a block; the day's manifest says so. */
  skip(sequence: number, reason: string): void {
    const now = BigInt(Math.trunc(this.#options.nowMs())) * 1_000_000n
    const detail = `message ${sequence} of the stream could not be read: ${reason}`
    this.#advance(sequence, () => this.#intake.unreadable(now, detail))
  }

  /** Lets the clock end what no later record has ended; for when every block of the stream is in. */
  settle(): void {
    this.#throwIfFailed()
    this.#intake.settle(Math.floor(this.#options.nowMs() / 1000))
  }

  /**
   * Makes everything added so far durable; resolves with the sequence of the currently bound stream that may
   * be acknowledged, or null if there is none yet.
   */
  async commit(): Promise<number | null> {
    const bound = await this.#exclusive(() => this.#commit())
    // What follows a commit does not hold its acknowledgement up; an error of it shows at the next one.
    this.#exclusive(() => this.#maintain()).catch(() => {})
    return bound === this.#bound ? (this.committed?.sequence ?? null) : null
  }

  /** Starts a new journal and evicts what is over; also runs automatically as the journal grows. */
  checkpoint(): Promise<void> {
    return this.#exclusive(() => this.#checkpoint())
  }

  /** True while the connection is in memory, and not only in manifests. */
  knows(connection: string): boolean {
    return this.#committer.state.connections.has(connection)
  }

  /** Commits, writes manifests and releases the lock. After a failure, only releases the lock and rethrows. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#sealer.stop()
    try {
      // After an error this rethrows it: the caller must not take the close for a success.
      await this.#exclusive(async () => {
        await this.#commit()
        await this.#committer.manifests.write('all')
        await this.#committer.close()
      })
    } finally {
      await this.#tail.catch(() => {})
      await this.#committer.abandon()
      await this.#lock.release()
    }
  }

  /** Returns which of the streams bound the committed sequence belongs to. */
  async #commit(): Promise<number> {
    const reached = this.#reached
    const bound = this.#reachedIn
    if (reached === null || !(this.#intake.hasChanges || this.#moved)) return bound
    this.#lock.check()
    const started = performance.now()
    this.#moved = false
    const cut = this.#intake.cut()
    const counts = { ...this.#intake.counts }
    const written = await this.#committer.commit(cut, this.#days.take(), reached)
    this.#intake.written(written)
    this.#counts = counts
    this.#commits++
    this.#lastCommitMs = performance.now() - started
    this.#lastCommitAt = this.#options.nowMs()
    return bound
  }

  async #maintain(): Promise<void> {
    const { manifests, journalBytes } = this.#committer
    await manifests.write('due')
    this.#sealer.kick()
    if (journalBytes > CHECKPOINT_BYTES) await this.#checkpoint()
    await this.#removeOldDays()
  }

  async #checkpoint(): Promise<void> {
    await this.#committer.manifests.write('all')
    const kept = await this.#committer.checkpoint(() => {
      const gone = this.#committer.state.evict(this.#intake.inPlay)
      this.#intake.forget(gone.connections)
      this.#days.forget(gone.days)
    })
    this.#options.log.info(kept, 'checkpoint')
  }

  async #removeOldDays(): Promise<void> {
    const { retentionDays, nowMs, log } = this.#options
    if (retentionDays === undefined) return
    if (nowMs() - this.#checkedRetentionAt < RETENTION_PERIOD_MS) return
    this.#checkedRetentionAt = nowMs()
    const { disk, folder, state } = this.#committer
    const now = nowMs()
    const days = await removeOldDays({ disk, folder, log, state, retentionDays, nowMs: now })
    for (const day of days.removed) log.info({ day, retentionDays }, 'removed a day')
    for (const { day, reason } of days.kept) {
      if (this.#keptDays.has(day)) continue
      this.#keptDays.add(day)
      log.warn(
        {
          day,
          reason,
          hint: 'move foreign files out of the folder, or remove the day',
        },
        'a day beyond the retention is kept: it is not provably all ours'
      )
    }
  }

  /** It is written down with the next record: only then is it known how far the loss reaches. */
  #lose(cause: StreamLoss, detail: string): void {
    this.#options.log.warn({ cause }, detail)
    this.#losses.push({ cause, detail })
  }

  #advance(sequence: number, work: () => void): void {
    this.#throwIfFailed()
    const position = this.#position
    if (position === null) throw new Error('bind comes first')
    if (sequence > position.sequence + 1) {
      this.#lose(
        'stream-aged',
        `the stream has no sequences ${position.sequence + 1} to ${sequence - 1}`
      )
    }
    try {
      work()
    } catch (thrown) {
      // A block of another feed changes nothing; anything else may have left half a block behind.
      if (toSsmdError(thrown).code !== 'SSMD_E_BLOCK') this.#fail(thrown)
      throw thrown
    }
    this.#position = {
      ...position,
      sequence: Math.max(position.sequence, sequence),
    }
    this.#reached = this.#position
    this.#reachedIn = this.#bound
    this.#moved = true
  }

  /** One operation on the disk after another; the first that fails is the last. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(async () => {
      this.#throwIfFailed()
      try {
        return await work()
      } catch (thrown) {
        throw this.#fail(thrown)
      }
    })
    this.#tail = run.catch(() => {})
    return run
  }

  #fail(thrown: unknown): SsmdError {
    this.#failed ??= toSsmdError(thrown)
    return this.#failed
  }

  #throwIfFailed(): void {
    if (this.#failed !== null) throw this.#failed
  }
}

const NOTHING = () => {}
