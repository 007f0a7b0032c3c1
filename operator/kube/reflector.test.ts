import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { FakeApiServer } from '../testing/apiserver.ts'
import { ManualClock } from '../testing/clock.ts'
import { testLog } from '../testing/log.ts'
import { Client } from './client.ts'
import { fixedConnection } from './config.ts'
import { Informer, type InformerOptions } from './informer.ts'
import { CONFIG_MAPS, type KubeObject } from './objects.ts'
import type { Change } from './store.ts'
import { Transport } from './transport.ts'

const test = suite<{ fake: FakeApiServer; ends: (() => Promise<unknown>)[] }>('reflector')
const MAPS = 'v1/configmaps'

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.ends = []
})
test.after.each(async ({ fake, ends }) => {
  for (const end of ends) await within(5000, 'informer stopped', end())
  await fake.close()
})

const map = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', uid: '', resourceVersion: '' },
  data,
})

/** An informer on a clock that stands still until the test moves it; only the network is real. */
function start(
  { fake, ends }: { fake: FakeApiServer; ends: (() => Promise<unknown>)[] },
  options: InformerOptions<KubeObject> = {}
) {
  const clock = new ManualClock()
  const { log, lines } = testLog()
  const transport = new Transport({
    connection: fixedConnection(fake.url),
    userAgent: 'test',
    timers: clock,
    random: () => 0,
    perSecond: 1000,
    burst: 1000,
  })
  const counts: string[] = []
  const informer = new Informer(
    CONFIG_MAPS,
    {
      client: new Client(transport),
      timers: clock,
      random: () => 0,
      log,
      observe: (_, count) => counts.push(count),
    },
    { freeze: true, ...options }
  )
  const changes: Change<KubeObject>[] = []
  informer.subscribe((change) => changes.push(change))
  const stop = new AbortController()
  const running = informer.run(stop.signal)
  ends.push(async () => {
    stop.abort()
    await running
    transport.close()
  })
  /** Moves the clock in small steps until it is so. */
  const untilMoved = async (what: string, stepMs: number, check: () => boolean) =>
    until(5000, what, async () => {
      if (check()) return true
      await clock.advance(stepMs)
      return check()
    })
  return { clock, informer, changes, counts, lines, stop, running, untilMoved, transport }
}

const watches = (fake: FakeApiServer) => fake.requestsTo(MAPS, 'watch')
const lists = (fake: FakeApiServer) => fake.requestsTo(MAPS, 'list')

test('shows what is listed and what is watched, as plain objects of the same shape (client-node defect 7)', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('a'))
  const { informer, changes } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.store.create(MAPS, map('b'))
  await until(5000, 'b seen', () => informer.store.size === 2)
  assert.equal(
    changes.map((change) => `${change.kind} ${change.key}`),
    ['added n/a', 'added n/b']
  )
  assert.is(typeof informer.store.get('n/a')?.metadata.creationTimestamp, 'string')
  assert.is(typeof informer.store.get('n/b')?.metadata.creationTimestamp, 'string')
})

test('pages the first list and yields between pages', async (context) => {
  const { fake } = context
  for (let i = 0; i < 25; i++) fake.store.create(MAPS, map(`m${i}`))
  const { informer } = start(context, { pageSize: 10 })
  await until(5000, 'synced', () => informer.synced)
  assert.is(informer.store.size, 25)
  assert.is(lists(fake).length, 3)
  assert.is(lists(fake)[1]?.query.get('resourceVersion'), null)
})

test('starts the list anew when a page is asked for too late', async (context) => {
  const { fake } = context
  for (let i = 0; i < 25; i++) fake.store.create(MAPS, map(`m${i}`))
  let once = true
  fake.fault = (request) => {
    if (once && request.query.has('continue')) {
      once = false
      fake.forgetContinues()
    }
    return undefined
  }
  const { informer } = start(context, { pageSize: 10 })
  await until(5000, 'synced', () => informer.synced)
  assert.is(informer.store.size, 25)
})

