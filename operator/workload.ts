// What a Deployment says of the workload that it runs. Pure.

import type { KubeObject } from './kube/objects.ts'
import { type Fact, good, stalled, waiting } from './status.ts'

type DeploymentStatus = {
  readonly observedGeneration?: number
  readonly availableReplicas?: number
  readonly updatedReplicas?: number
  readonly conditions?: readonly {
    type?: string
    status?: string
    reason?: string
    message?: string
  }[]
}

export function workloadFact(name: string, deployment: KubeObject | undefined): Fact {
  if (!deployment) return waiting('Starting', `Deployment ${name} is not there yet`)
  const { generation = 0 } = deployment.metadata
  const status = (deployment.status ?? {}) as DeploymentStatus
  if ((status.observedGeneration ?? 0) < generation)
    return waiting('Starting', `Deployment ${name} is being rolled out`)
  const conditions = Array.isArray(status.conditions) ? status.conditions : []
  const isNew = (status.updatedReplicas ?? 0) >= 1
  if (isNew && (status.availableReplicas ?? 0) >= 1)
    return good('Available', `Deployment ${name} is available`)
  const failed = conditions.find(
    ({ type, status: holds, reason }) =>
      (type === 'ReplicaFailure' && holds === 'True') ||
      (type === 'Progressing' && holds === 'False' && reason === 'ProgressDeadlineExceeded')
  )
  if (failed)
    return stalled(
      'WorkloadFailed',
      `Deployment ${name}: ${failed.message ?? failed.reason ?? 'failed'}`
    )
  return waiting('Starting', `no pod of Deployment ${name} is available yet`)
}
