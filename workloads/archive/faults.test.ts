// test: limit 300s
// The disk fails at every operation in turn, or loses its power at any moment: what was committed is there once, what was
// not comes again, and nothing is ever tried twice (T1, T2, T10, T11 in memory). Every third operation or so here, which ones
// is the seed's; each of them with SSMD_FAULTS=all.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { within } from '#testing/deadline.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from './testing/folders.ts'
import { MemoryDisk } from './testing/memory-disk.ts'
import { type Random, seeded, testSeed } from './testing/random.ts'
import { type RandomStream, randomStream } from './testing/stream.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('faults')
const seed = testSeed('faults')
const ALL = process.env.SSMD_FAULTS === 'all'
/** From one operation that fails to the next. */
const STEPS = { EIO: ALL ? 1 : 4, ENOSPC: 5, cut: ALL ? 1 : 3 }
const ROUNDS = ALL ? 20 : 8
const SHAPE = { connections: 2, blocksEach: 9, stepMs: 400_000, mischief: 0.1 }
const OPTIONS = { maxAgeMs: 3_600_000, maxBytes: 4000, chunkBytes: 1000 }

/** `found` was committed when it began, `committed` when it ended; -1 where it could not even begin. */
type Life = { readonly found: number; readonly committed: number; readonly failed: boolean }

/** Goes on with the stream where the archive stands, until the end or an error. */
async function live(
  root: string,
  disk: MemoryDisk,
  stream: RandomStream,
  commitEvery: number
): Promise<Life> {
  let found = -1
  let committed = -1
  let writer: Awaited<ReturnType<typeof openWriter>> | undefined
  try {
    writer = await openWriter(root, { ...OPTIONS, disk })
    found = writer.committed?.sequence ?? 0
    committed = found
    writer.bind(STREAM)
    for (let next = writer.nextSequence; next <= stream.blocks.length; next++) {
      writer.add(stream.blocks[next - 1]!, next)
      if (next % commitEvery === 0) committed = (await writer.commit()) ?? committed
    }
    await writer.close()
    return { found, committed: writer.committed?.sequence ?? 0, failed: false }
  } catch (thrown) {
    const { code } = toSsmdError(thrown)
    if (code !== 'SSMD_E_IO' && code !== 'SSMD_E_DISK_FULL') throw thrown
    await writer?.close().catch(() => {})
    return { found, committed, failed: true }
  }
}

async function checkAll(
  root: string,
  disk: MemoryDisk,
  stream: RandomStream,
  what: string
): Promise<void> {
  disk.dump()
  assert.equal([...readBack(root)].sort(), [...stream.lines].sort(), what)
  assert.equal((await verifyArchive(root)).problems, [], what)
}

for (const error of ['EIO', 'ENOSPC'] as const) {
  test(`${error} at any operation ends the writer, and the next one loses nothing`, async () => {
    const stream = randomStream(seeded(seed), SHAPE)
    let cases = 0
    for (let failAt = 1 + (seed % STEPS[error]); ; failAt += STEPS[error]) {
      using folder = temporaryFolder()
      const disk = new MemoryDisk(folder.path)
      disk.failAt = failAt
      disk.error = error
      const what = `seed ${seed}, operation ${failAt}`
      const first = await within(10_000, what, live(folder.path, disk, stream, 5))
      if (!first.failed) break
      cases++
      disk.mend()
      const second = await within(10_000, what, live(folder.path, disk, stream, 5))
      assert.not.ok(second.failed, what)
      assert.is(disk.retriedSyncs, 0, `${what}: a sync that failed was tried again`)
      await checkAll(folder.path, disk, stream, what)
    }
    assert.ok(cases > 20, `only ${cases} cases`)
  })
}

/** The worst that a disk may do: of what was not synced nothing arrives. */
const nothingArrives: Random = {
  next: () => 0.99,
  int: (from) => from,
  pick: (values) => values[0]!,
}

test('a power cut before any operation, after which nothing unsynced is left, loses nothing', async () => {
  const stream = randomStream(seeded(seed), SHAPE)
  let cases = 0
  for (let failAt = 1 + (seed % STEPS.cut); ; failAt += STEPS.cut) {
    using folder = temporaryFolder()
    const disk = new MemoryDisk(folder.path)
    disk.failAt = failAt
    const what = `seed ${seed}, operation ${failAt}`
    const first = await within(10_000, what, live(folder.path, disk, stream, 5))
    if (!first.failed) break
    cases++
    disk.cut(nothingArrives)
    const second = await within(10_000, what, live(folder.path, disk, stream, 5))
    assert.not.ok(second.failed, what)
    assert.ok(second.found >= first.committed, `${what}: promised ${first.committed}`)
    disk.dump()
    assert.equal([...readBack(folder.path)].sort(), [...stream.lines].sort(), what)
  }
  assert.ok(cases > 50, `only ${cases} cases`)
})

test('power cuts at any moment, and kills between them, lose nothing that was committed', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(seed + round)
    const stream = randomStream(random, SHAPE)
    using folder = temporaryFolder()
    const disk = new MemoryDisk(folder.path)
    const what = `seed ${seed + round}`
    let promised = 0
    for (let cuts = 0; cuts < 5; cuts++) {
      disk.failAt = disk.operations + random.int(1, 150)
      const life = await within(10_000, what, live(folder.path, disk, stream, random.int(1, 8)))
      if (life.found >= 0) {
        assert.ok(
          life.found >= promised,
          `${what}: ${promised} was promised, ${life.found} is there`
        )
        promised = life.committed
      }
      // Some lives only end: the next one reads what the one before had not synced, and must not build on it.
      if (random.next() < 0.4) disk.mend()
      else disk.cut(random)
    }
    const last = await within(10_000, what, live(folder.path, disk, stream, 5))
    assert.not.ok(last.failed, what)
    await checkAll(folder.path, disk, stream, what)
  }
})

test.run()
