import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { readKey } from './keys.ts'

const test = suite('keys')
const fields = ['apiKey', 'privateKey']

test('a key comes from its variables, with literal line breaks opened', async () => {
  const key = { name: 'kalshi', fields, env: { apiKey: 'K', privateKey: 'P' } }
  const env = { K: ' id ', P: '-----BEGIN X-----\\nabc\\n-----END X-----' }
  assert.equal(await readKey(key, { env }), {
    apiKey: 'id',
    privateKey: '-----BEGIN X-----\nabc\n-----END X-----',
  })
})

test('a key comes from the files of a mounted Secret', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ssmd-keys-'))
  await mkdir(join(dir, 'kalshi'))
  await writeFile(join(dir, 'kalshi', 'apiKey'), 'id\n')
  await writeFile(join(dir, 'kalshi', 'privateKey'), 'pem\n')
  const key = { name: 'kalshi', fields, env: undefined }
  assert.equal(await readKey(key, { env: {}, keysDir: dir }), { apiKey: 'id', privateKey: 'pem' })
  await rm(dir, { recursive: true })
})

test('every missing field is named with the place where it was looked for, and no value is', async () => {
  const key = { name: 'kalshi', fields, env: { apiKey: 'K', privateKey: 'P' } }
  try {
    await readKey(key, { env: { K: 'secret-id', P: '  ' } })
    assert.unreachable('should throw')
  } catch (thrown) {
    const error = toSsmdError(thrown)
    assert.is(error.code, 'SSMD_E_CREDENTIALS')
    assert.match(error.message, /variable P \(privateKey\)/)
    assert.not.match(error.message, /secret-id|variable K/)
  }
})

test.run()
