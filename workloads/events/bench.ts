// What reading history costs: batches against an async iterator over single events, which is the obvious way.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from '#archive/testing/blocks.ts'
import { seeded } from '#archive/testing/random.ts'
import type { Row } from '#testing/row.ts'
import { history } from './history.ts'
import { archiveBlocks, kalshiTestFrames } from './testing/archives.ts'
import { randomCapture } from './testing/capture.ts'

const FRAMES = 30_000
const ROUNDS = 3

type Single = { readonly kind: number; readonly symbol: string; readonly price: number }

/** The obvious way: an object and a promise for each event. */
async function* singles(root: string): AsyncGenerator<Single> {
  for await (const batch of history({ roots: [{ path: root }] })) {
    const list: Single[] = []
    batch.each(({ kind, symbol, price }) => list.push({ kind, symbol, price }))
    yield* list
  }
}

/** Reads an archive of recorded frames in turns, and takes the best of three of each. */
export async function benchHistory(): Promise<Row[]> {
  const root = mkdtempSync(join(tmpdir(), 'ssmd-bench-'))
  try {
    const random = seeded(1)
    const some = kalshiTestFrames(1, FRAMES)
    const frames = [...some]
    while (frames.length < FRAMES) frames.push(...some.slice(0, FRAMES - frames.length))
    const shape = { feed: 'made', exchange: 'kalshi', frames, shards: 2, connections: 2 }
    const times = { startsAt: at('2026-11-24T12:00:00Z'), stepMs: 10 }
    await archiveBlocks(root, 'made', randomCapture(random, { ...shape, ...times }), random, 0.002)
    let [batched, single] = [0, 0]
    let [events, batches, sum] = [0, 0, 0]
    for (let i = 0; i < ROUNDS; i++) {
      events = 0
      batches = 0
      let start = performance.now()
      for await (const batch of history({ roots: [{ path: root }] })) {
        batches++
        batch.each(({ price }) => {
          events++
          sum += price
        })
      }
      batched = Math.max(batched, events / (performance.now() - start))
      start = performance.now()
      for await (const { price } of singles(root)) sum += price
      single = Math.max(single, events / (performance.now() - start))
    }
    if (sum === 0) throw new Error('nothing was read')
    const ratio = `${(batched / single).toFixed(2)} times an async iterator over single events`
    return [
      { name: 'read history as batches', value: batched * 1000, unit: 'events/s', ratio },
      { name: 'batches of history', value: (batched * 1000 * batches) / events, unit: 'per s' },
    ]
  } finally {
    rmSync(root, { recursive: true })
  }
}
