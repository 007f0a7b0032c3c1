// Removes what a crash left, if it is provably ours: its name carries the archive's id, or the journal announced it.
// Anything else under one of our names is moved aside and logged.

import { basename, join } from 'node:path'
import {
  COMMIT_FOLDER,
  indexFile,
  isIndexFile,
  isReservedName,
  isTemporaryOf,
  MANIFEST_FILE,
  parseSegmentFile,
} from '../format/names.ts'
import { isDay } from '../format/time.ts'
import type { DayState } from '../state/day.ts'
import type { FeedState, Owner } from '../state/feed-state.ts'
import { decodeRecords, type JournalRecord } from '../state/journal-record.ts'
import { type AsideOptions, moveAside } from './aside.ts'
import type { Disk } from './disk.ts'
import { committedLines } from './examine.ts'
import { invalid, type JournalHead } from './journal.ts'

/** What is to go, by folder. */
export type SweepPlan = readonly {
  readonly place: string
  readonly removed: readonly string[]
  readonly aside: readonly string[]
}[]

type PlanOptions = {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly state: FeedState
  readonly records: readonly JournalRecord[]
  /** Files that are about to be put in place. */
  readonly waiting: ReadonlySet<string>
}

/** Looks through the days and changes nothing; refuses a segment whose commits the journal has lost. */
export async function planSweep(o: PlanOptions): Promise<SweepPlan> {
  const { disk, folder, state } = o
  const begun = new Set(
    o.records.flatMap((record) =>
      record.kind === 'create'
        ? record.files.flatMap(({ day, name }) => [`${day}/${name}`, `${day}/${indexFile(name)}`])
        : []
    )
  )
  const plan: SweepPlan[number][] = []
  for (const day of await disk.list(folder)) {
    const place = join(folder, day)
    if (!isDay(day) || (await disk.kind(place)) !== 'folder') continue
    const names = await disk.list(place)
    const known = state.days.get(day)
    // A day that is known to its manifest alone is whole.
    const isClosed = known === undefined && names.includes(MANIFEST_FILE)
    const removed: string[] = []
    const aside: string[] = []
    for (const name of names) {
      if (isTemporaryOf(name, state.id)) removed.push(name)
      else if (isClosed || !isReservedName(name) || isNamed(known, name)) continue
      else if (o.waiting.has(join(place, name))) continue
      else {
        // Also of a file that the journal announced: the commit that filled it may be what the journal has lost.
        await refuseCommitted(disk, place, name)
        const isOurs = begun.has(`${day}/${name}`) && (await isBegun(disk, join(place, name)))
        if (isOurs) removed.push(name)
        else aside.push(name)
      }
    }
    if (removed.length + aside.length > 0) plan.push({ place, removed, aside })
  }
  return plan
}

function isNamed(day: DayState | undefined, file: string): boolean {
  if (day === undefined) return false
  const { segments, feeds } = day
  if (file === MANIFEST_FILE || feeds.some(({ name }) => name === file)) return true
  if (parseSegmentFile(file) !== undefined) return segments.has(file)
  return segments.has(file.replace(/\.index\.jsonl$/, '.jsonl.gz'))
}

/** How each of our members begins: gzip without name and time. */
const MEMBER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]

/** True for a file as we leave it before its first commit: an index without lines, a segment of members, or of zeros. */
async function isBegun(disk: Disk, path: string): Promise<boolean> {
  const size = await disk.size(path)
  if (size === undefined || isIndexFile(basename(path))) return size === 0
  const file = await disk.open(path)
  try {
    const bytes = await file.read(0, MEMBER.length)
    return bytes.every((byte, i) => byte === 0 || byte === MEMBER[i])
  } finally {
    await file.close()
  }
}

/** An index is written behind the journal: one with whole lines says that the journal once knew the segment. */
async function refuseCommitted(disk: Disk, place: string, name: string): Promise<void> {
  if (parseSegmentFile(name) === undefined) return
  const members = await committedLines(disk, join(place, indexFile(name)))
  if (members === 0) return
  throw invalid(
    `${join(place, name)} is not in the journal, and its index names ${members} committed members`,
    'restore the folder of this feed, .commit included, from one copy; if the file is not of this archive, move it and its index away. Nothing was changed'
  )
}

export async function sweep(o: AsideOptions, plan: SweepPlan): Promise<void> {
  for (const { place, removed, aside } of plan) {
    for (const name of removed) await o.disk.remove(join(place, name))
    // The journal that proves whose they were is about to end: they must not come back after it.
    if (removed.length > 0) await o.disk.syncFolder(place)
    for (const name of aside) await moveAside(o, join(place, name))
  }
}

const JOURNAL = /^journal-\d+$/
const BEING_WRITTEN = /^(checkpoint|journal-\d+)(\.[0-9a-f]{12})?\.tmp$/
const REMOVED_DAY = /^removed-\d{4}-\d{2}-\d{2}$/

/** Clears `.commit` of journals other than that of `epoch`, and of what was being written. */
export async function sweepCommits(
  o: AsideOptions,
  state: FeedState,
  epoch: number
): Promise<void> {
  const { disk, folder } = o
  const commits = join(folder, COMMIT_FOLDER)
  for (const name of await disk.list(commits)) {
    const path = join(commits, name)
    const isJournal = JOURNAL.test(name) && name !== `journal-${epoch}`
    const isOurs =
      isTemporaryOf(name, state.id) ||
      ((isJournal || BEING_WRITTEN.test(name)) && (await isLeftover(disk, path, state)))
    if (isOurs) await disk.remove(path)
    else if (isJournal || REMOVED_DAY.test(name)) await moveAside(o, path)
  }
}

/** True for an empty file, and for one that begins with a head or a checkpoint of this archive. */
async function isLeftover(disk: Disk, path: string, { owner, id }: FeedState): Promise<boolean> {
  if ((await disk.size(path)) === undefined) return false
  const bytes = (await disk.read(path)) ?? Buffer.alloc(0)
  if (bytes.length === 0) return true
  const { records } = decodeRecords(bytes)
  const head = records[0] as (Owner & Partial<JournalHead>) | undefined
  if (head === undefined) return false
  const isOwn = (['feed', 'environment', 'archive'] as const).every(
    (key) => head[key] === owner[key]
  )
  return isOwn && (head.id === id || records.length === 1)
}
