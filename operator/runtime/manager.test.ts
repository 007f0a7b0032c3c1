import { Registry } from 'prom-client'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createHealth, serveHealth } from '#role/health.ts'
import { slowly, until, waitOut, within } from '#testing/deadline.ts'
import { fixedConnection } from '../kube/config.ts'
import { WriteRefused } from '../kube/errors.ts'
import { LeaseLost } from '../kube/lease.ts'
import {
  CONFIG_MAPS,
  type Key,
  type KubeObject,
  keyOf,
  ownedBy,
  type Resource,
} from '../kube/objects.ts'
import { FakeApiServer } from '../testing/apiserver.ts'
import { ManualClock } from '../testing/clock.ts'
import { testLog } from '../testing/log.ts'
import type { Reconcile } from './controller.ts'
import { Manager, type ManagerOptions, watching } from './manager.ts'
import { TerminalError, WaitError } from './outcome.ts'
import type { Pass } from './pass.ts'

const FEEDS: Resource = {
  group: 'ssmd.io',
  version: 'v1alpha1',
  plural: 'feeds',
  kind: 'Feed',
  namespaced: true,
}
const ENVIRONMENTS: Resource = { ...FEEDS, plural: 'environments', kind: 'Environment' }
const F = 'ssmd.io/v1alpha1/feeds'
const E = 'ssmd.io/v1alpha1/environments'
const MAPS = 'v1/configmaps'

type Context = { fake: FakeApiServer; ends: (() => Promise<unknown>)[] }
const test = suite<Context>('manager')

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.ends = []
})
test.after.each(async ({ fake, ends }) => {
  for (const end of ends) await within(10_000, 'stopped', end())
  await fake.close()
})

const feed = (name: string, spec: object = {}) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name, namespace: 'n' },
  spec,
})
const environment = (name: string) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Environment',
  metadata: { name, namespace: 'n' },
})

const QUICK = { durationMs: slowly(3000), renewDeadlineMs: slowly(2000), retryMs: 200 }

/** An operator as a kind would be built: a ConfigMap for each Feed that holds its spec. */
function start(
  { fake, ends }: Context,
  options: Partial<ManagerOptions> & {
    reconcile?: (pass: Pass, make: (pass: Pass) => Promise<void>) => ReturnType<Reconcile>
    timeoutMs?: number
    resyncMs?: number
    workers?: number
    run?: boolean
  } = {}
) {
  const registry = new Registry()
  const health = createHealth()
  const { log, lines } = testLog()
  const { reconcile, timeoutMs, resyncMs, workers, run = true, ...rest } = options
  const manager = new Manager({
    connection: fixedConnection(fake.url),
    log,
    registry,
    userAgent: 'operator',
    name: 'ssmd-operator',
    hashAnnotation: 'ssmd.io/applied-hash',
    reportingController: 'ssmd.io/operator',
    perSecond: 10_000,
    burst: 10_000,
    health,
    ...rest,
  })
  const feeds = manager.informer(FEEDS, {
    freeze: true,
    indexes: { environment: (object) => [String((object.spec as Spec)?.environment)] },
  })
  const environments = manager.informer(ENVIRONMENTS)
  const maps = manager.informer(CONFIG_MAPS)
  const make = async (pass: Pass) => {
    const owner = feeds.store.get(pass.key)
    if (!owner) return
    await pass.apply(
      CONFIG_MAPS,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: pass.name, namespace: 'n', ownerReferences: [ownedBy(owner)] },
        data: { spec: JSON.stringify(owner.spec ?? {}) },
      },
      owner
    )
  }
  const passes: Key[] = []
  const controller = manager.controller({
    name: 'feed',
    for: feeds,
    owns: [maps],
    watches: [
      watching(environments, (object) => feeds.store.keysBy('environment', object.metadata.name)),
    ],
    backoff: { baseMs: 20, maxMs: 200 },
    reconcile: async (pass) => {
      passes.push(pass.key)
      return reconcile ? reconcile(pass, make) : make(pass)
    },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(resyncMs === undefined ? {} : { resyncMs }),
    ...(workers === undefined ? {} : { workers }),
  })
  const stop = new AbortController()
  let failure: unknown
  const running = run
    ? manager.run(stop.signal).catch((thrown) => {
        failure = thrown
      })
    : Promise.resolve()
  ends.push(async () => {
    stop.abort()
    await running
  })
  const metric = async (line: string) => {
    const text = await registry.metrics()
    const found = text.split('\n').find((other) => other.startsWith(`${line} `))
    return found === undefined ? undefined : Number(found.slice(line.length + 1))
  }
  const get = async (path: string) => {
    const { server, address } = await serveHealth('127.0.0.1:0', health, registry)
    try {
      const response = await fetch(`http://${address}${path}`)
      return { status: response.status, text: await response.text() }
    } finally {
      server.close()
    }
  }
  return {
    manager,
    controller,
    registry,
    passes,
    lines,
    stop,
    running,
    metric,
    get,
    get failure() {
      return failure
    },
  }
}
type Spec = { environment?: string }

