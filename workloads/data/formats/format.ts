// The forms in which rows are answered, and what a writer of each is.

import type { Quality } from '../model/query.ts'
import type { Column, RowRun } from '../model/rows.ts'

export const FORMATS = ['json', 'ndjson', 'csv', 'parquet', 'arrow'] as const
export type Format = (typeof FORMATS)[number]

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
  parquet: 'application/vnd.apache.parquet',
  arrow: 'application/vnd.apache.arrow.stream',
}

/** Texts, which gzip makes much smaller; the binary forms compress their own columns or are read in place. */
export const isText = (format: Format): boolean => format !== 'parquet' && format !== 'arrow'

/** Takes bytes in order; once its promise is settled they may be overwritten. */
export type Sink = (bytes: Uint8Array) => Promise<void>

/** `rfc3339`: with nine decimals. `ns`: nanoseconds since 1970, as text. The binary forms have timestamps of nanoseconds either way. */
export const TIMES = ['rfc3339', 'ns'] as const
export type Times = (typeof TIMES)[number]

export type WriterOptions = {
  readonly columns: readonly Column[]
  readonly times: Times
  readonly sink: Sink
}

/** What is known once all rows are written. */
export type AnswerEnd = {
  readonly rows: number
  readonly quality: Quality | undefined
  readonly about: Readonly<Record<string, unknown>> | undefined
  /** To ask for the rows that were left out; null if none were. */
  readonly nextCursor: string | null
}

export type RowsWriter = {
  begin(): Promise<void>
  /** One run at a time: its arrays may be overwritten once the promise is settled. */
  run(run: RowRun): Promise<void>
  end(end: AnswerEnd): Promise<void>
  /** Says in the answer that it is not whole, if its form has a place for that. */
  fail?(problem: Readonly<Record<string, unknown>>): Promise<void>
}
