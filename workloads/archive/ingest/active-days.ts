// The days that can take records. A day that is no longer in memory is restored from its manifest when a late record needs
// it. The manifest also tells which numbers of evicted connections are held, so no record is written twice.

import type { Gap, Manifest, ManifestConnection } from '../format/manifest.ts'
import { parseNanos } from '../format/time.ts'
import { dayFromManifest } from '../state/day.ts'
import { type FeedState, isDerivedGap, isNumberGap } from '../state/feed-state.ts'
import type { DayJson, SegmentJson } from '../state/journal-record.ts'
import { NumberRanges, type Range } from '../state/number-ranges.ts'

/** The numbers of a connection in the lines of a day. */
export type ReadLines = (
  id: string,
  day: string,
  segments: Iterable<SegmentJson>
) => Iterable<{ readonly number: number; readonly recv: string }>

export class ActiveDays {
  readonly #state: FeedState
  readonly #readManifest: (day: string) => Manifest | undefined
  readonly #readLines: ReadLines
  readonly #known: Set<string>
  /** Days that came into play since the last commit. */
  #fresh = new Map<string, DayJson>()
  /** Those that the commit under way takes to the state. */
  #taken = new Map<string, DayJson>()

  constructor(
    state: FeedState,
    readManifest: (day: string) => Manifest | undefined,
    readLines: ReadLines
  ) {
    this.#readLines = readLines
    this.#state = state
    this.#readManifest = readManifest
    this.#known = new Set(state.days.keys())
  }

  /** Makes a day known. */
  ensure(day: string): void {
    if (this.#known.has(day)) return
    this.#known.add(day)
    const manifest = this.#readManifest(day)
    const { connections } = this.#state
    const isDerived = (gap: Gap): boolean => {
      const known = gap.connection === null ? undefined : connections.get(gap.connection)
      return known !== undefined && known.revived === null && isDerivedGap(gap, known.id)
    }
    this.#fresh.set(day, manifest ? dayFromManifest(manifest, isDerived) : emptyDay(day))
  }

  /** The days that came into play since the last call. */
  take(): DayJson[] {
    this.#taken = this.#fresh
    this.#fresh = new Map()
    return [...this.#taken.values()]
  }

  forget(days: readonly string[]): void {
    for (const day of days) this.#known.delete(day)
  }

  /** Number for the next segment of a group in a day that `ensure` made known. */
  nextNumber(day: string, group: string): number {
    let next = 0
    for (const segment of this.#segments(day)) {
      if (segment.group === group) next = Math.max(next, segment.number + 1)
    }
    return next
  }

  /** The numbers of a connection that a day holds, as ranges. */
  heldNumbers(id: string, day: string): readonly Range[] {
    this.ensure(day)
    const held = this.#connection(id, day)
    if (held === undefined) return this.#unnamed(id, day)
    const numbers = new NumberRanges()
    const from = parseNanos(held.from) ?? 0n
    const to = parseNanos(held.to) ?? 0n
    let next = held.first
    const holes = this.#gaps(day)
      .flatMap((gap) => (isNumberGap(gap, id) && gap.count === undefined ? [gap.numbers!] : []))
      .sort((a, b) => a[0] - b[0])
    for (const [first, last] of holes) {
      numbers.claim(next, Math.min(first - 1, held.last), (number) => (number === next ? from : to))
      next = Math.max(next, last + 1)
    }
    numbers.claim(next, held.last, (number) => (number === next ? from : to))
    return numbers.ranges
  }

  /** The manifest that the day came back from may not name the connection, and its lines hold it all the same. */
  #unnamed(id: string, day: string): readonly Range[] {
    const known = this.#waiting(day) ?? this.#state.days.get(day)
    const more = known && ('more' in known ? known.more : known.moreConnections)
    if (more === undefined) return []
    const numbers = new NumberRanges()
    for (const { number, recv } of this.#readLines(id, day, this.#segments(day))) {
      numbers.claim(number, number, () => parseNanos(recv) ?? 0n)
    }
    return numbers.ranges
  }

  #segments(day: string): Iterable<SegmentJson> {
    return this.#waiting(day)?.segments ?? this.#state.days.get(day)?.segments.values() ?? []
  }

  #connection(id: string, day: string): ManifestConnection | undefined {
    const waiting = this.#waiting(day)
    if (waiting !== undefined) return waiting.connections.find((connection) => connection.id === id)
    return this.#state.days.get(day)?.connections.get(id)
  }

  #gaps(day: string): readonly Gap[] {
    return this.#waiting(day)?.gaps ?? this.#state.days.get(day)?.gaps ?? []
  }

  /** A day that the state does not have yet. */
  #waiting(day: string): DayJson | undefined {
    return this.#state.days.has(day) ? undefined : (this.#fresh.get(day) ?? this.#taken.get(day))
  }
}

const emptyDay = (day: string): DayJson => ({
  day,
  segments: [],
  connections: [],
  sequences: [],
  skipped: {},
  counts: {},
  gaps: [],
})
