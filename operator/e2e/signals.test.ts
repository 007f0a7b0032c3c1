// A Signal against a real API server and a real nats-server, with the shipped roles. Its runner is played: it reports, and its
// Deployment becomes available.

import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { reportSubject, streamName } from '#bus/names.ts'
import { until } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { isNotFound } from '../kube/errors.ts'
import {
  CONFIG_MAPS,
  DEPLOYMENTS,
  type KubeObject,
  NETWORK_POLICIES,
  SECRETS,
} from '../kube/objects.ts'
import { ARCHIVES, SIGNALS } from '../reconcile/kinds.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  isSettled,
  playAvailable,
  type SharedKinds,
  type Space,
  sharedKinds,
  signal,
} from '../testing/kinds.ts'

const MS = 60_000
const test = suite('signals against a real API server')
let kinds: SharedKinds
let nats: TestNats
let nc: NatsConnection

test.before(async () => {
  kinds = await sharedKinds()
  nats = await startNats()
  nc = await connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 })
})
test.after(async () => {
  await nc?.close()
  await kinds?.stop()
  await nats?.stop()
})

async function see(
  key: string,
  what: string,
  check: (object: KubeObject) => boolean,
  resource = SIGNALS
): Promise<KubeObject> {
  let last: KubeObject | undefined
  await until(MS, what, async () => {
    last = await kinds.client.get(resource, key)
    return check(last)
  }).catch((thrown) => {
    throw new Error(`${(thrown as Error).message}: ${JSON.stringify(last?.status)}`)
  })
  return last as KubeObject
}

const says = (key: string, type: string, is: string) =>
  see(key, `${key}: ${type} is ${is}`, (one) => isSettled(one) && condition(one, type) === is)

const figure = (object: KubeObject, name: string): unknown =>
  (object.status as Record<string, unknown> | undefined)?.[name]

async function inSpace(url = 'nats://127.0.0.1:1'): Promise<Space> {
  const space = await kinds.space()
  await declare(kinds.client, feed(space, 'a'))
  await declare(kinds.client, environment(space, 'prod', ['a'], { transport: { url } }))
  return space
}

/** Generation of each Deployment: it counts up with every change of its spec. */
async function generationsIn(space: Space): Promise<Record<string, number | undefined>> {
  const { items } = await kinds.client.list(DEPLOYMENTS, { namespace: space.name })
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.generation]))
}

const gone = (resource: typeof DEPLOYMENTS, key: string) =>
  until(MS, `${key} is gone`, () =>
    kinds.client.get(resource, key).then(
      () => false,
      (thrown) => {
        if (isNotFound(thrown)) return true
        throw thrown
      }
    )
  )

test('a Signal gets a runner with its files; an edit changes that Deployment alone; suspended it has none', async () => {
  const space = await inSpace()
  await kinds.operate(space)
  const { client } = kinds
  await declare(client, signal(space, 'wide', 'prod', ['a']))
  await declare(client, signal(space, 'other', 'prod', ['a']))
  const key = `${space.name}/wide`
  const starting = await says(key, 'Ready', 'False Starting')
  assert.is(figure(starting, 'sourceHash'), '9aeb8d59b4d4')
  await playAvailable(client, `${space.name}/signal-wide`)
  await says(key, 'Ready', 'True Running')
  await says(`${space.name}/other`, 'Ready', 'False Starting')
  const config = await client.get(CONFIG_MAPS, `${space.name}/signal-wide`)
  assert.equal(Object.keys(config.data as object), [
    'environment.yaml',
    'feed-a.yaml',
    'signal.yaml',
  ])
  const policy = await client.get(NETWORK_POLICIES, `${space.name}/signal-wide`)
  assert.equal((policy.spec as { policyTypes: string[] }).policyTypes, ['Ingress', 'Egress'])

  const before = await generationsIn(space)
  await declare(client, signal(space, 'wide', 'prod', ['a'], { source: 'export default {} //' }))
  await until(MS, 'its Deployment is changed', async () => {
    const { 'signal-wide': now } = await generationsIn(space)
    return now !== before['signal-wide']
  })
  const { 'signal-wide': _edited, ...others } = await generationsIn(space)
  const { 'signal-wide': _before, ...same } = before
  assert.equal(others, same)

  await declare(client, signal(space, 'wide', 'prod', ['a'], { suspend: true }))
  await says(key, 'Ready', 'True Suspended')
  await gone(DEPLOYMENTS, `${space.name}/signal-wide`)
  await gone(CONFIG_MAPS, `${space.name}/signal-wide`)
})

