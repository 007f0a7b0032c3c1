// The manifests of days as queries use them: read again only when the file changed, and what a whole year needs of each day kept in
// a few hundred bytes. One of these per process.

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { indexedSegments } from '#archive/read/indexed-members.ts'
import { KeptBytes } from '#archive/read/kept-bytes.ts'
import {
  type DaySummary,
  dayFolder,
  MANIFEST_FILE,
  type Manifest,
  readManifest,
  summaryOf,
} from '#archive/read/reader.ts'
import { SegmentCache } from '#archive/read/segment-cache.ts'
import { gapTime } from './gap-time.ts'

/** What is kept of every day. */
export type DayFacts = DaySummary & {
  /** Records by the exchange's message type, and by group. */
  readonly types: Readonly<Record<string, number>>
  readonly groups: Readonly<Record<string, number>>
  /** Nanoseconds in which anything is missing, of those that the day's manifest tells of. */
  readonly gapNanos: number
  readonly spanNanos: number
}

/** Whole manifests that are kept: some days that are looked at again and again. */
const MOST_BYTES = 32 * 1024 * 1024
/** Days whose facts are kept: fifty years of twenty feeds. */
const MOST_DAYS = 400_000
/** Names of symbols that are kept. */
const MOST_NAMES = 1_000_000
/** Lines that are kept: the first members of some days. */
const LINE_BYTES = 16 * 1024 * 1024

/** What the indexes of a day name. */
export type DaySymbols = {
  readonly names: ReadonlySet<string>
  /** There are more than the indexes name. */
  readonly hasOthers: boolean
}

export class ManifestCache {
  /** What was read of their segments. */
  readonly segments = new SegmentCache({ lineBytes: LINE_BYTES })
  readonly #facts = new Map<string, { readonly stamp: string; readonly value: DayFacts }>()
  readonly #manifests = new KeptBytes<Manifest>(MOST_BYTES)
  readonly #symbols = new Map<string, DaySymbols & { readonly updated: string }>()
  #names = 0

  /** The symbols of a day, which has these facts. */
  async symbols(
    root: string,
    feed: string,
    { day, updated }: Pick<DayFacts, 'day' | 'updated'>
  ): Promise<DaySymbols> {
    const key = dayFolder(root, feed, day)
    const kept = this.#symbols.get(key)
    if (kept?.updated === updated) return kept
    const names = new Set<string>()
    let hasOthers = false
    for await (const { members } of indexedSegments(root, feed, day)) {
      for (const member of members()) {
        hasOthers ||= member.hasOthers
        for (const symbol of member.symbols) names.add(symbol)
      }
    }
    this.#names += names.size - (kept?.names.size ?? 0)
    if (this.#names > MOST_NAMES) {
      this.#symbols.clear()
      this.#names = names.size
    }
    const found = { names, hasOthers, updated }
    this.#symbols.set(key, found)
    return found
  }

  /** The facts of a day; undefined if it has no manifest. Throws if that cannot be read. */
  async facts(root: string, feed: string, day: string): Promise<DayFacts | undefined> {
    const path = join(dayFolder(root, feed, day), MANIFEST_FILE)
    const seen = await stampOf(path)
    if (seen === undefined) return undefined
    const kept = this.#facts.get(path)
    if (kept?.stamp === seen.stamp) return kept.value
    const value = factsOf(await this.#read(root, feed, day, path, seen))
    if (this.#facts.size >= MOST_DAYS) this.#facts.clear()
    this.#facts.set(path, { stamp: seen.stamp, value })
    return value
  }

  /** The manifest of a day; SSMD_E_NOT_FOUND if there is none. */
  async manifest(root: string, feed: string, day: string): Promise<Manifest> {
    const path = join(dayFolder(root, feed, day), MANIFEST_FILE)
    const seen = await stampOf(path)
    // Its error says what is wrong.
    return seen === undefined
      ? readManifest(root, feed, day)
      : this.#read(root, feed, day, path, seen)
  }

  async #read(
    root: string,
    feed: string,
    day: string,
    path: string,
    seen: { readonly stamp: string; readonly bytes: number }
  ): Promise<Manifest> {
    const kept = this.#manifests.get(path, seen.stamp)
    if (kept !== undefined) return kept
    const value = await readManifest(root, feed, day)
    this.#manifests.set(path, { ...seen, value })
    return value
  }
}

/** A manifest is replaced as a whole, by a rename: another one has another inode, time or size. */
async function stampOf(path: string): Promise<{ stamp: string; bytes: number } | undefined> {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    return { stamp: `${ino} ${size} ${mtimeMs}`, bytes: size }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw thrown
  }
}

function factsOf(manifest: Manifest): DayFacts {
  const types = new Map<string, number>()
  const groups = new Map<string, number>()
  for (const segment of manifest.segments) {
    groups.set(segment.group, (groups.get(segment.group) ?? 0) + segment.records)
    for (const [type, count] of Object.entries(segment.types)) {
      types.set(type, (types.get(type) ?? 0) + count)
    }
  }
  const sorted = (counts: ReadonlyMap<string, number>) =>
    Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    ...summaryOf(manifest),
    types: sorted(types),
    groups: sorted(groups),
    ...gapTime(manifest),
  }
}
