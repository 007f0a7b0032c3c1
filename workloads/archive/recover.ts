// Opens a feed's folder: replays the journal, cuts every file back to what is committed, and makes index files again.
// What a crash can leave is mended; what contradicts the journal is refused, and nothing is overwritten.

import { createHash, type Hash } from 'node:crypto'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import type { Disk } from './disk.ts'
import { formatIndexLine, hexCrc, parseIndexLine } from './index-line.ts'
import { Journal, readCheckpoint, sweepCommitFolder, writeCheckpoint } from './journal.ts'
import { type Manifest, readManifestText } from './manifest.ts'
import {
  COMMIT_FOLDER,
  indexFile,
  isOurFile,
  MANIFEST_FILE,
  parseSegmentFile,
  TEMPORARY,
} from './names.ts'
import { finishPacking } from './pack.ts'
import type { JournalRecord, SegmentJson } from './record.ts'
import { FeedState, type Owner } from './state.ts'
import { isDay } from './time.ts'

export type Recovered = {
  readonly state: FeedState
  readonly journal: Journal
  /** Running checksums of the segments that are not sealed, by `day/name`. */
  readonly hashes: ReadonlyMap<string, Hash>
  /** Names of their symbols, likewise. */
  readonly symbols: ReadonlyMap<string, readonly string[]>
  /** Bytes of uncommitted lines that were cut off. */
  readonly cutBytes: number
}

export async function recoverFeed(disk: Disk, folder: string, owner: Owner): Promise<Recovered> {
  const commits = join(folder, COMMIT_FOLDER)
  const checkpoint = await readCheckpoint(disk, commits)
  if (checkpoint === undefined) return startFeed(disk, folder, owner)
  refuseOther(folder, checkpoint, owner)
  const state = FeedState.fromCheckpoint(checkpoint)
  const indexed = new Map<string, number>()
  for (const day of state.days.values()) {
    for (const { name, indexBytes } of day.segments.values()) {
      indexed.set(`${day.day}/${name}`, indexBytes)
    }
  }
  const { journal, records } = await Journal.recover(disk, commits, checkpoint.epoch)
  try {
    for (const record of records) state.apply(record)
    await sweepCommitFolder(disk, commits, checkpoint.epoch)
    const lines = indexLinesOf(records)
    const hashes = new Map<string, Hash>()
    const symbols = new Map<string, readonly string[]>()
    let cutBytes = 0
    for (const day of state.days.values()) {
      await refuseAhead(disk, join(folder, day.day), day.segments)
      for (const segment of day.segments.values()) {
        const key = `${day.day}/${segment.name}`
        const place = { disk, folder: join(folder, day.day), segment }
        if (segment.status === 'sealed') await checkSealed(place)
        else {
          cutBytes += await cutBack(place)
          await restoreIndex(place, indexed.get(key) ?? 0, lines.get(key) ?? [])
          const checked = await checkMembers(place)
          hashes.set(key, checked.hash)
          symbols.set(key, checked.names)
        }
      }
    }
    await sweepDays(disk, folder, state)
    return { state, journal, hashes, symbols, cutBytes }
  } catch (thrown) {
    await journal.close()
    throw thrown
  }
}

/** A folder without a checkpoint: new, or not ours. */
async function startFeed(disk: Disk, folder: string, owner: Owner): Promise<Recovered> {
  for (const name of await disk.list(folder)) {
    if (!isDay(name) || (await disk.list(join(folder, name))).length === 0) continue
    throw invalid(
      `${join(folder, name)} holds data, and ${join(folder, COMMIT_FOLDER)} no checkpoint`,
      'restore .commit from the same copy, or choose another storage'
    )
  }
  const commits = join(folder, COMMIT_FOLDER)
  await disk.makeFolder(commits)
  await sweepCommitFolder(disk, commits, -1)
  const state = new FeedState(owner)
  const journal = await Journal.create(disk, commits, 1)
  await writeCheckpoint(disk, commits, state.toCheckpoint(1))
  await disk.syncFolder(folder)
  await disk.syncFolder(join(folder, '..'))
  return { state, journal, hashes: new Map(), symbols: new Map(), cutBytes: 0 }
}

