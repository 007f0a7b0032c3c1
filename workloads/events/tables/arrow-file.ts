// A table as an Arrow IPC file of one record batch, written with flechette. Directly before its footer, where readers of Arrow pass
// it over, stands our index: where each buffer of a column is, and checksums. So the columns that are wanted can be read
// and checked alone (open-file.ts).
//
//   Arrow's messages | index as JSON | its length and its crc32, 4 bytes each | Arrow's footer, its length, ARROW1

import { crc32 } from 'node:zlib'
import {
  Column as ArrowColumn,
  Table as ArrowTable,
  batchType,
  type DataType,
  dictionary,
  Endianness,
  type Field,
  field,
  int32,
  int64,
  TimeUnit,
  tableToIPC,
  timestamp,
  uint8,
  utf8,
  Version,
} from '@uwdata/flechette'
import {
  buffersOf,
  type Part,
  type PartBuffers,
  type PartKind,
  partsOf,
  scalesOf,
} from './parts.ts'
import type { NamesColumn, Table, TableName } from './table.ts'

/** Where bytes stand in the file, and their crc32. */
export type Region = readonly [offset: number, bytes: number, crc: number]

export type IndexedColumn = {
  readonly name: string
  readonly kind: PartKind
  readonly values: Region
  readonly valid: Region | null
  readonly offsets: Region | null
  /** Of decimals without one scale: that of each row. */
  readonly scales: Region | null
  readonly scale: number
  readonly names: readonly string[]
}

export type FileIndex = {
  readonly table: TableName
  readonly length: number
  /** What the table was made of, and by what. */
  readonly made: string
  /** What stands before the first column, and Arrow's footer. */
  readonly head: Region
  readonly footer: Region
  readonly columns: readonly IndexedColumn[]
}

/** Bytes behind the index: its length and its crc32. */
export const INDEX_TAIL = 8
/** Bytes behind Arrow's footer: its length and `ARROW1`. */
export const FOOTER_TAIL = 10

/** The file as pieces, which are views of the columns: to be written one after the other before a column is changed. */
export function encodeTable(table: Table, made: string): Uint8Array[] {
  const parts = partsOf(table)
  const expected = parts.flatMap(arrowBuffers)
  const offsets: number[] = []
  const pieces: Uint8Array[] = []
  let length = 0
  const write = (bytes: Uint8Array): void => {
    if (isSame(bytes, expected[offsets.length])) offsets.push(length)
    pieces.push(bytes)
    length += bytes.length
  }
  const sink = { write, pad: (count: number) => write(new Uint8Array(count)), finish: () => null }
  tableToIPC(arrowTable(table, parts), { format: 'file', sink })
  if (offsets.length !== expected.length) throw new Error('flechette did not write every column')
  const footer = takeFooter(pieces)
  const place = regionsOf(expected, offsets)
  const columns = parts.map((part) => indexedColumn(part, place))
  const headBytes = offsets[0] ?? length - footer.length
  const head: Region = [0, headBytes, crcOf(pieces, headBytes)]
  const index = { table: table.name, length: table.length, made, head, columns }
  return [...pieces, ...encodeIndex(index, length - footer.length, footer), footer]
}

const isSame = (a: Uint8Array, b: ArrayBufferView | undefined): boolean =>
  a.buffer === b?.buffer && a.byteOffset === b.byteOffset && a.byteLength === b.byteLength

/** Takes Arrow's footer with all behind it off the end. */
function takeFooter(pieces: Uint8Array[]): Uint8Array {
  const end = Buffer.concat(pieces.splice(-3))
  const at = end.length - FOOTER_TAIL - end.readInt32LE(end.length - FOOTER_TAIL)
  pieces.push(end.subarray(0, at))
  return end.subarray(at)
}

function crcOf(pieces: readonly Uint8Array[], count: number): number {
  let crc = 0
  let left = count
  for (const piece of pieces) {
    if (left <= 0) break
    crc = crc32(piece.subarray(0, left), crc)
    left -= piece.length
  }
  return crc
}

type PlaceOf = (buffer: ArrayBufferView | null) => Region | null

function regionsOf(buffers: readonly ArrayBufferView[], offsets: readonly number[]): PlaceOf {
  const regions = new Map(buffers.map((buffer, i) => [buffer, regionOf(buffer, offsets[i]!)]))
  return (buffer) => (buffer === null ? null : (regions.get(buffer) ?? [0, 0, 0]))
}

const regionOf = (buffer: ArrayBufferView, offset: number): Region => [
  offset,
  buffer.byteLength,
  crc32(bytesOf(buffer)),
]

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

