// Opens the days and segments of one feed of one archive as the reading comes to them. It stands among the sources itself, with the
// time of what it would open next: nothing behind that may be taken before.

import { type Manifest, type ManifestSegment, manifestIfThere } from '#archive/read/reader.ts'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { timeNanos } from '#market/time.ts'
import type { LookAhead } from './look-ahead.ts'
import type { FeedPlan } from './plan.ts'
import { type DayRecords, dayRecords } from './records.ts'
import { RANK, type Source } from './source.ts'
import { type Words, wordsOfNanos } from './table-select.ts'
import type { Want } from './tables/build.ts'
import { type DayNormalizers, normalizersOf } from './tables/normalizers.ts'
import { type OpenOptions as OpenTables, openTables, type SegmentTables } from './tables/open.ts'
import type { Table } from './tables/table.ts'
import { endOf, later, startOf, timeOf } from './times.ts'

type OpenOptions = Omit<OpenTables, 'normalizers'>

/** What takes the days and segments that are opened. */
export type Opened = {
  /** Called before its segments. `next`: the day behind it that is read, too. */
  readonly day?: (records: DayRecords, next: string | undefined) => Promise<void>
  /** `from`: the time up to which other sources may have been read. What a segment got meanwhile from before comes too late. */
  readonly table: (table: Table, from: Words) => void
  /** What cannot be read, with the receive times that it covers. */
  readonly damage: (error: SsmdError, from: string, to: string) => void
}

export type FeedReaderOptions = {
  readonly plan: FeedPlan
  /** Place of its name among those that are read. */
  readonly feed: number
  readonly want: Want
  readonly ahead: LookAhead
  readonly open: OpenOptions
}

type Ahead = {
  readonly segment: ManifestSegment
  readonly opened: Promise<SegmentTables>
  /** Bytes of the allowance. */
  readonly bytes: number
}

export class FeedReader implements Source {
  readonly rank = RANK.pending
  readonly feed: number
  readonly connection = ''
  readonly number = 0
  readonly row = 0
  high = 0
  low = 0
  isOver = false
  readonly #o: FeedReaderOptions
  #nextDay = 0
  #exchange = ''
  #normalizers: DayNormalizers | null = null
  /** Of the day that is open, in order of their first times. */
  #segments: ManifestSegment[] = []
  #ahead: Ahead[] = []
  #isUnderway = false

  constructor(options: FeedReaderOptions) {
    this.#o = options
    this.feed = options.feed
    this.#showHead()
  }

  async open(opened: Opened): Promise<void> {
    if (this.#segments.length === 0 && this.#ahead.length === 0) await this.#openDay(opened)
    else await this.#openSegment(opened)
    this.#showHead()
  }

  async #openDay(opened: Opened): Promise<void> {
    const { plan, want, open } = this.#o
    const { root, days } = plan
    const day = days[this.#nextDay++]!
    let manifest: Manifest | undefined
    try {
      manifest = await manifestIfThere(root, plan.feed, day)
    } catch (thrown) {
      opened.damage(toSsmdError(thrown), startOf(day), endOf(day))
      return
    }
    if (manifest === undefined) return
    this.#normalizers = await normalizersOf(root, manifest, this.#exchange)
    this.#exchange = this.#normalizers.exchange
    const records = dayRecords(root, manifest, open.signal)
    await opened.day?.(records, days[this.#nextDay])
    this.#segments = manifest.segments
      .filter((segment) => holdsFrames(segment) && isWanted(segment, want))
      .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  }

  async #openSegment(opened: Opened): Promise<void> {
    if (this.#ahead.length === 0) this.#begin(this.#segments.shift()!, 0)
    const next = this.#ahead.shift()!
    // A reading that ends soon needs only the first one.
    if (this.#isUnderway) this.#openAhead()
    this.#isUnderway = true
    const { tables, damage } = await next.opened
    this.#o.ahead.give(next.bytes)
    const from = { high: this.high, low: this.low }
    for (const table of tables.values()) opened.table(table, from)
    for (const { error, from, to } of damage) opened.damage(error, from, to)
  }

  #openAhead(): void {
    const { ahead } = this.#o
    while (this.#ahead.length < ahead.segments) {
      const segment = this.#segments[0]
      if (segment === undefined || !ahead.take(segment.rawBytes)) return
      this.#segments.shift()
      this.#begin(segment, segment.rawBytes)
    }
  }

  #begin(segment: ManifestSegment, bytes: number): void {
    const { plan, want, open } = this.#o
    const day = plan.days[this.#nextDay - 1]!
    const place = { root: plan.root, feed: plan.feed, day, segment }
    const opened = openTables(place, want, { ...open, normalizers: this.#normalizers! })
    // The reading that awaits it gets the reason; one that ends before does not.
    opened.catch(() => {})
    this.#ahead.push({ segment, opened, bytes })
  }

  #showHead(): void {
    const { plan, want } = this.#o
    const day = plan.days[this.#nextDay]
    const segment = this.#ahead[0]?.segment ?? this.#segments[0]
    const next = segment?.from ?? (day === undefined ? undefined : startOf(day))
    this.isOver = next === undefined
    if (next === undefined) return
    const { ms, ns } = timeOf(later(next, want.from ?? ''))
    const { high, low } = wordsOfNanos(timeNanos(ms, ns))
    this.high = high
    this.low = low
  }
}

/** What connections say of themselves stands in segments of its own. */
const holdsFrames = ({ group }: ManifestSegment): boolean => group !== 'connection'

function isWanted({ from, to, types }: ManifestSegment, want: Want): boolean {
  if (want.from !== undefined && to < want.from) return false
  if (want.to !== undefined && from >= want.to) return false
  return want.types === undefined || want.types.some((type) => Object.hasOwn(types, type))
}
