// test: alone, limit 600s
// What Argo CD takes away and what it never does: children, data, and names of its own on what we make.

import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { streamName } from '#bus/names.ts'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import {
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  type KubeObject,
  NAMESPACES,
  NETWORK_POLICIES,
  PODS,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../../operator/kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../../operator/reconcile/kinds.ts'
import type { Change } from '../../operator/testing/git-repository.ts'
import {
  APPLICATIONS,
  declareApplication,
  exists,
  fullName,
  healthOf,
  isHealthy,
  readApplication,
  refresh,
  removeApplication,
  stateOf,
  untilApplication,
  untilSettled,
} from './applications.ts'
import { application, archive, environment, feed } from './declared.ts'
import { healthChecks } from './health-checks.ts'
import { followPods } from './pods.ts'
import {
  missingTestbed,
  NAMESPACE,
  said,
  startTestbed,
  stepsPrinted,
  type Testbed,
} from './testbed.ts'

const missing = await missingTestbed()
const test = suite('what Argo CD takes away, and what it never does')
const real = (name: string, body: () => Promise<void>) =>
  test(name, missing === undefined ? body : () => skip(missing))
const MS = 60_000

let bed: Testbed
let nc: NatsConnection
test.before(
  said(async () => {
    if (missing !== undefined) return
    bed = await startTestbed({
      config: await healthChecks(),
      step: stepsPrinted,
      // A refresh that is asked for while another one is under way is lost.
      timing: { resyncSeconds: 2 },
    })
    await bed.operator.up()
    nc = await connect({ servers: bed.nats.url })
  })
)
test.after(async () => {
  await nc?.close()
  await bed?.stop()
})

const named = (name: string) => `${NAMESPACE}/${name}`

async function push(folder: string, change: Change): Promise<string> {
  const below = Object.entries(change).map(([path, content]) => [`${folder}/${path}`, content])
  const revision = await bed.repository.push(folder, Object.fromEntries(below))
  if (await exists(bed.argo.client, APPLICATIONS, fullName(folder))) {
    await refresh(bed.argo.client, folder)
  } else {
    await declareApplication(
      bed.argo.client,
      await application({
        name: folder,
        repository: bed.repository.url,
        path: folder,
        namespace: NAMESPACE,
      })
    )
  }
  return revision
}

async function pushAndSettle(folder: string, change: Change): Promise<void> {
  const { client } = bed.argo
  await untilSettled(client, folder, await push(folder, change))
  await untilApplication(client, folder, 'healthy', isHealthy)
}

/** Frames in a stream, as a connector would leave them. */
async function fill(name: string, feedName: string): Promise<void> {
  const stream = streamName(name, feedName)
  const manager = await nc.jetstreamManager()
  await until(MS, `the stream ${stream}`, () =>
    manager.streams.info(stream).then(
      () => true,
      () => false
    )
  )
  for (let i = 0; i < 10; i++) await nc.jetstream().publish(`${name}.${feedName}.log.0`)
}

async function dataOf(name: string, feedName: string) {
  const manager = await nc.jetstreamManager()
  const { created, state } = await manager.streams.info(streamName(name, feedName))
  const claim = await bed.argo.client.get(CLAIMS, named(`archiver-${name}`))
  const { volumeName } = claim.spec as { volumeName?: string }
  return {
    stream: created,
    messages: state.messages,
    claim: claim.metadata.uid,
    volume: volumeName,
    leaving: claim.metadata.deletionTimestamp,
  }
}

real('a file deleted: what ran is gone, claim and stream are kept and used again', async () => {
  const { client } = bed.argo
  const files = {
    'environment.yaml': [environment('kept', bed.nats.url, ['*'])],
    'feed.yaml': [feed('k')],
    'archive.yaml': [archive('kept', 'kept', ['k'])],
  }
  await pushAndSettle('kept', files)
  await fill('kept', 'k')
  const before = await dataOf('kept', 'k')
  assert.is(before.messages, 10)
  assert.ok(before.volume)
  await pushAndSettle('kept', { 'feed.yaml': undefined, 'archive.yaml': undefined })
  for (const [resource, name] of [
    [FEEDS, 'k'],
    [ARCHIVES, 'kept'],
    [DEPLOYMENTS, 'connector-kept-k'],
    [DEPLOYMENTS, 'archiver-kept'],
    [CONFIG_MAPS, 'connector-kept-k'],
  ] as const) {
    await until(
      MS,
      `${resource.plural} ${name} gone`,
      async () => !(await exists(client, resource, named(name)))
    )
  }
  assert.equal(await dataOf('kept', 'k'), before)
  await pushAndSettle('kept', {
    'feed.yaml': files['feed.yaml'],
    'archive.yaml': files['archive.yaml'],
  })
  assert.equal(await dataOf('kept', 'k'), before, 'it goes on with what was there')
  await removeApplication(client, 'kept')
  for (const [resource, name] of [
    [FEEDS, 'k'],
    [ENVIRONMENTS, 'kept'],
    [ARCHIVES, 'kept'],
  ] as const) {
    assert.not(await exists(client, resource, named(name)))
  }
  await until(
    MS,
    'nothing runs',
    async () => !(await exists(client, DEPLOYMENTS, named('archiver-kept')))
  )
  assert.equal(
    await dataOf('kept', 'k'),
    before,
    'the Application took the resources, not the data'
  )
})

real('a feed taken out, put back and changed in a hurry never has two writers', async () => {
  const pods = await followPods(bed.argo.client, NAMESPACE)
  try {
    await hurry()
  } finally {
    await pods.stop()
  }
  const seen = pods.most()
  assert.is(seen.get('connector-one-o'), 1, JSON.stringify([...seen]))
  assert.is(seen.get('archiver-one'), 1, JSON.stringify([...seen]))
  assert.is(seen.get('claim shared'), 1, JSON.stringify([...seen]))
  await removeApplication(bed.argo.client, 'one')
})

async function hurry(): Promise<void> {
  const { client } = bed.argo
  const files = {
    'environment.yaml': [environment('one', bed.nats.url, ['*'])],
    'feed.yaml': [feed('o')],
    'archive.yaml': [archive('one', 'one', ['o'])],
  }
  await pushAndSettle('one', files)
  for (const channels of [['trade'], ['ticker'], ['trade', 'ticker']]) {
    await push('one', { 'feed.yaml': undefined, 'archive.yaml': undefined })
    await until(MS, 'pruned', async () => !(await exists(client, FEEDS, named('o'))))
    await push('one', {
      'feed.yaml': [feed('o', { channels })],
      'archive.yaml': files['archive.yaml'],
    })
    await until(MS, 'back', async () => await exists(client, FEEDS, named('o')))
    await push('one', { 'feed.yaml': [feed('o', { channels: [...channels, 'orderbook_delta'] })] })
  }
  await untilSettled(client, 'one', await bed.repository.head())
  await untilApplication(client, 'one', 'healthy', isHealthy)
  // A renamed archive, over the same claim: it waits for the old one or is refused, but never writes beside it.
  const over = (name: string) => ({
    ...archive(name, 'one', ['o']),
    spec: { environmentRef: { name: 'one' }, feeds: ['o'], storage: { claim: { name: 'shared' } } },
  })
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'shared' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  await pushAndSettle('one', { 'claim.yaml': [claim], 'archive.yaml': [over('old')] })
  await pushAndSettle('one', { 'archive.yaml': [over('new')] })
}

const MARKS = {
  labels: {
    'app.kubernetes.io/instance': 'marks',
    'applyset.kubernetes.io/part-of': 'applyset-1',
    'kustomize.toolkit.fluxcd.io/name': 'marks',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  },
  annotations: { 'argocd.argoproj.io/sync-options': 'Prune=true', 'example.com/note': 'mine' },
}
const COPIED =
  /app\.kubernetes\.io\/instance|argocd|applyset|toolkit\.fluxcd|last-applied|example\.com/

real('marks of Argo CD and others are on no child, and it prunes none of them', async () => {
  const { client } = bed.argo
  await pushAndSettle('marks', {
    'environment.yaml': [environment('marks', bed.nats.url, ['m'], MARKS)],
    'feed.yaml': [feed('m', {}, MARKS)],
    'archive.yaml': [archive('marks', 'marks', ['m'], MARKS)],
  })
  const kinds = [
    CONFIG_MAPS,
    DEPLOYMENTS,
    SERVICE_ACCOUNTS,
    SERVICES,
    NETWORK_POLICIES,
    CLAIMS,
    PODS,
  ]
  const children = async (): Promise<KubeObject[]> => {
    const lists = await Promise.all(
      kinds.map((kind) => client.list(kind, { namespace: NAMESPACE }))
    )
    return lists
      .flatMap(({ items }) => items)
      .filter(({ metadata }) => /-marks(-|$)/.test(metadata.name))
  }
  const uids = (objects: readonly KubeObject[]) =>
    objects.map(({ metadata }) => metadata.uid).sort()
  const before = await children()
  const found = new Set(before.map(({ metadata }) => metadata.name.split('-')[0]))
  assert.ok(
    found.has('connector') && found.has('archiver') && before.length >= 8,
    `${before.length}`
  )
  for (const { metadata, spec } of before) {
    const { template } = (spec ?? {}) as { template?: { metadata?: object } }
    const marks = JSON.stringify([metadata.labels, metadata.annotations, template?.metadata])
    assert.not(COPIED.test(marks), `${metadata.name}: ${marks}`)
  }
  // The feed itself does bear them: what is looked for would be seen.
  const { metadata } = await client.get(FEEDS, named('m'))
  assert.match(JSON.stringify([metadata.labels, metadata.annotations]), COPIED)
  await refresh(client, 'marks', 'hard')
  await pushAndSettle('marks', { 'environment.yaml': [environment('marks', bed.nats.url, ['m'])] })
  const application = await readApplication(client, 'marks')
  assert.equal(application.status?.resources?.map(({ kind, name }) => `${kind} ${name}`).sort(), [
    'Archive marks',
    'Environment marks',
    'Feed m',
  ])
  assert.equal(uids(await children()), uids(before))
  await removeApplication(client, 'marks')
})

real(
  'while no operator runs git goes on: Progressing, never Healthy, and then it converges',
  async () => {
    const { client } = bed.argo
    await pushAndSettle('away', {
      'environment.yaml': [environment('away', bed.nats.url, ['w', 'gone', 'come'])],
      'w.yaml': [feed('w')],
      'gone.yaml': [feed('gone')],
      'come.yaml': [feed('come')],
    })
    await bed.operator.down()
    const revision = await push('away', {
      'environment.yaml': [environment('away', bed.nats.url, ['w', 'new', 'come'])],
      'w.yaml': [feed('w', { channels: ['trade'] })],
      'gone.yaml': undefined,
      'new.yaml': [feed('new')],
    })
    const stale = await untilApplication(
      client,
      'away',
      'applied, and seen by nobody',
      (app) =>
        /waiting for healthy state/.test(app.status?.operationState?.message ?? '') &&
        ['w', 'new'].every((name) => healthOf(app, 'Feed', name) === 'Progressing')
    )
    assert.is(healthOf(stale, 'Feed', 'come'), 'Healthy', 'nothing is asked of this one')
    assert.is(stale.status?.health?.status, 'Progressing')
    assert.ok(
      await exists(client, FEEDS, named('gone')),
      'what goes waits for what comes (PruneLast)'
    )
    assert.match(stateOf(stale, 'Feed', 'w')?.health?.message ?? '', /[Ww]aiting for the operator/)
    await bed.operator.up()
    await untilSettled(client, 'away', revision)
    const done = await untilApplication(client, 'away', 'healthy', isHealthy)
    assert.is(healthOf(done, 'Feed', 'new'), 'Healthy')
    assert.ok(await exists(client, DEPLOYMENTS, named('connector-away-new')))
    await until(
      MS,
      'what went is gone',
      async () => !(await exists(client, DEPLOYMENTS, named('connector-away-gone')))
    )
    await removeApplication(client, 'away')
  }
)

real(
  'a namespace that leaves git is pruned with all that is in it: no finalizer of ours holds it',
  async () => {
    const { client } = bed.argo
    await bed.operator.up()
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }
    // Argo CD does not remove the last resource of an Application.
    const stays = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stays', namespace: 'default' },
    }
    const files = {
      'namespace.yaml': [namespace],
      'environment.yaml': [environment('last', bed.nats.url, ['*'])],
      'feed.yaml': [feed('l')],
      'archive.yaml': [archive('last', 'last', ['l'])],
    }
    await pushAndSettle('last', { ...files, 'stays.yaml': [stays] })
    await bed.operator.down()
    const revision = await push(
      'last',
      Object.fromEntries(Object.keys(files).map((name) => [name, undefined]))
    )
    await until(
      MS,
      'the namespace gone',
      async () => !(await exists(client, NAMESPACES, NAMESPACE))
    )
    await untilSettled(client, 'last', revision)
  }
)

test.run()
