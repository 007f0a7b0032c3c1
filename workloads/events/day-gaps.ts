// What the manifest of a day says of its gaps, for history: those that no line names, at their places among the lines, and
// since when frames are missing in those that lines do name. Pure.

import type { Gap, Manifest } from '#archive/read/reader.ts'

/** A gap at its place: before the line of this key, or between lines. */
export type PlacedGap = {
  readonly recv: string
  readonly connection: string
  readonly number: number
  readonly reason: string
  readonly from: string
  readonly to: string | null
  /** Lasts from before the reading, in this shard; ended by the lines. */
  readonly shard: number | null
}

export type DayGaps = {
  /** In order. */
  readonly placed: readonly PlacedGap[]
  /** By `connection` of an ended connection, and by `connection to` of others: since when. */
  readonly began: ReadonlyMap<string, string>
  /** Those that continue in the next day: since when. */
  readonly carried: ReadonlyMap<string, string>
}

export type DayPlace = {
  /** Where the reading of the feed begins, if it is in this day: gaps that last already are named there. Null: it began before. */
  readonly start: string | null
  /** The midnight behind it, if the next day is read too. */
  readonly end: string | null
  /** What the day before said of gaps that continue. */
  readonly carried: ReadonlyMap<string, string>
}

export function dayGaps(
  { day, gaps, connections }: Pick<Manifest, 'day' | 'gaps' | 'connections'>,
  { start, end, carried }: DayPlace
): DayGaps {
  const midnight = `${day}T00:00:00.000000000Z`
  const placed: PlacedGap[] = []
  const began = new Map<string, string>()
  const goesOn = new Map<string, string>()
  for (const gap of gaps) {
    const { connection, to } = gap
    // Each day has its part of a gap, cut at midnight.
    const isCut = gap.from === midnight
    const from = (isCut && carried.get(nameOf(gap))) || gap.from
    if (isOfLines(gap)) {
      // Of several that are counted together only the first began then; the lines tell the others apart.
      const isOne = (gap.count ?? 1) === 1
      if (!isCut && isOne) began.set(isEnd(gap) ? connection! : `${connection} ${to}`, from)
      const lasts =
        start !== null &&
        isEnd(gap) &&
        from <= start &&
        (to === null || to > start) &&
        isKnown(gap, connections, start)
      if (lasts) placed.push({ ...placeOf(gap), recv: start, connection: '', number: 0 })
    } else if (end !== null && to === end) goesOn.set(nameOf(gap), from)
    else placed.push({ ...placeOf(gap), from, shard: null })
  }
  placed.sort(
    (a, b) => compare(a.recv, b.recv) || compare(a.connection, b.connection) || a.number - b.number
  )
  return { placed, began, carried: goesOn }
}

type Connections = Manifest['connections']

/** An end is known with the close event, or when the next connection opens. */
function isKnown(gap: Gap, connections: Connections, start: string): boolean {
  const ended = connections.find(({ id }) => id === gap.connection)
  // It ended in an earlier day.
  if (ended === undefined) return true
  if (ended.closed) return ended.to < start
  return connections.some(
    ({ shard, from }) => shard === ended.shard && from > ended.to && from < start
  )
}

/** Connections that are open where the reading begins, or ended before without a close event. */
export function underway(connections: Connections, start: string): Connections {
  const latest = new Map<number, Connections[number]>()
  for (const one of connections) {
    const known = latest.get(one.shard)
    if (one.from < start && (known === undefined || known.from < one.from))
      latest.set(one.shard, one)
  }
  return [...latest.values()].filter(({ closed, to }) => !closed || to >= start)
}

const nameOf = ({ cause, connection, numbers, detail }: Gap): string =>
  [cause, connection, numbers, detail].join(' ')

/** Numbers that are missing, and that no line names. */
export const isHole = ({ cause }: Gap): boolean =>
  cause === 'number-hole' || cause === 'stream-aged' || cause === 'stream-recreated'

/** A line names it. A manifest counts many of a kind together; the lines name each. */
const isOfLines = (gap: Gap): boolean => {
  if (gap.numbers !== undefined) return gap.cause === 'buffer-full' || gap.cause === 'oversize'
  // There are more than the manifest lists, and not even their connections stand in the manifest: one row for all.
  if (isHole(gap)) return false
  return gap.connection !== null || (gap.count ?? 1) > 1 || gap.channel !== undefined
}

/** The end of a connection. */
const isEnd = (gap: Gap): boolean =>
  gap.connection !== null && gap.numbers === undefined && gap.channel === undefined

const placeOf = ({ cause, connection, from, to, numbers, shard }: Gap): PlacedGap => ({
  recv: to ?? from,
  connection: connection ?? '',
  // The record behind the missing ones.
  number: numbers === undefined ? 0 : numbers[1] + 1,
  reason: cause,
  from,
  to,
  shard,
})

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
