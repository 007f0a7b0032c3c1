// Removes whole days beyond the retention, if they are over and hold exactly what a manifest of this archive names. A day
// leaves the archive with one rename, so half a day is never visible.

import { join } from 'node:path'
import { describeError, toSsmdError } from '#crds/errors.ts'
import { isManifestOf, readManifestText } from '../format/manifest.ts'
import {
  COMMIT_FOLDER,
  indexFile,
  isTemporaryOf,
  MANIFEST_FILE,
  temporaryFile,
} from '../format/names.ts'
import { dayOfSecond, isDay, SECONDS_PER_DAY } from '../format/time.ts'
import type { FeedState } from '../state/feed-state.ts'
import { type AsideOptions, moveAside } from './aside.ts'

/**
 * The first day that is kept. Age counts from the newest record and never faster than the clock: neither a clock
 * that jumped ahead nor a record from the future may empty an archive.
 */
export function firstKeptDay(newestSecond: number, nowMs: number, retentionDays: number): string {
  const now = Math.min(newestSecond, Math.floor(nowMs / 1000))
  return dayOfSecond(Math.max(0, now - retentionDays * SECONDS_PER_DAY))
}

export type RetentionOptions = AsideOptions & {
  readonly state: FeedState
  readonly retentionDays: number
  readonly nowMs: number
}

/** `kept`: days that should go and hold something of others, with what that is. */
export type Retained = {
  readonly removed: readonly string[]
  readonly kept: readonly { readonly day: string; readonly reason: string }[]
}

export async function removeOldDays(o: RetentionOptions): Promise<Retained> {
  const { disk, folder, state } = o
  const removed: string[] = []
  const kept: { day: string; reason: string }[] = []
  const commits = join(folder, COMMIT_FOLDER)
  for (const name of await disk.list(commits)) {
    if (name.startsWith('removed-') && isTemporaryOf(name, state.id)) {
      await disk.remove(join(commits, name))
    }
  }
  if (state.newest === null) return { removed, kept }
  const first = firstKeptDay(state.newestSecond, o.nowMs, o.retentionDays)
  for (const day of await disk.list(folder)) {
    if (!isDay(day) || day >= first || state.days.has(day)) continue
    // A day that cannot be looked at stays; the others go all the same.
    const foreign = await foreignPart(o, day, join(folder, day)).catch(describeError)
    const reason = foreign ?? (await removeDay(o, day))
    if (reason === undefined) removed.push(day)
    else kept.push({ day, reason })
  }
  return { removed, kept }
}

/** What in the folder of a day is not provably ours; undefined if all is. */
async function foreignPart(
  { disk, state }: RetentionOptions,
  day: string,
  place: string
): Promise<string | undefined> {
  const kind = await disk.kind(place)
  if (kind !== 'folder') return `it is a ${kind}`
  const lengths = new Map<string, number | undefined>([[MANIFEST_FILE, undefined]])
  try {
    const text = await disk.read(join(place, MANIFEST_FILE))
    if (text === undefined) return 'it has no manifest'
    const manifest = readManifestText(text.toString('utf8'), MANIFEST_FILE)
    if (!isManifestOf(manifest, state.owner, day)) return 'its manifest is of another archive'
    for (const { name, bytes, indexBytes } of manifest.segments) {
      lengths.set(name, bytes)
      lengths.set(indexFile(name), indexBytes)
    }
    for (const { name, bytes } of manifest.feeds ?? []) lengths.set(name, bytes)
  } catch (thrown) {
    const { code, message } = toSsmdError(thrown)
    if (code !== 'SSMD_E_ARCHIVE_INVALID') throw thrown
    return message
  }
  for (const name of await disk.list(place)) {
    const path = join(place, name)
    if (isTemporaryOf(name, state.id)) continue
    if (!lengths.has(name)) return `its manifest does not name ${name}`
    if ((await disk.kind(path)) !== 'file') return `${name} is not a regular file`
    const length = lengths.get(name)
    if (length !== undefined && (await disk.size(path)) !== length) {
      return `${name} has not the ${length} bytes that its manifest says`
    }
  }
  return undefined
}

/** Returns why it was not removed after all: something came into the folder while it was looked through. */
async function removeDay(o: RetentionOptions, day: string): Promise<string | undefined> {
  const { disk, folder, state } = o
  const commits = join(folder, COMMIT_FOLDER)
  const away = join(commits, temporaryFile(`removed-${day}`, state.id))
  await disk.rename(join(folder, day), away)
  await disk.syncFolder(folder)
  await disk.syncFolder(commits)
  const reason = await foreignPart(o, day, away)
  if (reason === undefined) await disk.remove(away)
  else return `${reason}; all of it is now at ${await moveAside(o, away)}`
  return undefined
}
