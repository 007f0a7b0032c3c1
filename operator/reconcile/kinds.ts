// The four kinds of ssmd.io as the API server stores them. A stored object may be invalid, so it has no type of its own until
// judged.ts has checked it.

import { API_GROUP, type Kind } from '#crds/kinds.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'

const own = (plural: string, kind: Kind) =>
  ({ group: API_GROUP, version: 'v1alpha1', plural, kind, namespaced: true }) satisfies Resource

export const FEEDS: Resource = own('feeds', 'Feed')
export const ENVIRONMENTS: Resource = own('environments', 'Environment')
export const ARCHIVES: Resource = own('archives', 'Archive')
export const SIGNALS: Resource = own('signals', 'Signal')

export const RESOURCES: Readonly<Record<Kind, Resource>> = {
  Feed: FEEDS,
  Environment: ENVIRONMENTS,
  Archive: ARCHIVES,
  Signal: SIGNALS,
}

/** `true` on a resource: the operator changes nothing of it until the annotation is removed. */
export const PAUSED = 'ssmd.io/paused'
/** Any new value on a Feed or Archive starts a pending roll-out. */
export const ROLLOUT = 'ssmd.io/rollout'
/** On every object that we create. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'ssmd' } as const

export const isPaused = (object: KubeObject): boolean =>
  object.metadata.annotations?.[PAUSED] === 'true'

/** The texts of a list at a path of an unchecked object. */
export function textsAt(object: KubeObject, ...path: readonly string[]): readonly string[] {
  let value: unknown = object
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return []
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  }
  const list = Array.isArray(value) ? value : [value]
  return list.filter((entry): entry is string => typeof entry === 'string')
}
