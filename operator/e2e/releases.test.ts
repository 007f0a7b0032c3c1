// O14 and its neighbours on the real kinds: another release of the operator over what the first one made, and back; and fields
// that a newer definition has and this operator does not know. Nothing that runs is touched.

import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  type KubeObject,
  PODS,
  SERVICE_ACCOUNTS,
} from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import { conditionsIn } from '../status/status.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  isSettled,
  type KindsCluster,
  type Space,
  signal,
  startKinds,
} from '../testing/kinds.ts'

const MS = 30_000
const test = suite('releases')
let kinds: KindsCluster

test.before(async () => {
  kinds = await startKinds()
})
test.after(async () => {
  await kinds?.stop()
})

const see = (key: string, what: string, check: (object: KubeObject) => boolean) =>
  until(MS, `${key}: ${what}`, async () => {
    const object = await kinds.client.get(FEEDS, key)
    return isSettled(object) && check(object)
  })

/** Generation and template of all that runs. */
const runningIn = async (space: Space) =>
  (await kinds.client.list(DEPLOYMENTS, { namespace: space.name })).items.map(
    ({ metadata, spec }) => ({
      uid: metadata.uid,
      generation: metadata.generation,
      template: (spec as { template: unknown }).template,
    })
  )

test('a newer operator over what an older one made, and the older one again, change no Deployment (O14)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, archive(space, 'keep', 'prod', ['a']))
  await declare(client, signal(space, 'wide', 'prod', ['a']))
  const key = `${space.name}/a`
  const old = await kinds.operate(space, { image: 'ssmd:1' })
  await see(key, 'made', (object) => condition(object, 'Ready') === 'False Starting')
  await until(MS, 'all', async () => (await runningIn(space)).length === 3)
  await old.stop()
  const before = await runningIn(space)

  const next = await kinds.operate(space, { image: 'ssmd:2' })
  await see(key, 'it waits', (object) => condition(object, 'RolloutPending') !== '')
  assert.equal(await runningIn(space), before)
  await next.stop()

  const again = await kinds.operate(space, { image: 'ssmd:1' })
  await see(key, 'nothing waits', (object) => condition(object, 'RolloutPending') === '')
  assert.equal(await runningIn(space), before)
  await again.stop()
})

test('other pull secrets stand on the service accounts, new pods have them, and nothing is rolled out', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, archive(space, 'keep', 'prod', ['a']))
  /** Runs one until its service accounts name these Secrets; undefined where they are to name none. */
  const runWith = async (pullSecrets: readonly string[]) => {
    const operator = await kinds.operate(space, { pullSecrets })
    const wanted = pullSecrets.map((name) => ({ name }))
    await until(MS, `service accounts with ${pullSecrets}`, async () => {
      const { items } = await client.list(SERVICE_ACCOUNTS, { namespace: space.name })
      const made = items.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'])
      const said = made.map(({ imagePullSecrets = [] }) => JSON.stringify(imagePullSecrets))
      return said.length === 2 && said.every((text) => text === JSON.stringify(wanted))
    })
    await until(MS, 'both', async () => (await runningIn(space)).length === 2)
    await operator.stop()
    return runningIn(space)
  }
  const before = await runWith([])
  assert.equal(await runWith(['team', 'mirror.example']), before)
  assert.not.match(JSON.stringify(before), 'mirror.example')
  // What a ReplicaSet's controller would make of the template.
  const template = before[0]?.template as { metadata: object; spec: object } | undefined
  const pod = await client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template?.metadata, name: 'new', namespace: space.name },
    spec: template?.spec,
  })
  assert.equal((pod.spec as { imagePullSecrets?: unknown }).imagePullSecrets, [
    { name: 'team' },
    { name: 'mirror.example' },
  ])
  assert.equal(await runWith(['mirror.example']), before, 'one less')
  assert.equal(await runWith([]), before, 'none again')
})

// The last: the definition stays as it is here.
test('a field of a newer definition is named, and the capture goes on as it was', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const key = `${space.name}/a`
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await kinds.operate(space)
  await see(key, 'made', (object) => condition(object, 'Ready') === 'False Starting')
  const before = await runningIn(space)
  const definition = parse(
    readFileSync(new URL('../../crds/feed.yaml', import.meta.url), 'utf8')
  ) as {
    spec: {
      versions: {
        schema: {
          openAPIV3Schema: { properties: { spec: { properties: Record<string, unknown> } } }
        }
      }[]
    }
  }
  for (const { schema } of definition.spec.versions)
    schema.openAPIV3Schema.properties.spec.properties.tomorrow = { type: 'string' }
  await client.apply(CUSTOM_RESOURCE_DEFINITIONS, definition as unknown as KubeObject, {
    manager: 'test',
    force: true,
  })
  // A watch that was open before drops the field, and the new schema is in force only a moment later: written again until seen.
  let edits = 0
  await until(MS, 'it says so', async () => {
    await declare(client, feed(space, 'a', { tomorrow: `x${edits++}` })).catch(() => {})
    await waitOut(300, 'the new schema to come into force')
    return condition(await client.get(FEEDS, key), 'Stalled') === 'True InvalidSpec'
  })
  const said = conditionsIn((await client.get(FEEDS, key)).status)
  assert.match(said.find(({ type }) => type === 'Ready')?.message ?? '', /tomorrow/)
  assert.equal(await runningIn(space), before)
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
