// Live figures and streams with real parts: an API server, nats-server, and a connector and an archiver that run from the
// ConfigMaps that the operator wrote.

import { connect, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { consumerName, reportSubject, streamName } from '#bus/names.ts'
import { until, waitOut } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  playAvailable,
  type SharedKinds,
  sharedKinds,
} from '../testing/kinds.ts'
import { runPod } from '../testing/pod.ts'

const MS = 60_000
/** Half a minute in life. */
const FIGURES_MS = 5_000
const test = suite('live figures and streams')
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
  resource: Resource,
  key: string,
  what: string,
  check: (status: Record<string, unknown>, object: KubeObject) => boolean
): Promise<KubeObject> {
  let last: KubeObject | undefined
  const read = async () => {
    last = await kinds.client.get(resource, key)
    return check((last.status ?? {}) as Record<string, unknown>, last)
  }
  await until(MS, what, read).catch((thrown) => {
    throw new Error(`${(thrown as Error).message}: ${JSON.stringify(last?.status)}`)
  })
  return last as KubeObject
}

const streamCreated = async (name: string): Promise<string | undefined> => {
  const manager = await nc.jetstreamManager()
  return manager.streams.info(name).then(
    ({ created }) => created,
    () => undefined
  )
}

test('kubectl get feeds shows what a real connector and archiver say, and no oftener than it may', async () => {
  const space = await kinds.space()
  await kinds.operate(space, { figuresMs: FIGURES_MS })
  const { client } = kinds
  const transport = { url: nats.url, stream: { maxBytes: '256Mi' } }
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'live', ['a'], { transport }))
  await declare(client, archive(space, 'keep', 'live', ['a']))
  await see(
    FEEDS,
    `${space.name}/a`,
    'reconciling',
    (_, object) => condition(object, 'Reconciling') === 'True Starting'
  )
  await see(
    ARCHIVES,
    `${space.name}/keep`,
    'reconciling',
    (_, object) => condition(object, 'Reconciling') === 'True Starting'
  )
  const connector = await runPod(client, `${space.name}/connector-live-a`)
  const archiver = await runPod(client, `${space.name}/archiver-keep`)
  try {
    await playAvailable(client, `${space.name}/connector-live-a`)
    await playAvailable(client, `${space.name}/archiver-keep`)
    await see(
      FEEDS,
      `${space.name}/a`,
      'ready and flowing',
      (_, object) =>
        condition(object, 'Ready') === 'True Captured' &&
        condition(object, 'DataFlowing') === 'True Flowing'
    )
    const shown = await see(
      FEEDS,
      `${space.name}/a`,
      'figures',
      (status) =>
        status.connected === '1/1' &&
        (status.messagesPerSecond as number) > 100 &&
        status.lastMessageTime !== undefined &&
        status.reportedTime !== undefined &&
        /^[\d.]+s$/.test(String(status.lag)) &&
        status.gapsToday === 0
    )
    assert.equal(
      (shown.status as { environments: { name: string; simulated: boolean }[] }).environments[0]
        ?.simulated,
      true
    )
    await see(
      ARCHIVES,
      `${space.name}/keep`,
      'archive figures',
      (status, object) =>
        (status.recordsPerSecond as number) > 100 &&
        status.lastCommitTime !== undefined &&
        condition(object, 'Ready') === 'True Archived'
    )
    await see(
      ENVIRONMENTS,
      `${space.name}/live`,
      'all its feeds',
      (status, object) =>
        status.feeds === '1/1' &&
        status.simulated === 'a' &&
        condition(object, 'DataFlowing') === 'True Flowing'
    )
    const table = await kinds.cluster.kubectl('get', 'feeds', '-n', space.name)
    assert.match(
      table,
      /NAME\s+EXCHANGE\s+READY\s+REASON\s+CONNECTED\s+MSG\/S\s+LAG\s+REPORTED\s+GAPS\s+AGE/
    )
    assert.match(
      table,
      /a\s+synthetic\s+True\s+Captured\s+1\/1\s+[\d.]+\s+[\d.]+s\s+\d+m?\d*s\s+0\s/
    )
    // Reports come every two seconds.
    const versions = new Set<string | undefined>()
    const end = performance.now() + 2.5 * FIGURES_MS
    while (performance.now() < end) {
      versions.add((await client.get(FEEDS, `${space.name}/a`)).metadata.resourceVersion)
      await waitOut(100, 'the next look at the versions')
    }
    assert.ok(versions.size <= 4, `${versions.size} versions`)

    connector.child.kill('SIGKILL')
    await see(
      FEEDS,
      `${space.name}/a`,
      'its silence is seen',
      (_, object) => condition(object, 'DataFlowing') === 'Unknown NoReports'
    )
  } finally {
    await connector.stop()
    await archiver.stop()
  }
})

