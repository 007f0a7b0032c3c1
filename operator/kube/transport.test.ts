import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { within } from '#testing/deadline.ts'
import { FakeApiServer, type Fault } from '../testing/apiserver.ts'
import { Client } from './client.ts'
import { type Credentials, fixedConnection } from './config.ts'
import { type ApiError, isNotFound, WriteRefused } from './errors.ts'
import { CONFIG_MAPS } from './objects.ts'
import { systemTimers } from './timers.ts'
import { Transport, type TransportOptions } from './transport.ts'

const test = suite<{ fake: FakeApiServer; transports: Transport[] }>('transport')

test.before.each(async (context) => {
  context.fake = await FakeApiServer.start()
  context.transports = []
})
test.after.each(async ({ fake, transports }) => {
  for (const transport of transports) transport.close()
  await fake.close()
})

type Context = { fake: FakeApiServer; transports: Transport[] }

function make({ fake, transports }: Context, options: Partial<TransportOptions> = {}) {
  const transport = new Transport({
    connection: fixedConnection(fake.url),
    userAgent: 'ssmd-operator/0.0.0 (test)',
    timers: systemTimers,
    random: () => 0,
    ...options,
  })
  transports.push(transport)
  return { transport, client: new Client(transport) }
}

const map = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
  data: {},
})

/** Answers with each fault once, in order, then serves. */
const inOrder =
  (...faults: Fault[]) =>
  () =>
    faults.shift()

const fails = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise
  } catch (thrown) {
    return thrown
  }
  throw new Error('it did not fail')
}

test('says who it is, for audit logs and flow schemas', async (context) => {
  const { client } = make(context)
  await client.create(CONFIG_MAPS, map('a'))
  assert.is(context.fake.requests[0]?.userAgent, 'ssmd-operator/0.0.0 (test)')
})

for (const fault of [
  { status: 429 },
  { status: 502 },
  { status: 503 },
  { status: 504 },
  'reset',
] as const)
  test(`asks again after ${JSON.stringify(fault)}`, async (context) => {
    const { client } = make(context)
    context.fake.store.create('v1/configmaps', map('a'))
    context.fake.fault = inOrder(fault, fault)
    assert.is((await client.get(CONFIG_MAPS, 'n/a')).metadata.name, 'a')
    assert.is(context.fake.requests.length, 3)
  })

for (const status of [400, 403, 404, 409, 422, 500])
  test(`does not ask again after ${status}`, async (context) => {
    const { client } = make(context)
    context.fake.fault = () => ({ status })
    const thrown = await fails(client.get(CONFIG_MAPS, 'n/a'))
    assert.is((thrown as ApiError).status, status)
    assert.is(context.fake.requests.length, 1)
  })

test('gives up after five attempts, with the last answer', async (context) => {
  const { client } = make(context)
  context.fake.fault = () => ({ status: 503 })
  const thrown = await fails(client.get(CONFIG_MAPS, 'n/a'))
  assert.is((thrown as ApiError).status, 503)
  assert.is(context.fake.requests.length, 5)
})

test('waits as long as Retry-After says, and leaves a longer wait to the caller (O11)', async (context) => {
  const { client } = make(context)
  context.fake.store.create('v1/configmaps', map('a'))
  context.fake.fault = inOrder({ status: 429, retryAfter: 1 })
  const started = performance.now()
  await client.get(CONFIG_MAPS, 'n/a')
  assert.ok(performance.now() - started >= 990)
  context.fake.fault = () => ({ status: 429, retryAfter: 60 })
  const thrown = await within(2000, 'no wait', fails(client.get(CONFIG_MAPS, 'n/a')))
  assert.is((thrown as ApiError).retryAfterMs, 60_000)
})

test('never sends a POST without a name twice', async (context) => {
  const { client } = make(context)
  context.fake.fault = () => 'served and lost'
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName: 'x-', namespace: 'n' },
  }
  await fails(client.create(CONFIG_MAPS, body as never))
  assert.is(context.fake.requests.length, 1)
})

test('a request without an answer ends at its deadline, as an error with no status', async (context) => {
  const { transport } = make(context)
  context.fake.fault = () => ({ delayMs: 5000 })
  const thrown = await within(
    3000,
    'deadline',
    fails(transport.request({ method: 'GET', path: '/api/v1/x', timeoutMs: 50, attempts: 1 }))
  )
  assert.is((thrown as ApiError).status, 0)
  assert.is((thrown as ApiError).reason, 'DeadlineExceeded')
})

test("the caller's signal ends a request at once, with the caller's reason", async (context) => {
  const { transport } = make(context)
  context.fake.fault = () => ({ delayMs: 5000 })
  const stop = new AbortController()
  const reason = new Error('enough')
  const asked = fails(transport.request({ method: 'GET', path: '/api/v1/x', signal: stop.signal }))
  setTimeout(() => stop.abort(reason), 20)
  assert.is(await within(2000, 'aborted', asked), reason)
})

