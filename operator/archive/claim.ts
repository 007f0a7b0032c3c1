// Changes of an existing claim that Kubernetes refuses: a smaller size and another class. Refused here with a clear message,
// before the API server does, and without the advice to delete the claim that holds the data. Pure.

import type { Archive } from '#crds/archive.gen.ts'
import { parseQuantity } from '../kube/drift.ts'
import type { KubeObject } from '../kube/objects.ts'

/** `live` is the existing claim, if any. */
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
