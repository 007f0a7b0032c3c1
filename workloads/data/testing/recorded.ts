// An archive of recorded Kalshi frames as a capture of chance put them into its stream: two shards, connections that end in every way,
// holes and jumps, over midnight.

import { temporaryFolder } from '#archive/testing/folders.ts'
import { seeded } from '#archive/testing/random.ts'
import { archiveBlocks, kalshiTestFrames } from '#events/testing/archives.ts'
import type { TestFrame } from '#events/testing/capture.ts'
import { randomCapture } from '#events/testing/capture.ts'

export const RECORDED_DAYS = ['2026-11-23', '2026-11-24'] as const

export type RecordedShape = {
  readonly seed?: number
  readonly frames?: number
  /** One of how many recorded frames is taken. @default 3 */
  readonly every?: number
  /** @default 2 */
  readonly shards?: number
  /** Mean time between two frames of a shard. @default 2000 */
  readonly stepMs?: number
}

/** The feed `kalshi`, and with `others` those feeds too. */
export async function recordedArchive(
  { seed = 1, frames = 1500, every = 3, shards = 2, stepMs = 2000 }: RecordedShape = {},
  feeds: readonly string[] = ['kalshi']
): Promise<ReturnType<typeof temporaryFolder>> {
  const folder = temporaryFolder()
  for (const [i, feed] of feeds.entries()) {
    const random = seeded(seed + i)
    const published = randomCapture(random, {
      feed,
      exchange: 'kalshi',
      frames: kalshiTestFrames(every, frames).map((frame) => ({ ...frame, group: groupOf(frame) })),
      shards,
      connections: 4,
      startsAt: BigInt(Date.parse('2026-11-23T23:50:00Z')) * 1_000_000n,
      stepMs,
    })
    await archiveBlocks(folder.path, feed, published, random)
  }
  return folder
}

/** As a connector says it. */
const groupOf = ({ type }: TestFrame): string =>
  type === 'trade' ? 'trades' : type.startsWith('orderbook') ? 'orderbook' : 'tickers'
