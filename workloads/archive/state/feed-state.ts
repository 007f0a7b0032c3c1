// Everything committed of one feed: the fold of its journal. Manifests, checkpoints and recovery all derive from it, so they
// cannot contradict each other.

import { NANOS_PER_SECOND, rfc3339 } from '#crds/rfc3339.ts'
import { formatIndexLine, sortedKeys } from '../format/index-line.ts'
import {
  type Gap,
  MANIFEST_VERSION,
  type Manifest,
  type MoreConnections,
} from '../format/manifest.ts'
import { isImported } from '../format/names.ts'
import { dayAfter, dayOfSecond, earlier, later, parseNanos, startOfDay } from '../format/time.ts'
import { byOrder, type ConnectionJson, ConnectionState, type StreamLoss } from './connection.ts'
import { DayState, describeSegment } from './day.ts'
import { retired } from './end-gaps.ts'
import { boundGaps, trimGaps, without } from './gap-list.ts'
import type { GapSpan } from './gap-span.ts'
import { clipGap, gapsOf, sortGaps } from './gaps.ts'
import type {
  Bookmark,
  CommitRecord,
  DayJson,
  FeedText,
  JournalRecord,
  SegmentJson,
} from './journal-record.ts'
import { type DayConnection, toOrigins } from './origin.ts'

export type Owner = {
  readonly feed: string
  readonly environment: string
  readonly archive: string
}

export type Checkpoint = Owner & {
  readonly version: 3
  /** The archive's own: names of files being written carry it. */
  readonly id: string
  /** The journal that continues from here: its number, and the mark in its first record. */
  readonly epoch: number
  readonly mark: string
  readonly bookmark: Bookmark | null
  readonly newest: string | null
  readonly settled: number
  readonly loss: StreamLoss | null
  readonly connections: readonly ConnectionJson[]
  readonly days: readonly DayJson[]
  /** Left out by older versions. */
  readonly feeds?: readonly FeedText[]
}

/** What the next commit will speak of. */
export type InPlay = {
  readonly days: ReadonlySet<string>
  readonly connections: ReadonlySet<string>
  /** Feeds, by sha256. */
  readonly feeds: ReadonlySet<string>
}

/**
 * A segment takes late records until the feed has gone this far beyond its slice: the duplicate window of the stream,
 * within which a publisher's retry is an ordinary thing.
 */
export const GRACE_SECONDS = 120
/** An ended connection is kept this long after the feed's newest record, then only its manifests know it. */
const CONNECTION_SECONDS = 86_400
/** Where there are more, this long only: five times the duplicate window. */
const MAX_CONNECTIONS = 1000
const STORM_SECONDS = 600
/** Connections of a day that its manifest names one by one. */
const MAX_NAMED = 1000
/** A day is kept in memory this long after its end. */
const DAY_SECONDS = 86_400

export class FeedState {
  readonly owner: Owner
  readonly id: string
  bookmark: Bookmark | null = null
  newest: bigint | null = null
  settled = 0
  loss: StreamLoss | null = null
  readonly connections = new Map<string, ConnectionState>()
  readonly days = new Map<string, DayState>()
  /** Texts of Feeds that connections or days may still need, by sha256. */
  readonly feeds = new Map<string, string>()

  constructor(owner: Owner, id: string) {
    this.owner = owner
    this.id = id
  }

  apply(record: JournalRecord): void {
    if (record.kind === 'commit') this.#commit(record)
    else if (record.kind === 'seal') this.days.get(record.day)!.seal(record)
  }

