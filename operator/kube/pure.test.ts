import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ManualClock } from '../testing/clock.ts'
import { ApplyGuard } from './apply-guard.ts'
import { type Condition, conditionsOf } from './conditions.ts'
import { ApiError, immutableFields, isTooLargeResourceVersion, isTransient } from './errors.ts'
import { claim, DEFAULT_TIMES, microTime, observe, takeableInMs } from './lease-machine.ts'
import { controllerOf, DEPLOYMENTS, isOlder, type KubeObject, pathOf, splitKey } from './objects.ts'
import { PRIORITY } from './queue.ts'
import { Throttle } from './throttle.ts'
import { hashedData, trimmed } from './transform.ts'
import { retryAfter } from './transport.ts'
import { readEvents } from './watch-lines.ts'

const test = suite('kube: pure parts')

test('paths name collections, objects and subresources', () => {
  assert.is(pathOf(DEPLOYMENTS), '/apis/apps/v1/deployments')
  assert.is(
    pathOf(DEPLOYMENTS, { namespace: 'n', name: 'x', subresource: 'status' }),
    '/apis/apps/v1/namespaces/n/deployments/x/status'
  )
  assert.is(
    pathOf(DEPLOYMENTS, { namespace: 'a/../b', name: 'x' }),
    '/apis/apps/v1/namespaces/a%2F..%2Fb/deployments/x'
  )
  assert.equal(splitKey('n/x'), { namespace: 'n', name: 'x' })
  assert.equal(splitKey('x'), { namespace: undefined, name: 'x' })
})

test('resource versions are compared as whole numbers of any length', () => {
  assert.is(isOlder('9', '10'), true)
  assert.is(isOlder('10', '9'), false)
  assert.is(isOlder('18446744073709551615', '18446744073709551616'), true)
  assert.is(isOlder('x', '10'), false)
  assert.is(isOlder(undefined, '10'), false)
})

test('only a controller reference of the right group and kind makes an owner', () => {
  const of = (reference: object) =>
    controllerOf(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'c', ownerReferences: [reference as never] },
      },
      DEPLOYMENTS
    )
  const reference = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'd',
    uid: 'u',
    controller: true,
  }
  assert.is(of(reference)?.name, 'd')
  assert.is(of({ ...reference, controller: false }), undefined)
  assert.is(of({ ...reference, kind: 'ReplicaSet' }), undefined)
  assert.is(of({ ...reference, apiVersion: 'other/v1' }), undefined)
})

test('an error says what was asked and answered, and never what was sent', () => {
  const error = new ApiError(
    { method: 'PATCH', path: '/api/v1/x' },
    {
      status: 422,
      body: {
        reason: 'Invalid',
        message: 'm'.repeat(10_000),
        details: { causes: [{ field: 'spec.selector', message: 'field is immutable' }] },
      },
    }
  )
  assert.match(error.message, /^PATCH \/api\/v1\/x: 422 Invalid: mmm/)
  assert.ok(error.message.length < 2200)
  assert.equal(immutableFields(error), ['spec.selector'])
  assert.is(isTransient(error), false)
})

test('what is worth another try: no answer, 429, 502, 503, 504', () => {
  const transient = [0, 429, 502, 503, 504]
  for (const status of [0, 400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504])
    assert.is(
      isTransient(new ApiError({ method: 'GET', path: '/' }, { status })),
      transient.includes(status),
      `${status}`
    )
  assert.is(
    isTooLargeResourceVersion(
      new ApiError(
        { method: 'GET', path: '/' },
        { status: 504, body: { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } } }
      )
    ),
    true
  )
})

test('Retry-After is read in both its forms', () => {
  assert.is(retryAfter('7'), 7000)
  assert.is(retryAfter('Thu, 01 Jan 2026 00:00:10 GMT', Date.parse('2026-01-01T00:00:00Z')), 10_000)
  assert.is(retryAfter('Thu, 01 Jan 2026 00:00:00 GMT', Date.parse('2026-01-01T00:01:00Z')), 0)
  assert.is(retryAfter('soon'), undefined)
  assert.is(retryAfter(undefined), undefined)
})

