// What the archive knows of one connection: its numbers, when it opened, became ready and closed, and which jumps of its
// numbers a loss in the stream explains. Only records change it, so every replay ends in the same state.

import { rfc3339 } from '#crds/rfc3339.ts'
import type { CloseEvent, GapCause } from '#wire/events.ts'
import { isImported } from '../format/names.ts'
import { maxNanos, parseNanos } from '../format/time.ts'
import { NumberRanges, type NumberRangesJson, type NumberSpan } from './number-ranges.ts'

export type StreamLoss = 'stream-aged' | 'stream-recreated'

export type CloseFact = Pick<CloseEvent, 'cause' | 'fault' | 'code' | 'reason' | 'replacedBy'> & {
  readonly at: bigint
}

export type ConnectionJson = {
  readonly id: string
  readonly shard: number
  readonly simulated: boolean
  readonly ranges: NumberRangesJson
  readonly opened: string | null
  readonly ready: string | null
  /** Its last record but the close event. */
  readonly last: string | null
  readonly close: (Omit<CloseFact, 'at'> & { readonly at: string }) | null
  readonly losses: readonly {
    readonly cause: StreamLoss
    readonly span: readonly [number, number]
  }[]
  readonly suspect: StreamLoss | null
  readonly revived: readonly string[] | null
  /** Left out by older versions, which knew no order but that of ids. */
  readonly order?: readonly [first: number, ready: number, last: number]
  readonly follows?: { readonly connection: string; readonly number: number } | null
  /** Left out if no event told it. */
  readonly exchange?: string
  readonly feed?: FeedRef
  readonly replaces?: string | null
  readonly shards?: number
  readonly complete?: true
  readonly symbols?: number
  readonly proofs?: readonly (Omit<LostProof, 'from' | 'to'> & {
    readonly from: string
    readonly to: string | null
  })[]
}

/** A Feed as text, by which its file is found. */
export type FeedRef = { readonly sha256: string; readonly bytes: number }

/** A time in which the exchange's numbers of a type could not be read. */
export type LostProof = {
  readonly type: string
  readonly channel: string
  readonly reason: string
  readonly from: bigint
  readonly to: bigint | null
}

/** More of them in one connection are one that lasts. */
const MAX_PROOFS = 64
/** Losses of the stream that are told apart; more are taken together. */
const MAX_LOSSES = 64

export class ConnectionState {
  readonly id: string
  readonly shard: number
  readonly simulated: boolean
  readonly numbers: NumberRanges
  openedAt: bigint | null = null
  readyAt: bigint | null = null
  lastAt: bigint | null = null
  close: CloseFact | null = null
  /** Spans of numbers that went with blocks which the stream lost. */
  readonly losses: { readonly cause: StreamLoss; readonly span: NumberSpan }[] = []
  /** Set when the stream lost blocks: the next jump of its numbers comes from that. */
  suspect: StreamLoss | null = null
  /**
   * Set if it was evicted and restored from manifests: the days that were looked into. Its gaps stand there;
   * here it only tells which numbers are held.
   */
  revived: Set<string> | null = null
  /**
   * Where it stands among the others: serial numbers of the blocks that brought its first record, its `ready` and its
   * last record, in the order in which the stream had them. No clock decides it. 0: not known.
   */
  firstOrder = 0
  readyOrder = 0
  lastOrder = 0
  /** The connection before it and its last record, as its `open` event says. */
  follows: { readonly connection: string; readonly number: number } | null = null
  /** Where it leads, as its `open` event says; null if not known. */
  exchange: string | null = null
  /** The Feed that its `open` event carried. */
  feed: FeedRef | null = null
  /** The connection that was still open when this one was, and that this one was to replace. */
  replaces: string | null = null
  /** How many connectors the feed had; null: it does not say, so that it is of an older one, which was alone. */
  shards: number | null = null
  /** When it was ready, all connections of its connector were. */
  isComplete = false
  /** How many it had by name when it was ready; 0 if it does not say. */
  symbols = 0
  proofs: LostProof[] = []

  constructor(id: string, shard: number, simulated: boolean, numbers = new NumberRanges()) {
    this.id = id
    this.shard = shard
    this.simulated = simulated
    this.numbers = numbers
  }

  /** Takes note of a record's time; a close event says nothing of what was received. */
  seen(at: bigint): void {
    this.lastAt = this.lastAt === null ? at : maxNanos(this.lastAt, at)
  }

  /** The latest time known of it. */
  get latest(): bigint {
    return maxNanos(this.lastAt ?? 0n, this.close?.at ?? 0n)
  }

