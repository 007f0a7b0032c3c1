// Removes whole days that are older than an archive keeps. Only days with a manifest of ours and nothing else in them,
// and only those that are over; the folder leaves the archive with one rename, so half a day is never there.

import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { COMMIT_FOLDER, isOurFile, MANIFEST_FILE } from './names.ts'
import type { FeedState } from './state.ts'
import { dayOfSecond, isDay, SECONDS_PER_DAY } from './time.ts'

const REMOVED = /^removed-\d{4}-\d{2}-\d{2}$/

/**
 * The first day that is kept. Age counts from the newest record and never faster than the clock: neither a clock
 * that jumped ahead nor a record from the future may empty an archive.
 */
export function firstKeptDay(newestSecond: number, nowMs: number, retentionDays: number): string {
  const now = Math.min(newestSecond, Math.floor(nowMs / 1000))
  return dayOfSecond(Math.max(0, now - retentionDays * SECONDS_PER_DAY))
}

export async function removeOldDays(o: {
  readonly disk: Disk
  /** Folder of the feed. */
  readonly folder: string
  readonly state: FeedState
  readonly retentionDays: number
  readonly nowMs: number
  /** A day that cannot be looked at stays; the others go all the same. */
  onUnreadable(day: string, thrown: unknown): void
}): Promise<string[]> {
  const { disk, folder, state } = o
  const commits = join(folder, COMMIT_FOLDER)
  for (const name of await disk.list(commits)) {
    if (REMOVED.test(name)) await disk.remove(join(commits, name))
  }
  if (state.newest === null) return []
  const kept = firstKeptDay(state.newestSecond, o.nowMs, o.retentionDays)
  const removed: string[] = []
  for (const day of await disk.list(folder)) {
    if (!isDay(day) || day >= kept || state.days.has(day)) continue
    let names: string[]
    try {
      names = await disk.list(join(folder, day))
    } catch (thrown) {
      o.onUnreadable(day, thrown)
      continue
    }
    if (!names.includes(MANIFEST_FILE) || !names.every(isOurFile)) continue
    const away = join(commits, `removed-${day}`)
    await disk.rename(join(folder, day), away)
    await disk.syncFolder(folder)
    await disk.syncFolder(commits)
    await disk.remove(away)
    removed.push(day)
  }
  return removed
}
