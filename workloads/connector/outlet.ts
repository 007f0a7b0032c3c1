// Where blocks leave the connector, and the one account of the memory that capture holds: blocks being filled,
// blocks waiting for NATS, blocks waiting for their acknowledgement. NATS may come later than the exchange.

import type { Found } from '#bus/alarms.ts'

/** What the outlet needs of the bus. */
export type Publisher = {
  publish(subject: string, id: string, block: Uint8Array): void
  readonly pendingBytes: number
  /** The largest block that the server takes; Infinity while no server is connected. */
  maxBlockBytes(): number
  idle(): Promise<void>
}

/** Who made blocks: it writes down what of them is lost. */
export type BlockMaker = {
  /** The server takes no block larger than `limit`, and this one is. */
  tooLarge(block: Uint8Array, limit: number): void
  /** Memory was freed while frames are being dropped. */
  eased(): void
}

type Waiting = { readonly subject: string; readonly id: string; readonly block: Uint8Array }

/** A block under way: when its oldest record was received, for recv to ack. */
type UnderWay = { readonly receivedMs: number; readonly maker: BlockMaker }

/** A block is published at this size, if not by the clock before. */
export const BLOCK_BYTES = 256 * 1024
/** So long after the last one, frames that NATS does not take are still told as a trouble: one, not one a frame. */
const OVERSIZE_MS = 60_000
/** Frames that are not durable after so long are told as a trouble. */
const LATE_MS = 5_000

export class Outlet {
  /** Frames are refused beyond this many bytes. */
  readonly limit: number
  /** Recorders keep this: bytes in blocks that are still being filled. */
  openBytes = 0
  readonly #nowMs: () => number
  #publisher: Publisher | null = null
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** Blocks not acknowledged yet, the oldest first. */
  readonly #underWay = new Map<string, UnderWay>()
  /** Those who drop frames at present because memory is full. */
  readonly #dropping = new Set<BlockMaker>()
  #oversize = { atMs: Number.NEGATIVE_INFINITY, frames: 0, bytes: 0, limit: 0 }

  constructor(options: { readonly limit: number; readonly nowMs: () => number }) {
    this.limit = options.limit
    this.#nowMs = options.nowMs
  }

  /** Bytes held for capture at this moment. */
  get used(): number {
    return this.openBytes + this.pendingBytes
  }

  /** Bytes in blocks that are finished and not yet acknowledged. */
  get pendingBytes(): number {
    return this.#waitingBytes + (this.#publisher?.pendingBytes ?? 0)
  }

  /** Blocks that are finished and not yet acknowledged. */
  get pendingBlocks(): number {
    return this.#underWay.size
  }

  /** The largest block that NATS takes; Infinity as long as no server has said it: then frames of any size wait. */
  get maxBlockBytes(): number {
    return this.#publisher?.maxBlockBytes() ?? Number.POSITIVE_INFINITY
  }

  /** Age of the oldest record that is not acknowledged; 0 if there is none. */
  unackedMs(): number {
    const [oldest] = this.#underWay.values()
    return oldest === undefined ? 0 : Math.max(0, this.#nowMs() - oldest.receivedMs)
  }

  publish(
    subject: string,
    id: string,
    block: Uint8Array,
    firstRecv: bigint,
    maker: BlockMaker
  ): void {
    this.#underWay.set(id, { receivedMs: Number(firstRecv / 1_000_000n), maker })
    if (this.#publisher === null) {
      this.#waiting.push({ subject, id, block })
      this.#waitingBytes += block.length
    } else this.#publisher.publish(subject, id, block)
  }

  /** NATS is there: what waited goes out first, in order. */
  attach(publisher: Publisher): void {
    this.#publisher = publisher
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const { subject, id, block } of waiting) publisher.publish(subject, id, block)
  }

  /** A block is stored: milliseconds since its first record was received, or null where it is not ours. */
  acknowledged(id: string): number | null {
    const block = this.#underWay.get(id)
    if (block === undefined) return null
    this.#underWay.delete(id)
    if (this.#dropping.size > 0) for (const maker of [...this.#dropping]) maker.eased()
    return Math.max(0, this.#nowMs() - block.receivedMs)
  }

  /** A block was made before the server said what it takes, and that is less: its maker makes it smaller. */
  tooLarge(id: string, block: Uint8Array, limit: number): void {
    const maker = this.#underWay.get(id)?.maker
    this.#underWay.delete(id)
    maker?.tooLarge(block, limit)
  }

  /** A frame is larger than NATS takes. */
  oversize(bytes: number, limit = this.maxBlockBytes): void {
    const now = this.#nowMs()
    const before = now - this.#oversize.atMs < OVERSIZE_MS ? this.#oversize.frames : 0
    this.#oversize = { atMs: now, frames: before + 1, bytes, limit }
  }

  dropping(maker: BlockMaker): void {
    this.#dropping.add(maker)
  }

  droppedAll(maker: BlockMaker): void {
    this.#dropping.delete(maker)
  }

  /** What is lost, or not durable yet. `why`: what holds publishing up, in words; empty if nothing does. */
  troubles(why: string): readonly Found[] {
    const found: Found[] = []
    const held = `${megabytes(this.used)} of ${megabytes(this.limit)} MB`
    const unacked = this.unackedMs()
    const words = why === '' ? 'JetStream has not acknowledged them' : why
    if (this.#dropping.size > 0) {
      const message = `frames are dropped: memory for frames that are not durable is full (${held}); ${words}; capture continues once NATS takes blocks again`
      found.push({ kind: 'FramesDropped', name: 'buffer', message })
    }
    const { atMs, frames, bytes, limit } = this.#oversize
    if (this.#nowMs() - atMs < OVERSIZE_MS) {
      const message = `${frames} frames are larger than NATS takes and are dropped: the last has ${bytes} bytes, max_payload of nats-server allows ${limit}; raise max_payload`
      found.push({ kind: 'FramesDropped', name: 'oversize', message })
    }
    if (unacked >= LATE_MS) {
      const seconds = Math.floor(unacked / 1000)
      const message = `the frames of the last ${seconds} s are not durable: ${words}; they wait in memory (${held})`
      const since = this.#nowMs() - unacked
      found.push({ kind: 'NotDurable', name: 'stream', message, since })
    }
    return found
  }

  /** Resolves once everything is acknowledged; never while NATS is not there and something waits. */
  async idle(): Promise<void> {
    while (this.#publisher === null && this.#waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await this.#publisher?.idle()
  }
}

const megabytes = (bytes: number): string => (bytes / (1024 * 1024)).toFixed(1)