test('reports ApplyLoop when one desired hash is applied more than five times in ten minutes (hive#2943)', async () => {
  const clock = new ManualClock()
  const guard = new ApplyGuard({ timers: clock })
  for (let i = 0; i < 5; i++) {
    assert.is(guard.waitMs('d', 'h', 'write'), 0)
    guard.wrote('d', 'h', 'write')
    await clock.advance(1000)
  }
  assert.is(guard.waitMs('d', 'h', 'write'), 595_000)
  assert.is(guard.waitMs('d', 'other', 'write'), 0, 'another wish is free')
  assert.is(guard.waitMs('e', 'h', 'write'), 0, 'another object is free')
  await clock.advance(595_000)
  assert.is(guard.waitMs('d', 'h', 'write'), 0, 'one more try after the window')
  guard.wrote('d', 'h', 'write')
  assert.is(guard.waitMs('d', 'h', 'write'), 1000)
})

test('deleting a child by hand a few times is no loop, twenty times is', () => {
  const guard = new ApplyGuard({ timers: new ManualClock() })
  for (let i = 0; i < 20; i++) {
    assert.is(guard.waitMs('d', 'h', 'create'), 0)
    guard.wrote('d', 'h', 'create')
  }
  assert.ok(guard.waitMs('d', 'h', 'create') > 0)
})

test('a condition keeps its transition time until its status flips', () => {
  const before: readonly Condition[] = [
    {
      type: 'Ready',
      status: 'False',
      reason: 'A',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: 'then',
    },
    {
      type: 'Stalled',
      status: 'True',
      reason: 'B',
      message: '',
      observedGeneration: 1,
      lastTransitionTime: 'then',
    },
  ]
  const same = conditionsOf(
    [{ type: 'Ready', status: 'False', reason: 'C', message: 'x' }],
    before,
    2,
    0
  )
  assert.equal(same, [
    {
      type: 'Ready',
      status: 'False',
      reason: 'C',
      message: 'x',
      observedGeneration: 2,
      lastTransitionTime: 'then',
    },
  ])
  const flipped = conditionsOf(
    [{ type: 'Ready', status: 'True', reason: 'D', message: '' }],
    before,
    2,
    0
  )
  assert.is(flipped[0]?.lastTransitionTime, '1970-01-01T00:00:00Z')
})

test('a condition message is bounded', () => {
  const [condition] = conditionsOf(
    [{ type: 'Ready', status: 'True', reason: 'A', message: 'x'.repeat(50_000) }],
    [],
    1,
    0
  )
  assert.is(condition?.message.length, 32_768)
})

const secret: KubeObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 's',
    namespace: 'n',
    uid: 'u1',
    resourceVersion: '7',
    managedFields: [{}],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2', keep: 'me' },
  },
  data: { used: 'aHVudGVyMg==', unused: 'eA==' },
}

test('keeps only metadata and the hash of the used keys of a Secret in the cache (cert-manager#4722)', () => {
  const kept = hashedData<KubeObject>(() => ['used', 'missing'])(secret)
  assert.equal(Object.keys(kept.dataHashes as object), ['used'])
  assert.is(kept.data, undefined)
  assert.not.match(JSON.stringify(kept), /hunter2|aHVudGVyMg/)
  assert.is(kept.metadata.resourceVersion, '7')
  const other = hashedData<KubeObject>(() => ['used'])({
    ...secret,
    metadata: { ...secret.metadata, uid: 'u2' },
  })
  assert.not.equal(other.dataHashes, kept.dataHashes, 'salted with the uid')
})

test('drops managedFields and what kubectl applied last', () => {
  const kept = trimmed(secret)
  assert.equal(kept.metadata, {
    name: 's',
    namespace: 'n',
    uid: 'u1',
    resourceVersion: '7',
    annotations: { keep: 'me' },
  })
  assert.is(trimmed(kept), kept, 'nothing is copied where nothing is to be dropped')
})

test("another's claim is measured from when we saw it change, whatever its times say (O7)", () => {
  const spec = {
    holderIdentity: 'b',
    leaseDurationSeconds: 30,
    renewTime: microTime(Date.parse('2036-01-01')),
  }
  const seen = observe(undefined, { resourceVersion: '1', spec }, 1000, DEFAULT_TIMES)
  assert.is(takeableInMs(seen, 'a', 1000), 30_000)
  const same = observe(seen, { resourceVersion: '1', spec }, 25_000, DEFAULT_TIMES)
  assert.is(takeableInMs(same, 'a', 25_000), 6000)
  const renewed = observe(same, { resourceVersion: '2', spec }, 25_000, DEFAULT_TIMES)
  assert.is(takeableInMs(renewed, 'a', 25_000), 30_000)
  assert.is(takeableInMs(renewed, 'b', 25_000), 0, 'our own')
  const free = observe(
    renewed,
    { resourceVersion: '3', spec: { ...spec, holderIdentity: '' } },
    26_000,
    DEFAULT_TIMES
  )
  assert.is(takeableInMs(free, 'a', 26_000), 0)
})

