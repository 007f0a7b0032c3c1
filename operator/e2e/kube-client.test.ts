// Against a real etcd and kube-apiserver: what the fake cannot be trusted with.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slowly, until, waitOut, within } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { Applier, type Desired } from '../kube/apply.ts'
import { ApplyGuard } from '../kube/apply-guard.ts'
import type { Client } from '../kube/client.ts'
import { loadConnection } from '../kube/config.ts'
import { ApiError, immutableFields, isForbidden } from '../kube/errors.ts'
import { Recorder } from '../kube/events.ts'
import { Informer } from '../kube/informer.ts'
import { Elector } from '../kube/lease.ts'
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  EVENTS,
  isOlder,
  type KubeObject,
  keyOf,
  LEASES,
  NAMESPACES,
} from '../kube/objects.ts'
import type { Change } from '../kube/store.ts'
import { systemTimers, type Timers } from '../kube/timers.ts'
import { Transport } from '../kube/transport.ts'
import { missingTools, startCluster, type TestCluster } from '../testing/cluster.ts'
import { testLog } from '../testing/log.ts'
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts'

const missing = await missingTools()
const test = suite<{ ends: (() => unknown)[] }>('kube against a real API server')
/** A test that is skipped, with the reason, where the real programs cannot be had. */
const real = (name: string, body: Parameters<typeof test>[1]) =>
  test(name, missing === undefined ? body : () => skip(missing))

let cluster: TestCluster
let client: Client

test.before(async () => {
  if (missing !== undefined) return
  cluster = await startCluster({ users: [{ token: 'weak', name: 'weak' }] })
  client = cluster.client()
})
test.after(async () => {
  client?.transport.close()
  await cluster?.stop()
})
test.before.each((context) => {
  context.ends = []
})
test.after.each(async ({ ends }) => {
  for (const end of ends.reverse()) await end()
})

let spaces = 0
/** A fresh namespace, so that tests do not meet. */
async function space(): Promise<string> {
  const name = `t${++spaces}`
  await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return name
}

const applier = (as: Client = client) =>
  new Applier({
    client: as,
    guard: new ApplyGuard({ timers: systemTimers }),
    manager: 'ssmd-operator',
    hashAnnotation: 'ssmd.io/applied-hash',
    readOnly: false,
  })

const map = (namespace: string, name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
})

const deployment = (namespace: string, container: object = {}, spec: object = {}): Desired => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace },
  spec: {
    selector: { matchLabels: { app: 'd' } },
    template: {
      metadata: { labels: { app: 'd' } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'ssmd:1',
            args: ['connector'],
            env: [{ name: 'A', value: '1' }],
            ports: [{ containerPort: 8080, name: 'health' }],
            resources: { requests: { cpu: '1000m', memory: '1024Mi' } },
            ...container,
          },
        ],
      },
    },
    ...spec,
  },
})

/** An informer with a log of its changes; `hurry` divides the waits of its reflector. */
function watchMaps(
  { ends }: { ends: (() => unknown)[] },
  namespace: string,
  options: { port?: number; token?: string; hurry?: number; pageSize?: number } = {}
) {
  const hurry = options.hurry ?? 1
  const timers: Timers = {
    now: () => systemTimers.now() * hurry,
    wallMs: systemTimers.wallMs,
    after: (ms, run) => systemTimers.after(ms / hurry, run),
  }
  const as = cluster.client(options)
  const changes: Change<KubeObject>[] = []
  const counts: string[] = []
  const informer = new Informer(
    CONFIG_MAPS,
    {
      client: as,
      timers,
      random: Math.random,
      log: testLog().log,
      observe: (_, count) => counts.push(count),
    },
    { namespace, freeze: true, ...(options.pageSize ? { pageSize: options.pageSize } : {}) }
  )
  informer.subscribe((change) => changes.push(change))
  const stop = new AbortController()
  const running = informer.run(stop.signal)
  ends.push(async () => {
    stop.abort()
    await within(5000, 'informer stopped', running)
    as.transport.close()
  })
  return { informer, changes, counts }
}

