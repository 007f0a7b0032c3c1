// How far the streams of several feeds were delivered, as plain data: a reader that continues there delivers every other record, and
// none twice.

import type { QueuePosition } from './block-queue.ts'
import type { GapState } from './gap-state.ts'

export type FeedPosition = {
  readonly feed: string
  /** All of its stream up to there was delivered. */
  readonly sequence: number
  readonly shards: readonly { readonly slot: number; readonly ended: boolean }[]
  /** Connections that have records behind that, delivered or not. */
  readonly connections: readonly QueuePosition[]
  readonly gaps: GapState
}

export type LogPosition = {
  /** The last record that was delivered in order; null: none. */
  readonly frontier: {
    readonly ms: number
    readonly ns: number
    readonly number: number
    readonly feed: string
    readonly connection: string
  } | null
  readonly feeds: readonly FeedPosition[]
}

/** A place in the streams, as plain data. */
export type LivePosition = LogPosition & {
  /** When each stream was created: a recreated one has other sequences. */
  readonly streams: readonly { readonly feed: string; readonly created: string }[]
}
