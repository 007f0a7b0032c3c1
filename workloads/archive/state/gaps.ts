// Derives gaps from connections: a hole in the numbers, a proof that was lost, or the time after the end of one. A gap that spans midnight appears, cut, in each day.

import { NANOS_PER_SECOND, rfc3339 } from '#crds/rfc3339.ts'
import type { GapCause, GapFault } from '#wire/events.ts'
import type { Gap } from '../format/manifest.ts'
import { dayAfter, dayOfNanos, maxNanos, minNanos, startOfDay } from '../format/time.ts'
import type { ConnectionState } from './connection.ts'
import { endGaps, endOf } from './end-gaps.ts'
import type { GapSpan } from './gap-span.ts'

/** All gaps that follow from the connections known. */
export function gapsOf(connections: Iterable<ConnectionState>): GapSpan[] {
  const known = [...connections].filter(({ revived }) => revived === null)
  return known.flatMap((one) => [...numberGaps(one), ...proofGaps(one)]).concat(endGaps(known))
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
  imported: 'unknown',
  'stream-aged': 'ours',
  'stream-recreated': 'user',
} as const satisfies Partial<Record<GapCause, GapFault>>

const DETAILS = {
  imported: 'these lines of the imported file are no frames',
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
