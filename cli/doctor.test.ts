// test: limit 300s
// `ssmd doctor` as a process, against real parts: nats-server, an archive with a damaged day, a full port, an API server.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { nkeys } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { makeArchive } from '#archive/testing/made-archive.ts'
import { seeded, testSeed } from '#archive/testing/random.ts'
import { startNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { SECRETS } from '../operator/kube/objects.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import { sharedKinds } from '../operator/testing/kinds.ts'
import type { Checked } from './doctor/verdict.ts'
import { type RunOptions, runSsmd } from './testing/run.ts'

const test = suite('doctor')
const seed = testSeed('doctor')

/** What it says, by the name of the check. */
async function examine(cwd: string, args: readonly string[] = [], options: RunOptions = {}) {
  const env = { HOME: cwd, KUBECONFIG: '', ...options.env }
  const ran = await runSsmd(['doctor', '-o', 'json', ...args], { cwd, env })
  const { checks } = JSON.parse(ran.stdout) as { checks: readonly Checked[] }
  return { code: ran.code, of: Object.fromEntries(checks.map((check) => [check.name, check])) }
}

/** A repository whose one Environment names this NATS. */
async function repository(cwd: string, url: string): Promise<void> {
  const ran = await runSsmd(['init', '.'], { cwd })
  assert.is(ran.code, 0, ran.stderr)
  const set = await runSsmd(['env', 'update', 'local', '--nats-url', url], { cwd })
  assert.is(set.code, 0, set.stderr)
}

test('without resources, cluster and ssmd up nothing is bad, and at least the named checks are told', async () => {
  using folder = temporaryFolder()
  const { code, of } = await examine(folder.path)
  assert.is(code, 0)
  const names =
    'Node disk clock ports NATS fsync credentials streams archive lock|last day|cluster kinds operator rights Secrets image claims delivery'
  for (const name of names.split(/\||(?<!last) /)) assert.ok(of[name.trim()], name)
  assert.is(of.cluster!.result, 'skipped')
})

test('a real NATS is reached; a port that is taken by another program is bad', async () => {
  using folder = temporaryFolder()
  const nats = await startNats()
  try {
    await repository(folder.path, nats.url)
    const { code, of } = await examine(folder.path)
    assert.is(of.NATS!.result, 'good', of.NATS!.found)
    assert.is(of.streams!.result, 'good', of.streams!.found)
    // It is no server of an ssmd up of this folder.
    assert.is(of.ports!.result, 'bad', of.ports!.found)
    assert.is(of.fsync!.result, 'skipped', of.fsync!.found)
    assert.is(code, 1)
  } finally {
    await nats.stop()
  }
})

test('whether NATS syncs is told by its system account: late is bad, always is good', async () => {
  const key = nkeys.createUser() as { getPublicKey(): string; getSeed(): Uint8Array }
  const more = `accounts {
  SYS { users: [{ nkey: ${key.getPublicKey()} }] }
  A { jetstream: enabled, users: [{ user: a, password: pw }] }
}
system_account: SYS`
  for (const [sync, result] of [
    ['2m', 'bad'],
    ['always', 'good'],
  ] as const) {
    using inner = temporaryFolder()
    const nats = await startNats({ more, sync })
    try {
      await repository(inner.path, nats.url)
      const seedFile = join(inner.path, 'sys.nk')
      writeFileSync(seedFile, key.getSeed())
      const { of } = await examine(inner.path, ['--nats-creds', seedFile])
      assert.is(of.fsync!.result, result, of.fsync!.found)
    } finally {
      await nats.stop()
    }
  }
})

test('what listens on the port and is no NATS is told as such', async () => {
  using folder = temporaryFolder()
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  try {
    await repository(folder.path, `nats://127.0.0.1:${port}`)
    const { of } = await examine(folder.path)
    assert.is(of.ports!.result, 'bad')
    assert.match(of.ports!.found, String(port))
  } finally {
    server.close()
  }
})

test('a last day that is not what its manifest says is bad, and a whole one is good', async () => {
  using folder = temporaryFolder()
  const data = join(folder.path, 'data')
  await makeArchive(data, seeded(seed), { blocksEach: 10 })
  assert.is((await examine(folder.path)).of['last day']!.result, 'good')
  const day = readdirSync(join(data, 'made'))
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1)!
  const name = readdirSync(join(data, 'made', day)).find((one) => one.endsWith('.jsonl.gz'))!
  const path = join(data, 'made', day, name)
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(path, bytes)
  const { code, of } = await examine(folder.path)
  assert.is(of['last day']!.result, 'bad')
  assert.match(of['last day']!.found, name)
  assert.is(code, 1)
})

test('an API server that does not answer costs seconds, and is bad', async () => {
  using folder = temporaryFolder()
  const kubeconfig = join(folder.path, 'kubeconfig')
  const cluster = { server: 'https://127.0.0.1:1' }
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', clusters: [{ name: 'c', cluster }] },
    ...{ users: [{ name: 'u', user: { token: 't' } }], 'current-context': 'c' },
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  }
  writeFileSync(kubeconfig, JSON.stringify(config))
  const { code, of } = await examine(folder.path, ['--kubeconfig', kubeconfig])
  assert.is(of.cluster!.result, 'bad')
  assert.match(of.cluster!.found, /does not answer/)
  assert.is(of.kinds!.result, 'skipped')
  assert.is(code, 1)
})

test('in a real cluster: kinds are served, nobody leads, a Secret is missing until it is made', async () => {
  const missing = await missingTools()
  if (missing !== undefined) return skip(missing)
  using folder = temporaryFolder()
  const kinds = await sharedKinds()
  try {
    const { name: namespace } = await kinds.space()
    await repository(folder.path, 'nats://nats.example.invalid:4222')
    const key = ['key', '--fields', 'apiKey,privateKey', '--source', 'secret:kalshi']
    const added = await runSsmd(['env', 'add-key', 'local', ...key], { cwd: folder.path })
    assert.is(added.code, 0, added.stderr)
    const args = ['--kubeconfig', kinds.cluster.kubeconfig, '-n', namespace]
    const before = (await examine(folder.path, args)).of
    assert.is(before.cluster!.result, 'good', before.cluster!.found)
    assert.is(before.kinds!.result, 'good', before.kinds!.found)
    assert.is(before.operator!.result, 'bad', before.operator!.found)
    assert.is(before.rights!.result, 'good', before.rights!.found)
    assert.match(before.Secrets!.found, /Secret kalshi of Environment local does not exist/)
    assert.is(before.delivery!.result, 'skipped')

    const data = { apiKey: Buffer.from('x').toString('base64') }
    await kinds.client.create(SECRETS, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'kalshi', namespace } },
      data,
    })
    const operator = await kinds.operate({
      ...{ name: namespace, token: kinds.cluster.token },
      connection: { ...kinds.cluster.connection(), namespace },
    })
    const after = (await examine(folder.path, args)).of
    assert.match(after.Secrets!.found, /has no privateKey/)
    assert.is(after.operator!.result, 'good', after.operator!.found)
    await operator.stop()
  } finally {
    await kinds.stop()
  }
})

test.run()
