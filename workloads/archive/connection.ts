// What the archive knows of one connection: its numbers, when it opened, was ready and closed, and which jumps of its
// numbers are owed to a loss in the stream. Changed by records only, so it is the same after every replay.

import type { CloseEvent, GapCause } from '#wire/events.ts'
import { NumberLedger, type NumberSpan, type RangeJson } from './ledger.ts'
import { formatNanos, maxNanos, parseNanos } from './time.ts'

export type StreamLoss = 'stream-aged' | 'stream-recreated'

export type CloseFact = Pick<CloseEvent, 'cause' | 'fault' | 'code' | 'reason'> & {
  readonly at: bigint
}

export type ConnectionJson = {
  readonly id: string
  readonly shard: number
  readonly simulated: boolean
  readonly ranges: readonly RangeJson[]
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
}

export class ConnectionState {
  readonly id: string
  readonly shard: number
  readonly simulated: boolean
  readonly ledger: NumberLedger
  openedAt: bigint | null = null
  readyAt: bigint | null = null
  lastAt: bigint | null = null
  close: CloseFact | null = null
  /** Spans of numbers that went with blocks which the stream lost. */
  readonly losses: { readonly cause: StreamLoss; readonly span: NumberSpan }[] = []
  /** Set when the stream lost blocks: the next jump of its numbers comes from that. */
  suspect: StreamLoss | null = null
  /**
   * Set where it was forgotten and taken back from manifests: the days that were looked into. Its gaps stand there;
   * here it only tells which numbers are held.
   */
  revived: Set<string> | null = null

  constructor(id: string, shard: number, simulated: boolean, ledger = new NumberLedger()) {
    this.id = id
    this.shard = shard
    this.simulated = simulated
    this.ledger = ledger
  }

  /** Takes note of a record's time; a close event says nothing of what was received. */
  seen(at: bigint): void {
    this.lastAt = this.lastAt === null ? at : maxNanos(this.lastAt, at)
  }

  /** The latest time known of it. */
  get latest(): bigint {
    return maxNanos(this.lastAt ?? 0n, this.close?.at ?? 0n)
  }

  /** Why the numbers of a hole are missing. */
  causeOf(hole: NumberSpan): Extract<GapCause, StreamLoss | 'number-hole'> {
    const loss = this.losses.find(({ span }) => span.first <= hole.last && hole.first <= span.last)
    return loss?.cause ?? 'number-hole'
  }

  toJSON(): ConnectionJson {
    return {
      id: this.id,
      shard: this.shard,
      simulated: this.simulated,
      ranges: this.ledger.toJSON(),
      opened: text(this.openedAt),
      ready: text(this.readyAt),
      last: text(this.lastAt),
      close: this.close && { ...this.close, at: formatNanos(this.close.at) },
      losses: this.losses.map(({ cause, span }) => ({
        cause,
        span: [span.first, span.last],
      })),
      suspect: this.suspect,
      revived: this.revived && [...this.revived],
    }
  }

  static fromJSON(json: ConnectionJson): ConnectionState {
    const ledger = NumberLedger.fromJSON(json.ranges)
    const state = new ConnectionState(json.id, json.shard, json.simulated, ledger)
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
    return state
  }
}

const text = (at: bigint | null): string | null => (at === null ? null : formatNanos(at))
const nanos = (at: string | null): bigint | null => (at === null ? null : (parseNanos(at) ?? null))
