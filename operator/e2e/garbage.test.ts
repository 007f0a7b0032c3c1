// O8: resources that no validation has seen. Each says that it is stalled, or what it waits for; those beside it go on; the
// operator neither crashes nor turns in circles.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { isReady } from '../status/status.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  KIND_OF,
  type KindsCluster,
  startKinds,
} from '../testing/kinds.ts'

const MS = 60_000
const COUNT = 300
const SEED = Number(process.env.SSMD_SEED ?? 20_261_124)
const test = suite('garbage in a real API server')
let kinds: KindsCluster

test.before(async () => {
  kinds = await startKinds({ loose: true })
})
test.after(async () => {
  await kinds?.stop()
})

/** Anything at all, or something good with one field spoilt. */
const spoilt = (good: KubeObject): fc.Arbitrary<KubeObject> => {
  const spec = good.spec as Record<string, unknown>
  const anything = fc.jsonValue({ maxDepth: 3 })
  return fc.oneof(
    anything.map((value) => ({ ...good, spec: value })),
    fc
      .tuple(fc.constantFrom(...Object.keys(spec), 'state', 'keys', 'suspend', 'types'), anything)
      .map(([field, value]) => ({ ...good, spec: { ...spec, [field]: value } }))
  )
}

test(`${COUNT} resources of any form, seed ${SEED}: all are judged, and a good one beside them runs`, async () => {
  const space = await kinds.space()
  const operator = await kinds.operate(space)
  const { client } = kinds
  const third = COUNT / 3
  const some = (make: (i: number) => KubeObject) =>
    Array.from(
      { length: third },
      (_, i) => fc.sample(spoilt(make(i)), { numRuns: 1, seed: SEED + i })[0] as KubeObject
    )
  const all = [
    ...some((i) => feed(space, `f${i}`)),
    ...some((i) => environment(space, `e${i}`, [`f${i}`])),
    ...some((i) => archive(space, `a${i}`, `e${i}`, [`f${i}`])),
  ]
  const made: KubeObject[] = []
  for (const object of all) {
    const resource = KIND_OF[object.kind]
    // null at the top is the one thing that it does not take.
    if (resource && object.spec !== null) made.push(await client.create(resource, object))
  }
  const endpoint = 'synthetic://generator?rate=1'
  const version = {
    name: 'v1',
    effectiveFrom: '2025-01-01',
    endpoint,
    authMethod: 'none',
    protocol: 'json',
  }
  const defaults = { type: 'websocket', state: 'active', versions: [version] }
  const stream = { maxAge: '72h', maxBytes: '8Gi', replicas: 1, duplicateWindow: '2m' }
  await declare(client, feed(space, 'good', defaults))
  await declare(
    client,
    environment(space, 'fine', ['good'], {
      transport: { url: 'nats://127.0.0.1:1', stream },
      connector: { bufferBytes: '64Mi', linger: '5ms' },
    })
  )
  await until(
    MS,
    'the good one is made',
    async () =>
      condition(await client.get(FEEDS, `${space.name}/good`), 'Ready') === 'False Starting'
  )
  const listed = async () =>
    (
      await Promise.all(
        [FEEDS, ENVIRONMENTS, ARCHIVES].map((kind) => client.list(kind, { namespace: space.name }))
      )
    ).flatMap(({ items }) => items)
  await until(MS, 'all are judged', async () =>
    (await listed()).every((object) => condition(object, 'Ready') !== '')
  )
  const stalled = (await listed()).filter((object) => condition(object, 'Stalled') !== '')
  assert.ok(stalled.length > made.length / 3, `${stalled.length} of ${made.length} are stalled`)
  for (const object of stalled) assert.not.ok(isReady(object))
  const faults = operator.lines.filter(({ msg }) => msg === 'pass failed')
  assert.equal(faults.map(({ err }) => (err as Error).message).slice(0, 3), [], 'no pass failed')
  await until(MS, 'it comes to rest', async () => {
    const before = operator.writes()
    await waitOut(1000, 'a second in which hardly anything is written')
    return operator.writes() - before <= 2
  })
})

test('a status that is garbage is put right, and two archives in one place do not fight', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const stream = { maxAge: '72h', maxBytes: '8Gi', replicas: 1, duplicateWindow: '2m' }
  await declare(client, feed(space, 'x', { versions: 5 }))
  await client.patch(
    FEEDS,
    `${space.name}/x`,
    {
      kind: 'merge',
      value: { status: { conditions: [7, null, { type: 'Ready' }], observedGeneration: 'x' } },
    },
    { subresource: 'status' }
  )
  await declare(
    client,
    environment(space, 'fine', ['x'], {
      transport: { url: 'nats://127.0.0.1:1', stream },
      connector: { bufferBytes: '64Mi', linger: '5ms' },
    })
  )
  const defaults = {
    rotation: { maxAge: '1h', maxBytes: '256Mi' },
    commitInterval: '1s',
    compression: { level: 6 },
    deletionPolicy: 'Retain',
    storage: { path: '/data' },
  }
  await declare(client, archive(space, 'one', 'fine', ['x'], defaults))
  await waitOut(1100, 'a second, so that the creation times differ')
  await declare(client, archive(space, 'two', 'fine', ['x'], defaults))
  await kinds.operate(space)
  await until(
    MS,
    'put right',
    async () =>
      condition(await client.get(FEEDS, `${space.name}/x`), 'Ready') === 'False InvalidSpec'
  )
  await until(
    MS,
    'the younger yields',
    async () =>
      condition(await client.get(ARCHIVES, `${space.name}/two`), 'Stalled') === 'True InvalidSpec'
  )
  assert.is(condition(await client.get(ARCHIVES, `${space.name}/one`), 'Stalled'), '')
})

