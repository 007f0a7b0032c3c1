// A publisher for benchmarks whose blocks are acknowledged as they are published.

import type { Publisher } from '../memory.ts'

export const blackHole = (): Publisher => ({
  publish() {},
  pendingBytes: 0,
  pendingBlocks: 0,
  maxBlockBytes: 1 << 20,
  unackedMs: () => 0,
  idle: async () => {},
})
