// test: limit 180s
// O4: nothing is taken away because of what a cache believes. The operator gets lists from the past and watches that stay
// silent; what it then holds for unwanted stays as long as the API server itself says otherwise. And a resource that is not
// fit takes nothing away either.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS, type KubeObject, type Resource } from '../kube/objects.ts'
import { CHILD_KINDS } from '../reconcile/children.ts'
import { ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { type ApiProxy, startApiProxy } from '../testing/api-proxy.ts'
import { type Audit, makeAudit } from '../testing/audit.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  isSettled,
  type KindsCluster,
  type Space,
  startKinds,
} from '../testing/kinds.ts'

const MS = 30_000
const test = suite('what is taken away')
let kinds: KindsCluster
let proxy: ApiProxy
const audit: Audit = makeAudit()

test.before(async () => {
  kinds = await startKinds({ audit })
  proxy = await startApiProxy(kinds.cluster)
})
test.after(async () => {
  await kinds?.stop()
  await proxy?.close()
  audit.remove()
})
test.before.each(() => {
  proxy.before = () => undefined
})

const kalshi = (space: Space, spec: object = {}): KubeObject =>
  feed(space, 'k', {
    exchange: 'kalshi',
    versions: [
      {
        name: 'v2',
        effectiveFrom: '2025-01-01',
        endpoint: 'wss://exchange.invalid/ws',
        restEndpoint: 'https://exchange.invalid/api',
        authMethod: 'apiKey',
      },
    ],
    ...spec,
  })

const says = (resource: Resource, key: string, ready: string) =>
  until(MS, `${key}: ${ready}`, async () => {
    const object = await kinds.client.get(resource, key)
    return isSettled(object) && condition(object, 'Ready') === ready
  })

/** Kind, name and uid of all that was made. */
async function childrenIn(space: Space): Promise<string[]> {
  const options = { namespace: space.name, labelSelector: 'app.kubernetes.io/managed-by=ssmd' }
  const lists = await Promise.all(CHILD_KINDS.map((kind) => kinds.client.list(kind, options)))
  return lists
    .flatMap(({ items }, i) =>
      items.map(({ metadata }) => `${CHILD_KINDS[i]?.kind} ${metadata.name} ${metadata.uid}`)
    )
    .sort()
}

const deletesIn = (space: Space) =>
  audit.writes(space.name).filter(({ verb }) => verb === 'delete' || verb === 'deletecollection')

/** From now on the operator is shown this kind as it is at this moment, and hears nothing more of it. */
async function freeze(space: Space, ...resources: readonly Resource[]): Promise<void> {
  const past = new Map<string, object>()
  for (const resource of resources) {
    const list = await kinds.client.list(resource, { namespace: space.name })
    past.set(resource.plural, { apiVersion: 'v1', kind: 'List', ...list })
  }
  proxy.before = (request) => {
    const body = past.get(request.plural)
    if (!body || request.namespace !== space.name) return undefined
    if (request.kind === 'watch') return 'silence'
    return request.kind === 'list' ? { status: 200, body } : undefined
  }
}

/** It sees the present again. */
function thaw(): void {
  proxy.before = () => undefined
  proxy.cut()
}

test('a connector stays though an old list of Environments does not name its Feed (O4)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const first = await kinds.operate(space)
  await says(FEEDS, `${space.name}/a`, 'False Starting')
  await first.stop()
  const before = await childrenIn(space)
  assert.is(before.length, 4)
  await declare(client, environment(space, 'prod', ['b']))
  await freeze(space, ENVIRONMENTS)
  await declare(client, environment(space, 'prod', ['a']))

  const operator = await kinds.operate(space, { server: proxy.url })
  await says(FEEDS, `${space.name}/a`, 'False NotNamed')
  assert.ok((await operator.passes('feed')) > 0)
  assert.equal(await childrenIn(space), before)
  thaw()
  await says(FEEDS, `${space.name}/a`, 'False Starting')
  assert.equal(await childrenIn(space), before)
  assert.equal(deletesIn(space), [])
})

