// Up to which time all that this connector received is in the stream: what it announces to readers (bus/times.ts).

import type { BlockPublisher } from '#bus/publisher.ts'
import type { Announcement } from '#bus/times.ts'
import type { Recorder } from './recorder.ts'

const NANOS_PER_MS = 1_000_000n
/** Ages are in whole milliseconds: rounding must not hide a record. */
const MARGIN_MS = 2

export class Progress {
  readonly #publisher: Pick<BlockPublisher, 'pendingBlocks' | 'earliestUnackedMs'>
  readonly #nowMs: () => number
  readonly #recorders = new Set<Pick<Recorder, 'ended' | 'handedOverUntil'>>()
  /** Shards that have had a connection: without one they receive nothing. */
  readonly #shards = new Set<number>()

  constructor(
    publisher: Pick<BlockPublisher, 'pendingBlocks' | 'earliestUnackedMs'>,
    nowMs: () => number
  ) {
    this.#publisher = publisher
    this.#nowMs = nowMs
  }

  /** A connection begins. */
  add(recorder: Pick<Recorder, 'shard' | 'ended' | 'handedOverUntil'>): void {
    this.#recorders.add(recorder)
    this.#shards.add(recorder.shard)
  }

  /** `sequence`: of the last block that the stream has of this process, or of those before it. */
  announcement(sequence: number): Announcement | null {
    if (this.#shards.size === 0) return null
    let recv = BigInt(Math.trunc(this.#nowMs())) * NANOS_PER_MS - 1n
    for (const recorder of this.#recorders) {
      if (recorder.ended) this.#recorders.delete(recorder)
      else recv = least(recv, recorder.handedOverUntil())
    }
    const { pendingBlocks } = this.#publisher
    if (pendingBlocks > 0) {
      const age = BigInt(Math.ceil(this.#publisher.earliestUnackedMs()) + MARGIN_MS)
      recv = least(recv, BigInt(Math.trunc(this.#nowMs())) * NANOS_PER_MS - age * NANOS_PER_MS)
    }
    return { shards: [...this.#shards], recv, sequence }
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)
