// What an Archive may not ask of the claim that it already has: a volume never shrinks and never changes its class. Refused
// here in words, before the API server does it in its own; and nobody is told to delete what holds the data. Pure.

import type { Archive } from '#crds/archive.gen.ts'
import { parseQuantity } from '../kube/drift.ts'
import type { KubeObject } from '../kube/objects.ts'

/** `live` is the claim as it is, if it is. */
export function claimProblem(archive: Archive, live: KubeObject | undefined): string | undefined {
  const { size, storageClassName } = archive.spec.storage.claim ?? {}
  if (size === undefined || !live) return undefined
  const { name } = live.metadata
  const spec = live.spec as {
    readonly storageClassName?: string
    readonly resources?: { readonly requests?: { readonly storage?: string } }
  }
  const has = spec.resources?.requests?.storage
  const [wanted, held] = [parseQuantity(size), parseQuantity(has)]
  if (wanted !== undefined && held !== undefined && wanted < held)
    return `spec.storage.claim.size: expected at least ${has}, which the claim ${name} has, found ${size}: a volume does not shrink`
  const before = spec.storageClassName
  if (storageClassName !== undefined && before !== undefined && storageClassName !== before)
    return `spec.storage.claim.storageClassName: expected ${before}, which the claim ${name} has, found ${storageClassName}: a volume does not change its class`
  return undefined
}
