// What every Feed, Environment, Archive and Signal says of itself, as metrics: for alerts that name the resource and its reason, and
// through it the page of the runbook.

import { Gauge, type Registry } from 'prom-client'
import type { KubeObject } from './kube/objects.ts'
import type { Context } from './reconcile/context.ts'
import { conditionsIn } from './status/status.ts'

export function resourceMetrics(
  registry: Registry,
  caches: Pick<Context, 'feeds' | 'environments' | 'archives' | 'signals'>
): void {
  const kinds = [
    ['Feed', caches.feeds],
    ['Environment', caches.environments],
    ['Archive', caches.archives],
    ['Signal', caches.signals],
  ] as const
  new Gauge({
    name: 'ssmd_operator_resource_ready',
    help: 'Whether the condition Ready is True, with the reason that the condition gives.',
    labelNames: ['kind', 'namespace', 'name', 'reason'],
    registers: [registry],
    collect() {
      // A resource that is gone, or has another reason now, leaves no series.
      this.reset()
      for (const [kind, { store }] of kinds)
        for (const object of store.values()) {
          const { isReady, reason } = readyOf(object)
          const { namespace = '', name } = object.metadata
          this.set({ kind, namespace, name, reason }, isReady ? 1 : 0)
        }
    },
  })
}

/** A resource that no pass has seen yet has no condition. */
function readyOf(object: KubeObject): { readonly isReady: boolean; readonly reason: string } {
  const ready = conditionsIn(object.status).find(({ type }) => type === 'Ready')
  return { isReady: ready?.status === 'True', reason: ready?.reason ?? 'Waiting' }
}
