// The same stream into an empty folder makes the same files, whenever commits and restarts fell (T20).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slowly, waitOut, within } from '#testing/deadline.ts'
import {
  manifestOf,
  openWriter,
  readBack,
  readFiles,
  STREAM,
  temporaryFolder,
} from './testing/folders.ts'
import { type Random, seeded, testSeed } from './testing/random.ts'
import { type RandomStream, randomStream } from './testing/stream.ts'
import { verifyArchive } from './verify/verify.ts'
import type { FeedWriter, FeedWriterOptions } from './writer.ts'

const test = suite('replay')
const seed = testSeed('replay')
const ROUNDS = process.env.SSMD_FAULTS === 'all' ? 4 : 2

/** Archives a stream with commits and restarts where chance puts them. */
async function archive(
  root: string,
  stream: RandomStream,
  random: Random,
  options: Partial<FeedWriterOptions>
): Promise<void> {
  let writer = await openWriter(root, options)
  writer.bind(STREAM)
  const commits = random.next()
  const restarts = random.next() * 0.1
  for (let i = 0; i < stream.blocks.length; i++) {
    writer.add(stream.blocks[i]!, i + 1)
    if (random.next() < commits) await writer.commit()
    if (random.next() < restarts) {
      await writer.close()
      writer = await openWriter(root, options)
      writer.bind(STREAM)
      assert.is(writer.nextSequence, i + 2)
    }
  }
  await writer.commit()
  await untilSealed(writer)
  await writer.close()
}

/** Packing runs beside, on a processor that others want, too: waits until nothing is sealed for a good while. */
async function untilSealed(writer: FeedWriter): Promise<void> {
  let before = -1
  for (let quiet = 0; quiet < 10; ) {
    await writer.commit()
    await waitOut(slowly(30), 'a segment that is sealed beside')
    const { sealed } = writer.stats
    quiet = sealed === before ? quiet + 1 : 0
    before = sealed
  }
}

/** A manifest without what may differ: see "What is the same after a replay" in the design. */
function comparable(text: Buffer): unknown {
  const {
    updated: _u,
    sha256: _s,
    bytes: _b,
    ...manifest
  } = JSON.parse(text.toString()) as {
    segments: {
      sealed: boolean
      bytes: number
      members: number
      sha256: string
      indexBytes: number
    }[]
  } & Record<string, unknown>
  return {
    ...manifest,
    segments: manifest.segments.map((segment) => {
      if (segment.sealed) return segment
      const { bytes: _b, members: _m, sha256: _h, indexBytes: _i, ...rest } = segment
      return rest
    }),
  }
}

test('whenever commits and restarts fall, files and manifests are the same', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + round)
    const stream = randomStream(random, { blocksEach: 40, mischief: 0.08 })
    const options = { maxAgeMs: 1_800_000, maxBytes: 6000, chunkBytes: 1500 }
    using a = temporaryFolder()
    using b = temporaryFolder()
    await within(100_000, 'first run', archive(a.path, stream, random, options))
    await within(100_000, 'second run', archive(b.path, stream, random, options))
    const first = readFiles(a.path)
    const second = readFiles(b.path)
    assert.equal([...second.keys()], [...first.keys()], `seed ${seed + round}`)
    const sealed = new Set<string>()
    for (const [file, text] of first) {
      if (!file.endsWith('manifest.json')) continue
      const day = file.slice(0, 10)
      for (const segment of manifestOf(a.path, day).segments) {
        if (segment.sealed) sealed.add(`${day}/${segment.name}`)
      }
      assert.equal(comparable(second.get(file)!), comparable(text), `seed ${seed + round}`)
    }
    assert.ok(sealed.size > 5, `only ${sealed.size} sealed`)
    for (const name of sealed) {
      assert.ok(first.get(name)!.equals(second.get(name)!), `${name} differs; seed ${seed + round}`)
      const index = name.replace(/jsonl\.gz$/, 'index.jsonl')
      assert.is(second.get(index)!.toString(), first.get(index)!.toString())
    }
    assert.equal(readBack(b.path), readBack(a.path))
  }
})

test('every record is there once, as it came, and the verifier agrees', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + 100 + round)
    const stream = randomStream(random, { connections: 4, mischief: 0.1 })
    using folder = temporaryFolder()
    await within(100_000, 'archive', archive(folder.path, stream, random, { maxAgeMs: 600_000 }))
    assert.equal(new Map([...readBack(folder.path)].sort()), new Map([...stream.lines].sort()))
    const report = await verifyArchive(folder.path)
    assert.equal(report.problems, [], `seed ${seed + 100 + round}`)
    assert.is(report.records, stream.lines.size)
  }
})

test.run()
