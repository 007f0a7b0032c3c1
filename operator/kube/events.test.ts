import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { FakeApiServer } from '../testing/apiserver.ts'
import { ManualClock } from '../testing/clock.ts'
import { testLog } from '../testing/log.ts'
import { Client } from './client.ts'
import { fixedConnection } from './config.ts'
import { Recorder } from './events.ts'
import type { KubeObject } from './objects.ts'
import { Transport } from './transport.ts'

const EVENTS = 'events.k8s.io/v1/events'

type Context = { fake: FakeApiServer; clock: ManualClock; recorder: Recorder; end: () => void }
const test = suite<Context>('events')

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.clock = new ManualClock()
  const transport = new Transport({
    connection: fixedConnection(context.fake.url),
    userAgent: 'test',
    timers: context.clock,
    random: () => 0,
    burst: 1000,
  })
  context.recorder = new Recorder({
    client: new Client(transport),
    timers: context.clock,
    log: testLog().log,
    controller: 'ssmd.io/operator',
    instance: 'pod-1',
  })
  context.end = () => transport.close()
})
test.after.each(async ({ fake, end }) => {
  end()
  await fake.close()
})

const feed = (name: string): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name, namespace: 'n', uid: `uid-${name}` },
})
const warning = (note: string) =>
  ({ type: 'Warning', reason: 'FieldTakenOver', action: 'Apply', note }) as const

const stored = (fake: FakeApiServer) => fake.store.all(EVENTS)

test('an event names its object, what was done and why', async ({ fake, recorder }) => {
  recorder.record(feed('a'), warning('took spec.replicas from kubectl-edit'))
  await until(5000, 'written', () => stored(fake).length === 1)
  const { metadata, ...event } = stored(fake)[0]!
  assert.match(metadata.name, /^a\.[0-9a-f]{16}$/)
  assert.is(metadata.namespace, 'n')
  assert.equal(event.regarding, {
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Feed',
    name: 'a',
    namespace: 'n',
    uid: 'uid-a',
  })
  assert.is(event.reportingController, 'ssmd.io/operator')
  assert.is(event.series, undefined)
})

test('a repeated event is one Event that counts, written once in ten seconds', async ({
  fake,
  recorder,
  clock,
}) => {
  recorder.record(feed('a'), warning('x'))
  await until(5000, 'written', () => stored(fake).length === 1)
  for (let i = 0; i < 99; i++) recorder.record(feed('a'), warning('x'))
  await clock.advance(10_000)
  await until(5000, 'counted', () => fake.writes.length === 2)
  assert.is(stored(fake).length, 1)
  assert.is((stored(fake)[0]!.series as { count: number }).count, 100)
})

test('notes that differ only behind their beginning are one series', async ({
  fake,
  recorder,
  clock,
}) => {
  const start = 'the archive has fallen behind the stream and does not catch up: '
  for (let i = 0; i < 10; i++) recorder.record(feed('a'), warning(`${start}${i} messages`))
  await until(5000, 'written', () => stored(fake).length === 1)
  await clock.advance(20_000)
  assert.is(stored(fake).length, 1)
})

test('a crash loop cannot flood etcd: 25 at once for one object, then one in five minutes', async ({
  fake,
  recorder,
  clock,
}) => {
  for (let i = 0; i < 1000; i++) recorder.record(feed('a'), warning(`reason number ${i}`))
  recorder.record(feed('b'), warning('of another object'))
  await until(5000, 'written', () => stored(fake).length === 26)
  await clock.advance(1000)
  assert.is(stored(fake).length, 26)
  assert.is(recorder.dropped, 975)
  await clock.advance(300_000)
  recorder.record(feed('a'), warning('later'))
  await until(5000, 'one more', () => stored(fake).length === 27)
})

test('an event that cannot be written harms nobody', async ({ fake, recorder, clock }) => {
  fake.fault = () => ({ status: 403 })
  recorder.record(feed('a'), warning('x'))
  await until(5000, 'dropped', () => recorder.dropped === 1)
  fake.fault = () => undefined
  await clock.advance(1000)
  recorder.record(feed('a'), warning('y'))
  await until(5000, 'written', () => stored(fake).length === 1)
})

test('an Event that the server has forgotten is written anew', async ({
  fake,
  recorder,
  clock,
}) => {
  recorder.record(feed('a'), warning('x'))
  await until(5000, 'written', () => stored(fake).length === 1)
  fake.store.delete(EVENTS, 'n', stored(fake)[0]!.metadata.name)
  recorder.record(feed('a'), warning('x'))
  await clock.advance(10_000)
  await until(5000, 'written anew', () => stored(fake).length === 1)
  assert.is((stored(fake)[0]!.series as { count: number }).count, 2)
})

test('what was not yet written is written at the end, and nothing after it', async ({
  fake,
  recorder,
  clock,
}) => {
  recorder.record(feed('a'), warning('x'))
  await until(5000, 'written', () => stored(fake).length === 1)
  recorder.record(feed('a'), warning('x'))
  await recorder.flush(2000)
  assert.is((stored(fake)[0]!.series as { count: number }).count, 2)
  recorder.record(feed('a'), warning('z'))
  await clock.advance(60_000)
  assert.is(stored(fake).length, 1)
  assert.is(clock.pending, 0)
})

test.run()
