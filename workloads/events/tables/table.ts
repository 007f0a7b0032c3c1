// Market events of one segment as columns: what the cache holds, what history is merged from, and what queries read directly.
// A table's rows are in the total order of history.ts. Columns are typed arrays, and no row costs an object.

/** One file of the cache each. `book`: snapshots and changes, which only mean something together. */
export const TABLES = ['trade', 'quote', 'book', 'instrument', 'unknown'] as const
export type TableName = (typeof TABLES)[number]

/** Signed 64 bits as pairs of 32, low word first, over the bytes of the file: no BigInt for a row. */
export type Int64Column = {
  readonly words: Int32Array
  /** A bit for each row, lowest first, as Arrow has it; null: none is absent. */
  readonly valid: Uint8Array | null
}
/** One scale for the whole column: it stands in the metadata of the field. */
export type DecimalColumn = Int64Column & {
  readonly scale: number
  /**
   * Only if 64 bits do not hold every value of the column at one scale, as may happen with sizes of 1e9 beside prices of 1e-18: the
   * scale of each row. `scale` is then the largest of them. Null otherwise, which is nearly always.
   */
  readonly scales: Uint8Array | null
}
/** Names are sorted and each occurs: the order of codes is that of names. */
export type NamesColumn = { readonly codes: Int32Array; readonly names: readonly string[] }
/** Text of row i: bytes from `offsets[i]` to `offsets[i + 1]`, UTF-8. */
export type TextColumn = {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
  /** As of Int64Column. */
  readonly valid: Uint8Array | null
}

/** A Uint8Array: one small number for each row. */
export type Column = Int64Column | DecimalColumn | NamesColumn | TextColumn | Uint8Array

export type Table = {
  readonly name: TableName
  readonly length: number
  /** Receive time, nanoseconds since 1970. */
  readonly recv: Int64Column
  /** Of the record: the connection and its number, and which event of the record's frame it is, from 0. */
  readonly conn: NamesColumn
  readonly n: Int64Column
  readonly row: Int32Array
  readonly type: NamesColumn
  readonly symbol: NamesColumn
  /** All others of the table, by the names of market events; which ones a table has is in `layout.ts`. */
  readonly columns: ReadonlyMap<string, Column>
}

/** The value of a row as a number: exact below 2^53. */
export const int64At = (words: Int32Array, i: number): number =>
  words[2 * i + 1]! * 4_294_967_296 + (words[2 * i]! >>> 0)

export const isValid = (valid: Uint8Array | null, i: number): boolean =>
  valid === null || (valid[i >> 3]! & (1 << (i & 7))) !== 0

/** Negative, 0 or positive, as the value of row i is smaller, equal or larger than that of row j. */
export const compareInt64 = (words: Int32Array, i: number, j: number): number =>
  words[2 * i + 1]! - words[2 * j + 1]! || (words[2 * i]! >>> 0) - (words[2 * j]! >>> 0)