  #commit(record: CommitRecord): void {
    this.bookmark = record.bookmark
    this.newest = record.newest === null ? null : (parseNanos(record.newest) ?? null)
    this.settled = record.settled
    this.loss = record.loss
    for (const { sha256, text } of record.feeds ?? []) this.feeds.set(sha256, text)
    for (const day of record.days) this.days.set(day.day, DayState.fromJSON(day))
    for (const opened of record.opened) this.days.get(opened.day)!.open(opened)
    for (const { day, name, entry } of record.members) {
      this.days.get(day)!.addMember(name, entry, Buffer.byteLength(formatIndexLine(entry)))
    }
    for (const { day, name } of record.ended) {
      this.days.get(day)!.segments.get(name)!.status = 'ended'
    }
    for (const connection of record.connections) {
      this.connections.set(connection.id, ConnectionState.fromJSON(connection))
    }
    for (const taken of record.takenBack ?? []) {
      let left = [taken]
      for (const day of this.days.values()) left = left.flatMap((part) => day.takeBack(part))
    }
    for (const added of record.added) this.days.get(added.day)!.add(added)
    for (const { connection, numbers } of record.filled) {
      for (const day of this.days.values()) {
        day.gaps = day.gaps.flatMap((gap) =>
          isNumberGap(gap, connection) ? withoutNumbers(gap, numbers) : [gap]
        )
      }
    }
  }

  get newestSecond(): number {
    return this.newest === null ? 0 : Number(this.newest / NANOS_PER_SECOND)
  }

  /** All gaps that follow from the connections known, not cut. */
  derivedGaps(): GapSpan[] {
    return gapsOf(this.connections.values())
  }

  /** The gaps of a day, in the order of the manifest. */
  gapsOf(day: DayState, derived: readonly GapSpan[]): Gap[] {
    const newest = dayOfSecond(this.newestSecond)
    const cut = derived.flatMap((gap) => clipGap(gap, day.day, newest) ?? [])
    return sortGaps(boundGaps([...day.gaps, ...cut]))
  }

  manifest(
    day: DayState,
    gaps: readonly Gap[],
    sha256Of: (segment: SegmentJson) => string,
    updated: string
  ): Manifest {
    const segments = [...day.segments.values()]
      .filter((segment) => segment.members > 0)
      .sort((a, b) => (a.group === b.group ? a.number - b.number : a.group < b.group ? -1 : 1))
      .map((segment) => describeSegment(segment, sha256Of(segment)))
    const sum = (of: (segment: (typeof segments)[number]) => number) =>
      segments.reduce((total, segment) => total + of(segment), 0)
    const { connections: named, more, simulated, imported } = namedConnections(day)
    const { exchange, connections } = toOrigins(named, day.feeds)
    const { feed, environment, archive } = this.owner
    return {
      version: MANIFEST_VERSION,
      feed,
      day: day.day,
      environment,
      archive,
      ...(exchange === undefined ? {} : { exchange }),
      simulated,
      ...(imported ? { imported: true as const } : {}),
      condition: this.conditionOf(day, gaps),
      updated,
      records: sum((segment) => segment.records),
      bytes: sum((segment) => segment.bytes),
      rawBytes: sum((segment) => segment.rawBytes),
      from: least(segments.map((segment) => segment.from)),
      to: greatest(segments.map((segment) => segment.to)),
      segments: segments.map((segment) => ({
        ...segment,
        types: sortedKeys(segment.types),
      })),
      connections,
      ...(more === undefined ? {} : { moreConnections: more }),
      sequences: [...day.sequences.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, sequence]) => sequence),
      skipped: sortedKeys(day.skipped),
      ...(day.counts === undefined ? {} : { counts: day.counts }),
      ...(day.feeds.length === 0 ? {} : { feeds: day.feeds }),
      gaps,
    }
  }

  conditionOf(day: DayState, gaps: readonly Gap[]): Manifest['condition'] {
    if (gaps.length > 0) return day.records === 0 ? 'missing' : 'degraded'
    // What another program did not archive is not known.
    if (hasImported(day)) return 'degraded'
    const end = startOfDay(dayAfter(day.day)) + GRACE_SECONDS
    const isOver = Math.max(this.newestSecond, this.settled) >= end
    return isOver && day.isSealed ? 'available' : 'pending'
  }

  /** True for a day that may be known to its manifest alone. */
  isOver(day: string): boolean {
    return startOfDay(dayAfter(day)) + DAY_SECONDS <= this.newestSecond
  }

  /**
   * Evicts what is over and stands in manifests, unless the next commit needs it. Returns the connections and the
   * days that it evicted.
   */
  evict(inPlay: InPlay): { connections: string[]; days: string[] } {
    const kept = this.connections.size > MAX_CONNECTIONS ? STORM_SECONDS : CONNECTION_SECONDS
    const before = BigInt(this.newestSecond - kept) * NANOS_PER_SECOND
    const openEnds = new Set(
      this.derivedGaps().flatMap((gap) => (gap.to === null ? [gap.connection] : []))
    )
    const over = retired(this.connections.values())
    const latest = new Map<number, string>()
    for (const { id, shard } of [...this.connections.values()].sort(byOrder)) latest.set(shard, id)
    const forgotten = [...this.connections.values()].filter(
      (connection) =>
        connection.latest < before &&
        (latest.get(connection.shard) !== connection.id || over.has(connection.id)) &&
        !openEnds.has(connection.id) &&
        !inPlay.connections.has(connection.id)
    )
    if (forgotten.length > 0) this.#freeze(forgotten)
    const days: string[] = []
    for (const [name, day] of this.days) {
      if (!this.isOver(name) || !day.isSealed || inPlay.days.has(name)) continue
      this.days.delete(name)
      days.push(name)
    }
    const needed = new Set([...this.connections.values()].map(({ feed }) => feed?.sha256))
    for (const sha256 of this.feeds.keys()) {
      if (!needed.has(sha256) && !inPlay.feeds.has(sha256)) this.feeds.delete(sha256)
    }
    return { connections: forgotten.map((connection) => connection.id), days }
  }

  /** Writes the gaps of connections down for good, then forgets the connections. */
  #freeze(connections: readonly ConnectionState[]): void {
    const ids = new Set<string | null>(connections.map((connection) => connection.id))
    const newest = dayOfSecond(this.newestSecond)
    for (const gap of this.derivedGaps()) {
      if (!ids.has(gap.connection)) continue
      for (const day of this.days.values()) {
        const cut = clipGap(gap, day.day, newest)
        if (cut === undefined) continue
        day.gaps.push(cut)
        day.gaps = trimGaps(day.gaps)
      }
    }
    for (const connection of connections) this.connections.delete(connection.id)
  }

  toCheckpoint({ epoch, mark }: { readonly epoch: number; readonly mark: string }): Checkpoint {
    return {
      version: 3,
      ...this.owner,
      id: this.id,
      epoch,
      mark,
      bookmark: this.bookmark,
      newest: this.newest === null ? null : rfc3339(this.newest),
      settled: this.settled,
      loss: this.loss,
      connections: [...this.connections.values()].map((connection) => connection.toJSON()),
      days: [...this.days.values()].map((day) => day.toJSON()),
      feeds: [...this.feeds].map(([sha256, text]) => ({ sha256, text })),
    }
  }

  static fromCheckpoint(checkpoint: Checkpoint): FeedState {
    const { feed, environment, archive } = checkpoint
    const state = new FeedState({ feed, environment, archive }, checkpoint.id)
    state.bookmark = checkpoint.bookmark
    state.newest = checkpoint.newest === null ? null : (parseNanos(checkpoint.newest) ?? null)
    state.settled = checkpoint.settled
    state.loss = checkpoint.loss
    for (const connection of checkpoint.connections) {
      state.connections.set(connection.id, ConnectionState.fromJSON(connection))
    }
    for (const { sha256, text } of checkpoint.feeds ?? []) state.feeds.set(sha256, text)
    for (const day of checkpoint.days) state.days.set(day.day, DayState.fromJSON(day))
    return state
  }
}

