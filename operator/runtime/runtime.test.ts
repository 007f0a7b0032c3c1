import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { judge } from '#role/health.ts'
import { ApplyLoop } from '../kube/apply.ts'
import { ApiError, WriteRefused } from '../kube/errors.ts'
import { CONFIG_MAPS, DEPLOYMENTS, type KubeObject, type Resource } from '../kube/objects.ts'
import { PRIORITY } from '../kube/queue.ts'
import { ManualClock } from '../testing/clock.ts'
import { managerChecks } from './checks.ts'
import { Consistency } from './consistency.ts'
import { outcomeOf, PassTimeout, TerminalError, WaitError } from './outcome.ts'
import { mappedWishes, ownerWishes, ownWish } from './triggers.ts'

const test = suite('runtime: pure parts')

const object = (metadata: Partial<KubeObject['metadata']> = {}, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Feed',
  metadata: {
    name: 'a',
    namespace: 'n',
    uid: 'u1',
    resourceVersion: '10',
    generation: 1,
    ...metadata,
  },
  ...more,
})

test("a person's edit is urgent, the first list is not, and a status alone least of all", () => {
  const added = (initial: boolean) =>
    ownWish({ kind: 'added', key: 'n/a', object: object(), initial })
  assert.is(added(true).priority, PRIORITY.resync)
  assert.is(added(false).priority, PRIORITY.edit)
  const updated = (now: KubeObject) =>
    ownWish({ kind: 'updated', key: 'n/a', old: object(), object: now })
  assert.equal(updated(object({ generation: 2 })), {
    key: 'n/a',
    scope: 'all',
    priority: PRIORITY.edit,
  })
  assert.equal(updated(object({ annotations: { pause: '' } })).scope, 'all')
  assert.equal(updated(object({ deletionTimestamp: 'now' })).scope, 'all')
  assert.equal(updated(object({ resourceVersion: '11' }, { status: {} })), {
    key: 'n/a',
    scope: 'status',
    priority: PRIORITY.resync,
  })
})

const child = (owner: string, more: Partial<KubeObject['metadata']> = {}): KubeObject =>
  object({
    name: 'child',
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: owner, uid: 'u', controller: true },
    ],
    ...more,
  })

test('a change of an owner wakes both owners', () => {
  const wishes = ownerWishes(
    { kind: 'updated', key: 'n/child', old: child('one'), object: child('two') },
    DEPLOYMENTS
  )
  assert.equal(
    wishes.map(({ key }) => key),
    ['n/one', 'n/two']
  )
})

test('the status of something owned asks for the status only', () => {
  const [wish] = ownerWishes(
    {
      kind: 'updated',
      key: 'n/child',
      old: child('one'),
      object: { ...child('one', { resourceVersion: '11' }), status: { ready: 1 } },
    },
    DEPLOYMENTS
  )
  assert.equal(wish, { key: 'n/one', scope: 'status', priority: PRIORITY.event })
})

test('a changed reference requeues both sides', () => {
  const wishes = mappedWishes(
    {
      kind: 'updated',
      key: 'n/a',
      old: object({}, { spec: { environment: 'x' } }),
      object: object({}, { spec: { environment: 'y' } }),
    },
    (value) => [`n/${(value.spec as { environment: string }).environment}`]
  )
  assert.equal(
    wishes.map(({ key }) => key),
    ['n/x', 'n/y']
  )
})

const consistency = () => {
  const clock = new ManualClock()
  const objects = new Map<string, KubeObject>()
  let resourceVersion = '10'
  const both = new Consistency({
    timers: clock,
    cacheOf: (resource: Resource) =>
      resource === CONFIG_MAPS
        ? {
            store: { get: (key: string) => objects.get(key) },
            get resourceVersion() {
              return resourceVersion
            },
          }
        : undefined,
  })
  return { clock, both, objects, advanceTo: (version: string) => (resourceVersion = version) }
}

test('waits until the cache has seen its own write before the same key runs again (KEP-5647)', () => {
  const { both, objects } = consistency()
  both.wrote('n/owner', CONFIG_MAPS, object({ resourceVersion: '15' }))
  assert.is(both.check('n/owner'), 'behind')
  assert.is(both.check('n/other'), 'seen')
  objects.set('n/a', object({ resourceVersion: '14' }))
  assert.is(both.check('n/owner'), 'behind')
  objects.set('n/a', object({ resourceVersion: '15' }))
  assert.is(both.check('n/owner'), 'seen')
  assert.is(both.size, 0)
})

test('another object of the same name, or a cache that went past it, counts as seen', () => {
  const { both, objects, advanceTo } = consistency()
  both.wrote('n/owner', CONFIG_MAPS, object({ resourceVersion: '15' }))
  objects.set('n/a', object({ uid: 'u2', resourceVersion: '14' }))
  assert.is(both.check('n/owner'), 'behind')
  advanceTo('15')
  assert.is(both.check('n/owner'), 'seen')
})

