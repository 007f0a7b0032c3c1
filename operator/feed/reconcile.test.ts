// Over random courses of edits, drift, Secrets, reports, streams and time a Feed comes to rest: the next pass writes nothing.

import fc from 'fast-check'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { feedsNamedBy } from '../controllers.ts'
import { Applier } from '../kube/apply.ts'
import type { Client } from '../kube/client.ts'
import { ApiError } from '../kube/errors.ts'
import type { Informer } from '../kube/informer.ts'
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  type KubeObject,
  keyOf,
  PODS,
  type Resource,
  SECRETS,
} from '../kube/objects.ts'
import { Store } from '../kube/store.ts'
import { podEssentials, workloadOf } from '../pods/essentials.ts'
import { CHILD_KINDS } from '../reconcile/children.ts'
import type { Context, StreamVerdict } from '../reconcile/context.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS, SIGNALS } from '../reconcile/kinds.ts'
import { Reports } from '../reconcile/reports.ts'
import { Secrets } from '../reconcile/secrets.ts'
import { StatusRate } from '../reconcile/status-rate.ts'
import { Templates } from '../reconcile/templates.ts'
import { Warnings } from '../reconcile/warnings.ts'
import { Pass } from '../runtime/pass.ts'
import { Judged } from '../validation/judged.ts'
import { reconcileFeed } from './reconcile.ts'

const test = suite('passes over a Feed')
const KEY = 'n/a'
const DAY = 86_400_000

class Course {
  now = Date.parse('2026-03-01T12:00:00Z')
  writes = 0
  connected = true
  stream: StreamVerdict = { kind: 'good' }
  #version = 0
  readonly #stores = new Map<string, Store>()
  readonly #secrets = new Map<string, KubeObject>()
  readonly context: Context
  readonly #applier: Applier
  readonly #client: Client

