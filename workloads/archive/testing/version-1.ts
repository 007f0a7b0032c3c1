// Archives of version 1, whose lines are of format 1. One was made by that version and then had its power cut: a lock that
// is empty, a torn journal, a packed index that waits for its name, half a manifest. The other was written by its
// `ssmd up` of two simulated feeds (commit 64fc7e2) and closed in order, as an upgrade closes it.

import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CRASH_SHAPE } from './crash-writer.ts'
import { openWriter, STREAM } from './folders.ts'
import { seeded } from './random.ts'
import { type RandomStream, randomStream } from './stream.ts'

export const VERSION_1_OPTIONS = {
  maxAgeMs: 1_800_000,
  chunkBytes: 1000,
  lock: { predecessorMs: 100 },
}
/** The stream that it was archiving: made before streams had padded messages. */
export const VERSION_1_STREAM: RandomStream = randomStream(seeded(7), {
  ...CRASH_SHAPE,
  blocksEach: 30,
  padded: false,
  telling: false,
})

/** The feed `made`, after the power cut. */
export const unpackVersion1 = (root: string): void => unpack('version-1', join(root, 'made'))

/** The feeds `kalshi` and `made`, closed. */
export const unpackClosedVersion1 = (root: string): void => unpack('version-1-closed', root)

function unpack(fixture: string, folder: string): void {
  const packed = readFileSync(join(import.meta.dirname, `${fixture}.json.gz`))
  const files = JSON.parse(gunzipSync(packed).toString()) as Record<string, string>
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, Buffer.from(text, 'base64'))
  }
}

/** Archives the rest of the stream. */
export async function continueVersion1(root: string): Promise<void> {
  const { blocks } = VERSION_1_STREAM
  const writer = await openWriter(root, VERSION_1_OPTIONS)
  writer.bind(STREAM)
  assert(writer.nextSequence > 12, 'it continues from its commit')
  for (let next = writer.nextSequence; next <= blocks.length; next++) {
    writer.add(blocks[next - 1]!, next)
    if (next % 5 === 0) await writer.commit()
  }
  await writer.close()
}
