import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { toSsmdError } from '#crds/errors.ts'
import type { ApiKey } from './api-key.ts'
import { secretManifest } from './secret.ts'
import { KeyStore, textOf } from './store.ts'
import { makeApiKey } from './testing/keys.ts'

const NOW = Date.parse('2026-11-30T12:00:00Z')

function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'ssmd-keys-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

const test = suite('store of API keys')

test('a key is found as it was added, by others too, in files for their owner alone', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'a', 'keys')
  const { key } = makeApiKey({ feeds: ['kalshi'] })
  await new KeyStore(path).add(key)
  assert.equal(await new KeyStore(path).find(key.id), key)
  assert.equal(readdirSync(path), [`${key.id}.json`], 'no part is left')
  assert.is(statSync(path).mode & 0o777, 0o700)
  assert.is(statSync(join(path, `${key.id}.json`)).mode & 0o777, 0o600)
})

test('a store that does not exist yet holds no key', async () => {
  const store = new KeyStore('/nowhere/at/all')
  assert.is(await store.find('0123456789'), undefined)
  assert.equal(await store.list(), { keys: [], damaged: [] })
})

test('an id that is none reaches no file', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'other.json'), textOf(makeApiKey().key))
  const store = new KeyStore(join(folder.path, 'keys'))
  for (const id of ['../other', '..%2fother', 'other', '', '.', 'A123456789', '0123456789/../x'])
    assert.is(await store.find(id), undefined)
})

test('keys that are created in the same moment are all kept', async () => {
  using folder = temporaryFolder()
  const keys = Array.from({ length: 40 }, () => makeApiKey().key)
  await Promise.all(keys.map((key) => new KeyStore(folder.path).add(key)))
  const listed = await new KeyStore(folder.path).list()
  assert.equal(listed.keys.map(({ key }) => key.id).toSorted(), keys.map(({ id }) => id).toSorted())
})

test('an id that exists is not replaced', async () => {
  using folder = temporaryFolder()
  const store = new KeyStore(folder.path)
  const { key } = makeApiKey()
  await store.add(key)
  await store.add({ ...key, name: 'other' }).then(
    () => assert.unreachable('replaced'),
    (error: NodeJS.ErrnoException) => assert.is(error.code, 'EEXIST')
  )
  assert.equal(await store.find(key.id), key)
  assert.equal(readdirSync(folder.path), [`${key.id}.json`])
})

test('what another process changes counts from the next request on, without a restart', async () => {
  using folder = temporaryFolder()
  const [server, command] = [new KeyStore(folder.path), new KeyStore(folder.path)]
  const { key } = makeApiKey()
  assert.is(await server.find(key.id), undefined)
  await command.add(key)
  assert.is((await server.find(key.id))?.revoked, null)
  await command.revoke(key.id, NOW)
  assert.is((await server.find(key.id))?.revoked, '2026-11-30T12:00:00Z')
  rmSync(join(folder.path, `${key.id}.json`))
  assert.is(await server.find(key.id), undefined)
})

test('revoking says which key, keeps the first time, and knows no other id', async () => {
  using folder = temporaryFolder()
  const store = new KeyStore(folder.path)
  const { key } = makeApiKey({ name: 'research' })
  await store.add(key)
  assert.is((await store.revoke(key.id, NOW))?.name, 'research')
  assert.is((await store.revoke(key.id, NOW + 60_000))?.revoked, '2026-11-30T12:00:00Z')
  assert.is(await store.revoke('0000000000', NOW), undefined)
})

test('a last use is written once a minute, and survives a revocation', async () => {
  using folder = temporaryFolder()
  const store = new KeyStore(folder.path)
  const { key } = makeApiKey()
  await store.add(key)
  const used = async () => (await new KeyStore(folder.path).list()).keys[0]?.lastUsed
  assert.is(await used(), null)
  await store.noteUse(key.id, NOW)
  assert.is(await used(), '2026-11-30T12:00:00Z')
  await store.noteUse(key.id, NOW + 59_000)
  assert.is(await used(), '2026-11-30T12:00:00Z')
  await store.noteUse(key.id, NOW + 60_000)
  assert.is(await used(), '2026-11-30T12:01:00Z')
  // The clock was set back.
  await store.noteUse(key.id, NOW - 60_000)
  assert.is(await used(), '2026-11-30T11:59:00Z')
  await store.revoke(key.id, NOW)
  assert.is(await used(), '2026-11-30T11:59:00Z')
})

