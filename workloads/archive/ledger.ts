// Which numbers of one connection the archive holds: ranges, so that memory grows with holes and not with
// records. A number is claimed once and never again, whatever order blocks come in and however often.

import { formatNanos, parseNanos } from './time.ts'

/** Numbers `first` to `last`, all held; `from` and `to` are the receive times of its ends. */
export type Range = { first: number; last: number; from: bigint; to: bigint }

export type RangeJson = readonly [first: number, last: number, from: string, to: string]

export type NumberSpan = { readonly first: number; readonly last: number }

export class NumberLedger {
  readonly #ranges: Range[]

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = ranges.map((range) => ({ ...range }))
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
    return this.last - held
  }

  /**
   * Claims `first` to `last` and returns those that were not held, ascending. `timeOf` gives the receive time
   * of a number among them.
   */
  claim(first: number, last: number, timeOf: (number: number) => bigint): NumberSpan[] {
    if (last < first) return []
    const end = this.#ranges.at(-1)
    // Nearly always: the numbers go on where they stopped.
    if (end !== undefined && first === end.last + 1) {
      end.last = last
      end.to = timeOf(last)
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
    return fresh
  }

  /** Spans below the greatest number that are not held, with the receive times around them. */
  holes(): { first: number; last: number; from: bigint; to: bigint }[] {
    const holes = []
    let next = 1
    let from: bigint | undefined
    for (const range of this.#ranges) {
      if (range.first > next) {
        holes.push({
          first: next,
          last: range.first - 1,
          from: from ?? range.from,
          to: range.from,
        })
      }
      next = range.last + 1
      from = range.to
    }
    return holes
  }

  toJSON(): RangeJson[] {
    return this.#ranges.map((r) => [r.first, r.last, formatNanos(r.from), formatNanos(r.to)])
  }

  static fromJSON(ranges: readonly RangeJson[]): NumberLedger {
    return new NumberLedger(
      ranges.map(([first, last, from, to]) => ({
        first,
        last,
        from: parseNanos(from) ?? 0n,
        to: parseNanos(to) ?? 0n,
      }))
    )
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
