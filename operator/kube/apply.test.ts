import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { FakeApiServer } from '../testing/apiserver.ts'
import { ManualClock } from '../testing/clock.ts'
import { Applier, ApplyLoop, type Desired, OwnedByOther } from './apply.ts'
import { ApplyGuard } from './apply-guard.ts'
import { Client } from './client.ts'
import { fixedConnection } from './config.ts'
import { CONFIG_MAPS, type KubeObject, type Resource } from './objects.ts'
import { systemTimers } from './timers.ts'
import { Transport } from './transport.ts'

const MAPS = 'v1/configmaps'
const FEEDS: Resource = {
  group: 'ssmd.io',
  version: 'v1alpha1',
  plural: 'feeds',
  kind: 'Feed',
  namespaced: true,
}

type Context = { fake: FakeApiServer; clock: ManualClock; transport: Transport }
const test = suite<Context>('apply')

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.clock = new ManualClock()
  context.transport = new Transport({
    connection: fixedConnection(context.fake.url),
    userAgent: 'test',
    timers: systemTimers,
    random: () => 0,
    burst: 10_000,
  })
})
test.after.each(async ({ fake, transport }) => {
  transport.close()
  await fake.close()
})

const applier = ({ transport, clock }: Context, readOnly = false) =>
  new Applier({
    client: new Client(transport),
    guard: new ApplyGuard({ timers: clock }),
    manager: 'ssmd-operator',
    hashAnnotation: 'ssmd.io/applied-hash',
    readOnly,
  })

const desired = (data: Record<string, string>, metadata: object = {}): Desired => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n', ...metadata },
  data,
})

const live = ({ fake }: Context): KubeObject =>
  fake.store.get(MAPS, 'n', 'a') as unknown as KubeObject

const edit = ({ fake }: Context, data: object, manager = 'kubectl-edit') =>
  fake.store.update(MAPS, { ...fake.store.get(MAPS, 'n', 'a'), data }, { manager })

test('a pass over unchanged objects makes no API call (O12)', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  const calls = context.fake.requests.length
  for (let i = 0; i < 1000; i++) {
    const { outcome } = await one.apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
    assert.is(outcome, 'unchanged')
  }
  assert.is(context.fake.requests.length, calls)
})

test('a restarted operator writes nothing either', async (context) => {
  await applier(context).apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  const { outcome } = await applier(context).apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
  assert.is(outcome, 'unchanged')
  assert.is(context.fake.writes.length, 1)
})

test('puts back what somebody changed, and says what and from whom', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1', y: '1' }), undefined)
  edit(context, { x: '2', y: '1' })
  const applied = await one.apply(CONFIG_MAPS, desired({ x: '1', y: '1' }), live(context))
  assert.is(applied.outcome, 'updated')
  assert.equal(applied.drift, ['data.x'])
  assert.equal(applied.takenOver, [{ field: 'data.x', from: 'kubectl-edit' }])
  assert.equal(live(context).data, { x: '1', y: '1' })
})

test('leaves alone what others added (O6)', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  edit(context, { x: '1', theirs: '1' })
  const { outcome } = await one.apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
  assert.is(outcome, 'unchanged')
  assert.equal(live(context).data, { x: '1', theirs: '1' })
})

test('takes out what is no longer wanted, though everything wanted is there', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1', y: '1' }), undefined)
  edit(context, { x: '1', y: '1', theirs: '1' })
  const { outcome } = await one.apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
  assert.is(outcome, 'updated')
  assert.equal(live(context).data, { x: '1', theirs: '1' })
})

test('the hash does not move when the API server adds defaults (prometheus-operator#2977)', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  edit(context, { x: '1', defaulted: 'by the server' })
  const again = await applier(context).apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
  assert.is(again.outcome, 'unchanged')
})

test('creates, not updates, an object deleted and recreated in between (nack#262)', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  const stale = live(context)
  context.fake.store.delete(MAPS, 'n', 'a')
  const applied = await one.apply(CONFIG_MAPS, desired({ x: '2' }), stale)
  assert.is(applied.object?.metadata.uid === stale.metadata.uid, false)
  assert.equal(live(context).data, { x: '2' })
})

test('reports ApplyLoop where somebody takes it back each time (hive#2943)', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  for (let i = 0; i < 5; i++) {
    edit(context, { x: `theirs ${i}` })
    await one.apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
    await context.clock.advance(1000)
  }
  edit(context, { x: 'theirs again' })
  const writes = context.fake.writes.length
  try {
    await one.apply(CONFIG_MAPS, desired({ x: '1' }), live(context))
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, ApplyLoop)
    assert.equal((thrown as ApplyLoop).drift, ['data.x'])
    assert.ok((thrown as ApplyLoop).retryAfterMs <= 600_000)
  }
  assert.is(context.fake.writes.length, writes, 'nothing is sent')
  await one.apply(CONFIG_MAPS, desired({ x: '2' }), live(context))
  assert.equal(live(context).data, { x: '2' }, 'another wish goes through')
})

