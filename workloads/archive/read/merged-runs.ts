// Reads the lines of a day in receive order across its groups, a run at a time. Only what a manifest names is read, and of it
// only the members that can hold what is asked for.

import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { toSsmdError } from '#crds/errors.ts'
import { openRegular } from '#crds/regular-file.ts'
import { decompressMember } from '../format/gzip.ts'
import { hexCrc, type IndexEntry, parseIndexLine } from '../format/index-line.ts'
import type { Manifest, ManifestSegment } from '../format/manifest.ts'
import { indexFile } from '../format/names.ts'
import { listNumbers, OTHER_SYMBOLS } from '../format/symbols.ts'
import { type LineFilter, type LineTest, lineTest, type Span } from './line-filter.ts'
import { type KeyedLine, lineKey, MergedLines, type SortKey } from './merge.ts'

type RunFilter = Omit<LineFilter, 'limit' | 'onDamage'>

/** A file is not as the manifest says: it was sealed since, or it is damaged. */
export class Stale extends Error {}

/** Lines of a run at most. */
const MAX_RUN = 1024

type MemberRef = Pick<IndexEntry, 'from' | 'to' | 'offset' | 'bytes' | 'rawBytes' | 'crc32'> & {
  readonly path: string
  readonly isWanted: LineTest | undefined
}

/** The wanted lines of a day in receive order, from behind `after` on. `skip` throws, or takes what cannot be read. */
export async function* mergedRuns(
  folder: string,
  manifest: Manifest,
  filter: RunFilter,
  after: SortKey | undefined,
  skip: (thrown: unknown, span: Span) => void
): AsyncGenerator<readonly KeyedLine[]> {
  const segments = manifest.segments
    .filter(
      (segment) =>
        (filter.groups?.includes(segment.group) ?? true) &&
        overlaps(segment, filter) &&
        hasAny(segment.types, filter.types)
    )
    .sort(byFrom)
  const files = new OpenFiles()
  const lines = new MergedLines()
  let run: KeyedLine[] = []
  let members: MemberRef[] = []
  try {
    for (let next = 0; ; ) {
      // All that could hold an earlier line comes first: the index of a segment, then its members one by one.
      for (;;) {
        const segment = segments[next]
        const member = members[0]
        const isMember = member !== undefined && (!segment || member.from <= segment.from)
        const from = isMember ? member.from : segment?.from
        if (from === undefined || lines.isBefore(from)) break
        // What is read next may be stale, and what came before it stays true.
        if (run.length > 0) {
          yield run
          run = []
        }
        if (isMember) {
          members.shift()
          try {
            lines.add(await readMember(files, member), member.isWanted)
          } catch (thrown) {
            skip(thrown, member)
          }
        } else {
          next++
          try {
            const more = await membersOf(folder, segment!, filter, after)
            members = [...members, ...more].sort(byFrom)
          } catch (thrown) {
            skip(thrown, segment!)
          }
        }
      }
      const line = lines.shift()
      if (line === undefined || (filter.to !== undefined && line.recv >= filter.to)) break
      if (filter.from !== undefined && line.recv < filter.from) continue
      if (after !== undefined && lineKey.compare(line, after) <= 0) continue
      if (run.push(line) === MAX_RUN) {
        yield run
        run = []
      }
    }
    if (run.length > 0) yield run
  } finally {
    await files.close()
  }
}

/** The members of a segment that can hold what is asked for. */
async function membersOf(
  folder: string,
  segment: ManifestSegment,
  filter: RunFilter,
  after: SortKey | undefined
): Promise<MemberRef[]> {
  const path = join(folder, segment.name)
  const entries = await readIndex(folder, segment)
  const holdsSymbol = symbolTest(entries, filter.symbols)
  const isWanted = lineTest(segment.format, filter)
  return entries
    .filter(
      (entry) =>
        overlaps(entry, filter) &&
        hasAny(entry.types, filter.types) &&
        holdsSymbol(entry) &&
        (after === undefined || entry.to >= after.recv)
    )
    .map(({ from, to, offset, bytes, rawBytes, crc32 }) => ({
      path,
      from,
      to,
      offset,
      bytes,
      rawBytes,
      crc32,
      isWanted,
    }))
}

/** Tells whether a member holds any of the symbols. */
function symbolTest(
  entries: readonly IndexEntry[],
  wanted: readonly string[] | undefined
): (entry: IndexEntry) => boolean {
  if (wanted === undefined) return () => true
  const names = new Set([...wanted, OTHER_SYMBOLS])
  const numbers = new Set<number>()
  let next = 0
  for (const entry of entries) {
    for (const name of entry.names) {
      if (names.has(name)) numbers.add(next)
      next++
    }
  }
  return (entry) => listNumbers(entry.symbols).some((number) => numbers.has(number))
}

const byFrom = (a: { readonly from: string }, b: { readonly from: string }): number =>
  a.from < b.from ? -1 : a.from > b.from ? 1 : 0

const overlaps = (
  { from, to }: { readonly from: string; readonly to: string },
  filter: RunFilter
): boolean =>
  (filter.from === undefined || to >= filter.from) && (filter.to === undefined || from < filter.to)

const hasAny = (
  types: Readonly<Record<string, number>>,
  wanted: readonly string[] | undefined
): boolean => wanted === undefined || wanted.some((type) => Object.hasOwn(types, type))

/** The index lines of the members that the manifest names. */
async function readIndex(folder: string, segment: ManifestSegment): Promise<IndexEntry[]> {
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

async function readMember(files: OpenFiles, member: MemberRef): Promise<Buffer> {
  const { path, offset, rawBytes } = member
  const file = await files.get(path)
  try {
    const bytes = Buffer.allocUnsafe(member.bytes)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset)
    if (bytesRead === bytes.length && hexCrc(bytes) === member.crc32) {
      return decompressMember(bytes, rawBytes)
    }
  } catch (thrown) {
    throw new Stale(`${path}: the member at byte ${offset}: ${String(thrown)}`, { cause: thrown })
  }
  throw new Stale(`${path}: the member at byte ${offset} is not as its index says`)
}

/** A few open files: members of several segments are read in turn. */
class OpenFiles {
  readonly #files = new Map<string, FileHandle>()

  async get(path: string): Promise<FileHandle> {
    let file = this.#files.get(path)
    if (file === undefined) {
      try {
        file = await openRegular(path)
      } catch (thrown) {
        throw new Stale(`${path} cannot be opened: ${toSsmdError(thrown).message}`, {
          cause: thrown,
        })
      }
    }
    this.#files.delete(path)
    this.#files.set(path, file)
    const [oldest] = this.#files.keys()
    if (this.#files.size > 32 && oldest !== undefined) {
      await this.#files.get(oldest)?.close()
      this.#files.delete(oldest)
    }
    return file
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) await file.close()
    this.#files.clear()
  }
}
