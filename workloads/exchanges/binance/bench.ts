// What a Binance frame costs: looked at by the connector, and made into market events; beside each stands JSON.parse, in the same
// run, as a ratio. Frames of the simulator, whose shape simulated.test.ts holds against recorded ones. CPU time, so that
// what else the computer does is not counted.

import type { MarketEvent } from '#market/event.ts'
import type { Row } from '#testing/row.ts'
import { BinanceFrames } from './frames.ts'
import { createNormalizer } from './normalize.ts'
import { Streams } from './streams.ts'
import { simulatedFrames } from './testing/simulated.ts'

const FRAMES = 100_000
const RUNS = 5

/** Nanoseconds a frame: the median of some runs over all of them, after a warm-up. */
function nanosPerFrame(frames: readonly Buffer[], one: (frame: Buffer) => void): number {
  const run = () => {
    const before = process.cpuUsage()
    for (const frame of frames) one(frame)
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1000) / frames.length
  }
  run()
  return Array.from({ length: RUNS }, run).sort((a, b) => a - b)[RUNS >> 1]!
}

/** The fastest way to a string; Node's types do not know it. */
const textOf = (frame: Buffer): string =>
  (frame as Buffer & { latin1Slice: () => string }).latin1Slice()

export async function benchBinance(): Promise<Row[]> {
  const frames = simulatedFrames(FRAMES)
  const bytes = Math.round(frames.reduce((sum, { length }) => sum + length, 0) / frames.length)
  // Results go here, so that the work cannot be optimised away.
  let sum = 0
  const parsed = nanosPerFrame(frames, (frame) => {
    if (JSON.parse(textOf(frame)) !== null) sum++
  })
  const normalizer = createNormalizer()
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  const add = (event: MarketEvent) => {
    sum += event.price
  }
  const normalised = nanosPerFrame(frames, (frame) => normalizer.normalize(frame, header, add))
  const machine = new BinanceFrames(new Streams(), ['depth@100ms'])
  const looked = nanosPerFrame(frames, (frame) => {
    machine.look(frame)
    sum += machine.frame.sequence
  })
  if (sum === 0) throw new Error('nothing was read')
  const ratio = (ours: number) => `JSON.parse takes ${(parsed / ours).toFixed(1)}x`
  return [
    {
      name: `normalise a Binance frame (${bytes} B)`,
      value: normalised,
      unit: 'ns',
      ratio: ratio(normalised),
    },
    {
      name: `look at a Binance frame (${bytes} B)`,
      value: looked,
      unit: 'ns',
      ratio: ratio(looked),
    },
  ]
}