test('a server whose idea of the object is not ours is asked once', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  // As if the server kept another form of what was applied: there is drift, and applying changes nothing.
  const odd = { ...live(context), data: { x: 'another form' } }
  const calls = context.fake.requests.length
  assert.is((await one.apply(CONFIG_MAPS, desired({ x: '1' }), odd)).outcome, 'unchanged')
  assert.is((await one.apply(CONFIG_MAPS, desired({ x: '1' }), odd)).outcome, 'unchanged')
  assert.ok(context.fake.requests.length - calls <= 1)
})

test('does not touch an object that another owner controls', async (context) => {
  const owned = (uid: string) => ({
    ownerReferences: [
      { apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', name: 'f', uid, controller: true },
    ],
  })
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({}, owned('old')), undefined)
  try {
    await one.apply(CONFIG_MAPS, desired({}, owned('new')), live(context))
    assert.unreachable()
  } catch (thrown) {
    assert.instance(thrown, OwnedByOther)
  }
})

test('waits for an object that is being deleted', async (context) => {
  const one = applier(context)
  await one.apply(CONFIG_MAPS, desired({ x: '1' }, { finalizers: ['x/y'] }), undefined)
  context.fake.store.delete(MAPS, 'n', 'a')
  const applied = await one.apply(CONFIG_MAPS, desired({ x: '2' }), live(context))
  assert.is(applied.outcome, 'terminating')
})

test('read-only asks what would happen, and changes nothing', async (context) => {
  const one = applier(context, true)
  const created = await one.apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  assert.is(created.outcome, 'wouldCreate')
  assert.is(context.fake.store.find(MAPS, 'n', 'a'), undefined)
  await applier(context).apply(CONFIG_MAPS, desired({ x: '1' }), undefined)
  const updated = await one.apply(CONFIG_MAPS, desired({ x: '2' }), live(context))
  assert.is(updated.outcome, 'wouldUpdate')
  assert.equal(updated.drift, ['data.x'])
  assert.equal(live(context).data, { x: '1' })
})

const feed = ({ fake }: Context): KubeObject =>
  fake.store.get('ssmd.io/v1alpha1/feeds', 'n', 'f') as unknown as KubeObject
const makeFeed = ({ fake }: Context) =>
  fake.store.create('ssmd.io/v1alpha1/feeds', {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    metadata: { name: 'f', namespace: 'n' },
    spec: { exchange: 'kalshi' },
  })

test('a status is written where it differs, and by its own manager', async (context) => {
  makeFeed(context)
  const one = applier(context)
  const options = { manager: 'ssmd-operator-status' }
  const status = { observedGeneration: 1, conditions: [] }
  assert.is((await one.applyStatus(FEEDS, feed(context), status, options)).outcome, 'updated')
  assert.is((await one.applyStatus(FEEDS, feed(context), status, options)).outcome, 'unchanged')
  assert.is(context.fake.writes.length, 1)
  assert.is(feed(context).metadata.generation, 1)
  assert.is(context.fake.writes[0]?.request.query.get('fieldManager'), 'ssmd-operator-status')
})

test('a status write meets no conflict with a spec writer (agent-sandbox#527)', async (context) => {
  makeFeed(context)
  const before = feed(context)
  context.fake.store.update('ssmd.io/v1alpha1/feeds', {
    ...context.fake.store.get('ssmd.io/v1alpha1/feeds', 'n', 'f'),
    spec: { exchange: 'kraken' },
  })
  const applied = await applier(context).applyStatus(FEEDS, before, { a: 1 }, { manager: 's' })
  assert.is(applied.outcome, 'updated')
  assert.equal(feed(context).spec, { exchange: 'kraken' })
})

test('a status is not written to a successor of the same name', async (context) => {
  makeFeed(context)
  const old = feed(context)
  context.fake.store.delete('ssmd.io/v1alpha1/feeds', 'n', 'f')
  const gone = await applier(context).applyStatus(FEEDS, old, { a: 1 }, { manager: 's' })
  assert.is(gone.outcome, 'gone')
  makeFeed(context)
  const other = await applier(context).applyStatus(FEEDS, old, { a: 1 }, { manager: 's' })
  assert.is(other.outcome, 'gone')
  assert.is(feed(context).status, undefined)
})

test.run()
