// Opens the days and segments of one feed of one archive as the reading comes to them: each becomes sources of rows and gaps.
// Until then it stands among the sources itself, with the time of what it would open next.

import { type Manifest, type ManifestSegment, manifestIfThere } from '#archive/read/reader.ts'
import { type SsmdError, toSsmdError } from '#crds/errors.ts'
import { timeNanos } from '#market/time.ts'
import { damagedGap, FeedGaps } from './feed-gaps.ts'
import { GapCursor } from './gap-cursor.ts'
import type { FeedPlan } from './plan.ts'
import { RANK, type Source } from './source.ts'
import type { Sources } from './sources.ts'
import { TableCursor } from './table-cursor.ts'
import { type RowFilter, selectRows, wordsOfNanos } from './table-select.ts'
import type { Want } from './tables/build.ts'
import { type DayNormalizers, normalizersOf } from './tables/normalizers.ts'
import { openTables, type SegmentTables } from './tables/open.ts'
import { endOf, later, startOf, timeOf } from './times.ts'

export type FeedReaderOptions = {
  readonly plan: FeedPlan
  /** Place of its name among those that are read. */
  readonly feed: number
  readonly want: Want
  readonly filter: RowFilter
  readonly signal: AbortSignal
}

/** Segments that are opened ahead. */
const AHEAD = 1

type Ahead = { readonly segment: ManifestSegment; readonly opened: Promise<SegmentTables> }

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
  readonly #gaps: FeedGaps
  #nextDay = 0
  #exchange = ''
  #normalizers: DayNormalizers | null = null
  /** Of the day that is open, in order of their first times. */
  #segments: ManifestSegment[] = []
  #ahead: Ahead[] = []
  #dayGaps: GapCursor | null = null

  constructor(options: FeedReaderOptions) {
    const { plan, feed, want } = options
    const { from, to, symbols } = want
    this.#o = options
    this.feed = feed
    this.#gaps = new FeedGaps({ root: plan.root, from, to, symbols })
    this.#showHead()
  }

  take(): void {
    throw new Error('it is opened, not taken')
  }

  /** Opens what comes next: its rows and gaps become sources. */
  async open(sources: Sources): Promise<void> {
    if (this.#segments.length === 0 && this.#ahead.length === 0) await this.#openDay(sources)
    else await this.#openSegment(sources)
    this.#showHead()
  }

  async #openDay(sources: Sources): Promise<void> {
    const { plan, feed, want } = this.#o
    const { root, label, days } = plan
    const day = days[this.#nextDay++]!
    let manifest: Manifest | undefined
    try {
      manifest = await manifestIfThere(root, plan.feed, day)
    } catch (thrown) {
      this.#dayGaps = new GapCursor([], feed, label)
      this.#damaged(sources, toSsmdError(thrown), { from: startOf(day), to: endOf(day) })
      return
    }
    if (manifest === undefined) return
    this.#normalizers = await normalizersOf(root, manifest, this.#exchange)
    this.#exchange = this.#normalizers.exchange
    this.#dayGaps = new GapCursor(await this.#gaps.day(manifest, days[this.#nextDay]), feed, label)
    sources.add(this.#dayGaps)
    this.#segments = manifest.segments
      .filter((segment) => holdsFrames(segment) && isWanted(segment, want))
      .sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  }

  async #openSegment(sources: Sources): Promise<void> {
    const { plan, feed, filter } = this.#o
    this.#openAhead(1)
    const { opened } = this.#ahead.shift()!
    this.#openAhead(AHEAD)
    const { tables, damage } = await opened
    for (const table of tables.values()) {
      const selection = selectRows(table, filter)
      if (selection.start < selection.end) {
        sources.add(new TableCursor(table, selection, feed, plan.label))
      }
    }
    for (const { error, from, to } of damage) this.#damaged(sources, error, { from, to })
  }

  #openAhead(count: number): void {
    const { plan, want, signal } = this.#o
    const day = plan.days[this.#nextDay - 1]!
    while (this.#ahead.length < count) {
      const segment = this.#segments.shift()
      if (segment === undefined) return
      const place = { root: plan.root, feed: plan.feed, day, segment }
      const opened = openTables(place, want, { normalizers: this.#normalizers!, signal })
      // Whoever awaits it gets the reason; a reading that ends before does not.
      opened.catch(() => {})
      this.#ahead.push({ segment, opened })
    }
  }

  #damaged(
    sources: Sources,
    error: SsmdError,
    { from, to }: { readonly from: string; readonly to: string }
  ): void {
    const gaps = this.#dayGaps!
    sources.remove(gaps)
    gaps.insert(damagedGap(error.message, { from: later(from, this.#o.want.from ?? ''), to }))
    sources.add(gaps)
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
