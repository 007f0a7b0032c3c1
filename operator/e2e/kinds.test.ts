// The three kinds against a real API server, with exactly the shipped roles: what is made, what is said of it, and what
// comes back. Where Kubernetes has controllers for it, the test plays them.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { isNotFound } from '../kube/errors.ts'
import {
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  EVENTS,
  type KubeObject,
  NETWORK_POLICIES,
  type Resource,
  SECRETS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { conditionsIn } from '../status/status.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  isSettled,
  playAvailable,
  type SharedKinds,
  type Space,
  sharedKinds,
} from '../testing/kinds.ts'

const MS = 20_000
const test = suite('kinds against a real API server')
let kinds: SharedKinds

test.before(async () => {
  kinds = await sharedKinds()
})
test.after(async () => {
  await kinds?.stop()
})

const get = async (resource: Resource, key: string): Promise<KubeObject | undefined> =>
  kinds.client.get(resource, key).catch((thrown) => {
    if (isNotFound(thrown)) return undefined
    throw thrown
  })

/** Until the object is as `check` wants it; the last state is in the message. */
async function see(
  resource: Resource,
  key: string,
  what: string,
  check: (object: KubeObject) => boolean
): Promise<KubeObject> {
  let last: KubeObject | undefined
  try {
    await until(MS, what, async () => {
      last = await get(resource, key)
      return last !== undefined && check(last)
    })
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}: ${JSON.stringify(last?.status ?? last)}`)
  }
  return last as KubeObject
}
const says = (resource: Resource, key: string, type: string, holds: string) =>
  see(
    resource,
    key,
    `${key}: ${type} is ${holds}`,
    (object) => isSettled(object) && condition(object, type) === holds
  )
const childKinds = [SERVICE_ACCOUNTS, NETWORK_POLICIES, CONFIG_MAPS, SERVICES, DEPLOYMENTS, CLAIMS]
async function childrenIn(space: Space): Promise<KubeObject[]> {
  const options = { namespace: space.name, labelSelector: 'app.kubernetes.io/managed-by=ssmd' }
  const lists = await Promise.all(childKinds.map((kind) => kinds.client.list(kind, options)))
  return lists.flatMap(({ items }, i) =>
    items.map((item) => ({ ...item, kind: childKinds[i]?.kind ?? '' }))
  )
}

test('a Feed in an Environment gets a connector; Ready follows its Deployment', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, feed(space, 'a'))
  await declare(client, archive(space, 'keep', 'prod', ['a']))
  const key = `${space.name}/a`
  const starting = await says(FEEDS, key, 'Ready', 'False Starting')
  assert.is(condition(starting, 'Reconciling'), 'True Starting')
  assert.is(condition(starting, 'Stalled'), '')
  for (const { observedGeneration } of conditionsIn(starting.status))
    assert.is(observedGeneration, starting.metadata.generation)
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'False Starting')
  await playAvailable(client, `${space.name}/connector-prod-a`)
  await playAvailable(client, `${space.name}/archiver-keep`)
  const ready = await says(FEEDS, key, 'Ready', 'True Captured')
  assert.is(condition(ready, 'Reconciling'), '', 'kstatus: Current')
  assert.is(condition(ready, 'DataFlowing'), 'Unknown NatsUnreachable')
  assert.is((ready.status as { version?: string }).version, 'v1')
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
  await says(ENVIRONMENTS, `${space.name}/prod`, 'Ready', 'True Running')
  await until(MS, 'an Event says so', async () => {
    const { items } = await client.list(EVENTS, { namespace: space.name })
    return items.some(({ reason }) => reason === 'Captured')
  })
})

test('every owned object has a controller ownerReference, and claims have none', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const labels = { 'argocd.argoproj.io/instance': 'app', 'app.kubernetes.io/instance': 'app' }
  const marked = (object: KubeObject) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels,
      annotations: { 'argocd.argoproj.io/tracking-id': 'x' },
    },
  })
  await declare(client, marked(feed(space, 'a')))
  await declare(client, marked(environment(space, 'prod', ['a'])))
  await declare(client, marked(archive(space, 'keep', 'prod', ['a'])))
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'False Starting')
  await says(FEEDS, `${space.name}/a`, 'Ready', 'False Starting')
  const children = await childrenIn(space)
  assert.is(children.filter(({ kind }) => kind === 'Deployment').length, 2)
  assert.is(children.filter(({ kind }) => kind === 'PersistentVolumeClaim').length, 1)
  for (const { kind, metadata } of children) {
    const owners = metadata.ownerReferences ?? []
    if (kind === 'PersistentVolumeClaim') assert.equal(owners, [], 'data outlives its resource')
    else assert.ok(owners.length === 1 && owners[0]?.controller, `${kind} ${metadata.name}`)
    // does not copy argocd labels to owned objects (argo-cd#8683)
    assert.not.match(JSON.stringify([metadata.labels, metadata.annotations]), /argocd|instance/)
  }
  await client.delete(ARCHIVES, `${space.name}/keep`, {
    uid: (await client.get(ARCHIVES, `${space.name}/keep`)).metadata.uid ?? '',
  })
  // a Feed needs no finalizer: its objects go by ownerReferences
  assert.is(await get(ARCHIVES, `${space.name}/keep`), undefined)
  assert.ok(await get(CLAIMS, `${space.name}/archiver-keep`))
})

test('a claim goes with its Archive only where deletionPolicy is Delete', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/archiver-keep`
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, archive(space, 'keep', 'prod', ['a'], { deletionPolicy: 'Delete' }))
  const owners = (object: KubeObject) => object.metadata.ownerReferences?.length ?? 0
  await see(CLAIMS, key, 'it is owned', (claim) => owners(claim) === 1)
  await declare(client, archive(space, 'keep', 'prod', ['a'], { deletionPolicy: 'Retain' }))
  await see(CLAIMS, key, 'it is owned no more', (claim) => owners(claim) === 0)
})

