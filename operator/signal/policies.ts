// Rules of a Signal beyond its schema: its environment exists, and captures the feeds that it reads. Pure.

import type { Located, Resources } from '#crds/located.ts'
import type { Problem } from '#crds/problems.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { checkReference, feedsAreCaptured } from '../validation/references.ts'

/** Every problem of the signal among these resources. */
export function checkSignal(signal: Located<Signal>, resources: Resources): Problem[] {
  const { environmentRef } = signal.resource.spec
  const environment = { kind: 'Environment', name: environmentRef.name } as const
  return [
    ...checkReference(signal, 'spec.environmentRef.name', environment, resources),
    ...feedsAreCaptured(signal, resources),
  ]
}
