// A program for crash tests: archives a stream made from a seed, where the archive stands, and says on standard output
// what it has committed. It waits for a line on standard input, so that a tracer can be attached before.

import { writeSync } from 'node:fs'
import { openWriter, STREAM } from './folders.ts'
import { seeded } from './random.ts'
import { randomStream, type StreamShape } from './stream.ts'

/** Small, and yet with sealing, packing, midnights, late blocks and holes. */
export const CRASH_SHAPE: StreamShape = {
  connections: 2,
  blocksEach: 9,
  stepMs: 400_000,
  startsAt: '2026-11-24T22:40:00Z',
  mischief: 0.1,
}
export const CRASH_OPTIONS = { maxAgeMs: 3_600_000, chunkBytes: 1000 }

const [root, seed] = process.argv.slice(2)
if (root !== undefined && seed !== undefined) {
  const say = (text: string): void => {
    writeSync(1, `${text}\n`)
  }
  say('ready')
  await new Promise((resolve) => process.stdin.once('data', resolve))
  const stream = randomStream(seeded(Number(seed)), CRASH_SHAPE)
  const writer = await openWriter(root, CRASH_OPTIONS)
  writer.bind(STREAM)
  for (let next = writer.nextSequence; next <= stream.blocks.length; next++) {
    writer.add(stream.blocks[next - 1]!, next)
    if (next % 4 !== 0) continue
    say(`committed ${await writer.commit()}`)
    if (next % 12 === 0) await writer.checkpoint()
  }
  await writer.close()
  say('done')
  process.exit(0)
}
