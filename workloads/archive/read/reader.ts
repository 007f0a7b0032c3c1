// Reads an archive for the CLI, the API and signals. Only what a manifest names is visible: it is committed and whole.
// Lines come in receive order across all groups; members that cannot match the filter are not read.

import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { openRegular, readRegular } from '#crds/regular-file.ts'
import { decompressMember } from '../format/gzip.ts'
import { hexCrc, type IndexEntry, parseIndexLine } from '../format/index-line.ts'
import {
  countGaps,
  type DayCondition,
  MAX_MANIFEST_BYTES,
  type Manifest,
  type ManifestSegment,
  readManifestText,
} from '../format/manifest.ts'
import { dayFolder, feedFolder, indexFile, MANIFEST_FILE } from '../format/names.ts'
import { listNumbers, OTHER_SYMBOLS } from '../format/symbols.ts'
import { isAtWork } from './at-work.ts'
import { type LineTest, lineTest, type NameFilter } from './line-filter.ts'
import { lineKey, MergedLines, type SortKey } from './merge.ts'
import { proofOf } from './proof.ts'
import { surveyFolders, type Unreadable } from './survey.ts'

export type { Gap, Manifest, ManifestSegment } from '../format/manifest.ts'
export { isFeedName } from '../format/names.ts'
export type { LineNames } from './line-filter.ts'

export type DaySummary = {
  readonly feed: string
  readonly day: string
  readonly environment: string
  readonly archive: string
  /** Null on a day of an older ssmd: `exchangeOf` finds it. */
  readonly exchange: string | null
  /** By channel, what the exchange's protocol can prove; empty if the connector did not tell. */
  readonly proof: Readonly<Record<string, string>>
  readonly simulated: boolean
  readonly condition: DayCondition
  readonly updated: string
  readonly records: number
  readonly bytes: number
  readonly rawBytes: number
  readonly segments: number
  readonly gaps: number
  readonly from: string | null
  readonly to: string | null
}

/** Members that cannot hold what is asked for are not read; lines that are not of it do not come. */
export type LineFilter = NameFilter & {
  /** Groups to read, such as `trades`. @default all */
  readonly groups?: readonly string[] | undefined
  /** Receive times, inclusive and exclusive, as the lines write them (or a prefix, such as `2026-11-24T15:30`). */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly limit?: number | undefined
  /** Takes what cannot be read; the rest comes all the same. @default it is thrown */
  readonly onDamage?: ((error: SsmdError) => void) | undefined
}

export type { Unreadable } from './survey.ts'

export type Days = {
  readonly days: readonly DaySummary[]
  /** Folders and manifests that cannot be read: what they hold is unknown. */
  readonly damaged: readonly Unreadable[]
  /** Plain files beside the folders of feeds. */
  readonly files: readonly string[]
}

/** Every day of every feed, by feed and day; those that cannot be read are named, and hide no others. */
export async function surveyDays(root: string): Promise<Days> {
  const days: DaySummary[] = []
  const { places, unreadable, files } = await surveyFolders(root)
  const damaged = [...unreadable]
  for (const { feed, day, names } of places) {
    try {
      const manifest = await readIfThere(root, feed, day)
      if (manifest !== undefined) days.push(summaryOf(manifest))
      // A day that is being begun has its first manifest a moment after its first segment.
      else if (!(await isAtWork(feedFolder(root, feed)))) throw noManifest(`${feed}/${day}`, names)
    } catch (thrown) {
      damaged.push({
        feed,
        day,
        path: `${feed}/${day}/${MANIFEST_FILE}`,
        error: toSsmdError(thrown),
      })
    }
  }
  return { days, damaged, files }
}

const noManifest = (path: string, names: readonly string[]): SsmdError =>
  new SsmdError(
    'SSMD_E_ARCHIVE_INVALID',
    names.includes(MANIFEST_FILE)
      ? `${path}/${MANIFEST_FILE} is a link that leads nowhere`
      : `${path} has files and no manifest`,
    { hint: 'the archiver writes it at its next start; otherwise restore it from a copy' }
  )

/** The same for callers that need all days: one that cannot be read is an error. */
export async function listDays(root: string): Promise<readonly DaySummary[]> {
  const { days, damaged } = await surveyDays(root)
  if (damaged[0]) throw damaged[0].error
  return days
}

