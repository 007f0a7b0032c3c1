// Diagnoses an unavailable Deployment from its pods, its volume claim and, if those do not explain it, recent Events. Reads
// from the API server only while something is wrong.

import { CLAIMS, DEPLOYMENTS, type KubeObject } from '../kube/objects.ts'
import { claimsOf, phaseOf } from '../pods/claims.ts'
import { newestOf, type Pod } from '../pods/essentials.ts'
import { isAvailable, type Observation } from '../pods/workload.ts'
import type { Pass } from '../runtime/pass.ts'
import type { Context } from './context.ts'

/** A container that is being created for longer than this has a problem that only Events name. */
const CREATING_MS = 8_000
const NODE_WARNINGS = /^Failed|^NetworkNotReady$|^BackOff$/
const CLAIM_WORDS = /Binding|Provisioning|Consumer|Mismatch/

export async function observe(
  pass: Pass,
  context: Context,
  deployment: KubeObject | undefined
): Promise<Observation> {
  if (!deployment) return { pods: [] }
  const { namespace = '', name } = deployment.metadata
  const pods = context.pods.store.by('workload', `${namespace}/${name}`) as readonly Pod[]
  if (isAvailable(deployment)) return { pods }
  const pod = newestOf(pods)
  const claimName = pod?.essentials.claims[0] ?? claimsOf(deployment)[0]
  const isPlaced = pod !== undefined && pod.essentials.node !== ''
  if (!isPlaced && claimName !== undefined)
    return { pods, claim: await claimOf(pass, context, `${namespace}/${claimName}`) }
  if (!pod || !isPlaced || !isCreating(pod, context.nowMs())) return { pods }
  const warning = await context.warnings.newest(pod, NODE_WARNINGS, pass.signal)
  return { pods, warning }
}

async function claimOf(pass: Pass, context: Context, key: string): Promise<Observation['claim']> {
  // A claim that the user created lacks our label, and is in no cache.
  const claim = (await pass.get(CLAIMS, key)) ?? (await pass.getLive(CLAIMS, key))
  const name = key.slice(key.indexOf('/') + 1)
  if (!claim || phaseOf(claim) !== 'Pending') return { name, claim, said: '' }
  const said = await context.warnings.newest(claim, CLAIM_WORDS, pass.signal)
  return { name, claim, said: said?.note ?? '' }
}

function isCreating({ metadata, essentials }: Pod, nowMs: number): boolean {
  const { container } = essentials
  const isWaiting = !container || container.waiting?.reason === 'ContainerCreating'
  return isWaiting && nowMs - Date.parse(metadata.creationTimestamp ?? '') > CREATING_MS
}

/** The Deployment as the pass left it, or as the cache has it, with its pods, claim and Event. */
export async function workloadAt(
  pass: Pass,
  context: Context,
  name: string,
  made: KubeObject | undefined
): Promise<{ readonly deployment: KubeObject | undefined; readonly observation: Observation }> {
  const deployment = made ?? (await pass.get(DEPLOYMENTS, `${pass.namespace}/${name}`))
  return { deployment, observation: await observe(pass, context, deployment) }
}