const maps = (fake: FakeApiServer) => fake.store.all(MAPS)

test('a Feed becomes an object, an edit reaches it, and a deletion by hand is repaired (nack#167)', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a', { x: 1 }))
  start(context)
  await until(5000, 'made', () => maps(fake).length === 1)
  fake.store.update(F, { ...fake.store.get(F, 'n', 'a'), spec: { x: 2 } })
  await until(5000, 'edited', () => JSON.stringify(maps(fake)[0]?.data).includes('2'))
  fake.store.delete(MAPS, 'n', 'a')
  await until(5000, 'made again', () => maps(fake).length === 1)
})

test('every owned object has a controller ownerReference and none of its labels (argo-cd#8683)', async (context) => {
  const { fake } = context
  fake.store.create(F, {
    ...feed('a'),
    metadata: {
      name: 'a',
      namespace: 'n',
      labels: { 'argocd.argoproj.io/instance': 'x' },
    } as never,
  })
  start(context)
  await until(5000, 'made', () => maps(fake).length === 1)
  const { metadata } = maps(fake)[0] as unknown as KubeObject
  assert.is(metadata.ownerReferences?.[0]?.controller, true)
  assert.is(metadata.labels, undefined)
})

test('repairs what was changed while the operator was down (O5)', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  fake.store.create(F, feed('b'))
  const first = start(context)
  await until(5000, 'made', () => maps(fake).length === 2)
  first.stop.abort()
  await within(5000, 'stopped', first.running)
  fake.store.delete(MAPS, 'n', 'a')
  fake.store.update(MAPS, { ...fake.store.get(MAPS, 'n', 'b'), data: { spec: 'edited' } })
  start(context)
  await until(5000, 'repaired', () => maps(fake).every(({ data }) => (data as Spec2).spec === '{}'))
  await until(5000, 'both', () => maps(fake).length === 2)
})
type Spec2 = { spec: string }

test('its own writes cause passes that write nothing', async (context) => {
  const { fake } = context
  for (let i = 0; i < 20; i++) fake.store.create(F, feed(`f${i}`))
  const { passes, metric } = start(context)
  await until(5000, 'made', () => maps(fake).length === 20)
  await until(5000, 'settled', () => passes.length >= 40)
  await waitOut(200, 'passes set off by its own writes, of which there must be none')
  assert.is(fake.writes.length, 20)
  assert.is(passes.length, 40)
  assert.is(
    await metric('controller_runtime_reconcile_total{controller="feed",result="success"}'),
    40
  )
})