test('many requests at once write the last use once', async () => {
  using folder = temporaryFolder()
  const store = new KeyStore(folder.path)
  const { key } = makeApiKey()
  await store.add(key)
  await Promise.all(Array.from({ length: 50 }, (_, i) => store.noteUse(key.id, NOW + i * 1000)))
  assert.is((await store.list()).keys[0]?.lastUsed, '2026-11-30T12:00:00Z')
  assert.equal(readdirSync(folder.path).toSorted(), [`${key.id}.json`, `${key.id}.used`])
})

const DAMAGE: Readonly<Record<string, (key: ApiKey) => string>> = {
  'is empty': () => '',
  'is cut': (key) => textOf(key).slice(0, 100),
  'is a list': () => '[]',
  'is null': () => 'null',
  'is large': (key) => textOf(key) + ' '.repeat(70_000),
  'has no digest': ({ sha256: _, ...key }) => JSON.stringify(key),
  'has an empty digest': (key) => JSON.stringify({ ...key, sha256: '' }),
  'has no scopes': (key) => JSON.stringify({ ...key, scopes: [] }),
  'has an unknown scope': (key) => JSON.stringify({ ...key, scopes: ['admin'] }),
  'has feeds as a text': (key) => JSON.stringify({ ...key, feeds: '*' }),
  'expires at no time': (key) => JSON.stringify({ ...key, expires: 'soon' }),
  'is restricted by a field of a later version': (key) => JSON.stringify({ ...key, hosts: ['a'] }),
  'is of a later version': (key) => JSON.stringify({ ...key, version: 2 }),
  'is another key': () => textOf(makeApiKey().key),
}
for (const [what, text] of Object.entries(DAMAGE))
  test(`a file that ${what} lets nobody in, is listed as damaged, and hides no other key`, async () => {
    using folder = temporaryFolder()
    const store = new KeyStore(folder.path)
    const [good, bad] = [makeApiKey().key, makeApiKey().key]
    await store.add(good)
    writeFileSync(join(folder.path, `${bad.id}.json`), text(bad))
    const thrown = await store.find(bad.id).catch(toSsmdError)
    assert.is((thrown as { code?: string }).code, 'SSMD_E_CREDENTIALS')
    const { keys, damaged } = await store.list()
    assert.equal(
      keys.map(({ key }) => key.id),
      [good.id]
    )
    assert.is(damaged.length, 1)
    assert.match(damaged[0]!.message, bad.id)
    assert.not.match(damaged[0]!.message, bad.sha256)
  })

test('a mounted Secret is a store: read, replaced as a whole, and without a last use', async () => {
  using folder = temporaryFolder()
  const [first, second] = [makeApiKey().key, makeApiKey().key]
  const mount = join(folder.path, 'mount')
  /** As the kubelet does it: a new folder, and a link to it that is replaced. */
  const project = (version: string, keys: readonly ApiKey[]) => {
    const { data } = parse(secretManifest(keys)) as { data: Record<string, string> }
    mkdirSync(join(mount, version), { recursive: true })
    for (const [name, text] of Object.entries(data)) {
      writeFileSync(join(mount, version, name), text, 'base64')
      if (!existsSync(join(mount, name))) symlinkSync(join('..data', name), join(mount, name))
    }
    symlinkSync(version, join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
  }
  project('..1', [first])
  const store = new KeyStore(mount)
  assert.equal(await store.find(first.id), first)
  assert.is(await store.find(second.id), undefined)
  project('..2', [{ ...first, revoked: '2026-11-30T00:00:00Z' }, second])
  assert.is((await store.find(first.id))?.revoked, '2026-11-30T00:00:00Z')
  assert.equal(await store.find(second.id), second)
  assert.is((await store.list()).keys.length, 2)
})

test('a folder in which no last use can be written still answers, and nothing is left in it', async () => {
  using folder = temporaryFolder()
  const store = new KeyStore(folder.path)
  const { key } = makeApiKey()
  await store.add(key)
  // A folder in the place of the file stops root as well, whom no mode stops.
  mkdirSync(join(folder.path, `${key.id}.used`))
  await store.noteUse(key.id, NOW).then(
    () => assert.unreachable('written'),
    () => {}
  )
  assert.equal(await store.find(key.id), key)
  assert.is((await store.list()).keys[0]?.lastUsed, null)
  assert.equal(readdirSync(folder.path).toSorted(), [`${key.id}.json`, `${key.id}.used`])
})

test.run()