  constructor() {
    const owner = (child: KubeObject) =>
      (child.metadata.ownerReferences ?? []).map(({ uid }) => uid)
    const space = ({ metadata }: KubeObject) => [metadata.namespace ?? '']
    const informer = (resource: Resource, indexes: ConstructorParameters<typeof Store>[0]) => {
      const store = new Store(indexes)
      this.#stores.set(resource.plural, store)
      return { resource, store } as unknown as Informer
    }
    this.#client = {
      get: async (resource: Resource, key: string) => this.#live(resource, key),
      apply: async (resource: Resource, object: KubeObject, options: { subresource?: string }) => {
        this.writes++
        return this.put(resource, object, options.subresource)
      },
      delete: async (resource: Resource, key: string) => {
        this.writes++
        this.store(resource).delete(key)
      },
    } as unknown as Client
    const guard = { waitMs: () => 0, wrote: () => {} }
    this.#applier = new Applier({
      client: this.#client,
      guard: guard as never,
      manager: 'test',
      hashAnnotation: 'ssmd.io/applied-hash',
      readOnly: false,
    })
    const nowMs = () => this.now
    const started = this.now
    this.context = {
      feeds: informer(FEEDS, { namespace: space }),
      environments: informer(ENVIRONMENTS, { namespace: space, feed: feedsNamedBy }),
      archives: informer(ARCHIVES, { namespace: space }),
      signals: informer(SIGNALS, { namespace: space }),
      children: CHILD_KINDS.map((resource) => informer(resource, { owner })),
      judged: new Judged(),
      secrets: new Secrets(this.#client, nowMs),
      reports: new Reports(nowMs),
      links: {
        want: () => {},
        drop: () => {},
        status: () => ({ connected: this.connected, why: this.connected ? '' : 'gone' }),
        ensureStream: async () => this.stream,
        ensureConsumer: async () => ({ kind: 'good' }),
        idleDurables: async () => [],
        removeDurable: async () => false,
      },
      pods: informer(PODS, { workload: (pod) => [`n/${workloadOf(pod)}`] }),
      warnings: new Warnings(this.#client, nowMs),
      orphans: { run: async () => {}, forget: () => {} },
      templates: new Templates(),
      statusRate: new StatusRate(nowMs),
      isSettled: () => nowMs() - started > 15_000,
      image: 'ssmd:test',
      pullSecrets: [],
      hostRoot: '/var/lib/ssmd',
      nowMs,
      random: () => 0.5,
    }
  }

  store(resource: Resource): Store {
    return this.#stores.get(resource.plural) as Store
  }

  /** As the API server would store it. */
  put(resource: Resource, object: KubeObject, subresource?: string): KubeObject {
    const old = this.store(resource).get(keyOf(object))
    const { generation = 0, uid = `uid-${++this.#version}` } = old?.metadata ?? {}
    const isStatus = subresource === 'status'
    const made = isStatus ? { ...old, status: object.status } : { ...old, ...object }
    const metadata = {
      ...object.metadata,
      ...(isStatus ? old?.metadata : {}),
      uid,
      generation: isStatus ? generation : generation + 1,
      resourceVersion: String(++this.#version),
    }
    const stored = {
      ...made,
      metadata,
      ...runningAt(made as KubeObject, metadata.generation),
    } as KubeObject
    this.store(resource).set(stored)
    return stored
  }

  change(resource: Resource, key: string, edit: (object: KubeObject) => KubeObject): void {
    const old = this.store(resource).get(key)
    if (old) this.put(resource, edit(old))
  }

  secret(name: string, data: Record<string, string> | undefined): void {
    const metadata = { name, namespace: 'n', uid: 'secret' }
    if (data) this.#secrets.set(`n/${name}`, { apiVersion: 'v1', kind: 'Secret', metadata, data })
    else this.#secrets.delete(`n/${name}`)
  }

  /** Writes of one pass. */
  async pass(): Promise<number> {
    const { context } = this
    const before = this.writes
    const informers = [context.feeds, context.environments, context.archives, ...context.children]
    const pass = new Pass(
      {
        client: this.#client,
        applier: this.#applier,
        recorder: { record: () => {} },
        consistency: { wrote: () => {}, deleted: () => {} } as never,
        informerOf: ((resource: Resource) =>
          informers.find((informer) => informer.resource.plural === resource.plural)) as never,
        statusManager: 'test-status',
        readOnly: false,
      },
      {
        ...{ key: KEY, scope: 'all', priority: 0, id: 'x', behind: false },
        make: { signal: () => new AbortController().signal, log: () => pino({ level: 'silent' }) },
      }
    )
    await reconcileFeed(context)(pass)
    return this.writes - before
  }

  /** Until nothing is left to do. */
  async settle(): Promise<void> {
    for (let i = 0; i < 10; i++) if ((await this.pass()) === 0) return
    assert.unreachable('it does not come to rest')
  }

  #live(resource: Resource, key: string): KubeObject {
    const found =
      resource.plural === SECRETS.plural ? this.#secrets.get(key) : this.store(resource).get(key)
    if (found) return found
    const call = { method: 'GET', path: key } as const
    throw new ApiError(call, { status: 404, body: { reason: 'NotFound', message: 'not found' } })
  }
}

/** Its controller has seen the Deployment, and its pod runs unless it was said not to. */
function runningAt(object: KubeObject, generation: number): object {
  if (object.kind !== 'Deployment') return {}
  const { availableReplicas = 1 } = (object.status ?? {}) as { availableReplicas?: number }
  return { status: { observedGeneration: generation, updatedReplicas: 1, availableReplicas } }
}

const version = (seed: string, from = '2025-01-01') => ({
  name: `v${seed}`,
  effectiveFrom: from,
  endpoint: `synthetic://generator?rate=200&symbols=5&seed=${seed}`,
})

function start(): Course {
  const course = new Course()
  course.put(FEEDS, {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name: 'a', namespace: 'n' },
    spec: {
      exchange: 'synthetic',
      versions: [version('7'), version('8', '2026-03-03')],
      channels: ['trade'],
    },
  })
  environment(course, 'e', {})
  course.secret('nats', { 'nats.creds': 'eA==' })
  return course
}

function environment(course: Course, name: string, spec: object): void {
  course.put(ENVIRONMENTS, {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Environment',
    metadata: { name, namespace: 'n' },
    spec: { feeds: ['a'], transport: { url: 'nats://nats:4222' }, ...spec },
  })
}

