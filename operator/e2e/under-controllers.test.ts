// test: limit 300s
// The real kinds under Kubernetes' own controllers: what is collected when a namespace or a definition goes, with the operator
// there and without it (O10), and what a refused pod, a full roll-out and a claim look like.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { isNotFound } from '../kube/errors.ts'
import {
  CLAIMS,
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  type KubeObject,
  keyOf,
  NAMESPACES,
  PODS,
  type Resource,
  SECRETS,
} from '../kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import type { Deployment } from '../render/objects.ts'
import { conditionsIn } from '../status/status.ts'
import { missingPlaneTools, startControlPlane } from '../testing/control-plane.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  installKinds,
  isSettled,
  type KindsCluster,
  type Space,
  startKinds,
} from '../testing/kinds.ts'

const MS = 60_000
const test = suite('the real kinds under Kubernetes')
let kinds: KindsCluster

test.before(async () => {
  kinds = await startKinds({
    start: (options) =>
      startControlPlane({
        ...options,
        prepare: async (cluster) => {
          const client = cluster.client()
          await installKinds(client, false)
          client.transport.close()
        },
      }),
  })
})
test.after(async () => {
  await kinds?.stop()
})

const says = (resource: Resource, key: string, type: string, text: string): Promise<KubeObject> =>
  see(resource, key, `${type} ${text}`, (object) => condition(object, type) === text)

async function see(
  resource: Resource,
  key: string,
  what: string,
  check: (object: KubeObject) => boolean
): Promise<KubeObject> {
  let last: KubeObject | undefined
  const look = async () => {
    last = await kinds.client.get(resource, key)
    return isSettled(last) && check(last)
  }
  await until(MS, `${key}: ${what}`, look).catch((thrown) => {
    throw new Error(`${(thrown as Error).message}: ${JSON.stringify(last?.status)}`)
  })
  return last as KubeObject
}

const isGone = (resource: Resource, key: string): Promise<boolean> =>
  kinds.client.get(resource, key).then(
    () => false,
    (thrown) => {
      if (isNotFound(thrown)) return true
      throw thrown
    }
  )

async function declareAll(space: Space, of: { archive?: object } = {}): Promise<void> {
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, archive(space, 'keep', 'prod', ['a'], of.archive))
}

const message = (object: KubeObject, type: string): string =>
  conditionsIn(object.status).find((entry) => entry.type === type)?.message ?? ''

const deleteNamespace = async ({ name }: Space): Promise<void> => {
  const { uid = '' } = (await kinds.client.get(NAMESPACES, name)).metadata
  await kinds.client.delete(NAMESPACES, name, { uid })
}

test('the roles do not let the operator list or watch Secrets, and the cluster-wide ones let it see all', async () => {
  const space = await kinds.space('cluster-wide')
  const other = await kinds.space()
  for (const args of [
    ['list', 'secrets'],
    ['watch', 'secrets'],
    ['delete', 'persistentvolumeclaims'],
    ['update', 'feeds.ssmd.io'],
    ['delete', 'feeds.ssmd.io'],
  ]) {
    const as = `system:serviceaccount:${other.name}:ssmd-operator`
    const answer = await kinds.cluster
      .kubectl('auth', 'can-i', ...args, '-n', other.name, '--as', as)
      .catch(({ stdout }) => stdout)
    assert.is(String(answer).trim(), 'no', args.join(' '))
  }
  await kinds.operate(space, { allNamespaces: true })
  await declare(kinds.client, feed(other, 'a'))
  await declare(kinds.client, environment(other, 'prod', ['a']))
  await says(FEEDS, `${other.name}/a`, 'Ready', 'True Captured')
})

for (const isThere of [true, false])
  test(`a namespace can be deleted ${isThere ? 'under' : 'without'} the operator, and all goes with it (O10)`, async () => {
    const home = await kinds.space('cluster-wide')
    const space = await kinds.space()
    const operator = await kinds.operate(home, { allNamespaces: true })
    await declareAll(space)
    await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
    await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
    for (const kind of [FEEDS, ENVIRONMENTS, ARCHIVES])
      for (const { metadata } of (await kinds.client.list(kind, { namespace: space.name })).items)
        assert.is(metadata.finalizers, undefined, 'nothing that only we could take off')
    if (!isThere) await operator.stop()
    await deleteNamespace(space)
    await until(30_000, 'it is gone', () => isGone(NAMESPACES, space.name))
    await operator.stop()
  })

