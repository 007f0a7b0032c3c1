// The manifest, a day's account of itself, as types and as text. The text ends with the sha256 of everything before it;
// `readManifestText` refuses any other.

import { createHash } from 'node:crypto'
import { SsmdError } from '#crds/errors.ts'
import type { GapCause, GapFault } from '#wire/events.ts'
import { misshapenField } from './manifest-shape.ts'

/** Version 1 describes segments of format 1 alone and does not name it; in version 2 each segment has its `format`. */
export const MANIFEST_VERSION = 2

/** Of the lines of a segment, all of them. Format 2 has type and symbol in each line. */
export type LineFormat = 1 | 2
/** What is written. */
export const LINE_FORMAT: LineFormat = 2
/** More than any day has; what is larger is no manifest and is not read. */
export const MAX_MANIFEST_BYTES = 128 * 1024 * 1024

/** `pending`: still grows; `missing`: a day without a record, all of it in a gap. */
export type DayCondition = 'available' | 'degraded' | 'pending' | 'missing'

export type ManifestSegment = {
  /** File name, such as `trades_000.jsonl.gz`; its index is `trades_000.index.jsonl`. */
  readonly name: string
  readonly group: string
  readonly format: LineFormat
  /** True once the file never changes again. */
  readonly sealed: boolean
  readonly bytes: number
  readonly rawBytes: number
  readonly sha256: string
  readonly records: number
  readonly members: number
  /** Length of the index file. */
  readonly indexBytes: number
  readonly from: string
  readonly to: string
  readonly types: Readonly<Record<string, number>>
  /** Sequences of the stream. */
  readonly firstSequence: number
  readonly lastSequence: number
  /** Records that stand behind a higher number of their connection: they came late. */
  readonly late: number
}

export type ManifestConnection = {
  readonly id: string
  readonly shard: number
  /** Numbers of its first and last record of this day. */
  readonly first: number
  readonly last: number
  readonly records: number
  /** Records of types that this archive does not keep. */
  readonly skipped: number
  readonly from: string
  readonly to: string
  readonly simulated: boolean
  /** True if its close event is in this day. */
  readonly closed: boolean
  /** Frames that came late, and that came more than once, by the exchange's own numbers; left out if there are none. */
  readonly late?: number
  readonly repeated?: number
  /** Where it leads, if not to the exchange that the manifest names. */
  readonly exchange?: string
  /** The file of `feeds` that describes its frames, if its exchange is described by the Feed alone. */
  readonly feed?: string
}

/** A Feed that was in force on this day, in a file beside the manifest that never changes. */
export type ManifestFeed = {
  /** `feed.yaml`, then `feed_001.yaml`. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  /** Time of the first record of the day that was captured under it. */
  readonly from: string
}

/** Sums of `counts` events: objects of numbers, of the latest texts, and of the first entries of lists. */
export type Counts = { readonly [name: string]: unknown }

/** Connections of a day beyond those that its manifest names: a storm of reconnects must not make a manifest of megabytes. */
export type MoreConnections = {
  readonly count: number
  readonly records: number
  readonly skipped: number
}

/** What the exchange numbered itself. */
export type ManifestSequence = {
  readonly connection: string
  readonly scope: number
  readonly group: string
  readonly first: number
  readonly last: number
}

export type Gap = {
  readonly cause: GapCause
  readonly fault: GapFault
  /** The last record before it, by the clock of its connection. */
  readonly from: string
  /** What came after it, by the clock of its own connection; null while it lasts. */
  readonly to: string | null
  readonly connection: string | null
  readonly shard: number | null
  /** How many records are missing, null if it cannot be known. */
  readonly missing: number | null
  /** The number of gaps of one kind that are counted together here, if more than one; the lines of the day name each. */
  readonly count?: number
  readonly channel?: string
  /** Where the exchange counts, and which of its sequences are missing, inclusive; with `count`, the first and the last. */
  readonly scope?: number
  readonly sequences?: readonly [first: number, last: number]
  /** Which numbers of the connection are missing, inclusive; with `count`, the first and the last of them. */
  readonly numbers?: readonly [first: number, last: number]
  /**
   * `back`: what came after it has earlier times than what came before, so the clocks disagree. Then `from` and `to` are the
   * two times in their order: the hole is at a moment that both connections give times around, and how long it was
   * cannot be told.
   */
  readonly clock?: 'back'
  readonly detail: string
}

