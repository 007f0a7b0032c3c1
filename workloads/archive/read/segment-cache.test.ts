import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { dayFolder } from '../format/names.ts'
import { temporaryFolder } from '../testing/folders.ts'
import { makeArchive } from '../testing/made-archive.ts'
import { seeded } from '../testing/random.ts'
import { membersOf, OpenFiles, readIndex, Stale } from './members.ts'
import { listDays, readLines, readManifest, readRuns } from './reader.ts'
import { SegmentCache } from './segment-cache.ts'

const test = suite('segment cache')
const folder = temporaryFolder()
test.after(() => folder[Symbol.dispose]())
await makeArchive(folder.path, seeded(1), {})
const [first] = await listDays(folder.path)
const { feed, day } = first!
const manifest = await readManifest(folder.path, feed, day)
const place = dayFolder(folder.path, feed, day)

test('an index is read once, and again if the manifest describes another state of its segment', async () => {
  const cache = new SegmentCache()
  const segment = manifest.segments[0]!
  const entries = await cache.index(place, segment)
  assert.equal(entries, await readIndex(place, segment))
  assert.is(await cache.index(place, segment), entries)
  const other = { ...segment, sha256: '0'.repeat(64) }
  assert.is.not(await cache.index(place, other), entries)
  // More lines than there are.
  const longer = { ...segment, members: segment.members + 1, indexBytes: segment.indexBytes + 9 }
  try {
    await cache.index(place, longer)
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, Stale)
  }
})

test('lines of members are kept as long as there is room, and are those of the file', async () => {
  const segment = manifest.segments.find(({ members }) => members > 3)!
  const members = membersOf(join(place, segment.name), await readIndex(place, segment), {})
  const most = members[0]!.rawBytes + members[1]!.rawBytes
  const keeps = new SegmentCache({ lineBytes: most })
  const keepsNone = new SegmentCache()
  const files = new OpenFiles()
  try {
    const lines = await keeps.lines(files, members[0]!)
    assert.is(await keeps.lines(files, members[0]!), lines)
    assert.equal(await keepsNone.lines(files, members[0]!), lines)
    assert.is.not(await keepsNone.lines(files, members[0]!), lines)
    for (const member of members) await keeps.lines(files, member)
    const again = await keeps.lines(files, members[0]!)
    assert.is.not(again, lines)
    assert.equal(again, lines)
  } finally {
    await files.close()
  }
})

test('who asks for the same member at the same time gets the same lines, also if the first one closes its files', async () => {
  const segment = manifest.segments.find(({ members }) => members > 3)!
  const [member] = membersOf(join(place, segment.name), await readIndex(place, segment), {})
  const cache = new SegmentCache({ lineBytes: member!.rawBytes })
  const closed = { get: () => Promise.reject(new Error('closed')) } as unknown as OpenFiles
  const files = new OpenFiles()
  try {
    const [first, one, two] = await Promise.all([
      cache.lines(closed, member!).catch((thrown) => thrown),
      cache.lines(files, member!),
      cache.lines(files, member!),
    ])
    assert.is(first.message, 'closed')
    assert.is(one.length, member!.rawBytes)
    assert.equal(one, two)
    const again = await cache.lines(files, member!)
    assert.ok(again === one || again === two)
  } finally {
    await files.close()
  }
  const fresh = new SegmentCache({ lineBytes: member!.rawBytes })
  const others = new OpenFiles()
  const both = await Promise.all([fresh.lines(others, member!), fresh.lines(others, member!)])
  await others.close()
  assert.ok(both[0] === both[1])
})

test('a reading with what was read before gives the same lines, also when that is out of date', async () => {
  const expected: string[] = []
  for await (const line of readLines(folder.path, feed, day)) expected.push(line.toString())
  const cache = new SegmentCache()
  // Its indexes have more lines than there are.
  const segments = manifest.segments.map((one) => ({ ...one, indexBytes: one.indexBytes + 9 }))
  const old = { ...manifest, segments }
  for (const known of [manifest, manifest, old]) {
    const before = { manifest: known, cache }
    const lines: string[] = []
    for await (const run of readRuns(folder.path, feed, day, {}, before))
      for (const { bytes } of run) lines.push(bytes.toString())
    assert.equal(lines, expected)
  }
})

test.run()
