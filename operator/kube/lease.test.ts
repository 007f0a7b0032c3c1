import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import { FakeApiServer } from '../testing/apiserver.ts'
import { ManualClock } from '../testing/clock.ts'
import { testLog } from '../testing/log.ts'
import { Client } from './client.ts'
import { fixedConnection } from './config.ts'
import { Elector, LeaseLost } from './lease.ts'
import { DEFAULT_TIMES, type LeaseSpec } from './lease-machine.ts'
import type { KubeObject } from './objects.ts'
import { Transport } from './transport.ts'

const LEASE = 'coordination.k8s.io/v1/leases'

type Context = { fake: FakeApiServer; ends: (() => unknown)[] }
const test = suite<Context>('lease')

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.ends = []
})
test.after.each(async ({ fake, ends }) => {
  for (const end of ends) await end()
  await fake.close()
})

/** A replica with a clock of its own; only the network is real. */
function replica({ fake, ends }: Context, identity: string, clock = new ManualClock()) {
  const transport = new Transport({
    connection: fixedConnection(fake.url),
    userAgent: identity,
    timers: clock,
    random: () => 0.5,
  })
  const elector = new Elector({
    client: new Client(transport),
    timers: clock,
    random: () => 0.5,
    log: testLog().log,
    namespace: 'n',
    name: 'ssmd-operator',
    identity,
    times: DEFAULT_TIMES,
  })
  const stop = new AbortController()
  ends.push(() => {
    stop.abort()
    transport.close()
  })
  let lost: unknown
  const start = () => {
    const acquired = elector.acquire(stop.signal)
    acquired
      .then(() => elector.hold(stop.signal))
      .catch((thrown) => {
        lost = thrown
      })
    return acquired
  }
  /** Moves this replica's clock by so much, in steps in which requests can be answered. */
  const pass = async (ms: number, stepMs = 500) => {
    for (let moved = 0; moved < ms; moved += stepMs) {
      await clock.advance(stepMs)
      await new Promise((resolve) => setTimeout(resolve, 4))
    }
  }
  return {
    clock,
    elector,
    stop,
    start,
    pass,
    get lost() {
      return lost
    },
  }
}

const spec = (fake: FakeApiServer): LeaseSpec =>
  (fake.store.get(LEASE, 'n', 'ssmd-operator') as unknown as KubeObject).spec as LeaseSpec

test('the first replica leads, and renews every four seconds', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  assert.is(a.elector.mayWrite, true)
  assert.is(spec(context.fake).holderIdentity, 'a')
  const before = context.fake.writes.length
  await a.pass(20_000)
  const renewals = context.fake.writes.length - before
  assert.ok(renewals >= 4 && renewals <= 5, `${renewals} renewals in 20 s`)
  assert.is(spec(context.fake).leaseTransitions, 0)
})

test('a standby does not lead while the leader renews, however long', async (context) => {
  const a = replica(context, 'a')
  const b = replica(context, 'b')
  await within(5000, 'leading', a.start())
  b.start().catch(() => {})
  for (let i = 0; i < 40; i++) {
    await a.pass(2000)
    await b.pass(2000)
  }
  assert.is(b.elector.leading, false)
  assert.is(spec(context.fake).holderIdentity, 'a')
})

test('a standby leads within lease duration and one period after the leader died', async (context) => {
  const a = replica(context, 'a')
  const b = replica(context, 'b')
  await within(5000, 'leading', a.start())
  b.start().catch(() => {})
  await b.pass(2000)
  a.stop.abort()
  await b.pass(27_500)
  assert.is(b.elector.leading, false, 'not before the lease is over')
  await b.pass(4000)
  assert.is(b.elector.leading, true)
  assert.is(spec(context.fake).leaseTransitions, 1)
})

test('a lease that is given back is taken within two seconds', async (context) => {
  const a = replica(context, 'a')
  const b = replica(context, 'b')
  await within(5000, 'leading', a.start())
  b.start().catch(() => {})
  await b.pass(2000)
  a.stop.abort()
  await a.elector.release()
  assert.is(a.elector.mayWrite, false)
  assert.is(spec(context.fake).holderIdentity, '')
  await b.pass(2000, 100)
  assert.is(b.elector.leading, true)
})