test('a claim keeps the time of its acquisition and counts changes of the holder', () => {
  const first = claim(undefined, 'a', 0, DEFAULT_TIMES)
  assert.equal(first, {
    holderIdentity: 'a',
    leaseDurationSeconds: 30,
    acquireTime: '1970-01-01T00:00:00.000000Z',
    renewTime: '1970-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  })
  const renewed = claim(first, 'a', 4000, DEFAULT_TIMES)
  assert.is(renewed.acquireTime, first.acquireTime)
  assert.is(renewed.renewTime, '1970-01-01T00:00:04.000000Z')
  const taken = claim(renewed, 'b', 60_000, DEFAULT_TIMES)
  assert.is(taken.leaseTransitions, 1)
  assert.is(taken.acquireTime, '1970-01-01T00:01:00.000000Z')
})

test('a burst goes at once, the rest in order at the rate', async () => {
  const clock = new ManualClock()
  const throttle = new Throttle({ timers: clock, perSecond: 10, burst: 3 })
  const went: number[] = []
  const all = Array.from({ length: 6 }, (_, i) => throttle.take(0).then(() => went.push(i)))
  await clock.advance(0)
  assert.equal(went, [0, 1, 2])
  await clock.advance(102)
  assert.equal(went, [0, 1, 2, 3])
  await clock.advance(300)
  await Promise.all(all)
  assert.equal(went, [0, 1, 2, 3, 4, 5])
})

test('the most urgent goes first, and an edit does not wait for a storm', async () => {
  const clock = new ManualClock()
  const throttle = new Throttle({ timers: clock, perSecond: 10, burst: 1 })
  const went: string[] = []
  const take = (name: string, priority: number) =>
    throttle.take(priority).then(() => went.push(name))
  await throttle.take(PRIORITY.resync)
  const all = [
    take('resync 1', PRIORITY.resync),
    take('event', PRIORITY.event),
    take('resync 2', PRIORITY.resync),
    take('edit 1', PRIORITY.edit),
    take('edit 2', PRIORITY.edit),
    take('edit 3', PRIORITY.edit),
  ]
  await clock.advance(0)
  assert.equal(went, ['edit 1', 'edit 2'], 'their own two')
  await clock.advance(52)
  assert.equal(went, ['edit 1', 'edit 2', 'edit 3'], 'twice as fast as all else')
  await clock.advance(50)
  assert.equal(went.slice(3), ['event'])
  await clock.advance(210)
  await Promise.all(all)
  assert.equal(went.slice(4), ['resync 1', 'resync 2'])
})

test('whoever stops waiting for its turn costs nobody else one', async () => {
  const clock = new ManualClock()
  const throttle = new Throttle({ timers: clock, perSecond: 10, burst: 1 })
  await throttle.take(0)
  const stop = new AbortController()
  const gone = throttle.take(0, stop.signal).catch(() => 'gone')
  let went = false
  const next = throttle.take(0).then(() => {
    went = true
  })
  stop.abort()
  assert.is(await gone, 'gone')
  await clock.advance(102)
  await next
  assert.is(went, true)
})

test('watch lines are read whatever the network cuts them into, and a cut last line is dropped', async () => {
  const text =
    '{"type":"ADDED","object":{"a":"ü"}}\n\n{"type":"MODIFIED","object":{"b":2}}\n{"type":"DEL'
  const bytes = Buffer.from(text)
  for (let size = 1; size < bytes.length; size += 3) {
    const chunks = async function* () {
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
    }
    const seen: unknown[] = []
    for await (const event of readEvents(chunks(), () => {})) seen.push(event)
    assert.equal(seen, [
      { type: 'ADDED', object: { a: 'ü' } },
      { type: 'MODIFIED', object: { b: 2 } },
    ])
  }
})

test.run()