test('retries a key whose reconcile got 429 without waiting for a new event (pepr#3052)', async (context) => {
  const { fake } = context
  let storm = true
  fake.fault = (request) =>
    storm && request.method === 'PATCH' ? { status: 429, retryAfter: 60 } : undefined
  for (let i = 0; i < 10; i++) fake.store.create(F, feed(`f${i}`))
  let waited = 0
  const { metric, controller } = start(context, {
    reconcile: async (pass, make) => {
      try {
        await make(pass)
      } catch (thrown) {
        // The server's minute is not ours to wait in a test.
        waited = Math.max(waited, (thrown as { retryAfterMs: number }).retryAfterMs)
        throw new Error('refused')
      }
    },
  })
  await until(5000, 'refused', async () => controller.queue.failures('n/f0') >= 3)
  assert.is(waited, 60_000)
  storm = false
  await until(5000, 'made', () => maps(fake).length === 10)
  assert.ok(((await metric('workqueue_retries_total{name="feed",controller="feed"}')) ?? 0) >= 10)
  await until(5000, 'the row ended', () => controller.queue.failures('n/f0') === 0)
})

test('one key that fails holds up no other', async (context) => {
  const { fake } = context
  for (let i = 0; i < 50; i++) fake.store.create(F, feed(`f${i}`))
  start(context, {
    workers: 2,
    reconcile: async (pass, make) => {
      if (pass.key === 'n/f0') throw new Error('broken')
      await make(pass)
    },
  })
  await until(5000, 'the others', () => maps(fake).length === 49)
})

test('a terminal error is counted and not tried again before something changes', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const { passes, metric } = start(context, {
    reconcile: async () => {
      throw new TerminalError('ConfigInvalid', 'no such channel')
    },
  })
  await until(5000, 'failed', () => passes.length === 1)
  await waitOut(300, 'a retry of the terminal error, of which there must be none')
  assert.is(passes.length, 1)
  assert.is(
    await metric('controller_runtime_terminal_reconcile_errors_total{controller="feed"}'),
    1
  )
  fake.store.update(F, { ...fake.store.get(F, 'n', 'a'), spec: { x: 2 } })
  await until(5000, 'again', () => passes.length === 2)
})

test('waiting for something is no error, and is looked at again', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const { passes, metric } = start(context, {
    reconcile: async () => {
      throw new WaitError('SecretMissing', 'no Secret kalshi', 30)
    },
  })
  await until(5000, 'again', () => passes.length >= 3)
  assert.is(await metric('controller_runtime_reconcile_errors_total{controller="feed"}'), 0)
})

test('requeueAfter is dropped when an error is also returned', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  let failing = true
  const { passes, controller } = start(context, {
    reconcile: async () => {
      if (failing) throw new Error('broken')
      return { requeueAfterMs: 600_000 }
    },
  })
  await until(5000, 'tried again', () => passes.length >= 2)
  failing = false
  await until(5000, 'succeeded', () => controller.queue.failures('n/a') === 0)
  assert.is(controller.queue.size, 1, 'it waits for its time')
})

test('a pass that is out of time is cut off, counted and tried again', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  let slow = true
  const { passes, metric } = start(context, {
    timeoutMs: 50,
    reconcile: async (pass, make) => {
      if (slow)
        await new Promise((_, reject) =>
          pass.signal.addEventListener('abort', () => reject(pass.signal.reason))
        )
      await make(pass)
    },
  })
  await until(5000, 'again', () => passes.length >= 2)
  assert.ok(
    ((await metric('controller_runtime_reconcile_timeouts_total{controller="feed"}')) ?? 0) >= 1
  )
  slow = false
  await until(5000, 'made', () => maps(fake).length === 1)
})

test('one key never runs twice at once, also when a pass ignores its time', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  let running = 0
  let most = 0
  const { passes, metric } = start(context, {
    timeoutMs: 20,
    reconcile: async () => {
      running++
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 100))
      running--
    },
  })
  for (let i = 0; i < 20; i++) {
    fake.store.update(F, { ...fake.store.get(F, 'n', 'a'), spec: { x: i } })
    await waitOut(15, 'the next change, while a pass is running')
  }
  await until(5000, 'some passes', () => passes.length >= 3)
  assert.is(most, 1)
  const timeouts = await metric('controller_runtime_reconcile_timeouts_total{controller="feed"}')
  assert.ok((timeouts ?? 0) >= 1, 'a pass that came to its end too late was too late')
})

