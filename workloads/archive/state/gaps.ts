// Derives gaps from connections: a hole in the numbers, or the time from the end of a shard's connection until the next one
// was ready. A gap that spans midnight appears, cut, in each day.

import { NANOS_PER_SECOND, rfc3339 } from '#crds/rfc3339.ts'
import type { GapCause, GapFault } from '#wire/events.ts'
import type { Gap } from '../format/manifest.ts'
import { dayAfter, dayOfNanos, maxNanos, minNanos, startOfDay } from '../format/time.ts'
import { byOrder, type ConnectionState } from './connection.ts'
import { type GapSpan, MAX_REASON } from './gap-span.ts'

/** How far to look among a shard's connections for one that overlaps: two, when a connector is replaced. */
const NEIGHBOURS = 4

/** All gaps that follow from the connections known. */
export function gapsOf(connections: Iterable<ConnectionState>): GapSpan[] {
  const shards = new Map<number, ConnectionState[]>()
  const gaps: GapSpan[] = []
  for (const connection of connections) {
    if (connection.revived !== null) continue
    gaps.push(...numberGaps(connection), ...proofGaps(connection))
    const shard = shards.get(connection.shard)
    if (shard === undefined) shards.set(connection.shard, [connection])
    else shard.push(connection)
  }
  for (const shard of shards.values()) gaps.push(...endGaps(shard))
  return gaps
}

/** Numbers of a connection that never arrived. */
export function numberGaps(connection: ConnectionState): GapSpan[] {
  return connection.numbers.holes().map(({ first, last, from, to, missing, count }) => {
    const cause = connection.causeOf({ first, last })
    return {
      cause,
      fault: FAULTS[cause],
      // A clock may have gone back between two processes: a gap never ends before it begins.
      from: minNanos(from, to),
      to: maxNanos(from, to),
      connection: connection.id,
      shard: connection.shard,
      missing,
      ...(count > 1 ? { count } : {}),
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

/** Times in which frames came whose exchange's numbers cannot be read. */
function proofGaps(connection: ConnectionState): GapSpan[] {
  const { id, shard, close } = connection
  return connection.proofs.map(({ type, channel, reason, from, to }) => ({
    cause: 'proof-lost',
    fault: 'exchange',
    from,
    to: to ?? (close === null ? null : maxNanos(from, endOf(connection))),
    connection: id,
    shard,
    missing: null,
    channel,
    detail: `type ${type}: ${reason}`,
  }))
}

/** Times in which a shard had no connection with all its subscriptions confirmed. */
function endGaps(shard: ConnectionState[]): GapSpan[] {
  shard.sort(byOrder)
  const gaps: GapSpan[] = []
  shard.forEach((connection, i) => {
    const { close } = connection
    if (close === null && mayLive(shard, i)) return
    // One that was never ready ended no capture, unless nothing was before it.
    if (connection.readyAt === null && (i > 0 || connection.follows !== null)) return
    if (close?.replacedBy !== undefined && isReplaced(shard, close.replacedBy)) return
    const overlaps = shard
      .slice(Math.max(0, i - NEIGHBOURS), i + NEIGHBOURS + 1)
      .some((other) => other !== connection && covers(other, connection, shard))
    if (overlaps) return
    const end = endOf(connection)
    const ready = readyAfter(shard, i)
    const isBack = ready !== null && ready < end
    gaps.push({
      cause: close?.cause ?? 'connector-lost',
      fault: close?.fault ?? 'ours',
      from: isBack ? ready : end,
      to: isBack ? end : ready,
      connection: connection.id,
      shard: connection.shard,
      missing: null,
      ...(isBack ? { clock: 'back' as const } : {}),
      detail: detailOf(connection),
    })
  })
  return gaps
}

/** True if no other connection was opened after it, but such as were to replace it while it was open. */
function mayLive(shard: readonly ConnectionState[], at: number): boolean {
  const { id } = shard[at]!
  return shard.every((later, i) => i <= at || later.replaces === id)
}

/** True if the connection that a close event names was ready: the connector saw that, whatever the order of the stream. */
const isReplaced = (shard: readonly ConnectionState[], by: string): boolean =>
  shard.some(({ id, readyAt }) => id === by && readyAt !== null)

/** When capture continued after the connection at `i`, by the clock of the one that did; null if none has. */
function readyAfter(shard: readonly ConnectionState[], i: number): bigint | null {
  for (let j = i + 1; j < shard.length; j++) {
    if (continues(shard[j]!, shard[i]!)) return shard[j]!.readyAt
  }
  return null
}

const endOf = (connection: ConnectionState): bigint =>
  connection.lastAt ?? connection.openedAt ?? connection.close?.at ?? 0n

/** True if capture continued with `other`, which is later in order: it was ready, and did not end before. */
function continues(other: ConnectionState, ended: ConnectionState): boolean {
  if (other.readyAt === null) return false
  // Without an order of the stream only the clocks can tell.
  if (other.lastOrder === 0) return other.readyAt > endOf(ended)
  return other.lastOrder > ended.lastOrder || comesAfter(other, ended)
}

/**
 * True if `other` was ready before `ended` ended and went on after it. A block that is sent again comes late, and
 * clocks can be wrong: only if the stream and the times agree is there no gap.
 */
function covers(
  other: ConnectionState,
  ended: ConnectionState,
  shard: readonly ConnectionState[]
): boolean {
  const end = endOf(ended)
  if (other.readyAt === null || other.readyAt > end) return false
  if (other.readyOrder > ended.lastOrder || comesAfter(other, ended)) return false
  if (other.close === null && other === shard.at(-1)) return true
  const isOrdered = other.lastOrder > 0 && ended.lastOrder > 0
  return isOrdered ? other.lastOrder > ended.lastOrder : endOf(other) > end
}

/** True if `other` says that it followed `ended` when that had said its last word. */
const comesAfter = ({ follows }: ConnectionState, { id, numbers }: ConnectionState): boolean =>
  follows?.connection === id && numbers.last <= follows.number

function detailOf({ close }: ConnectionState): string {
  if (close === null) return 'the connector ended without a close event'
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
  const { cause, fault, connection, shard, missing, detail } = gap
  const { count, channel, scope, sequences, numbers, clock } = gap
  const goesOn = to === null ? day < newest : to > end
  return {
    cause,
    fault,
    from: rfc3339(from < start ? start : from),
    to: goesOn ? rfc3339(end) : to === null ? null : rfc3339(to),
    connection,
    shard,
    missing,
    ...(count === undefined ? {} : { count }),
    ...(channel === undefined ? {} : { channel }),
    ...(scope === undefined ? {} : { scope }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(numbers === undefined ? {} : { numbers }),
    ...(clock === undefined ? {} : { clock }),
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

/** A gap longer than this is written into its first and last days only: a clock that was at 1970 is no hole of 50 years. */
const MAX_GAP_DAYS = 400

/** UTC days from one time to another; of a very long span only the ends. */
export function daysOf(from: bigint, to: bigint): string[] {
  const last = dayOfNanos(to)
  const days: string[] = []
  for (let day = dayOfNanos(from); day <= last; day = dayAfter(day)) {
    days.push(day)
    if (days.length > MAX_GAP_DAYS) return [days[0]!, last]
  }
  return days
}