test('what a Feed made goes with it though the operator is not there; the claim of an Archive stays (O10)', async () => {
  const space = await kinds.space()
  const operator = await kinds.operate(space)
  await declareAll(space)
  await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
  await operator.stop()
  for (const [kind, name] of [
    [FEEDS, 'a'],
    [ARCHIVES, 'keep'],
  ] as const) {
    const { uid = '' } = (await kinds.client.get(kind, `${space.name}/${name}`)).metadata
    await kinds.client.delete(kind, `${space.name}/${name}`, { uid })
  }
  for (const name of ['connector-prod-a', 'archiver-keep'])
    await until(MS, `${name} is gone`, () => isGone(DEPLOYMENTS, `${space.name}/${name}`))
  assert.not(await isGone(CLAIMS, `${space.name}/archiver-keep`))
})

test('a Secret that is replaced rolls its connector out once, and by Recreate an archiver with a new configuration (O13)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  let skewMs = 0
  await kinds.operate(space, { nowMs: () => Date.now() + skewMs, figuresMs: 1000 })
  const secret = (apiKey: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'exchange', namespace: space.name },
    stringData: { apiKey, privateKey: 'p', unused: apiKey },
  })
  await client.create(SECRETS, secret('one'))
  const version = {
    name: 'v2',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://exchange.invalid/ws',
    restEndpoint: 'https://exchange.invalid/api',
    authMethod: 'apiKey',
  }
  const keys = {
    kalshi: {
      type: 'apiKey',
      fields: ['apiKey', 'privateKey'],
      source: { secret: { name: 'exchange' } },
    },
  }
  await declare(client, feed(space, 'k', { exchange: 'kalshi', versions: [version] }))
  await declare(client, environment(space, 'prod', ['k'], { keys }))
  await declare(client, archive(space, 'keep', 'prod', ['k']))
  await says(FEEDS, `${space.name}/k`, 'Ready', 'True Captured')
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
  const deployment = async (name: string) =>
    (await client.get(DEPLOYMENTS, `${space.name}/${name}`)) as unknown as Deployment
  const before = await deployment('connector-prod-k')
  const archiver = await deployment('archiver-keep')
  const value = { stringData: { apiKey: 'two' } }
  await client.patch(SECRETS, `${space.name}/exchange`, { kind: 'merge', value })
  // Secrets are read again after a minute.
  skewMs = 61_000
  const hashes = ({ spec }: Deployment) => spec.template.metadata.annotations
  const name = 'ssmd.io/secret-hash-kalshi'
  await until(
    MS,
    'its hash is another',
    async () => hashes(await deployment('connector-prod-k'))[name] !== hashes(before)[name]
  )
  await says(FEEDS, `${space.name}/k`, 'Ready', 'True Captured')
  skewMs = 200_000
  await waitOut(2500, 'further rolls of the new hash, of which there must be none')
  const after = await deployment('connector-prod-k')
  assert.is(after.metadata.generation, (before.metadata.generation ?? 0) + 1, 'once')
  assert.equal(
    Object.entries(hashes(after))
      .filter(([key, hash]) => hashes(before)[key] !== hash)
      .map(([key]) => key),
    [name],
    'and this is the one cause'
  )
  assert.is((await deployment('archiver-keep')).metadata.generation, archiver.metadata.generation)

  await declare(client, archive(space, 'keep', 'prod', ['k'], { commitInterval: '2s' }))
  await until(
    MS,
    'the archiver too',
    async () =>
      (await deployment('archiver-keep')).metadata.generation !== archiver.metadata.generation
  )
  assert.equal((await deployment('archiver-keep')).spec.strategy, { type: 'Recreate' })
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
  assert.is(
    (await deployment('archiver-keep')).metadata.generation,
    (archiver.metadata.generation ?? 0) + 1
  )
})

