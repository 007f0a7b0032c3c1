// The writer of each form.

import { csvWriter } from './csv.ts'
import type { Format, RowsWriter, WriterOptions } from './format.ts'
import { jsonWriter, ndjsonWriter } from './json.ts'

const WRITERS: Readonly<Partial<Record<Format, (options: WriterOptions) => RowsWriter>>> = {
  json: jsonWriter,
  ndjson: ndjsonWriter,
  csv: csvWriter,
}

export const rowsWriter = (format: Format, options: WriterOptions): RowsWriter =>
  WRITERS[format]!(options)
