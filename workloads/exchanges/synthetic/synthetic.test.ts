import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { syntheticFrame as expectedFrame } from '#testing/synthetic.ts'
import { feedOf } from '../../connector/testing/harness.ts'
import type { Transport } from '../protocol/adapter.ts'
import { generatorOptions } from './adapter.ts'
import { syntheticFrame } from './content.ts'
import { startGenerator } from './generator.ts'
import { SyntheticSession } from './session.ts'

const test = suite('synthetic')
const channels = ['trade', 'ticker', 'orderbook_delta']

/** Runs the generator until `enough` frames came; returns all that came. */
async function generate(rate: number, limit: number, enough: number): Promise<string[]> {
  const frames: string[] = []
  let transport: Transport | undefined
  let closed = 0
  startGenerator(
    { rate, limit, seed: 7, symbols: 10, channels, nowMs: () => performance.now() },
    {
      opened: (made) => {
        transport = made
      },
      frame: (payload) => frames.push(payload.toString()),
      ping() {},
      pong() {},
      closed: (code) => {
        closed = code
      },
      refused() {},
    }
  )
  await until(10_000, `${enough} frames`, () => frames.length >= enough)
  transport!.close()
  await until(1_000, 'closed', () => closed === 1000)
  return frames
}

test('each frame is what the description says, computed a second time from it', () => {
  for (const seed of [0, 1, 7, 4_294_967_295]) {
    for (const symbols of [1, 7, 10, 1000]) {
      for (const n of [
        1,
        2,
        3,
        9,
        10,
        11,
        29,
        30,
        31,
        65_536,
        10 ** 9,
        2 ** 32 - 1,
        2 ** 32,
        10 ** 12,
      ]) {
        const ours = syntheticFrame({ seed, symbols, channels }, n)
        assert.is(ours, expectedFrame(seed, symbols, channels, n))
        assert.ok(JSON.parse(ours))
      }
    }
  }
})

test('frames come from 1 on without a hole, and stop at the limit', async () => {
  const frames = await generate(50_000, 2_000, 2_000)
  assert.is(frames.length, 2_000)
  for (const [i, frame] of frames.entries()) {
    assert.is(frame, syntheticFrame({ seed: 7, symbols: 10, channels }, i + 1))
  }
})

test('the pace is kept over time, by no more than what a pause may make late', async () => {
  const began = performance.now()
  const frames = await generate(5_000, Number.POSITIVE_INFINITY, 2_500)
  const seconds = (performance.now() - began) / 1000
  assert.ok(frames.length <= 5_000 * seconds + 600, `${frames.length} in ${seconds} s`)
})

test('the session reads its frames as JSON.parse does', () => {
  const session = new SyntheticSession(10)
  for (let n = 1; n <= 500; n++) {
    const text = syntheticFrame({ seed: 3, symbols: 10, channels }, n)
    const value = JSON.parse(text)
    session.look(Buffer.from(text))
    const { type, symbol, sequence, scope, understood } = session.frame
    assert.equal(
      [type.name, symbol, sequence, scope, understood],
      [value.type, value.symbol, value.sequence, 1, true]
    )
  }
})

test('the address is read with bounds, and every mistake is named', () => {
  const read = (endpoint: string, more: string[] = channels) =>
    generatorOptions({ feed: feedOf({ url: endpoint, channels: more }), endpoint })
  const { rate, symbols, seed, limit } = read(
    'synthetic://generator?rate=200000&symbols=3&seed=9&limit=5'
  )
  assert.equal([rate, symbols, seed, limit], [200_000, 3, 9, 5])
  assert.is(read('synthetic://generator').rate, 1000)
  const table: readonly [string, string[], RegExp][] = [
    ['synthetic://generator?rate=0', channels, /rate=0/],
    ['synthetic://generator?rate=200001', channels, /200000/],
    ['synthetic://generator?rate=1e3', channels, /rate=1e3/],
    ['synthetic://generator?symbols=0', channels, /symbols=0/],
    ['synthetic://generator?sede=1', channels, /there is no sede/],
    ['synthetic://generator', ['trade', 'fill'], /no channel fill/],
  ]
  for (const [endpoint, more, expected] of table)
    assert.throws(() => read(endpoint, more), expected)
})

test.run()
