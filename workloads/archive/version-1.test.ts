// Archives of the version before: read, repaired and continued; see testing/version-1.ts.

import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { decodeRecords } from './state/journal-record.ts'
import { manifestOf, openWriter, readBack, temporaryFolder } from './testing/folders.ts'
import { treeOf } from './testing/tree.ts'
import {
  continueVersion1,
  unpackVersion1,
  VERSION_1_OPTIONS,
  VERSION_1_STREAM,
} from './testing/version-1.ts'
import { verifyArchive } from './verify/verify.ts'

const test = suite('version-1')
const stream = VERSION_1_STREAM

/** The lines that an archive has to hold: those of segments of format 1 as they were, all others of format 2. */
function checkLines(root: string): { readonly format1: number; readonly format2: number } {
  const found = { format1: 0, format2: 0 }
  const seen = new Set<string>()
  for (const day of readdirSync(join(root, 'made')).filter((name) => /^\d/.test(name))) {
    const { version, segments } = manifestOf(root, day)
    assert.is(version, 2)
    for (const { name, format } of segments) {
      const text = gunzipSync(readFileSync(join(root, 'made', day, name))).toString('utf8')
      for (const line of text.split('\n').slice(0, -1)) {
        const { conn, n } = JSON.parse(line) as { conn: string; n: number }
        const expected = format === 1 ? stream.lines1 : stream.lines
        assert.is(line, expected.get(`${conn} ${n}`), `${day}/${name}`)
        seen.add(`${conn} ${n}`)
        if (format === 1) found.format1++
        else found.format2++
      }
    }
  }
  assert.is(seen.size, stream.lines.size)
  return found
}

test('an archive of version 1 is continued after a power cut, and nothing of it is lost', async () => {
  using folder = temporaryFolder()
  unpackVersion1(folder.path)
  const before = readBack(folder.path)
  await continueVersion1(folder.path)
  const after = readBack(folder.path)
  for (const [key, line] of before) assert.is(after.get(key), line)
  const { format1, format2 } = checkLines(folder.path)
  assert.is(format1, before.size)
  assert.ok(format2 > 100, String(format2))
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
  unpackVersion1(folder.path)
  await (await openWriter(folder.path, VERSION_1_OPTIONS)).close()
  const checkpoint = join(folder.path, 'made', '.commit', 'checkpoint')
  assert.is((decodeRecords(readFileSync(checkpoint)).records[0] as { version: number }).version, 3)
  await continueVersion1(folder.path)
  checkLines(folder.path)
})

test('an emptied journal of version 1 is refused for what lies beside it', async () => {
  using made = temporaryFolder()
  unpackVersion1(made.path)
  for (const length of [0, 4552, 4600]) {
    using folder = temporaryFolder()
    cpSync(made.path, folder.path, { recursive: true })
    const journal = join(folder.path, 'made', '.commit', 'journal-3')
    writeFileSync(journal, readFileSync(journal).subarray(0, length))
    const before = treeOf(folder.path)
    const error = await openWriter(folder.path, VERSION_1_OPTIONS).catch(toSsmdError)
    assert.is((error as { code?: string }).code, 'SSMD_E_ARCHIVE_INVALID', String(length))
    assert.equal(treeOf(folder.path), before)
  }
})

test.run()