const report = (course: Course, more: object): void =>
  void course.context.reports.take('n/e', {
    ...{ version: 1, role: 'connector', environment: 'e', feed: 'a', name: 'connector-e-a' },
    ...{ state: 'capturing', message: '', connections: 1, connected: 1, framesPerSecond: 1 },
    ...{ lastFrameAt: course.now, ...more },
  })

const annotated = (name: string, value: string) => (object: KubeObject) => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [name]: value } },
})
const withSpec = (spec: object) => (object: KubeObject) => ({
  ...object,
  spec: { ...(object.spec as object), ...spec },
})
const url = 'nats://nats:4222'
const child = (i: number): Resource =>
  CHILD_KINDS.filter(({ kind }) => !/Claim|Service$/.test(kind))[i % 4] as Resource
const CHILD = 'n/connector-e-a'

const pod = (i: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `connector-e-a-${i % 2}`,
    namespace: 'n',
    labels: {
      'app.kubernetes.io/component': 'connector',
      'ssmd.io/environment': 'e',
      'ssmd.io/feed': 'a',
    },
  },
  spec: { nodeName: 'node', containers: [{ name: 'connector' }] },
  status: {
    phase: 'Running',
    containerStatuses: [{ ready: true, restartCount: i, state: { running: {} } }],
  },
})

/** What can happen to a Feed and around it. */
const EVENTS: Readonly<Record<string, (course: Course, i: number) => void>> = {
  'spec is edited': (course, i) =>
    course.change(
      FEEDS,
      KEY,
      withSpec({ versions: [version(String(i)), version('9', '2026-03-03')] })
    ),
  'spec is broken': (course) => course.change(FEEDS, KEY, withSpec({ channels: ['none'] })),
  'it is repaired': (course) => course.change(FEEDS, KEY, withSpec({ channels: ['trade'] })),
  'it is disabled or active': (course, i) =>
    course.change(FEEDS, KEY, withSpec({ state: i % 2 === 0 ? 'disabled' : 'active' })),
  'it is paused or goes on': (course, i) =>
    course.change(FEEDS, KEY, annotated('ssmd.io/paused', String(i % 2 === 0))),
  'a roll-out is asked for': (course, i) =>
    course.change(FEEDS, KEY, annotated('ssmd.io/rollout', String(i))),
  'another address': (course, i) =>
    environment(course, 'e', { transport: { url: `nats://nats-${i % 3}:4222` } }),
  'a window': (course, i) =>
    environment(course, 'e', {
      transport: { url: `nats://nats-${i % 3}:4222` },
      connector: { rollout: { policy: 'Window', window: { start: '13:00', end: '15:00' } } },
    }),
  'by hand': (course, i) =>
    environment(course, 'e', {
      transport: { url: `nats://nats-${i % 3}:4222` },
      connector: { rollout: { policy: 'Manual' } },
    }),
  'suspended or not': (course, i) => environment(course, 'e', { suspend: i % 2 === 0 }),
  'named or not': (course, i) => environment(course, 'e', { feeds: [i % 2 === 0 ? 'b' : 'a'] }),
  'a second Environment': (course, i) =>
    environment(course, 'f', { feeds: [i % 2 === 0 ? '*' : 'b'] }),
  'the second one goes': (course) => void course.store(ENVIRONMENTS).delete('n/f'),
  'it needs a Secret': (course) =>
    environment(course, 'e', { transport: { url, credentialsRef: { name: 'nats' } } }),
  'the Secret is another': (course, i) => course.secret('nats', { 'nats.creds': `eA${i}` }),
  'the Secret is gone': (course) => course.secret('nats', undefined),
  'a child is deleted': (course, i) => void course.store(child(i)).delete(CHILD),
  'a child is edited': (course, i) =>
    course.change(child(i), CHILD, (object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { other: 'x' } },
    })),
  'a child has no owner': (course, i) =>
    course.change(
      child(i),
      CHILD,
      ({ metadata: { ownerReferences: _, ...metadata }, ...rest }) => ({
        ...rest,
        ...{ apiVersion: rest.apiVersion as string, kind: rest.kind as string, metadata },
      })
    ),
  'an unwanted child appears': (course) => {
    const uid = course.store(FEEDS).get(KEY)?.metadata.uid ?? ''
    const owner = { apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', name: 'a', uid, controller: true }
    const metadata = { name: 'unwanted', namespace: 'n', ownerReferences: [owner] }
    course.put(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
  },
  'the Deployment is available': (course, i) =>
    course.change(DEPLOYMENTS, CHILD, (object) => ({
      ...object,
      status: { observedGeneration: 99, updatedReplicas: 1, availableReplicas: i % 2 },
    })),
  'its pod': (course, i) => void course.put(PODS, podEssentials(pod(i))),
  'a report': (course, i) => report(course, { framesPerSecond: i }),
  'a report of trouble': (course, i) =>
    report(course, {
      state: i % 2 ? 'failed' : 'capturing',
      message: `m${i % 3}`,
      connected: i % 2,
    }),
  'a report of an archiver': (course, i) =>
    void course.context.reports.take('n/e', {
      ...{ version: 1, role: 'archiver', environment: 'e', feed: 'a', name: 'x', archive: 'x' },
      ...{ state: 'archiving', message: '', recordsPerSecond: 1, dayGaps: i, day: '2026-03-01' },
    }),
  'NATS comes or goes': (course, i) => {
    course.connected = i % 2 === 0
    course.stream = course.connected ? { kind: 'good' } : { kind: 'away', why: 'gone' }
  },
  'the stream is refused': (course, i) => {
    course.stream = { kind: 'refused', why: `why ${i % 2}` }
  },
  'a moment': (course, i) => {
    course.now += i * 100
  },
  'half a minute': (course) => {
    course.now += 31_000
  },
  hours: (course, i) => {
    course.now += (i % 5) * 1_800_000
  },
  'a day': (course) => {
    course.now += DAY
  },
}

test('after whatever happens it comes to rest, and stays there', async () => {
  const event = fc.tuple(fc.constantFrom(...Object.keys(EVENTS)), fc.nat(30))
  const seed = Number(process.env.SSMD_SEED ?? Date.now() % 2 ** 31)
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
      const course = start()
      await course.settle()
      for (const [name, i] of events) {
        EVENTS[name]?.(course, i)
        await course.settle()
        assert.is(await course.pass(), 0, `after: ${name}`)
      }
    }),
    { numRuns: 200, seed, endOnFailure: true, includeErrorInReport: true }
  )
})

