// The gap rows of one feed and one day, at their places among the rows of tables.

import type { EventBatch } from '#market/columns.ts'
import { EVENT, MarketEvent } from '#market/event.ts'
import { timeNanos } from '#market/time.ts'
import { type GapRow, insertGap } from './feed-gaps.ts'
import { type BatchSource, compareSources, RANK, type Source } from './source.ts'
import { wordsOfNanos } from './table-select.ts'

export class GapCursor implements BatchSource {
  readonly rank = RANK.gap
  readonly feed: number
  readonly row = 0
  high = 0
  low = 0
  readonly #gaps: GapRow[]
  readonly #event = new MarketEvent()

  /** `label`: the name that the rows carry. */
  constructor(gaps: GapRow[], feed: number, label: string) {
    this.feed = feed
    this.#gaps = gaps
    this.#event.feed = label
    this.#showHead()
  }

  get isOver(): boolean {
    return this.#gaps.length === 0
  }

  get connection(): string {
    return this.#gaps[0]!.connection
  }

  get number(): number {
    return this.#gaps[0]!.number
  }

  /** Puts a row into its place. */
  insert(gap: GapRow): void {
    insertGap(this.#gaps, gap)
    this.#showHead()
  }

  take(batch: EventBatch, until: Source | undefined, rows: number): void {
    do {
      this.#tell(batch, this.#gaps.shift()!)
      this.#showHead()
    } while (
      !this.isOver &&
      batch.length < rows &&
      (until === undefined || compareSources(this, until) < 0)
    )
  }

  #tell(batch: EventBatch, gap: GapRow): void {
    const { at, reason, from, until, flags, symbol } = gap
    const event = this.#event
    event.connection = gap.connection
    event.number = gap.number
    event.row = -1
    event.begin(EVENT.gap)
    event.symbol = symbol
    event.recvMs = at.ms
    event.recvNs = at.ns
    event.timeMs = from.ms
    event.timeNs = from.ns
    event.untilMs = until?.ms ?? -1
    event.untilNs = until?.ns ?? 0
    event.flags = flags
    event.reason = reason
    batch.append(event)
  }

  #showHead(): void {
    const gap = this.#gaps[0]
    if (gap === undefined) return
    // Gaps are few.
    const { high, low } = wordsOfNanos(timeNanos(gap.at.ms, gap.at.ns))
    this.high = high
    this.low = low
  }
}