test('a fault in a reconcile function is counted as a panic and harms nobody else', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  fake.store.create(F, feed('b'))
  const { metric } = start(context, {
    reconcile: async (pass, make) => {
      if (pass.key === 'n/a') (undefined as unknown as { x(): void }).x()
      await make(pass)
    },
  })
  await until(5000, 'b made', () => maps(fake).length === 1)
  assert.ok(
    ((await metric('controller_runtime_reconcile_panics_total{controller="feed"}')) ?? 0) >= 1
  )
})

test('an Environment wakes its Feeds', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a', { environment: 'prod' }))
  fake.store.create(F, feed('b', { environment: 'dev' }))
  const { passes } = start(context)
  await until(5000, 'settled', () => passes.length >= 4)
  passes.length = 0
  fake.store.create(E, environment('prod'))
  await until(5000, 'woken', () => passes.length === 1)
  assert.equal(passes, ['n/a'])
})

test('waits for the cache before a key runs again, counts it, and reads live after five seconds (KEP-5647)', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const behind: boolean[] = []
  const { metric } = start(context, {
    reconcile: async (pass, make) => {
      behind.push(pass.behind)
      await make(pass)
    },
  })
  await until(5000, 'watching', () => fake.openWatches === 3 && behind.length === 2)
  // Its next write is not shown to it.
  fake.watchMode.silent = true
  fake.store.delete(MAPS, 'n', 'a')
  const started = performance.now()
  fake.send({
    type: 'DELETED',
    object: { ...feed('other'), metadata: { name: 'x', namespace: 'n', resourceVersion: '1' } },
  })
  fake.send({
    type: 'MODIFIED',
    object: {
      ...fake.store.get(F, 'n', 'a'),
      spec: { x: 9 },
      metadata: { ...fake.store.get(F, 'n', 'a').metadata, generation: 2 },
    },
  })
  await until(9000, 'gave up', () => behind.includes(true))
  assert.ok(performance.now() - started >= 4900)
  assert.ok(((await metric('stale_sync_skips_total{controller="feed"}')) ?? 0) >= 20)
})

test('asks for the lease only after all informers are synced (ASO#5707)', async (context) => {
  const { fake } = context
  let slow = true
  fake.fault = (request) =>
    slow && request.collection === MAPS && !request.watch ? { status: 503 } : undefined
  const { get, manager } = start(context, { lease: { namespace: 'n', name: 'l', times: QUICK } })
  await until(5000, 'others listed', () => fake.openWatches === 2)
  assert.equal(await get('/readyz'), {
    status: 503,
    text: '[-]caches failed: waiting for configmaps\nfailed\n',
  })
  assert.is((await get('/livez')).status, 200)
  assert.not.ok(fake.requests.some(({ collection }) => collection.endsWith('/leases')))
  slow = false
  await until(5000, 'leading', () => manager.phase === 'leading')
  assert.is((await get('/readyz')).status, 200)
})

test('a standby is warm: it works at once when it leads, and writes nothing before', async (context) => {
  const { fake } = context
  for (let i = 0; i < 10; i++) fake.store.create(F, feed(`f${i}`))
  const lease = { namespace: 'n', name: 'l', times: QUICK }
  const first = start(context, { userAgent: 'first', lease })
  await until(5000, 'made', () => maps(fake).length === 10)
  const second = start(context, { userAgent: 'second', lease })
  await until(5000, 'standby', () => second.manager.phase === 'standby')
  fake.store.create(F, feed('late'))
  await until(5000, 'made', () => maps(fake).length === 11)
  assert.is((await second.get('/readyz')).status, 200)
  assert.is(second.controller.queue.size, 11)
  assert.is(await second.metric('leader_election_master_status{name="l"}'), 0)
  first.stop.abort()
  await within(5000, 'stopped', first.running)
  await until(3000, 'second leads', () => second.manager.phase === 'leading')
  fake.store.create(F, feed('later'))
  await until(5000, 'made', () => maps(fake).length === 12)
  const last = fake.writes.filter(({ request }) => request.userAgent === 'first').at(-1)
  assert.is(
    last?.request.collection,
    'coordination.k8s.io/v1/leases',
    'the last word was the release'
  )
  assert.is(await second.metric('leader_election_master_status{name="l"}'), 1)
})

