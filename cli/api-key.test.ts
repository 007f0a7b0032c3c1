// API keys as a person has them: the real commands over one folder.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { authenticate } from '#data/keys/authenticate.ts'
import { idOfKey } from '#data/keys/format.ts'
import { KeyStore } from '#data/keys/store.ts'
import { until, within } from '#testing/deadline.ts'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { ENTRY, type Ran, runSsmd } from './testing/run.ts'

const test = suite('api-key')

const STORE = 'data/.ssmd/api-keys'
const run = (folder: TestFolder, ...args: readonly string[]): Promise<Ran> =>
  runSsmd(['api-key', ...args], { cwd: folder.path })
const authenticated = (folder: string, key: string) =>
  authenticate({ 'x-api-key': [key] }, { store: new KeyStore(folder) }, Date.now())
/** Every file below a folder, as text. */
const allText = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')

test('a key is shown once; it opens the store, and stands in none of its files', async () => {
  using folder = new TestFolder()
  const { code, stdout, stderr } = await run(folder, 'create', 'research')
  assert.equal([code, stderr], [0, ''])
  const key = stdout.split('\n')[0]!
  const id = idOfKey(key)!
  const store = join(folder.path, STORE)
  const found = await authenticated(store, key)
  assert.is(found.kind === 'caller' && found.caller.id, id)
  const secret = key.split('_')[2]!
  const listed = await run(folder, 'list', '-o', 'json')
  const manifest = await run(folder, 'list', '-o', 'yaml')
  const texts = { store: allText(store), list: listed.stdout, manifest: manifest.stdout }
  for (const [where, text] of Object.entries(texts)) {
    assert.match(text, id, where)
    // Not even half of it.
    for (const part of [secret.slice(0, 24), secret.slice(-24)]) assert.not.match(text, part, where)
  }
  assert.not.match(manifest.stdout, Buffer.from(key).toString('base64').slice(4, 40))
})

test('what a key may do is stored as it was said, and listed', async () => {
  using folder = new TestFolder()
  const created = await run(
    folder,
    ...[
      'create',
      'course',
      '--scope',
      'data:read,tail:read',
      '--feed',
      'kraken*',
      '--feed',
      'kalshi',
    ],
    ...['--from', '2026-09-01', '--to', '2026-10-01', '--expires', '2126-01-01', '-o', 'json']
  )
  const { key, id, ...rest } = JSON.parse(created.stdout)
  assert.is(idOfKey(key), id)
  const { created: at, ...facts } = rest
  assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  assert.equal(facts, {
    name: 'course',
    scopes: ['data:read', 'tail:read'],
    feeds: ['kraken*', 'kalshi'],
    from: '2026-09-01',
    to: '2026-10-01',
    expires: '2126-01-01T00:00:00Z',
    revoked: null,
    lastUsed: null,
    state: 'active',
  })
  const { keys } = JSON.parse((await run(folder, 'list', '-o', 'json')).stdout)
  assert.equal(keys, [{ id, created: at, ...facts }])
  const table = (await run(folder, 'list')).stdout
  assert.match(
    table,
    new RegExp(
      `${id} +course +active +data:read tail:read +kraken\\* kalshi +2026-09-01 to before 2026-10-01 +2126-01-01 00:00 +-\n$`
    )
  )
})

test('a revoked key is refused, stays listed, and can be named by itself', async () => {
  using folder = new TestFolder()
  const key = JSON.parse((await run(folder, 'create', 'a', '-o', 'json')).stdout).key as string
  const { code, stdout } = await run(folder, 'revoke', key)
  assert.is(code, 0)
  assert.match(stdout, /^key [0-9a-z]{10} \(a\) is revoked/)
  const refused = await authenticated(join(folder.path, STORE), key)
  assert.is(refused.kind === 'refused' && refused.why, 'revoked')
  assert.match((await run(folder, 'list')).stdout, / a +revoked /)
})

test('with -o yaml the Secret goes to standard output, the key to standard error, and the Secret is a store', async () => {
  using folder = new TestFolder()
  await run(folder, 'create', 'first')
  const { code, stdout, stderr } = await run(folder, 'create', 'second', '-o', 'yaml')
  assert.is(code, 0)
  const key = stderr.split('\n')[0]!
  assert.not.match(stdout, key.slice(-30))
  const manifest = parse(stdout)
  assert.equal([manifest.kind, manifest.metadata], ['Secret', { name: 'ssmd-api-keys' }])
  const mount = join(folder.path, 'mounted')
  mkdirSync(mount)
  for (const [name, text] of Object.entries(manifest.data as Record<string, string>))
    writeFileSync(join(mount, name), text, 'base64')
  assert.is(readdirSync(mount).length, 2)
  assert.is((await authenticated(mount, key)).kind, 'caller')
})

