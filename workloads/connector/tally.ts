// What was counted of one message type on one connection since it last told.

import type { MessageType } from '#exchanges/protocol/adapter.ts'

/** Plain numbers that the recorder adds to. */
export type Tally = {
  readonly type: MessageType
  frames: number
  understood: number
  normalized: number
  unknown: number
  /** Frames until the next sample; below 0 one is due. */
  left: number
}

export const newTally = (type: MessageType, left: number): Tally => ({
  type,
  frames: 0,
  understood: 0,
  normalized: 0,
  unknown: 0,
  left,
})

/** Takes what became of a sample. */
export type Normalized = {
  /** `reason` is empty, or says why the frame became an `unknown` event. */
  normalized(tally: Tally, n: number, reason: string): void
}