test('two replicas never write at the same time (writer log of the fake)', async (context) => {
  const { fake } = context
  for (let i = 0; i < 30; i++) fake.store.create(F, feed(`f${i}`))
  const lease = { namespace: 'n', name: 'l', times: QUICK }
  const both = ['first', 'second'].map((userAgent) =>
    start(context, { userAgent, lease, resyncMs: 50 })
  )
  await until(5000, 'one leads', () => both.some(({ manager }) => manager.phase === 'leading'))
  const leader = both.find(({ manager }) => manager.phase === 'leading')!
  const other = both.find((each) => each !== leader)!
  const name = leader === both[0] ? 'first' : 'second'
  // The leader is cut off from its lease, and goes on wanting to write.
  fake.fault = (request) =>
    request.userAgent === name && request.collection.endsWith('/leases') ? 'reset' : undefined
  const churn = setInterval(() => {
    const i = Math.floor(performance.now()) % 30
    const found = fake.store.find(MAPS, 'n', `f${i}`)
    if (found) fake.store.update(MAPS, { ...found, data: { spec: `${performance.now()}` } })
  }, 10)
  try {
    await until(10_000, 'the other leads', () => other.manager.phase === 'leading')
    await waitOut(300, 'writes of the old leader, of which there must be none')
  } finally {
    clearInterval(churn)
  }
  await until(5000, 'the first has ended', () => leader.failure !== undefined)
  assert.instance(leader.failure, LeaseLost)
  const writers = fake.writes
    .filter(({ request }) => !request.collection.endsWith('/leases'))
    .map(({ request }) => request.userAgent)
  const changes = writers.filter((writer, i) => i > 0 && writer !== writers[i - 1]).length
  assert.is(changes, 1, 'one hand-over in the whole log')
})

test('a leader that was frozen is refused before anything of it has run (O7)', async (context) => {
  const { fake } = context
  const clock = new ManualClock()
  const one = start(context, { lease: { namespace: 'n', name: 'l', times: QUICK }, timers: clock })
  const moving = setInterval(() => void clock.advance(20), 5)
  try {
    await until(5000, 'leading', () => one.manager.phase === 'leading')
  } finally {
    clearInterval(moving)
  }
  await until(5000, 'its clock stands', () => one.manager.client.transport.openSockets > 0)
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'n' } }
  await one.manager.client.create(CONFIG_MAPS, map)
  clock.freeze(60_000)
  const writes = fake.writes.length
  try {
    await one.manager.client.create(CONFIG_MAPS, {
      ...map,
      metadata: { ...map.metadata, name: 'y' },
    })
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, WriteRefused)
  }
  assert.is(fake.writes.length, writes)
  const ending = setInterval(() => void clock.advance(20), 5)
  await within(5000, 'ended', one.running)
  clearInterval(ending)
  assert.instance(one.failure, LeaseLost)
})

test('an orderly stop lets passes under way end, and starts no other', async (context) => {
  const { fake } = context
  for (let i = 0; i < 20; i++) fake.store.create(F, feed(`f${i}`))
  const ended: Key[] = []
  const { stop, running, passes } = start(context, {
    workers: 4,
    reconcile: async (pass, make) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      await make(pass)
      ended.push(pass.key)
    },
  })
  await until(5000, 'busy', () => passes.length === 4)
  stop.abort()
  await within(5000, 'stopped', running)
  assert.is(passes.length, 4)
  assert.equal([...ended].sort(), [...passes].sort())
})

test('a pass that does not end is cut off after the grace time', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const { stop, running, passes } = start(context, {
    graceMs: 50,
    reconcile: (pass) =>
      new Promise((_, reject) =>
        pass.signal.addEventListener('abort', () => reject(pass.signal.reason))
      ),
  })
  await until(5000, 'busy', () => passes.length === 1)
  stop.abort()
  await within(2000, 'stopped', running)
})