for (const [args, said] of [
  [['create', ''], /is no name for a key/],
  [['create', 'a\nb'], /is no name for a key/],
  [['create', 'a', '--scope', 'admin'], /there is no scope admin.*\n {2}the scopes are data:read,/],
  [['create', 'a', '--feed', '../x'], /--feed \.\.\/x is no feed/],
  [['create', 'a', '--from', 'soon'], /"soon" is not a day/],
  [['create', 'a', '--from', '2026-10-01', '--to', '2026-10-01'], /there is no day from/],
  [['create', 'a', '--expires', '2026-01-01'], /--expires 2026-01-01 is over/],
  [['create', 'a', '--expires', '0d'], /--expires 0d is over/],
  [['create', 'a', '--expires', '5y'], /expected a duration/],
  [['revoke', '../../x'], /is no id of a key/],
  [['revok'], /unknown command 'revok'/],
] as const)
  test(`ssmd api-key ${args.map((arg) => JSON.stringify(arg)).join(' ')} is a usage error and makes no key`, async () => {
    using folder = new TestFolder()
    const { code, stdout, stderr } = await run(folder, ...args)
    assert.equal([code, stdout], [2, ''])
    assert.match(stderr, said)
    assert.equal(
      readdirSync(folder.path).filter((name) => name === 'data'),
      []
    )
  })

test('an id that there is not is said, and ends with 1', async () => {
  using folder = new TestFolder()
  const { code, stderr } = await run(folder, 'revoke', '0123456789')
  assert.is(code, 1)
  assert.match(stderr, /holds no key 0123456789 \(SSMD_E_NOT_FOUND\)\n {2}ssmd api-key list shows/)
})

test('a damaged file is listed, ends with 3, and is not left out of a Secret in silence', async () => {
  using folder = new TestFolder()
  await run(folder, 'create', 'a')
  folder.write(`${STORE}/0123456789.json`, '{}')
  const listed = await run(folder, 'list')
  assert.is(listed.code, 3)
  assert.match(listed.stdout, / a +active [\s\S]*0123456789\.json is no API key/)
  const manifest = await run(folder, 'list', '-o', 'yaml')
  assert.equal([manifest.code, manifest.stdout], [1, ''])
  assert.match(manifest.stderr, /0123456789\.json is no API key.*SSMD_E_CREDENTIALS/)
})

/** A server over an empty archive, until the end of the block; what it says is in `log`. */
async function startServer(folder: TestFolder, args: readonly string[], env: object = {}) {
  mkdirSync(folder.data, { recursive: true })
  const child = spawn(
    process.execPath,
    [ENTRY, 'data-api', '--path', 'data', '--listen', '127.0.0.1:0', ...args],
    { cwd: folder.path, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] }
  )
  const ended = once(child, 'close')
  let log = ''
  child.stdout.on('data', (data: Buffer) => {
    log += data.toString()
  })
  const address = () => /"address":"([^"]+)"/.exec(log)?.[1]
  await until(30_000, 'the data API is ready', () => address() !== undefined)
  return {
    log: () => log,
    status: async (key: string) =>
      (await fetch(`${address()}v1/feeds`, { headers: { 'x-api-key': key } })).status,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await within(30_000, 'its end', ended)
    },
  }
}

test('a running server knows a key as soon as it is made, notes its use, and forgets it once it is revoked', async () => {
  using folder = new TestFolder()
  await using server = await startServer(folder, ['--api-keys', STORE], {
    SSMD_API_KEY: 'one for all',
  })
  assert.match(server.log(), /"msg":"data\/\.ssmd\/api-keys holds no API key"/)
  const made = await run(folder, 'create', 'late', '-o', 'json')
  const { key, id } = JSON.parse(made.stdout) as { key: string; id: string }
  assert.equal([await server.status(''), await server.status('one for all')], [401, 200])
  assert.is(await server.status(key), 200)
  await until(10_000, 'its use is noted', async () =>
    /"lastUsed": "20/.test((await run(folder, 'list', '-o', 'json')).stdout)
  )
  await run(folder, 'revoke', id)
  assert.is(await server.status(key), 401)
  assert.not.match(server.log(), key.slice(-40))
  assert.not.match(server.log(), 'one for all')
  assert.match(server.log(), `"key":"${id}"`)
})

test('without keys the server refuses an address that others can reach, and says how to make one', async () => {
  using folder = new TestFolder()
  mkdirSync(folder.data)
  const args = ['data-api', '--path', 'data', '--listen', '0.0.0.0:0']
  const { code, stdout } = await runSsmd(args, { cwd: folder.path })
  assert.is(code, 2)
  assert.match(stdout, /can be reached from other computers, and there is no API key/)
  assert.match(stdout, /ssmd api-key create/)
})

test.run()
