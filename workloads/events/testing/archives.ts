// Archives of random captures of recorded Kalshi frames, for tests that read them as events.

import { openWriter, STREAM } from '#archive/testing/folders.ts'
import type { Random } from '#archive/testing/random.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import type { PublishedBlock, TestFrame } from './capture.ts'

type Named = { readonly type: string; readonly msg?: { readonly market_ticker?: string } }

/** Recorded frames, one of `every`, with the names that a connector gives it. */
export function kalshiTestFrames(every: number, most: number): TestFrame[] {
  const frames: TestFrame[] = []
  for (const recordings of KALSHI) {
    for (const file of kalshiEventFiles(recordings)) {
      kalshiFrames(file).forEach((payload, i) => {
        if (i % every !== 0 || frames.length >= most) return
        const { type, msg } = JSON.parse(payload) as Named
        frames.push({ type, symbol: msg?.market_ticker ?? '', payload })
      })
    }
  }
  return frames
}

export type ArchiveShape = {
  /** How many of the blocks have a commit behind them. @default 0.1 */
  readonly commits?: number
  /** Bytes of lines of a member. @default 4000 */
  readonly chunkBytes?: number
}

/** Archives what was published, with commits where chance puts them. */
export async function archiveBlocks(
  root: string,
  feed: string,
  published: readonly PublishedBlock[],
  random: Random,
  { commits = 0.1, chunkBytes = 4000 }: ArchiveShape = {}
): Promise<void> {
  const writer = await openWriter(root, { feed, maxAgeMs: 3_600_000, chunkBytes })
  writer.bind({ ...STREAM, name: `ssmd_test_${feed}` })
  for (const [i, { block }] of published.entries()) {
    writer.add(block, i + 1)
    if (random.next() < commits) await writer.commit()
  }
  await writer.commit()
  await writer.close()
}
