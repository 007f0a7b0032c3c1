// Compares a feed's folder with its journal before anything is changed. What a crash can leave becomes a list of repairs.
// What contradicts the journal is refused with SSMD_E_ARCHIVE_INVALID, and the folder stays byte for byte as it is.

import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import { toSsmdError } from '#crds/errors.ts'
import { formatIndexLine, hexCrc, type IndexEntry, parseIndexLine } from '../format/index-line.ts'
import {
  isManifestOf,
  type Manifest,
  type ManifestFeed,
  readManifestText,
} from '../format/manifest.ts'
import { indexFile, MANIFEST_FILE, temporaryFile } from '../format/names.ts'
import { isDay } from '../format/time.ts'
import type { FeedState } from '../state/feed-state.ts'
import type { JournalRecord, SegmentJson } from '../state/journal-record.ts'
import type { Disk } from './disk.ts'
import { invalid } from './journal.ts'

export type Repair =
  /** Lines that were never committed. */
  | {
      readonly kind: 'cut'
      readonly path: string
      readonly bytes: number
      readonly surplus: number
    }
  /** What the checkpoint found in it stays as it is, and is on the disk; the lines behind it are written again. */
  | {
      readonly kind: 'write index'
      readonly path: string
      readonly length: number
      readonly lines: Buffer
    }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'move aside'; readonly path: string }
  /** The names in the folder must be on the disk. */
  | { readonly kind: 'sync folder'; readonly path: string }
  | { readonly kind: 'write file'; readonly path: string; readonly bytes: Uint8Array }

export type Examined = {
  readonly repairs: readonly Repair[]
  /** Running checksums of the segments that are not sealed, by `day/name`. */
  readonly hashes: ReadonlyMap<string, Hash>
  /** Names of their symbols, likewise. */
  readonly symbols: ReadonlyMap<string, readonly string[]>
}

export type ExamineOptions = {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly state: FeedState
  readonly records: readonly JournalRecord[]
  /** Lengths of the index files when the checkpoint was written, by `day/name`. */
  readonly indexed: ReadonlyMap<string, number>
}

export async function examineFeed(o: ExamineOptions): Promise<Examined> {
  const { disk, folder, state } = o
  const lines = indexLinesOf(o.records)
  const repairs: Repair[] = []
  const hashes = new Map<string, Hash>()
  const symbols = new Map<string, readonly string[]>()
  for (const { day, segments, feeds } of state.days.values()) {
    const place = join(folder, day)
    for (const feed of feeds) repairs.push(...(await examineFeedFile(o, place, feed)))
    repairs.push(...(await examineManifest(o, day)))
    for (const segment of segments.values()) {
      const key = `${day}/${segment.name}`
      if (segment.status === 'sealed') {
        repairs.push(...(await examineSealed(disk, place, segment, state.id)))
        continue
      }
      const open = {
        disk,
        place,
        segment,
        lines: lines.get(key) ?? [],
        indexed: o.indexed.get(key) ?? 0,
      }
      const examined = await examineOpen(open)
      repairs.push(...examined.repairs)
      hashes.set(key, examined.hash)
      symbols.set(key, examined.names)
    }
  }
  for (const day of await disk.list(folder)) {
    if (isDay(day) && !state.days.has(day)) await refuseUnknownDay(o, day)
  }
  return { repairs, hashes, symbols }
}

/** The index lines that the journal holds, by segment. */
function indexLinesOf(records: readonly JournalRecord[]): Map<string, string[]> {
  const lines = new Map<string, string[]>()
  for (const record of records) {
    if (record.kind !== 'commit') continue
    for (const { day, name, entry } of record.members) {
      const key = `${day}/${name}`
      const known = lines.get(key)
      if (known === undefined) lines.set(key, [formatIndexLine(entry)])
      else known.push(formatIndexLine(entry))
    }
  }
  return lines
}