test('versions that are no numbers are seen when they are equal', () => {
  const { both, objects } = consistency()
  both.wrote('n/owner', CONFIG_MAPS, object({ resourceVersion: 'b' }))
  objects.set('n/a', object({ resourceVersion: 'a' }))
  assert.is(both.check('n/owner'), 'behind')
  objects.set('n/a', object({ resourceVersion: 'b' }))
  assert.is(both.check('n/owner'), 'seen')
})

test('a deletion is seen when the cache holds that object no more', () => {
  const { both, objects } = consistency()
  objects.set('n/a', object())
  both.deleted('n/owner', CONFIG_MAPS, 'n/a', 'u1')
  assert.is(both.check('n/owner'), 'behind')
  objects.set('n/a', object({ uid: 'u2' }))
  assert.is(both.check('n/owner'), 'seen')
})

test('reads live after five seconds of a cache that stays behind', async () => {
  const { both, clock } = consistency()
  both.wrote('n/owner', CONFIG_MAPS, object({ resourceVersion: '15' }))
  assert.is(both.check('n/owner'), 'behind')
  await clock.advance(4999)
  assert.is(both.check('n/owner'), 'behind')
  await clock.advance(1)
  assert.is(both.check('n/owner'), 'giveUp')
})

test('a kind that nobody watches is never waited for', () => {
  const { both } = consistency()
  both.wrote('n/owner', DEPLOYMENTS, object({ resourceVersion: '15' }))
  assert.is(both.check('n/owner'), 'seen')
})

test('every thrown value has one outcome', () => {
  const request = { method: 'GET', path: '/' }
  assert.equal(outcomeOf(new TerminalError('A', 'm')), { kind: 'terminal' })
  assert.equal(outcomeOf(new WaitError('A', 'm', 7)), { kind: 'wait', retryAfterMs: 7 })
  assert.equal(outcomeOf(new ApplyLoop('x', 9, [])), { kind: 'wait', retryAfterMs: 9 })
  assert.equal(outcomeOf(new PassTimeout('n/a', 1)), { kind: 'timeout' })
  assert.equal(outcomeOf(new WriteRefused('notLeading', request)), { kind: 'refused' })
  assert.equal(outcomeOf(new ApiError(request, { status: 409 })), { kind: 'retry' })
  assert.equal(outcomeOf(new ApiError(request, { status: 429, retryAfterMs: 5 })), {
    kind: 'retry',
    retryAfterMs: 5,
  })
  assert.equal(outcomeOf(new TypeError('x')), { kind: 'panic' })
  assert.equal(outcomeOf('a text'), { kind: 'panic' })
  assert.equal(outcomeOf(undefined), { kind: 'panic' })
  assert.equal(outcomeOf(new Error('x')), { kind: 'retry' })
})

const times = { durationMs: 30_000, renewDeadlineMs: 20_000, retryMs: 4000 }
const informer = (phase: 'watching' | 'waiting', silentMs: number, synced = true) =>
  ({ resource: CONFIG_MAPS, synced, silentMs, state: { phase } }) as never
const queueOf = (seconds: number[]) =>
  ({ name: 'feed', queue: { processingSeconds: () => seconds } }) as never
const well = {
  delay: { mean: 1e6 },
  elector: undefined,
  times,
  informers: [informer('watching', 0)],
  controllers: [queueOf([1])],
}

test('liveness fails for what a restart heals, and names it', () => {
  const live = (of: object) => judge(managerChecks({ ...well, ...of }).live)
  assert.is(live({}).ok, true)
  assert.is(live({ delay: { mean: 2e9 } }).ok, false)
  assert.is(live({ elector: { renewedMsAgo: 59_000 } }).ok, true)
  assert.is(live({ elector: { renewedMsAgo: 61_000 } }).ok, false)
  assert.is(live({ informers: [informer('watching', 701_000)] }).ok, false)
  assert.is(live({ controllers: [queueOf([601])] }).ok, false)
  assert.match(
    live({ controllers: [queueOf([601])] }).text,
    /\[-\]passes failed: feed: a pass does not end/
  )
})

test('an API server that is down is no reason to restart us', () => {
  const checks = managerChecks({ ...well, informers: [informer('waiting', 3_600_000)] })
  assert.is(judge(checks.live).ok, true)
})

test('not ready while caches are not filled, and says which', () => {
  const checks = managerChecks({ ...well, informers: [informer('watching', 0, false)] })
  assert.equal(judge(checks.ready), {
    ok: false,
    text: '[-]caches failed: waiting for configmaps\nfailed\n',
  })
})

test.run()
