// Market events and gaps as they are captured, from NATS.
//
// Mode `log` reads the streams of the feeds: the same rows as history, in the same total order (history.ts). A row is delivered when
// every shard has announced a later time, so about 150 ms after it was received. A shard that no connector speaks for holds the others
// for `silentMs` at most, unless its connector said that it stops: then a gap row with the reason `shard-silent` begins, and it ends when the shard is heard of again.
// Records that come after later ones were delivered (a clock was set back, a connector was cut off from NATS and came back) are in
// batches of their own, with `ordered` false. A feed that is read from the past holds `maxBytes` of blocks until it has caught up.
//
// Mode `fast` takes the live subjects: in the order of arrival, immediately, best effort. Nothing tells what is missing but rows that
// this reader could not hold (`reader-slow`); `ordered` is always false.

import type { NatsConnection } from 'nats'
import { liveSubjects, streamName } from '#bus/names.ts'
import { tailStream } from '#bus/tail.ts'
import { listenTimes } from '#bus/times.ts'
import { SsmdError } from '#crds/errors.ts'
import { EventBatch } from '#market/columns.ts'
import { FLAG } from '#market/event.ts'
import { Block } from '#wire/block.ts'
import { LogMerge } from './log-merge.ts'
import { type EventFilter, FeedStage } from './stage.ts'
import { knownNormalizer } from './tables/normalizers.ts'
import type { Time } from './times.ts'
import { Waking } from './waking.ts'

export type LiveFeed = {
  readonly name: string
  readonly exchange: string
  /** The resolved Feed, for exchanges that it alone describes. */
  readonly resource?: unknown
}

