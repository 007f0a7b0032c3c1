import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { toSsmdError } from '#crds/errors.ts'
import { type LiveFilesOptions, readLiveEnvironments } from './environments.ts'

const test = suite('live environments')

const FEED = (name: string, exchange = 'synthetic'): string => `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: ${name}}
spec:
  exchange: ${exchange}
  versions: [{name: v1, effectiveFrom: "2025-01-01", endpoint: "${exchange}://generator?rate=10"}]
  channels: [trade]
---
`
const ENVIRONMENT = (
  name: string,
  feeds: string,
  more = ''
): string => `apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: ${name}}
spec:
  feeds: ${feeds}
  transport: {url: "nats://127.0.0.1:4222"${more}}
---
`

/** What the files of a folder mean, or the error that they are. */
async function read(
  texts: Readonly<Record<string, string>>,
  options: Omit<LiveFilesOptions, 'files'> = {}
) {
  const folder = mkdtempSync(join(tmpdir(), 'ssmd-live-'))
  try {
    const files = Object.entries(texts).map(([name, text]) => {
      const file = join(folder, name)
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, text)
      return join(folder, name.split('/')[0]!)
    })
    return await readLiveEnvironments({ files: [...new Set(files)], ...options })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const refused = async (texts: Readonly<Record<string, string>>): Promise<string> => {
  try {
    await read(texts)
    return ''
  } catch (thrown) {
    const { code, message, hint } = toSsmdError(thrown)
    return `${code} ${message} (${hint})`
  }
}

test('an Environment has the feeds that it names, with their exchange if the Feed is there too', async () => {
  const [lab] = await read({
    'all.yaml': FEED('b') + FEED('a') + FEED('other') + ENVIRONMENT('lab', '[b, a, unknown]'),
  })
  assert.is(lab?.url, 'nats://127.0.0.1:4222')
  assert.equal(
    lab?.feeds.map(({ name, exchange, simulated }) => [name, exchange, simulated]),
    [
      ['a', 'synthetic', true],
      ['b', 'synthetic', true],
      ['unknown', null, false],
    ]
  )
  const [all] = await read({
    'folder/feed.yaml': FEED('a'),
    'folder/environment.yaml': ENVIRONMENT('lab', '["*"]'),
  })
  assert.equal(
    all?.feeds.map(({ name }) => name),
    ['a']
  )
})

test('credentials are those of the Environment below the folder of keys, unless they are given', async () => {
  const texts = { 'e.yaml': ENVIRONMENT('lab', '[a]', ', credentialsRef: {name: bus}') }
  const of = async (options: Omit<LiveFilesOptions, 'files'>) =>
    (await read(texts, options))[0]?.credentialsFile
  assert.is(await of({}), '/etc/ssmd/keys/bus/nats.creds')
  assert.is(await of({ keysDir: '/keys' }), '/keys/bus/nats.creds')
  assert.is(await of({ keysDir: '/keys', natsCredentials: '/own.nk' }), '/own.nk')
  assert.is((await read({ 'e.yaml': ENVIRONMENT('lab', '[a]') }))[0]?.credentialsFile, undefined)
})

test('one that is suspended is left out; a file without one, one that is given twice and what is invalid are refused', async () => {
  const suspended = ENVIRONMENT('lab', '[a]').replace('---', '  suspend: true\n---')
  assert.equal(await read({ 'e.yaml': suspended }), [])
  assert.match(await refused({ 'f.yaml': FEED('a') }), /^SSMD_E_RESOURCE_INVALID .*no Environment/)
  assert.match(
    await refused({ 'a.yaml': ENVIRONMENT('lab', '[a]'), 'b.yaml': ENVIRONMENT('lab', '[b]') }),
    /^SSMD_E_USAGE Environment lab is given twice/
  )
  assert.match(
    await refused({ 'e.yaml': ENVIRONMENT('lab', '7') }),
    /^SSMD_E_RESOURCE_INVALID .*e\.yaml.*\(ssmd validate /
  )
})

test.run()
