// Frames for the conformance suite: this exchange records nothing, it makes them.

import { syntheticFrame } from '../content.ts'

const CHANNELS = ['trade', 'ticker', 'orderbook_delta']

export const frames: readonly string[] = Array.from({ length: 30 }, (_, n) =>
  syntheticFrame({ seed: 1, symbols: 3, channels: CHANNELS }, n + 1)
)
