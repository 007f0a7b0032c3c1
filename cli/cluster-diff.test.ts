// test: limit 300s
// `ssmd diff --cluster` against a real API server and a real operator: what it says would restart does, and nothing else.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import { until } from '#testing/deadline.ts'
import { skip } from '#testing/skip.ts'
import { DEPLOYMENTS, type KubeObject } from '../operator/kube/objects.ts'
import { FEEDS } from '../operator/reconcile/kinds.ts'
import { missingTools } from '../operator/testing/cluster.ts'
import {
  archive,
  declare,
  environment,
  feed,
  isSettled,
  type SharedKinds,
  type Space,
  sharedKinds,
} from '../operator/testing/kinds.ts'
import type { Effect } from './cluster-diff/effects.ts'
import { runSsmd } from './testing/run.ts'

const MS = 30_000
const test = suite('diff --cluster')
let kinds: SharedKinds | undefined
const missing = await missingTools()
if (missing) skip(missing)
test.before(async () => {
  if (!missing) kinds = await sharedKinds()
})
test.after(async () => {
  await kinds?.stop()
})

type Said = {
  readonly code: number | null
  readonly effects: readonly Effect[]
  readonly changes: readonly { readonly kind: string; readonly name: string }[]
  readonly refused: readonly { readonly name: string }[]
  readonly alone: readonly { readonly name: string }[]
}

/** A repository of these resources, compared with the cluster. */
async function compare(root: string, { name }: Space, objects: readonly KubeObject[]) {
  const folder = join(root, 'exchanges')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'all.json'),
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
  )
  const args = ['--kubeconfig', kinds!.cluster.kubeconfig, '-n', name, '-p', folder]
  const ran = await runSsmd(['diff', '--cluster', '-o', 'json', ...args], { cwd: root })
  assert.match(ran.stdout, /^\{/, ran.stderr)
  return { ...(JSON.parse(ran.stdout) as Omit<Said, 'code'>), code: ran.code }
}

const told = ({ effects }: Pick<Said, 'effects'>) =>
  effects.map(({ deployment, effect, causes }) => [deployment, effect, ...causes].join(' '))

/** The pods that run, as their templates tell them apart. */
async function templates({ name: namespace }: Space): Promise<Map<string, string>> {
  const { items } = await kinds!.client.list(DEPLOYMENTS, { namespace })
  return new Map(
    items.map((one) => [
      one.metadata.name,
      JSON.stringify((one.spec as { template: unknown }).template),
    ])
  )
}

const settle = (space: Space, objects: readonly KubeObject[]) =>
  until(MS, 'the operator has seen every Feed', async () => {
    const { items } = await kinds!.client.list(FEEDS, { namespace: space.name })
    const count = objects.filter(({ kind }) => kind === 'Feed').length
    return items.length >= count && items.every(isSettled)
  })

test('every restart that then happens is named with its cause, and no other', async () => {
  if (!kinds) return
  using folder = temporaryFolder()
  const { client } = kinds
  const space = await kinds.space()
  await kinds.operate(space)
  const prod = environment(space, 'prod', ['a', 'b'])
  const kept = archive(space, 'kept', 'prod', ['a', 'b'])
  const first = [feed(space, 'a'), feed(space, 'b'), prod, kept]

  const fresh = await compare(folder.path, space, first)
  assert.equal(told(fresh), [
    'connector-prod-a starts',
    'connector-prod-b starts',
    'archiver-kept starts',
  ])
  assert.is(fresh.changes.length, 4)
  assert.is((await templates(space)).size, 0, 'nothing was made')

  for (const object of first) await declare(client, object)
  await settle(space, first)
  await until(MS, 'three Deployments', async () => (await templates(space)).size === 3)
  const same = await compare(folder.path, space, first)
  assert.equal([told(same), same.changes], [[], []])

  // One feed changes, another comes, one goes; a displayed name restarts nothing.
  const next = [
    feed(space, 'a', { channels: ['trade'] }),
    feed(space, 'b', { displayName: 'B' }),
    feed(space, 'c'),
    environment(space, 'prod', ['a', 'b', 'c']),
    kept,
  ]
  const said = await compare(folder.path, space, next)
  assert.equal(told(said), ['connector-prod-a restarts config', 'connector-prod-c starts'])
  assert.equal(said.effects[0]?.fields, ['Feed spec.channels: - ticker'])
  const before = await templates(space)
  for (const object of next) await declare(client, object)
  await settle(space, next)
  await until(MS, 'a is replaced and c is made', async () => {
    const now = await templates(space)
    return now.size === 4 && now.get('connector-prod-a') !== before.get('connector-prod-a')
  })
  const after = await templates(space)
  const replaced = [...before].filter(([name, text]) => after.get(name) !== text)
  assert.equal(
    replaced.map(([name]) => name),
    said.effects.filter(({ effect }) => effect === 'restarts').map(({ deployment }) => deployment)
  )

  // A new feed whose Secret is not there cannot start.
  const key = {
    type: 'apiKey',
    fields: ['apiKey', 'privateKey'],
    source: { secret: { name: 'no' } },
  }
  const versions = [
    { name: 'v1', effectiveFrom: '2025-01-01', endpoint: 'wss://x.example', authMethod: 'apiKey' },
  ]
  const kalshi = feed(space, 'kalshi', { exchange: 'kalshi', channels: ['trade'], versions })
  const withKey = environment(space, 'prod', ['a', 'b', 'c', 'kalshi'], { keys: { kalshi: key } })
  const blocked = await compare(folder.path, space, [...next.slice(0, 3), kalshi, withKey, kept])
  assert.equal(told(blocked), [' blocked there is no Secret no'])

  // Without c in the repository it stays; suspended, everything stops.
  const suspended = environment(space, 'prod', ['a', 'b', 'c'], { suspend: true })
  const last = await compare(folder.path, space, [next[0]!, next[1]!, suspended, kept])
  assert.equal(told(last).sort(), [
    'connector-prod-a stops suspended or disabled',
    'connector-prod-b stops suspended or disabled',
    'connector-prod-c stops suspended or disabled',
  ])
  assert.equal(last.alone, [{ kind: 'Feed', name: 'c' }] as never)
})

