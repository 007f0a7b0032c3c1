// What the benchmark declares: Feeds in Environments, most of them named one by one, a thousand of them by a star. They
// are written straight to the API server, many at a time; what becomes of them is the operator's affair.

import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { until } from '#testing/deadline.ts'
import type { Client } from '../kube/client.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  type KubeObject,
  NAMESPACES,
} from '../kube/objects.ts'
import { readEvents } from '../kube/watch-lines.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'

const ROOT = new URL('../../', import.meta.url).pathname
/** An Environment names at most so many Feeds one by one. */
const NAMED = 250
const AT_ONCE = 24

/** Where Feeds lie that Environments name one by one, and where one Environment takes them all. */
export const NAMED_SPACE = 'named'
export const STAR_SPACE = 'star'
export const STAR_FEEDS = 1000

export const feedName = (i: number): string => `feed-${i}`

/** Where the Feed of this number lies, and the Environment that captures it. */
export function placeOf(i: number, objects: number) {
  const stars = Math.min(STAR_FEEDS, Math.floor(objects / 10))
  return i < objects - stars
    ? { namespace: NAMED_SPACE, environment: `prod-${Math.floor(i / NAMED)}` }
    : { namespace: STAR_SPACE, environment: 'all' }
}

export const feedKey = (i: number, objects: number): string =>
  `${placeOf(i, objects).namespace}/${feedName(i)}`
export const deploymentName = (i: number, objects: number): string =>
  `connector-${placeOf(i, objects).environment}-${feedName(i)}`

const versions = (seed: string) => [
  {
    name: 'v1',
    effectiveFrom: '2025-01-01',
    endpoint: `synthetic://generator?rate=200&symbols=5&seed=${seed}`,
  },
]

/** A user's edit: another configuration of the connector. */
export const editOf = (seed: number): object => ({ spec: { versions: versions(String(seed)) } })

const feedOf = (i: number, objects: number): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: feedName(i), namespace: placeOf(i, objects).namespace },
  spec: {
    displayName: `Feed number ${i} of the benchmark`,
    exchange: 'synthetic',
    versions: versions('7'),
    channels: ['trade', 'ticker'],
    symbols: { include: [`AAA-${i}`, `BBB-${i}`, `CCC-${i}`] },
  },
})

function environments(objects: number, url: string): KubeObject[] {
  const named = new Map<string, { namespace: string; feeds: string[] }>()
  for (let i = 0; i < objects; i++) {
    const { namespace, environment } = placeOf(i, objects)
    const entry = named.get(environment) ?? { namespace, feeds: [] }
    named.set(environment, entry)
    if (namespace === STAR_SPACE) entry.feeds = ['*']
    else entry.feeds.push(feedName(i))
  }
  return [...named].map(([name, { namespace, feeds }]) => ({
    apiVersion: 'ssmd.io/v1alpha1',
    kind: 'Environment',
    metadata: { name, namespace },
    spec: { feeds, transport: { url } },
  }))
}

export async function install(client: Client): Promise<void> {
  for (const file of ['feed', 'environment', 'archive'])
    for (const document of parseAllDocuments(readFileSync(`${ROOT}crds/${file}.yaml`, 'utf8')))
      await client.create(CUSTOM_RESOURCE_DEFINITIONS, document.toJS() as KubeObject)
  await until(30_000, 'the kinds are served', () =>
    Promise.all([FEEDS, ENVIRONMENTS, ARCHIVES].map((kind) => client.list(kind))).then(
      () => true,
      () => false
    )
  )
  for (const name of [NAMED_SPACE, STAR_SPACE])
    await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
}

export async function declareAll(client: Client, objects: number, url: string): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let i = next++; i < objects; i = next++) await client.create(FEEDS, feedOf(i, objects))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  for (const environment of environments(objects, url))
    await client.create(ENVIRONMENTS, environment)
}

const AVAILABLE = {
  lastUpdateTime: '2026-01-01T00:00:00Z',
  lastTransitionTime: '2026-01-01T00:00:00Z',
}

/** What the Deployment controller and a kubelet would write: every new Deployment is available at once. */
export async function playController(client: Client, signal: AbortSignal): Promise<void> {
  const { metadata } = await client.list(DEPLOYMENTS, { limit: 1 })
  const writes = new Set<Promise<unknown>>()
  const { chunks } = await client.watch(DEPLOYMENTS, {
    resourceVersion: metadata.resourceVersion ?? '',
    timeoutSeconds: 3600,
    signal,
  })
  try {
    for await (const { type, object } of readEvents(chunks, () => {})) {
      const { metadata, status } = object as KubeObject & {
        status?: { observedGeneration?: number }
      }
      if (type === 'DELETED' || status?.observedGeneration === metadata.generation) continue
      const key = `${metadata.namespace}/${metadata.name}`
      const write = client
        .patch(
          DEPLOYMENTS,
          key,
          { kind: 'merge', value: { status: statusOf(metadata) } },
          { subresource: 'status' }
        )
        .catch(() => {})
        .finally(() => writes.delete(write))
      writes.add(write)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  }
  await Promise.all(writes)
}

const statusOf = ({ name, generation }: KubeObject['metadata']): object => ({
  observedGeneration: generation,
  ...{ replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
  conditions: [
    {
      ...{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', ...AVAILABLE },
      message: 'Deployment has minimum availability.',
    },
    {
      ...{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', ...AVAILABLE },
      message: `ReplicaSet "${name}-5d4f8c7b9d" has successfully progressed.`,
    },
  ],
})
