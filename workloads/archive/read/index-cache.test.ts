import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dayFolder } from '../format/names.ts'
import { temporaryFolder } from '../testing/folders.ts'
import { makeArchive } from '../testing/made-archive.ts'
import { seeded } from '../testing/random.ts'
import { IndexCache } from './index-cache.ts'
import { readIndex, Stale } from './members.ts'
import { listDays, readLines, readManifest, readRuns } from './reader.ts'

const test = suite('index cache')
const folder = temporaryFolder()
test.after(() => folder[Symbol.dispose]())
await makeArchive(folder.path, seeded(1), {})
const [first] = await listDays(folder.path)
const { feed, day } = first!
const manifest = await readManifest(folder.path, feed, day)
const place = dayFolder(folder.path, feed, day)

test('an index is read once, and again if the manifest describes another state of its segment', async () => {
  const cache = new IndexCache()
  const segment = manifest.segments[0]!
  const entries = await cache.read(place, segment)
  assert.equal(entries, await readIndex(place, segment))
  assert.is(await cache.read(place, segment), entries)
  const other = { ...segment, sha256: '0'.repeat(64) }
  assert.is.not(await cache.read(place, other), entries)
  // More lines than there are.
  const longer = { ...segment, members: segment.members + 1, indexBytes: segment.indexBytes + 9 }
  try {
    await cache.read(place, longer)
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, Stale)
  }
})

test('no more bytes are kept than there is room for, and what was used last stays', async () => {
  const [a, b, c] = manifest.segments
  assert.ok(a && b && c)
  const most = a.indexBytes + Math.max(b.indexBytes, c.indexBytes)
  const cache = new IndexCache(most)
  const kept = await cache.read(place, a)
  for (const segment of manifest.segments) {
    await cache.read(place, segment)
    assert.ok(cache.bytes <= most, `${cache.bytes} of ${most}`)
    if (segment === b || segment === c) assert.is(await cache.read(place, a), kept)
  }
  const none = new IndexCache(1)
  assert.is.not(await none.read(place, a), await none.read(place, a))
  assert.is(none.bytes, 0)
})

test('a reading with what was read before gives the same lines, also when that is out of date', async () => {
  const expected: string[] = []
  for await (const line of readLines(folder.path, feed, day)) expected.push(line.toString())
  const indexes = new IndexCache()
  // Its indexes have more lines than there are.
  const segments = manifest.segments.map((one) => ({ ...one, indexBytes: one.indexBytes + 9 }))
  const old = { ...manifest, segments }
  for (const known of [manifest, manifest, old]) {
    const before = { manifest: known, indexes }
    const lines: string[] = []
    for await (const run of readRuns(folder.path, feed, day, {}, before))
      for (const { bytes } of run) lines.push(bytes.toString())
    assert.equal(lines, expected)
  }
})

test.run()
