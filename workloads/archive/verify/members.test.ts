import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../testing/folders.ts'
import { seeded, testSeed } from '../testing/random.ts'
import { Ahead, BulkReader, inflate } from './members.ts'

const test = suite('members')
const seed = testSeed('members')

test('what is read in pieces of any length is the file, and views that were given stay as they are', async () => {
  using folder = temporaryFolder()
  const random = seeded(seed)
  const path = join(folder.path, 'file')
  const bytes = Buffer.alloc(9_000_000)
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random.int(0, 0xffffffff), at)
  writeFileSync(path, bytes)
  const file = await open(path)
  try {
    const reader = new BulkReader(file)
    const pieces: Buffer[] = []
    for (;;) {
      const length = random.pick([1, 1000, 700_000, 5_000_000])
      const piece = await reader.read(length)
      pieces.push(piece)
      if (piece.length < length) break
    }
    assert.ok(Buffer.concat(pieces).equals(bytes), `seed ${seed}`)
    assert.is((await reader.read(10)).length, 0)
  } finally {
    await file.close()
  }
})

test('results are handed on in order whichever is ready first, and what waits is bounded by count and bytes', async () => {
  const open: (() => void)[] = []
  const done: number[] = []
  const ahead = new Ahead<number>((item) => done.push(item))
  const item = (i: number): Promise<number> =>
    new Promise((resolve) => {
      open[i] = () => resolve(i)
    })
  const added: number[] = []
  const adding = (async () => {
    for (let i = 0; i < 6; i++) {
      await ahead.add(item(i), i === 4 ? 1_000_000_000 : 10)
      added.push(i)
    }
    await ahead.end()
  })()
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  await settled()
  assert.equal(added, [0, 1, 2], 'the fourth waits for the first')
  open[3]!()
  open[1]!()
  await settled()
  assert.equal(done, [])
  open[0]!()
  await settled()
  assert.equal(done, [0, 1])
  assert.equal(added, [0, 1, 2, 3])
  open[2]!()
  await settled()
  assert.equal(done, [0, 1, 2, 3], 'a large one waits alone')
  assert.equal(added, [0, 1, 2, 3, 4])
  open[4]!()
  await settled()
  open[5]!()
  await adding
  assert.equal(done, [0, 1, 2, 3, 4, 5])
})

test('a member that inflates to more than its index says is refused, and one of several parts is whole', async () => {
  const member = gzipSync(Buffer.alloc(100_000))
  assert.match(String(await inflate(member, 1000)), /larger than 1001 bytes/)
  assert.is((await inflate(member, 100_000)).length, 100_000)
  const two = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')])
  assert.is(String(await inflate(two, 4)), 'a\nb\n')
})

test.run()