function indexedColumn(part: Part, place: PlaceOf): IndexedColumn {
  const { name, kind, column } = part
  const { valid, offsets, values } = buffersOf(part)
  const { scale, scales } = scalesOf(part)
  return {
    name,
    kind,
    values: place(values)!,
    valid: place(valid),
    offsets: place(offsets),
    scales: place(scales),
    scale,
    names: kind === 'names' ? (column as NamesColumn).names : [],
  }
}

/** Filled up to eight bytes, so that the footer stands as aligned as before. */
function encodeIndex(
  index: Omit<FileIndex, 'footer'>,
  at: number,
  footer: Uint8Array
): [json: Buffer, tail: Buffer] {
  const of = (bytes: number): Buffer => {
    const region: Region = [at + bytes + INDEX_TAIL, footer.length, crc32(footer)]
    return Buffer.from(JSON.stringify({ ...index, footer: region } satisfies FileIndex))
  }
  // Its own length stands in it.
  const bytes = Math.ceil((of(0).length + 16) / 8) * 8
  const json = Buffer.alloc(bytes, ' ')
  of(bytes).copy(json)
  const tail = Buffer.alloc(INDEX_TAIL)
  tail.writeUInt32LE(bytes, 0)
  tail.writeUInt32LE(crc32(json), 4)
  return [json, tail]
}

/** The buffers of a column, and of its scales, in the order of Arrow; those without a byte are not written. */
function arrowBuffers(part: Part): ArrayBufferView[] {
  const { valid, offsets, values } = buffersOf(part)
  const { scales } = scalesOf(part)
  const all: (ArrayBufferView | null)[] = [valid, offsets, values, scales]
  return all.filter((one) => one !== null && one.byteLength > 0) as ArrayBufferView[]
}

function arrowTable(table: Table, parts: readonly Part[]): ArrowTable {
  const { length } = table
  const fields: Field[] = []
  const columns: ArrowColumn<unknown>[] = []
  const add = (
    name: string,
    type: DataType,
    buffers: PartBuffers,
    metadata: Map<string, string> | null
  ): void => {
    fields.push({ ...field(name, type), metadata: metadata as Map<string, string> })
    columns.push(arrowColumn(type, length, buffers))
  }
  for (const part of parts) {
    const { name, kind } = part
    const { scale, scales } = scalesOf(part)
    const metadata =
      kind !== 'decimal' ? null : new Map([['scale', scaleText(name, scale, scales)]])
    if (kind === 'names') {
      const [type, column] = namesColumn(length, part.column as NamesColumn)
      fields.push(field(name, type))
      columns.push(column)
    } else add(name, arrowType(kind), buffersOf(part), metadata)
    if (scales !== null) {
      add(scalesName(name), uint8(), { valid: null, offsets: null, values: scales }, null)
    }
  }
  const metadata = new Map([['ssmd.table', table.name]])
  const schema = { version: Version.V5, endianness: Endianness.Little, fields, metadata }
  return new ArrowTable(schema, columns)
}

/** The name of the column with the scales of another one. */
const scalesName = (name: string): string => `${name}Scale`

const scaleText = (name: string, scale: number, scales: Uint8Array | null): string =>
  scales === null ? String(scale) : scalesName(name)

function arrowType(kind: Exclude<PartKind, 'names'>): DataType {
  switch (kind) {
    case 'time':
      return timestamp(TimeUnit.NANOSECOND, 'UTC')
    case 'decimal':
    case 'ordinal':
      return int64()
    case 'place':
      return int32()
    case 'small':
      return uint8()
    case 'text':
    case 'optional':
      return utf8()
  }
}

const NONE = new Uint8Array(0)

function arrowColumn(
  type: DataType,
  length: number,
  { valid, offsets, values }: PartBuffers
): ArrowColumn<unknown> {
  const Batch = batchType(type)
  const validity = valid ?? NONE
  const nullCount = valid === null ? 0 : length - countBits(valid)
  const given = offsets === null ? {} : { offsets }
  return new ArrowColumn([new Batch({ length, nullCount, type, validity, values, ...given })], type)
}

function namesColumn(
  length: number,
  { codes, names }: NamesColumn
): [DataType, ArrowColumn<unknown>] {
  const texts = names.map((name) => Buffer.from(name))
  const offsets = new Int32Array(names.length + 1)
  for (const [i, text] of texts.entries()) offsets[i + 1] = offsets[i]! + text.length
  // flechette finds the dictionary of a type by that very object.
  const textType = utf8()
  const type = dictionary(textType, int32())
  const values = Uint8Array.from(Buffer.concat(texts))
  const own = arrowColumn(textType, names.length, { valid: null, offsets, values })
  const Batch = batchType(type)
  const batch = new Batch({ length, nullCount: 0, type, validity: NONE, values: codes })
  return [type, new ArrowColumn([batch.setDictionary(own)], type)]
}

function countBits(bytes: Uint8Array): number {
  let count = 0
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++
  return count
}
