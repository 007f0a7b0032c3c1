// Which rows of a table are wanted: by receive time with a binary search, by names on their codes.

import { timeNanos } from '#market/time.ts'
import type { NamesColumn, Table } from './tables/table.ts'
import { timeOf } from './times.ts'

/** A receive time as the words of an int64 column; the low word with its sign turned, so that both compare as signed ones. */
export type Words = { readonly high: number; readonly low: number }

/** Which names are wanted: a set, or a rule. */
export type NameFilter = { has(name: string): boolean }

export type RowFilter = {
  /** Null: all. */
  readonly symbols: NameFilter | null
  readonly types: ReadonlySet<string> | null
  /** Of a book: bookSnapshot, bookChange. */
  readonly events: ReadonlySet<string> | null
  /** Inclusive and exclusive. */
  readonly from: Words | null
  readonly to: Words | null
}

export type FilterOptions = {
  readonly symbols?: readonly string[] | undefined
  readonly types?: readonly string[] | undefined
  readonly events?: readonly string[] | undefined
  /** RFC 3339 with nine decimals, UTC. */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export function filterOf({ events, symbols, types, from, to }: FilterOptions): RowFilter {
  const setOf = (names: readonly string[] | undefined): ReadonlySet<string> | null =>
    names === undefined ? null : new Set(names)
  return {
    symbols: setOf(symbols),
    types: setOf(types),
    events: setOf(events),
    from: wordsOf(from),
    to: wordsOf(to),
  }
}

function wordsOf(text: string | undefined): Words | null {
  if (text === undefined) return null
  const { ms, ns } = timeOf(text)
  return wordsOfNanos(timeNanos(ms, ns))
}

/** Rows from `start` to `end`: of the table, or those that are listed in `rows`. */
export type Selection = {
  readonly rows: Int32Array | null
  readonly start: number
  readonly end: number
}

/** Turns the sign of a low word. */
export const TURN = -2_147_483_648

export const wordsOfNanos = (nanos: bigint): Words => ({
  high: Number(nanos >> 32n),
  low: Number(BigInt.asIntN(32, nanos)) ^ TURN,
})

export function selectRows(table: Table, filter: RowFilter): Selection {
  const { words } = table.recv
  const start = filter.from === null ? 0 : firstFrom(words, table.length, filter.from)
  const end = filter.to === null ? table.length : firstFrom(words, table.length, filter.to)
  const tests: [Int32Array, Uint8Array][] = []
  // A column that is not chosen by may not have been read.
  const add = (find: () => NamesColumn, wanted: NameFilter | null): boolean => {
    if (wanted === null) return true
    const column = find()
    const isWanted = Uint8Array.from(column.names, (name) => (wanted.has(name) ? 1 : 0))
    if (!isWanted.includes(1)) return false
    if (isWanted.includes(0)) tests.push([column.codes, isWanted])
    return true
  }
  const isSome =
    add(() => table.symbol, filter.symbols) &&
    add(() => table.type, filter.types) &&
    (table.name !== 'book' || add(() => table.columns.get('event') as NamesColumn, filter.events))
  if (!isSome || start >= end) return { rows: null, start: 0, end: 0 }
  if (tests.length === 0) return { rows: null, start, end }
  let rows: Int32Array | null = null
  for (const [codes, isWanted] of tests) {
    rows =
      rows === null ? rowsOf(codes, isWanted, start, end) : rows.filter((i) => isWanted[codes[i]!])
  }
  return { rows, start: 0, end: rows!.length }
}

function rowsOf(codes: Int32Array, isWanted: Uint8Array, start: number, end: number): Int32Array {
  let count = 0
  for (let i = start; i < end; i++) count += isWanted[codes[i]!]!
  const rows = new Int32Array(count)
  for (let i = start, at = 0; at < count; i++) if (isWanted[codes[i]!] === 1) rows[at++] = i
  return rows
}

/** The first row that was received at this time or later. */
function firstFrom(words: Int32Array, length: number, { high, low }: Words): number {
  let [first, behind] = [0, length]
  while (first < behind) {
    const middle = (first + behind) >>> 1
    const h = words[2 * middle + 1]!
    if (h < high || (h === high && (words[2 * middle]! ^ TURN) < low)) first = middle + 1
    else behind = middle
  }
  return first
}