async function proxy({ ends }: { ends: (() => unknown)[] }): Promise<TcpProxy> {
  const wire = await startTcpProxy(cluster)
  ends.push(() => wire.close())
  return wire
}

/** `kube-root-ca.crt` may appear by itself. */
const own = (informer: Informer) =>
  [...informer.store.keys()].filter((key) => !key.endsWith('kube-root-ca.crt'))

real('makes 500 calls over one TLS connection (client-node#2893)', async (context) => {
  const wire = await proxy(context)
  const namespace = await space()
  await client.create(CONFIG_MAPS, map(namespace, 'a'))
  const as = cluster.client({ port: wire.port })
  for (let i = 0; i < 500; i++) await as.get(CONFIG_MAPS, `${namespace}/a`)
  assert.is(wire.accepted, 1)
  assert.is(wire.open, 1)
  as.transport.close()
  await until(2000, 'closed', () => wire.open === 0)
})

real('holds the number of open sockets flat through churn (undici#5381)', async (context) => {
  const wire = await proxy(context)
  const namespace = await space()
  const as = cluster.client({ port: wire.port })
  await as.create(CONFIG_MAPS, map(namespace, 'a'))
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 64 }, () => as.get(CONFIG_MAPS, `${namespace}/a`)))
    assert.ok(wire.open <= 32, `${wire.open}`)
  }
  assert.ok(wire.accepted <= 64, `${wire.accepted} connections for 640 calls`)
  as.transport.close()
})

real('loads a kubeconfig and speaks with what it says', async () => {
  const connection = await loadConnection({ kubeconfig: cluster.kubeconfig })
  assert.is(connection.namespace, 'default')
  const transport = new Transport({
    connection,
    userAgent: 'test',
    timers: systemTimers,
    random: Math.random,
  })
  const answer = await transport.request({ method: 'GET', path: '/version' })
  assert.match((answer.body as { gitVersion: string }).gitVersion, /^v1\./)
  transport.close()
})

real(
  'an applied Deployment with all its defaults has no drift, and 1,000 passes write nothing (O12)',
  async () => {
    const namespace = await space()
    const one = applier()
    const { object } = await one.apply(DEPLOYMENTS, deployment(namespace), undefined)
    const live = await client.get(DEPLOYMENTS, `${namespace}/d`)
    assert.is(live.metadata.resourceVersion, object?.metadata.resourceVersion)
    for (let i = 0; i < 1000; i++)
      assert.is((await one.apply(DEPLOYMENTS, deployment(namespace), live)).outcome, 'unchanged')
    assert.is(
      (await applier().apply(DEPLOYMENTS, deployment(namespace), live)).outcome,
      'unchanged'
    )
    const after = await client.get(DEPLOYMENTS, `${namespace}/d`)
    assert.is(after.metadata.resourceVersion, live.metadata.resourceVersion)
    assert.is(after.metadata.generation, 1)
  }
)

real('fields of ours return, fields of others stay, and who lost is named (O6)', async () => {
  const namespace = await space()
  const one = applier()
  await one.apply(DEPLOYMENTS, deployment(namespace), undefined)
  await cluster.kubectl('-n', namespace, 'set', 'env', 'deployment/d', 'A=hacked', 'B=theirs')
  await cluster.kubectl('-n', namespace, 'scale', 'deployment/d', '--replicas=3')
  const edited = await client.get(DEPLOYMENTS, `${namespace}/d`)
  const applied = await one.apply(DEPLOYMENTS, deployment(namespace), edited)
  assert.is(applied.outcome, 'updated')
  assert.equal(applied.drift, ['spec.template.spec.containers[main].env[A].value'])
  assert.is(applied.takenOver.length, 1)
  assert.match(applied.takenOver[0]!.from, /kubectl/)
  const spec = applied.object?.spec as {
    replicas: number
    template: { spec: { containers: { env: object[] }[] } }
  }
  assert.is(spec.replicas, 3)
  assert.equal(spec.template.spec.containers[0]?.env, [
    { name: 'A', value: '1' },
    { name: 'B', value: 'theirs' },
  ])
  const again = await one.apply(DEPLOYMENTS, deployment(namespace), applied.object)
  assert.is(again.outcome, 'unchanged')
})

