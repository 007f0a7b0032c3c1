// The limits of the API in one place, with what each prevents.

import type { Rate } from './rate-limit.ts'

export type Limits = {
  /** Answers from what is archived, at a time: each holds some buffers. */
  readonly reads: number
  /** The same with those whose callers do not read at the moment: they keep their buffers, and keep others from nothing. */
  readonly openReads: number
  /** Answers that work through all of it, at a time: each may keep a core busy. */
  readonly computes: number
  /** Files that are fetched, at a time: each needs little. */
  readonly files: number
  /** Streams that stay open, at a time. */
  readonly streams: number
  /** Requests that wait for their turn, of each kind. */
  readonly waiting: number
  readonly waitMs: number
  /** A caller that takes nothing for so long is cut off. */
  readonly slowReaderMs: number
  /** The same while others wait for their turn. */
  readonly hurriedReaderMs: number
  /** A stream on which nothing happens says so as often: proxies end silent connections after a minute, some after half of one. */
  readonly heartbeatMs: number
  /** Headers, and whole requests, arrive in this time. */
  readonly headersMs: number
  readonly requestMs: number
  readonly keepAliveMs: number
  /** Answers that have begun are given so long when the program stops. */
  readonly graceMs: number
  /** Of all headers of a request together, the address too. */
  readonly headerBytes: number
  readonly connections: number
  /** Of each key. */
  readonly keyRate: Rate
  readonly streamsPerKey: number
  /** Of requests without a valid key, for each address. */
  readonly refusedRate: Rate
}

export const LIMITS: Limits = {
  reads: 32,
  openReads: 64,
  computes: 2,
  files: 64,
  streams: 64,
  waiting: 256,
  waitMs: 10_000,
  slowReaderMs: 30_000,
  hurriedReaderMs: 5_000,
  heartbeatMs: 15_000,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 5_000,
  graceMs: 10_000,
  headerBytes: 16 * 1024,
  connections: 2_000,
  keyRate: { burst: 600, perSecond: 20 },
  streamsPerKey: 8,
  refusedRate: { burst: 60, perSecond: 1 },
}

/** How long a reader of a stream may take none of it. */
export type ReaderLimits = Pick<Limits, 'slowReaderMs' | 'hurriedReaderMs'>
