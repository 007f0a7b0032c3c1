// When pods are replaced: by table over the pure decision, and against a real API server for the Manual policy, an upgrade
// of the image, and the rotation of a Secret.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CONFIG_MAPS, DEPLOYMENTS, type KubeObject, SECRETS } from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import type { Deployment } from '../render/objects.ts'
import { decideRollout, isOpen, type RolloutPolicy } from '../render/rollout.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  type KindsCluster,
  startKinds,
} from '../testing/kinds.ts'

const MS = 20_000
const test = suite('roll-outs')
let kinds: KindsCluster | undefined
const missing = await missingTools()
if (missing) skip(missing)

test.before(async () => {
  if (!missing) kinds = await startKinds()
})
test.after(async () => {
  await kinds?.stop()
})

const deployment = (image: string, config: string): Deployment =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'n', labels: {} },
    spec: {
      replicas: 1,
      template: {
        metadata: { labels: {}, annotations: { 'ssmd.io/config-hash': config } },
        spec: { containers: [{ name: 'c', image }] },
      },
    },
  }) as unknown as Deployment
/** As the API server gives it back: with defaults, and with what others wrote. */
const live = (from: Deployment): Deployment => {
  const copy = structuredClone(from) as unknown as {
    spec: {
      template: { metadata: { annotations: Record<string, string> }; spec: Record<string, unknown> }
    }
  }
  copy.spec.template.spec.dnsPolicy = 'ClusterFirst'
  copy.spec.template.metadata.annotations['kubectl.kubernetes.io/restartedAt'] = 'x'
  return copy as unknown as Deployment
}
const NOON = Date.UTC(2026, 10, 24, 12)
const AUTOMATIC: RolloutPolicy = { policy: 'Automatic' }
const MANUAL: RolloutPolicy = { policy: 'Manual' }
const window = (start: string, end: string): RolloutPolicy => ({
  policy: 'Window',
  window: { start, end },
})
const first = decideRollout(
  undefined,
  deployment('ssmd:1', 'one'),
  AUTOMATIC,
  undefined,
  NOON
).deployment

const TABLE: readonly (readonly [
  string,
  string,
  string,
  RolloutPolicy,
  string | undefined,
  string,
  string,
  string[],
])[] = [
  // what, image, config, policy, asked -> image, config, pending
  ['nothing changes', 'ssmd:1', 'one', AUTOMATIC, undefined, 'ssmd:1', 'one', []],
  [
    'an upgrade of the operator replaces nothing',
    'ssmd:2',
    'one',
    AUTOMATIC,
    undefined,
    'ssmd:1',
    'one',
    ['image'],
  ],
  [
    'a new image goes along with a cause',
    'ssmd:2',
    'two',
    AUTOMATIC,
    undefined,
    'ssmd:2',
    'two',
    [],
  ],
  ['a cause rolls', 'ssmd:1', 'two', AUTOMATIC, undefined, 'ssmd:1', 'two', []],
  ['Manual waits', 'ssmd:2', 'two', MANUAL, undefined, 'ssmd:1', 'one', ['config', 'image']],
  ['Manual rolls when asked', 'ssmd:2', 'two', MANUAL, 'now', 'ssmd:2', 'two', []],
  ['an image rolls when asked', 'ssmd:2', 'one', AUTOMATIC, 'now', 'ssmd:2', 'one', []],
  [
    'a closed window waits',
    'ssmd:1',
    'two',
    window('22:00', '02:00'),
    undefined,
    'ssmd:1',
    'one',
    ['config'],
  ],
  [
    'an open window lets all go',
    'ssmd:2',
    'one',
    window('11:00', '13:00'),
    undefined,
    'ssmd:2',
    'one',
    [],
  ],
]
for (const [what, image, config, policy, asked, toImage, toConfig, pending] of TABLE)
  test(`${what}`, () => {
    const found = decideRollout(live(first), deployment(image, config), policy, asked, NOON)
    const { template } = found.deployment.spec
    assert.is(template.spec.containers[0].image, toImage)
    assert.is(template.metadata.annotations['ssmd.io/config-hash'], toConfig)
    assert.equal(found.pending, pending)
  })

test('what was asked for once is not asked for again, and an image that somebody set by hand is put back', () => {
  const asked = decideRollout(
    live(first),
    deployment('ssmd:2', 'one'),
    MANUAL,
    'now',
    NOON
  ).deployment
  const again = decideRollout(live(asked), deployment('ssmd:3', 'one'), MANUAL, 'now', NOON)
  assert.equal(again.pending, ['image'])
  const without = decideRollout(live(asked), deployment('ssmd:2', 'one'), MANUAL, undefined, NOON)
  assert.equal(without.pending, [], 'the annotation may be taken away')
  const edited = live(first) as unknown as {
    spec: { template: { spec: { containers: { image: string }[] } } }
  }
  edited.spec.template.spec.containers[0]!.image = 'evil:1'
  const put = decideRollout(edited, deployment('ssmd:1', 'one'), AUTOMATIC, undefined, NOON)
  assert.is(put.deployment.spec.template.spec.containers[0].image, 'ssmd:1')
})

