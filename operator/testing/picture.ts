// All that an operator made of the resources of a namespace, on the API server and on NATS, without what differs from one run
// to the next by itself: for comparing the end of a disturbed run with that of an undisturbed one.

import type { JetStreamManager } from 'nats'
import type { Client } from '../kube/client.ts'
import { CLAIMS, type KubeObject, keyOf, type Resource } from '../kube/objects.ts'
import { CHILD_KINDS } from '../reconcile/children.ts'
import { ARCHIVES, ENVIRONMENTS, FEEDS } from '../reconcile/kinds.ts'
import { conditionsIn } from '../status/status.ts'

const KINDS: readonly Resource[] = [FEEDS, ENVIRONMENTS, ARCHIVES]

const listed = async (
  client: Client,
  kinds: readonly Resource[],
  namespace: string
): Promise<KubeObject[]> => {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const { items } = await client.list(kind, { namespace })
      return items.map((item): KubeObject => ({ ...item, kind: kind.kind }))
    })
  )
  return lists.flat()
}

/** Every object of the kinds that we make, whoever made it: an orphan would be among them. */
const childrenIn = async (client: Client, namespace: string): Promise<KubeObject[]> =>
  (await listed(client, CHILD_KINDS, namespace)).filter(
    ({ metadata }) => metadata.name !== 'kube-root-ca.crt' && !isGiven(metadata.name)
  )
const isGiven = (name: string): boolean => name === 'default' || name === 'ssmd-operator'

export type Picture = { readonly objects: readonly object[]; readonly streams: readonly object[] }

export async function pictureOf(
  client: Client,
  namespace: string,
  jetstream: JetStreamManager
): Promise<Picture> {
  const resources = await listed(client, KINDS, namespace)
  const owners = new Map(resources.map((object) => [object.metadata.uid, keyOf(object)]))
  const children = (await childrenIn(client, namespace)).map(
    ({ kind, metadata, spec, data, ...rest }) => ({
      kind,
      name: metadata.name,
      generation: metadata.generation,
      labels: metadata.labels,
      annotations: annotationsOf(metadata.annotations),
      owners: metadata.ownerReferences?.map(({ uid }) => owners.get(uid) ?? `nobody: ${uid}`),
      terminating: metadata.deletionTimestamp !== undefined,
      spec: kind === 'Service' ? withoutAddress(spec) : spec,
      data,
      others: Object.keys(rest).sort(),
    })
  )
  const judged = resources.map(({ kind, metadata, status }) => ({
    kind,
    name: metadata.name,
    generation: metadata.generation,
    observed: (status as { observedGeneration?: number } | undefined)?.observedGeneration,
    // What flows depends on when one looks.
    conditions: conditionsIn(status)
      .filter(({ type }) => type !== 'DataFlowing')
      .map(({ lastTransitionTime: _, ...condition }) => condition),
  }))
  return { objects: [...judged, ...children], streams: await streamsOf(jetstream) }
}

/** The applied hash holds the owner's uid, which is another one in each run. */
function annotationsOf(annotations: KubeObject['metadata']['annotations']): object {
  const { 'ssmd.io/applied-hash': hash, ...others } = annotations ?? {}
  return { ...others, hashed: hash !== undefined }
}

function withoutAddress(spec: unknown): unknown {
  const { clusterIP: _ip, clusterIPs: _ips, ...rest } = spec as Record<string, unknown>
  return rest
}

async function streamsOf(jetstream: JetStreamManager): Promise<object[]> {
  const streams: object[] = []
  for (const { config } of await jetstream.streams.list().next()) {
    const consumers = await jetstream.consumers.list(config.name).next()
    const names = consumers.map(({ name }) => name).sort()
    streams.push({ ...config, metadata: undefined, consumers: names })
  }
  return streams
}

/** Nothing of it is left, resources included. No controllers run here that would let a claim go. */
export async function clear(
  client: Client,
  namespace: string,
  jetstream: JetStreamManager
): Promise<void> {
  for (const [kind, objects] of [
    ...(await Promise.all(
      KINDS.map(async (kind) => [kind, await listed(client, [kind], namespace)] as const)
    )),
    ...(await Promise.all(
      CHILD_KINDS.map(
        async (kind) =>
          [kind, (await childrenIn(client, namespace)).filter((o) => o.kind === kind.kind)] as const
      )
    )),
  ])
    for (const object of objects) {
      await client.delete(kind, keyOf(object), { uid: object.metadata.uid ?? '' })
      if (kind === CLAIMS)
        await client.patch(kind, keyOf(object), {
          kind: 'merge',
          value: { metadata: { finalizers: null } },
        })
    }
  for (const { config } of await jetstream.streams.list().next())
    await jetstream.streams.delete(config.name)
}
