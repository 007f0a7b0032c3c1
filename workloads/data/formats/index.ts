// The writer of each form.

import { arrowWriter } from './arrow.ts'
import { csvWriter } from './csv.ts'
import type { Format, RowsWriter, WriterOptions } from './format.ts'
import { jsonWriter, ndjsonWriter } from './json.ts'
import { parquetWriter } from './parquet.ts'

const WRITERS: Readonly<Record<Format, (options: WriterOptions) => RowsWriter>> = {
  json: jsonWriter,
  ndjson: ndjsonWriter,
  csv: csvWriter,
  parquet: parquetWriter,
  arrow: arrowWriter,
}

export const rowsWriter = (format: Format, options: WriterOptions): RowsWriter =>
  WRITERS[format](options)
