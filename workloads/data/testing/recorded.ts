// An archive of recorded Kalshi frames as a capture of chance put them into its stream: two shards, connections that end in every way,
// holes and jumps, over midnight.

import { temporaryFolder } from '#archive/testing/folders.ts'
import { seeded } from '#archive/testing/random.ts'
import { archiveBlocks, kalshiTestFrames } from '#events/testing/archives.ts'
import type { TestFrame } from '#events/testing/capture.ts'
import { randomCapture } from '#events/testing/capture.ts'

export const RECORDED_DAYS = ['2026-11-23', '2026-11-24'] as const

export type RecordedShape = { readonly seed?: number; readonly frames?: number }

/** The feed `kalshi`, and with `others` those feeds too. */
export async function recordedArchive(
  { seed = 1, frames = 1500 }: RecordedShape = {},
  feeds: readonly string[] = ['kalshi']
): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder()
  for (const [i, feed] of feeds.entries()) {
    const random = seeded(seed + i)
    const published = randomCapture(random, {
      feed,
      exchange: 'kalshi',
      frames: kalshiTestFrames(3, frames).map((frame) => ({ ...frame, group: groupOf(frame) })),
      shards: 2,
      connections: 4,
      startsAt: BigInt(Date.parse('2026-11-23T23:50:00Z')) * 1_000_000n,
      stepMs: 2000,
    })
    await archiveBlocks(folder.path, feed, published, random)
  }
  return folder
}

/** As a connector says it. */
const groupOf = ({ type }: TestFrame): string =>
  type === 'trade' ? 'trades' : type.startsWith('orderbook') ? 'orderbook' : 'tickers'