test('every key is looked at now and then, whatever the watches say (O5)', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const { passes } = start(context, { resyncMs: 50 })
  await until(5000, 'again and again', () => passes.length >= 6)
  assert.is(fake.writes.length, 1)
})

test('read-only: nothing is written, what would be is logged, and no lease is taken', async (context) => {
  const { fake } = context
  fake.store.create(F, feed('a'))
  const { lines, manager } = start(context, {
    readOnly: true,
    lease: { namespace: 'n', name: 'l', times: QUICK },
  })
  await until(5000, 'logged', () => lines.some(({ msg }) => msg === 'read-only'))
  // Also past the applier: nothing in this process can write.
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'n' } }
  try {
    await manager.client.create(CONFIG_MAPS, map)
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, WriteRefused)
  }
  assert.is(fake.writes.length, 0)
  assert.match(
    String(lines.find(({ msg }) => msg === 'read-only')?.action),
    /wouldCreate ConfigMap a/
  )
  assert.not.ok(fake.requests.some(({ collection }) => collection.endsWith('/leases')))
})

test('what runs beside runs when it may, and its failure is the end', async (context) => {
  const lease = { namespace: 'n', name: 'l', times: QUICK }
  const one = start(context, { lease, run: false })
  const ran: string[] = []
  one.manager.task({
    name: 'figures',
    when: 'leading',
    run: async (signal) => {
      ran.push(one.manager.phase)
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
      throw new Error('broken')
    },
  })
  one.manager.task({
    name: 'always',
    when: 'always',
    run: async () => {
      ran.push(one.manager.phase)
    },
  })
  const stop = new AbortController()
  const running = one.manager.run(stop.signal)
  await until(5000, 'both ran', () => ran.length === 2)
  assert.equal(ran, ['starting', 'leading'])
  stop.abort()
  try {
    await within(5000, 'ended', running)
    assert.unreachable()
  } catch (thrown) {
    assert.match(String(thrown), /broken/)
  }
})

test('metrics have the names of controller-runtime, at zero from the start', async (context) => {
  const { get, manager } = start(context, { lease: { namespace: 'n', name: 'l', times: QUICK } })
  await until(5000, 'leading', () => manager.phase === 'leading')
  const { text } = await get('/metrics')
  for (const name of [
    'controller_runtime_reconcile_total{controller="feed",result="requeue"} 0',
    'controller_runtime_reconcile_errors_total{controller="feed"} 0',
    'controller_runtime_terminal_reconcile_errors_total{controller="feed"} 0',
    'controller_runtime_reconcile_panics_total{controller="feed"} 0',
    'controller_runtime_reconcile_timeouts_total{controller="feed"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="feed"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="feed"} 16',
    'controller_runtime_active_workers{controller="feed"} 0',
    'workqueue_depth{name="feed",controller="feed",priority="-100"} 0',
    'workqueue_adds_total{name="feed",controller="feed"} 0',
    'workqueue_queue_duration_seconds_count{name="feed",controller="feed"} 0',
    'workqueue_work_duration_seconds_count{name="feed",controller="feed"} 0',
    'workqueue_unfinished_work_seconds{name="feed",controller="feed"} 0',
    'workqueue_longest_running_processor_seconds{name="feed",controller="feed"} 0',
    'workqueue_retries_total{name="feed",controller="feed"} 0',
    'leader_election_master_status{name="l"} 1',
    'leader_election_slowpath_total{name="l"} 0',
    'stale_sync_skips_total{controller="feed"} 0',
    'ssmd_informer_state{resource="feeds",state="watching"} 1',
    'ssmd_informer_disturbances_total{resource="feeds",kind="expired"} 0',
  ])
    assert.ok(text.includes(name), `${name}\n${text.slice(0, 4000)}`)
  assert.match(
    text,
    /rest_client_requests_total\{code="200",method="GET",host="127\.0\.0\.1:\d+"\} \d/
  )
  assert.match(text, /ssmd_event_loop_delay_seconds\{quantile="0.99"\} \d/)
})

test('the key of an object is its namespace and name', () => {
  assert.is(keyOf(feed('a')), 'n/a')
})

test.run()