real('what is no longer wanted is taken out', async () => {
  const namespace = await space()
  const one = applier()
  const first = await one.apply(DEPLOYMENTS, deployment(namespace), undefined)
  const less = deployment(namespace, { env: [] })
  const { outcome, object } = await one.apply(DEPLOYMENTS, less, first.object)
  assert.is(outcome, 'updated')
  assert.not.match(JSON.stringify(object?.spec), /"A"/)
})

real('an immutable field is told apart from other refusals', async () => {
  const namespace = await space()
  const one = applier()
  const { object } = await one.apply(DEPLOYMENTS, deployment(namespace), undefined)
  const other = { selector: { matchLabels: { app: 'x' } } }
  try {
    await one.apply(DEPLOYMENTS, deployment(namespace, {}, other), object)
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, ApiError)
    assert.ok(immutableFields(thrown).includes('spec.selector'), String(thrown))
  }
})

real('a field that the API server does not know is refused, not dropped', async () => {
  const namespace = await space()
  try {
    await applier().apply(DEPLOYMENTS, deployment(namespace, { imagee: 'typo' }), undefined)
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), /imagee/)
  }
})

real('a status goes to the very object that was judged', async () => {
  const namespace = await space()
  const one = applier()
  const { object } = await one.apply(DEPLOYMENTS, deployment(namespace), undefined)
  const live = object as KubeObject
  const options = { manager: 'ssmd-operator-status' }
  const status = { observedGeneration: 1 }
  const written = await one.applyStatus(DEPLOYMENTS, live, status, options)
  assert.is(written.outcome, 'updated')
  assert.is(
    (await one.applyStatus(DEPLOYMENTS, written.object!, status, options)).outcome,
    'unchanged'
  )
  await client.delete(DEPLOYMENTS, keyOf(live), { uid: live.metadata.uid ?? '' })
  const gone = await one.applyStatus(DEPLOYMENTS, live, { observedGeneration: 2 }, options)
  assert.is(gone.outcome, 'gone')
  await applier().apply(DEPLOYMENTS, deployment(namespace), undefined)
  const successor = await one.applyStatus(DEPLOYMENTS, live, { observedGeneration: 3 }, options)
  assert.is(successor.outcome, 'gone')
})

real('deletes exactly the object that was meant (O4)', async () => {
  const namespace = await space()
  const first = await client.create(CONFIG_MAPS, map(namespace, 'a'))
  await client.delete(CONFIG_MAPS, keyOf(first), { uid: first.metadata.uid ?? '' })
  await client.create(CONFIG_MAPS, map(namespace, 'a'))
  try {
    await client.delete(CONFIG_MAPS, keyOf(first), { uid: first.metadata.uid ?? '' })
    assert.unreachable()
  } catch (thrown) {
    assert.is((thrown as ApiError).status, 409)
  }
})

real('lists in pages and follows every change', async (context) => {
  const namespace = await space()
  for (let i = 0; i < 25; i++) await client.create(CONFIG_MAPS, map(namespace, `m${i}`))
  const { informer, changes } = watchMaps(context, namespace, { pageSize: 10 })
  await until(5000, 'synced', () => informer.synced)
  assert.is(own(informer).length, 25)
  const object = informer.store.get(`${namespace}/m0`)
  assert.is(object?.kind, 'ConfigMap')
  assert.is(object?.apiVersion, 'v1')
  assert.is(object?.metadata.managedFields, undefined)
  await client.delete(CONFIG_MAPS, `${namespace}/m0`, { uid: object?.metadata.uid ?? '' })
  await client.create(CONFIG_MAPS, map(namespace, 'm0', { again: '1' }))
  await until(5000, 'followed', () => changes.length >= 27)
  assert.equal(
    changes.slice(-2).map(({ kind, key }) => `${kind} ${key}`),
    [`deleted ${namespace}/m0`, `added ${namespace}/m0`]
  )
})