test('a Manual roll-out waits, and what the API server refuses is named and is 3', async () => {
  if (!kinds) return
  using folder = temporaryFolder()
  const { client } = kinds
  const space = await kinds.space()
  await kinds.operate(space)
  const manual = (linger: string) =>
    environment(space, 'prod', ['a'], { connector: { linger, rollout: { policy: 'Manual' } } })
  const first = [feed(space, 'a'), manual('5ms')]
  for (const object of first) await declare(client, object)
  await until(MS, 'its Deployment', async () => (await templates(space)).size === 1)
  const said = await compare(folder.path, space, [feed(space, 'a'), manual('9ms')])
  assert.equal(told(said), ['connector-prod-a waits config'])
  assert.is(said.code, 0)
  // The exchange of a Feed cannot be changed, which only the stored one shows.
  const endpoint = 'wss://ws.kraken.com/v2'
  const versions = [{ name: 'v1', effectiveFrom: '2025-01-01', endpoint }]
  const other = feed(space, 'a', { exchange: 'kraken', channels: ['trade'], versions })
  const refused = await compare(folder.path, space, [other, manual('5ms')])
  assert.equal([refused.refused.map(({ name }) => name), refused.code], [['a'], 3])
})

test('shards wait together for a Manual roll-out, and nothing of a paused Feed changes', async () => {
  if (!kinds) return
  using folder = temporaryFolder()
  const { client } = kinds
  const space = await kinds.space()
  await kinds.operate(space)
  const endpoint = 'wss://ws.example.invalid/v2'
  const versions = [{ name: 'v1', effectiveFrom: '2025-01-01', endpoint }]
  const real = feed(space, 'k', { exchange: 'kraken', channels: ['trade'], versions })
  const within = (shards: number) =>
    environment(space, 'prod', ['k', 'p'], {
      connector: { shards, rollout: { policy: 'Manual' } },
    })
  const first = [real, feed(space, 'p'), within(1)]
  for (const object of first) await declare(client, object)
  await until(MS, 'two Deployments', async () => (await templates(space)).size === 2)
  const value = { metadata: { annotations: { 'ssmd.io/paused': 'true' } } }
  await client.patch(FEEDS, `${space.name}/p`, { kind: 'merge', value })
  const said = await compare(folder.path, space, [
    real,
    feed(space, 'p', { channels: ['trade'] }),
    within(2),
  ])
  assert.equal(told(said), [
    'connector-prod-k waits config',
    'connector-prod-k-1 waits',
    'connector-prod-p blocked it is paused',
  ])
})

test('a cluster that is named without --cluster is wrong usage', async () => {
  using folder = temporaryFolder()
  const ran = await runSsmd(['diff', '-n', 'x'], { cwd: folder.path })
  assert.is(ran.code, 2)
  assert.match(ran.stderr, /add --cluster/)
})

test.run()
