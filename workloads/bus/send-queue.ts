// All unacknowledged blocks: those to send, failed ones first and then the oldest first, and those on the socket, whose number
// and bytes a window bounds.

/** A block with its id, and the age of its first record. */
export type IdentifiedBlock = {
  readonly id: string
  readonly block: Uint8Array
  readonly ageMs: number
}

export type BlockMaker = {
  /** The connected server takes no block larger than `limit`: returns smaller ones to send instead of this one. */
  tooLarge(block: Uint8Array, limit: number): readonly IdentifiedBlock[]
}

export type Published = {
  readonly id: string
  readonly block: Uint8Array
  /** When its first record was received. */
  readonly receivedMs: number
  readonly subject: string
  readonly maker: BlockMaker
  /** When it was published. */
  readonly since: number
}

export type Pending = Published & {
  /** Last token of its reply subject. */
  readonly serial: number
  /** Place in the order of publishing: its serial, or the place of the block that it stands for. */
  readonly order: number
  sentAt: number
  phase: 'queued' | 'sent' | 'failed'
}

/** On the socket and not yet answered. 16 MiB carry 100 MB/s over an fsync that takes 150 ms. */
const WINDOW_BYTES = 16 * 1024 * 1024
const WINDOW_BLOCKS = 2048

export class SendQueue {
  /** All of them, by serial. */
  readonly #pending = new Map<number, Pending>()
  #bytes = 0
  #serial = 0
  /** Those on the socket, the longest waiting first. */
  readonly #sent = new Map<number, Pending>()
  #sentBytes = 0
  /** Never sent, in order, from `#head` on. */
  #fresh: Pending[] = []
  #head = 0
  /** To be sent again; sorted before use, the oldest last. */
  #failed: Pending[] = []
  #sorted = true

  get size(): number {
    return this.#pending.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get hasRoom(): boolean {
    return this.#sent.size < WINDOW_BLOCKS && this.#sentBytes < WINDOW_BYTES
  }

  /** On the socket, the longest waiting first. */
  get sent(): Iterable<Pending> {
    return this.#sent.values()
  }

  get oldest(): Pending | undefined {
    return first(this.#pending)
  }

  /** When the earliest record of all these blocks was received: a block may have waited longer than those before it. */
  earliestMs(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { receivedMs } of this.#pending.values()) {
      if (receivedMs < earliest) earliest = receivedMs
    }
    return earliest
  }

  get oldestSent(): Pending | undefined {
    return first(this.#sent)
  }

  get(serial: number): Pending | undefined {
    return this.#pending.get(serial)
  }

  add(block: Published): void {
    this.#fresh.push(this.#keep(block))
  }

  /** Sends these instead of `pending`, which is forgotten. */
  replace(pending: Pending, smaller: readonly IdentifiedBlock[], nowMs: number): void {
    const { subject, maker, since, order } = pending
    this.forget(pending)
    for (const { id, block, ageMs } of smaller) {
      const receivedMs = nowMs - ageMs
      this.#failed.push(this.#keep({ id, block, receivedMs, subject, maker, since }, order))
    }
    this.#sorted = false
  }

  /** The next to send. A late answer to an earlier attempt may have settled what was queued. */
  take(): Pending | undefined {
    let next = this.#shift()
    while (next && (next.phase === 'sent' || !this.#pending.has(next.serial))) next = this.#shift()
    return next
  }

  onSocket(pending: Pending, nowMs: number): void {
    pending.phase = 'sent'
    pending.sentAt = nowMs
    this.#sent.set(pending.serial, pending)
    this.#sentBytes += pending.block.length
  }

  offSocket(pending: Pending): void {
    if (this.#sent.delete(pending.serial)) this.#sentBytes -= pending.block.length
  }

  /** Requeues a block that was on the socket. */
  again(pending: Pending): void {
    this.offSocket(pending)
    pending.phase = 'failed'
    this.#failed.push(pending)
    this.#sorted = false
  }

  forget(pending: Pending): void {
    this.#pending.delete(pending.serial)
    this.#bytes -= pending.block.length
    this.offSocket(pending)
  }

  #keep(block: Published, order?: number): Pending {
    const serial = ++this.#serial
    const pending: Pending = {
      ...block,
      serial,
      order: order ?? serial,
      sentAt: 0,
      phase: 'queued',
    }
    this.#pending.set(serial, pending)
    this.#bytes += block.block.length
    return pending
  }

  #shift(): Pending | undefined {
    if (!this.#sorted) {
      this.#failed.sort((a, b) => b.order - a.order || b.serial - a.serial)
      this.#sorted = true
    }
    const failed = this.#failed.pop()
    if (failed !== undefined) return failed
    const next = this.#fresh[this.#head]
    if (next === undefined) return undefined
    this.#head++
    if (this.#head === this.#fresh.length || this.#head > 10_000) {
      this.#fresh = this.#fresh.slice(this.#head)
      this.#head = 0
    }
    return next
  }
}

const first = (map: ReadonlyMap<number, Pending>): Pending | undefined => map.values().next().value
