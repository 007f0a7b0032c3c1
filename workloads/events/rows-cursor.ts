// The wanted rows of one table, in their order: where the next one stands, and how many come before the next row of another source.

import { compareTies, RANK, type Source } from './source.ts'
import { type Selection, TURN } from './table-select.ts'
import type { Table } from './tables/table.ts'

/** Rows that are looked at one by one before the search makes steps: tables take turns after a few rows as a rule. */
const FEW = 8

export abstract class RowsCursor implements Source {
  readonly rank = RANK.row
  readonly feed: number
  high = 0
  low = 0
  readonly table: Table
  /** Positions are places in this list, or rows of the table. */
  readonly rows: Int32Array | null
  readonly #end: number
  #at: number

  abstract readonly connection: string
  abstract readonly number: number
  abstract readonly row: number

  /** There must be a row. */
  constructor(table: Table, { rows, start, end }: Selection, feed: number) {
    this.feed = feed
    this.table = table
    this.rows = rows
    this.#at = start
    this.#end = end
    this.#showHead()
  }

  get isOver(): boolean {
    return this.#at === this.#end
  }

  /** The position of the next row. */
  get at(): number {
    return this.#at
  }

  /** The next row in the table. */
  get head(): number {
    return this.#rowAt(this.#at)
  }

  /** Passes the rows that come before the next one of another source, at most `rows`. Returns the position there. */
  pass(until: Source | undefined, rows: number): number {
    const most = Math.min(this.#end, this.#at + rows)
    this.#at = until === undefined ? most : this.#behind(until, most)
    if (this.#at < this.#end) this.#showHead()
    return this.#at
  }

  /** The first row comes before the other source. */
  #behind(until: Source, most: number): number {
    const from = this.#at
    const near = Math.min(most, from + FEW)
    let at = from + 1
    while (at < near && this.#isBefore(at, until)) at++
    if (at < near || near >= most) return at
    // All of them came before: steps that double, then a binary search in the last one.
    let [first, step] = [at, FEW]
    while (first + step < most && this.#isBefore(first + step, until)) {
      first += step + 1
      step *= 2
    }
    let behind = Math.min(first + step, most)
    while (first < behind) {
      const middle = (first + behind) >>> 1
      if (this.#isBefore(middle, until)) first = middle + 1
      else behind = middle
    }
    return first
  }

  #isBefore(at: number, until: Source): boolean {
    const { words } = this.table.recv
    const i = this.#rowAt(at)
    const high = words[2 * i + 1]!
    if (high !== until.high) return high < until.high
    const low = words[2 * i]! ^ TURN
    if (low !== until.low) return low < until.low
    const now = this.#at
    this.#at = at
    const order = compareTies(this, until)
    this.#at = now
    return order < 0
  }

  #rowAt(at: number): number {
    return this.rows === null ? at : this.rows[at]!
  }

  #showHead(): void {
    const { words } = this.table.recv
    const i = this.#rowAt(this.#at)
    this.high = words[2 * i + 1]!
    this.low = words[2 * i]! ^ TURN
  }
}
