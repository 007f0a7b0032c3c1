// Archives of the version before: read, repaired and continued. The fixture was made by that version and then had its
// power cut: a lock that is empty, a torn journal, a packed index that waits for its name, half a manifest.

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { decodeRecords } from './state/journal-record.ts'
import { CRASH_SHAPE } from './testing/crash-writer.ts'
import { openWriter, readBack, STREAM, temporaryFolder } from './testing/folders.ts'
import { seeded } from './testing/random.ts'
import { randomStream } from './testing/stream.ts'
import { treeOf } from './testing/tree.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('version-1')
const OPTIONS = { maxAgeMs: 1_800_000, chunkBytes: 1000, lock: { predecessorMs: 100 } }
/** The stream that it was archiving: made before streams had padded messages. */
const SHAPE = { ...CRASH_SHAPE, blocksEach: 30, padded: false }
const stream = randomStream(seeded(7), SHAPE)

function unpack(root: string): void {
  const packed = readFileSync(join(import.meta.dirname, 'testing/version-1.json.gz'))
  const files = JSON.parse(gunzipSync(packed).toString()) as Record<string, string>
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'made', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, Buffer.from(text, 'base64'))
  }
}

async function continueTo(root: string, end: number): Promise<void> {
  const writer = await openWriter(root, OPTIONS)
  writer.bind(STREAM)
  assert.ok(writer.nextSequence > 12, 'it continues from its commit')
  for (let next = writer.nextSequence; next <= end; next++) {
    writer.add(stream.blocks[next - 1]!, next)
    if (next % 5 === 0) await writer.commit()
  }
  await writer.close()
}

test('an archive of version 1 is continued after a power cut, and nothing of it is lost', async () => {
  using folder = temporaryFolder()
  unpack(folder.path)
  const before = readBack(folder.path)
  await continueTo(folder.path, stream.blocks.length)
  const after = readBack(folder.path)
  for (const [key, line] of before) assert.is(after.get(key), line)
  assert.equal([...after].sort(), [...stream.lines].sort())
  assert.equal((await verifyArchive(folder.path)).problems, [])
  const commits = readdirSync(join(folder.path, 'made', '.commit'))
  assert.is(commits.length, 2, commits.join(' '))
  // Only what version 1 left without a name that proves it is kept.
  assert.equal(readdirSync(join(folder.path, 'made', '.aside', '2026-11-24')), [
    'manifest.json.tmp',
  ])
})

test('from its first start on it has the format of this version', async () => {
  using folder = temporaryFolder()
  unpack(folder.path)
  await (await openWriter(folder.path, OPTIONS)).close()
  const checkpoint = join(folder.path, 'made', '.commit', 'checkpoint')
  assert.is((decodeRecords(readFileSync(checkpoint)).records[0] as { version: number }).version, 2)
  await continueTo(folder.path, stream.blocks.length)
  assert.equal([...readBack(folder.path)].sort(), [...stream.lines].sort())
})

test('an emptied journal of version 1 is refused for what lies beside it', async () => {
  using made = temporaryFolder()
  unpack(made.path)
  for (const length of [0, 4552, 4600]) {
    using folder = temporaryFolder()
    cpSync(made.path, folder.path, { recursive: true })
    const journal = join(folder.path, 'made', '.commit', 'journal-3')
    writeFileSync(journal, readFileSync(journal).subarray(0, length))
    const before = treeOf(folder.path)
    const error = await openWriter(folder.path, OPTIONS).catch(toSsmdError)
    assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID', String(length))
    assert.equal(treeOf(folder.path), before)
  }
})

test.run()
