// What a person is told whose computer lacks something for a node.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { skip } from '#testing/skip.ts'
import { findProgram, missingPrograms } from './requirements.ts'

const test = suite('requirements of a node')

test('a program is found on PATH, and where Debian keeps those of root', async () => {
  if (process.platform !== 'linux') return skip('Linux only')
  assert.match(await findProgram('sh', { PATH: '/usr/bin:/bin' }), '/sh')
  assert.is(await findProgram('no-such-program', { PATH: '/usr/bin' }), undefined)
})

test('what is missing is named with the package that brings it', async () => {
  const missing = await missingPrograms(async (name) =>
    name === 'runc' ? undefined : `/bin/${name}`
  )
  assert.equal(missing, [{ program: 'runc', package: 'runc' }])
  const all = await missingPrograms(async () => undefined)
  assert.ok(all.some((one) => one.program === 'nft' && one.package === 'nftables'))
})

test.run()
