// What goes wrong on a cluster: each is said by the resource in words that end with what to do, heals once that is done, and
// troubles nothing else.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { until } from '#testing/deadline.ts'
import { PODS } from './install.ts'
import { type Chapter, READ_ONLY, SMALL, type World } from './world.ts'

type Wanted = { type?: string; status?: string; reason?: string; words?: RegExp }
type Case = {
  readonly title: string
  readonly objects: readonly unknown[]
  readonly resource: string
  readonly wants: Wanted
  /** Makes it good; then the resource is Ready. */
  readonly cure?: (world: World) => Promise<void>
}

const of = (kind: string, name: string, spec: unknown) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'ssmd' },
  spec,
})
const synthetic = (name: string, rate = 50) =>
  of('Feed', name, {
    exchange: 'synthetic',
    versions: [
      {
        name: 'v1',
        effectiveFrom: '2025-01-01',
        endpoint: `synthetic://generator?rate=${rate}&symbols=3&seed=5`,
      },
    ],
    channels: ['trade'],
  })
const environment = (name: string, feeds: readonly string[], more: object = {}) =>
  of('Environment', name, {
    feeds,
    transport: { url: 'nats://ssmd-nats:4222', stream: { maxBytes: '64Mi' } },
    ...more,
  })
const archive = (name: string, env: string, feed: string, claim: object) =>
  of('Archive', name, { environmentRef: { name: env }, feeds: [feed], storage: { claim } })

const CASES: readonly Case[] = [
  {
    title: 'a volume is full',
    objects: [
      synthetic('crowded', 5000),
      environment('crowded', ['crowded']),
      archive('crowded', 'crowded', 'crowded', { size: '2Mi', storageClassName: SMALL }),
    ],
    resource: 'archive/crowded',
    wants: { words: /full|no space/i },
  },
  {
    title: 'a volume cannot be written to',
    objects: [
      synthetic('frozen'),
      environment('frozen', ['frozen']),
      archive('frozen', 'frozen', 'frozen', { size: '1Mi', storageClassName: READ_ONLY }),
    ],
    resource: 'archive/frozen',
    wants: { words: /read-only|cannot be written/i },
  },
  {
    title: 'NATS is not where the Environment says',
    objects: [
      synthetic('lost'),
      of('Environment', 'lost', { feeds: ['lost'], transport: { url: 'nats://nowhere:4222' } }),
    ],
    resource: 'environment/lost',
    wants: {
      type: 'DataFlowing',
      status: 'Unknown',
      reason: 'NatsUnreachable',
      words: /spec\.transport/,
    },
    cure: async ({ view }) => {
      const transport = { url: 'nats://ssmd-nats:4222', stream: { maxBytes: '64Mi' } }
      await view.kubectl(
        ...[
          'patch',
          'environment',
          'lost',
          '--type=merge',
          '-p',
          JSON.stringify({ spec: { transport } }),
        ]
      )
    },
  },
  {
    title: 'a Secret is missing',
    objects: [
      of('Feed', 'keyless', {
        exchange: 'kalshi',
        versions: [
          {
            name: 'v2',
            effectiveFrom: '2025-01-01',
            endpoint: 'wss://exchange.invalid/trade-api/ws/v2',
            restEndpoint: 'https://exchange.invalid/trade-api/v2',
            authMethod: 'apiKey',
          },
        ],
        channels: ['trade'],
        symbols: { include: ['KXGOLD15M-*'] },
      }),
      environment('keyless', ['keyless'], {
        keys: {
          keyless: {
            type: 'apiKey',
            fields: ['apiKey', 'privateKey'],
            source: { secret: { name: 'nobodys' } },
          },
        },
      }),
    ],
    resource: 'feed/keyless',
    wants: { reason: 'SecretNotFound', words: /nobodys/ },
  },
  {
    title: 'a storage class does not exist',
    objects: [
      synthetic('homeless'),
      environment('homeless', ['homeless']),
      archive('homeless', 'homeless', 'homeless', { size: '1Gi', storageClassName: 'gold-plated' }),
    ],
    resource: 'archive/homeless',
    wants: { words: /gold-plated/ },
  },
  {
    title: 'a pod is killed for memory',
    objects: [
      synthetic('narrow'),
      environment('narrow', ['narrow'], {
        connector: { resources: { limits: { memory: '24Mi' }, requests: { memory: '24Mi' } } },
      }),
    ],
    resource: 'feed/narrow',
    wants: { words: /memory/i },
    cure: async ({ view }) => {
      const resources = { limits: { memory: '512Mi' }, requests: { memory: '64Mi' } }
      const patch = JSON.stringify({ spec: { connector: { resources } } })
      await view.kubectl('patch', 'environment', 'narrow', '--type=merge', '-p', patch)
    },
  },
]

const apply = (world: World, objects: readonly unknown[]): Promise<string> =>
  applyText(world, objects.map((object) => stringify(object)).join('---\n'))

async function applyText(world: World, text: string): Promise<string> {
  const path = join(world.folder, 'trouble.yaml')
  await writeFile(path, text)
  await world.view.kubectl('apply', '-f', path)
  return path
}

async function suffer(world: World, one: Case): Promise<void> {
  const { view } = world
  const before = await view.lives()
  const path = await apply(world, one.objects)
  const { type = 'Ready', status = 'False', ...want } = one.wants
  const said = await view.becomes(one.resource, type, { status, ...want }, 90)
  world.say(`${said.reason}: ${said.message}`)
  if (one.cure !== undefined) {
    await one.cure(world)
    await view.becomes(one.resource, type, { status: 'True' }, 90)
  }
  await view.kubectl('delete', '-f', path, '--timeout=60s')
  await view.settled(PODS)
  assert.equal(await view.lives(), before)
}

export const trouble: Chapter = {
  title: 'what goes wrong is said in words, and troubles nothing else',
  async run(world) {
    const { step, view } = world
    for (const one of CASES) await step(one.title, () => suffer(world, one))
    await step('the operator may not write', async () => {
      const binding = await view.kubectl('get', 'rolebinding', 'ssmd-operator', '-o', 'json')
      await view.kubectl('delete', 'rolebinding', 'ssmd-operator')
      // Neither may it say so in a status: its log does, and captures go on.
      await until(60_000, 'the operator says what it may not', async () => {
        const log = await view.kubectl('logs', 'deployment/ssmd-operator', '--since=60s')
        return /forbidden/i.test(log)
      })
      const before = await view.lives()
      await applyText(world, binding)
      await view.flows('gold')
      assert.equal(await view.lives(), before)
    })
  },
}