test('a leader that was frozen and wakes up writes nothing', async (context) => {
  const a = replica(context, 'a')
  const b = replica(context, 'b')
  await within(5000, 'leading', a.start())
  b.start().catch(() => {})
  await b.pass(2000)
  // Time goes on while nothing of `a` runs.
  a.clock.freeze(60_000)
  await b.pass(34_000)
  assert.is(b.elector.leading, true)
  assert.is(a.elector.mayWrite, false, 'false before anything of it runs')
  const writes = context.fake.writes.filter(({ request }) => request.userAgent === 'a').length
  await a.pass(10_000)
  assert.instance(a.lost, LeaseLost)
  const after = context.fake.writes.filter(({ request }) => request.userAgent === 'a').length
  assert.is(after, writes, 'not even a renewal')
})

test('the fence closes before a standby may lead, also where no answer comes', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  context.fake.fault = () => ({ status: 503 })
  await a.pass(DEFAULT_TIMES.renewDeadlineMs - 4500)
  assert.is(a.elector.mayWrite, true, 'a short outage is survived')
  await a.pass(6000)
  assert.is(a.elector.mayWrite, false)
  assert.instance(a.lost, LeaseLost)
})

test('survives one slow renewal (opensearch#1545)', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  let slow = 1
  context.fake.fault = (request) =>
    request.method === 'PUT' && slow-- > 0 ? { delayMs: 100_000 } : undefined
  // The first attempt is given up after ten seconds, the next one is answered.
  await a.pass(18_000)
  assert.is(a.lost, undefined)
  assert.is(a.elector.mayWrite, true)
  assert.is(a.elector.slowRenewals, 1)
})

test('its own renewal that was stored but never answered is recognised', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  let lostAnswers = 1
  context.fake.fault = (request) =>
    request.method === 'PUT' && lostAnswers-- > 0 ? 'served and lost' : undefined
  await a.pass(10_000)
  assert.is(a.lost, undefined)
  assert.is(a.elector.mayWrite, true)
})

test('is lost at once when another holds it (O7)', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  const lease = context.fake.store.get(LEASE, 'n', 'ssmd-operator')
  context.fake.store.update(LEASE, {
    ...lease,
    spec: { ...(lease.spec as object), holderIdentity: 'thief' },
  })
  await a.pass(6000)
  assert.instance(a.lost, LeaseLost)
  assert.is(a.elector.mayWrite, false)
  assert.is(spec(context.fake).holderIdentity, 'thief')
})

for (const skew of [-30_000, 30_000])
  test(`another clock ${skew / 1000} s off decides nothing (O7)`, async (context) => {
    const a = replica(context, 'a')
    const b = replica(context, 'b')
    b.clock.stepWall(skew)
    await within(5000, 'leading', a.start())
    b.start().catch(() => {})
    for (let i = 0; i < 20; i++) {
      await a.pass(2000)
      await b.pass(2000)
    }
    assert.is(b.elector.leading, false)
    a.stop.abort()
    await b.pass(36_000)
    assert.is(b.elector.leading, true)
  })

test('a jump of the wall clock closes the fence until the server has confirmed the lease', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  a.clock.stepWall(3_600_000)
  assert.is(a.elector.mayWrite, false)
  await a.pass(5000)
  assert.is(a.elector.mayWrite, true)
  assert.is(a.lost, undefined)
})

test('a lease that somebody deleted is not taken while its holder may believe in it', async (context) => {
  const a = replica(context, 'a')
  const b = replica(context, 'b')
  await within(5000, 'leading', a.start())
  b.start().catch(() => {})
  await b.pass(2000)
  context.fake.store.delete(LEASE, 'n', 'ssmd-operator')
  await b.pass(6000)
  assert.is(b.elector.leading, false)
  await a.pass(6000)
  assert.is(spec(context.fake).holderIdentity, 'a', 'the leader makes it again')
  assert.is(a.elector.mayWrite, true)
})

test('two replicas that start together: exactly one leads', async (context) => {
  const both = [replica(context, 'a'), replica(context, 'b')]
  for (const { start } of both) start().catch(() => {})
  await until(5000, 'one leads', async () => {
    await Promise.all(both.map(({ pass }) => pass(500)))
    return both.some(({ elector }) => elector.leading)
  })
  await Promise.all(both.map(({ pass }) => pass(10_000)))
  assert.is(both.filter(({ elector }) => elector.mayWrite).length, 1)
})

test('nothing of the lease waits behind other calls', async (context) => {
  const a = replica(context, 'a')
  await within(5000, 'leading', a.start())
  assert.ok(
    context.fake.requests.every(({ collection }) => collection === LEASE),
    'own connection, not throttled'
  )
})

test.run()