/** Everything of a wrong type, and what is only just taken. */
const WRONG = {
  feed: {
    exchange: 1,
    versions: 'x',
    channels: {},
    symbols: [],
    state: [],
    messageTypes: 7,
    calendar: false,
  },
  environment: {
    feeds: 'a',
    transport: [],
    keys: 1,
    schema: {},
    schedule: 3,
    connector: 'x',
    simulator: 9,
    suspend: 'no',
  },
  archive: {
    environmentRef: 'prod',
    feeds: 5,
    types: {},
    storage: 'here',
    rotation: [],
    commitInterval: {},
    compression: 'x',
    retention: 'y',
    deletionPolicy: 4,
  },
} as const

test('every field of a wrong type, a megabyte, names of other alphabets, names of nobody: each says so, the others go on (O8)', async () => {
  const space = await kinds.space()
  const { client } = kinds
  const stream = { maxAge: '72h', maxBytes: '8Gi', replicas: 1, duplicateWindow: '2m' }
  const whole = {
    transport: { url: 'nats://127.0.0.1:1', stream },
    connector: { bufferBytes: '64Mi', linger: '5ms' },
  }
  const kept = {
    rotation: { maxAge: '1h', maxBytes: '256Mi' },
    commitInterval: '1s',
    compression: { level: 6 },
    deletionPolicy: 'Retain',
    storage: { path: '/data' },
  }
  const version = {
    name: 'v1',
    effectiveFrom: '2025-01-01',
    endpoint: 'synthetic://generator?rate=1',
    authMethod: 'none',
    protocol: 'json',
  }
  const fit = { type: 'websocket', state: 'active', versions: [version] }
  const big = 'x'.repeat(1_000_000)
  const bad: readonly KubeObject[] = [
    feed(space, 'wrong', WRONG.feed),
    environment(space, 'wrong', [], WRONG.environment),
    archive(space, 'wrong', 'fine', [], WRONG.archive),
    feed(space, 'big', { ...fit, displayName: big }),
    environment(space, 'big', ['nobody'], { ...whole, keys: { [big]: {} } }),
    archive(space, 'big', 'fine', ['good'], { ...kept, types: [big], storage: { path: '/big' } }),
    feed(space, 'letters', { ...fit, exchange: 'биржа', channels: ['\u{1F4C8}', '\u202Eedart'] }),
    environment(space, 'letters', ['фид', '__proto__', 'constructor'], whole),
    archive(space, 'letters', '環境', ['フィード'], kept),
    archive(space, 'nowhere', 'no-such', ['good'], { ...kept, storage: { path: '/nowhere' } }),
    // Which name each other, and themselves.
    environment(space, 'circle', ['circle'], { ...whole, simulator: { feeds: ['circle'] } }),
    archive(space, 'circle', 'circle', ['circle'], kept),
  ]
  for (const object of bad) await client.create(KIND_OF[object.kind] as Resource, object)
  const operator = await kinds.operate(space)
  await declare(client, feed(space, 'good', fit))
  await declare(client, environment(space, 'fine', ['good'], whole))
  await declare(client, archive(space, 'good', 'fine', ['good'], kept))
  await until(MS, 'the good ones are made', async () => {
    const made = await Promise.all([
      client.get(FEEDS, `${space.name}/good`),
      client.get(ARCHIVES, `${space.name}/good`),
    ])
    return made.every((object) => condition(object, 'Ready') === 'False Starting')
  })
  for (const { kind, metadata } of bad) {
    const key = `${space.name}/${metadata.name}`
    await until(MS, `${kind} ${metadata.name} says why`, async () => {
      const object = await client.get(KIND_OF[kind] as Resource, key)
      return condition(object, 'Ready').startsWith('False ')
    })
    const { status } = await client.get(KIND_OF[kind] as Resource, key)
    assert.ok(
      JSON.stringify(status).length < 50_000,
      `${kind} ${metadata.name}: a status to be read`
    )
  }
  const faults = operator.lines.filter(({ msg }) => msg === 'pass failed')
  assert.equal(faults.map(({ err }) => (err as Error).message).slice(0, 3), [], 'no pass failed')
})

const missing = await missingTools()
if (missing) skip(missing)
else {
  test.run()
}
