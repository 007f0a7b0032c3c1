// test: limit 600s
// The API server at its worst, over the real kinds: away with its history forgotten (O2), silent (O3), unheard (O5), refusing
// everything (O11); and somebody who writes what we write (O6). It always ends as declared, and never in a rush of calls.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { isNotFound } from '../kube/errors.ts'
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  EVENTS,
  type KubeObject,
  type Resource,
} from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import type { Deployment } from '../render/objects.ts'
import { conditionsIn } from '../status/status.ts'
import { type ApiProxy, startApiProxy } from '../testing/api-proxy.ts'
import { type Audit, makeAudit } from '../testing/audit.ts'
import { missingTools, type TestCluster } from '../testing/cluster.ts'
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

const MS = 60_000
const ALL = process.env.SSMD_FAULTS === 'all'
const test = suite('storms over the real kinds')
let kinds: KindsCluster<TestCluster>
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
test.after.each(() => {
  proxy.before = () => undefined
})

const says = (key: string, ready: string) =>
  until(MS, `${key}: ${ready}`, async () => {
    const object = await kinds.client.get(FEEDS, key)
    return isSettled(object) && condition(object, 'Ready') === ready
  })
const exists = (resource: Resource, key: string): Promise<boolean> =>
  kinds.client.get(resource, key).then(
    () => true,
    (thrown) => {
      if (isNotFound(thrown)) return false
      throw thrown
    }
  )
const remove = async (resource: Resource, key: string) => {
  const { uid = '' } = (await kinds.client.get(resource, key)).metadata
  await kinds.client.delete(resource, key, { uid })
}
const connectorOf = (space: Space, feed: string) => `${space.name}/connector-prod-${feed}`

test('the API server goes and comes back with its history compacted: no delete is missed, no rush (O2)', async () => {
  const space = await kinds.space()
  const { client, cluster } = kinds
  for (const name of ['a', 'b']) await declare(client, feed(space, name))
  await declare(client, environment(space, 'prod', ['*']))
  // One that has a lease ends after twenty seconds without a renewal, and starts anew.
  await kinds.operate(space, { server: proxy.url, alone: true })
  for (const name of ['a', 'b']) await says(`${space.name}/${name}`, 'False Starting')
  // Asked and not answered, as the operator sees it.
  proxy.before = () => 'cut'
  proxy.cut()
  const from = proxy.seen.length
  const seconds = ALL ? 60 : 2
  await remove(FEEDS, `${space.name}/b`)
  await remove(DEPLOYMENTS, connectorOf(space, 'a'))
  await declare(client, feed(space, 'c'))
  await waitOut(seconds * 1000, 'requests of an operator that gets no answer')
  const rate = (proxy.seen.length - from) / seconds
  assert.ok(rate < 20, `${rate} requests a second`)
  await cluster.compact()
  await cluster.stopApiServer()
  await cluster.startApiServer()
  proxy.before = () => undefined
  await until(MS, 'the Deployment is made again', () =>
    exists(DEPLOYMENTS, connectorOf(space, 'a'))
  )
  await says(`${space.name}/c`, 'False Starting')
  assert.not(await exists(FEEDS, `${space.name}/b`))
})

/** A watch is given up after ninety seconds of silence: too long for every run (kube/real.test.ts does it in a hurry). */
if (ALL)
  test('every watch goes silent without an end: it is noticed, and nothing is missed (O3)', async () => {
    const space = await kinds.space()
    const { client } = kinds
    await declare(client, feed(space, 'a'))
    await declare(client, environment(space, 'prod', ['a']))
    const operator = await kinds.operate(space, { server: proxy.url })
    await says(`${space.name}/a`, 'False Starting')
    proxy.before = ({ kind }) => (kind === 'watch' ? 'silence' : undefined)
    proxy.cut()
    await waitOut(5000, 'the watches to fall silent')
    await remove(DEPLOYMENTS, connectorOf(space, 'a'))
    await declare(client, feed(space, 'b'))
    await declare(client, environment(space, 'prod', ['a', 'b']))
    await waitOut(5000, 'news that must not arrive')
    assert.not(await exists(DEPLOYMENTS, connectorOf(space, 'b')), 'it hears nothing')
    proxy.before = () => undefined
    await until(150_000, 'it hears again', () => exists(DEPLOYMENTS, connectorOf(space, 'b')))
    await until(MS, 'made again', () => exists(DEPLOYMENTS, connectorOf(space, 'a')))
    assert.ok(operator.lines.some(({ trouble }) => trouble === 'silent'))
  })

