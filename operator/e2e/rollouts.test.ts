// When pods are replaced, against a real API server: the Manual policy, an upgrade of the image, the rotation of a Secret.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CONFIG_MAPS, DEPLOYMENTS, type KubeObject, SECRETS } from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import type { Deployment } from '../render/objects.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  archive,
  condition,
  declare,
  environment,
  feed,
  type SharedKinds,
  sharedKinds,
} from '../testing/kinds.ts'

const MS = 20_000
const test = suite('roll-outs')
let kinds: SharedKinds | undefined
const missing = await missingTools()
if (missing) skip(missing)

test.before(async () => {
  if (!missing) kinds = await sharedKinds()
})
test.after(async () => {
  await kinds?.stop()
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
        condition(await (kinds as SharedKinds).client.get(FEEDS, `${space.name}/a`), type) === holds
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
