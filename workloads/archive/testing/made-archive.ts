// An archive of a random stream, with sealed and open segments, for tests that read.

import { openWriter, STREAM } from './folders.ts'
import type { Random } from './random.ts'
import { type RandomStream, randomStream, type StreamShape } from './stream.ts'

export async function makeArchive(
  root: string,
  random: Random,
  shape: StreamShape = {}
): Promise<RandomStream> {
  const stream = randomStream(random, shape)
  const writer = await openWriter(root, { maxAgeMs: 3_600_000, chunkBytes: 2000 })
  writer.bind(STREAM)
  for (const [i, block] of stream.blocks.entries()) {
    writer.add(block, i + 1)
    if (i % 7 === 6) await writer.commit()
  }
  await writer.commit()
  // Each commit starts what waits to be sealed; what is not sealed by then stays open.
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    await writer.commit()
  }
  await writer.close()
  return stream
}
