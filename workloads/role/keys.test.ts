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

/** The same text, as people and tools hand it over. */
const PEM = '-----BEGIN PRIVATE KEY-----\nabc+/\ndef=\n-----END PRIVATE KEY-----'
const FORMS: readonly [string, string][] = [
  ['as it is', PEM],
  ['with line breaks as \\n on one line', PEM.replaceAll('\n', '\\n')],
  ['with line breaks as \\r\\n on one line', PEM.replaceAll('\n', '\\r\\n')],
  ['with CRLF', PEM.replaceAll('\n', '\r\n')],
  ['with CR', PEM.replaceAll('\n', '\r')],
  ['with a line break at the end', `${PEM}\n`],
  ['with \\n at the end', `${PEM.replaceAll('\n', '\\n')}\\n`],
  ['with a byte order mark', `\uFEFF${PEM}`],
  ['with spaces around it', `  ${PEM} \t\r\n `],
]

for (const [form, text] of FORMS) {
  test(`a PEM ${form} is the same key from a variable and from a Secret (box/box-node-sdk#259)`, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'ssmd-keys-'))
    await mkdir(join(dir, 'kalshi'))
    await writeFile(join(dir, 'kalshi', 'privateKey'), text)
    const one = { name: 'kalshi', fields: ['privateKey'] }
    const fromFile = await readKey({ ...one, env: undefined }, { env: {}, keysDir: dir })
    const fromVariable = await readKey({ ...one, env: { privateKey: 'P' } }, { env: { P: text } })
    assert.equal(fromFile, { privateKey: PEM })
    assert.equal(fromVariable, { privateKey: PEM })
    await rm(dir, { recursive: true })
  })
}

test('a value that no HTTP header takes is named by field, source and character, and not shown', async () => {
  for (const [value, name] of [
    ['id\u200bsecret', 'U\\+200B at character 3'],
    ['id\nsecret', 'U\\+000A'],
    ['id\0secret', 'U\\+0000'],
    ['id\u007fsecret', 'U\\+007F'],
    ['id\u{1f511}secret', 'U\\+1F511'],
  ] as const) {
    const key = {
      name: 'kalshi',
      fields: ['apiKey'],
      env: { apiKey: 'K' },
      headerFields: ['apiKey'],
    }
    const error = await readKey(key, { env: { K: value } }).then(
      () => assert.unreachable('was taken'),
      toSsmdError
    )
    assert.is(error!.code, 'SSMD_E_CREDENTIALS')
    assert.match(error!.message, new RegExp(`apiKey from variable K.*${name}`))
    assert.not.match(`${error!.message} ${error!.hint}`, 'secret')
  }
})

test('what is no file of text is named, and does not hang', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ssmd-keys-'))
  await mkdir(join(dir, 'kalshi', 'folder'), { recursive: true })
  await writeFile(join(dir, 'kalshi', 'utf16'), Buffer.from('\uFEFFid', 'utf16le'))
  await writeFile(join(dir, 'kalshi', 'blank'), ' \\n\n')
  const key = { name: 'kalshi', fields: ['folder', 'utf16', 'blank'], env: undefined }
  const error = await readKey(key, { env: {}, keysDir: dir }).then(
    () => assert.unreachable('was taken'),
    toSsmdError
  )
  assert.match(error!.message, /folder \(not a file\).*utf16 \(not UTF-8 text\).*blank \(empty\)/)
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
