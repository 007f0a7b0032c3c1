// The one account of the memory that capture holds: blocks being filled, and blocks that JetStream has not acknowledged.
// It says when frames must be dropped, and what is lost or not durable yet.

import type { Found } from '#bus/alarms.ts'
import type { BlockPublisher } from '#bus/publisher.ts'

/** What capture needs of the bus. */
export type Publisher = Pick<
  BlockPublisher,
  'publish' | 'pendingBytes' | 'pendingBlocks' | 'maxBlockBytes' | 'unackedMs' | 'idle'
>

/** Who drops frames because memory is full. */
export type Squeezed = {
  /** Memory was freed. */
  eased(): void
}

export type Clocks = {
  readonly nowMs: () => number
  /** For everything that lasts: setting the clock neither makes frames old nor hides that they are. */
  readonly steadyMs: () => number
}

/** So long after the last one, frames that NATS does not take are still told as a trouble: one, not one a frame. */
const OVERSIZE_MS = 60_000
/** Frames that are not durable after so long are told as a trouble. */
const LATE_MS = 5_000

export class CaptureMemory {
  /** Frames are refused beyond this many bytes. */
  readonly limit: number
  /** Recorders keep this: bytes in blocks that are still being filled. */
  openBytes = 0
  readonly #publisher: Publisher
  readonly #clocks: Clocks
  readonly #dropping = new Set<Squeezed>()
  #oversize = { atMs: Number.NEGATIVE_INFINITY, frames: 0, bytes: 0, limit: 0 }

  constructor(limit: number, publisher: Publisher, clocks: Clocks) {
    this.limit = limit
    this.#publisher = publisher
    this.#clocks = clocks
  }

  /** Bytes held for capture at this moment. */
  get used(): number {
    return this.openBytes + this.#publisher.pendingBytes
  }

  /** A block was acknowledged. */
  freed(): void {
    if (this.#dropping.size > 0) for (const recorder of [...this.#dropping]) recorder.eased()
  }

  /** A frame is larger than NATS takes. */
  oversize(bytes: number, limit: number): void {
    const now = this.#clocks.steadyMs()
    const before = now - this.#oversize.atMs < OVERSIZE_MS ? this.#oversize.frames : 0
    this.#oversize = { atMs: now, frames: before + 1, bytes, limit }
  }

  dropping(recorder: Squeezed): void {
    this.#dropping.add(recorder)
  }

  droppedAll(recorder: Squeezed): void {
    this.#dropping.delete(recorder)
  }

  /** What is lost, or not durable yet. `why`: what holds publishing up, in words; empty if nothing does. */
  troubles(why: string): readonly Found[] {
    const found: Found[] = []
    const held = `${megabytes(this.used)} of ${megabytes(this.limit)} MB`
    const unacked = this.#publisher.unackedMs()
    const words = why === '' ? 'JetStream has not acknowledged them' : why
    if (this.#dropping.size > 0) {
      const message = `frames are dropped: memory for frames that are not durable is full (${held}); ${words}; capture continues once NATS takes blocks again`
      found.push({ kind: 'FramesDropped', name: 'buffer', message })
    }
    const { atMs, frames, bytes, limit } = this.#oversize
    if (this.#clocks.steadyMs() - atMs < OVERSIZE_MS) {
      const message = `${frames} frames are larger than NATS takes and are dropped: the last has ${bytes} bytes, max_payload of nats-server allows ${limit}; raise max_payload`
      found.push({ kind: 'FramesDropped', name: 'oversize', message })
    }
    if (unacked >= LATE_MS) {
      const seconds = Math.floor(unacked / 1000)
      const message = `the frames of the last ${seconds} s are not durable: ${words}; they wait in memory (${held})`
      const since = Math.round(this.#clocks.nowMs() - unacked)
      found.push({ kind: 'NotDurable', name: 'stream', message, since })
    }
    return found
  }
}

const megabytes = (bytes: number): string => (bytes / (1024 * 1024)).toFixed(1)
