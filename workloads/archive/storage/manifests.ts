// Writes the manifests of a feed: which days changed, when each is due, and the days that a gap covers from end to end.
// A manifest follows the journal: everything it names is on the disk before it is.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  formatManifest,
  type Gap,
  isManifestOf,
  type Manifest,
  readManifestText,
} from '../format/manifest.ts'
import { MANIFEST_FILE } from '../format/names.ts'
import { DayState } from '../state/day.ts'
import type { FeedState } from '../state/feed-state.ts'
import type { GapSpan } from '../state/gap-span.ts'
import { daysOf } from '../state/gaps.ts'
import type { Disk } from './disk.ts'
import { invalid, replaceFile } from './journal.ts'
import type { SegmentFiles } from './segment-files.ts'

/** A manifest that only grew is written so often at most. */
const PERIOD_MS = 5000
/** A day with more gaps waits for that period, too: a storm must not write a manifest with every commit. */
const STORM_GAPS = 100
/** Writing the manifests of a huge day must not become the work itself. */
const SHARE = 50

export class Manifests {
  readonly #disk: Disk
  readonly #folder: string
  readonly #state: FeedState
  readonly #files: SegmentFiles
  readonly #nowMs: () => number
  /** Days that grew since their manifest was written. */
  readonly #grown = new Set<string>()
  /** The gaps and condition that each day's manifest has now. */
  readonly #told = new Map<string, string>()
  /** Days in the middle of a gap that have a manifest. */
  readonly #empty = new Set<string>()
  #writtenAt = Number.NEGATIVE_INFINITY
  #tookMs = 0
  #urgent = false

  constructor(
    disk: Disk,
    folder: string,
    state: FeedState,
    files: SegmentFiles,
    nowMs: () => number
  ) {
    this.#disk = disk
    this.#folder = folder
    this.#state = state
    this.#files = files
    this.#nowMs = nowMs
  }

  /** A day changed; `urgent` if people should see it immediately. */
  touch(day: string, how: 'grown' | 'urgent'): void {
    this.#grown.add(day)
    if (how === 'urgent') this.#urgent = true
  }

  /** Forgets what it told of days that were let go. */
  forgetClosed(): void {
    for (const day of this.#told.keys()) if (!this.#state.days.has(day)) this.#told.delete(day)
  }

  /** Writes what is due, or all that changed; returns how many it wrote. */
  async write(all: 'all' | 'due'): Promise<number> {
    const derived = this.#state.derivedGaps()
    const due = all === 'all' || this.#isDue()
    let written = 0
    const started = performance.now()
    for (const day of this.#state.days.values()) {
      const gaps = this.#state.gapsOf(day, derived)
      const told = JSON.stringify([gaps, this.#state.conditionOf(day, gaps)])
      const isNews = told !== this.#told.get(day.day)
      if (isNews && gaps.length > STORM_GAPS) this.#grown.add(day.day)
      const isUrgent = isNews && gaps.length <= STORM_GAPS
      if (!isUrgent && !(due && this.#grown.has(day.day))) continue
      if (written === 0) await this.#files.syncIndexes()
      await this.#put(day.day, this.#manifestOf(day, gaps))
      this.#told.set(day.day, told)
      this.#grown.delete(day.day)
      written++
    }
    written += await this.#writeEmpty(derived)
    if (written > 0) {
      this.#urgent = false
      this.#writtenAt = this.#nowMs()
      this.#tookMs = performance.now() - started
    }
    return written
  }

  /**
   * The manifest of a day that is not in memory, read synchronously: a late record waits for it. Refuses a day of another
   * archive, and one that ended with segments open: nothing can be appended to them.
   */
  readClosed(day: string): Manifest | undefined {
    const path = join(this.#folder, day, MANIFEST_FILE)
    // What lies there and is no file is moved aside when the day's folder is made.
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined
    const manifest = readManifestText(readFileSync(path, 'utf8'), path)
    if (!isManifestOf(manifest, this.#state.owner, day)) {
      throw invalid(
        `${path} is of ${manifest.feed} ${manifest.day}, environment ${manifest.environment}, archive ${manifest.archive}, and a record of ${day} has come`,
        'move that folder out of the archive'
      )
    }
    const open = manifest.segments.find((segment) => !segment.sealed)
    if (open === undefined) return manifest
    throw invalid(`${path}: the journal knows nothing of ${open.name}, which is not sealed`)
  }

  #isDue(): boolean {
    if (this.#grown.size === 0) return false
    if (this.#urgent) return true
    const since = this.#nowMs() - this.#writtenAt
    return since >= Math.max(PERIOD_MS, this.#tookMs * SHARE) || since < 0
  }

  #manifestOf(day: DayState, gaps: readonly Gap[]): Manifest {
    return this.#state.manifest(
      day,
      gaps,
      (segment) =>
        segment.status === 'sealed'
          ? segment.sha256
          : this.#files.sha256Of({ day: day.day, name: segment.name }),
      new Date(this.#nowMs()).toISOString()
    )
  }

  /** A day that a gap covers from midnight to midnight has only a manifest. */
  async #writeEmpty(derived: readonly GapSpan[]): Promise<number> {
    let written = 0
    for (const gap of derived) {
      // Where clocks disagree, the days between the two times are not missing.
      if (gap.to === null || gap.clock !== undefined) continue
      for (const day of daysOf(gap.from, gap.to).slice(1, -1)) {
        if (this.#state.days.has(day) || this.#empty.has(day)) continue
        this.#empty.add(day)
        if ((await this.#disk.size(join(this.#folder, day, MANIFEST_FILE))) !== undefined) continue
        const state = new DayState(day)
        const gaps = this.#state.gapsOf(state, derived)
        await this.#disk.makeFolder(join(this.#folder, day))
        await this.#put(day, this.#manifestOf(state, gaps))
        written++
      }
    }
    return written
  }

  async #put(day: string, manifest: Manifest): Promise<void> {
    await replaceFile(this.#disk, join(this.#folder, day), {
      name: MANIFEST_FILE,
      id: this.#state.id,
      bytes: Buffer.from(formatManifest(manifest)),
    })
  }
}
