// Rows as an Arrow IPC stream: a schema, a batch for each run, an end. Decimals are decimal128, times are timestamps of nanoseconds in
// UTC, frames are binary. The library encodes one batch at a time; its schema is sent once.

import {
  type Batch,
  batchType,
  binary,
  bool,
  Column,
  type DataType,
  decimal128,
  field,
  int64,
  Table,
  TimeUnit,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette'
import type { ColumnType, Column as Description, RowRun } from '../model/rows.ts'
import { arrowBuffers } from './arrow-buffers.ts'
import { DECIMAL_PRECISION, DECIMAL_SCALE } from './decimal128.ts'
import type { RowsWriter, WriterOptions } from './format.ts'

const TYPES: Readonly<Record<ColumnType, DataType>> = {
  text: utf8(),
  json: utf8(),
  bytes: binary(),
  integer: int64(),
  decimal: decimal128(DECIMAL_PRECISION, DECIMAL_SCALE),
  time: timestamp(TimeUnit.NANOSECOND, 'UTC'),
  flag: bool(),
}

/** Continuation mark and length of a message, and the mark at the end of a stream. */
const PREFIX = 8

export function arrowWriter({ columns, sink }: WriterOptions): RowsWriter {
  const schema = {
    fields: columns.map(fieldOf),
    metadata: null,
    version: 4 as const,
    endianness: 0 as const,
    dictionaryTypes: new Map(),
  }
  let hasBegun = false
  /** The library writes schema, batch and end: the schema only leaves the first time, the end the last time. */
  const send = async (run: RowRun | null, isLast: boolean): Promise<void> => {
    const bytes = tableToIPC(new Table(schema, batchesOf(run, columns)), { format: 'stream' })!
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const start = hasBegun ? PREFIX + view.getInt32(4, true) : 0
    hasBegun = true
    await sink(bytes.subarray(start, isLast ? bytes.length : bytes.length - PREFIX))
  }
  return {
    begin: () => send(null, false),
    run: async (run) => {
      if (run.length > 0) await send(run, false)
    },
    end: () => sink(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)),
  }
}

/** What a column says stands in the metadata of its field. */
function fieldOf({ name, type, says, optional = true }: Description) {
  return field(name, TYPES[type], optional, new Map([['description', says]]))
}

function batchesOf(run: RowRun | null, columns: readonly Description[]): Column<unknown>[] {
  return columns.map(({ type }, c) => {
    const arrowType = TYPES[type]
    if (run === null) return new Column<unknown>([], arrowType)
    const Kind = batchType(arrowType) as unknown as new (
      options: ConstructorParameters<typeof Batch>[0]
    ) => Batch<unknown>
    const buffers = arrowBuffers(run.columns[c]!, run.length)
    return new Column<unknown>([new Kind({ length: run.length, type: arrowType, ...buffers })])
  })
}
