// Proves an archive, or names what is wrong with it and where. Shares only the form of the manifest with the writer: inflates
// every file, checks every line, and compares the sums with index and manifest.

import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError } from '#crds/errors.ts'
import { readRegular } from '#crds/regular-file.ts'
import {
  countGaps,
  MAX_MANIFEST_BYTES,
  type Manifest,
  type ManifestSegment,
  readManifestText,
} from '../format/manifest.ts'
import type { Problem } from '../format/problem.ts'
import { isAtWork } from './at-work.ts'
import { ConnectionEvents, checkConnectionEvents } from './connection-events.ts'
import { checkDay } from './day.ts'
import { findDays } from './folders.ts'
import { checkNumbers, HeldNumbers } from './numbers.ts'
import { checkFeedFiles, checkOrigins, type FeedHashes } from './origins.ts'
import { checkSegment, type SegmentFindings } from './segment.ts'
import { judgeUnknownFile } from './unknown-files.ts'

export type { Problem } from '../format/problem.ts'

export type VerifiedDay = {
  readonly feed: string
  readonly day: string
  readonly simulated: boolean
  readonly imported?: true
  readonly condition: Manifest['condition'] | 'unknown'
  readonly records: number
  readonly bytes: number
  readonly gaps: number
  readonly problems: number
}

export type VerifyReport = {
  readonly days: readonly VerifiedDay[]
  readonly problems: readonly Problem[]
  /** What is worth a word and may be as it has to be. */
  readonly notes: readonly Problem[]
  readonly records: number
  /** Compressed bytes read. */
  readonly bytes: number
}

export type VerifyProgress = {
  readonly file: string
  /** Compressed bytes read so far, and of all files to read. */
  readonly bytes: number
  readonly totalBytes: number
  readonly records: number
}

export type VerifyOptions = {
  readonly feed?: string | undefined
  readonly day?: string | undefined
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined
}

/** More are counted and not listed: one broken disk makes millions. */
const MAX_PROBLEMS = 1000
const MANIFEST = 'manifest.json'
const MAX_ATTEMPTS = 10
/** Between the file of a sealed segment and its manifest are several fsyncs: seconds on a busy disk. */
const MAX_ATTEMPTS_OPEN = 60

/** Checks all days under a root, or those asked for. Throws only if there is nothing to check. */
export async function verifyArchive(
  root: string,
  options: VerifyOptions = {}
): Promise<VerifyReport> {
  const run = new Verification(root, options)
  return run.run()
}

class Verification {
  readonly #root: string
  readonly #options: VerifyOptions
  readonly #problems: Problem[] = []
  readonly #notes: Problem[] = []
  #untold = 0
  #records = 0
  #bytes = 0
  /** So far, for the progress; what is read again counts again. */
  readonly #read = { bytes: 0, records: 0 }
  #totalBytes = 0

  constructor(root: string, options: VerifyOptions) {
    this.#root = root
    this.#options = options
  }

