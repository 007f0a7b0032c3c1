// Applies one Signal to a cluster, as kubectl would; not where a program delivers the resources of the namespace from git.

import { SsmdError } from '#crds/errors.ts'
import { KINDS } from '#crds/kinds.ts'
import type { Signal } from '#crds/signal.gen.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { RESOURCES, SIGNALS } from '../../operator/reconcile/kinds.ts'
import { type ClusterFlags, openCluster } from '../cluster.ts'
import { deliveredBy } from '../repository/delivered.ts'

export async function applySignal(
  signal: Signal,
  flags: ClusterFlags
): Promise<{ readonly namespace: string; readonly server: string }> {
  const cluster = await openCluster(flags)
  const { namespace, server } = cluster
  try {
    for (const kind of KINDS) {
      const objects = await cluster.list(RESOURCES[kind])
      if (typeof objects === 'string') continue
      for (const object of objects) {
        const owner = deliveredBy(object)
        if (owner === undefined) continue
        const what = `${kind} ${object.metadata.name}`
        throw new SsmdError(
          'SSMD_E_USAGE',
          `--apply is refused: ${owner} delivers the resources of namespace ${namespace}, such as ${what}`,
          { hint: `push instead, with --push: ${owner} then applies it` }
        )
      }
    }
    const { apiVersion, kind, metadata, spec } = signal
    const object = { apiVersion, kind, metadata: { ...metadata, namespace }, spec } as KubeObject
    await cluster.client.apply(SIGNALS, object, { manager: 'kubectl', force: true })
    return { namespace, server }
  } finally {
    cluster.close()
  }
}