test('replicas that somebody changed are put back, and Ready holds all the while', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await declareAll(space)
  const ready = await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
  const since = ({ status }: KubeObject) =>
    conditionsIn(status).find(({ type }) => type === 'Ready')?.lastTransitionTime
  // A flip would show as another second.
  await waitOut(1100, 'a second, so that a flip would show in the transition time')
  const key = `${space.name}/connector-prod-a`
  const deployment = () => client.get(DEPLOYMENTS, key) as unknown as Promise<Deployment>
  const { generation = 0 } = (await deployment()).metadata
  await client.patch(DEPLOYMENTS, key, { kind: 'merge', value: { spec: { replicas: 3 } } })
  await until(MS, 'put back', async () => {
    const { metadata, spec } = await deployment()
    return spec.replicas === 1 && metadata.generation === generation + 2
  })
  await until(MS, 'its controller has seen it', async () => {
    const { status } = await client.get(DEPLOYMENTS, key)
    return (status as { observedGeneration: number }).observedGeneration === generation + 2
  })
  await waitOut(1000, 'what a stale status would still set off')
  const after = await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
  assert.is(since(after), since(ready))
})

test('a folder of the node as storage, where pods must be restricted: it is said in words what refuses it', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await client.patch(NAMESPACES, space.name, { kind: 'merge', value: { metadata: { labels } } })
  await kinds.operate(space)
  await declareAll(space, { archive: { storage: { path: '/srv/data' } } })
  await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
  const refused = await says(ARCHIVES, `${space.name}/keep`, 'Stalled', 'True PodRefused')
  assert.match(message(refused, 'Ready'), /violates PodSecurity "restricted.*hostPath/)
  // With a claim the very same Archive runs.
  await declare(
    client,
    archive(space, 'keep', 'prod', ['a'], { storage: { claim: { size: '1Gi' } } })
  )
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
})

test('an Archive that asks for less than its claim has, or for another class, says so and goes on as it was', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await declareAll(space)
  const key = `${space.name}/archiver-keep`
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
  const before = await client.get(CLAIMS, key)
  const want = (claim: object) =>
    declare(client, archive(space, 'keep', 'prod', ['a'], { storage: { claim } }))
  await want({ size: '500Mi' })
  const smaller = await says(ARCHIVES, `${space.name}/keep`, 'Stalled', 'True InvalidSpec')
  assert.match(
    message(smaller, 'Ready'),
    /spec\.storage\.claim\.size: expected at least 1Gi.*found 500Mi/
  )
  await want({ size: '1Gi', storageClassName: 'other' })
  const other = await see(ARCHIVES, `${space.name}/keep`, 'the class', (object) =>
    /spec\.storage\.claim\.storageClassName/.test(message(object, 'Ready'))
  )
  assert.is(condition(other, 'Stalled'), 'True InvalidSpec')
  const after = await client.get(CLAIMS, key)
  assert.is(after.metadata.uid, before.metadata.uid)
  assert.equal(after.spec, before.spec)
  assert.not(await isGone(DEPLOYMENTS, key), 'the archiver runs on')
  // This class cannot grow either; that is the server's own word, and no right of ours is missing.
  await want({ size: '2Gi' })
  const larger = await see(ARCHIVES, `${space.name}/keep`, 'refused', (object) =>
    condition(object, 'Ready').endsWith('Refused')
  )
  assert.match(message(larger, 'Ready'), /storageclass .* must support resize/)
  await want({ size: '1024Mi' })
  await says(ARCHIVES, `${space.name}/keep`, 'Ready', 'True Archived')
})

