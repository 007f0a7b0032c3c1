// A publisher that keeps nothing: blocks are acknowledged as they are published. For trials of a feed, and for benchmarks.

import type { Publisher } from './memory.ts'

export const discard = (): Publisher => ({
  publish() {},
  pendingBytes: 0,
  pendingBlocks: 0,
  maxBlockBytes: 1 << 20,
  unackedMs: () => 0,
  idle: async () => {},
})
