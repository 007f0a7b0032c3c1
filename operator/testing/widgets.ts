// A kind for tests of the runtime: a Widget wants so many ConfigMaps and has a status. Its reconcile function does what those
// of Feed, Environment, Archive and Signal do, in thirty lines.

import type { Informer } from '../kube/informer.ts'
import {
  CONFIG_MAPS,
  CUSTOM_RESOURCE_DEFINITIONS,
  type KubeObject,
  ownedBy,
  type Resource,
} from '../kube/objects.ts'
import type { Manager } from '../runtime/manager.ts'
import type { Pass } from '../runtime/pass.ts'
import type { TestCluster } from './cluster.ts'

export type Widget = KubeObject & {
  readonly spec: { readonly maps: number; readonly text: string }
  readonly status?: { readonly observedGeneration?: number; readonly maps?: number }
}

export const WIDGETS: Resource<Widget> = {
  group: 'ssmd.test',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
  namespaced: true,
}

const MANIFEST: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.ssmd.test' },
  spec: {
    group: 'ssmd.test',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { maps: { type: 'integer' }, text: { type: 'string' } },
              },
              status: {
                type: 'object',
                properties: {
                  observedGeneration: { type: 'integer' },
                  maps: { type: 'integer' },
                },
              },
            },
          },
        },
      },
    ],
  },
}

/** Installs the kind and waits until it is served. */
export async function installWidgets(cluster: TestCluster): Promise<void> {
  const client = cluster.client()
  await client.apply(CUSTOM_RESOURCE_DEFINITIONS, MANIFEST, { manager: 'test', force: true })
  const end = performance.now() + 20_000
  for (;;) {
    try {
      await client.list(WIDGETS)
      break
    } catch (thrown) {
      if (performance.now() > end) throw thrown
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  client.transport.close()
}

export const widget = (namespace: string, name: string, maps = 3, text = 'x'): Widget => ({
  apiVersion: 'ssmd.test/v1',
  kind: 'Widget',
  metadata: { name, namespace },
  spec: { maps, text },
})

/** Adds the controller to a manager. */
export function addWidgets(
  manager: Manager,
  namespace: string | undefined,
  options: { resyncMs?: number; onPass?: (pass: Pass) => void } = {}
): { widgets: Informer<Widget>; maps: Informer } {
  const widgets = manager.informer(WIDGETS, { namespace })
  const maps = manager.informer(CONFIG_MAPS, {
    namespace,
    labelSelector: 'ssmd.test/widget',
  })
  manager.controller({
    name: 'widget',
    for: widgets,
    owns: [maps],
    backoff: { baseMs: 50, maxMs: 1000 },
    ...(options.resyncMs === undefined ? {} : { resyncMs: options.resyncMs }),
    async reconcile(pass) {
      options.onPass?.(pass)
      const owner = await pass.get(WIDGETS, pass.key)
      if (!owner || owner.metadata.deletionTimestamp) return
      const wanted = owner.spec.maps
      for (let i = 0; i < wanted; i++)
        await pass.apply(
          CONFIG_MAPS,
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
              name: `${pass.name}-${i}`,
              namespace: pass.namespace ?? '',
              labels: { 'ssmd.test/widget': pass.name },
              ownerReferences: [ownedBy(owner)],
            },
            data: { text: owner.spec.text },
          },
          owner
        )
      const prefix = `${pass.namespace}/${pass.name}-`
      for (const key of maps.store.keys())
        if (key.startsWith(prefix) && Number(key.slice(prefix.length)) >= wanted)
          await pass.delete(CONFIG_MAPS, key, () => true)
      const observedGeneration = owner.metadata.generation ?? 0
      await pass.applyStatus(WIDGETS, owner, { observedGeneration, maps: wanted })
    },
  })
  return { widgets, maps }
}