  async run(): Promise<VerifyReport> {
    const days: VerifiedDay[] = []
    const { days: places, problems, files } = await findDays(this.#root, this.#options)
    for (const file of files)
      this.#note({ file, where: '', what: 'is a file, not the folder of a feed' })
    for (const problem of problems) this.#tell(problem)
    for (const { feed, day, names } of places) {
      for (const name of names.filter((other) => other.endsWith('.gz'))) {
        this.#totalBytes += await sizeOf(join(this.#root, feed, day, name))
      }
    }
    for (const feed of new Set(places.map((place) => place.feed))) {
      const held = new HeldNumbers()
      const told = new ConnectionEvents()
      const manifests: Manifest[] = []
      const feeds: FeedHashes = new Map()
      for (const place of places.filter((other) => other.feed === feed)) {
        days.push(await this.#day(feed, place.day, held, told, manifests, feeds))
      }
      for (const problem of checkNumbers(feed, held, manifests)) this.#tell(problem)
      // A gap may stand in another day than the lines that tell of it.
      if (this.#options.day === undefined) {
        for (const problem of checkConnectionEvents(feed, told, held, manifests))
          this.#tell(problem)
      }
      for (const problem of checkOrigins(feed, told, manifests, feeds)) this.#tell(problem)
    }
    if (this.#untold > 0) {
      this.#problems.push({ file: '', where: '', what: `and ${this.#untold} more problems` })
    }
    return {
      days,
      problems: this.#problems,
      notes: this.#notes,
      records: this.#records,
      bytes: this.#bytes,
    }
  }

  async #day(
    feed: string,
    day: string,
    held: HeldNumbers,
    told: ConnectionEvents,
    manifests: Manifest[],
    feeds: FeedHashes
  ): Promise<VerifiedDay> {
    const before = this.#problems.length + this.#untold
    const checked = new Map<string, SegmentFindings>()
    let manifest: Manifest
    try {
      manifest = await this.#firstManifest(feed, day)
      // While an archiver runs, a segment may be sealed while it is read: then the day is read again.
      for (let attempt = 1; attempt < MAX_ATTEMPTS_OPEN; attempt++) {
        if ((await this.#checkOpenSegments(feed, day, manifest, checked)) === 'whole') break
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        manifest = await this.#manifest(feed, day)
      }
    } catch (thrown) {
      const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
      const what = isMissing ? 'there is no manifest' : describeError(thrown)
      this.#tell({ file: `${feed}/${day}/${MANIFEST}`, where: '', what })
      const nothing = { simulated: false, records: 0, bytes: 0, gaps: 0, problems: 1 }
      return { feed, day, condition: 'unknown', ...nothing }
    }
    const segments: SegmentFindings[] = []
    for (const segment of [...manifest.segments].sort(byFrom)) {
      const findings = checked.get(keyOf(segment)) ?? (await this.#check(feed, day, segment))
      this.#take(feed, day, findings, held)
      told.join(findings.events)
      segments.push(findings)
    }
    for (const { where, what } of checkDay(manifest, segments, { feed, day })) {
      this.#tell({ file: `${feed}/${day}/${MANIFEST}`, where, what })
    }
    for (const problem of await checkFeedFiles(join(this.#root, feed, day), manifest, feeds)) {
      this.#tell({ ...problem, file: `${feed}/${day}/${problem.file}` })
    }
    await this.#beyond(feed, day, segments)
    await this.#strangers(feed, day, manifest)
    manifests.push(manifest)
    const { simulated, imported, condition, gaps } = manifest
    return {
      feed,
      day,
      simulated,
      ...(imported ? { imported } : {}),
      condition,
      records: segments.reduce((sum, segment) => sum + segment.records, 0),
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      gaps: countGaps(gaps),
      problems: this.#problems.length + this.#untold - before,
    }
  }

  /**
   * Checks the segments that are not sealed. `changing` if one does not match its manifest, and either the manifest is a new
   * one or an archiver runs: it replaces the file of a segment that it seals before it writes the manifest.
   */
  async #checkOpenSegments(
    feed: string,
    day: string,
    manifest: Manifest,
    checked: Map<string, SegmentFindings>
  ): Promise<'whole' | 'changing'> {
    for (const segment of manifest.segments) {
      if (segment.sealed || checked.has(keyOf(segment))) continue
      const findings = await this.#check(feed, day, segment)
      if (findings.problems.length > 0) {
        const now = await this.#manifest(feed, day)
        const same = now.segments.find((other) => other.name === segment.name)
        if (same !== undefined && keyOf(same) !== keyOf(segment)) return 'changing'
        if (await this.#isAtWork(feed)) return 'changing'
      }
      checked.set(keyOf(segment), findings)
    }
    return 'whole'
  }

  async #check(feed: string, day: string, segment: ManifestSegment): Promise<SegmentFindings> {
    const file = `${feed}/${day}/${segment.name}`
    const report = (bytes: number, records: number): void => {
      const read = this.#read.bytes + bytes
      this.#options.onProgress?.({
        file,
        bytes: read,
        totalBytes: Math.max(this.#totalBytes, read),
        records: this.#read.records + records,
      })
    }
    const findings = await checkSegment(join(this.#root, feed, day), day, segment, report)
    this.#read.bytes += findings.bytes
    this.#read.records += findings.records
    return findings
  }

  #take(feed: string, day: string, findings: SegmentFindings, held: HeldNumbers): void {
    this.#bytes += findings.bytes
    this.#records += findings.records
    for (const problem of findings.problems) {
      this.#tell({ ...problem, file: `${feed}/${day}/${problem.file}` })
    }
    const file = `${feed}/${day}/${findings.name}`
    for (const [connection, numbers] of findings.numbers) {
      for (const twice of held.join(connection, numbers)) {
        this.#tell({
          file,
          where: '',
          what: `record ${twice} of connection ${connection} occurs twice`,
        })
      }
    }
    if (findings.damaged) held.isDamaged = true
  }

  /** A day that is being begun has its first manifest a moment after its first segment. */
  async #firstManifest(feed: string, day: string): Promise<Manifest> {
    for (let attempt = 1; attempt < MAX_ATTEMPTS && (await this.#isAtWork(feed)); attempt++) {
      if ((await listed(join(this.#root, feed, day))).includes(MANIFEST)) break
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    return this.#manifest(feed, day)
  }

  #isAtWork(feed: string): Promise<boolean> {
    return isAtWork(join(this.#root, feed))
  }

  async #manifest(feed: string, day: string): Promise<Manifest> {
    const path = join(this.#root, feed, day, MANIFEST)
    const text = (await readRegular(path, MAX_MANIFEST_BYTES)).toString('utf8')
    return readManifestText(text, `${feed}/${day}/${MANIFEST}`)
  }

  /**
   * Bytes behind what the manifest covers: commits that it will cover, if an archiver is running. If none is, zcat and
   * DuckDB show lines that nothing accounts for.
   */
  async #beyond(feed: string, day: string, segments: readonly SegmentFindings[]): Promise<void> {
    const longer = segments.filter(({ beyond }) => beyond > 0)
    if (longer.length === 0) return
    if (await this.#isAtWork(feed)) {
      const bytes = longer.reduce((sum, { beyond }) => sum + beyond, 0)
      const names = longer.map(({ name }) => name).join(', ')
      const what = `${bytes} bytes came after the manifest and are not verified: an archiver is running (${names})`
      this.#note({ file: `${feed}/${day}`, where: '', what })
      return
    }
    for (const { name, beyond } of longer) {
      const what =
        `it and its index have ${beyond} bytes more than the manifest covers, and no archiver is running: ` +
        'an archiver that was killed completes them at its next start; otherwise they were appended'
      this.#tell({ file: `${feed}/${day}/${name}`, where: '', what })
    }
  }

  /** Files that no manifest names; while the archive is written, new ones are named a little later. */
  async #strangers(feed: string, day: string, manifest: Manifest): Promise<void> {
    const look = async (known: Manifest): Promise<string[]> => {
      const names = new Set([
        ...known.segments.flatMap(({ name }) => [name, indexOf(name)]),
        ...(known.feeds ?? []).map(({ name }) => name),
      ])
      const files = await listed(join(this.#root, feed, day))
      return files.filter((name) => name !== MANIFEST && !names.has(name))
    }
    let strangers = await look(manifest)
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      if (strangers.length === 0 || !(await this.#isAtWork(feed))) break
      await new Promise((resolve) => setTimeout(resolve, STRANGER_MS))
      strangers = await look(await this.#manifest(feed, day))
    }
    for (const name of strangers) {
      const { isProblem, what } = judgeUnknownFile(name, await this.#isAtWork(feed))
      const stranger = { file: `${feed}/${day}/${name}`, where: '', what }
      if (isProblem) this.#tell(stranger)
      else this.#note(stranger)
    }
  }

  #note(note: Problem): void {
    if (this.#notes.length < MAX_PROBLEMS) this.#notes.push(note)
  }

  #tell(problem: Problem): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem)
    else this.#untold++
  }
}

const RETRY_MS = 50
/** Manifests follow commits within five seconds. */
const STRANGER_MS = 700

const keyOf = ({ name, sha256, bytes, sealed }: ManifestSegment): string =>
  `${name} ${sha256} ${bytes} ${sealed}`

/** In the order of time: numbers of one connection, spread over groups, are then soon complete. */
const byFrom = (a: ManifestSegment, b: ManifestSegment): number =>
  a.from < b.from ? -1 : a.from > b.from ? 1 : 0

const indexOf = (segment: string): string => segment.replace(/jsonl\.gz$/, 'index.jsonl')

/** What cannot be looked at is named when it is read. */
const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0
  )

async function listed(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw thrown
  }
}
