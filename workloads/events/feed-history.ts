// The records of one feed of one archive, in order over groups and days, with the gaps that no line names in their places. The
// next record is known once `fill` has resolved; taking it is synchronous.

import {
  type KeyedLine,
  type LineFilter,
  type Manifest,
  readManifest,
  readRuns,
} from '#archive/read/reader.ts'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import type { EventBatch } from '#market/columns.ts'
import { EVENT, MarketEvent } from '#market/event.ts'
import type { Normalizer } from '#market/normalizer.ts'
import { timeText } from '#market/time.ts'
import { dayReading, normalizersOf } from './day-normalizers.ts'
import { damagedGap, FeedGaps, type GapRow, insertGap } from './feed-gaps.ts'
import { LineReader } from './line.ts'
import { type EventFilter, FeedStage } from './stage.ts'
import { endOf, startOf } from './times.ts'

export type FeedHistoryOptions = EventFilter & {
  readonly root: string
  /** Its name in the archive, and the name that it goes by. */
  readonly feed: string
  readonly label: string
  /** In order. */
  readonly days: readonly string[]
  /** RFC 3339, or the beginning of it: inclusive and exclusive. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly batch: EventBatch
}

export class FeedHistory {
  readonly label: string
  /** Receive time of the next record or gap; empty if it is not known yet. */
  head = ''
  ended = false
  readonly #o: FeedHistoryOptions
  readonly #line = new LineReader()
  #nextDay = 0
  #day = ''
  #runs: AsyncGenerator<readonly KeyedLine[]> | null = null
  #run: readonly KeyedLine[] = []
  #at = 0
  /** In order, before the lines with their keys. */
  #due: GapRow[] = []
  readonly #gaps: FeedGaps
  readonly #row = new MarketEvent()
  #stage: FeedStage | null = null
  #exchange = ''
  #normalizers: (connection: string) => Normalizer = () => {
    throw new Error('no day is open')
  }

  constructor(options: FeedHistoryOptions) {
    this.#o = options
    this.label = options.label
    this.#gaps = new FeedGaps(options)
    this.#row.feed = options.label
  }

  /** Reads until the next record is known, or all were read. */
  async fill(): Promise<void> {
    while (this.head === '' && !this.ended) {
      if (this.#runs === null) {
        // What stands behind the last line of a day, and what a day without lines has.
        if (this.#showHead()) return
        const day = this.#o.days[this.#nextDay]
        if (day === undefined) this.ended = true
        else await this.#openDay(day)
        continue
      }
      const { done, value } = await this.#runs.next()
      if (done) this.#runs = null
      else {
        this.#run = value
        this.#at = 0
        this.#showHead()
      }
    }
  }

  /** Appends the next record or gap to the batch. */
  take(): void {
    const line = this.#run[this.#at]
    const gap = this.#due[0]
    if (gap !== undefined && (line === undefined || isBefore(gap, line))) {
      this.#due.shift()
      this.#tellGap(gap)
    } else {
      this.#at++
      this.#takeLine(line!)
    }
    this.#showHead()
  }

  async close(): Promise<void> {
    await this.#runs?.return(undefined)
  }

  /** False if it is not known. */
  #showHead(): boolean {
    const line = this.#run[this.#at]
    const gap = this.#due[0]
    // While lines may come, they decide whether a gap is next.
    if (line === undefined) this.head = this.#runs === null && gap !== undefined ? textOf(gap) : ''
    else this.head = gap !== undefined && textOf(gap) < line.recv ? textOf(gap) : line.recv
    return this.head !== ''
  }

  #takeLine(line: KeyedLine): void {
    const stage = this.#stage!
    const read = this.#line
    if (!read.read(line)) {
      throw new SsmdError(
        'SSMD_E_ARCHIVE_INVALID',
        `${this.#o.feed}/${this.#day}: ${line.connection} ${line.number} is no line of format 1 or 2`,
        { hint: 'see `ssmd data verify`' }
      )
    }
    if (read.isEvent) return
    stage.use(this.#normalizers(line.connection))
    stage.frame(read.ms, read.ns, read.type, read.symbol, read.payload)
  }

  #tellGap({ at, reason, from, until, flags, symbol }: GapRow): void {
    const row = this.#row
    row.begin(EVENT.gap)
    row.symbol = symbol
    row.recvMs = at.ms
    row.recvNs = at.ns
    row.timeMs = from.ms
    row.timeNs = from.ns
    row.untilMs = until?.ms ?? -1
    row.untilNs = until?.ns ?? 0
    row.flags = flags
    row.reason = reason
    this.#o.batch.append(row)
  }

  async #openDay(day: string): Promise<void> {
    const { root, feed, label, batch, from, to, symbols, types } = this.#o
    this.#nextDay++
    this.#day = day
    this.#run = []
    this.#at = 0
    let manifest: Manifest
    try {
      manifest = await readManifest(root, feed, day)
    } catch (thrown) {
      const damage = toSsmdError(thrown)
      // Without anything of the feed there is no normaliser to tell it by.
      if (damage.code === 'SSMD_E_NOT_FOUND' || this.#stage === null) throw damage
      this.#damaged(damage, { from: startOf(day), to: endOf(day) })
      return
    }
    const reading = await dayReading(root, manifest, this.#exchange)
    this.#exchange = reading.exchange
    this.#normalizers = await normalizersOf(reading)
    this.#stage ??= new FeedStage(label, batch, this.#normalizers(''), this.#o, {
      countsNumbers: false,
    })
    this.#due = await this.#gaps.day(manifest, this.#o.days[this.#nextDay])
    const filter: LineFilter = {
      from,
      to,
      types,
      // Frames of several symbols have none in their line.
      ...(symbols === undefined ? {} : { symbols: [...symbols, ''] }),
      onDamage: (error, span) => this.#damaged(error, span),
    }
    this.#runs = readRuns(root, feed, day, filter)
  }

  #damaged(error: SsmdError, { from, to }: { readonly from: string; readonly to: string }): void {
    insertGap(this.#due, damagedGap(error.message, { from, to }))
  }
}

const textOf = ({ at }: GapRow): string => timeText(at.ms, at.ns)

/** A gap stands before the record that it names, and before all others of its time if it names none. */
function isBefore(gap: GapRow, line: KeyedLine): boolean {
  const recv = textOf(gap)
  if (recv !== line.recv) return recv < line.recv
  if (gap.connection !== line.connection) return gap.connection < line.connection
  return gap.number <= line.number
}