export type LiveOptions = EventFilter & {
  readonly nc: NatsConnection
  readonly environment: string
  readonly feeds: readonly LiveFeed[]
  readonly mode: 'log' | 'fast'
  /** Of mode `log`: where to begin. A date: with blocks that were stored from then on. @default new */
  readonly start?: 'new' | 'first' | Date | undefined
  /** A shard that nothing was heard of for so long is not waited for. @default 10,000 */
  readonly silentMs?: number | undefined
  /** Bytes of blocks that are held of each feed. @default 32 MiB */
  readonly maxBytes?: number | undefined
  /** Rows of a batch, roughly. @default 4096 */
  readonly rows?: number | undefined
  /** Ends the reading: its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** Reason of the gap row of what this reader could not hold. */
export const READER_SLOW = 'reader-slow'

const ROWS = 4096
const SILENT_MS = 10_000
const MAX_BYTES = 32 * 1024 * 1024
/** Requested from JetStream at a time, for each feed. */
const REQUEST_BYTES = 8 * 1024 * 1024
/** How often it is looked whether a shard has been silent too long. */
const LOOK_MS = 500
/** Rows that mode `fast` holds while its reader is busy. */
const MOST_ROWS = 100_000

/** A batch is valid until the next one is asked for. */
export const live = (options: LiveOptions): AsyncGenerator<EventBatch, void> =>
  options.mode === 'log' ? liveLog(options) : liveFast(options)

async function* liveLog(o: LiveOptions): AsyncGenerator<EventBatch, void> {
  const { rows = ROWS, silentMs = SILENT_MS, maxBytes = MAX_BYTES } = o
  const batch = new EventBatch()
  const feeds = await stagesOf(o, batch, true)
  const stages = feeds.map(({ stage }) => stage)
  const merge = new LogMerge({ feeds: stages, maxBytes, silentMs, nowMs: Date.now() })
  await using ends = new AsyncDisposableStack()
  const stop = new AbortController()
  const waking = new Waking(o.signal)
  ends.defer(() => waking.close())
  const reading: Promise<void>[] = []
  ends.defer(async () => {
    stop.abort()
    waking.ease()
    await Promise.all(reading)
  })
  for (const [index, { name }] of feeds.entries()) {
    ends.use(
      listenTimes(o.nc, o.environment, name, ({ shards, recv, sequence, ends }) => {
        const time = { ms: Number(recv / 1_000_000n), ns: Number(recv % 1_000_000n) }
        merge.announce(index, { shards, time, sequence, ends: ends === true }, Date.now())
        waking.wake()
      })
    )
    const { sequence, blocks } = await tailStream(o.nc, {
      stream: streamName(o.environment, name),
      from: o.start ?? 'new',
      maxBytes: REQUEST_BYTES,
      signal: stop.signal,
    })
    merge.reached(index, sequence)
    const read = async (): Promise<void> => {
      for await (const { sequence: at, data } of blocks) {
        const block = readBlock(data)
        if (block === null) merge.reached(index, at)
        else merge.add(index, at, block, Date.now())
        waking.wake()
        while (merge.isFull(index) && !stop.signal.aborted) await waking.eased()
      }
      if (!stop.signal.aborted) throw ended(name)
    }
    reading.push(read().catch((thrown) => waking.fail(thrown)))
  }
  const looking = setInterval(() => waking.wake(), LOOK_MS)
  ends.defer(() => clearInterval(looking))
  for (;;) {
    const isMore = merge.deliver(rows, Date.now())
    waking.ease()
    if (batch.length > 0) {
      yield batch
      batch.clear()
    }
    if (!isMore) await waking.next()
    else o.signal?.throwIfAborted()
  }
}

async function* liveFast(o: LiveOptions): AsyncGenerator<EventBatch, void> {
  let [batch, other] = [new EventBatch(), new EventBatch()]
  await using ends = new AsyncDisposableStack()
  const waking = new Waking(o.signal)
  ends.defer(() => waking.close())
  for (const { name, exchange, resource } of o.feeds) {
    const normalizer = await knownNormalizer(exchange, resource, `feed ${name}`)
    // One stage for each of the two batches that are filled in turn.
    const [one, two] = [batch, other].map(
      (to) => new FeedStage(name, to, normalizer, o, { countsNumbers: false })
    ) as [FeedStage, FeedStage]
    let slowSince: Time | null = null
    const take = (block: Block): void => {
      const stage = one.batch === batch ? one : two
      const { gaps } = stage
      const time = { ms: block.recvMs(0), ns: block.recvNs(0) }
      if (batch.length >= MOST_ROWS) {
        if (slowSince === null) gaps.tell(READER_SLOW, time, null, time, FLAG.first)
        slowSince ??= time
        return
      }
      if (slowSince !== null) gaps.tell(READER_SLOW, slowSince, time, time, FLAG.last)
      slowSince = null
      const { connection, first } = block
      stage.frame(
        connection,
        first,
        time.ms,
        time.ns,
        block.type(0),
        block.symbol(0),
        block.payload(0)
      )
    }
    const sub = o.nc.subscribe(liveSubjects(o.environment, name), {
      callback: (error, msg) => {
        const block = error ? null : readBlock(msg.data)
        if (error) waking.fail(error)
        if (block === null || block.length === 0) return
        take(block)
        waking.wake()
      },
    })
    ends.defer(() => {
      if (!o.nc.isClosed()) sub.unsubscribe()
    })
  }
  for (;;) {
    await waking.next()
    if (batch.length === 0) continue
    const full = batch
    batch = other
    other = full
    full.ordered = false
    yield full
    full.clear()
  }
}

/** Null if it is none: its numbers are then a hole, as in the archive. */
function readBlock(data: Uint8Array): Block | null {
  try {
    return Block.read(data)
  } catch (thrown) {
    if (thrown instanceof SsmdError && thrown.code === 'SSMD_E_BLOCK') return null
    throw thrown
  }
}

/** The feeds in order of their names, each with its stage. */
async function stagesOf(o: LiveOptions, batch: EventBatch, countsNumbers: boolean) {
  const feeds = o.feeds.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return Promise.all(
    feeds.map(async ({ name, exchange, resource }) => {
      const normalizer = await knownNormalizer(exchange, resource, `feed ${name}`)
      return { name, stage: new FeedStage(name, batch, normalizer, o, { countsNumbers }) }
    })
  )
}

const ended = (feed: string): SsmdError =>
  new SsmdError('SSMD_E_NATS', `feed ${feed}: the reading of its stream has ended`, {
    hint: 'the connection to NATS was closed: open it again',
  })
