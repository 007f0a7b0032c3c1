// What a query answers: rows as columns, a run at a time, so that any format can be written from them without an object for
// each row. A run is valid until the next one is asked for.

/**
 * `integer`: whole numbers below 2^53, and `text` beyond. `decimal`: an integer and its scale, never a float. `time`: nanoseconds since
 * 1970. `json`: any plain value. `bytes`: a frame as it was received.
 */
export type ColumnType = 'text' | 'integer' | 'decimal' | 'time' | 'flag' | 'json' | 'bytes'

export type Column = {
  readonly name: string
  readonly type: ColumnType
  /** What it says and in which unit, as a sentence: the documentation shows it. */
  readonly says: string
  /** False: never absent. @default true */
  readonly optional?: boolean
}

/** The values of one column, by position. Absent: null, NaN, -1 in `ms`, 2 as a flag. */
export type ColumnValues =
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }
  | { readonly type: 'integer'; readonly values: Float64Array }
  | {
      readonly type: 'decimal'
      readonly values: Float64Array
      readonly scales: Uint8Array
      /** By row, mantissas beyond 2^53; `values` is NaN there. */
      readonly wide?: ReadonlyMap<number, bigint>
    }
  /** Milliseconds since 1970, and the nanoseconds within. */
  | { readonly type: 'time'; readonly ms: Float64Array; readonly ns: Int32Array }
  | { readonly type: 'flag'; readonly values: Uint8Array }
  | { readonly type: 'json'; readonly values: readonly unknown[] }
  | { readonly type: 'bytes'; readonly values: readonly (Uint8Array | null)[] }

export type RowRun = {
  readonly length: number
  /** As many as the query has columns, in their order. */
  readonly columns: readonly ColumnValues[]
}

/** Where an answer was cut: the place of its last row in the order of the query, as plain values. */
export type Position = readonly (string | number)[]

export type Rows = {
  readonly columns: readonly Column[]
  readonly runs: AsyncIterable<RowRun>
  /** Known once `runs` has ended: where to continue, if rows were left out. */
  readonly next: () => Position | null
}
