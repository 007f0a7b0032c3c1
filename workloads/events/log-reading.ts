// The log of several feeds, read live: the streams are merged into one total order (log-merge.ts), from a place in them on, and the place
// that was reached can be asked for between two batches. A reader that begins there is delivered every other record, and none twice.
//
// What a stream no longer holds, or holds again, is a gap row at the place where the reading continues.

import type { NatsConnection } from 'nats'
import { streamName } from '#bus/names.ts'
import { type StreamFacts, streamFacts } from '#bus/stream.ts'
import { tailStream } from '#bus/tail.ts'
import { listenTimes } from '#bus/times.ts'
import { SsmdError } from '#crds/errors.ts'
import { EventBatch } from '#market/columns.ts'
import { Block } from '#wire/block.ts'
import type { LiveOptions } from './live-options.ts'
import { LogMerge } from './log-merge.ts'
import type { FeedPosition, LivePosition } from './log-position.ts'
import { FeedStage } from './stage.ts'
import { knownNormalizer } from './tables/normalizers.ts'
import type { Time } from './times.ts'
import { Waking } from './waking.ts'

/** What streams no longer held of the time since a position. */
export type Missed = { readonly feeds: readonly string[]; readonly from: Time; readonly to: Time }

const ROWS = 4096
const SILENT_MS = 10_000
const MAX_BYTES = 32 * 1024 * 1024
/** Requested from JetStream at a time, for each feed. */
const REQUEST_BYTES = 8 * 1024 * 1024
/** How often it is looked whether a shard has been silent too long. */
const LOOK_MS = 500

export class LogReading implements AsyncDisposable {
  readonly #o: LiveOptions
  readonly #ends = new AsyncDisposableStack()
  readonly #stop = new AbortController()
  readonly #waking: Waking
  readonly #batch = new EventBatch()
  readonly #feeds: readonly { readonly name: string; readonly facts: StreamFacts }[]
  readonly #merge: LogMerge
  readonly #reading: Promise<void>[] = []
  readonly #nc: NatsConnection
  readonly missed: Missed | null

  /** Opens every stream; SSMD_E_STREAM if one does not exist. */
  static async open(o: LiveOptions): Promise<LogReading> {
    const feeds = o.feeds.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const known = []
    for (const feed of feeds) {
      const facts = await factsOf(o.nc, streamName(o.environment, feed.name))
      const normalizer = await knownNormalizer(feed.exchange, feed.resource, `feed ${feed.name}`)
      known.push({ name: feed.name, facts, normalizer, ...beginOf(feed.name, facts, o) })
    }
    const reading = new LogReading(o, known)
    try {
      for (const [index, { from }] of known.entries()) await reading.#begin(index, from)
      return reading
    } catch (thrown) {
      await reading[Symbol.asyncDispose]()
      throw thrown
    }
  }

