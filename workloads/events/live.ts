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

import { liveSubjects } from '#bus/names.ts'
import { EventBatch } from '#market/columns.ts'
import { FLAG } from '#market/event.ts'
import type { Block } from '#wire/block.ts'
import type { LiveOptions } from './live-options.ts'
import { LogReading, readBlock } from './log-reading.ts'
import { FeedStage } from './stage.ts'
import { knownNormalizer } from './tables/normalizers.ts'
import type { Time } from './times.ts'
import { Waking } from './waking.ts'

export type { LiveFeed, LiveOptions } from './live-options.ts'

/** Reason of the gap row of what this reader could not hold. */
export const READER_SLOW = 'reader-slow'
/** Reason of the gap row of the time in which no reader read the live subjects. */
export const READER_AWAY = 'reader-away'

/** Rows that mode `fast` holds while its reader is busy. */
const MOST_ROWS = 100_000

/** A batch is valid until the next one is asked for. */
export const live = (options: LiveOptions): AsyncGenerator<EventBatch, void> =>
  options.mode === 'log' ? liveLog(options) : liveFast(options)

async function* liveLog(o: LiveOptions): AsyncGenerator<EventBatch, void> {
  await using reading = await LogReading.open(o)
  yield* reading.batches()
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
    if (o.since !== undefined) {
      const now = { ms: Math.max(Date.now(), o.since.ms), ns: 0 }
      one.gaps.tell(READER_AWAY, o.since, now, now, FLAG.first | FLAG.last)
      waking.wake()
    }
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
