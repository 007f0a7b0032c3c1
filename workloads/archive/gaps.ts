// Gaps, as a pure function of what is known of the connections: a hole in the numbers, and the time between the end of
// a shard's connection and the moment the next one was ready. A gap that spans midnight stands, cut, in each day.

import type { GapCause, GapFault } from '#wire/events.ts'
import type { ConnectionState } from './connection.ts'
import { type GapSpan, MAX_REASON } from './gap-span.ts'
import type { Gap } from './manifest.ts'
import { dayAfter, formatNanos, maxNanos, minNanos, NANOS_PER_SECOND, startOfDay } from './time.ts'

/** How far to look among a shard's connections for one that overlaps: two, when a connector is replaced. */
const NEIGHBOURS = 4

/** All gaps that follow from the connections known. */
export function gapsOf(connections: Iterable<ConnectionState>): GapSpan[] {
  const shards = new Map<number, ConnectionState[]>()
  const gaps: GapSpan[] = []
  for (const connection of connections) {
    if (connection.revived !== null) continue
    gaps.push(...numberGaps(connection))
    const shard = shards.get(connection.shard)
    if (shard === undefined) shards.set(connection.shard, [connection])
    else shard.push(connection)
  }
  for (const shard of shards.values()) gaps.push(...endGaps(shard))
  return gaps
}

/** Numbers of a connection that never arrived. */
export function numberGaps(connection: ConnectionState): GapSpan[] {
  return connection.ledger.holes().map(({ first, last, from, to }) => {
    const cause = connection.causeOf({ first, last })
    return {
      cause,
      fault: FAULTS[cause],
      // A clock may have gone back between two processes: a gap never ends before it begins.
      from: minNanos(from, to),
      to: maxNanos(from, to),
      connection: connection.id,
      shard: connection.shard,
      missing: last - first + 1,
      numbers: [first, last] as const,
      detail: DETAILS[cause],
    }
  })
}

const FAULTS = {
  'number-hole': 'unknown',
  'stream-aged': 'ours',
  'stream-recreated': 'user',
} as const satisfies Partial<Record<GapCause, GapFault>>

const DETAILS = {
  'number-hole': 'these numbers of the connection never arrived',
  'stream-aged': 'the stream discarded these numbers before they were archived',
  'stream-recreated': 'these numbers were in a stream that was deleted',
} as const satisfies Partial<Record<GapCause, string>>

/** Times in which a shard had no connection with all its subscriptions confirmed. */
function endGaps(shard: ConnectionState[]): GapSpan[] {
  // Ids sort by time.
  shard.sort((a, b) => (a.id < b.id ? -1 : 1))
  const gaps: GapSpan[] = []
  shard.forEach((connection, i) => {
    const { close } = connection
    if (close === null && i === shard.length - 1) return
    // One that was never ready ended no capture, unless nothing was before it.
    if (connection.readyAt === null && i > 0) return
    const end = endOf(connection)
    const overlaps = shard
      .slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1)
      .some((other) => other !== connection && covers(other, end, shard))
    if (overlaps) return
    let to: bigint | null = null
    for (let j = i + 1; j < shard.length && to === null; j++) {
      const ready = shard[j]!.readyAt
      if (ready !== null && ready > end) to = ready
    }
    gaps.push({
      cause: close?.cause ?? 'connector-lost',
      fault: close?.fault ?? 'ours',
      from: end,
      to,
      connection: connection.id,
      shard: connection.shard,
      missing: null,
      detail: detailOf(connection),
    })
  })
  return gaps
}

const endOf = (connection: ConnectionState): bigint =>
  connection.lastAt ?? connection.openedAt ?? connection.close?.at ?? 0n

/** True where `other` was ready at that time and went on after it. */
function covers(other: ConnectionState, at: bigint, shard: readonly ConnectionState[]): boolean {
  if (other.readyAt === null || other.readyAt > at) return false
  const lives = other.close === null && other === shard.at(-1)
  return lives || endOf(other) > at
}

function detailOf({ close }: ConnectionState): string {
  if (close === null) return 'the connector ended without a word'
  const code = close.code ? `code ${close.code}` : ''
  return [code, close.reason.slice(0, MAX_REASON)].filter((part) => part !== '').join(': ')
}

/** The part of a gap that lies in a day, or undefined; `newest` is the latest day that has records. */
export function clipGap(gap: GapSpan, day: string, newest: string): Gap | undefined {
  const start = BigInt(startOfDay(day)) * NANOS_PER_SECOND
  const end = BigInt(startOfDay(dayAfter(day))) * NANOS_PER_SECOND
  const { from, to } = gap
  if (from >= end) return undefined
  if (to !== null && (to < start || (to === start && from < start))) return undefined
  if (to === null && from < start && day > newest) return undefined
  const { cause, fault, connection, shard, missing, channel, numbers, detail } = gap
  const goesOn = to === null ? day < newest : to > end
  return {
    cause,
    fault,
    from: formatNanos(from < start ? start : from),
    to: goesOn ? formatNanos(end) : to === null ? null : formatNanos(to),
    connection,
    shard,
    missing,
    ...(channel === undefined ? {} : { channel }),
    ...(numbers === undefined ? {} : { numbers }),
    detail,
  }
}

/** One order for all manifests: by time, then by what they say. */
export function sortGaps(gaps: readonly Gap[]): Gap[] {
  const key = (gap: Gap) =>
    [gap.from, gap.to ?? '~', gap.cause, gap.connection ?? '', gap.numbers?.[0] ?? 0].join(' ')
  return gaps
    .map((gap) => ({ gap, key: key(gap) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ gap }) => gap)
}
