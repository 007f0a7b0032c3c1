// Where blocks leave the connector, and the one account of the memory that capture holds: blocks being filled,
// blocks waiting for NATS, blocks waiting for their acknowledgement. NATS may come later than the exchange.

/** What the outlet needs of the bus. */
export type Publisher = {
  publish(subject: string, id: string, block: Uint8Array): void
  readonly pendingBytes: number
  /** The largest block that the server takes. */
  maxBlockBytes(): number
  idle(): Promise<void>
}

type Waiting = { readonly subject: string; readonly id: string; readonly block: Uint8Array }

/** A block is published at this size, if not by the clock before. */
export const BLOCK_BYTES = 256 * 1024
/** NATS's own default less room for headers, until its server has said what it takes. */
const ASSUMED_MAX_BYTES = 1024 * 1024 - 1024

export class Outlet {
  /** Frames are refused beyond this many bytes. */
  readonly limit: number
  /** Recorders keep this: bytes in blocks that are still being filled. */
  openBytes = 0
  readonly #nowMs: () => number
  readonly #onLost: (id: string, bytes: number) => void
  #publisher: Publisher | null = null
  #waiting: Waiting[] = []
  #waitingBytes = 0
  /** When the oldest record of each block under way was received: for recv to ack. */
  readonly #receivedMs = new Map<string, number>()

  constructor(options: {
    readonly limit: number
    readonly nowMs: () => number
    /** A block is larger than NATS takes and cannot be sent, ever. */
    onLost(id: string, bytes: number): void
  }) {
    this.limit = options.limit
    this.#nowMs = options.nowMs
    this.#onLost = options.onLost
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
    return this.#receivedMs.size
  }

  /** The largest block that NATS takes. */
  get maxBlockBytes(): number {
    return this.#publisher?.maxBlockBytes() ?? ASSUMED_MAX_BYTES
  }

  publish(subject: string, id: string, block: Uint8Array, firstRecv: bigint): void {
    this.#receivedMs.set(id, Number(firstRecv / 1_000_000n))
    if (this.#publisher === null) {
      this.#waiting.push({ subject, id, block })
      this.#waitingBytes += block.length
    } else this.#send(this.#publisher, subject, id, block)
  }

  /** NATS is there: what waited goes out first, in order. */
  attach(publisher: Publisher): void {
    this.#publisher = publisher
    const waiting = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    for (const { subject, id, block } of waiting) this.#send(publisher, subject, id, block)
  }

  /** A block is stored: milliseconds since its first record was received, or null where it is not ours. */
  acknowledged(id: string): number | null {
    const received = this.#receivedMs.get(id)
    if (received === undefined) return null
    this.#receivedMs.delete(id)
    return Math.max(0, this.#nowMs() - received)
  }

  /** Resolves once everything is acknowledged; never while NATS is not there and something waits. */
  async idle(): Promise<void> {
    while (this.#publisher === null && this.#waiting.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await this.#publisher?.idle()
  }

  #send(publisher: Publisher, subject: string, id: string, block: Uint8Array): void {
    if (block.length <= publisher.maxBlockBytes()) {
      publisher.publish(subject, id, block)
      return
    }
    // Made while the limit was a guess or another. Its numbers are a hole, and the archive will say so.
    this.#receivedMs.delete(id)
    this.#onLost(id, block.length)
  }
}