function refuseOther(folder: string, found: Owner, owner: Owner): void {
  for (const key of ['feed', 'environment', 'archive'] as const) {
    if (found[key] === owner[key]) continue
    throw invalid(
      `${folder} belongs to ${key} ${found[key]}, not ${owner[key]}`,
      'choose another storage: one folder never mixes two of them'
    )
  }
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

type Place = {
  readonly disk: Disk
  readonly folder: string
  readonly segment: SegmentJson
}

async function checkSealed({ disk, folder, segment }: Place): Promise<void> {
  const { name, bytes, indexBytes } = segment
  await finishIfWaiting(disk, folder, name)
  const path = join(folder, name)
  await refuseUnless(path, await disk.size(path), bytes)
  const index = join(folder, indexFile(name))
  await refuseUnless(index, await disk.size(index), indexBytes)
}

/** A seal record is written before its files are put in place: what waits beside a sealed segment belongs there. */
async function finishIfWaiting(disk: Disk, folder: string, name: string): Promise<void> {
  for (const file of [name, indexFile(name)]) {
    if ((await disk.size(join(folder, file) + TEMPORARY)) !== undefined) {
      return finishPacking(disk, folder, name)
    }
  }
}

async function refuseUnless(path: string, found: number | undefined, bytes: number): Promise<void> {
  if (found === bytes) return
  throw invalid(
    `${path} has ${found ?? 'no'} bytes, the journal says ${bytes}`,
    'restore the folder of this feed, .commit included, from one copy'
  )
}

/** Cuts a segment back to its committed members; returns how much that was. */
async function cutBack({ disk, folder, segment }: Place): Promise<number> {
  const path = join(folder, segment.name)
  const size = await disk.size(path)
  if (size === undefined || size < segment.bytes) {
    throw invalid(
      `${path} has ${size ?? 'no'} bytes, the journal says that ${segment.bytes} are committed`,
      'restore the folder of this feed, .commit included, from one copy'
    )
  }
  if (size === segment.bytes) return 0
  const file = await disk.open(path)
  try {
    await file.truncate(segment.bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  return size - segment.bytes
}

/** Brings the index file to what the journal says, from what the checkpoint found in it. */
async function restoreIndex(
  { disk, folder, segment }: Place,
  indexed: number,
  lines: readonly string[]
): Promise<void> {
  const path = join(folder, indexFile(segment.name))
  const size = await disk.size(path)
  if (size === undefined && indexed === 0) await (await disk.create(path)).close()
  else if (size === undefined || size < indexed) {
    throw invalid(
      `${path} has ${size ?? 'no'} bytes, its checkpoint says ${indexed}`,
      'restore the folder of this feed, .commit included, from one copy'
    )
  }
  const file = await disk.open(path)
  try {
    await file.truncate(indexed)
    await file.write([Buffer.from(lines.join(''))], indexed)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Reads every committed member once: its checksum has to hold, and the running sha256 goes on from it. */
async function checkMembers({
  disk,
  folder,
  segment,
}: Place): Promise<{ hash: Hash; names: string[] }> {
  const path = join(folder, segment.name)
  const index = (await disk.read(join(folder, indexFile(segment.name)))) ?? Buffer.alloc(0)
  const hash = createHash('sha256')
  const names: string[] = []
  const file = await disk.open(path)
  try {
    let offset = 0
    for (const line of index.toString('utf8').split('\n').slice(0, -1)) {
      const entry = parseIndexLine(line)
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
        `${path}: its index covers ${offset} bytes, the journal says ${segment.bytes}`,
        'restore the folder of this feed, .commit included, from one copy'
      )
    }
    return { hash, names }
  } finally {
    await file.close()
  }
}

/** A manifest never says more than the journal: where it does, the two come from different copies. */
async function refuseAhead(
  disk: Disk,
  folder: string,
  segments: ReadonlyMap<string, SegmentJson>
): Promise<void> {
  const path = join(folder, MANIFEST_FILE)
  const manifest = await readableManifest(disk, path)
  for (const named of manifest?.segments ?? []) {
    const known = segments.get(named.name)
    const isAhead =
      known === undefined ||
      named.records > known.records ||
      (named.sealed && known.status !== 'sealed')
    if (isAhead) {
      throw invalid(
        `${path} names ${named.records} records of ${named.name}, the journal fewer`,
        'restore the folder of this feed, .commit included, from one copy'
      )
    }
  }
}

/** A manifest that is damaged says nothing here: it is made anew from the journal. */
async function readableManifest(disk: Disk, path: string): Promise<Manifest | undefined> {
  const text = await disk.read(path)
  if (text === undefined) return undefined
  try {
    return readManifestText(text.toString('utf8'), path)
  } catch (thrown) {
    if (toSsmdError(thrown).code === 'SSMD_E_ARCHIVE_INVALID') return undefined
    throw thrown
  }
}

/** Removes files of ours that no commit names: they were being written when the process ended. */
async function sweepDays(disk: Disk, folder: string, state: FeedState): Promise<void> {
  for (const name of await disk.list(folder)) {
    if (!isDay(name)) continue
    const path = join(folder, name)
    const names = await disk.list(path)
    const segments = state.days.get(name)?.segments
    // A day that was let go is whole: only what was being written beside it can go.
    const isClosed = segments === undefined && names.includes(MANIFEST_FILE)
    for (const file of names) {
      const isKnown = segments !== undefined && isNamed(segments, file)
      const isLeftover =
        isOurFile(file) &&
        file !== MANIFEST_FILE &&
        (file.endsWith(TEMPORARY) || !(isClosed || isKnown))
      if (isLeftover) await disk.remove(join(path, file))
    }
  }
}

function isNamed(segments: ReadonlyMap<string, SegmentJson>, file: string): boolean {
  if (parseSegmentFile(file) !== undefined) return segments.has(file)
  return segments.has(file.replace(/\.index\.jsonl$/, '.jsonl.gz'))
}

const invalid = (message: string, hint: string): SsmdError =>
  new SsmdError('SSMD_E_ARCHIVE_INVALID', message, { hint })