test('reopens a watch that went silent without a TCP close (client-node#596)', async (context) => {
  const { fake } = context
  const { clock, informer, counts } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.watchMode.silent = true
  fake.store.create(MAPS, map('lost'))
  await clock.advance(89_000)
  assert.is(watches(fake).length, 1)
  fake.watchMode.silent = false
  await clock.advance(1000)
  await until(5000, 'seen', () => informer.store.get('n/lost') !== undefined)
  assert.equal(counts, ['silent'])
})

test('counts a bookmark as a sign of life', async (context) => {
  const { fake } = context
  const { clock, informer } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  for (let i = 0; i < 4; i++) {
    await clock.advance(60_000)
    fake.store.tick()
    fake.bookmark()
    await until(5000, 'bookmark', () => informer.resourceVersion === String(fake.store.version))
  }
  assert.is(watches(fake).length, 1)
  assert.ok(informer.silentMs < 1000)
})

test('asks for bookmarks and begins the next watch at the last of them (client-node defect 8)', async (context) => {
  const { fake } = context
  const { informer } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  assert.is(watches(fake)[0]?.query.get('allowWatchBookmarks'), 'true')
  fake.store.tick(50)
  fake.bookmark()
  await until(5000, 'bookmark', () => informer.resourceVersion === String(fake.store.version))
  fake.store.compact()
  fake.endWatches()
  await until(5000, 'second watch', () => watches(fake).length === 2 && fake.openWatches === 1)
  assert.is(watches(fake)[1]?.query.get('resourceVersion'), String(fake.store.version))
  assert.is(lists(fake).length, 1)
})

