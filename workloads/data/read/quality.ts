// How good the data of an answer is: each day that it was made of, and the gaps of them within the interval that the rows cover.

import { type Manifest, summaryOf } from '#archive/read/reader.ts'
import { dayAfter } from '../model/day.ts'
import type { Interval } from '../model/interval.ts'
import type { DayQuality, Quality } from '../model/query.ts'
import { GapSpans } from './gap-spans.ts'
import type { DamagedDay } from './holdings.ts'

type Seen = { readonly feed: string; readonly manifest: Manifest }

export type QualityChoice = Interval & {
  /** Channels that cannot have what was asked for: their own gaps are left out. @default none */
  readonly isOther?: (channel: string) => boolean
}

export class QualityBook {
  readonly #choice: QualityChoice
  readonly #seen = new Map<string, Seen>()
  readonly #spans = new Map<string, GapSpans>()
  readonly #damaged: { readonly feed: string; readonly day: string }[] = []
  #end: string | undefined

  constructor(choice: QualityChoice) {
    this.#choice = choice
    this.#end = choice.to
  }

  /** A day that rows are made of; again, if its manifest is newer. */
  add(feed: string, manifest: Manifest): void {
    this.#seen.set(`${feed} ${manifest.day}`, { feed, manifest })
    this.#spansOf(feed).add(manifest)
  }

  #spansOf(feed: string): GapSpans {
    const spans = this.#spans.get(feed) ?? new GapSpans()
    this.#spans.set(feed, spans)
    return spans
  }

  /** Days that cannot be read: what they hold is missing from the answer. */
  addDamaged(damaged: readonly DamagedDay[]): void {
    for (const { feed, day } of damaged) {
      if (day === null) continue
      this.#damaged.push({ feed, day })
      const [from, to] = [day, dayAfter(day)].map((one) => `${one}T00:00:00.000000000Z`)
      this.#spansOf(feed).add({ gaps: [{ from: from!, to: to! }] })
    }
  }

  /** Whether anything of a feed is missing between two times, by the days so far. */
  hasGap(feed: string, from: string, to: string): boolean {
    return this.#spans.get(feed)?.touches(from, to) ?? false
  }

  /** The rows end before `to`: what comes behind is left for the next answer. */
  cutAt(time: string): void {
    this.#end = time
  }

  quality(): Quality {
    const { from, isOther } = this.#choice
    const end = this.#end
    const days: DayQuality[] = []
    const gaps: Quality['gaps'][number][] = []
    for (const { feed, manifest } of this.#seen.values()) {
      const { day, condition, simulated, imported } = manifest
      // It was opened to learn that its rows come later.
      if (end !== undefined && `${day}T` >= end) continue
      const mark = imported ? { imported } : {}
      const { proof } = summaryOf(manifest)
      days.push({ feed, day, condition, simulated, ...mark, proof })
      for (const gap of manifest.gaps) {
        if (from !== undefined && gap.to !== null && gap.to < from) continue
        if (end !== undefined && gap.from >= end) continue
        if (gap.channel !== undefined && isOther?.(gap.channel) === true) continue
        gaps.push({ feed, day, ...gap })
      }
    }
    for (const one of this.#damaged) {
      if (end !== undefined && `${one.day}T` >= end) continue
      days.push({ ...one, condition: 'damaged', simulated: false, proof: {} })
    }
    return { days, gaps }
  }
}
