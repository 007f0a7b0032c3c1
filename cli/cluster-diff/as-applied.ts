// How a resource of a cluster was applied, and so how the next version of it will be: by `kubectl apply` and Argo CD, which note what they
// applied and replace lists as a whole, or by server-side apply, which removes only what the same field manager set. Pure.

import { canonical } from '#crds/canonical.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'

export type Way =
  | { readonly kind: 'merge'; readonly last: Tree; readonly live: Tree }
  | { readonly kind: 'server-side'; readonly manager: string }

type Tree = Readonly<Record<string, unknown>>

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
/** Who applies a resource that does not exist yet. */
const USUAL = 'kubectl'

export function wayOf(live: KubeObject | undefined): Way {
  const last = read(live?.metadata.annotations?.[LAST_APPLIED])
  if (last !== undefined) return { kind: 'merge', last, live: live as unknown as Tree }
  const fields = (live?.metadata.managedFields ?? []) as readonly ManagedFields[]
  const managers = fields.filter(
    ({ operation, subresource }) => operation === 'Apply' && !subresource
  )
  return { kind: 'server-side', manager: managers.at(-1)?.manager ?? USUAL }
}

type ManagedFields = {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
}

function read(text: string | undefined): Tree | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isTree(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** The JSON merge patch of `kubectl apply`: what `next` says is set, what only `last` said is removed, everything else stays. */
export function mergePatch(last: Tree, next: Tree, live: Tree): Tree {
  const patch: Record<string, unknown> = {}
  for (const name of Object.keys(last)) if (next[name] === undefined) patch[name] = null
  for (const [name, value] of Object.entries(next)) {
    const is = live[name]
    if (isTree(value) && isTree(is)) {
      const before = last[name]
      const inner = mergePatch(isTree(before) ? before : {}, value, is)
      if (Object.keys(inner).length > 0) patch[name] = inner
    } else if (value !== undefined && (is === undefined || canonical(is) !== canonical(value))) {
      patch[name] = value
    }
  }
  return patch
}

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
