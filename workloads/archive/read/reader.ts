// Reads an archive for the CLI, the API and signals. Only what a manifest names is visible: it is committed and whole.
// Lines come in receive order across all groups; members that cannot match the filter are not read.

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError, toSsmdError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'
import {
  countGaps,
  type DayCondition,
  MAX_MANIFEST_BYTES,
  type Manifest,
  readManifestText,
} from '../format/manifest.ts'
import { dayFolder, feedFolder, MANIFEST_FILE } from '../format/names.ts'
import { isAtWork } from './at-work.ts'
import type { LineFilter, Span } from './line-filter.ts'
import { Stale } from './members.ts'
import type { KeyedLine, SortKey } from './merge.ts'
import { mergedRuns } from './merged-runs.ts'
import { proofOf } from './proof.ts'
import { SegmentCache } from './segment-cache.ts'
import { surveyFolders, type Unreadable } from './survey.ts'

export type { Gap, Manifest, ManifestSegment } from '../format/manifest.ts'
export { dayFolder, isFeedName, MANIFEST_FILE } from '../format/names.ts'
export { isDay } from '../format/time.ts'
export type { LineFilter, LineNames, Span } from './line-filter.ts'
export type { KeyedLine } from './merge.ts'

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
  /** Left out if no record of the day was imported. */
  readonly imported?: true
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

export { namesOfDays, surveyFolders, type Unreadable } from './survey.ts'

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

/** The same; undefined if the day is being begun, or was removed. */
export async function manifestIfThere(
  root: string,
  feed: string,
  day: string
): Promise<Manifest | undefined> {
  const manifest = await readIfThere(root, feed, day)
  if (manifest !== undefined) return manifest
  const names = await readdir(dayFolder(root, feed, day)).catch((): string[] => [])
  // A day that is being begun has its first manifest a moment after its first segment.
  if (names.length === 0 || (await isAtWork(feedFolder(root, feed)))) return undefined
  throw noManifest(`${feed}/${day}`, names)
}

/** The lines of a day, each with its line feed, in receive order. */
export async function* readLines(
  root: string,
  feed: string,
  day: string,
  filter: LineFilter = {}
): AsyncGenerator<Buffer> {
  let left = filter.limit ?? Number.POSITIVE_INFINITY
  if (left <= 0) return
  for await (const run of readRuns(root, feed, day, filter)) {
    for (const { bytes } of run) {
      yield bytes
      if (--left <= 0) return
    }
  }
}

/** What was read of a day already. */
export type ReadBefore = {
  /** What has changed since is read again. @default it is read */
  readonly manifest?: Manifest
  readonly cache?: SegmentCache
}

/** The same as runs of lines: a promise for each line would take longer than reading it. `limit` is not looked at. */
export async function* readRuns(
  root: string,
  feed: string,
  day: string,
  filter: LineFilter = {},
  before: ReadBefore = {}
): AsyncGenerator<readonly KeyedLine[]> {
  const { cache = new SegmentCache() } = before
  let known = before.manifest
  let last: SortKey | undefined
  // A segment that is sealed meanwhile has another file than the manifest said: then from there on with the new one.
  for (let attempt = 0; ; attempt++) {
    const manifest = known ?? (await readManifest(root, feed, day))
    known = undefined
    const { onDamage } = filter
    const skip = (thrown: unknown, span: Span): void => {
      if (!(thrown instanceof Stale) || attempt < MAX_ATTEMPTS || !onDamage) throw thrown
      onDamage(asInvalid(thrown) as SsmdError, span)
    }
    try {
      const folder = dayFolder(root, feed, day)
      const options = { filter, cache, after: last, skip }
      for await (const run of mergedRuns(folder, manifest, options)) {
        last = run.at(-1)
        yield run
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

const asInvalid = (thrown: unknown): unknown =>
  thrown instanceof Stale
    ? new SsmdError('SSMD_E_ARCHIVE_INVALID', thrown.message, {
        hint: 'see `ssmd data verify`',
        cause: thrown.cause,
      })
    : thrown

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

/** What a manifest says in short. */
export function summaryOf(manifest: Manifest): DaySummary {
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
    ...(manifest.imported ? { imported: manifest.imported } : {}),
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
