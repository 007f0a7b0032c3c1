import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { givenVersionBefore, makeVersionBefore, REVISION } from './version-before.ts'

const test = suite('the version before')

let folder = ''
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'before-'))
})
test.after.each(() => rmSync(folder, { recursive: true, force: true }))

test('a checkout without its history says which commit is missing, and builds nothing', async () => {
  const said: string[] = []
  const why = await makeVersionBefore(folder, folder, (line) => said.push(line))
  assert.type(why, 'string')
  assert.match(String(why), REVISION)
  assert.match(String(why), 'git fetch --unshallow')
  assert.equal([said, readdirSync(folder)], [[], []])
  assert.is(givenVersionBefore({ SSMD_VERSION_BEFORE: JSON.stringify(why) }), why)
})

test('what was built is used again', async () => {
  const kept = join(folder, `before-${REVISION.slice(0, 12)}`)
  await mkdir(kept)
  const made = await makeVersionBefore(folder, folder, () => {})
  assert.equal(made, {
    image: { name: 'ssmd.local/ssmd:before', file: join(kept, 'ssmd.tar') },
    chart: join(kept, 'chart'),
  })
})

test.run()
