// Makes gap rows from what connections say of themselves, record by record in the total order. Live and history run this same
// fold, so they name the same gaps at the same places: where a gap became known, and before any frame that comes after it.
// Live gives it every record; history gives it the event records, and answers for the others.
//
// `recv` of a gap row is when it became known, `time` since when frames are missing, `until` when they came again. FLAG.first:
// the gap begins here, and what was built from frames is suspect. FLAG.last: it ends here. One row with both: it is over.

import { EVENT, FLAG, type MarketEvent } from '#market/event.ts'
import { TimeReader } from '#market/time.ts'
import type { GapCause } from '#wire/events.ts'
import { type Connection, type GapState, restoreGaps, type Shard, saveGaps } from './gap-state.ts'
import { isBefore, type Time } from './times.ts'

type Fields = Readonly<Record<string, unknown>>

export type GapFoldOptions = {
  /**
   * Since when frames are missing by the manifest: of the end of a connection, or of a gap that became known at `at`. Undefined:
   * it does not say, and the records that were seen tell.
   */
  readonly began?: (connection: string, at: Time | null) => Time | undefined
  /** Time of the last record of a connection before the present event, where frames are not given. Undefined: not known. */
  readonly lastBefore?: (connection: string) => Time | undefined
  /** True if every record of the feed comes here, so that a jump of a connection's numbers is a gap. */
  readonly countsNumbers: boolean
  /** What an earlier fold knew: this one continues as if it were that one. */
  readonly state?: GapState | undefined
}

/** More connections than a feed has at a time. */
const MAX_CONNECTIONS = 10_000

export class GapFold {
  readonly #o: GapFoldOptions
  readonly #emit: (row: MarketEvent) => void
  readonly #connections = new Map<string, Connection>()
  readonly #shards = new Map<number, Shard>()
  readonly #times = new TimeReader()
  readonly #row: MarketEvent
  #current: Connection | null = null

  /** `row` is filled and handed to `emit`; its feed stays. */
  constructor(options: GapFoldOptions, row: MarketEvent, emit: (row: MarketEvent) => void) {
    this.#o = options
    row.row = -1
    this.#row = row
    this.#emit = emit
    if (options.state) restoreGaps(options.state, this.#connections, this.#shards)
  }

  /** All that it knows of connections and shards, as plain data. */
  get state(): GapState {
    return saveGaps(this.#connections.values(), this.#shards)
  }

  /** Takes note of a frame. */
  frame(id: string, shard: number, number: number, ms: number, ns: number): void {
    this.#row.connection = id
    this.#row.number = number
    const current = this.#current
    const connection = current?.id === id ? current : this.#find(id, shard)
    if (this.#o.countsNumbers && this.#isBehindHole(connection, number, number)) {
      const at = { ms, ns }
      this.#hole(connection, at, at)
    }
    connection.lastMs = ms
    connection.lastNs = ns
  }

  /** Takes note of an event record, whose payload is `event`; undefined if it is not understood. */
  event(
    id: string,
    shard: number,
    number: number,
    ms: number,
    ns: number,
    event: Fields | undefined
  ): void {
    this.#row.connection = id
    this.#row.number = number
    const at = { ms, ns }
    const kind = event?.kind
    // Behind the lines of an imported file, which no capture began with.
    if (kind === 'open' && event?.adapter !== 'import') this.#open(id, shard, event!, at)
    const connection = this.#find(id, shard)
    if (this.#o.countsNumbers) this.#countEvent(connection, number, event, at)
    if (event !== undefined) this.#apply(connection, kind, event, at)
    if (kind === 'close') return
    connection.lastMs = ms
    connection.lastNs = ns
  }

  /** A connection was open before the reading begins. */
  underway(id: string, shard: number): void {
    this.#find(id, shard)
  }

  /** A gap that lasts already where the reading begins, by the manifest. */
  lasts(shard: number, reason: string, from: Time, at: Time): void {
    this.#shard(shard).gap = { reason, from }
    this.tell(reason, from, null, at, FLAG.first)
  }

  /** A gap that no record names. */
  tell(reason: string, from: Time, until: Time | null, at: Time, flags: number, symbol = ''): void {
    this.#row.connection = ''
    this.#row.number = 0
    this.#tell(reason, from, until, at, flags, symbol)
  }

  /** One that became known with the present record. */
  #tell(
    reason: string,
    from: Time,
    until: Time | null,
    at: Time,
    flags: number,
    symbol = ''
  ): void {
    const row = this.#row
    row.begin(EVENT.gap)
    row.type = ''
    row.symbol = symbol
    row.recvMs = at.ms
    row.recvNs = at.ns
    row.timeMs = from.ms
    row.timeNs = from.ns
    row.untilMs = until?.ms ?? -1
    row.untilNs = until?.ns ?? 0
    row.flags = flags
    row.reason = reason
    this.#emit(row)
  }

  #apply(connection: Connection, kind: unknown, event: Fields, at: Time): void {
    if (kind === 'ready') this.#ready(connection, at)
    else if (kind === 'close') this.#close(connection, event, at)
    else if (kind === 'gap') this.#gap(connection, event, at)
    else if (kind === 'proof') this.#proof(connection, event, at)
    else if (kind === 'drop') {
      const from = this.#timeOf(event.from) ?? at
      const until = this.#timeOf(event.to) ?? at
      this.#tell(textOf(event.cause, 'buffer-full'), from, until, at, WHOLE)
    }
  }

  #open(id: string, shardIndex: number, event: Fields, at: Time): void {
    const shard = this.#shard(shardIndex)
    const { last } = shard
    const follows = last !== null || (typeof event.follows === 'object' && event.follows !== null)
    this.#add(id, shardIndex, { follows, opened: true })
    if (last === null || last.closed || event.replaces === last.id) return
    // It ended without a close event, and this one takes its place.
    last.closed = true
    if (last.ready || !last.follows) this.#begin(shard, last, 'connector-lost', at)
  }

