// The fact about a workload, from its Deployment, its pods, its claim and its Events. Pure.

import type { KubeObject } from '../kube/objects.ts'
import { type Fact, good, stalled, waiting } from '../status/status.ts'
import { type ClaimView, claimFact } from './claims.ts'
import { newestOf, type Pod } from './essentials.ts'
import { podFact, restartsOf } from './words.ts'

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

/** What was observed beside the Deployment. */
export type Observation = {
  readonly pods: readonly Pod[]
  /** Set if the pod may be waiting for it. */
  readonly claim?: ClaimView | undefined
  /** The newest warning of its node, such as of a volume that cannot be mounted. */
  readonly warning?: Warning | undefined
}

export type Warning = { readonly reason: string; readonly note: string }

const NOTHING: Observation = { pods: [] }

export function isAvailable(deployment: KubeObject | undefined): boolean {
  const { generation = 0 } = deployment?.metadata ?? {}
  const status = (deployment?.status ?? {}) as DeploymentStatus
  return (
    deployment !== undefined &&
    (status.observedGeneration ?? 0) >= generation &&
    (status.updatedReplicas ?? 0) >= 1 &&
    (status.availableReplicas ?? 0) >= 1
  )
}

export function workloadFact(
  name: string,
  deployment: KubeObject | undefined,
  observation: Observation = NOTHING
): Fact {
  if (!deployment) return waiting('Starting', `Deployment ${name} does not exist yet`)
  const { generation = 0 } = deployment.metadata
  const status = (deployment.status ?? {}) as DeploymentStatus
  if ((status.observedGeneration ?? 0) < generation)
    return waiting('Starting', `Deployment ${name} is being rolled out`)
  const pod = newestOf(observation.pods)
  if (isAvailable(deployment)) {
    const restarts = pod ? restartsOf(pod) : ''
    const what = `Deployment ${name} is available`
    return good('Available', restarts === '' ? what : `${what}; ${restarts}`)
  }
  const conditions = Array.isArray(status.conditions) ? status.conditions : []
  const refused = conditions.find(
    ({ type, status: holds }) => type === 'ReplicaFailure' && holds === 'True'
  )
  if (refused) return refusedFact(name, `${refused.message ?? refused.reason ?? ''}`)
  const fact = hindrance(name, pod, observation)
  const late = conditions.find(
    ({ type, status: holds, reason }) =>
      type === 'Progressing' && holds === 'False' && reason === 'ProgressDeadlineExceeded'
  )
  if (!late || fact.standing === 'stalled') return fact
  // It had enough time to recover automatically.
  if (fact.reason !== 'Starting' && fact.reason !== 'NotReady')
    return { ...fact, standing: 'stalled' }
  return stalled('WorkloadFailed', `Deployment ${name}: ${late.message ?? late.reason}`)
}

function hindrance(name: string, pod: Pod | undefined, { claim, warning }: Observation): Fact {
  const waitsForClaim = claim && claimFact(claim)
  if (!pod)
    return waitsForClaim ?? waiting('Starting', `no pod of Deployment ${name} is available yet`)
  const fact = podFact(pod)
  // The scheduler only says that a claim is not bound; the claim's Event says why.
  if (waitsForClaim && (!fact || fact.reason === 'Unschedulable' || fact.reason === 'Starting'))
    return waitsForClaim
  if (!fact) return waiting('Starting', `no pod of Deployment ${name} is available yet`)
  if (fact.reason !== 'Starting' || !warning) return fact
  const what = `pod ${pod.metadata.name} waits on node ${pod.essentials.node}: ${warning.note}`
  return /Mount|Attach|MapVolume/.test(warning.reason)
    ? waiting('VolumeNotMounted', what)
    : waiting('Starting', what)
}

/** The ReplicaSet could not create a pod: the API server's message says why. */
function refusedFact(name: string, message: string): Fact {
  const what = `Deployment ${name} gets no pod: ${message}`
  if (/exceeded quota/i.test(message)) return stalled('QuotaExceeded', what)
  if (/violates PodSecurity/i.test(message)) return stalled('PodRefused', what)
  // We create the service account, before the ReplicaSet retries.
  if (/service ?account .*not found/i.test(message)) return waiting('Starting', what)
  if (/forbidden|denied the request|admission/i.test(message)) return stalled('PodRefused', what)
  return stalled('WorkloadFailed', what)
}