test('what is missing is named, and the runner starts once it is there', async () => {
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/wide`
  const sink = {
    ...{ name: 'hook', type: 'webhook', url: 'https://x.test/' },
    secretRef: { name: 'hook', key: 'token' },
  }
  await declare(client, signal(space, 'wide', 'prod', ['a'], { sinks: [sink] }))
  await says(key, 'Ready', 'False EnvironmentNotFound')
  await declare(client, environment(space, 'prod', ['a']))
  await says(key, 'Ready', 'False FeedNotFound')
  await declare(client, feed(space, 'a'))
  await says(key, 'Ready', 'False SecretNotFound')
  await client.create(SECRETS, {
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hook', namespace: space.name } },
    stringData: { token: 'secret' },
  })
  await says(key, 'Ready', 'False Starting')
  const { spec } = await client.get(DEPLOYMENTS, `${space.name}/signal-wide`)
  assert.match(JSON.stringify(spec), '"mountPath":"/etc/ssmd/sinks/hook"')
  assert.not.match(JSON.stringify(spec), '"secret"}')
})

test('its report becomes columns; the stream of its fires is there, and outlives it', async () => {
  const space = await inSpace(nats.url)
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/wide`
  await declare(client, signal(space, 'wide', 'prod', ['a']))
  await says(key, 'Ready', 'False Starting')
  await playAvailable(client, `${space.name}/signal-wide`)
  const report = {
    ...{ version: 1, role: 'signal', environment: 'prod', feed: 'signal-wide' },
    ...{ name: 'signal-wide', state: 'watching', message: '', signal: 'wide', events: 5 },
    ...{ firesToday: 3, lastFireAt: Date.now(), lagSeconds: 0.1, errors: 2, missed: null },
    catchUp: { from: 1e12, to: 2e12, done: true, events: 5, fires: 1, firesHash: 'ab' },
  }
  const send = (over: object = {}) =>
    nc.publish(
      reportSubject('prod', 'signal', 'signal-wide'),
      JSON.stringify({ ...report, at: Date.now(), ...over })
    )
  const ready = await see(key, 'its figures', (object) => {
    send()
    return condition(object, 'DataFlowing') === 'True Flowing' && figure(object, 'firesToday') === 3
  })
  assert.is(condition(ready, 'Ready'), 'True Running')
  assert.is(figure(ready, 'lag'), '0.1s')
  assert.is(figure(ready, 'errors'), 2)
  assert.is((figure(ready, 'catchUp') as { firesHash: string }).firesHash, 'ab')
  const refused = await see(key, 'it is refused', (object) => {
    send({ state: 'refused', message: 'line 4: fetch' })
    return condition(object, 'Ready') === 'False SignalRefused'
  })
  assert.is(condition(refused, 'Stalled'), 'True SignalRefused')

  const jsm = await nc.jetstreamManager()
  const stream = streamName('prod', 'signal-wide')
  await until(MS, 'the stream of its fires', () =>
    jsm.streams.info(stream).then(
      () => true,
      () => false
    )
  )
  await declare(client, archive(space, 'fires', 'prod', ['signal-wide']))
  await see(
    `${space.name}/fires`,
    'an Archive keeps them',
    (object) => condition(object, 'Ready') === 'False Starting',
    ARCHIVES
  )
  const { uid } = (await client.get(SIGNALS, key)).metadata
  await client.delete(SIGNALS, key, { uid: uid ?? '' })
  await see(
    `${space.name}/fires`,
    'the Archive says that the Signal is gone',
    (object) => condition(object, 'Ready') === 'False FeedNotFound',
    ARCHIVES
  )
  assert.is((await jsm.streams.info(stream)).config.name, stream)
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
