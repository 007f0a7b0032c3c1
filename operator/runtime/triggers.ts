// Which keys a change enqueues, how urgently, and for which scope of pass. Pure. A changed reference enqueues both the
// previous and the new target.

import { canonical } from '#crds/canonical.ts'
import { controllerOf, type Key, type KubeObject, type Resource } from '../kube/objects.ts'
import { PRIORITY, type Scope } from '../kube/queue.ts'
import type { Change } from '../kube/store.ts'

export type Wish = {
  readonly key: Key
  readonly priority: number
  readonly scope: Scope
  /** Delay in milliseconds, so that many changes become one pass. */
  readonly afterMs?: number
}

/** Of the kind that a controller is for. */
export function ownWish<T extends KubeObject>(change: Change<T>): Wish {
  const { key } = change
  switch (change.kind) {
    case 'added':
      return { key, scope: 'all', priority: change.initial ? PRIORITY.resync : PRIORITY.edit }
    case 'deleted':
      return { key, scope: 'all', priority: PRIORITY.edit }
    case 'updated':
      // Our own status write arrives as a change, and so does one by another writer.
      return isIntent(change.old, change.object)
        ? { key, scope: 'all', priority: PRIORITY.edit }
        : { key, scope: 'status', priority: PRIORITY.resync }
  }
}

/** Of a kind whose objects are owned: the key of the owner, before and after. */
export function ownerWishes(change: Change<KubeObject>, owner: Resource): readonly Wish[] {
  const keys = new Set<Key>()
  for (const object of objectsOf(change)) {
    const reference = controllerOf(object, owner)
    if (!reference) continue
    const { namespace } = object.metadata
    keys.add(
      owner.namespaced && namespace !== undefined
        ? `${namespace}/${reference.name}`
        : reference.name
    )
  }
  const statusOnly = change.kind === 'updated' && !isIntent(change.old, change.object)
  const scope = statusOnly ? 'status' : 'all'
  return [...keys].map((key) => ({ key, scope, priority: priorityOf(change) }))
}

/** Of any other kind: what `map` says, before and after. */
export function mappedWishes<T extends KubeObject>(
  change: Change<T>,
  map: (object: T) => Iterable<Key>
): readonly Wish[] {
  const keys = new Set<Key>()
  for (const object of objectsOf(change)) for (const key of map(object)) keys.add(key)
  const priority = priorityOf(change)
  return [...keys].map((key) => ({ key, scope: 'all', priority }))
}

const objectsOf = <T>(change: Change<T>): readonly T[] => {
  switch (change.kind) {
    case 'added':
      return [change.object]
    case 'deleted':
      return [change.old]
    case 'updated':
      return [change.old, change.object]
  }
}

const priorityOf = (change: Change<KubeObject>): number =>
  change.kind === 'added' && change.initial ? PRIORITY.resync : PRIORITY.event

/** Whether the desired state changed: spec, labels, annotations, owners, finalizers or deletion. */
function isIntent(old: KubeObject, now: KubeObject): boolean {
  const a = old.metadata
  const b = now.metadata
  if (a.generation !== b.generation || a.deletionTimestamp !== b.deletionTimestamp) return true
  // Kinds without a generation (ConfigMap, Secret) have no status either.
  if (b.generation === undefined) return true
  return (
    canonical([a.labels, a.annotations, a.finalizers, a.ownerReferences]) !==
    canonical([b.labels, b.annotations, b.finalizers, b.ownerReferences])
  )
}
