// Recovers a feed's folder: replays the journal, examines every file, and only then repairs what a crash left. Files are cut
// back to the last commit, indexes are rewritten, leftovers are removed.

import type { Hash } from 'node:crypto'
import { basename, join } from 'node:path'
import { toSsmdError } from '#crds/errors.ts'
import { COMMIT_FOLDER } from '../format/names.ts'
import { isDay } from '../format/time.ts'
import { FeedState, type Owner } from '../state/feed-state.ts'
import { decodeRecords, type JournalRecord } from '../state/journal-record.ts'
import { type AsideOptions, moveAside } from './aside.ts'
import type { Disk } from './disk.ts'
import { examineFeed, type Repair } from './examine.ts'
import {
  CHECKPOINT,
  invalid,
  Journal,
  journalName,
  newId,
  readCheckpoint,
  readJournal,
  replaceFile,
  writeCheckpoint,
} from './journal.ts'
import { planSweep, sweep, sweepCommits } from './sweep.ts'

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

/** `onSound` runs once nothing contradicts the journal, before anything is changed. */
export async function recoverFeed(
  o: AsideOptions,
  owner: Owner,
  onSound: () => Promise<void>
): Promise<Recovered> {
  const { disk, folder } = o
  const commits = join(folder, COMMIT_FOLDER)
  const checkpoint = await readCheckpoint(disk, commits)
  if (checkpoint === undefined) return startFeed(o, owner, onSound)
  refuseOther(folder, checkpoint, owner)
  const state = FeedState.fromCheckpoint(checkpoint)
  const indexed = new Map<string, number>()
  for (const day of state.days.values()) {
    for (const { name, indexBytes } of day.segments.values()) {
      indexed.set(`${day.day}/${name}`, indexBytes)
    }
  }
  const read = await readJournal(disk, commits, checkpoint)
  replay(state, read.records, join(commits, journalName(read.epoch)))
  const { records } = read
  const examined = await examineFeed({ disk, folder, state, records, indexed })
  const waiting = new Set(
    examined.repairs.flatMap((repair) => (repair.kind === 'rename' ? [repair.from] : []))
  )
  const plan = await planSweep({ disk, folder, state, records, waiting })
  await onSound()
  const journal = await Journal.continue(disk, commits, read)
  try {
    let cutBytes = 0
    for (const repair of examined.repairs) cutBytes += await apply(o, repair, state.id)
    await sweepCommits(o, state, read.epoch)
    await sweep(o, plan)
    return { state, journal, hashes: examined.hashes, symbols: examined.symbols, cutBytes }
  } catch (thrown) {
    await journal.close()
    throw thrown
  }
}

function replay(state: FeedState, records: readonly JournalRecord[], path: string): void {
  for (const [i, record] of records.entries()) {
    try {
      state.apply(record)
    } catch (thrown) {
      const reason = toSsmdError(thrown).message
      throw invalid(`${path}: its record ${i + 1} does not fit those before it (${reason})`)
    }
  }
}

/**
 * Refuses days without a checkpoint: they are not ours, or their journal is gone. The look is taken before the lock, so
 * that not even a folder for the lock is made beside them.
 */
export async function refuseDaysAlone(disk: Disk, folder: string): Promise<void> {
  const commits = join(folder, COMMIT_FOLDER)
  if ((await disk.kind(join(commits, CHECKPOINT))) !== undefined) return
  for (const name of await disk.list(folder)) {
    if (!isDay(name) || (await disk.list(join(folder, name))).length === 0) continue
    throw invalid(
      `${join(folder, name)} holds data, and ${commits} no checkpoint`,
      'restore .commit from the same copy, or choose another storage; nothing was changed'
    )
  }
  for (const name of await disk.list(commits)) {
    if (!/^journal-\d+$/.test(name)) continue
    const bytes = await disk.read(join(commits, name))
    const { records } = decodeRecords(bytes ?? Buffer.alloc(0))
    if (records.some((record) => (record as { kind?: string }).kind !== 'journal')) {
      throw invalid(`${join(commits, name)} holds commits, and there is no checkpoint beside it`)
    }
  }
}

/** A new archive. */
async function startFeed(
  o: AsideOptions,
  owner: Owner,
  onSound: () => Promise<void>
): Promise<Recovered> {
  const { disk, folder } = o
  const commits = join(folder, COMMIT_FOLDER)
  await refuseDaysAlone(disk, folder)
  await onSound()
  await disk.makeFolder(commits)
  const state = new FeedState(owner, newId())
  await sweepCommits(o, state, 0)
  const journal = await Journal.create(disk, commits, { ...owner, id: state.id }, 1)
  // The names of the folders must be on the disk, also if they existed.
  await disk.syncFolder(folder)
  await disk.syncFolder(join(folder, '..'))
  await writeCheckpoint(disk, commits, state.toCheckpoint(journal))
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

/** Returns how many bytes of uncommitted lines it cut off. */
async function apply(o: AsideOptions, repair: Repair, id: string): Promise<number> {
  const { disk } = o
  switch (repair.kind) {
    case 'cut':
      await rewrite(disk, repair.path, repair.bytes)
      return repair.surplus
    case 'write index':
      if ((await disk.size(repair.path)) === undefined) {
        await (await disk.create(repair.path)).close()
        await disk.syncFolder(join(repair.path, '..'))
      }
      await rewrite(disk, repair.path, repair.length, repair.lines)
      return 0
    case 'rename':
      await disk.rename(repair.from, repair.to)
      await disk.syncFolder(join(repair.to, '..'))
      return 0
    case 'sync folder':
      await disk.syncFolder(repair.path)
      return 0
    case 'write file': {
      const { path, bytes } = repair
      await replaceFile(disk, join(path, '..'), { name: basename(path), id, bytes })
      return 0
    }
    case 'move aside':
      await moveAside(o, repair.path)
      return 0
  }
}

/** Cuts a file to a length, and appends. */
async function rewrite(disk: Disk, path: string, length: number, bytes?: Buffer): Promise<void> {
  const file = await disk.open(path)
  try {
    await file.truncate(length)
    if (bytes !== undefined) await file.write([bytes], length)
    await file.sync()
  } finally {
    await file.close()
  }
}
