// Opens a file of the cache: reads its index, and of the columns those that are wanted, into one buffer that they are views of. A
// file that is cut, flipped or of something else is not read.

import type { FileHandle } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { openRegular } from '#crds/regular-file.ts'
import {
  type FileIndex,
  FOOTER_TAIL,
  INDEX_TAIL,
  type IndexedColumn,
  type Region,
} from './arrow-file.ts'
import { columnOf, tableOf } from './parts.ts'
import type { Table } from './table.ts'

/** Read from the end at first: nearly always all of the index. */
const USUAL_END = 64 * 1024
/** Longer indexes are not ours: a name of a symbol has some 40 bytes, and a segment has thousands. */
const MAX_INDEX = 64 * 1024 * 1024
/** A file is marked as used once in this time. */
const USED_MS = 60_000
/** Arrow aligns buffers so, and typed arrays need it. */
const ALIGN = 64

export type FileWant = {
  /** @default all */
  readonly columns?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
}

/**
 * Null: there is no such file, or it cannot be trusted. A table without any of the symbols has no rows then. The file's time of change
 * says when it was last used.
 */
export async function openTable(
  path: string,
  made: string,
  want: FileWant,
  nowMs: number
): Promise<Table | null> {
  let file: FileHandle
  try {
    file = await openRegular(path)
  } catch {
    // Not there, as a rule; whatever else it is, the lines can be read.
    return null
  }
  try {
    const { size, mtimeMs } = await file.stat()
    const index = await readIndex(file, size)
    const table = index?.made === made ? await readColumns(file, index, want) : null
    if (table !== null && nowMs - mtimeMs > USED_MS) {
      // A disk that takes no writes is read all the same.
      await file.utimes(nowMs / 1000, nowMs / 1000).catch(() => {})
    }
    return table
  } catch {
    // A disk that fails, or JSON of another program: the table is built from lines.
    return null
  } finally {
    await file.close()
  }
}

async function readIndex(file: FileHandle, size: number): Promise<FileIndex | null> {
  const end = await bytesAt(file, Math.max(0, size - USUAL_END), Math.min(size, USUAL_END))
  if (end.length < FOOTER_TAIL + INDEX_TAIL) return null
  const footerBytes = end.readInt32LE(end.length - FOOTER_TAIL) + FOOTER_TAIL
  const tailAt = size - footerBytes - INDEX_TAIL
  if (footerBytes < FOOTER_TAIL || tailAt < 0) return null
  const tail = await within(file, end, size, tailAt, INDEX_TAIL)
  const bytes = tail.readUInt32LE(0)
  if (bytes > Math.min(tailAt, MAX_INDEX)) return null
  const json = await within(file, end, size, tailAt - bytes, bytes)
  if (crc32(json) !== tail.readUInt32LE(4)) return null
  const index = JSON.parse(json.toString()) as FileIndex
  const [at, footer, crc] = index.footer
  const footerRead = await within(file, end, size, at, footer)
  return at + footer === size && crc32(footerRead) === crc ? index : null
}

/** Bytes that are perhaps among those at the end that were read before. */
async function within(
  file: FileHandle,
  end: Buffer,
  size: number,
  at: number,
  bytes: number
): Promise<Buffer> {
  const start = at - (size - end.length)
  return start >= 0 ? end.subarray(start, start + bytes) : bytesAt(file, at, bytes)
}

/** Null: a buffer is not as the index says. */
async function readColumns(
  file: FileHandle,
  { table, length, head, columns }: FileIndex,
  want: FileWant
): Promise<Table | null> {
  const wanted = columns.filter(({ name }) => want.columns?.includes(name) ?? true)
  const names = columns.find(({ name }) => name === 'symbol')!.names
  if (length === 0 || want.symbols?.some((symbol) => names.includes(symbol)) === false) {
    return tableOf(table, 0, new Map(wanted.map(emptyColumn)))
  }
  const regions = wanted.flatMap(regionsOf)
  const all = regions.reduce((sum, [, bytes]) => sum + aligned(bytes), aligned(head[1]))
  const room = Buffer.allocUnsafeSlow(all)
  let used = 0
  const views = new Map<Region, Uint8Array>()
  for (const region of [head, ...regions]) {
    views.set(region, new Uint8Array(room.buffer, room.byteOffset + used, region[1]))
    used += aligned(region[1])
  }
  const read = [...views].map(async ([[offset, bytes, crc], view]) => {
    const { bytesRead } = await file.read(view, 0, bytes, offset)
    return bytesRead === bytes && crc32(view) === crc
  })
  if (!(await Promise.all(read)).every(Boolean)) return null
  const view = (region: Region | null) => (region === null ? null : views.get(region)!)
  const found = wanted.map((column) => {
    const { name, kind, names, scale } = column
    const facts = { kind, names, scale, scales: view(column.scales) }
    const { valid, offsets, values } = column
    const buffers = { valid: view(valid), offsets: view(offsets), values: view(values) }
    return [name, columnOf(facts, buffers)] as const
  })
  return tableOf(table, length, new Map(found))
}

function emptyColumn({ name, kind }: IndexedColumn) {
  const none = new Uint8Array(0)
  const buffers = { valid: null, offsets: new Uint8Array(4), values: none }
  return [name, columnOf({ kind, names: [], scale: 0, scales: null }, buffers)] as const
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGN) * ALIGN

const regionsOf = ({ values, valid, offsets, scales }: IndexedColumn): Region[] =>
  [values, valid, offsets, scales].filter((region) => region !== null)

async function bytesAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const room = Buffer.allocUnsafe(bytes)
  const { bytesRead } = await file.read(room, 0, bytes, at)
  return room.subarray(0, bytesRead)
}