/** How many gaps entries stand for. */
export const countGaps = (gaps: readonly Gap[]): number =>
  gaps.reduce((sum, gap) => sum + (gap.count ?? 1), 0)

export type Manifest = {
  readonly version: 1 | typeof MANIFEST_VERSION
  readonly feed: string
  readonly day: string
  readonly environment: string
  readonly archive: string
  /** Where the connections of the day lead; missing if no event told it, as with an older ssmd. */
  readonly exchange?: string
  /** True if any record of the day came from a simulator or a generator. */
  readonly simulated: boolean
  /** True if another program archived records of the day: nothing proves that they are whole. Left out if none did. */
  readonly imported?: true
  readonly condition: DayCondition
  readonly updated: string
  readonly records: number
  readonly bytes: number
  readonly rawBytes: number
  readonly from: string | null
  readonly to: string | null
  readonly segments: readonly ManifestSegment[]
  readonly connections: readonly ManifestConnection[]
  readonly moreConnections?: MoreConnections
  readonly sequences: readonly ManifestSequence[]
  /** Records of types that this archive does not keep. */
  readonly skipped: Readonly<Record<string, number>>
  /** Missing on a day that an older ssmd began, which did not add them up. */
  readonly counts?: Counts
  /** Missing if no connection told of one. */
  readonly feeds?: readonly ManifestFeed[]
  readonly gaps: readonly Gap[]
}

const LISTS = ['segments', 'connections', 'sequences', 'feeds', 'gaps'] as const
const SUM = ',\n  "sha256": "'
const END = '"\n}\n'

/** One line for each entry of a list: people read it, `grep` finds in it, and large days stay quick to write. */
export function formatManifest(manifest: Manifest): string {
  const parts: string[] = []
  for (const [key, value] of Object.entries(manifest)) {
    const lines =
      (LISTS as readonly string[]).includes(key) && (value as unknown[]).length > 0
        ? `[\n    ${(value as unknown[]).map((entry) => JSON.stringify(entry)).join(',\n    ')}\n  ]`
        : JSON.stringify(value)
    parts.push(`  ${JSON.stringify(key)}: ${lines}`)
  }
  const text = `{\n${parts.join(',\n')}`
  return `${text}${SUM}${sha256(text)}${END}`
}

/** The manifest of a text; an error names `file`. */
export function readManifestText(text: string, file: string): Manifest {
  const at = text.lastIndexOf(SUM)
  const body = text.slice(0, Math.max(at, 0))
  if (at < 0 || text !== `${body}${SUM}${sha256(body)}${END}`) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${file}: its sha256 does not match its text`, {
      hint: 'it was changed or damaged: restore it from a copy',
    })
  }
  const manifest = JSON.parse(text) as Manifest & { sha256?: string }
  const { version } = manifest
  if (version !== 1 && version !== MANIFEST_VERSION) {
    throw new SsmdError(
      'SSMD_E_ARCHIVE_INVALID',
      `${file}: version ${String(version)}, this program reads versions 1 and ${MANIFEST_VERSION}`,
      { hint: 'read it with a newer ssmd' }
    )
  }
  delete manifest.sha256
  const field = misshapenField(manifest)
  if (field !== undefined) {
    throw new SsmdError('SSMD_E_ARCHIVE_INVALID', `${file}: ${field} is not as a manifest has it`, {
      hint: 'it was not written by ssmd: restore it from a copy',
    })
  }
  if (version === MANIFEST_VERSION) return manifest
  return { ...manifest, segments: manifest.segments.map((one) => ({ ...one, format: 1 })) }
}

export const isManifestOf = (
  manifest: Manifest,
  owner: Pick<Manifest, 'feed' | 'environment' | 'archive'>,
  day: string
): boolean =>
  manifest.day === day &&
  manifest.feed === owner.feed &&
  manifest.environment === owner.environment &&
  manifest.archive === owner.archive

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
