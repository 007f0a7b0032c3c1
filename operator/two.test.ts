// The whole program, twice: `ssmd operator` as two processes with the shipped role. One works, the other waits; when the first
// is killed the other goes on, and what was made stays as it was.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { FEEDS } from './kinds.ts'
import { DEPLOYMENTS, type KubeObject, LEASES } from './kube/objects.ts'
import { missingTools } from './testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  type KindsCluster,
  type Space,
  startKinds,
} from './testing/kinds.ts'

const MS = 60_000
const SSMD = new URL('../cli/main.ts', import.meta.url).pathname
const test = suite('two operators')
let kinds: KindsCluster
test.before(async () => {
  kinds = await startKinds()
})
test.after(async () => {
  await kinds?.stop()
})

type Program = {
  readonly child: ChildProcess
  readonly lines: Record<string, unknown>[]
  readonly exited: Promise<unknown[]>
}

function start(space: Space, ...flags: string[]): Program {
  const file = join(kinds.cluster.folder, `${space.name}.json`)
  const cluster = {
    server: kinds.cluster.server,
    'certificate-authority-data': kinds.cluster.ca.toString('base64'),
  }
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: space.token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: space.name } }],
      'current-context': 'x',
    })
  )
  const child = spawn(
    process.execPath,
    [
      SSMD,
      'operator',
      '--kubeconfig',
      file,
      '--health-addr',
      '127.0.0.1:0',
      '--image',
      'ssmd:test',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  )
  const lines: Record<string, unknown>[] = []
  createInterface({ input: child.stdout! }).on('line', (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>)
  )
  const exited = once(child, 'exit')
  process.once('exit', () => child.kill('SIGKILL'))
  return { child, lines, exited }
}
const said = ({ lines }: Program, text: string) => lines.some(({ msg }) => msg === text)
const holder = async (space: Space) =>
  (
    (await kinds.client.get(LEASES, `${space.name}/ssmd-operator`)).spec as {
      holderIdentity?: string
    }
  ).holderIdentity

test('the leader is killed: the standby goes on, and there is one writer at a time', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const one = start(space)
  await until(MS, 'one works', () => said(one, 'working'))
  const two = start(space)
  await until(MS, 'two is warm', () => said(two, 'ready'))
  const address = two.lines.find(({ msg }) => msg === 'ready')?.health as string
  assert.is(
    (await fetch(`http://${address.replace(/^http:\/\//, '')}/readyz`)).status,
    200,
    'a standby is ready'
  )
  const first = await holder(space)
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const ready = async (name: string) =>
    condition(await client.get(FEEDS, `${space.name}/${name}`), 'Ready')
  await until(MS, 'a is made', async () => (await ready('a')) === 'False Starting')
  assert.not.ok(
    two.lines.some(({ msg }) => msg === 'applied'),
    'a standby writes nothing'
  )
  const before: KubeObject = await client.get(DEPLOYMENTS, `${space.name}/connector-prod-a`)
  one.child.kill('SIGKILL')
  await one.exited
  await declare(client, feed(space, 'b'))
  await declare(client, environment(space, 'prod', ['a', 'b']))
  await until(MS, 'two goes on', async () => (await ready('b')) === 'False Starting')
  assert.is.not(await holder(space), first)
  const after = await client.get(DEPLOYMENTS, `${space.name}/connector-prod-a`)
  assert.is(
    after.metadata.resourceVersion,
    before.metadata.resourceVersion,
    'nothing was written again'
  )
  two.child.kill('SIGTERM')
  const [code] = await two.exited
  assert.is(code, 0)
  assert.is((await holder(space)) || undefined, undefined, 'the lease is given back')
})

test('--read-only says what it would do, and writes nothing', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const program = start(space, '--read-only')
  await until(MS, 'it says so', () =>
    program.lines.some(({ action }) => action === 'wouldCreate Deployment connector-prod-a')
  )
  program.child.kill('SIGTERM')
  await program.exited
  assert.equal((await client.list(DEPLOYMENTS, { namespace: space.name })).items, [])
  assert.is(condition(await client.get(FEEDS, `${space.name}/a`), 'Ready'), '')
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