/** A manifest follows the journal. One that says more comes from another copy; a damaged one is written again. */
async function examineManifest(
  { disk, folder, state }: ExamineOptions,
  day: string
): Promise<Repair[]> {
  const path = join(folder, day, MANIFEST_FILE)
  const manifest = await readManifest(disk, path)
  if (manifest === 'none') return []
  if (manifest === 'damaged') return [{ kind: 'move aside', path }]
  refuseForeign(path, manifest, state, day)
  const segments = state.days.get(day)!.segments
  for (const named of manifest.segments) {
    const known = segments.get(named.name)
    const isAhead =
      known === undefined ||
      named.records > known.records ||
      (named.sealed && known.status !== 'sealed')
    if (!isAhead) continue
    throw invalid(
      `${path} names ${named.records} records of ${named.name}${named.sealed ? ', sealed' : ''}, the journal ${known?.records ?? 0}`
    )
  }
  return []
}

/** A day that the journal does not know is older than what it knows, and whole. */
async function refuseUnknownDay(o: ExamineOptions, day: string): Promise<void> {
  const { disk, folder, state } = o
  if (state.isOver(day) || (await disk.kind(join(folder, day))) !== 'folder') return
  const path = join(folder, day, MANIFEST_FILE)
  const manifest = await readManifest(disk, path)
  if (typeof manifest === 'string' || !isManifestOf(manifest, state.owner, day)) return
  if (manifest.segments.length === 0) return
  throw invalid(`${path} names ${manifest.records} records, the journal knows nothing of that day`)
}

function refuseForeign(path: string, manifest: Manifest, state: FeedState, day: string): void {
  if (isManifestOf(manifest, state.owner, day)) return
  const { feed, environment, archive } = manifest
  throw invalid(
    `${path} is of ${feed} ${manifest.day}, environment ${environment}, archive ${archive}; the journal beside it of ${state.owner.feed} ${day}, environment ${state.owner.environment}, archive ${state.owner.archive}`
  )
}

async function readManifest(disk: Disk, path: string): Promise<Manifest | 'none' | 'damaged'> {
  if ((await disk.kind(path)) === undefined) return 'none'
  try {
    return readManifestText((await disk.read(path))!.toString('utf8'), path)
  } catch (thrown) {
    if (toSsmdError(thrown).code === 'SSMD_E_ARCHIVE_INVALID') return 'damaged'
    throw thrown
  }
}

/** The journal has the text of a Feed before the file is written; afterwards the file alone has it. */
async function examineFeedFile(
  { disk, state }: ExamineOptions,
  place: string,
  { name, sha256, bytes }: ManifestFeed
): Promise<Repair[]> {
  const path = join(place, name)
  const text = state.feeds.get(sha256)
  const kind = await disk.kind(path)
  const fits =
    kind === 'file' && (await disk.size(path)) === bytes && (await hasSha256(disk, path, sha256))
  // The process that put it there may have ended before the folder was synced.
  if (fits) return text === undefined ? [] : [{ kind: 'sync folder', path: place }]
  if (text === undefined) {
    const found = kind === undefined ? 'is missing' : 'is not the file that was written'
    throw invalid(`${path} ${found}: its sha256 must be ${sha256}`)
  }
  const write: Repair = { kind: 'write file', path, bytes: Buffer.from(text) }
  return kind === undefined ? [write] : [{ kind: 'move aside', path }, write]
}

/** A seal record is written before its files are put in place: what waits beside a sealed segment belongs there. */
async function examineSealed(
  disk: Disk,
  place: string,
  { name, bytes, indexBytes, sha256 }: SegmentJson,
  id: string
): Promise<Repair[]> {
  const repairs: Repair[] = []
  const files = [
    {
      path: join(place, name),
      length: bytes,
      fits: (path: string) => hasSha256(disk, path, sha256),
    },
    {
      path: join(place, indexFile(name)),
      length: indexBytes,
      fits: (path: string) => isIndex(disk, path),
    },
  ]
  for (const { path, length, fits } of files) {
    // The second name is that of version 1.
    for (const from of [temporaryFile(path, id), `${path}.tmp`]) {
      const isWaiting = (await disk.size(from)) === length && (await fits(from))
      if (isWaiting) repairs.push({ kind: 'rename', from, to: path })
      if (isWaiting) break
    }
    if (repairs.some((repair) => repair.kind === 'rename' && repair.to === path)) continue
    const found = await disk.size(path)
    if (found !== length) {
      throw invalid(`${path} has ${found ?? 'no'} bytes, the journal says ${length}`)
    }
  }
  return repairs
}

const READ_BYTES = 1024 * 1024

