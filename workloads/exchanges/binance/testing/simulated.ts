// Frames of the simulated exchange, busy as the recorded market is: what the benchmark reads. For tests and benchmarks only.

import { createVenue } from '../simulator/venue.ts'

const START_MS = 1_795_000_000_000
/** Of one market: updates of the book then have as many levels as recorded ones. */
const PER_SECOND = 240
const MARKETS = 2

/** So many frames of the three channels, in order. */
export function simulatedFrames(count: number): Buffer[] {
  const exchange = createVenue().generate({
    seed: 1,
    markets: MARKETS,
    startMs: START_MS,
    env: {},
    log: { info() {}, warn() {} },
    feed: null,
  })
  const frames: Buffer[] = []
  for (let ms = 5; frames.length < count; ms += 5) {
    exchange.advance(START_MS + ms, (MARKETS * PER_SECOND * 5) / 1000, {
      wants: ({ name }) => name !== 'depth',
      frame: ({ bytes, start, end }) => frames.push(Buffer.from(bytes.subarray(start, end))),
    })
  }
  return frames.slice(0, count)
}
