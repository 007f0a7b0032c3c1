// A feed with several connectors, against a real API server: their objects come and go with the number of shards, together,
// and never before the roll-out policy lets them.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { CONFIG_MAPS, DEPLOYMENTS, NETWORK_POLICIES, SERVICE_ACCOUNTS } from '../kube/objects.ts'
import { FEEDS } from '../reconcile/kinds.ts'
import type { Deployment } from '../render/objects.ts'
import { missingTools } from '../testing/cluster.ts'
import {
  condition,
  declare,
  environment,
  feed,
  type SharedKinds,
  type Space,
  sharedKinds,
} from '../testing/kinds.ts'

const MS = 20_000
const test = suite('shards of a feed')
let kinds: SharedKinds | undefined
const missing = await missingTools()
if (missing) skip(missing)

test.before(async () => {
  if (!missing) kinds = await sharedKinds()
})
test.after(async () => {
  await kinds?.stop()
})

const NAMES = ['connector-prod-a', 'connector-prod-a-1', 'connector-prod-a-2']

const divided = (space: Space, annotations: Record<string, string> = {}) => {
  const spec = {
    exchange: 'kalshi',
    versions: [
      {
        name: 'v2',
        effectiveFrom: '2025-01-01',
        endpoint: 'wss://127.0.0.1:1',
        authMethod: 'apiKey',
      },
    ],
    channels: ['trade'],
    symbols: { include: ['A', 'B', 'C'] },
  }
  const made = feed(space, 'a', spec)
  return { ...made, metadata: { ...made.metadata, annotations } }
}
const within = (space: Space, connector: object) =>
  environment(space, 'prod', ['a'], {
    simulator: { feeds: ['a'], url: 'ws://127.0.0.1:1' },
    connector,
  })

test('each shard has a Deployment and what belongs to it; fewer shards take them away', async () => {
  if (!kinds) return
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  /** Names of our objects of each kind. */
  const names = async () => {
    const found: string[][] = []
    for (const kind of [DEPLOYMENTS, CONFIG_MAPS, SERVICE_ACCOUNTS, NETWORK_POLICIES]) {
      const { items } = await client.list(kind, { namespace: space.name })
      const all = items.map(({ metadata }) => metadata.name)
      found.push(all.filter((name) => name.startsWith('connector-')).sort())
    }
    return found
  }
  const are = (count: number) => {
    const wanted = JSON.stringify(new Array(4).fill(NAMES.slice(0, count)))
    return until(MS, `${count} of each`, async () => JSON.stringify(await names()) === wanted)
  }
  const deploymentOf = async (name: string) =>
    (await client.get(DEPLOYMENTS, `${space.name}/${name}`)) as unknown as Deployment
  await declare(client, divided(space))
  await declare(client, within(space, {}))
  await are(1)
  const alone = await deploymentOf(NAMES[0]!)
  await declare(client, within(space, { shards: 3 }))
  await are(3)
  const first = await deploymentOf(NAMES[0]!)
  assert.equal(first.metadata.labels, alone.metadata.labels)
  assert.equal(first.spec.template.spec, alone.spec.template.spec, 'only its configuration changed')
  const second = await deploymentOf(NAMES[1]!)
  assert.is(second.metadata.labels['ssmd.io/shard'], '1')
  assert.match(second.spec.template.spec.containers[0].args.join(' '), '--shard 1')
  await declare(client, within(space, { shards: 2 }))
  await are(2)
  // Without the field, too.
  await declare(client, within(space, {}))
  await are(1)
  const again = await deploymentOf(NAMES[0]!)
  assert.equal(again.spec.template, alone.spec.template)
})

test('Manual: a new shard waits for the roll-out of the others, and one that is to go stays until then', async () => {
  if (!kinds) return
  const space = await kinds.space()
  await kinds.operate(space)
  const { client } = kinds
  const connectors = async () => {
    const { items } = await client.list(DEPLOYMENTS, { namespace: space.name })
    const names = items.map(({ metadata }) => metadata.name)
    return names.filter((name) => name.startsWith('connector-')).sort()
  }
  const are = (count: number) =>
    until(MS, `${count} connectors`, async () => (await connectors()).length === count)
  const waits = (holds: string) =>
    until(MS, `RolloutPending is ${holds}`, async () => {
      const found = await client.get(FEEDS, `${space.name}/a`)
      return condition(found, 'RolloutPending') === holds
    })
  const manual = (shards: number) => within(space, { shards, rollout: { policy: 'Manual' } })
  await declare(client, divided(space))
  await declare(client, manual(1))
  await are(1)
  await declare(client, manual(2))
  await waits('True RolloutPending')
  assert.equal(await connectors(), NAMES.slice(0, 1), 'its symbols are still captured by the first')
  await declare(client, divided(space, { 'ssmd.io/rollout': '1' }))
  await are(2)
  await waits('')
  await declare(client, manual(1))
  await waits('True RolloutPending')
  assert.equal(await connectors(), NAMES.slice(0, 2), 'the first has not its symbols yet')
  await declare(client, divided(space, { 'ssmd.io/rollout': '2' }))
  await are(1)
  await waits('')
})

test.run()