test('what was deleted and changed while nobody watched is put right at the start (O5)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  const first = await kinds.operate(space)
  await says(`${space.name}/a`, 'False Starting')
  await first.stop()
  await remove(DEPLOYMENTS, connectorOf(space, 'a'))
  const value = { data: { 'feed.yaml': 'broken' } }
  await client.patch(CONFIG_MAPS, connectorOf(space, 'a'), { kind: 'merge', value })
  await kinds.operate(space)
  await until(MS, 'made again', () => exists(DEPLOYMENTS, connectorOf(space, 'a')))
  await until(MS, 'put right', async () => {
    const { data } = await client.get(CONFIG_MAPS, connectorOf(space, 'a'))
    return JSON.stringify(data).includes('synthetic')
  })
})

test('a storm of 429, 500 and lost answers is answered with fewer and fewer calls, and Retry-After is kept (O11)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const operator = await kinds.operate(space, { server: proxy.url })
  const bad = [429, 500, 503, 504]
  let refused = 0
  const times: number[] = []
  proxy.before = ({ kind, plural }) => {
    if (kind !== 'write' || plural === 'leases' || plural === 'events') return undefined
    times.push(performance.now())
    const status = bad[refused++ % bad.length] ?? 500
    const headers = status === 429 ? { 'retry-after': '1' } : {}
    return { status, body: { kind: 'Status', code: status, message: 'a storm' }, headers }
  }
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await until(MS, 'it is refused', () => refused > 2)
  const seconds = ALL ? 30 : 4
  const from = performance.now()
  await waitOut(seconds * 1000, 'requests of an operator that is refused')
  const rate = times.filter((time) => time > from).length / seconds
  assert.ok(rate < 10, `${rate} calls a second for two keys`)
  const early = times.filter((time) => time < from + (seconds * 1000) / 2).length
  assert.ok(times.length - early <= early, `${early} calls, and then ${times.length - early}`)
  proxy.before = () => undefined
  await says(`${space.name}/a`, 'False Starting')
  assert.ok(operator.lines.some(({ msg }) => msg === 'pass failed'))
})

type Container = Deployment['spec']['template']['spec']['containers'][0]

test('somebody who writes our fields again and again: ours return, theirs stay, and it is said (O6)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await kinds.operate(space)
  await says(`${space.name}/a`, 'False Starting')
  const key = connectorOf(space, 'a')
  const before = (await client.get(DEPLOYMENTS, key)) as unknown as Deployment
  const rival = (i: number) =>
    client.apply(
      DEPLOYMENTS,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: {
          name: 'connector-prod-a',
          namespace: space.name,
          labels: { 'ssmd.io/feed': 'theirs', theirs: String(i) },
        },
        spec: {
          replicas: 5,
          template: {
            spec: {
              containers: [
                { name: 'connector', image: 'theirs:1', env: [{ name: 'THEIRS', value: 'x' }] },
              ],
            },
          },
        },
      },
      { manager: 'rival', force: true }
    )
  const isOurs = async () => {
    const { spec, metadata } = (await client.get(DEPLOYMENTS, key)) as unknown as Deployment
    return spec.replicas === 1 && metadata.labels['ssmd.io/feed'] === 'a'
  }
  await rival(0)
  await until(MS, 'ours return', isOurs)
  const after = (await client.get(DEPLOYMENTS, key)) as unknown as Deployment
  const container = after.spec.template.spec.containers[0] as Container
  assert.is(container.image, before.spec.template.spec.containers[0].image)
  assert.equal(container.env, [{ name: 'THEIRS', value: 'x' }], 'what is theirs alone stays')
  assert.is(after.metadata.labels.theirs, '0')
  await until(MS, 'an Event says who', async () => {
    const { items } = await client.list(EVENTS, { namespace: space.name })
    return items.some(
      ({ reason, note }) => reason === 'FieldTakenOver' && `${note}`.includes('rival')
    )
  })

  // Each second for as long as it takes: five answers, and then it is left alone and said so.
  const rounds = ALL ? 60 : 8
  for (let i = 1; i <= rounds; i++) {
    await rival(i)
    await waitOut(ALL ? 1000 : 200, 'the pause between two edits of the rival')
  }
  const answers = audit
    .writes(space.name)
    .filter(
      ({ objectRef, userAgent, responseStatus }) =>
        objectRef.resource === 'deployments' &&
        userAgent.startsWith('ssmd-operator') &&
        responseStatus?.code === 200
    )
  assert.ok(answers.length <= 5, `${answers.length} answers to ${rounds + 1} edits`)
  await says(`${space.name}/a`, 'False ApplyLoop')
  const stalled: KubeObject = await client.get(FEEDS, `${space.name}/a`)
  const said = conditionsIn(stalled.status).find(({ type }) => type === 'Stalled')
  assert.match(said?.message ?? '', /does not stay as applied.*show-managed-fields/)
  // The others are served all the while.
  await declare(client, feed(space, 'b'))
  await declare(client, environment(space, 'prod', ['a', 'b']))
  await says(`${space.name}/b`, 'False Starting')
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
