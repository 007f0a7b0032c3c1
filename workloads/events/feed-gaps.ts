// The gap rows of one feed of an archive, day by day, in the total order. They follow from the manifests and from what connections
// say of themselves, so every choice of symbols, types and events has the same ones. What frames say is not read for them.

import { FLAG, MarketEvent } from '#market/event.ts'
import { timeText } from '#market/time.ts'
import { type ConnectionEvent, dayEvents } from './day-events.ts'
import { dayGaps, type PlacedGap, underway } from './day-gaps.ts'
import { GapFold } from './gap-fold.ts'
import { GapPlaces } from './gap-places.ts'
import { lastRecords, type Wanted } from './last-records.ts'
import { holesOneByOne } from './number-holes.ts'
import { compareKeys, type DayRecords, type RecordKey } from './records.ts'
import { endOf, later, startOf, type Time, timeOf } from './times.ts'

/** A gap row. It stands before the record of its key, and before all others of its time if it names no connection. */
export type GapRow = {
  readonly at: Time
  readonly connection: string
  readonly number: number
  readonly reason: string
  readonly from: Time
  readonly until: Time | null
  readonly flags: number
  /** Empty: all of the feed. */
  readonly symbol: string
}

export type FeedGapsOptions = {
  /** Receive times, inclusive and exclusive: RFC 3339 with nine decimals. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** @default all */
  readonly symbols?: readonly string[] | undefined
}

type Step =
  | { readonly kind: 'placed'; readonly gap: PlacedGap }
  | { readonly kind: 'event'; readonly event: ConnectionEvent }
  /** The first record of a connection in this day. */
  | { readonly kind: 'met'; readonly id: string; readonly shard: number }

const NONE: ReadonlyMap<string, string> = new Map()

export class FeedGaps {
  readonly #o: FeedGapsOptions
  readonly #fold: GapFold
  #rows: GapRow[] = []
  #key: RecordKey = { recv: '', connection: '', number: 0 }
  #before = ''
  #began: ReadonlyMap<string, string> = NONE
  #carried: ReadonlyMap<string, string> = NONE
  readonly #places = new GapPlaces()
  /** By connection: the last record of the days before, and what was looked up before an event. */
  readonly #lastSeen = new Map<string, string>()
  readonly #lastBefore = new Map<string, Time>()

