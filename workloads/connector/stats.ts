// What all connections of the process count together: plain numbers, read by metrics and report.

import type { MessageType } from '#exchanges/protocol/adapter.ts'

/** Records of one message type in this process. */
export type TypeCount = {
  readonly type: MessageType
  frames: number
  bytes: number
  /** Frames that were not understood. */
  missed: number
}

export type Stats = {
  frames: number
  bytes: number
  missed: number
  dropped: number
  droppedBytes: number
  /** Jumps of the exchange's numbers, and ended subscriptions. */
  gaps: number
  /** Holes that stand at present: late frames fill them. */
  holes: number
  late: number
  repeats: number
  /** Times that state was asked for again. */
  rebuilds: number
  readonly types: Map<MessageType, TypeCount>
}

export const newStats = (): Stats => ({
  frames: 0,
  bytes: 0,
  missed: 0,
  dropped: 0,
  droppedBytes: 0,
  gaps: 0,
  holes: 0,
  late: 0,
  repeats: 0,
  rebuilds: 0,
  types: new Map(),
})