  private constructor(o: LiveOptions, known: readonly Opened[]) {
    const { silentMs = SILENT_MS, maxBytes = MAX_BYTES, position } = o
    this.#o = o
    this.#nc = o.nc
    this.#feeds = known
    const stages = known.map(
      ({ name, normalizer, before }) =>
        new FeedStage(name, this.#batch, normalizer, o, {
          countsNumbers: true,
          state: before?.gaps,
        })
    )
    const befores = known.flatMap(({ before }) => before ?? [])
    const log = position && { frontier: position.frontier, feeds: befores }
    this.#merge = new LogMerge({
      feeds: stages,
      maxBytes,
      silentMs,
      nowMs: Date.now(),
      position: log,
    })
    this.missed = this.#tellMissed(known)
    this.#waking = new Waking(o.signal)
    this.#ends.defer(() => this.#waking.close())
    this.#ends.defer(async () => {
      this.#stop.abort()
      this.#waking.ease()
      await Promise.all(this.#reading)
    })
  }

  /** Of what was delivered; to be asked for while the last batch is at hand. */
  get position(): LivePosition {
    const streams = this.#feeds.map(({ name, facts }) => ({ feed: name, created: facts.created }))
    return { ...this.#merge.position, streams }
  }

  /** True once all that the streams held at the opening was delivered. */
  get isCaughtUp(): boolean {
    return this.#feeds.every(
      ({ facts }, index) => this.#merge.sequenceOf(index) >= facts.lastSequence
    )
  }

  /** Batches until it is disposed or the signal aborts; each is valid until the next one is asked for. */
  async *batches(): AsyncGenerator<EventBatch, void> {
    const { rows = ROWS, tickMs = Number.POSITIVE_INFINITY, signal } = this.#o
    const batch = this.#batch
    const waking = this.#waking
    let lastMs = performance.now()
    for (;;) {
      const isMore = this.#merge.deliver(rows, Date.now())
      waking.ease()
      const isDue = tickMs !== Number.POSITIVE_INFINITY && performance.now() - lastMs >= tickMs
      if (batch.length > 0 || isDue) {
        lastMs = performance.now()
        yield batch
        batch.clear()
      }
      if (!isMore) await waking.next()
      else signal?.throwIfAborted()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.disposeAsync()
  }

  async #begin(index: number, from: 'new' | 'first' | Date | number): Promise<void> {
    const { name } = this.#feeds[index]!
    const merge = this.#merge
    const waking = this.#waking
    this.#ends.use(
      listenTimes(this.#nc, this.#o.environment, name, ({ shards, recv, sequence, ends }) => {
        const time = { ms: Number(recv / 1_000_000n), ns: Number(recv % 1_000_000n) }
        merge.announce(index, { shards, time, sequence, ends: ends === true }, Date.now())
        waking.wake()
      })
    )
    const { sequence, blocks } = await tailStream(this.#nc, {
      stream: streamName(this.#o.environment, name),
      from,
      maxBytes: REQUEST_BYTES,
      signal: this.#stop.signal,
    })
    merge.reached(index, sequence)
    const { signal } = this.#stop
    const read = async (): Promise<void> => {
      for await (const { sequence: at, data } of blocks) {
        const block = readBlock(data)
        if (block === null) merge.reached(index, at)
        else merge.add(index, at, block, Date.now())
        waking.wake()
        while (merge.isFull(index) && !signal.aborted) await waking.eased()
      }
      if (!signal.aborted) throw ended(name)
    }
    this.#reading.push(read().catch((thrown) => waking.fail(thrown)))
    if (this.#reading.length > 1) return
    const looking = setInterval(() => waking.wake(), LOOK_MS)
    this.#ends.defer(() => clearInterval(looking))
  }

  /** Tells the gap of each feed whose stream does not continue where the position was. */
  #tellMissed(known: readonly Opened[]): Missed | null {
    const frontier = this.#o.position?.frontier
    const now = Date.now()
    const feeds: string[] = []
    let to = { ms: 0, ns: 0 }
    for (const [index, { name, why, facts }] of known.entries()) {
      if (why === undefined) continue
      const first = Date.parse(facts.firstTime)
      const until = { ms: Math.max(Number.isNaN(first) ? now : first, frontier?.ms ?? 0), ns: 0 }
      this.#merge.tell(index, why, frontier ?? null, until)
      feeds.push(name)
      if (until.ms > to.ms) to = until
    }
    if (feeds.length === 0) return null
    return { feeds, from: { ms: frontier?.ms ?? to.ms, ns: frontier?.ns ?? 0 }, to }
  }
}

type Begin = {
  readonly from: 'new' | 'first' | Date | number
  readonly before: FeedPosition | undefined
  /** Cause of the gap, if the stream does not continue there. */
  readonly why: 'stream-aged' | 'stream-recreated' | undefined
}

type Opened = Begin & {
  readonly name: string
  readonly facts: StreamFacts
  readonly normalizer: Awaited<ReturnType<typeof knownNormalizer>>
}

/** Where a stream is read on. */
function beginOf(
  feed: string,
  { created, firstSequence, lastSequence }: StreamFacts,
  { position, start = 'new' }: LiveOptions
): Begin {
  const before = position?.feeds.find((one) => one.feed === feed)
  if (before === undefined) return { from: start, before, why: undefined }
  const known = position?.streams.find((one) => one.feed === feed)?.created
  const continueAt = (sequence: number, why: Begin['why']): Begin => ({
    from: sequence + 1,
    before: { ...before, sequence },
    why,
  })
  if (created !== known) return continueAt(firstSequence - 1, 'stream-recreated')
  if (firstSequence > before.sequence + 1) return continueAt(firstSequence - 1, 'stream-aged')
  // A server that lost its end in a power cut gives the same sequences again.
  return continueAt(Math.min(before.sequence, lastSequence), undefined)
}

async function factsOf(nc: NatsConnection, stream: string): Promise<StreamFacts> {
  const facts = await streamFacts(nc, stream)
  if (facts) return facts
  throw new SsmdError('SSMD_E_STREAM', `stream ${stream} does not exist`, {
    hint: 'start the connector of the feed: it creates the stream',
  })
}

/** Null if it is none: its numbers are then a hole, as in the archive. */
export function readBlock(data: Uint8Array): Block | null {
  try {
    return Block.read(data)
  } catch (thrown) {
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_BLOCK') return null
    throw thrown
  }
}

const ended = (feed: string): SsmdError =>
  new SsmdError('SSMD_E_NATS', `feed ${feed}: the reading of its stream has ended`, {
    hint: 'the connection to NATS was closed: open it again',
  })
