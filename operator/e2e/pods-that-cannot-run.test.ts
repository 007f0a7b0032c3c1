// test: limit 180s
// What Feeds and Archives say of pods that cannot run, on a whole control plane: scheduler, quota, Pod Security, claims and the
// ReplicaSet controller say it in their own words. What only a node's kubelet says is written into the pods' status here.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import {
  CLAIMS,
  EVENTS,
  type KubeObject,
  NAMESPACES,
  PODS,
  type Resource,
  SERVICES,
} from '../kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { conditionsIn } from '../status/status.ts'
import { missingPlaneTools, NODES, startControlPlane } from '../testing/control-plane.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  type KindsCluster,
  type Space,
  startKinds,
} from '../testing/kinds.ts'

const MS = 45_000
const test = suite('words on a whole control plane')
let kinds: KindsCluster

test.before(async () => {
  kinds = await startKinds({ start: startControlPlane })
})
test.after(async () => {
  await kinds?.stop()
})

/** Until Ready says so, and its message fits. */
async function says(resource: Resource, key: string, holds: string, words?: RegExp): Promise<void> {
  let last: unknown
  try {
    await until(MS, `${key}: ${holds}`, async () => {
      const object = await kinds.client.get(resource, key)
      last = conditionsIn(object.status).map(
        ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`
      )
      const message = conditionsIn(object.status).find(({ type }) => type === 'Ready')?.message
      return condition(object, 'Ready') === holds && (words?.test(message ?? '') ?? true)
    })
  } catch (thrown) {
    throw new Error(`${(thrown as Error).message}\n${JSON.stringify(last, null, 1)}`)
  }
}

const quota = (name: string, hard: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name },
  spec: { hard },
})
const QUOTAS: Resource = { ...SERVICES, plural: 'resourcequotas', kind: 'ResourceQuota' }
const create = (space: Space, resource: Resource, object: KubeObject) =>
  kinds.client.create(resource, {
    ...object,
    metadata: { ...object.metadata, namespace: space.name },
  })
const stalled = async (resource: Resource, key: string) =>
  condition(await kinds.client.get(resource, key), 'Stalled')

test('a connector that no node has room for says what is missing, and runs once it asks for less', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const huge = { connector: { resources: { requests: { memory: '4Ti' } } } }
  await declare(client, environment(space, 'prod', ['a'], huge))
  await declare(client, feed(space, 'a'))
  const key = `${space.name}/a`
  await says(FEEDS, key, 'False Unschedulable', /Insufficient memory.*: free what is missing/)
  assert.is(await stalled(FEEDS, key), '')
  await declare(client, environment(space, 'prod', ['a']))
  await says(FEEDS, key, 'True Captured')
})

test('a node that takes no pods is named by the scheduler', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const cordon = (unschedulable: boolean) =>
    client.patch(NODES, 'laptop', { kind: 'merge', value: { spec: { unschedulable } } })
  await cordon(true)
  try {
    await declare(client, environment(space, 'prod', ['a']))
    await declare(client, feed(space, 'a'))
    await says(FEEDS, `${space.name}/a`, 'False Unschedulable', /unschedulable/)
  } finally {
    await cordon(false)
  }
  await says(FEEDS, `${space.name}/a`, 'True Captured')
})

test('a claim that is not there, and one that no StorageClass serves, are named', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, environment(space, 'prod', ['a', 'b']))
  for (const name of ['a', 'b']) await declare(client, feed(space, name))
  const named = { storage: { claim: { name: 'disk' } } }
  await declare(client, archive(space, 'mine', 'prod', ['a'], named))
  const classed = { storage: { claim: { size: '7Gi', storageClassName: 'gold' } } }
  await declare(client, archive(space, 'made', 'prod', ['b'], classed))
  await says(ARCHIVES, `${space.name}/mine`, 'False ClaimNotFound', /claim disk.*create the claim/)
  const words = /archiver-made \(7Gi, StorageClass gold\) has no volume: .*"gold" not found/
  await says(ARCHIVES, `${space.name}/made`, 'False ClaimPending', words)
  assert.is(await stalled(ARCHIVES, `${space.name}/made`), 'True ClaimPending')
  await create(space, CLAIMS, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'disk' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  })
  await says(ARCHIVES, `${space.name}/mine`, 'True Archived')
})

test('a quota and Pod Security that refuse the pod are quoted', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await create(space, QUOTAS, quota('small', { 'requests.memory': '100Mi' }))
  await client.patch(NAMESPACES, space.name, {
    kind: 'merge',
    value: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } },
  })
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, feed(space, 'a'))
  await declare(client, archive(space, 'keep', 'prod', ['a'], { storage: { path: 'data' } }))
  await says(ARCHIVES, `${space.name}/keep`, 'False PodRefused', /PodSecurity.*hostPath/)
  await says(FEEDS, `${space.name}/a`, 'False QuotaExceeded', /exceeded quota: small/)
  assert.is(await stalled(FEEDS, `${space.name}/a`), 'True QuotaExceeded')
})

/** The one pod of a component, once it is placed. */
async function podOf(space: Space, component: string): Promise<KubeObject> {
  let found: KubeObject | undefined
  await until(MS, `a pod of the ${component}`, async () => {
    const labelSelector = `app.kubernetes.io/component=${component}`
    const { items } = await kinds.client.list(PODS, { namespace: space.name, labelSelector })
    found = items.find(
      ({ spec, status }) =>
        (spec as { nodeName?: string }).nodeName !== undefined &&
        (status as { phase?: string }).phase === 'Running'
    )
    return found !== undefined
  })
  return found as KubeObject
}

const UNREADY = {
  type: 'Ready',
  status: 'False',
  reason: 'ContainersNotReady',
  lastTransitionTime: '2026-11-25T10:00:00Z',
}

/** As a kubelet writes it. */
async function kubeletSays(target: KubeObject, state: object, last: object, restarts = 0) {
  const { name, namespace } = target.metadata
  const { containers } = target.spec as { containers: readonly { name: string; image: string }[] }
  const [first] = containers
  const value = {
    status: {
      conditions: [UNREADY, { ...UNREADY, type: 'ContainersReady' }],
      containerStatuses: [
        {
          name: first?.name,
          image: first?.image,
          imageID: '',
          ready: false,
          started: false,
          restartCount: restarts,
          state,
          lastState: last,
        },
      ],
    },
  }
  await kinds.client.patch(
    PODS,
    `${namespace}/${name}`,
    { kind: 'merge', value },
    { subresource: 'status' }
  )
}

test('what the node says of image, crash, memory and mounts comes out within a pass', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, feed(space, 'a'))
  const key = `${space.name}/a`
  await says(FEEDS, key, 'True Captured')
  const pod = await podOf(space, 'connector')
  const waits = (reason: string, message = '') => ({ waiting: { reason, message } })
  const ended = (exitCode: number, reason: string, message: string) => ({
    terminated: {
      exitCode,
      reason,
      message,
      startedAt: '2026-11-25T10:00:00Z',
      finishedAt: '2026-11-25T10:00:01Z',
    },
  })
  await kubeletSays(pod, waits('ImagePullBackOff', 'Back-off pulling image "x": not found'), {})
  await says(FEEDS, key, 'False ImagePullFailed', /ssmd:test .*not found: correct the image/)
  assert.is(await stalled(FEEDS, key), 'True ImagePullFailed')
  const words = '{"code":"SSMD_E_NATS","message":"no NATS at nats:4222","hint":"start it"}'
  await kubeletSays(pod, waits('CrashLoopBackOff'), ended(1, 'Error', words), 9)
  await says(
    FEEDS,
    key,
    'False Crashing',
    /no NATS at nats:4222; start it \(started again 9 times\)/
  )
  await kubeletSays(pod, waits('CrashLoopBackOff'), ended(137, 'OOMKilled', ''), 9)
  await says(
    FEEDS,
    key,
    'False OutOfMemory',
    /limit is 512Mi.*raise the memory limit.*spec\.resources of the Archive/
  )
  await kubeletSays(pod, waits('ContainerCreating'), {})
  await client.create(EVENTS, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'mount', namespace: space.name },
    eventTime: new Date().toISOString().replace('Z', '000Z'),
    type: 'Warning',
    reason: 'FailedMount',
    action: 'Mount',
    note: 'MountVolume.SetUp failed for volume "key" : secret "kalshi" not found',
    reportingController: 'kubelet',
    reportingInstance: 'laptop',
    regarding: {
      apiVersion: 'v1',
      kind: 'Pod',
      name: pod.metadata.name,
      namespace: space.name,
      uid: pod.metadata.uid,
    },
  } as KubeObject)
  await says(FEEDS, key, 'False VolumeNotMounted', /secret "kalshi" not found/)
  const { uid = '' } = pod.metadata
  await client.delete(PODS, `${space.name}/${pod.metadata.name}`, { uid })
  await says(FEEDS, key, 'True Captured')
  await says(ENVIRONMENTS, `${space.name}/prod`, 'True Running')
})

const missing = await missingPlaneTools()
if (missing) skip(missing)
else {
  test.run()
}
