// The three kinds of ssmd.io as the API server keeps them. What lies there may be garbage that slipped past validation, so
// a stored object has no type of its own before it was judged (judged.ts).

import { API_GROUP } from '#crds/kinds.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'

const own = (plural: string, kind: 'Feed' | 'Environment' | 'Archive') =>
  ({ group: API_GROUP, version: 'v1alpha1', plural, kind, namespaced: true }) satisfies Resource

export const FEEDS: Resource = own('feeds', 'Feed')
export const ENVIRONMENTS: Resource = own('environments', 'Environment')
export const ARCHIVES: Resource = own('archives', 'Archive')

/** Set to `true` on a resource, it stays as it is until the annotation is gone. */
export const PAUSED = 'ssmd.io/paused'
/** Any new value on a Feed or Archive lets a roll-out that waits go ahead. */
export const ROLLOUT = 'ssmd.io/rollout'
/** On everything that we make. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'ssmd' } as const

export const isPaused = (object: KubeObject): boolean =>
  object.metadata.annotations?.[PAUSED] === 'true'

/** Texts of a list at a path of an object that nobody has judged yet. */
export function textsAt(object: KubeObject, ...path: readonly string[]): readonly string[] {
  let value: unknown = object
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return []
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  const list = Array.isArray(value) ? value : [value]
  return list.filter((entry): entry is string => typeof entry === 'string')
}
