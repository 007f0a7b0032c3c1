import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { ManifestCache } from '../model/manifests.ts'
import { recordedArchive } from '../testing/recorded.ts'
import { readAhead } from './read-ahead.ts'

const test = suite('read ahead')
const archive = await recordedArchive({}, ['kalshi', 'kalshi-b'])
test.after(() => archive[Symbol.dispose]())
const EVERYTHING = { feeds: () => true, days: () => true }

const ahead = async (path: string, signal = new AbortController().signal): Promise<number> => {
  const manifests = new ManifestCache()
  await readAhead({ roots: [{ path, name: '' }], grant: EVERYTHING, signal, manifests })
  return manifests.days
}

test('every day of every feed is known afterwards, unless the program stops before', async () => {
  assert.is(await ahead(archive.path), 4)
  assert.is(await ahead(archive.path, AbortSignal.abort()), 0)
})

test('a day that cannot be read hides no other, and an archive that is not there is no error here', async () => {
  writeFileSync(join(archive.path, 'kalshi/2026-11-23/manifest.json'), '{"version":')
  assert.is(await ahead(archive.path), 3)
  using empty = temporaryFolder()
  assert.is(await ahead(join(empty.path, 'none')), 0)
})

test.run()
