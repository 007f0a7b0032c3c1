// The records of the journal: one per commit, one before new files are created, one per sealed segment. The state of an
// archive is the fold of these records, so a restart reaches the same state. Framing: checksum, length, JSON, line feed.

import { hexCrc, type IndexEntry } from '../format/index-line.ts'
import type {
  Counts,
  Gap,
  LineFormat,
  ManifestConnection,
  ManifestFeed,
  ManifestSegment,
  ManifestSequence,
  MoreConnections,
} from '../format/manifest.ts'
import type { ConnectionJson, FeedRef, StreamLoss } from './connection.ts'
import type { TakenBack } from './gap-list.ts'

/** How far the stream has been archived. */
export type Bookmark = {
  readonly stream: string
  /** When the stream was created: tells a stream from one of the same name made later. */
  readonly created: string
  readonly sequence: number
}

/** `ended`: nothing is appended any more; `sealed`: packed, the file never changes again. */
export type SegmentStatus = 'open' | 'ended' | 'sealed'

export type SegmentJson = Omit<ManifestSegment, 'sealed' | 'format'> & {
  /** Left out by older versions, which knew format 1 alone. */
  readonly format?: LineFormat
  readonly number: number
  /** Slice of the day that its records fall into. */
  readonly slice: number
  readonly sliceSeconds: number
  /** It ends when the feed's records have reached this unix second. */
  readonly sealAt: number
  /** Lines since the last chunk ended, in bytes. */
  readonly chunkBytes: number
  readonly status: SegmentStatus
}

export type DayJson = {
  readonly day: string
  readonly segments: readonly SegmentJson[]
  readonly connections: readonly ManifestConnection[]
  /** Those that a manifest from which the day came back did not name. */
  readonly moreConnections?: MoreConnections
  readonly sequences: readonly ManifestSequence[]
  readonly skipped: Readonly<Record<string, number>>
  /** Left out by older versions, which did not add them up: such a day never has them. */
  readonly counts?: Counts
  readonly feeds?: readonly ManifestFeed[]
  /** Gaps that no longer depend on anything. */
  readonly gaps: readonly Gap[]
}

export type FeedText = { readonly sha256: string; readonly text: string }

export type CommitRecord = {
  readonly kind: 'commit'
  readonly bookmark: Bookmark
  /** Latest receive time seen, and the second up to which the clock has settled it. */
  readonly newest: string | null
  readonly settled: number
  /** The last loss in the stream. */
  readonly loss: StreamLoss | null
  /** Days that came into play, as they were then. */
  readonly days: readonly DayJson[]
  readonly opened: readonly {
    readonly day: string
    readonly group: string
    readonly number: number
    readonly slice: number
    readonly sliceSeconds: number
    readonly sealAt: number
    /** Left out by older versions, which knew format 1 alone. */
    readonly format?: LineFormat
  }[]
  readonly members: readonly {
    readonly day: string
    readonly name: string
    readonly entry: IndexEntry
  }[]
  readonly ended: readonly { readonly day: string; readonly name: string }[]
  /** Connections that changed, whole. */
  readonly connections: readonly ConnectionJson[]
  /** What was added to a day, to be joined with what it had. */
  readonly added: readonly {
    readonly day: string
    readonly connections: readonly ManifestConnection[]
    readonly sequences: readonly ManifestSequence[]
    readonly skipped: Readonly<Record<string, number>>
    readonly counts?: Counts
    /** Those that its records were captured under, and the time of the first of these. */
    readonly feeds?: readonly (FeedRef & { readonly from: string })[]
    readonly gaps: readonly Gap[]
  }[]
  /** Texts of Feeds that were not known before. */
  readonly feeds?: readonly FeedText[]
  /** Numbers that came after their gap had been written down for good. */
  readonly filled: readonly {
    readonly connection: string
    readonly numbers: readonly [first: number, last: number]
  }[]
  /** Sequences that came after a gap had named them, in this commit or before: taken back before `added`. */
  readonly takenBack?: readonly TakenBack[]
}

export type SealRecord = {
  readonly kind: 'seal'
  readonly day: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly members: number
  readonly indexBytes: number
  /** False if the file was as it has to be, and stays in place. */
  readonly packed: boolean
}