test('a connector stays though an old list says that its Feed is disabled (O4)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const first = await kinds.operate(space)
  await says(FEEDS, `${space.name}/a`, 'False Starting')
  await first.stop()
  const before = await childrenIn(space)
  await declare(client, feed(space, 'a', { state: 'disabled' }))
  await freeze(space, FEEDS)
  await declare(client, feed(space, 'a'))
  const operator = await kinds.operate(space, { server: proxy.url })
  await until(MS, 'it was looked at', async () => (await operator.passes('feed')) > 0)
  assert.equal(await childrenIn(space), before)
  assert.equal(deletesIn(space), [])
})

test('a simulator stays though old lists know neither its Feed nor that it is simulated (O4)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, environment(space, 'prod', ['k']))
  await freeze(space, FEEDS, ENVIRONMENTS)
  const old = proxy.before
  proxy.before = () => undefined
  await declare(client, kalshi(space))
  await declare(client, environment(space, 'prod', ['k'], { simulator: { feeds: ['k'] } }))
  const first = await kinds.operate(space)
  await says(FEEDS, `${space.name}/k`, 'False Starting')
  await says(ENVIRONMENTS, `${space.name}/prod`, 'False Starting')
  await first.stop()
  const before = await childrenIn(space)
  assert.is(before.length, 9)
  proxy.before = old

  const operator = await kinds.operate(space, { server: proxy.url })
  await until(MS, 'it was looked at', async () => (await operator.passes('environment')) > 0)
  await waitOut(500, 'deletes on the strength of an old list, of which there must be none')
  assert.equal(await childrenIn(space), before)
  assert.equal(deletesIn(space), [])
  thaw()
  // Known to be so by the API server, it goes.
  await declare(client, environment(space, 'prod', ['x']))
  await until(MS, 'the simulator is gone', async () =>
    (await childrenIn(space)).every((child) => !child.includes(' simulator-'))
  )
})

test('a Feed that is not fit keeps its connector even where no Environment names it, until it is fit', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await says(FEEDS, `${space.name}/a`, 'False Starting')
  const before = await childrenIn(space)
  await declare(client, feed(space, 'a', { channels: ['no-such-channel'] }))
  await says(FEEDS, `${space.name}/a`, 'False InvalidSpec')
  await declare(client, environment(space, 'prod', ['b']))
  await says(ENVIRONMENTS, `${space.name}/prod`, 'False FeedNotFound')
  await waitOut(500, 'deletes while the feed is invalid, of which there must be none')
  assert.equal(await childrenIn(space), before)
  await declare(client, feed(space, 'a'))
  await until(MS, 'it is gone', async () => (await childrenIn(space)).length === 0)
})

test('an Environment that is not fit keeps its simulators, whatever it says of them, until it is fit', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await kinds.operate(space)
  await declare(client, kalshi(space))
  await declare(client, environment(space, 'prod', ['k'], { simulator: { feeds: ['k'] } }))
  await says(ENVIRONMENTS, `${space.name}/prod`, 'False Starting')
  const simulator = `${space.name}/simulator-prod-k`
  const { uid } = (await client.get(DEPLOYMENTS, simulator)).metadata
  const unfit = { schedule: { timezone: 'Nowhere/AtAll' }, simulator: { feeds: [] } }
  await declare(client, environment(space, 'prod', ['k'], unfit))
  await says(ENVIRONMENTS, `${space.name}/prod`, 'False InvalidSpec')
  await waitOut(500, 'a replacement of the simulator, of which there must be none')
  assert.is((await client.get(DEPLOYMENTS, simulator)).metadata.uid, uid)
  await declare(client, environment(space, 'prod', ['x']))
  await until(MS, 'it is gone', () =>
    client.get(DEPLOYMENTS, simulator).then(
      () => false,
      () => true
    )
  )
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