test('sends a random timeoutSeconds and kills the stream five seconds after it', async (context) => {
  const { fake } = context
  const { clock, untilMoved } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  assert.is(watches(fake)[0]?.query.get('timeoutSeconds'), '290')
  for (let i = 0; i < 29; i++) {
    await clock.advance(10_000)
    fake.bookmark()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  assert.is(watches(fake).length, 1)
  await clock.advance(4999)
  assert.is(watches(fake).length, 1)
  await untilMoved('killed', 1, () => watches(fake).length === 2)
})

test('keeps a quiet watch open longer than any request deadline (client-node#3020)', async (context) => {
  const { fake } = context
  const { clock } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  await clock.advance(80_000)
  assert.is(watches(fake).length, 1)
  assert.is(fake.openWatches, 1)
})

test('loses no event between the end of a watch and its reconnect', async (context) => {
  const { fake } = context
  const { informer } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  for (let i = 0; i < 200; i++) {
    fake.store.create(MAPS, map(`m${i}`))
    if (i % 20 === 10) fake.endWatches()
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(5000, 'all seen', () => informer.store.size === 200)
  assert.is(lists(fake).length, 1)
})

test('opens the next watch at once when the server ended one (client-node#3020)', async (context) => {
  const { fake } = context
  const { clock } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  await clock.advance(60_000)
  fake.endWatches()
  // The clock stands: a wait would never end.
  await until(5000, 'second watch', () => watches(fake).length === 2 && fake.openWatches === 1)
})

test('does not flood a server that ends every watch at once', async (context) => {
  const { fake } = context
  fake.watchMode.script = []
  const { counts, clock } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.endWatches()
  await until(5000, 'counted', () => counts.includes('shortWatch'))
  assert.is(watches(fake).length, 1)
  await clock.advance(1000)
  await until(5000, 'second watch', () => watches(fake).length === 2)
})

test('relists after 410 in the stream and after 410 on the watch request itself (headlamp#7451)', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('gone'))
  const { informer, untilMoved, changes } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.watchMode.silent = true
  fake.store.delete(MAPS, 'n', 'gone')
  fake.store.compact()
  fake.watchMode.silent = false
  fake.send({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
  await until(5000, 'relisted', () => lists(fake).length === 2 && fake.openWatches === 1)
  assert.is(informer.store.size, 0)
  assert.is(changes.at(-1)?.kind, 'deleted')
  // Now on the request: nothing shown since, so the watch begins where history is gone.
  fake.watchMode.silent = true
  fake.store.create(MAPS, map('new'))
  fake.store.compact()
  fake.watchMode.silent = false
  fake.endWatches()
  await untilMoved('seen', 500, () => informer.store.get('n/new') !== undefined)
  const seen = new Set<string | null>()
  for (const watch of watches(fake).slice(2)) seen.add(watch.query.get('resourceVersion'))
  assert.is(seen.size, watches(fake).length - 2, 'no version twice')
})

test('backs off, counts and watches again after an ERROR that is no 410 (client-node defect 4)', async (context) => {
  const { fake } = context
  const { counts, clock } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.send({ type: 'ERROR', object: { kind: 'Status', code: 500, reason: 'InternalError' } })
  await until(5000, 'counted', () => counts.length === 1)
  assert.equal(counts, ['errorEvent'])
  assert.is(watches(fake).length, 1)
  await clock.advance(500)
  await until(5000, 'second watch', () => watches(fake).length === 2)
  assert.is(lists(fake).length, 1)
})

test('no failure of list or watch stops it for good (client-node defect 1)', async (context) => {
  const { fake } = context
  let broken: 'list' | 'watch' | 'reset' | undefined = 'list'
  fake.fault = (request) => {
    if (broken === 'reset') return 'reset'
    if (broken === 'list' && !request.watch) return { status: 503 }
    if (broken === 'watch' && request.watch) return { status: 500 }
    return undefined
  }
  const { informer, untilMoved, clock, counts } = start(context)
  for (let i = 0; i < 6; i++) await clock.advance(10_000)
  assert.is(informer.synced, false)
  broken = 'watch'
  await untilMoved('listed', 5000, () => informer.synced)
  for (let i = 0; i < 6; i++) await clock.advance(10_000)
  broken = 'reset'
  for (let i = 0; i < 6; i++) await clock.advance(10_000)
  broken = undefined
  fake.store.create(MAPS, map('after'))
  await untilMoved('seen', 5000, () => informer.store.size === 1)
  assert.ok(counts.length > 5)
})

test('goes on after a line that is not JSON, and loses no event by it', async (context) => {
  const { fake } = context
  const { informer, untilMoved } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.send('{"type":"ADDED","object":{"met')
  fake.store.create(MAPS, map('a'))
  await untilMoved('seen', 500, () => informer.store.size === 1)
})

test('waits for rights and definitions that come later, without ending (403, 404)', async (context) => {
  const { fake } = context
  let status = 403
  fake.fault = () => (status === 200 ? undefined : { status })
  const { informer, untilMoved, counts, clock } = start(context)
  await until(5000, 'refused', () => counts.length === 1)
  for (let i = 0; i < 20; i++) await clock.advance(3000)
  assert.ok(lists(fake).length < 10, `${lists(fake).length} lists in a minute`)
  status = 404
  await untilMoved('absent', 5000, () => counts.includes('absent'))
  status = 200
  await untilMoved('synced', 5000, () => informer.synced)
})

test('a list from the past deletes nothing (O4)', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('old'))
  fake.staleList = { version: fake.store.version, items: fake.store.all(MAPS) }
  fake.store.create(MAPS, map('young'))
  const { informer, changes, counts } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.send({ type: 'ERROR', object: { code: 410 } })
  await until(5000, 'watching again', () => watches(fake).length === 2)
  assert.is(informer.store.size, 2)
  assert.not.ok(changes.some((change) => change.kind === 'deleted'))
  assert.ok(counts.includes('staleList'))
})

