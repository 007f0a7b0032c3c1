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
const RUNS = 7

/** Nanoseconds a frame of each: the median of some runs over all frames, which take turns, after a warm-up. */
function nanosPerFrame<K extends string>(
  frames: readonly Buffer[],
  works: Readonly<Record<K, (frame: Buffer) => void>>
): Record<K, number> {
  const taken = {} as Record<K, number>
  const runs = {} as Record<K, number[]>
  for (let i = 0; i <= RUNS; i++) {
    for (const [name, work] of Object.entries<(frame: Buffer) => void>(works)) {
      const before = process.cpuUsage()
      for (const frame of frames) work(frame)
      const { user, system } = process.cpuUsage(before)
      runs[name as K] ??= []
      if (i > 0) runs[name as K].push(((user + system) * 1000) / frames.length)
    }
  }
  for (const name of Object.keys(works) as K[]) {
    taken[name] = runs[name].sort((one, other) => one - other)[RUNS >> 1]!
  }
  return taken
}

/** The fastest way to a string; Node's types do not know it. */
const textOf = (frame: Buffer): string =>
  (frame as Buffer & { latin1Slice: () => string }).latin1Slice()

export function benchBinance(): Row[] {
  const frames = simulatedFrames(FRAMES)
  const bytes = Math.round(frames.reduce((sum, { length }) => sum + length, 0) / frames.length)
  // Results go here, so that the work cannot be optimised away.
  let sum = 0
  const normalizer = createNormalizer()
  const header = { recvMs: 1, recvNs: 0, feed: 'f', type: '', symbol: '' }
  const add = (event: MarketEvent) => {
    sum += event.price
  }
  const machine = new BinanceFrames(new Streams(), ['depth@100ms'])
  const { parsed, normalised, looked } = nanosPerFrame(frames, {
    parsed: (frame) => {
      if (JSON.parse(textOf(frame)) !== null) sum++
    },
    normalised: (frame) => normalizer.normalize(frame, header, add),
    looked: (frame) => {
      machine.look(frame)
      sum += machine.frame.sequence
    },
  })
  if (sum === 0) throw new Error('nothing was read')
  const ratio = (ours: number) => `JSON.parse takes ${(parsed / ours).toFixed(2)}x`
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
