// Which claims a Deployment mounts, and the fact about a claim without a volume. Pure.

import type { KubeObject } from '../kube/objects.ts'
import { type Fact, stalled, waiting } from '../status/status.ts'

export type ClaimView = {
  readonly name: string
  /** Undefined if it does not exist. */
  readonly claim: KubeObject | undefined
  /** The message of its newest Event, or empty. */
  readonly said: string
}

type Claim = {
  readonly spec?: {
    readonly storageClassName?: unknown
    readonly resources?: { readonly requests?: { readonly storage?: unknown } }
  }
  readonly status?: { readonly phase?: unknown }
}

export const phaseOf = (claim: KubeObject): string => {
  const phase = (claim as Claim).status?.phase
  return typeof phase === 'string' ? phase : ''
}

/** Undefined if nothing is wrong, or it only waits until its pod is scheduled. */
export function claimFact({ name, claim, said }: ClaimView): Fact | undefined {
  if (!claim) return waiting('ClaimNotFound', `there is no claim ${name}`)
  const phase = phaseOf(claim)
  if (phase === 'Lost')
    return stalled('ClaimPending', `the volume of claim ${name} is gone (phase Lost)`)
  if (phase !== 'Pending' || /waiting for first consumer/i.test(said)) return undefined
  const { spec } = claim as Claim
  const size = spec?.resources?.requests?.storage
  const wanted = spec?.storageClassName
  const className =
    typeof wanted === 'string' && wanted !== '' ? `StorageClass ${wanted}` : 'no StorageClass'
  const what = `claim ${name} (${String(size ?? 'no size')}, ${className}) has no volume`
  const needsSomebody = /no persistent volumes available|not found|no storage class/i.test(said)
  const told = said === '' ? what : `${what}: ${said}`
  return needsSomebody ? stalled('ClaimPending', told) : waiting('ClaimPending', told)
}

type WithVolumes = {
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly volumes?: readonly { persistentVolumeClaim?: { claimName?: string } }[]
      }
    }
  }
}

/** The claims that the pods of a Deployment mount; none for any other kind. */
export const claimsOf = (deployment: KubeObject): readonly string[] => {
  const volumes = (deployment as WithVolumes).spec?.template?.spec?.volumes
  if (!Array.isArray(volumes)) return []
  return volumes.flatMap((volume) => volume?.persistentVolumeClaim?.claimName ?? [])
}
