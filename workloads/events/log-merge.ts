// Merges the blocks of the streams of several feeds into the total order of history (order: history.ts). A record is delivered
// when every shard that is waited for has announced a time not before it, and all that the announcement speaks of was read. No
// clock decides but those of the connectors: a shard that has been silent too long is no longer waited for, and that is a gap.
//
// What is held is bounded: of a feed that holds more, the earliest records leave before others are known. A record that comes when
// later ones were delivered leaves in a batch that is marked: `ordered` is false. Pure.

import { FLAG } from '#market/event.ts'
import type { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'
import { shardOfSlot } from '#wire/shards.ts'
import { BlockQueue, compareHeads } from './block-queue.ts'
import type { FeedPosition, LogPosition } from './log-position.ts'
import { eventFields, type FeedStage } from './stage.ts'
import { isBefore, type Time } from './times.ts'

/** Reason of the gap row of a shard that no connector speaks for. */
export const SHARD_SILENT = 'shard-silent'

/** What a connector says of its shards: all that was received up to `time` is in the stream, up to this sequence. */
export type ShardTime = {
  readonly shards: readonly number[]
  readonly time: Time
  readonly sequence: number
  /** Nothing follows until it is heard of again, and that is told by close events. */
  readonly ends?: boolean
}

export type LogMergeOptions = {
  /** In order of their names. */
  readonly feeds: readonly FeedStage[]
  /** Bytes of blocks that are held of one feed. */
  readonly maxBytes: number
  /** A shard is waited for so long after it was heard of last. */
  readonly silentMs: number
  readonly nowMs: number
  /** Continues there: what was delivered until then is not delivered again. */
  readonly position?: LogPosition | undefined
}

type Shard = {
  /** All up to here was read; null: not known. */
  time: Time | null
  heardMs: number
  waited: boolean
  /** Since when it is waited for without a break. */
  sinceMs: number
  /** It is not waited for because its connector has stopped in an orderly way. */
  ended: boolean
}

type Feed = {
  readonly stage: FeedStage
  readonly shards: Map<number, Shard>
  readonly queues: Map<string, BlockQueue>
  /** What was announced of a part of the stream that was not read yet. */
  announced: ShardTime[]
  sequence: number
  bytes: number
  /** Gaps that became known between two deliveries. */
  told: (() => void)[]
}

/** Stands for all shards of a feed, until the first is known. */
const NONE_KNOWN = -1

export class LogMerge {
  readonly #feeds: readonly Feed[]
  readonly #maxBytes: number
  readonly #silentMs: number
  /** The last record delivered. */
  #last: BlockQueue | null = null
  #frontier: Time = { ms: -1, ns: 0 }
  #frontierNumber = 0

  constructor({ feeds, maxBytes, silentMs, nowMs, position }: LogMergeOptions) {
    this.#maxBytes = maxBytes
    this.#silentMs = silentMs
    const before = new Map(position?.feeds.map((one) => [one.feed, one]))
    this.#feeds = feeds.map((stage, index) => newFeed(stage, index, before.get(stage.feed), nowMs))
    if (!position?.frontier) return
    const { ms, ns, number, feed: name, connection } = position.frontier
    this.#frontier = { ms, ns }
    this.#frontierNumber = number
    const index = feeds.findIndex(({ feed }) => feed === name)
    if (index < 0) return
    const known = this.#feeds[index]!.queues.get(connection)
    this.#last = known ?? new BlockQueue(index, connection, 0)
  }

  /** What was delivered: between two deliveries, and as long as what they delivered is in the batch. */
  get position(): LogPosition {
    const last = this.#last
    const { ms, ns } = this.#frontier
    return {
      frontier:
        ms < 0
          ? null
          : {
              ms,
              ns,
              number: this.#frontierNumber,
              feed: last === null ? '' : this.#feeds[last.feed]!.stage.feed,
              connection: last?.connection ?? '',
            },
      feeds: this.#feeds.map((feed) => ({
        feed: feed.stage.feed,
        sequence: delivered(feed),
        shards: [...feed.shards].map(([slot, { ended }]) => ({ slot, ended })),
        connections: [...feed.queues.values()].map((queue) => queue.position),
        gaps: feed.stage.gaps.state,
      })),
    }
  }

  /** Up to where the stream of a feed was delivered. */
  sequenceOf(index: number): number {
    return delivered(this.#feeds[index]!)
  }

  /** A gap of a feed that no record names, at the place that was reached. */
  tell(index: number, reason: string, from: Time | null, until: Time | null): void {
    const feed = this.#feeds[index]!
    const at = this.#frontier.ms < 0 ? (until ?? from) : this.#frontier
    if (at === null) return
    feed.told.push(() =>
      feed.stage.gaps.tell(reason, from ?? at, until ?? at, at, FLAG.first | FLAG.last)
    )
  }

  /** Takes the next block of a feed's stream. */
  add(index: number, sequence: number, block: Block, nowMs: number): void {
    const feed = this.#feeds[index]!
    this.reached(index, sequence)
    if (block.length === 0) return
    this.#shard(feed, block.shard, nowMs)
    let queue = feed.queues.get(block.connection)
    if (queue === undefined) {
      queue = new BlockQueue(index, block.connection, block.shard)
      feed.queues.set(block.connection, queue)
    }
    feed.bytes += queue.add(block, sequence)
  }

  /** The stream of a feed was read up to here. */
  reached(index: number, sequence: number): void {
    const feed = this.#feeds[index]!
    feed.sequence = Math.max(feed.sequence, sequence)
    if (feed.announced.length === 0) return
    const valid = feed.announced.filter((one) => one.sequence <= feed.sequence)
    if (valid.length === 0) return
    feed.announced = feed.announced.filter((one) => one.sequence > feed.sequence)
    for (const { shards, time, ends } of valid) {
      for (const one of shards) this.#pass(feed, one, time, ends === true)
    }
  }

  /** Takes what a connector said. */
  announce(index: number, announced: ShardTime, nowMs: number): void {
    const feed = this.#feeds[index]!
    feed.shards.delete(NONE_KNOWN)
    for (const one of announced.shards) {
      const shard = this.#shard(feed, one, nowMs)
      shard.heardMs = nowMs
      if (!shard.waited) {
        shard.waited = true
        shard.sinceMs = nowMs
        const { ended } = shard
        shard.ended = false
        if (ended) continue
        const at = this.#frontier.ms < 0 ? announced.time : later(this.#frontier, shard.time)
        const since = shard.time ?? at
        feed.told.push(() => feed.stage.gaps.tell(SHARD_SILENT, since, at, at, FLAG.last))
      }
    }
    // Of what one process says only the last counts, until it can be believed.
    const key = announced.shards.join()
    const others = feed.announced.filter((one) => one.shards.join() !== key)
    const first = feed.announced.find((one) => one.shards.join() === key)
    feed.announced = [...others, ...(first === undefined ? [] : [first]), announced]
    this.reached(index, feed.sequence)
  }

  /** True if a feed holds as much as it may: its stream should not be read on. */
  isFull(index: number): boolean {
    return this.#feeds[index]!.bytes > this.#maxBytes
  }

  /**
   * Appends records to the batch of the stages until there are `rows`, or none may leave. True if the batch should be handed out before
   * more is appended: what comes next has another order.
   */
  deliver(rows: number, nowMs: number): boolean {
    const [{ stage }] = this.#feeds as [Feed]
    const { batch } = stage
    this.#tellAll()
    for (;;) {
      const queue = this.#first()
      if (queue === undefined) break
      const isLate = this.#isLate(queue)
      if (batch.length > 0 && batch.ordered === isLate) return true
      if (!isLate && !this.#mayLeave(queue)) break
      batch.ordered = !isLate
      this.#take(queue, isLate)
      if (batch.length >= rows) return true
    }
    this.#giveUp(nowMs)
    return false
  }

  /** Only here: a batch that was handed out is not appended to. */
  #tellAll(): void {
    for (const feed of this.#feeds) for (const tell of feed.told.splice(0)) tell()
  }

  /** Those that have not been heard of for too long are told and no longer waited for; those that no connector has any more are dropped. */
  #giveUp(nowMs: number): void {
    for (const feed of this.#feeds) {
      for (const [slot, shard] of feed.shards) {
        if (nowMs - shard.heardMs < this.#silentMs) continue
        const isRetired = shard.ended || this.#isRetired(feed, slot, nowMs)
        if (isRetired) feed.shards.delete(slot)
        if (shard.waited) this.#tellSilent(feed, shard, nowMs, isRetired)
        else if (isRetired && !shard.ended) {
          const at = later(this.#frontier, shard.time)
          feed.stage.gaps.tell(SHARD_SILENT, shard.time ?? at, at, at, FLAG.last)
        }
      }
    }
  }

  /** Its connector has spoken for long enough, for other slots and not for this one: it has fewer connections than before. */
  #isRetired(feed: Feed, slot: number, nowMs: number): boolean {
    for (const [other, { waited, heardMs, sinceMs }] of feed.shards) {
      if (other === slot || shardOfSlot(other) !== shardOfSlot(slot)) continue
      if (waited && nowMs - heardMs < this.#silentMs && nowMs - sinceMs >= this.#silentMs)
        return true
    }
    return false
  }

  #tellSilent(feed: Feed, shard: Shard, nowMs: number, isOver: boolean): void {
    shard.waited = false
    const now = { ms: nowMs, ns: 0 }
    const first = this.#first()
    const head = first === undefined ? now : { ms: first.headMs, ns: first.headNs }
    const since = shard.time ?? (this.#frontier.ms < 0 ? head : this.#frontier)
    const at = later(this.#frontier, since)
    this.#frontier = at
    const flags = isOver ? FLAG.first | FLAG.last : FLAG.first
    feed.stage.gaps.tell(SHARD_SILENT, since, isOver ? at : null, at, flags)
  }

  /** The connection with the earliest record. */
  #first(): BlockQueue | undefined {
    let first: BlockQueue | undefined
    for (const feed of this.#feeds) {
      for (const queue of feed.queues.values()) {
        if (queue.isEmpty) continue
        if (first === undefined || compareHeads(queue, first) < 0) first = queue
      }
    }
    return first
  }

  #isLate(queue: BlockQueue): boolean {
    const { ms, ns } = this.#frontier
    if (queue.headMs !== ms) return queue.headMs < ms
    if (queue.headNs !== ns) return queue.headNs < ns
    const last = this.#last
    if (last === null) return false
    if (queue === last) return queue.head < this.#frontierNumber
    return queue.comesBefore(last)
  }

  /** True if nothing before it can come any more. */
  #mayLeave({ headMs, headNs }: BlockQueue): boolean {
    for (const [index, feed] of this.#feeds.entries()) {
      // It cannot wait for more.
      if (this.isFull(index)) continue
      for (const { time, waited } of feed.shards.values()) {
        if (!waited) continue
        if (time === null || time.ms < headMs || (time.ms === headMs && time.ns < headNs)) {
          return false
        }
      }
    }
    return true
  }

  /** Appends the first record of a connection. */
  #take(queue: BlockQueue, isLate: boolean): void {
    const feed = this.#feeds[queue.feed]!
    const { block, index, head: number, headMs: ms, headNs: ns, connection, shard } = queue
    const { stage } = feed
    if (block.form(index) === FORM.event) {
      stage.gaps.event(connection, shard, number, ms, ns, eventFields(block.payload(index)))
    } else {
      stage.gaps.frame(connection, shard, number, ms, ns)
      stage.frame(
        connection,
        number,
        ms,
        ns,
        block.type(index),
        block.symbol(index),
        block.payload(index)
      )
    }
    if (!isLate) {
      this.#last = queue
      this.#frontier = { ms, ns }
      this.#frontierNumber = number
    }
    feed.bytes -= queue.shift()
    if (queue.isEmpty && queue.isOver) this.#forgetOver(feed)
  }

  /**
   * Connections that ended stay known as long as the stream may be read on from before their last block: they would be delivered
   * once more.
   */
  #forgetOver(feed: Feed): void {
    const reached = delivered(feed)
    for (const [connection, queue] of feed.queues) {
      if (queue.isOver && queue.isEmpty && queue.lastSequence <= reached) {
        feed.queues.delete(connection)
      }
    }
  }

  #shard(feed: Feed, index: number, nowMs: number): Shard {
    let shard = feed.shards.get(index)
    if (shard === undefined) {
      shard = newShard(nowMs)
      feed.shards.set(index, shard)
    }
    return shard
  }

  #pass(feed: Feed, index: number, time: Time, ends: boolean): void {
    const shard = feed.shards.get(index)!
    if (shard.time === null || isBefore(shard.time, time)) shard.time = time
    if (!ends) return
    shard.waited = false
    shard.ended = true
  }
}

function newFeed(
  stage: FeedStage,
  index: number,
  before: FeedPosition | undefined,
  nowMs: number
): Feed {
  const shards = before?.shards ?? []
  return {
    stage,
    shards: new Map(
      shards.length === 0
        ? [[NONE_KNOWN, newShard(nowMs)]]
        : shards.map(({ slot, ended }) => [slot, { ...newShard(nowMs), ended, waited: !ended }])
    ),
    queues: new Map(
      before?.connections.map((one) => [one.connection, BlockQueue.from(index, one)])
    ),
    announced: [],
    sequence: before?.sequence ?? 0,
    bytes: 0,
    told: [],
  }
}

/** All of the stream up to there was delivered. */
function delivered({ queues, sequence }: Feed): number {
  let reached = sequence
  for (const queue of queues.values()) reached = Math.min(reached, queue.firstSequence - 1)
  return reached
}

const newShard = (nowMs: number): Shard => ({
  time: null,
  heardMs: nowMs,
  waited: true,
  sinceMs: nowMs,
  ended: false,
})

const later = (a: Time, b: Time | null): Time => (b !== null && isBefore(a, b) ? b : a)