test('a flip that was held back is told when its time has come', async () => {
  const course = start()
  await course.settle()
  course.now += 60_000
  await course.settle()
  let flips = 0
  do EVENTS['the Deployment is available']?.(course, flips++)
  while ((await course.pass()) > 0)
  assert.ok(flips > 10 && flips < 25, `${flips} flips in a row`)
  assert.is(await course.pass(), 0, 'it waits for its time')
  course.now += 31_000
  assert.ok((await course.pass()) > 0)
})

test('a Feed at rest writes nothing, whenever it is looked at', async () => {
  const course = start()
  await course.settle()
  course.now += 60_000
  await course.settle()
  for (let i = 0; i < 20; i++) {
    course.now += 27_000
    assert.is(await course.pass(), 0, `look ${i}`)
  }
})

test('status.proof says what the protocol can prove, channel by channel, and follows the spec', async () => {
  const course = start()
  const proof = () =>
    (course.store(FEEDS).get('n/a') as KubeObject & { status?: { proof?: string } }).status?.proof
  await course.settle()
  assert.is(proof(), 'frames: trade')
  course.put(
    FEEDS,
    withSpec({ channels: ['trade', 'ticker'] })(course.store(FEEDS).get('n/a') as KubeObject)
  )
  await course.settle()
  assert.is(proof(), 'frames: ticker, trade')
})

test('figures that move are written twice a minute', async () => {
  const course = start()
  await course.settle()
  course.now += 60_000
  report(course, {})
  await course.settle()
  const before = course.writes
  for (let i = 0; i < 150; i++) {
    course.now += 2000
    report(course, { framesPerSecond: i })
    await course.settle()
  }
  const writes = course.writes - before
  assert.ok(writes >= 9 && writes <= 10, `${writes} writes in five minutes`)
})

test.run()
