// Rows as Parquet: a row group for some runs, each sent when it is full, so that no more than one is in memory. Decimals are
// decimal(38, 18), times are timestamps of nanoseconds in UTC. What the answer is worth stands in the metadata of the file.

import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Column, ColumnValues, RowRun } from '../model/rows.ts'
import { DECIMAL_PRECISION, DECIMAL_SCALE, decimalWords, wideWords } from './decimal128.ts'
import type { RowsWriter, WriterOptions } from './format.ts'

/** Rows of a group: a reader skips groups, and each is in memory while it is written. */
const GROUP = 16_384

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number]

export function parquetWriter({ columns, sink }: WriterOptions): RowsWriter {
  const out = new ByteWriter()
  const writer = new ParquetWriter({
    writer: out,
    schema: schemaOf(columns, 'encoded'),
    createdBy: 'ssmd',
  })
  let held: unknown[][] = columns.map(() => [])
  const flush = async (): Promise<void> => {
    await sink(out.getBytes())
    out.index = 0
  }
  const writeGroup = async (): Promise<void> => {
    if ((held[0]?.length ?? 0) === 0) return
    await writer.write({
      columnData: columns.map(({ name, type }, c) => ({
        name,
        data: held[c]!,
        // Bytes of decimals do not compare as their numbers do.
        statistics: type !== 'decimal' && type !== 'bytes',
      })),
      rowGroupSize: GROUP,
    })
    held = columns.map(() => [])
    await flush()
  }
  return {
    begin: async () => {},
    async run(run) {
      for (const [c, column] of run.columns.entries()) gather(column, run, held[c]!)
      if (held[0]!.length >= GROUP) await writeGroup()
    },
    async end({ rows, quality, about, nextCursor }) {
      await writeGroup()
      // Decimals were encoded here, as bytes; readers are told what they are.
      writer.schema = schemaOf(columns, 'read')
      writer.kvMetadata = [
        {
          key: 'ssmd',
          value: JSON.stringify({
            rows,
            complete: true,
            about,
            quality,
            truncated: nextCursor !== null,
            next_cursor: nextCursor,
          }),
        },
      ]
      await writer.finish()
      await flush()
    },
  }
}

function schemaOf(columns: readonly Column[], as: 'encoded' | 'read'): Element[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.map(
      ({ name, type }): Element => ({ name, repetition_type: 'OPTIONAL', ...elementOf(type, as) })
    ),
  ]
}

function elementOf(type: Column['type'], as: 'encoded' | 'read'): Partial<Element> {
  switch (type) {
    case 'text':
    case 'json':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
    case 'bytes':
      return { type: 'BYTE_ARRAY' }
    case 'integer':
      return { type: 'INT64' }
    case 'flag':
      return { type: 'BOOLEAN' }
    case 'time':
      return {
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
      }
    case 'decimal':
      return {
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 16,
        ...(as === 'read'
          ? {
              converted_type: 'DECIMAL',
              scale: DECIMAL_SCALE,
              precision: DECIMAL_PRECISION,
              logical_type: { type: 'DECIMAL', scale: DECIMAL_SCALE, precision: DECIMAL_PRECISION },
            }
          : {}),
      }
  }
}

/** Adds the values of a run: it may be overwritten before the group is full. */
function gather(column: ColumnValues, { length }: RowRun, to: unknown[]): void {
  switch (column.type) {
    case 'text':
      for (let i = 0; i < length; i++) to.push(column.values[i] ?? null)
      return
    case 'json':
      for (let i = 0; i < length; i++) {
        const value = column.values[i] ?? null
        to.push(value === null ? null : JSON.stringify(value))
      }
      return
    case 'bytes':
      for (let i = 0; i < length; i++) {
        const value = column.values[i] ?? null
        to.push(value === null ? null : Uint8Array.from(value))
      }
      return
    case 'integer':
      for (let i = 0; i < length; i++) {
        const value = column.values[i]!
        to.push(Number.isNaN(value) ? null : BigInt(value))
      }
      return
    case 'flag':
      for (let i = 0; i < length; i++) {
        const value = column.values[i]!
        to.push(value === 2 ? null : value === 1)
      }
      return
    case 'time':
      for (let i = 0; i < length; i++) {
        const ms = column.ms[i]!
        to.push(ms === -1 ? null : BigInt(ms) * 1_000_000n + BigInt(column.ns[i]!))
      }
      return
    case 'decimal':
      for (let i = 0; i < length; i++) to.push(decimalBytes(column, i))
  }
}

const words = new Uint32Array(4)

/** Sixteen bytes, high one first, or null. */
function decimalBytes(
  { values, scales, wide }: Extract<ColumnValues, { type: 'decimal' }>,
  i: number
): Uint8Array | null {
  const value = values[i]!
  if (!Number.isNaN(value)) decimalWords(value, scales[i]!, words, 0)
  else if (wide?.has(i)) wideWords(wide.get(i)!, scales[i]!, words, 0)
  else return null
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let w = 0; w < 4; w++) view.setUint32(12 - 4 * w, words[w]!)
  return bytes
}
