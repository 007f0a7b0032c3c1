// The whole program, twice: `ssmd operator` as two processes with the shipped role. One works, the other waits; when the first
// is killed the other goes on, and what was made stays as it was.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS, type KubeObject, LEASES } from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  type SharedKinds,
  type Space,
  sharedKinds,
} from '../testing/kinds.ts'
import { type Program, startOperatorProgram } from '../testing/program.ts'

const MS = 60_000
const test = suite('two operators')
let kinds: SharedKinds
test.before(async () => {
  kinds = await sharedKinds()
})
test.after(async () => {
  await kinds?.stop()
})

const start = (space: Space, ...flags: string[]): Program => {
  const { folder, server, ca } = kinds.cluster
  return startOperatorProgram({
    folder,
    server,
    ca,
    token: space.token,
    namespace: space.name,
    flags,
  })
}
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
  await until(MS, 'one works', () => one.said('working'))
  const two = start(space)
  await until(MS, 'two is warm', () => two.said('ready'))
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