real(
  'the API server restarts with its history compacted: relist, no lost delete, no hot loop (O2)',
  async (context) => {
    const namespace = await space()
    const gone = await client.create(CONFIG_MAPS, map(namespace, 'gone'))
    await client.create(CONFIG_MAPS, map(namespace, 'stays'))
    const { informer, changes, counts } = watchMaps(context, namespace)
    await until(5000, 'synced', () => own(informer).length === 2)
    const wire = await proxy(context)
    await cluster.stopApiServer()
    await waitOut(2000, 'two seconds of a server that is away')
    const during = counts.length
    assert.ok(during < 10, `${during} attempts in two seconds`)
    await cluster.startApiServer()
    const direct = cluster.client({ port: wire.port })
    await direct.delete(CONFIG_MAPS, keyOf(gone), { uid: gone.metadata.uid ?? '' })
    for (let i = 0; i < 5; i++) await direct.create(CONFIG_MAPS, map(namespace, `n${i}`))
    await cluster.compact()
    direct.transport.close()
    await until(30_000, 'caught up', () => own(informer).length === 6)
    assert.ok(changes.some(({ kind, key }) => kind === 'deleted' && key === `${namespace}/gone`))
  }
)

real('a watch at a version that was compacted gets 410 and a new list', async () => {
  const namespace = await space()
  const first = await client.create(CONFIG_MAPS, map(namespace, 'a'))
  for (let i = 0; i < 5; i++) await client.create(CONFIG_MAPS, map(namespace, `n${i}`))
  await cluster.compact()
  await cluster.stopApiServer()
  await cluster.startApiServer()
  const stream = await client
    .watch(CONFIG_MAPS, {
      namespace,
      resourceVersion: first.metadata.resourceVersion ?? '',
      timeoutSeconds: 5,
      signal: AbortSignal.timeout(5000),
    })
    .catch((thrown: unknown) => thrown)
  if (stream instanceof ApiError) assert.is(stream.status, 410)
  else {
    const chunks: Buffer[] = []
    for await (const chunk of (stream as { chunks: AsyncIterable<Buffer> }).chunks) {
      chunks.push(chunk)
      break
    }
    assert.match(Buffer.concat(chunks).toString(), /"code":410/)
  }
})

real(
  'a wire that goes silent without a FIN is noticed and replaced (O3, client-node#596)',
  async (context) => {
    const namespace = await space()
    const wire = await proxy(context)
    // Ninety seconds of silence are three.
    const { informer, counts } = watchMaps(context, namespace, { port: wire.port, hurry: 30 })
    await until(5000, 'synced', () => informer.synced)
    await until(5000, 'watching', () => informer.state.phase === 'watching' && wire.open >= 2)
    wire.silence()
    await client.create(CONFIG_MAPS, map(namespace, 'unseen'))
    await waitOut(300, 'an event that must not arrive through a silent wire')
    assert.is(informer.store.get(`${namespace}/unseen`), undefined)
    wire.heal()
    await until(10_000, 'seen', () => informer.store.get(`${namespace}/unseen`) !== undefined)
    assert.ok(counts.includes('silent'), counts.join(' '))
  }
)

real('connections that are cut cost no event', async (context) => {
  const namespace = await space()
  const wire = await proxy(context)
  const { informer } = watchMaps(context, namespace, { port: wire.port })
  await until(5000, 'synced', () => informer.synced)
  for (let i = 0; i < 30; i++) {
    await client.create(CONFIG_MAPS, map(namespace, `m${i}`))
    if (i % 10 === 5) wire.cut()
  }
  await until(10_000, 'all seen', () => own(informer).length === 30)
})

