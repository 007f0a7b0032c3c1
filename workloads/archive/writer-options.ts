// The options and the figures of a feed's writer.

import type { FeedFigures } from './state/figures.ts'
import type { Disk } from './storage/disk.ts'
import type { LockOptions } from './storage/lock.ts'
import type { WriterLog } from './storage/log.ts'

export type FeedWriterOptions = {
  readonly root: string
  readonly feed: string
  readonly archive: string
  readonly environment: string
  /** Slice of a day that one segment covers at most; whole seconds. */
  readonly maxAgeMs: number
  /** Lines that fill a segment. */
  readonly maxBytes: number
  /** Lines of a chunk, after which a member ends. @default 512 KiB */
  readonly chunkBytes?: number | undefined
  /** gzip level, 1 to 9. */
  readonly level: number
  readonly log: WriterLog
  readonly nowMs: () => number
  /** Message types to keep. @default all */
  readonly types?: readonly string[] | undefined
  /** Whole days older than this are removed. @default never */
  readonly retentionDays?: number | undefined
  /** @default the machine's */
  readonly disk?: Disk
  readonly lock?: LockOptions
}

/** Of what is committed, since the writer was opened. */
export type WriterStats = FeedFigures & {
  readonly records: number
  /** Records that came again and were ignored. */
  readonly duplicates: number
  /** Records that came behind a higher number of their connection. */
  readonly late: number
  readonly skipped: number
  /** Compressed bytes written, and the lines in them. */
  readonly bytes: number
  readonly rawBytes: number
  readonly commits: number
  readonly lastCommitMs: number
  readonly lastCommitAt: number | null
  readonly sealed: number
}

export type StreamPosition = {
  readonly name: string
  readonly created: string
  readonly firstSequence: number
  /** Given, it shows a stream that lost its tail: its sequences will be used again. */
  readonly lastSequence?: number
}
