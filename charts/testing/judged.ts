// What the states of all kinds share: resources around a status that the operator's own functions write, and Deployments as Kubernetes
// reports them.

import type { Kind } from '#crds/kinds.ts'
import { LEAST } from '#crds/testdata/least.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { PAUSED } from '../../operator/reconcile/kinds.ts'
import { type Summary, stalled, statusOf, waiting } from '../../operator/status/status.ts'

export const NOW = Date.UTC(2026, 10, 24, 12)
export const GENERATION = 3

export type Written = {
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec?: Readonly<Record<string, unknown>>
}
const NAMES: Readonly<Record<Kind, string>> = {
  Feed: 'kalshi',
  Environment: 'lab',
  Archive: 'kalshi',
  Signal: 'wide-spread',
}
const STORAGE = { claim: { size: '10Gi' } }

export function written(kind: Kind, { annotations, spec }: Written): KubeObject {
  const least = LEAST[kind] as { apiVersion: string; spec: Record<string, unknown> }
  return {
    apiVersion: least.apiVersion,
    kind,
    metadata: {
      name: NAMES[kind],
      namespace: 'ssmd',
      generation: GENERATION,
      ...(annotations ? { annotations } : {}),
    },
    spec: { ...least.spec, ...(kind === 'Archive' ? { storage: STORAGE } : {}), ...spec },
  }
}

export function judged(
  kind: Kind,
  summary: Summary,
  figures: Readonly<Record<string, unknown>>,
  of: Written = {}
): KubeObject {
  const object = written(kind, of)
  return { ...object, status: statusOf(object, summary, figures, NOW) }
}

export const deployment = (name: string, status: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'ssmd', generation: 1 },
  status: { observedGeneration: 1, ...status },
})
export const running = (name: string) =>
  deployment(name, { updatedReplicas: 1, availableReplicas: 1 })
export const failing = (name: string) =>
  deployment(name, {
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `ReplicaSet "${name}-5d4f" has timed out progressing.`,
      },
    ],
  })

export const FAR = { kind: 'away', why: 'nats://ssmd-nats:4222 does not answer' } as const
export const REFUSED = { kind: 'refused', why: 'insufficient storage resources available' } as const

export const PAUSE = { annotations: { [PAUSED]: 'true' } }
export const invalid = stalled('InvalidSpec', 'spec.channels: expected at least 1 entry, found 0')
export const secretMissing = waiting('SecretNotFound', 'Secret kalshi')