real('a cache without rights waits for them, and fills when they come', async (context) => {
  const namespace = await space()
  const { informer, counts } = watchMaps(context, namespace, { token: 'weak', hurry: 20 })
  await until(5000, 'refused', () => counts.includes('forbidden'))
  const weak = cluster.client({ token: 'weak' })
  try {
    await weak.list(CONFIG_MAPS, { namespace })
    assert.unreachable()
  } catch (thrown) {
    assert.ok(isForbidden(thrown))
  }
  weak.transport.close()
  await cluster.kubectl(
    '-n',
    namespace,
    'create',
    'role',
    'reader',
    '--verb=list,watch',
    '--resource=configmaps'
  )
  await cluster.kubectl(
    '-n',
    namespace,
    'create',
    'rolebinding',
    'reader',
    '--role=reader',
    '--user=weak'
  )
  await until(10_000, 'synced', () => informer.synced)
})

real('resource versions of the real server are ordered numbers (KEP-5504)', async () => {
  const namespace = await space()
  const a = await client.create(CONFIG_MAPS, map(namespace, 'a'))
  const b = await client.create(CONFIG_MAPS, map(namespace, 'b'))
  assert.is(isOlder(a.metadata.resourceVersion, b.metadata.resourceVersion), true)
})

real('the API server takes our Events, and kubectl shows them', async () => {
  const namespace = await space()
  const regarding = await client.create(CONFIG_MAPS, map(namespace, 'a'))
  const recorder = new Recorder({
    client,
    timers: systemTimers,
    log: testLog().log,
    controller: 'ssmd.io/operator',
    instance: 'pod-1',
  })
  const about = { ...regarding, apiVersion: 'v1', kind: 'ConfigMap' }
  const event = {
    type: 'Warning',
    reason: 'FieldTakenOver',
    action: 'Apply',
    note: 'took x',
  } as const
  recorder.record(about, event)
  await until(
    5000,
    'written',
    async () => (await client.list(EVENTS, { namespace })).items.length === 1
  )
  recorder.record(about, event)
  recorder.record(about, event)
  await recorder.flush(2000)
  assert.is(recorder.dropped, 0)
  const [stored] = (await client.list(EVENTS, { namespace })).items
  assert.is((stored!.series as { count: number }).count, 3)
  assert.match(await cluster.kubectl('-n', namespace, 'get', 'events'), /FieldTakenOver/)
})

const LEASE_MS = slowly(2000)

real('a Lease is taken, renewed, given back and taken over', async (context) => {
  const namespace = await space()
  const replica = (identity: string) => {
    const as = cluster.client()
    const elector = new Elector({
      client: as,
      timers: systemTimers,
      random: Math.random,
      log: testLog().log,
      namespace,
      name: 'l',
      identity,
      times: { durationMs: LEASE_MS, renewDeadlineMs: slowly(1500), retryMs: 200 },
    })
    const stop = new AbortController()
    const leading = elector.acquire(stop.signal)
    const held = leading.then(() => elector.hold(stop.signal))
    held.catch(() => {})
    context.ends.push(() => {
      stop.abort()
      as.transport.close()
    })
    return { elector, stop, leading }
  }
  const a = replica('a')
  await within(5000, 'a leads', a.leading)
  const first = await client.get(LEASES, `${namespace}/l`)
  const b = replica('b')
  b.leading.catch(() => {})
  await waitOut(1.5 * LEASE_MS, 'b taking the lease while a renews it, which must not happen')
  assert.is(a.elector.mayWrite, true)
  assert.is(b.elector.leading, false)
  const renewed = await client.get(LEASES, `${namespace}/l`)
  assert.is.not(renewed.metadata.resourceVersion, first.metadata.resourceVersion)
  a.stop.abort()
  await a.elector.release()
  await within(1500, 'b leads', b.leading)
  // b dies without a word.
  b.stop.abort()
  const died = performance.now()
  const c = replica('c')
  await within(5000, 'c leads', c.leading)
  const took = performance.now() - died
  assert.ok(took > LEASE_MS / 2, `${took} ms: not before the lease is over`)
  const last = (await client.get(LEASES, `${namespace}/l`)).spec as { leaseTransitions: number }
  assert.is(last.leaseTransitions, 2)
})

test.run()
