// Turns what one connection received into numbered records in blocks. Every frame and event uses up a number;
// what cannot be kept (no memory left, or larger than NATS takes) is named by a `drop` event, which always gets through.
// Nothing is allocated a frame but what the block writer itself needs.

import type { BlockMaker, IdentifiedBlock } from '#bus/publisher.ts'
import { rfc3339, utcDay } from '#crds/rfc3339.ts'
import type { Frame, MessageType } from '#exchanges/protocol/adapter.ts'
import { BlockWriter, type SymbolRef, type TypeRef } from '#wire/block-writer.ts'
import type { ConnectionEvent, DropEvent } from '#wire/events.ts'
import { FORM } from '#wire/form.ts'
import { type Linger, nextLingerMs } from './linger.ts'
import type { Live } from './live-records.ts'
import type { CaptureMemory, Publisher, Squeezed } from './memory.ts'
import { RECORD_BYTES, reblock, TABLE_BYTES } from './reblock.ts'
import type { Stats, TypeCount } from './stats.ts'
import { newTally, type Tally } from './tally.ts'
import type { WireCounts } from './wire-counts.ts'

export type RecorderOptions = {
  readonly environment: string
  readonly feed: string
  readonly connection: string
  readonly shard: number
  readonly simulated: boolean
  readonly subject: string
  readonly linger: Linger
  readonly memory: CaptureMemory
  readonly publisher: Publisher
  readonly stats: Stats
  readonly live: Live | null
  /** What is told of the frames by type. @default nothing */
  readonly counts?: WireCounts | null
  readonly nowNanos: () => bigint
}

type Slot = { readonly ref: TypeRef; readonly count: TypeCount; readonly tally: Tally }

/** A block is published at this size, if not by the clock before. */
const BLOCK_BYTES = 256 * 1024
/** Once full, capture continues only when this part of the memory is free: one long hole, not a thousand. */
const RESUME = 0.75
/** A drop that lasts is put on record in parts, so that the archive knows of it while it lasts. */
const PART_NANOS = 5_000_000_000n
/** Events other than `drop` and `close` may go so far beyond the limit. */
const EVENT_RESERVE = 1024 * 1024

/** Names that are kept for live records, which few listen to. */
const LIVE_SYMBOLS = 1_000