test('an object deleted and made again while nobody watched is told as both (client-node defect 5)', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('a'))
  const { changes } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.watchMode.silent = true
  fake.store.delete(MAPS, 'n', 'a')
  fake.store.create(MAPS, map('a'))
  fake.store.compact()
  fake.watchMode.silent = false
  fake.send({ type: 'ERROR', object: { code: 410 } })
  await until(5000, 'told', () => changes.length === 3)
  assert.equal(
    changes.map(({ kind }) => kind),
    ['added', 'deleted', 'added']
  )
})

test('a throwing event handler loses no key and does not stop the watch (pepr#3052, client-node defect 6)', async (context) => {
  const { fake } = context
  const { informer, clock, counts, lines } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  const seen: string[] = []
  let failures = 3
  informer.subscribe((change) => {
    if (change.key === 'n/a' && failures-- > 0) throw new Error('not now')
    seen.push(`${change.kind} ${change.key}`)
  })
  fake.store.create(MAPS, map('a'))
  fake.store.create(MAPS, map('b'))
  await until(5000, 'b told', () => seen.length === 1)
  assert.equal(seen, ['added n/b'])
  await clock.advance(100)
  await clock.advance(200)
  await clock.advance(400)
  assert.equal(seen, ['added n/b', 'added n/a'])
  assert.is(counts.filter((count) => count === 'handler').length, 3)
  assert.ok(lines.some((line) => line.msg === 'event handler failed; it is called again'))
})

test('a handler that missed a change is told of the deletion with what it last knew', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('a', { version: '1' }))
  const { informer, clock } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  const seen: Change<KubeObject>[] = []
  let broken = false
  informer.subscribe((change) => {
    if (broken) throw new Error('not now')
    seen.push(change)
  })
  broken = true
  fake.store.update(MAPS, { ...fake.store.get(MAPS, 'n', 'a'), data: { version: '2' } })
  fake.store.delete(MAPS, 'n', 'a')
  await until(5000, 'gone', () => informer.store.size === 0)
  broken = false
  await clock.advance(1000)
  const last = seen.at(-1)
  assert.is(last?.kind, 'deleted')
  assert.equal(last?.kind === 'deleted' && last.old.data, { version: '1' })
})

test('index functions and transforms that meet garbage do not stop the watch', async (context) => {
  const { fake } = context
  const { informer, counts } = start(context, {
    indexes: { first: (object) => [(object.data as { list: string[] }).list[0] as string] },
    transform: (object) => {
      if (object.metadata.name === 'worse') throw new Error('worse')
      return object
    },
  })
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.store.create(MAPS, { ...map('bad'), data: undefined })
  fake.store.create(MAPS, map('worse', { secret: 'x' }))
  fake.store.create(MAPS, { ...map('good'), data: { list: ['x'] } })
  await until(5000, 'seen', () => informer.store.size === 3)
  assert.equal(informer.store.keysBy('first', 'x'), ['n/good'])
  assert.is(informer.store.get('n/worse')?.data, undefined, 'what could not be trimmed is not kept')
  assert.ok(counts.length >= 2)
})

test('stopping during the wait for a reconnect opens no watch afterwards (client-node defects 2 and 3)', async (context) => {
  const { fake } = context
  const { stop, running, clock, counts, informer } = start(context)
  await until(5000, 'watching', () => fake.openWatches === 1)
  fake.send({ type: 'ERROR', object: { code: 500 } })
  await until(5000, 'waiting', () => counts.length === 1)
  stop.abort()
  await within(5000, 'stopped', running)
  await clock.advance(600_000)
  assert.is(watches(fake).length, 1)
  assert.is(informer.state.phase, 'stopped')
  assert.equal(counts, ['errorEvent'], 'a stop is no error')
  assert.is(clock.pending, 0, 'no timer is left')
})

test('a cached object cannot be changed', async (context) => {
  const { fake } = context
  fake.store.create(MAPS, map('a', { x: '1' }))
  const { informer } = start(context)
  await until(5000, 'synced', () => informer.synced)
  assert.throws(() => {
    ;(informer.store.get('n/a')?.data as { x: string }).x = '2'
  }, /read only/)
})

test.run()