/** The connections that a manifest names: all, or the latest of very many and the sums of the others. */
function namedConnections(day: DayState): {
  connections: DayConnection[]
  more: MoreConnections | undefined
  simulated: boolean
  imported: boolean
} {
  const { connections, more: before } = day
  const all = [...connections.values()]
  const byId = (a: DayConnection, b: DayConnection) => (a.id < b.id ? -1 : 1)
  const simulated = all.some((connection) => connection.simulated)
  const imported = hasImported(day)
  if (all.length <= MAX_NAMED) {
    return { connections: all.sort(byId), more: before, simulated, imported }
  }
  all.sort((a, b) => (a.to > b.to ? -1 : a.to < b.to ? 1 : byId(a, b)))
  const rest = all.slice(MAX_NAMED)
  const more = {
    count: rest.length + (before?.count ?? 0),
    records: rest.reduce((sum, { records }) => sum + records, before?.records ?? 0),
    skipped: rest.reduce((sum, { skipped }) => sum + skipped, before?.skipped ?? 0),
  }
  return { connections: all.slice(0, MAX_NAMED).sort(byId), more, simulated, imported }
}

function hasImported({ connections }: DayState): boolean {
  for (const id of connections.keys()) if (isImported(id)) return true
  return false
}

/** Gaps of the numbers themselves: they go away when the numbers come after all. */
const NUMBER_CAUSES: readonly string[] = [
  'number-hole',
  'stream-aged',
  'stream-recreated',
  'imported',
]

export const isNumberGap = (gap: Gap, connection: string): boolean =>
  gap.connection === connection && gap.numbers !== undefined && NUMBER_CAUSES.includes(gap.cause)

/** True if a gap of a manifest follows from that connection, and is derived while it is known. */
export const isDerivedGap = (gap: Gap, connection: string): boolean =>
  isNumberGap(gap, connection) ||
  (gap.connection === connection && gap.cause === 'proof-lost') ||
  (gap.connection === connection &&
    gap.numbers === undefined &&
    gap.channel === undefined &&
    gap.missing === null)

/** What is left of a gap when some of its numbers came after all; what settled together is taken no more. */
function withoutNumbers(gap: Gap, numbers: readonly [number, number]): Gap[] {
  if (gap.count !== undefined) return [gap]
  return without(gap.numbers!, numbers).map(([a, b]) => ({
    ...gap,
    numbers: [a, b],
    missing: b - a + 1,
  }))
}

const least = (texts: readonly string[]): string | null =>
  texts.length === 0 ? null : texts.reduce(earlier)

const greatest = (texts: readonly string[]): string | null =>
  texts.length === 0 ? null : texts.reduce(later)