  constructor(options: FeedGapsOptions) {
    this.#o = options
    const symbols = options.symbols === undefined ? null : new Set(options.symbols)
    const row = new MarketEvent()
    const began = (connection: string, at: Time | null): Time | undefined =>
      this.#beganAt(connection, at)
    const lastBefore = (connection: string): Time | undefined => this.#lastOf(connection)
    this.#fold = new GapFold({ began, lastBefore, countsNumbers: false }, row, (gap) => {
      if (gap.symbol !== '' && symbols !== null && !symbols.has(gap.symbol)) return
      const { reason, flags, symbol } = gap
      this.#rows.push({
        at: { ms: gap.recvMs, ns: gap.recvNs },
        connection: this.#key.connection,
        number: this.#key.number,
        reason,
        from: { ms: gap.timeMs, ns: gap.timeNs },
        until: gap.untilMs < 0 ? null : { ms: gap.untilMs, ns: gap.untilNs },
        flags,
        symbol,
      })
    })
  }

  /** The gap rows of the next day that is read; `next`: the day behind it that is read, too. */
  async day(records: DayRecords, next: string | undefined): Promise<GapRow[]> {
    const { from, to } = this.#o
    const { manifest } = records
    const { day, connections } = manifest
    const isFirst = this.#before === '' || endOf(this.#before) !== startOf(day)
    this.#before = day
    const start = later(startOf(day), from ?? '')
    const end = endOf(day)
    const continues = next !== undefined && startOf(next) === end
    const gaps = await holesOneByOne(records)
    const { placed, began, carried } = dayGaps(
      { ...manifest, gaps },
      {
        start: isFirst ? start : null,
        end: continues ? end : null,
        carried: isFirst ? NONE : this.#carried,
      }
    )
    this.#carried = carried
    this.#began = began
    if (isFirst) {
      this.#lastSeen.clear()
      for (const { id, shard } of underway(connections, start)) this.#fold.underway(id, shard)
    }
    const isWanted = (recv: string): boolean =>
      (from === undefined || recv >= from) && (to === undefined || recv < to)
    const { events, damage } = await dayEvents(records, { from, to })
    await this.#lookUp(records, events)
    const steps: [RecordKey, Step][] = []
    for (const [place, gap] of this.#places.next(placed, manifest, events, continues)) {
      if (isWanted(place.recv)) steps.push([place, { kind: 'placed', gap }])
    }
    for (const event of events) steps.push([event, { kind: 'event', event }])
    for (const { id, shard, from: first, to: last, first: number } of connections) {
      const at = { recv: later(first, start), connection: id, number }
      if (last >= start && isWanted(at.recv)) steps.push([at, { kind: 'met', id, shard }])
    }
    // Of one key: what the manifest says, what the record says, and then that there was a record.
    steps.sort(([a, one], [b, other]) => compareKeys(a, b) || RANK[one.kind] - RANK[other.kind])
    this.#rows = []
    const shards = new Map(connections.map(({ id, shard }) => [id, shard]))
    for (const [key, step] of steps) {
      this.#key = key
      this.#take(step, shards)
    }
    for (const { id, to: last } of connections) this.#lastSeen.set(id, last)
    for (const { id, closed } of connections) if (closed) this.#lastSeen.delete(id)
    const rows = this.#rows
    for (const one of damage) insertGap(rows, damagedGap(one.error.message, one))
    return rows
  }

  #take(step: Step, shards: ReadonlyMap<string, number>): void {
    const fold = this.#fold
    if (step.kind === 'met') fold.underway(step.id, step.shard)
    else if (step.kind === 'event') {
      const { recv, connection, number, fields } = step.event
      const { ms, ns } = timeOf(recv)
      fold.event(connection, shards.get(connection) ?? 0, number, ms, ns, fields)
    } else {
      const { reason, from, to, shard, connection } = step.gap
      const at = timeOf(this.#key.recv)
      if (shard !== null && connection === '') fold.lasts(shard, reason, timeOf(from), at)
      else {
        const until = to === null ? null : timeOf(to)
        fold.tell(reason, timeOf(from), until, at, FLAG.first | (to === null ? 0 : FLAG.last))
      }
    }
  }

  /** Looks up the last records that the fold is going to ask for: where neither the event nor the manifest says them. */
  async #lookUp(records: DayRecords, events: readonly ConnectionEvent[]): Promise<void> {
    const wanted: Wanted[] = []
    const { connections } = records.manifest
    const shards = new Map(connections.map(({ id, shard }) => [id, shard]))
    for (const before of events) {
      const { connection, recv, fields } = before
      const kind = fields?.kind
      const { ms, ns } = timeOf(recv)
      const at = typeof fields?.to === 'string' ? fields.to : timeText(ms, ns)
      const isAsked =
        kind === 'close'
          ? !this.#began.has(connection)
          : kind === 'gap'
            ? typeof fields?.from !== 'string' && !this.#began.has(`${connection} ${at}`)
            : kind === 'proof' && fields?.state === 'lost'
      if (isAsked) wanted.push({ connection, before })
      if (kind !== 'open') continue
      // One that ended without a close event, and that this one follows.
      for (const { id, shard, from, closed } of connections) {
        const isLost = !closed && shard === shards.get(connection) && from < recv
        if (isLost && id !== connection && !this.#began.has(id)) {
          wanted.push({ connection: id, before })
        }
      }
    }
    this.#lastBefore.clear()
    for (const [{ connection, before }, last] of await lastRecords(records, wanted)) {
      this.#lastBefore.set(`${connection} ${before.connection} ${before.number}`, last)
    }
  }

  #lastOf(connection: string): Time | undefined {
    const { connection: by, number } = this.#key
    const last = this.#lastBefore.get(`${connection} ${by} ${number}`)
    if (last !== undefined) return last
    const recv = this.#lastSeen.get(connection)
    return recv === undefined ? undefined : timeOf(recv)
  }

  #beganAt(connection: string, at: Time | null): Time | undefined {
    const key = at === null ? connection : `${connection} ${timeText(at.ms, at.ns)}`
    const from = this.#began.get(key)
    return from === undefined ? undefined : timeOf(from)
  }
}

const RANK = { placed: 0, event: 1, met: 2 } as const

/** What of an archive cannot be read. */
export const damagedGap = (
  message: string,
  { from, to }: { readonly from: string; readonly to: string }
): GapRow => ({
  at: timeOf(from),
  connection: '',
  number: 0,
  reason: `damaged: ${message}`,
  from: timeOf(from),
  until: timeOf(to),
  flags: FLAG.first | FLAG.last,
  symbol: '',
})

/** Puts a row that names no connection into its place, unless the list has the same already. */
export function insertGap(rows: GapRow[], row: GapRow): void {
  const { ms, ns } = row.at
  if (rows.some((one) => one.reason === row.reason && one.at.ms === ms && one.at.ns === ns)) return
  const at = rows.findIndex((one) => one.at.ms > ms || (one.at.ms === ms && one.at.ns > ns))
  rows.splice(at < 0 ? rows.length : at, 0, row)
}