test('reads credentials again once after 401, and repeats the call', async (context) => {
  const asked: boolean[] = []
  const credentials = (token: string): Credentials => ({
    tls: {},
    headers: { authorization: token },
  })
  const { client } = make(context, {
    connection: {
      server: context.fake.url,
      namespace: 'n',
      async credentials({ fresh }) {
        asked.push(fresh)
        return credentials(fresh ? 'new' : 'old')
      },
    },
  })
  context.fake.store.create('v1/configmaps', map('a'))
  context.fake.fault = inOrder({ status: 401 })
  await client.get(CONFIG_MAPS, 'n/a')
  await client.get(CONFIG_MAPS, 'n/a')
  assert.equal(asked, [false, true])
  context.fake.fault = () => ({ status: 401 })
  assert.is(((await fails(client.get(CONFIG_MAPS, 'n/a'))) as ApiError).status, 401)
  assert.is(context.fake.requests.length, 5, 'refused twice is refused')
})

test('many calls at a 401 share one reading of credentials', async (context) => {
  let loads = 0
  const { client } = make(context, {
    connection: {
      server: context.fake.url,
      namespace: 'n',
      async credentials() {
        loads++
        await new Promise((resolve) => setTimeout(resolve, 20))
        return { tls: {}, headers: {} }
      },
    },
  })
  context.fake.store.create('v1/configmaps', map('a'))
  await Promise.all(Array.from({ length: 20 }, () => client.get(CONFIG_MAPS, 'n/a')))
  assert.is(loads, 1)
})

test('refuses a write before a byte is sent where a guard says no, on every attempt', async (context) => {
  const { client, transport } = make(context)
  let allowed = 1
  transport.guardWrites((call) => {
    if (allowed-- <= 0) throw new WriteRefused('notLeading', call)
  })
  context.fake.fault = () => ({ status: 503 })
  assert.instance(await fails(client.create(CONFIG_MAPS, map('a'))), WriteRefused)
  assert.is(context.fake.requests.length, 1, 'the repetition was refused')
  context.fake.fault = () => undefined
  assert.ok(isNotFound(await fails(client.get(CONFIG_MAPS, 'n/a'))))
})

test('what only asks may be asked by anybody', async (context) => {
  const { client, transport } = make(context)
  transport.guardWrites((call) => {
    throw new WriteRefused('readOnly', call)
  })
  await client.apply(CONFIG_MAPS, map('a'), { manager: 'm', force: false, dryRun: true })
  assert.is(context.fake.writes.length, 0)
})

test('aborted writes end where they are, and reads go on', async (context) => {
  const { client, transport } = make(context)
  context.fake.store.create('v1/configmaps', map('a'))
  context.fake.fault = (request) => (request.method === 'POST' ? { delayMs: 3000 } : undefined)
  const writing = fails(client.create(CONFIG_MAPS, map('b')))
  await new Promise((resolve) => setTimeout(resolve, 20))
  const lost = new Error('lost')
  transport.abortWrites(lost)
  assert.is(await within(1000, 'aborted', writing), lost)
  assert.is(await fails(client.create(CONFIG_MAPS, map('c'))), lost)
  assert.is((await client.get(CONFIG_MAPS, 'n/a')).metadata.name, 'a')
})

test('no error text holds a token or a body', async (context) => {
  const { client } = make(context, {
    connection: fixedConnection(context.fake.url, { headers: { authorization: 'Bearer hunter2' } }),
  })
  context.fake.fault = () => ({ status: 422 })
  const thrown = (await fails(
    client.create(CONFIG_MAPS, { ...map('a'), data: { password: 'hunter3' } })
  )) as ApiError
  assert.not.match(`${thrown.stack}${JSON.stringify(thrown)}`, /hunter/)
})

test('deletes exactly the object that was meant (O4)', async (context) => {
  const { client } = make(context)
  const first = await client.create(CONFIG_MAPS, map('a'))
  context.fake.store.delete('v1/configmaps', 'n', 'a')
  context.fake.store.create('v1/configmaps', map('a'))
  const thrown = await fails(client.delete(CONFIG_MAPS, 'n/a', { uid: first.metadata.uid ?? '' }))
  assert.is((thrown as ApiError).status, 409)
  assert.ok(context.fake.store.find('v1/configmaps', 'n', 'a'))
})

test('tells of every attempt', async (context) => {
  const seen: string[] = []
  const { client } = make(context, {
    observe: ({ method, status, retry }) => seen.push(`${method} ${status} ${retry}`),
  })
  context.fake.store.create('v1/configmaps', map('a'))
  context.fake.fault = inOrder('reset', { status: 503 })
  await client.get(CONFIG_MAPS, 'n/a')
  assert.equal(seen, ['GET 0 false', 'GET 503 true', 'GET 200 true'])
})

test('keeps connections and closes them all', async (context) => {
  const { client, transport } = make(context, { perSecond: 10_000, burst: 1000 })
  context.fake.store.create('v1/configmaps', map('a'))
  for (let i = 0; i < 50; i++) await client.get(CONFIG_MAPS, 'n/a')
  assert.is(transport.openSockets, 1)
  await Promise.all(Array.from({ length: 100 }, () => client.get(CONFIG_MAPS, 'n/a')))
  assert.ok(transport.openSockets <= 32, `${transport.openSockets}`)
  transport.close()
  assert.is(transport.openSockets, 0)
})

test.run()