test('a window may go over midnight', () => {
  const at = (text: string) => Date.parse(`2026-11-24T${text}:00Z`)
  const night = { start: '22:00', end: '02:00' }
  assert.equal(
    ['21:59', '22:00', '00:00', '01:59', '02:00'].map((text) => isOpen(night, at(text))),
    [false, true, true, true, false]
  )
})

test('Manual holds template and file, says so, and goes ahead when it is asked', async () => {
  if (!kinds) return
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const key = `${space.name}/connector-prod-a`
  const template = async () => JSON.stringify((await client.get(DEPLOYMENTS, key)).spec)
  const wanted = (linger: string) =>
    environment(space, 'prod', ['a'], { connector: { linger, rollout: { policy: 'Manual' } } })
  const says = (type: string, holds: string) =>
    until(
      MS,
      `${type} ${holds}`,
      async () =>
        condition(await (kinds as KindsCluster).client.get(FEEDS, `${space.name}/a`), type) ===
        holds
    )
  await declare(client, feed(space, 'a'))
  await declare(client, wanted('5ms'))
  await says('Ready', 'False Starting')
  const before = await template()
  const file = async () => JSON.stringify((await client.get(CONFIG_MAPS, key)).data)
  const held = await file()
  await declare(client, wanted('9ms'))
  await says('RolloutPending', 'True RolloutPending')
  assert.is(await template(), before)
  assert.is(await file(), held, 'a pod that starts again finds what it had')
  const asked = feed(space, 'a')
  await declare(client, {
    ...asked,
    metadata: { ...asked.metadata, annotations: { 'ssmd.io/rollout': '1' } },
  })
  await says('RolloutPending', '')
  assert.is.not(await template(), before)
  assert.match(await file(), /9ms/)
})

test('the resources of an Archive roll its archiver out, and no connector', async () => {
  if (!kinds) return
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const generations = async () => {
    const { items } = await client.list(DEPLOYMENTS, { namespace: space.name })
    return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.generation]))
  }
  await declare(client, feed(space, 'a'))
  await declare(client, environment(space, 'prod', ['a']))
  await declare(client, archive(space, 'keep', 'prod', ['a']))
  await until(MS, 'both', async () => Object.keys(await generations()).length === 2)
  assert.equal(await generations(), { 'archiver-keep': 1, 'connector-prod-a': 1 })
  const limits = { memory: '1Gi' }
  await declare(client, archive(space, 'keep', 'prod', ['a'], { resources: { limits } }))
  await until(MS, 'the archiver', async () => (await generations())['archiver-keep'] === 2)
  assert.equal(await generations(), { 'archiver-keep': 2, 'connector-prod-a': 1 })
  const archiver = await client.get(DEPLOYMENTS, `${space.name}/archiver-keep`)
  const { template } = (archiver as unknown as Deployment).spec
  assert.equal(template.spec.containers[0].resources, { limits }, 'in place of all defaults')
})

test('a rotated Secret changes exactly one secret-hash annotation, and NATS credentials none', async () => {
  if (!kinds) return
  const space = await kinds.space()
  const { client } = kinds
  const secret = async (name: string, stringData: object) =>
    client.apply(
      SECRETS,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: space.name }, stringData },
      { manager: 'test', force: true }
    )
  await secret('kalshi', { apiKey: 'a', privateKey: 'b' })
  await secret('nats', { 'nats.creds': 'c' })
  const version = {
    name: 'v2',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://127.0.0.1:1',
    authMethod: 'apiKey',
  }
  await declare(
    client,
    feed(space, 'k', { exchange: 'kalshi', versions: [version], channels: ['trade'] })
  )
  const source = { secret: { name: 'kalshi' } }
  await declare(
    client,
    environment(space, 'prod', ['k'], {
      transport: { url: 'nats://127.0.0.1:1', credentialsRef: { name: 'nats' } },
      keys: { kalshi: { type: 'apiKey', fields: ['apiKey', 'privateKey'], source } },
    })
  )
  const key = `${space.name}/connector-prod-k`
  const read = async (): Promise<Record<string, string>> => {
    const found = (await client.get(DEPLOYMENTS, key)) as KubeObject & Deployment
    return { ...found.spec.template.metadata.annotations }
  }
  let operator = await kinds.operate(space)
  const there = () =>
    read().then(
      () => true,
      () => false
    )
  await until(MS, 'it is made', there)
  const before = await read()
  await operator.stop()
  await secret('nats', { 'nats.creds': 'other' })
  await secret('kalshi', { apiKey: 'a', privateKey: 'new' })
  operator = await kinds.operate(space)
  const changed = async () => {
    const after = await read()
    return Object.keys(after).filter((name) => after[name] !== before[name])
  }
  await until(MS, 'it is rolled out', async () => (await changed()).length > 0)
  assert.equal(await changed(), ['ssmd.io/secret-hash-kalshi'])
  assert.not.match(JSON.stringify(operator.lines), /privateKey":"|bmV3/, 'no key is logged')
})

test.run()
