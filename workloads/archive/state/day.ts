// One day of a feed as committed: segments, connections, sequences, and the gaps that no longer change. Journal records
// extend it; it is written as a manifest, and restored from the manifest when a late record arrives.

import { addTo, type IndexEntry } from '../format/index-line.ts'
import type {
  Counts,
  Gap,
  Manifest,
  ManifestFeed,
  ManifestSegment,
  ManifestSequence,
  MoreConnections,
} from '../format/manifest.ts'
import { feedFile, segmentFile } from '../format/names.ts'
import { earlier, later } from '../format/time.ts'
import { addCounts } from './counts.ts'
import { type TakenBack, takeBack, trimGaps } from './gap-list.ts'
import type { CommitRecord, DayJson, SealRecord, SegmentJson } from './journal-record.ts'
import { type DayConnection, fromOrigins, joinOrigins } from './origin.ts'

export type SegmentState = {
  -readonly [K in keyof SegmentJson]: SegmentJson[K]
}

/** More scopes than these are not listed one by one; the lines hold them all the same. */
const MAX_SEQUENCES = 2000

export class DayState {
  readonly day: string
  readonly segments = new Map<string, SegmentState>()
  readonly connections = new Map<string, DayConnection>()
  more: MoreConnections | undefined
  readonly sequences = new Map<string, ManifestSequence>()
  readonly skipped: Record<string, number> = {}
  /** Undefined on a day that an older version began. */
  counts: Counts | undefined = {}
  readonly feeds: ManifestFeed[] = []
  gaps: Gap[] = []

  constructor(day: string) {
    this.day = day
  }

  open(o: CommitRecord['opened'][number]): void {
    const name = segmentFile(o.group, o.number)
    this.segments.set(name, {
      name,
      group: o.group,
      number: o.number,
      format: o.format ?? 1,
      slice: o.slice,
      sliceSeconds: o.sliceSeconds,
      sealAt: o.sealAt,
      status: 'open',
      bytes: 0,
      rawBytes: 0,
      chunkBytes: 0,
      sha256: '',
      records: 0,
      members: 0,
      indexBytes: 0,
      from: '',
      to: '',
      types: {},
      firstSequence: 0,
      lastSequence: 0,
      late: 0,
    })
  }

  addMember(name: string, entry: IndexEntry, indexBytes: number): void {
    const segment = this.segments.get(name)!
    const isFirst = segment.members === 0
    segment.bytes += entry.bytes
    segment.rawBytes += entry.rawBytes
    segment.chunkBytes = entry.end ? 0 : segment.chunkBytes + entry.rawBytes
    segment.records += entry.lines
    segment.members += 1
    segment.indexBytes += indexBytes
    segment.late += entry.late
    if (isFirst || entry.from < segment.from) segment.from = entry.from
    if (isFirst || entry.to > segment.to) segment.to = entry.to
    const [first, last] = entry.stream
    segment.firstSequence = isFirst ? first : Math.min(segment.firstSequence, first)
    segment.lastSequence = isFirst ? last : Math.max(segment.lastSequence, last)
    for (const [type, count] of Object.entries(entry.types)) {
      addTo(segment.types as Record<string, number>, type, count)
    }
  }

  seal(record: SealRecord): void {
    const segment = this.segments.get(record.name)!
    segment.status = 'sealed'
    segment.bytes = record.bytes
    segment.sha256 = record.sha256
    segment.members = record.members
    segment.indexBytes = record.indexBytes
    segment.chunkBytes = 0
  }

  add(added: CommitRecord['added'][number]): void {
    for (const more of added.connections) {
      const held = this.connections.get(more.id)
      this.connections.set(more.id, held === undefined ? more : joinConnections(held, more))
    }
    for (const more of added.sequences) {
      const key = sequenceKey(more)
      const held = this.sequences.get(key)
      if (held === undefined && this.sequences.size >= MAX_SEQUENCES) continue
      const first = Math.min(held?.first ?? more.first, more.first)
      const last = Math.max(held?.last ?? more.last, more.last)
      this.sequences.set(key, { ...more, first, last })
    }
    for (const [type, count] of Object.entries(added.skipped)) addTo(this.skipped, type, count)
    if (added.counts !== undefined && this.counts !== undefined) {
      this.counts = addCounts(this.counts, added.counts)
    }
    for (const feed of added.feeds ?? []) this.#addFeed(feed)
    for (const gap of added.gaps) {
      this.gaps.push(gap)
      this.gaps = trimGaps(this.gaps)
    }
  }