/** Written before files are made: what a crash leaves of them is ours, and goes. */
export type CreateRecord = {
  readonly kind: 'create'
  readonly files: readonly { readonly day: string; readonly name: string }[]
}

export type JournalRecord = CommitRecord | SealRecord | CreateRecord

/** A record as the journal holds it. */
export function encodeRecord(record: object): Buffer {
  const json = Buffer.from(JSON.stringify(record))
  const head = `${String(json.length).padStart(10, '0')} `
  return Buffer.concat([Buffer.from(`${hexCrc(json)} ${head}`), json, LINE_FEED])
}

const LINE_FEED = Buffer.from('\n')
const HEAD_LENGTH_AT = 8 + 1
const HEAD = HEAD_LENGTH_AT + 10 + 1

export type Decoded = {
  readonly records: readonly unknown[]
  /** Length of the whole records. */
  readonly bytes: number
  readonly tail: Tail
}

/**
 * What lies behind the whole records. `torn`: a record that was never synced, as a crash leaves it. `damaged`: anything
 * else, such as a changed byte in a record that was.
 */
export type Tail = 'none' | 'torn' | 'damaged'

/** The whole records of a journal, up to the first that is not whole. */
export function decodeRecords(bytes: Buffer): Decoded {
  const records: unknown[] = []
  let at = 0
  for (;;) {
    const end = endOfRecord(bytes, at)
    if (end === undefined) break
    records.push(JSON.parse(bytes.toString('utf8', at + HEAD, end - 1)))
    at = end
  }
  return { records, bytes: at, tail: tailOf(bytes, at) }
}

/** A record that was cut short: the beginning of a head, or a head that promises more bytes than there are. */
const HEAD_PART = /^([0-9a-f]{0,8}|[0-9a-f]{8} \d{0,10}|[0-9a-f]{8} \d{10} )$/
/** The least that a disk writes as a unit. */
const SECTOR = 512

function tailOf(bytes: Buffer, at: number): Tail {
  if (at === bytes.length) return 'none'
  if (hasRecordBehind(bytes, at)) return 'damaged'
  const head = bytes.toString('latin1', at, at + HEAD)
  const promised = HEAD + Number(head.slice(HEAD_LENGTH_AT)) + 1
  // Only its last byte is a line feed: a tail that has one came to its end, whatever its head says.
  const isShort = !bytes.includes(10, at) && (head.length < HEAD || bytes.length - at < promised)
  return (HEAD_PART.test(head) && isShort) || hasUnwritten(bytes, at) ? 'torn' : 'damaged'
}

/** True if a sector, or the end, is zeros: the length came to the disk and the bytes did not. A record holds no zero. */
function hasUnwritten(bytes: Buffer, at: number): boolean {
  if (bytes.at(-1) === 0) return true
  for (let from = at; from < bytes.length; ) {
    const to = Math.min(bytes.length, from - (from % SECTOR) + SECTOR)
    if (bytes.subarray(from, to).every((byte) => byte === 0)) return true
    from = to
  }
  return false
}

/** True if behind the broken record at `at` a whole one lies: found by its length, or by a line feed. */
function hasRecordBehind(bytes: Buffer, at: number): boolean {
  const length = Number(bytes.toString('latin1', at + HEAD_LENGTH_AT, at + HEAD - 1))
  if (endOfRecord(bytes, at + HEAD + length + 1) !== undefined) return true
  for (let line = bytes.indexOf(10, at); line >= 0; line = bytes.indexOf(10, line + 1)) {
    if (endOfRecord(bytes, line + 1) !== undefined) return true
  }
  return false
}

/** Where the record that starts at `at` ends, or undefined if none is whole there. */
function endOfRecord(bytes: Buffer, at: number): number | undefined {
  if (!(at + HEAD < bytes.length)) return undefined
  const head = /^([0-9a-f]{8}) (\d{10}) $/.exec(bytes.toString('latin1', at, at + HEAD))
  if (!head) return undefined
  const end = at + HEAD + Number(head[2]) + 1
  if (end > bytes.length || bytes[end - 1] !== 10) return undefined
  return hexCrc(bytes.subarray(at + HEAD, end - 1)) === head[1] ? end : undefined
}