test('a stream that was deleted is made again, a consumer too, and a stream that is wider is left as it is', async () => {
  const space = await kinds.space()
  await kinds.operate(space, { figuresMs: FIGURES_MS })
  const { client } = kinds
  const within = (maxBytes: string) => ({ transport: { url: nats.url, stream: { maxBytes } } })
  await declare(client, feed(space, 's'))
  await declare(client, environment(space, 'streams', ['s'], within('64Mi')))
  await declare(client, archive(space, 'streams', 'streams', ['s']))
  const stream = streamName('streams', 's')
  const durable = consumerName('streams')
  const manager = await nc.jetstreamManager()
  const consumer = () =>
    manager.consumers.info(stream, durable).then(
      () => true,
      () => false
    )
  await until(MS, 'stream and consumer', consumer)
  const created = await streamCreated(stream)
  await declare(client, environment(space, 'streams', ['s'], within('128Mi')))
  const bytes = async () => (await manager.streams.info(stream)).config.max_bytes
  await until(MS, 'it is wider', async () => (await bytes()) === 128 * 1024 * 1024)
  await declare(client, environment(space, 'streams', ['s'], within('32Mi')))
  await see(
    ENVIRONMENTS,
    `${space.name}/streams`,
    'seen',
    ({ observedGeneration }, { metadata }) => observedGeneration === metadata.generation
  )
  assert.is(await bytes(), 128 * 1024 * 1024, 'never shrunk')
  await manager.streams.delete(stream)
  await until(MS, 'made again', async () => {
    const now = await streamCreated(stream)
    return now !== undefined && now !== created
  })
  await until(MS, 'its consumer too', consumer)
  const uid = (await client.get(FEEDS, `${space.name}/s`)).metadata.uid ?? ''
  await client.delete(FEEDS, `${space.name}/s`, { uid })
  await waitOut(1000, 'a sweep that must not take the stream')
  assert.ok(await streamCreated(stream), 'the stream outlives its Feed')
})

// The lightest first: each is kept for half a minute, and the worst is told.
const SITUATIONS = [
  ['ProofLost', 'type trade no longer has the field seq', 'Ready True', /update ssmd/],
  ['DiscoveryFailed', 'page 3 repeats its cursor', 'Ready True', /known symbols stay captured/],
  ['ChannelRefused', 'channel fills was refused', 'Ready False', /correct spec.channels/],
  ['NotDurable', 'no space left on device', 'Ready False', /delete the NATS pod once/],
] as const

test('kubectl describe says what hinders a Feed and an Archive, and what to do', async () => {
  const space = await kinds.space()
  await kinds.operate(space, { figuresMs: FIGURES_MS })
  const { client } = kinds
  await declare(client, feed(space, 't'))
  await declare(client, environment(space, 'told', ['t'], { transport: { url: nats.url } }))
  await declare(client, archive(space, 'told', 'told', ['t']))
  for (const [resource, name, deployment] of [
    [FEEDS, 't', 'connector-told-t'],
    [ARCHIVES, 'told', 'archiver-told'],
  ] as const) {
    const key = `${space.name}/${name}`
    await see(resource, key, 'made', (_, o) => condition(o, 'Reconciling') === 'True Starting')
    await playAvailable(client, `${space.name}/${deployment}`)
  }
  const common = { version: 1, environment: 'told', feed: 't', simulated: true, message: '' }
  const says = (troubles: readonly object[]) => {
    const connector = { connections: 1, connected: 1, framesPerSecond: 310, unackedSeconds: 0.1 }
    const archiver = { archive: 'told', recordsPerSecond: 310, dayGaps: 0, lagSeconds: 0.4 }
    for (const [role, name, more] of [
      ['connector', 'connector-told-t', { state: 'capturing', ...connector }],
      ['archiver', 'archiver-told', { state: 'archiving', ...archiver }],
    ] as const) {
      const report = { ...common, role, name, at: Date.now(), ...more, troubles }
      nc.publish(reportSubject('told', role, name), Buffer.from(JSON.stringify(report)))
    }
  }
  const describe = (plural: string, name: string) =>
    kinds.cluster.kubectl('describe', plural, name, '-n', space.name)
  for (const [kind, message, ready, todo] of SITUATIONS) {
    for (const [plural, name] of [
      ['feed', 't'],
      ['archive', 'told'],
    ] as const) {
      let said = ''
      await until(2 * MS, `${kind} of the ${plural}`, async () => {
        says([{ kind, message, since: Date.now() }])
        said = await describe(plural, name)
        // The Event is sent after the status is written.
        return [`Reason:\\s+${kind}\\n`, `Warning\\s+${kind}`].every((line) =>
          new RegExp(line).test(said)
        )
      }).catch((thrown) => {
        throw new Error(`${(thrown as Error).message}: ${said}`)
      })
      assert.match(said, message)
      assert.match(said, todo)
      const resource = plural === 'feed' ? FEEDS : ARCHIVES
      const holds = condition(await client.get(resource, `${space.name}/${name}`), 'Ready')
      assert.ok(`Ready ${holds}`.startsWith(ready), `${kind}: ${holds}`)
    }
  }
})

test('a stream that would lose data is refused and said so', async () => {
  const space = await kinds.space()
  await kinds.operate(space, { figuresMs: FIGURES_MS })
  const { client } = kinds
  const manager = await nc.jetstreamManager()
  await manager.streams.add({
    name: streamName('bad', 'b'),
    subjects: ['bad.b.log.>'],
    discard: 'old' as never,
    max_bytes: 1e6,
  })
  await declare(client, feed(space, 'b'))
  await declare(
    client,
    environment(space, 'bad', ['b'], { transport: { url: nats.url, stream: { maxBytes: '64Mi' } } })
  )
  const said = await see(
    FEEDS,
    `${space.name}/b`,
    'refused',
    (_, object) => condition(object, 'DataFlowing') === 'False StreamRefused'
  )
  assert.match(JSON.stringify(said.status), /discards old messages/)
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