  /** A Feed that is new on this day gets a file; the file of another never changes. */
  #addFeed({
    sha256,
    bytes,
    from,
  }: NonNullable<CommitRecord['added'][number]['feeds']>[number]): void {
    const at = this.feeds.findIndex((feed) => feed.sha256 === sha256)
    const held = this.feeds[at]
    if (held !== undefined) this.feeds[at] = { ...held, from: earlier(held.from, from) }
    else this.feeds.push({ name: feedFile(this.feeds.length), bytes, sha256, from })
  }

  /** Sequences came after all; returns those that no gap of this day named. */
  takeBack(taken: TakenBack): TakenBack[] {
    const { gaps, left } = takeBack(this.gaps, taken)
    this.gaps = gaps
    return left.map((sequences) => ({ ...taken, sequences }))
  }

  get isSealed(): boolean {
    for (const segment of this.segments.values()) if (segment.status !== 'sealed') return false
    return true
  }

  get records(): number {
    let records = 0
    for (const segment of this.segments.values()) records += segment.records
    return records
  }

  /** Number for the next segment of a group. */
  nextNumber(group: string): number {
    let next = 0
    for (const segment of this.segments.values()) {
      if (segment.group === group) next = Math.max(next, segment.number + 1)
    }
    return next
  }

  toJSON(): DayJson {
    return {
      day: this.day,
      segments: [...this.segments.values()],
      connections: [...this.connections.values()],
      ...(this.more === undefined ? {} : { moreConnections: this.more }),
      sequences: [...this.sequences.values()],
      skipped: this.skipped,
      ...(this.counts === undefined ? {} : { counts: this.counts }),
      ...(this.feeds.length === 0 ? {} : { feeds: this.feeds }),
      gaps: this.gaps,
    }
  }

  static fromJSON(json: DayJson): DayState {
    const day = new DayState(json.day)
    for (const segment of json.segments) {
      day.segments.set(segment.name, {
        ...segment,
        format: segment.format ?? 1,
        types: { ...segment.types },
      })
    }
    for (const connection of json.connections) day.connections.set(connection.id, connection)
    day.more = json.moreConnections
    for (const sequence of json.sequences) day.sequences.set(sequenceKey(sequence), sequence)
    for (const [type, count] of Object.entries(json.skipped)) addTo(day.skipped, type, count)
    day.counts = json.counts
    day.feeds.push(...(json.feeds ?? []))
    day.gaps = trimGaps([...json.gaps])
    return day
  }
}

/** A day that was let go, from its manifest; `isDerived` tells gaps that are derived again. */
export function dayFromManifest(manifest: Manifest, isDerived: (gap: Gap) => boolean): DayJson {
  return {
    day: manifest.day,
    segments: manifest.segments.map(({ sealed, ...segment }) => ({
      ...segment,
      number: Number(/_(\d+)\./.exec(segment.name)?.[1] ?? 0),
      slice: -1,
      sliceSeconds: 0,
      sealAt: 0,
      chunkBytes: 0,
      status: sealed ? 'sealed' : 'ended',
    })),
    connections: fromOrigins(manifest),
    ...(manifest.moreConnections === undefined
      ? {}
      : { moreConnections: manifest.moreConnections }),
    sequences: manifest.sequences,
    skipped: manifest.skipped,
    ...(manifest.counts === undefined ? {} : { counts: manifest.counts }),
    ...(manifest.feeds === undefined ? {} : { feeds: manifest.feeds }),
    gaps: manifest.gaps.filter((gap) => !isDerived(gap)),
  }
}

/** What a manifest says of a segment. */
export function describeSegment(segment: SegmentJson, sha256: string): ManifestSegment {
  return {
    name: segment.name,
    group: segment.group,
    format: segment.format ?? 1,
    sealed: segment.status === 'sealed',
    bytes: segment.bytes,
    rawBytes: segment.rawBytes,
    sha256,
    records: segment.records,
    members: segment.members,
    indexBytes: segment.indexBytes,
    from: segment.from,
    to: segment.to,
    types: segment.types,
    firstSequence: segment.firstSequence,
    lastSequence: segment.lastSequence,
    late: segment.late,
  }
}

function joinConnections(a: DayConnection, b: DayConnection): DayConnection {
  return {
    ...a,
    first: Math.min(a.first, b.first),
    last: Math.max(a.last, b.last),
    records: a.records + b.records,
    skipped: a.skipped + b.skipped,
    from: earlier(a.from, b.from),
    to: later(a.to, b.to),
    closed: a.closed || b.closed,
    ...sumOf('late', a, b),
    ...sumOf('repeated', a, b),
    ...joinOrigins(a, b),
  }
}

function sumOf(key: 'late' | 'repeated', a: DayConnection, b: DayConnection) {
  const sum = (a[key] ?? 0) + (b[key] ?? 0)
  return sum > 0 ? { [key]: sum } : {}
}

const sequenceKey = (s: ManifestSequence): string => `${s.connection} ${s.group} ${s.scope}`