async function hasSha256(disk: Disk, path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256')
  const file = await disk.open(path)
  try {
    for (let at = 0; ; at += READ_BYTES) {
      const bytes = await file.read(at, READ_BYTES)
      hash.update(bytes)
      if (bytes.length < READ_BYTES) return hash.digest('hex') === sha256
    }
  } finally {
    await file.close()
  }
}

async function isIndex(disk: Disk, path: string): Promise<boolean> {
  const text = ((await disk.read(path)) ?? Buffer.alloc(0)).toString('utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .every((line) => wholeLine(line) !== undefined)
}

function wholeLine(line: string): IndexEntry | undefined {
  try {
    return parseIndexLine(line)
  } catch (thrown) {
    if (toSsmdError(thrown).code === 'SSMD_E_ARCHIVE_INVALID') return undefined
    throw thrown
  }
}

/** How many whole lines an index has from `at` on: each was written after the journal had its commit. */
export async function committedLines(disk: Disk, path: string, at = 0): Promise<number> {
  if ((await disk.size(path)) === undefined) return 0
  const bytes = (await disk.read(path)) ?? Buffer.alloc(0)
  const lines = bytes.toString('utf8', at).split('\n')
  return lines.filter((line) => wholeLine(line) !== undefined).length
}

type OpenSegment = {
  readonly disk: Disk
  /** Folder of the day. */
  readonly place: string
  readonly segment: SegmentJson
  /** Lines of the index that the journal holds, and the length of those before. */
  readonly lines: readonly string[]
  readonly indexed: number
}

/** Reads every committed member once: its checksum has to hold, and the running sha256 continues from it. */
async function examineOpen(
  o: OpenSegment
): Promise<{ repairs: Repair[]; hash: Hash; names: string[] }> {
  const { disk, place, segment } = o
  const path = join(place, segment.name)
  const size = await disk.size(path)
  if (size === undefined || size < segment.bytes) {
    throw invalid(
      `${path} has ${size ?? 'no'} bytes, the journal says that ${segment.bytes} are committed`
    )
  }
  const repairs: Repair[] = []
  const index = await examineIndex(o, repairs)
  const hash = createHash('sha256')
  const names: string[] = []
  const file = await disk.open(path)
  try {
    let offset = 0
    for (const line of index.toString('utf8').split('\n').slice(0, -1)) {
      const entry = wholeLine(line)
      if (entry === undefined) {
        throw invalid(
          `${join(place, indexFile(segment.name))} is damaged in its line of byte ${offset} of the segment`
        )
      }
      const member = await file.read(offset, entry.bytes)
      if (entry.offset !== offset || hexCrc(member) !== entry.crc32) {
        throw invalid(
          `${path} is damaged in its member at byte ${entry.offset}`,
          'restore this file from a copy; nothing was changed'
        )
      }
      hash.update(member)
      names.push(...entry.names)
      offset += entry.bytes
    }
    if (offset !== segment.bytes) {
      throw invalid(
        `${path}: its index covers ${offset} bytes, the journal says that ${segment.bytes} are committed`
      )
    }
  } finally {
    await file.close()
  }
  if (size > segment.bytes) {
    repairs.push({ kind: 'cut', path, bytes: segment.bytes, surplus: size - segment.bytes })
  }
  return { repairs, hash, names }
}

/** The index as it has to be: what the checkpoint found in the file, and what the journal holds. */
async function examineIndex(o: OpenSegment, repairs: Repair[]): Promise<Buffer> {
  const { disk, place, segment, indexed } = o
  const path = join(place, indexFile(segment.name))
  const size = await disk.size(path)
  if ((size ?? 0) < indexed) {
    throw invalid(`${path} has ${size ?? 'no'} bytes, its checkpoint says ${indexed}`)
  }
  const found = size === undefined ? Buffer.alloc(0) : ((await disk.read(path)) ?? Buffer.alloc(0))
  const index = Buffer.concat([found.subarray(0, indexed), Buffer.from(o.lines.join(''))])
  const unknown = await committedLines(disk, path, index.length)
  if (unknown > 0) {
    throw invalid(
      `${path} names ${unknown} members more than the journal: commits are missing from the journal`
    )
  }
  // Also if they exist: the process that wrote them may have ended before they were synced.
  repairs.push({ kind: 'write index', path, length: indexed, lines: index.subarray(indexed) })
  return index
}