  /** Takes note of a block, the `serial`th of the feed; a late one says nothing of its end. */
  arrived(serial: number, late: boolean): void {
    if (this.firstOrder === 0) this.firstOrder = serial
    if (!late || this.lastOrder === 0) this.lastOrder = serial
  }

  /** The numbers of a type cannot be read from here on. */
  proofLost(lost: LostProof): void {
    const last = this.proofs.at(-1)
    if (this.proofs.some((one) => one.type === lost.type && one.to === null)) return
    if (this.proofs.length < MAX_PROOFS || last === undefined) this.proofs.push(lost)
    else this.proofs[this.proofs.length - 1] = { ...last, to: null }
  }

  proofBack(type: string, at: bigint): void {
    this.proofs = this.proofs.map((one) =>
      one.to === null && (one.type === type || this.proofs.length >= MAX_PROOFS)
        ? { ...one, to: at }
        : one
    )
  }

  /** These numbers went with blocks that the stream lost. */
  lost(cause: StreamLoss, span: NumberSpan): void {
    const last = this.losses.at(-1)
    if (this.losses.length < MAX_LOSSES || last === undefined) this.losses.push({ cause, span })
    else {
      const { first } = last.span
      this.losses[this.losses.length - 1] = { cause, span: { first, last: span.last } }
    }
  }

  /** Why the numbers of a hole are missing. */
  causeOf(hole: NumberSpan): Extract<GapCause, StreamLoss | 'number-hole' | 'imported'> {
    if (isImported(this.id)) return 'imported'
    const loss = this.losses.find(({ span }) => span.first <= hole.last && hole.first <= span.last)
    return loss?.cause ?? 'number-hole'
  }

  toJSON(): ConnectionJson {
    return {
      id: this.id,
      shard: this.shard,
      simulated: this.simulated,
      ranges: this.numbers.toJSON(),
      opened: text(this.openedAt),
      ready: text(this.readyAt),
      last: text(this.lastAt),
      close: this.close && { ...this.close, at: rfc3339(this.close.at) },
      losses: this.losses.map(({ cause, span }) => ({
        cause,
        span: [span.first, span.last],
      })),
      suspect: this.suspect,
      revived: this.revived && [...this.revived],
      order: [this.firstOrder, this.readyOrder, this.lastOrder],
      follows: this.follows,
      ...(this.exchange === null ? {} : { exchange: this.exchange }),
      ...(this.feed === null ? {} : { feed: this.feed }),
      ...(this.replaces === null ? {} : { replaces: this.replaces }),
      ...(this.shards === null ? {} : { shards: this.shards }),
      ...(this.isComplete ? { complete: true } : {}),
      ...(this.symbols === 0 ? {} : { symbols: this.symbols }),
      proofs: this.proofs.map((one) => ({ ...one, from: rfc3339(one.from), to: text(one.to) })),
    }
  }

  static fromJSON(json: ConnectionJson): ConnectionState {
    const numbers = NumberRanges.fromJSON(json.ranges)
    const state = new ConnectionState(json.id, json.shard, json.simulated, numbers)
    state.openedAt = nanos(json.opened)
    state.readyAt = nanos(json.ready)
    state.lastAt = nanos(json.last)
    state.close = json.close && {
      ...json.close,
      at: parseNanos(json.close.at) ?? 0n,
    }
    for (const { cause, span } of json.losses) {
      state.losses.push({ cause, span: { first: span[0], last: span[1] } })
    }
    state.suspect = json.suspect
    state.revived = json.revived && new Set(json.revived)
    ;[state.firstOrder, state.readyOrder, state.lastOrder] = json.order ?? [0, 0, 0]
    state.follows = json.follows ?? null
    state.exchange = json.exchange ?? null
    state.feed = json.feed ?? null
    state.replaces = json.replaces ?? null
    state.shards = json.shards ?? null
    state.isComplete = json.complete ?? false
    state.symbols = json.symbols ?? 0
    state.proofs = (json.proofs ?? []).map((one) => ({
      ...one,
      from: parseNanos(one.from) ?? 0n,
      to: nanos(one.to),
    }))
    return state
  }
}

/** The order of connections: as the stream had them; those of older versions by their ids, before all others. */
export const byOrder = (a: ConnectionState, b: ConnectionState): number =>
  a.firstOrder - b.firstOrder || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

const text = (at: bigint | null): string | null => (at === null ? null : rfc3339(at))
const nanos = (at: string | null): bigint | null => (at === null ? null : (parseNanos(at) ?? null))
