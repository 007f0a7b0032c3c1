// Which changes of a pod enqueue its resource: those that change its description. A normal start has about six changes of a
// pod, and most of them change nothing that is shown. Pure.

import { canonical } from '#crds/canonical.ts'
import type { KubeObject } from '../kube/objects.ts'
import { PRIORITY } from '../kube/queue.ts'
import type { Change } from '../kube/store.ts'
import type { Wish } from '../runtime/triggers.ts'
import { COMPONENT, type Pod } from './essentials.ts'
import { podFact } from './words.ts'

export function podWishes(
  change: Change<KubeObject>,
  label: string,
  component: string
): readonly Wish[] {
  // A pod from before our start is observed together with its resource.
  if (change.kind === 'added' && change.initial) return []
  const pod = change.kind === 'deleted' ? change.old : change.object
  const { namespace, labels = {} } = pod.metadata
  const name = labels[label]
  if (labels[COMPONENT] !== component || !name) return []
  if (change.kind === 'updated' && isSame(change.old as Pod, change.object as Pod)) return []
  return [{ key: `${namespace}/${name}`, scope: 'status', priority: PRIORITY.event }]
}

const isSame = (old: Pod, now: Pod): boolean =>
  canonical(podFact(old) ?? null) === canonical(podFact(now) ?? null)
