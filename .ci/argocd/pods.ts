// How many pods of a workload, or over a claim, there were at the same time: from the API server's watch, so that none is
// missed between two looks. A pod counts from the moment it is made until it is gone.

import type { Client } from '../../operator/kube/client.ts'
import { type KubeObject, PODS } from '../../operator/kube/objects.ts'

export type Pods = {
  /** By workload (`connector-live-a`) and by claim (`claim archive`). */
  most(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

type Event = { readonly type: string; readonly object: KubeObject }
type Spec = {
  readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[]
}

export async function followPods(client: Client, namespace: string): Promise<Pods> {
  const { metadata, items } = await client.list(PODS, { namespace })
  const alive = new Map<string, readonly string[]>()
  const most = new Map<string, number>()
  const take = ({ type, object }: Event) => {
    const uid = object.metadata.uid ?? ''
    if (type === 'BOOKMARK') return
    if (type === 'DELETED') alive.delete(uid)
    else alive.set(uid, placesOf(object))
    const now = new Map<string, number>()
    for (const place of [...alive.values()].flat()) now.set(place, (now.get(place) ?? 0) + 1)
    for (const [place, count] of now) most.set(place, Math.max(most.get(place) ?? 0, count))
  }
  for (const object of items) take({ type: 'ADDED', object })
  const abort = new AbortController()
  const stream = await client.watch(PODS, {
    namespace,
    resourceVersion: metadata.resourceVersion ?? '',
    timeoutSeconds: 600,
    signal: abort.signal,
  })
  let broken: unknown
  const following = follow(stream.chunks, take).catch((thrown: unknown) => {
    if (!abort.signal.aborted) broken = thrown
  })
  return {
    most: () => most,
    async stop() {
      abort.abort()
      stream.close()
      await following
      if (broken !== undefined) throw broken
    },
  }
}

async function follow(chunks: AsyncIterable<Buffer>, take: (event: Event) => void): Promise<void> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(JSON.parse(line) as Event)
  }
}

/** The Deployment behind it, without the hash of its ReplicaSet and the pod's own; and the claims that it mounts. */
function placesOf({ metadata, spec }: KubeObject): string[] {
  const claims = ((spec as Spec).volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
    claim ? [`claim ${claim.claimName}`] : []
  )
  return [metadata.name.replace(/-[a-z0-9]+-[a-z0-9]+$/, ''), ...claims]
}
