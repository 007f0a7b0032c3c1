// Proves an archive, or names what is wrong with it and where. It shares nothing with the writer but the form of the
// manifest: it inflates every file as a stream, looks at every line, and holds the sums against index and manifest.

import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeError, SsmdError } from '#crds/errors.ts'
import { countGaps, type Manifest, type ManifestSegment, readManifestText } from './manifest.ts'
import type { Problem } from './problem.ts'
import { checkDay } from './verify-day.ts'
import { checkEvents, ToldEvents } from './verify-events.ts'
import { checkNumbers, HeldNumbers } from './verify-numbers.ts'
import { checkSegment, type SegmentFindings } from './verify-segment.ts'

export type { Problem } from './problem.ts'

export type VerifiedDay = {
  readonly feed: string
  readonly day: string
  readonly simulated: boolean
  readonly condition: Manifest['condition'] | 'unknown'
  readonly records: number
  readonly bytes: number
  readonly gaps: number
  readonly problems: number
}

export type VerifyReport = {
  readonly days: readonly VerifiedDay[]
  readonly problems: readonly Problem[]
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

const FEED = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
/** More are counted and not listed: one broken disk makes millions. */
const MAX_PROBLEMS = 1000
const MANIFEST = 'manifest.json'
const MAX_ATTEMPTS = 10

/** Checks all days under a root, or those asked for. Throws only where there is nothing to check. */
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
  #untold = 0
  #records = 0
  #bytes = 0
  /** So far, for the progress; what is read anew counts anew. */
  readonly #read = { bytes: 0, records: 0 }
  #totalBytes = 0

  constructor(root: string, options: VerifyOptions) {
    this.#root = root
    this.#options = options
  }

  async run(): Promise<VerifyReport> {
    const days: VerifiedDay[] = []
    const places = await this.#places()
    for (const { feed, day } of places) {
      for (const name of await listed(join(this.#root, feed, day))) {
        if (name.endsWith('.gz')) {
          this.#totalBytes += (await stat(join(this.#root, feed, day, name))).size
        }
      }
    }
    for (const feed of new Set(places.map((place) => place.feed))) {
      const held = new HeldNumbers()
      const told = new ToldEvents()
      const manifests: Manifest[] = []
      for (const place of places.filter((other) => other.feed === feed)) {
        days.push(await this.#day(feed, place.day, held, told, manifests))
      }
      for (const problem of checkNumbers(feed, held, manifests)) this.#tell(problem)
      // A gap may stand in another day than the lines that tell of it.
      if (this.#options.day === undefined) {
        for (const problem of checkEvents(feed, told, held, manifests)) this.#tell(problem)
      }
    }
    if (this.#untold > 0) {
      this.#problems.push({ file: '', where: '', what: `and ${this.#untold} more problems` })
    }
    return {
      days,
      problems: this.#problems,
      records: this.#records,
      bytes: this.#bytes,
    }
  }

  async #day(
    feed: string,
    day: string,
    held: HeldNumbers,
    told: ToldEvents,
    manifests: Manifest[]
  ): Promise<VerifiedDay> {
    const before = this.#problems.length + this.#untold
    const checked = new Map<string, SegmentFindings>()
    let manifest: Manifest
    try {
      manifest = await this.#firstManifest(feed, day)
      // Where the archive is being written, a segment may be sealed while it is read: then the day is read anew.
      for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
        if ((await this.#checkOpenSegments(feed, day, manifest, checked)) === 'whole') break
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
        manifest = await this.#manifest(feed, day)
      }
    } catch (thrown) {
      this.#tell({ file: `${feed}/${day}/${MANIFEST}`, where: '', what: describeError(thrown) })
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
    await this.#strangers(feed, day, manifest)
    manifests.push(manifest)
    const { simulated, condition, gaps } = manifest
    return {
      feed,
      day,
      simulated,
      condition,
      records: segments.reduce((sum, segment) => sum + segment.records, 0),
      bytes: segments.reduce((sum, segment) => sum + segment.bytes, 0),
      gaps: countGaps(gaps),
      problems: this.#problems.length + this.#untold - before,
    }
  }

  /** Checks the segments that are not sealed; `changed` where one does not hold and its manifest is a new one. */
  async #checkOpenSegments(
    feed: string,
    day: string,
    manifest: Manifest,
    checked: Map<string, SegmentFindings>
  ): Promise<'whole' | 'changed'> {
    for (const segment of manifest.segments) {
      if (segment.sealed || checked.has(keyOf(segment))) continue
      const findings = await this.#check(feed, day, segment)
      if (findings.problems.length > 0) {
        const now = await this.#manifest(feed, day)
        const same = now.segments.find((other) => other.name === segment.name)
        if (same !== undefined && keyOf(same) !== keyOf(segment)) return 'changed'
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
          what: `record ${twice} of connection ${connection} is there twice`,
        })
      }
    }
    if (findings.damaged) held.isDamaged = true
  }

  /** A day that is being begun has its first manifest a moment after its first segment. */
  async #firstManifest(feed: string, day: string): Promise<Manifest> {
    for (let attempt = 1; attempt < MAX_ATTEMPTS && (await this.#isWritten(feed)); attempt++) {
      if ((await listed(join(this.#root, feed, day))).includes(MANIFEST)) break
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
    return this.#manifest(feed, day)
  }

  /** True where an archiver has the feed, or has died and left its lock. */
  async #isWritten(feed: string): Promise<boolean> {
    return (await listed(join(this.#root, feed, '.commit'))).some((name) => /^lock-\d+$/.test(name))
  }

  async #manifest(feed: string, day: string): Promise<Manifest> {
    const path = join(this.#root, feed, day, MANIFEST)
    return readManifestText(await readFile(path, 'utf8'), `${feed}/${day}/${MANIFEST}`)
  }

  /** Segments that no manifest names; while the archive is written, new ones are named a little later. */
  async #strangers(feed: string, day: string, manifest: Manifest): Promise<void> {
    const strangers = async (known: Manifest): Promise<string[]> => {
      const names = new Set(known.segments.map((segment) => segment.name))
      const files = await listed(join(this.#root, feed, day))
      return files.filter((name) => name.endsWith('.jsonl.gz') && !names.has(name))
    }
    if ((await strangers(manifest)).length === 0) return
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      if (!(await this.#isWritten(feed))) break
      await new Promise((resolve) => setTimeout(resolve, STRANGER_MS))
      if ((await strangers(await this.#manifest(feed, day))).length === 0) return
    }
    for (const name of await strangers(await this.#manifest(feed, day))) {
      const what =
        'no manifest names it: an archiver has not ended its start, or somebody put it there'
      this.#tell({ file: `${feed}/${day}/${name}`, where: '', what })
    }
  }

  async #places(): Promise<{ feed: string; day: string }[]> {
    const { feed: onlyFeed, day: onlyDay } = this.#options
    const places: { feed: string; day: string }[] = []
    for (const feed of (await listed(this.#root)).filter((name) => FEED.test(name))) {
      if (onlyFeed !== undefined && feed !== onlyFeed) continue
      for (const day of (await listed(join(this.#root, feed))).filter((name) => DAY.test(name))) {
        if (onlyDay !== undefined && day !== onlyDay) continue
        if ((await listed(join(this.#root, feed, day))).length > 0) places.push({ feed, day })
      }
    }
    if (places.length > 0) return places
    const wanted = [onlyFeed, onlyDay].filter((part) => part !== undefined).join(' ')
    throw new SsmdError(
      'SSMD_E_NOT_FOUND',
      wanted ? `${this.#root} holds nothing of ${wanted}` : `there is no archive at ${this.#root}`,
      { hint: wanted ? 'see `ssmd data list`' : 'give the root of an archive with --path' }
    )
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

async function listed(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw thrown
  }
}
