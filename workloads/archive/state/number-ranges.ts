// The numbers of one connection that the archive holds, as ranges: memory grows with holes, not with records. A number is
// claimed exactly once, in whatever order blocks arrive and however often.

import { rfc3339 } from '#crds/rfc3339.ts'
import { parseNanos } from '../format/time.ts'

/** Numbers `first` to `last`, all held; `from` and `to` are the receive times of its ends. */
export type Range = { first: number; last: number; from: bigint; to: bigint }

export type RangeJson = readonly [first: number, last: number, from: string, to: string]

/** Old holes that are counted together: the first and the last number of them, and how many numbers they are. */
export type Settled = {
  readonly first: number
  readonly last: number
  readonly from: bigint
  readonly to: bigint
  readonly missing: number
  readonly count: number
}

export type Hole = Settled

export type SettledJson = readonly [
  first: number,
  last: number,
  from: string,
  to: string,
  missing: number,
  count: number,
]

export type NumberRangesJson =
  | readonly RangeJson[]
  | { readonly settled: SettledJson; readonly ranges: readonly RangeJson[] }

/**
 * More ranges than these are not kept apart: the oldest holes settle, and what would fill them is taken no more. It is
 * more than blocks of a publisher can be under way, so what is retried finds its hole.
 */
const MAX_RANGES = 4096
const SETTLE_RANGES = 1024

export type NumberSpan = { readonly first: number; readonly last: number }

export class NumberRanges {
  readonly #ranges: Range[]

  #settled: Settled | null

  constructor(ranges: readonly Range[] = [], settled: Settled | null = null) {
    this.#ranges = ranges.map((range) => ({ ...range }))
    this.#settled = settled
  }

  get ranges(): readonly Readonly<Range>[] {
    return this.#ranges
  }

  /** Greatest number held, or 0. */
  get last(): number {
    return this.#ranges.at(-1)?.last ?? 0
  }

  /** Numbers below the greatest that are not held. */
  get missing(): number {
    let held = 0
    for (const range of this.#ranges) held += range.last - range.first + 1
    return this.last - held + (this.#settled?.missing ?? 0)
  }

  /**
   * Claims `first` to `last` and returns those that were not held, ascending. `timeOf` gives the receive time
   * of a number among them.
   */
  claim(first: number, last: number, timeOf: (number: number) => bigint): NumberSpan[] {
    if (last < first) return []
    const end = this.#ranges.at(-1)
    // Nearly always: the numbers continue the last range.
    if (end !== undefined && first === end.last + 1) {
      end.last = last
      end.to = timeOf(last)
      return [{ first, last }]
    }
    if (end === undefined || first > end.last) {
      this.#ranges.push({ first, last, from: timeOf(first), to: timeOf(last) })
      if (this.#ranges.length > MAX_RANGES) this.#settle()
      return [{ first, last }]
    }
    const fresh: NumberSpan[] = []
    let next = first
    for (const range of this.#ranges) {
      if (range.last < next) continue
      if (range.first > last) break
      if (range.first > next) fresh.push({ first: next, last: range.first - 1 })
      next = range.last + 1
    }
    if (next <= last) fresh.push({ first: next, last })
    for (const span of fresh) this.#insert(span, timeOf(span.first), timeOf(span.last))
    if (this.#ranges.length > MAX_RANGES) this.#settle()
    return fresh
  }

  /** Spans below the greatest number that are not held, with the receive times around them. */
  holes(): Hole[] {
    const holes = this.#settled === null ? [] : [this.#settled]
    let next = 1
    let from: bigint | undefined
    for (const range of this.#ranges) {
      if (range.first > next) {
        holes.push({
          first: next,
          last: range.first - 1,
          from: from ?? range.from,
          to: range.from,
          missing: range.first - next,
          count: 1,
        })
      }
      next = range.last + 1
      from = range.to
    }
    return holes
  }

  toJSON(): NumberRangesJson {
    const ranges = this.#ranges.map(
      (r): RangeJson => [r.first, r.last, rfc3339(r.from), rfc3339(r.to)]
    )
    if (this.#settled === null) return ranges
    const { first, last, from, to, missing, count } = this.#settled
    return { settled: [first, last, rfc3339(from), rfc3339(to), missing, count], ranges }
  }

  static fromJSON(json: NumberRangesJson): NumberRanges {
    const { settled, ranges } = 'settled' in json ? json : { settled: null, ranges: json }
    return new NumberRanges(
      ranges.map(([first, last, from, to]) => ({
        first,
        last,
        from: parseNanos(from) ?? 0n,
        to: parseNanos(to) ?? 0n,
      })),
      settled && {
        first: settled[0],
        last: settled[1],
        from: parseNanos(settled[2]) ?? 0n,
        to: parseNanos(settled[3]) ?? 0n,
        missing: settled[4],
        count: settled[5],
      }
    )
  }

  /** Makes one range of the oldest; the holes between them are counted, and closed to what comes. */
  #settle(): void {
    const old = this.#ranges.slice(0, SETTLE_RANGES)
    const first = old[0]!
    const last = old.at(-1)!
    let missing = 0
    for (let i = 1; i < old.length; i++) missing += old[i]!.first - old[i - 1]!.last - 1
    const before = this.#settled
    this.#settled = {
      first: before?.first ?? first.last + 1,
      last: last.first - 1,
      from: before?.from ?? first.to,
      to: last.from,
      missing: (before?.missing ?? 0) + missing,
      count: (before?.count ?? 0) + old.length - 1,
    }
    this.#ranges.splice(0, SETTLE_RANGES, { ...first, last: last.last, to: last.to })
  }

  /** Puts a span that is not held in its place and joins it with its neighbours. */
  #insert(span: NumberSpan, from: bigint, to: bigint): void {
    const ranges = this.#ranges
    let at = ranges.findIndex((range) => range.first > span.last)
    if (at < 0) at = ranges.length
    const before = ranges[at - 1]
    const after = ranges[at]
    const joinsBefore = before !== undefined && before.last + 1 === span.first
    const joinsAfter = after !== undefined && span.last + 1 === after.first
    if (joinsBefore && joinsAfter) {
      before.last = after.last
      before.to = after.to
      ranges.splice(at, 1)
    } else if (joinsBefore) {
      before.last = span.last
      before.to = to
    } else if (joinsAfter) {
      after.first = span.first
      after.from = from
    } else ranges.splice(at, 0, { ...span, from, to })
  }
}