export class Recorder implements BlockMaker, Squeezed {
  readonly #options: RecorderOptions
  readonly #memory: CaptureMemory
  readonly #publisher: Publisher
  readonly #stats: Stats
  readonly #writer: BlockWriter
  readonly #slots = new Map<MessageType, Slot>()
  #timer: NodeJS.Timeout | undefined
  #armed = false
  /** How long the block being filled may wait. */
  #lingerMs: number
  /** What the timer was made for; -1 before there is one. */
  #timerMs = -1
  #number = 0
  /** Receive time of the last record. */
  lastRecv = 0n
  #openBytes = 0
  /** Called before a block leaves: events that belong to what it holds are added to it. */
  onFlush: (() => void) | null = null
  #flushing = false
  #symbol = ''
  #symbolRef: SymbolRef
  /** Numbers being dropped at present. */
  #drop: { cause: DropEvent['cause']; from: number; fromRecv: bigint; toRecv: bigint } | null = null
  /** Memory is full, and stays so until a part of it is free. */
  #shut = false
  #ended = false
  /** What `#encodeLive` is to encode. */
  #liveRecv = 0n
  #liveFrame: Frame | null = null
  #livePayload: Uint8Array | null = null
  readonly #liveWriter: BlockWriter
  readonly #encodeLive: () => Uint8Array

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#memory = options.memory
    this.#publisher = options.publisher
    this.#stats = options.stats
    const { environment, feed, connection, shard, simulated } = options
    const header = { environment, feed, connection, shard, simulated }
    this.#writer = new BlockWriter(header)
    this.#liveWriter = new BlockWriter(header, LIVE_SYMBOLS)
    this.#symbolRef = this.#writer.symbol('')
    this.#encodeLive = () => this.#liveBlock()
    this.#lingerMs = options.linger.minMs
  }

  get connection(): string {
    return this.#options.connection
  }

  get shard(): number {
    return this.#options.shard
  }

  /** Nothing follows, and all was handed to the publisher. */
  get ended(): boolean {
    return this.#ended
  }

  /** All that was received until then is with the publisher. */
  handedOverUntil(): bigint {
    const { count, firstRecv } = this.#writer
    // The next record may have the same time that the clock says now.
    return (count > 0 ? firstRecv : this.#options.nowNanos()) - 1n
  }

  /** Number of the last record or dropped frame. */
  get number(): number {
    return this.#number
  }

  /** Keeps a frame as the session saw it, or drops it and remembers that it did. */
  frame(recv: bigint, payload: Buffer, frame: Frame): void {
    const size = payload.length
    const stats = this.#stats
    const slot = this.#slots.get(frame.type) ?? this.#newSlot(frame.type)
    stats.frames++
    stats.bytes += size
    slot.count.frames++
    slot.count.bytes += size
    slot.tally.frames++
    if (!frame.understood) {
      stats.missed++
      slot.count.missed++
      slot.tally.missed++
    }

    const needed = size + RECORD_BYTES
    const limit = this.#shut ? this.#memory.limit * RESUME : this.#memory.limit
    if (this.#memory.used + needed > limit) {
      this.#shut = true
      this.#memory.dropping(this)
      this.#dropFrame(recv, size, 'buffer-full')
      return
    }
    if (this.#shut) this.#open()
    if (needed + this.#overhead(frame) > this.#publisher.maxBlockBytes) {
      this.#memory.oversize(size, this.#publisher.maxBlockBytes)
      this.#dropFrame(recv, size, 'oversize')
      this.#endDrop(recv)
      return
    }
    if (this.#drop !== null) this.#endDrop(recv)

    if (frame.symbol !== this.#symbol) {
      this.#symbol = frame.symbol
      this.#symbolRef = this.#writer.symbol(frame.symbol)
    }
    this.#makeRoom(needed)
    this.lastRecv = recv
    this.#writer.add(
      recv,
      ++this.#number,
      slot.ref,
      this.#symbolRef,
      frame.form,
      frame.sequence,
      frame.scope,
      payload
    )
    this.#added(needed)
    const { live } = this.#options
    if (live !== null) this.#goLive(live, recv, frame, payload)
    const { counts } = this.#options
    if (!counts) return
    if (!frame.understood) counts.missed(frame.type, this.#number)
    if (slot.tally.frames >= slot.tally.next)
      counts.sample(slot.tally, recv, this.#number, payload, frame)
  }

  /** How often `tellCounts` is wanted; null: never. */
  get countsEveryMs(): number | null {
    return this.#options.counts?.everyMs ?? null
  }

  /** Puts on record what arrived since it was told last. */
  tellCounts(): void {
    const day = utcDay(Number(this.#options.nowNanos() / 1_000_000n))
    const event = this.#options.counts?.take(day)
    if (event) this.event(event)
  }

  /** Writes down what happened to the connection. */
  event(event: ConnectionEvent, group = 'connection', recv = this.#options.nowNanos()): void {
    if (event.kind !== 'drop') {
      const may = event.kind === 'close' ? Number.POSITIVE_INFINITY : EVENT_RESERVE
      if (this.#memory.used > this.#memory.limit + may) {
        this.#dropFrame(recv, 0, 'buffer-full')
        return
      }
      if (this.#drop !== null) this.#endDrop(recv)
    }
    const payload = Buffer.from(JSON.stringify(event))
    const type = this.#writer.type(event.kind, group)
    const needed = payload.length + RECORD_BYTES
    this.#makeRoom(needed)
    const number = ++this.#number
    this.lastRecv = recv
    this.#writer.add(recv, number, type, this.#writer.symbol(''), FORM.event, -1, 0, payload)
    this.#added(needed)
  }

  /** Publishes what there is. */
  flush(): void {
    const writer = this.#writer
    if (writer.count === 0) return
    if (this.onFlush !== null && !this.#flushing) {
      this.#flushing = true
      this.onFlush()
      this.#flushing = false
      if (writer.count === 0) return
    }
    const { first, firstRecv, count } = writer
    const ageMs = this.#ageMs(firstRecv)
    this.#lingerMs = nextLingerMs(this.#options.linger, count, ageMs)
    const block = writer.finish()
    this.#memory.openBytes -= this.#openBytes
    this.#openBytes = 0
    const { subject, live } = this.#options
    live?.blockLeaves()
    this.#publisher.publish(subject, this.#id(first), block, ageMs, this)
  }

  #ageMs(recv: bigint): number {
    return Number((this.#options.nowNanos() - recv) / 1_000_000n)
  }

  /** Memory was freed: what was dropped until now is put on record, and frames are kept again if enough is free. */
  eased(): void {
    const now = this.#options.nowNanos()
    if (this.#memory.used <= this.#memory.limit * RESUME) this.#open()
    else if (this.#drop === null || now - this.#drop.fromRecv < PART_NANOS) return
    this.#endDrop(now)
  }

  /** The server takes no block of this size: it goes in smaller ones. What is lost by it is a hole of numbers after the end. */
  tooLarge(block: Uint8Array, limit: number): readonly IdentifiedBlock[] {
    const { blocks, lost } = reblock(block, limit)
    for (const { from, to, fromRecv, toRecv, bytes } of lost) {
      this.#stats.dropped += to - from + 1
      this.#stats.droppedBytes += bytes
      this.#memory.oversize(bytes, limit)
      if (!this.#ended) this.#tellDrop('oversize', from, to, fromRecv, toRecv)
    }
    return blocks.map(({ first, firstRecv, block: smaller }) => ({
      id: this.#id(first),
      block: smaller,
      ageMs: this.#ageMs(firstRecv),
    }))
  }

  /** The last word: a drop under way is written down, and all is published. Nothing may follow. */
  end(): void {
    if (this.#drop !== null) this.#endDrop(this.#options.nowNanos())
    this.#open()
    this.flush()
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #id(first: number): string {
    return `${this.#options.connection}:${first}`
  }

  #open(): void {
    this.#shut = false
    this.#memory.droppedAll(this)
  }

  #makeRoom(needed: number): void {
    const writer = this.#writer
    if (writer.count === 0) return
    // After a drop numbers jump, and a block holds consecutive ones.
    const jumps = writer.first + writer.count !== this.#number + 1
    const most = Math.min(BLOCK_BYTES, this.#publisher.maxBlockBytes)
    const tables = TABLE_BYTES + this.#symbol.length * 3
    if (jumps || writer.bytes + needed + tables > most) this.flush()
  }

  #added(bytes: number): void {
    this.#openBytes += bytes
    this.#memory.openBytes += bytes
    if (this.#writer.bytes >= BLOCK_BYTES) this.flush()
    else if (!this.#armed) this.#arm()
  }

  #arm(): void {
    this.#armed = true
    if (this.#lingerMs === this.#timerMs) {
      this.#timer?.refresh()
      return
    }
    this.#timerMs = this.#lingerMs
    clearTimeout(this.#timer)
    this.#timer = this.#newTimer()
  }

  #newTimer(): NodeJS.Timeout {
    return setTimeout(() => {
      this.#armed = false
      this.flush()
    }, this.#timerMs)
  }

  #dropFrame(recv: bigint, size: number, cause: DropEvent['cause']): void {
    if (this.#drop !== null && this.#drop.cause !== cause) this.#endDrop(recv)
    this.#number++
    this.#stats.dropped++
    this.#stats.droppedBytes += size
    if (this.#drop === null) {
      this.#drop = { cause, from: this.#number, fromRecv: recv, toRecv: recv }
    } else this.#drop.toRecv = recv
  }

  /** Names the run of dropped numbers that ends here. */
  #endDrop(recv: bigint): void {
    const drop = this.#drop
    if (drop === null) return
    this.#drop = null
    this.#tellDrop(drop.cause, drop.from, this.#number, drop.fromRecv, drop.toRecv, recv)
  }

  #tellDrop(
    cause: DropEvent['cause'],
    fromNumber: number,
    toNumber: number,
    fromRecv: bigint,
    toRecv: bigint,
    recv = this.#options.nowNanos()
  ): void {
    const [from, to] = [rfc3339(fromRecv), rfc3339(toRecv)]
    this.event(
      { kind: 'drop', cause, fault: 'ours', fromNumber, toNumber, from, to },
      'connection',
      recv
    )
  }

  /** Bytes of a block that holds only this frame, beside the record. */
  #overhead(frame: Frame): number {
    const { environment, feed, connection } = this.#options
    const names = environment.length + feed.length + connection.length + frame.symbol.length
    return 256 + 3 * names
  }

  #newSlot(type: MessageType): Slot {
    let count = this.#stats.types.get(type)
    if (count === undefined) {
      count = { type, frames: 0, bytes: 0, missed: 0 }
      this.#stats.types.set(type, count)
    }
    const tally = this.#options.counts?.tallyOf(type) ?? newTally(type, Number.POSITIVE_INFINITY)
    const slot = { ref: this.#writer.type(type.name, type.group), count, tally }
    this.#slots.set(type, slot)
    return slot
  }

  #goLive(live: Live, recv: bigint, frame: Frame, payload: Uint8Array): void {
    this.#liveRecv = recv
    this.#liveFrame = frame
    this.#livePayload = payload
    live.publish(frame.type.name, frame.symbol, this.#encodeLive)
    this.#livePayload = null
  }

  #liveBlock(): Uint8Array {
    const frame = this.#liveFrame!
    const writer = this.#liveWriter
    const type = writer.type(frame.type.name, frame.type.group)
    const symbol = writer.symbol(frame.symbol)
    const { form, sequence, scope } = frame
    writer.add(
      this.#liveRecv,
      this.#number,
      type,
      symbol,
      form,
      sequence,
      scope,
      this.#livePayload!
    )
    return writer.finish()
  }
}
