// The members of a segment: which of them can hold what is asked for, by the index beside it, and the lines of one. Both are
// checked against their checksums.

import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { toSsmdError } from '#crds/errors.ts'
import { openRegular } from '#crds/regular-file.ts'
import { inflateMember } from '../format/gzip.ts'
import { hexCrc, type IndexEntry, parseIndexLine } from '../format/index-line.ts'
import type { ManifestSegment } from '../format/manifest.ts'
import { indexFile } from '../format/names.ts'
import { listNumbers, OTHER_SYMBOLS } from '../format/symbols.ts'
import type { Span } from './line-filter.ts'

export type { IndexEntry } from '../format/index-line.ts'

/** A file is not as the manifest says: it was sealed since, or it is damaged. */
export class Stale extends Error {}

export type MemberFilter = {
  readonly types?: readonly string[] | undefined
  readonly symbols?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive, as the lines write them (or a prefix). */
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Where a member stands, and what its bytes must be. */
export type MemberPlace = Span &
  Pick<IndexEntry, 'offset' | 'bytes' | 'rawBytes' | 'crc32'> & {
    readonly path: string
    /** Each of its lines says its symbol. */
    readonly isNamed: boolean
  }

/** The members of the segment at `path` that can hold what is asked for, in their order; `entries`: all of its index. */
export function membersOf(
  path: string,
  entries: readonly IndexEntry[],
  filter: MemberFilter
): MemberPlace[] {
  const holdsSymbol = symbolTest(entries, filter.symbols)
  const unnamed = symbolNumbers(entries, [''])
  return entries
    .filter(
      (entry) => overlaps(entry, filter) && hasAny(entry.types, filter.types) && holdsSymbol(entry)
    )
    .map(({ from, to, offset, bytes, rawBytes, crc32, format, symbols }) => ({
      ...{ path, from, to, offset, bytes, rawBytes, crc32 },
      isNamed: format === 2 && !listNumbers(symbols).some((number) => unnamed.has(number)),
    }))
}

/** About which part of the lines is asked for, from 0 to 1: the symbols of a member are taken to have equally many. */
export function shareOf(entries: readonly IndexEntry[], filter: MemberFilter): number {
  const wanted = filter.symbols && symbolNumbers(entries, filter.symbols)
  let all = 0
  let lines = 0
  for (const entry of entries) {
    all += entry.lines
    if (!overlaps(entry, filter)) continue
    const ofTypes = filter.types?.reduce((sum, type) => sum + countOf(entry, type), 0)
    const numbers = wanted === undefined ? [] : listNumbers(entry.symbols)
    const ofSymbols = numbers.filter((number) => wanted!.has(number)).length
    lines += (ofTypes ?? entry.lines) * (wanted === undefined ? 1 : ofSymbols / numbers.length || 0)
  }
  return all === 0 ? 1 : lines / all
}

const countOf = ({ types }: IndexEntry, type: string): number =>
  Object.hasOwn(types, type) ? types[type]! : 0

/** Tells whether a member holds any of the symbols. */
function symbolTest(
  entries: readonly IndexEntry[],
  wanted: readonly string[] | undefined
): (entry: IndexEntry) => boolean {
  if (wanted === undefined) return () => true
  const numbers = symbolNumbers(entries, wanted)
  return (entry) => listNumbers(entry.symbols).some((number) => numbers.has(number))
}

/** The numbers that symbols have in the index, and that of those that it does not tell apart. */
function symbolNumbers(
  entries: readonly IndexEntry[],
  wanted: readonly string[]
): ReadonlySet<number> {
  const names = new Set([...wanted, OTHER_SYMBOLS])
  const numbers = new Set<number>()
  let next = 0
  for (const entry of entries) {
    for (const name of entry.names) {
      if (names.has(name)) numbers.add(next)
      next++
    }
  }
  return numbers
}

export const overlaps = ({ from, to }: Span, filter: MemberFilter): boolean =>
  (filter.from === undefined || to >= filter.from) && (filter.to === undefined || from < filter.to)

export const hasAny = (
  types: Readonly<Record<string, number>>,
  wanted: readonly string[] | undefined
): boolean => wanted === undefined || wanted.some((type) => Object.hasOwn(types, type))

/** The index lines of the members that the manifest names. Throws Stale. */
export async function readIndex(folder: string, segment: ManifestSegment): Promise<IndexEntry[]> {
  const path = join(folder, indexFile(segment.name))
  let text: string
  let size: number
  try {
    // What lies behind what the manifest covers is not read.
    const file = await openRegular(path)
    try {
      size = (await file.stat()).size
      const bytes = Buffer.allocUnsafe(Math.min(size, segment.indexBytes))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      text = bytes.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (thrown) {
    throw new Stale(`${path} cannot be read: ${toSsmdError(thrown).message}`, { cause: thrown })
  }
  const lines = text.split('\n').slice(0, -1)
  if (size < segment.indexBytes || lines.length !== segment.members) {
    throw new Stale(`${path} has ${lines.length} of ${segment.members} lines`)
  }
  return lines.map((line, i) => {
    try {
      return parseIndexLine(line)
    } catch (thrown) {
      throw new Stale(`${path}:${i + 1}: ${toSsmdError(thrown).message}`, { cause: thrown })
    }
  })
}

export { freeLines } from '../format/gzip.ts'

/** The bytes of a member in its file, and its lines. */
export type MemberBytes = { readonly bytes: Buffer; readonly lines: Buffer }

/** Above this the index of a member is wrong: no member that was written holds more. */
const MOST_LINES_BYTES = 128 * 1024 * 1024

/** Throws Stale. */
export async function readMember(files: OpenFiles, member: MemberPlace): Promise<MemberBytes> {
  const { path, offset, rawBytes } = member
  if (rawBytes > MOST_LINES_BYTES) {
    throw new Stale(
      `${path}: the member at byte ${offset}: ${rawBytes} bytes of lines are too many`
    )
  }
  const file = await files.get(path)
  try {
    const bytes = Buffer.allocUnsafe(member.bytes)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
    if (bytesRead === bytes.length && hexCrc(bytes) === member.crc32) {
      return { bytes, lines: await inflateMember(bytes, rawBytes) }
    }
  } catch (thrown) {
    throw new Stale(`${path}: the member at byte ${offset}: ${String(thrown)}`, { cause: thrown })
  }
  throw new Stale(`${path}: the member at byte ${offset} is not as its index says`)
}

const MOST_FILES = 32

/** A few open files: members of several segments are read in turn. */
export class OpenFiles {
  readonly #files = new Map<string, Promise<FileHandle>>()

  async get(path: string): Promise<FileHandle> {
    let opened = this.#files.get(path)
    if (opened === undefined) {
      opened = openRegular(path)
      opened.catch(() => this.#files.delete(path))
    } else this.#files.delete(path)
    this.#files.set(path, opened)
    const [oldest] = this.#files.keys()
    if (this.#files.size > MOST_FILES && oldest !== undefined) {
      const last = this.#files.get(oldest)
      this.#files.delete(oldest)
      await (await last)?.close()
    }
    try {
      return await opened
    } catch (thrown) {
      throw new Stale(`${path} cannot be opened: ${toSsmdError(thrown).message}`, { cause: thrown })
    }
  }

  async close(): Promise<void> {
    for (const file of await Promise.allSettled(this.#files.values())) {
      if (file.status === 'fulfilled') await file.value.close()
    }
    this.#files.clear()
  }
}