test('an Environment or a Secret that is missing is waited for, and its coming heals', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, archive(space, 'keep', 'prod', ['a']))
  const lonely = await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'False EnvironmentNotFound')
  assert.is(condition(lonely, 'Reconciling'), 'True EnvironmentNotFound')
  await declare(client, feed(space, 'a'))
  await says(FEEDS, `${space.name}/a`, 'Ready', 'False NotNamed')
  const url = 'nats://127.0.0.1:1'
  const credentialsRef = { name: 'nats' }
  await declare(client, environment(space, 'prod', ['a'], { transport: { url, credentialsRef } }))
  const waits = await says(FEEDS, `${space.name}/a`, 'Ready', 'False SecretNotFound')
  assert.is(condition(waits, 'Stalled'), '')
  assert.is(condition(waits, 'CredentialsAvailable'), 'False SecretNotFound')
  await says(ENVIRONMENTS, `${space.name}/prod`, 'Ready', 'False SecretNotFound')
  assert.equal(await childrenIn(space), [], 'nothing is made that could not start')
  await client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'nats', namespace: space.name },
    stringData: { 'nats.creds': 'x' },
  })
  await says(FEEDS, `${space.name}/a`, 'Ready', 'False Starting')
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'False Starting')
})

test('recreates an owned Deployment that was deleted behind its back (nack#167), and what was edited', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/connector-prod-a`
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await says(FEEDS, `${space.name}/a`, 'Ready', 'False Starting')
  for (const kind of [DEPLOYMENTS, CONFIG_MAPS, SERVICE_ACCOUNTS, NETWORK_POLICIES]) {
    const { uid = '' } = (await client.get(kind, key)).metadata
    await client.delete(kind, key, { uid })
    await see(kind, key, `${kind.kind} comes back`, ({ metadata }) => metadata.uid !== uid)
  }
  const edited = { kind: 'merge', value: { data: { 'feed.yaml': 'broken' } } } as const
  await client.patch(CONFIG_MAPS, key, edited)
  await see(CONFIG_MAPS, key, 'the file is put right', ({ data }) =>
    JSON.stringify(data).includes('synthetic')
  )
  await client.patch(DEPLOYMENTS, key, { kind: 'merge', value: { spec: { replicas: 3 } } })
  await see(
    DEPLOYMENTS,
    key,
    'one replica',
    ({ spec }) => (spec as { replicas: number }).replicas === 1
  )
  await client.patch(DEPLOYMENTS, key, {
    kind: 'merge',
    value: { metadata: { labels: { 'ssmd.io/feed': null } } },
  })
  await see(
    DEPLOYMENTS,
    key,
    'its label',
    ({ metadata }) => metadata.labels?.['ssmd.io/feed'] === 'a'
  )
})

test('passes over unchanged objects write nothing, also after a restart', async () => {
  const space = await kinds.space()
  const operator = await kinds.operate(space)
  const { client } = kinds
  // The Environment last: figures that change in its first half minute would be written later.
  for (let i = 0; i < 5; i++) await declare(client, feed(space, `f${i}`))
  await declare(client, environment(space, 'prod', ['*']))
  await declare(client, archive(space, 'keep', 'prod', ['f0', 'f1']))
  for (let i = 0; i < 5; i++) await says(FEEDS, `${space.name}/f${i}`, 'Ready', 'False Starting')
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'False Starting')
  await says(ENVIRONMENTS, `${space.name}/prod`, 'Ready', 'True Running')
  await until(MS, 'it is quiet', async () => {
    const before = operator.writes()
    await waitOut(1000, 'a second in which nothing is written')
    return operator.writes() === before
  })
  const versions = async () =>
    (
      await Promise.all(
        [FEEDS, ENVIRONMENTS, ARCHIVES].map((kind) => client.list(kind, { namespace: space.name }))
      )
    )
      .flatMap(({ items }) => items)
      .concat(await childrenIn(space))
      .map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
  const before = await versions()
  await operator.stop()
  const again = await kinds.operate(space)
  await until(MS, 'it has looked at all', () => again.context.feeds.synced)
  await waitOut(1500, 'passes over what is there, which must apply nothing')
  const applied = again.lines.filter(({ msg }) => msg === 'applied')
  assert.equal(applied, [])
  assert.equal(await versions(), before)
  assert.is(again.writes(), 0)
})

test('an edit of an Environment reaches all its Feeds; what it no longer names is taken away', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, environment(space, 'prod', ['a', 'b']))
  for (const name of ['a', 'b']) await declare(client, feed(space, name))
  for (const name of ['a', 'b'])
    await says(FEEDS, `${space.name}/${name}`, 'Ready', 'False Starting')
  const hash = async (name: string) =>
    JSON.stringify((await get(DEPLOYMENTS, `${space.name}/connector-prod-${name}`))?.spec).match(
      /config-hash":"(\w+)/
    )?.[1]
  const before = [await hash('a'), await hash('b')]
  await declare(client, environment(space, 'prod', ['a', 'b'], { connector: { linger: '9ms' } }))
  await until(
    MS,
    'both are rolled out',
    async () => (await hash('a')) !== before[0] && (await hash('b')) !== before[1]
  )
  await declare(client, environment(space, 'prod', ['a']))
  await until(
    MS,
    'b is gone',
    async () => !(await get(DEPLOYMENTS, `${space.name}/connector-prod-b`))
  )
  await until(MS, 'all of b is gone', async () =>
    (await childrenIn(space)).every(({ metadata }) => metadata.name !== 'connector-prod-b')
  )
  await says(FEEDS, `${space.name}/b`, 'Ready', 'False NotNamed')
  await declare(client, environment(space, 'prod', ['a'], { suspend: true }))
  await until(MS, 'nothing runs', async () => (await childrenIn(space)).length === 0)
  const suspended = await says(FEEDS, `${space.name}/a`, 'Ready', 'True Suspended')
  assert.is(condition(suspended, 'Paused'), 'True Suspended')
})

test('a Feed in two Environments says the worst of both; disabled, it is captured in none', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  for (const name of ['one', 'two']) await declare(client, environment(space, name, ['a']))
  const key = `${space.name}/a`
  await until(
    MS,
    'both are made',
    async () => (await childrenIn(space)).filter(({ kind }) => kind === 'Deployment').length === 2
  )
  await playAvailable(client, `${space.name}/connector-one-a`)
  const half = await see(FEEDS, key, 'two is named', (object) =>
    conditionsIn(object.status).some(
      ({ type, message }) => type === 'Ready' && message.startsWith('two: ')
    )
  )
  assert.is(condition(half, 'Ready'), 'False Starting')
  await playAvailable(client, `${space.name}/connector-two-a`)
  const both = await says(FEEDS, key, 'Ready', 'True Captured')
  const names = (both.status as { environments: { name: string }[] }).environments.map(
    ({ name }) => name
  )
  assert.equal(names, ['one', 'two'])
  await declare(client, feed(space, 'a', { state: 'disabled' }))
  await says(FEEDS, key, 'Ready', 'True Disabled')
  await until(MS, 'nothing runs', async () => (await childrenIn(space)).length === 0)
})

test('a paused Feed is left alone, and a spec that is not fit takes nothing away', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/a`
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await says(FEEDS, key, 'Ready', 'False Starting')
  const broken = feed(space, 'a', { channels: ['no-such-channel'] })
  await declare(client, broken)
  const stalled = await says(FEEDS, key, 'Ready', 'False InvalidSpec')
  assert.is(condition(stalled, 'Stalled'), 'True InvalidSpec')
  assert.is(condition(stalled, 'Reconciling'), '')
  assert.match(
    conditionsIn(stalled.status)[0]?.message ?? '',
    /spec\.channels\[0\]: .*apply the resource again/
  )
  assert.ok(await get(DEPLOYMENTS, `${space.name}/connector-prod-a`), 'what runs goes on')
  await declare(client, {
    ...feed(space, 'a'),
    metadata: { ...feed(space, 'a').metadata, annotations: { 'ssmd.io/paused': 'true' } },
  })
  await says(FEEDS, key, 'Paused', 'True Paused')
  const { uid = '' } = (await client.get(DEPLOYMENTS, `${space.name}/connector-prod-a`)).metadata
  await client.delete(DEPLOYMENTS, `${space.name}/connector-prod-a`, { uid })
  await see(FEEDS, key, 'it is seen to be gone', ({ status }) =>
    conditionsIn(status).some(
      ({ type, message }) => type === 'WorkloadAvailable' && message.includes('does not exist yet')
    )
  )
  assert.is(await get(DEPLOYMENTS, `${space.name}/connector-prod-a`), undefined)
  await declare(client, feed(space, 'a'))
  await see(DEPLOYMENTS, `${space.name}/connector-prod-a`, 'it is made again', () => true)
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
