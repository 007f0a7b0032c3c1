// What was counted of one message type on one connection since it last told.

import type { MessageType } from '#exchanges/protocol/adapter.ts'

/** Plain numbers that the recorder adds to. */
export type Tally = {
  readonly type: MessageType
  frames: number
  /** Frames that were not understood. */
  missed: number
  normalized: number
  unknown: number
  /** Held against the feed's schema, and not fitting it. */
  checked: number
  misfit: number
  /** A sample is due once there are this many frames. */
  next: number
}

export const newTally = (type: MessageType, next: number): Tally => ({
  type,
  frames: 0,
  missed: 0,
  normalized: 0,
  unknown: 0,
  checked: 0,
  misfit: 0,
  next,
})

/** Takes what became of a sample. */
export type Normalized = {
  /** `reason` is empty, or says why the frame became an `unknown` event. */
  normalized(tally: Tally, n: number, reason: string): void
  /** It was held against the feed's schema: `reason` is empty, or says why it does not fit. */
  checked(tally: Tally, n: number, reason: string): void
}