  #ready(connection: Connection, at: Time): void {
    connection.ready = true
    const shard = this.#shard(connection.shard)
    if (shard.gap === null) return
    const { reason, from } = shard.gap
    shard.gap = null
    this.#tell(reason, from, at, at, FLAG.last)
  }

  #close(connection: Connection, event: Fields, at: Time): void {
    if (connection.closed) return
    connection.closed = true
    const shard = this.#shard(connection.shard)
    this.#connections.delete(connection.id)
    if (this.#current === connection) this.#current = null
    // The end of an imported file is no end of a capture.
    if (typeof event.replacedBy === 'string' || event.cause === 'imported') return
    if (!connection.ready && connection.follows) return
    // Another one was ready before and continues.
    const { last } = shard
    if (last !== null && last !== connection && last.ready && !last.closed) return
    this.#begin(shard, connection, textOf(event.cause, 'disconnected'), at)
  }

  #begin(shard: Shard, connection: Connection, cause: string, at: Time): void {
    if (shard.gap !== null) return
    const from = this.#o.began?.(connection.id, null) ?? this.#lastOf(connection, at)
    shard.gap = { reason: cause, from }
    this.#tell(cause, from, null, at, FLAG.first)
  }

  #gap(connection: Connection, event: Fields, at: Time): void {
    const until = this.#timeOf(event.to) ?? at
    const from =
      this.#timeOf(event.from) ??
      this.#o.began?.(connection.id, until) ??
      earlier(this.#lastOf(connection, at), at)
    const cause = textOf(event.cause, 'exchange-sequence')
    const symbols = Array.isArray(event.symbols)
      ? event.symbols.filter((one): one is string => typeof one === 'string')
      : []
    if (symbols.length === 0) this.#tell(cause, from, until, at, WHOLE)
    for (const symbol of symbols) this.#tell(cause, from, until, at, WHOLE, symbol)
  }

  #proof(connection: Connection, event: Fields, at: Time): void {
    const type = textOf(event.type, '')
    const before = connection.proofs.get(type)
    if (event.state === 'lost' && before === undefined) {
      const from = earlier(this.#lastOf(connection, at), at)
      connection.proofs.set(type, from)
      this.#tell('proof-lost' satisfies GapCause, from, null, at, FLAG.first)
    } else if (event.state === 'back' && before !== undefined) {
      connection.proofs.delete(type)
      this.#tell('proof-lost', before, at, at, FLAG.last)
    }
  }

  #countEvent(connection: Connection, number: number, event: Fields | undefined, at: Time): void {
    const dropped = event?.kind === 'drop' ? numberOf(event.fromNumber) : undefined
    if (!this.#isBehindHole(connection, dropped ?? number, number)) return
    // A hole ends where frames came again, though they were dropped.
    const until = dropped === undefined ? at : (this.#timeOf(event!.from) ?? at)
    this.#hole(connection, until, at)
  }

  /** Numbers from `first` to `number` are accounted for by this record. */
  #isBehindHole(connection: Connection, first: number, number: number): boolean {
    const { next } = connection
    connection.next = Math.max(next, number + 1)
    return next > 0 && first > next
  }

  #hole(connection: Connection, until: Time, at: Time): void {
    this.#tell('number-hole' satisfies GapCause, this.#lastOf(connection, at), until, at, WHOLE)
  }

  #lastOf({ id, lastMs, lastNs }: Connection, at: Time): Time {
    const known = this.#o.lastBefore?.(id)
    if (known !== undefined) return known
    return lastMs < 0 ? at : { ms: lastMs, ns: lastNs }
  }

  #find(id: string, shard: number): Connection {
    const connection = this.#connections.get(id) ?? this.#add(id, shard, MET_UNDERWAY)
    this.#current = connection
    return connection
  }

  #add(id: string, shard: number, met: Pick<Connection, 'follows' | 'opened'>): Connection {
    const connection: Connection = {
      id,
      shard,
      ...met,
      // One that is met underway was captured before.
      ready: !met.opened,
      closed: false,
      lastMs: -1,
      lastNs: 0,
      next: met.opened ? 1 : 0,
      proofs: new Map(),
    }
    if (this.#connections.size >= MAX_CONNECTIONS) this.#forget()
    this.#connections.set(id, connection)
    this.#shard(shard).last = connection
    return connection
  }

  /** Those that ended without a close event stay in the map until there are too many. */
  #forget(): void {
    for (const [id, { closed }] of this.#connections) if (closed) this.#connections.delete(id)
  }

  #shard(index: number): Shard {
    let shard = this.#shards.get(index)
    if (shard === undefined) {
      shard = { last: null, gap: null }
      this.#shards.set(index, shard)
    }
    return shard
  }

  #timeOf(value: unknown): Time | undefined {
    if (typeof value !== 'string') return undefined
    const bytes = Buffer.from(value)
    if (!this.#times.iso(bytes, 0, bytes.length) || this.#times.ms < 0) return undefined
    return { ms: this.#times.ms, ns: this.#times.ns }
  }
}

const WHOLE = FLAG.first | FLAG.last
const MET_UNDERWAY = { follows: false, opened: false } as const

const earlier = (a: Time, b: Time): Time => (isBefore(b, a) ? b : a)

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