/** The manifest of a day; SSMD_E_NOT_FOUND if there is none. */
export async function readManifest(root: string, feed: string, day: string): Promise<Manifest> {
  const manifest = await readIfThere(root, feed, day)
  if (manifest !== undefined) return manifest
  throw new SsmdError('SSMD_E_NOT_FOUND', `${root} has no day ${day} of ${feed}`, {
    hint: 'see `ssmd data list`',
  })
}

/** The lines of a day, each with its line feed, in receive order. */
export async function* readLines(
  root: string,
  feed: string,
  day: string,
  filter: LineFilter = {}
): AsyncGenerator<Buffer> {
  let left = filter.limit ?? Number.POSITIVE_INFINITY
  let last: SortKey | undefined
  // A segment that is sealed meanwhile has another file than the manifest said: then from there on with the new one.
  for (let attempt = 0; left > 0; attempt++) {
    const manifest = await readManifest(root, feed, day)
    const { onDamage } = filter
    const skip = (thrown: unknown): void => {
      if (!(thrown instanceof Stale) || attempt < MAX_ATTEMPTS || !onDamage) throw thrown
      onDamage(asInvalid(thrown) as SsmdError)
    }
    try {
      const folder = dayFolder(root, feed, day)
      for await (const line of mergedLines(folder, manifest, filter, last, skip)) {
        last = line
        yield line.bytes
        if (--left <= 0) return
      }
      return
    } catch (thrown) {
      if (!(thrown instanceof Stale) || attempt >= MAX_ATTEMPTS) throw asInvalid(thrown)
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** Attempts to read a day whose segments are being sealed meanwhile. */
const MAX_ATTEMPTS = 20
const RETRY_MS = 50

/** A file is not as the manifest says: it was sealed since, or it is damaged. */
class Stale extends Error {}

const asInvalid = (thrown: unknown): unknown =>
  thrown instanceof Stale
    ? new SsmdError('SSMD_E_ARCHIVE_INVALID', thrown.message, {
        hint: 'see `ssmd data verify`',
        cause: thrown.cause,
      })
    : thrown

type MemberRef = Pick<IndexEntry, 'from' | 'offset' | 'bytes' | 'rawBytes' | 'crc32'> & {
  readonly path: string
  readonly isWanted: LineTest | undefined
}

async function* mergedLines(
  folder: string,
  manifest: Manifest,
  filter: LineFilter,
  after: SortKey | undefined,
  skip: (thrown: unknown) => void
): AsyncGenerator<SortKey & { readonly bytes: Buffer }> {
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
        if (isMember) {
          members.shift()
          try {
            lines.add(await readMember(files, member), member.isWanted)
          } catch (thrown) {
            skip(thrown)
          }
        } else {
          next++
          try {
            const more = await membersOf(folder, segment!, filter, after)
            members = [...members, ...more].sort(byFrom)
          } catch (thrown) {
            skip(thrown)
          }
        }
      }
      const line = lines.shift()
      if (line === undefined || (filter.to !== undefined && line.recv >= filter.to)) return
      if (filter.from !== undefined && line.recv < filter.from) continue
      if (after !== undefined && lineKey.compare(line, after) <= 0) continue
      yield line
    }
  } finally {
    await files.close()
  }
}

/** The members of a segment that can hold what is asked for. */
async function membersOf(
  folder: string,
  segment: ManifestSegment,
  filter: LineFilter,
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
    .map(({ from, offset, bytes, rawBytes, crc32 }) => ({
      path,
      from,
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
  filter: LineFilter
): boolean =>
  (filter.from === undefined || to >= filter.from) && (filter.to === undefined || from < filter.to)

const hasAny = (
  types: Readonly<Record<string, number>>,
  wanted: readonly string[] | undefined
): boolean => wanted === undefined || wanted.some((type) => Object.hasOwn(types, type))

/** The index lines of the members that the manifest names. */
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

async function readIfThere(root: string, feed: string, day: string): Promise<Manifest | undefined> {
  const path = join(dayFolder(root, feed, day), MANIFEST_FILE)
  try {
    return readManifestText((await readRegular(path, MAX_MANIFEST_BYTES)).toString('utf8'), path)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw thrown
  }
}

function summaryOf(manifest: Manifest): DaySummary {
  const { feed, day, environment, archive, simulated, condition, updated } = manifest
  const { records, bytes, rawBytes, from, to } = manifest
  return {
    feed,
    day,
    environment,
    archive,
    exchange: manifest.exchange ?? null,
    proof: proofOf(manifest),
    simulated,
    condition,
    updated,
    records,
    bytes,
    rawBytes,
    segments: manifest.segments.length,
    gaps: countGaps(manifest.gaps),
    from,
    to,
  }
}