test('an Archive that takes over the claim of another that is deleted waits for its pod to end', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await client.create(CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'shared', namespace: space.name },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  const over = (name: string) =>
    archive(space, name, 'prod', ['a'], { storage: { claim: { name: 'shared' } } })
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, over('old'))
  await says(ARCHIVES, `${space.name}/old`, 'Ready', 'True Archived')
  const pods = await client.list(PODS, {
    namespace: space.name,
    labelSelector: 'ssmd.io/archive=old',
  })
  const pod = pods.items[0] as KubeObject
  assert.is(pods.items.length, 1)
  // Stands for a node that takes its time to end it.
  const held = (finalizers: readonly string[]) =>
    client.patch(PODS, keyOf(pod), { kind: 'merge', value: { metadata: { finalizers } } })
  await held(['example.com/held'])
  const { uid = '' } = (await client.get(ARCHIVES, `${space.name}/old`)).metadata
  await client.delete(ARCHIVES, `${space.name}/old`, { uid })
  await declare(client, over('new'))
  const waiting = await says(ARCHIVES, `${space.name}/new`, 'WorkloadAvailable', 'False ClaimInUse')
  assert.match(
    message(waiting, 'Ready'),
    /^claim shared is in use by pod archiver-old-\S+ of archive old, which is gone: no action needed/
  )
  assert.ok(await isGone(DEPLOYMENTS, `${space.name}/archiver-new`), 'nothing of it is made yet')
  await held([])
  await says(ARCHIVES, `${space.name}/new`, 'Ready', 'True Archived')
})

test('of two Archives that were made within the same second the one that runs keeps the files', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const made = (name: string) => client.get(ARCHIVES, `${space.name}/${name}`)
  let pair: readonly [string, string] | undefined
  // The clock of the API server counts in seconds: the first tries may fall into two of them.
  for (let i = 0; i < 20 && !pair; i++) {
    const over = (name: string) =>
      archive(space, name, 'prod', ['a'], { storage: { claim: { name: `disk-${i}` } } })
    const [first, second] = [`z-${i}`, `a-${i}`]
    await until(2_000, 'a second that begins', async () => Date.now() % 1000 < 100)
    await declare(client, over(first))
    await until(MS, 'it runs', async () => {
      return !(await isGone(DEPLOYMENTS, `${space.name}/archiver-${first}`))
    })
    await declare(client, over(second))
    const [one, other] = [await made(first), await made(second)]
    if (one.metadata.creationTimestamp === other.metadata.creationTimestamp) pair = [first, second]
  }
  assert.ok(pair, 'two within one second')
  const [first, second] = pair
  const later = await says(ARCHIVES, `${space.name}/${second}`, 'Ready', 'False InvalidSpec')
  assert.match(message(later, 'Ready'), new RegExp(`archive ${first} keeps feed a in the same`))
  assert.ok(await isGone(DEPLOYMENTS, `${space.name}/archiver-${second}`))
  await says(ARCHIVES, `${space.name}/${first}`, 'ConfigValid', 'True Valid')
})

// The last: it takes the kind away from under the others.
test('a definition that goes first takes its resources and what they made with it, and the operator goes on (O10)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const operator = await kinds.operate(space)
  await declareAll(space)
  await says(FEEDS, `${space.name}/a`, 'Ready', 'True Captured')
  const definition = await client.get(CUSTOM_RESOURCE_DEFINITIONS, 'feeds.ssmd.io')
  await client.delete(CUSTOM_RESOURCE_DEFINITIONS, 'feeds.ssmd.io', {
    uid: definition.metadata.uid ?? '',
  })
  await until(MS, 'it is gone', () => isGone(CUSTOM_RESOURCE_DEFINITIONS, 'feeds.ssmd.io'))
  await until(MS, 'the connector too', () => isGone(DEPLOYMENTS, `${space.name}/connector-prod-a`))
  await until(MS, 'the others say so', async () => {
    const object = await client.get(ENVIRONMENTS, `${space.name}/prod`)
    return condition(object, 'Ready') === 'False FeedNotFound'
  })
  assert.not(await isGone(DEPLOYMENTS, `${space.name}/archiver-keep`))
  await installKinds(client, false)
  await declare(client, feed(space, 'a'))
  await until(MS, 'it is captured again', async () => {
    const object = await client.get(FEEDS, `${space.name}/a`)
    return condition(object, 'Ready') === 'True Captured'
  })
  assert.not(operator.lines.some(({ msg }) => msg === 'the operator cannot continue'))
})

const missing = await missingPlaneTools()
if (missing) skip(missing)
else {
  test.run()
}
