// The end of a pass: the status is written if something in it is worth a write now, Ready's changes become Events, and the
// pass comes again when what was held back may be written.

import { canonical } from './kube/canonical.ts'
import type { Condition } from './kube/conditions.ts'
import type { KubeObject, Resource } from './kube/objects.ts'
import { PRIORITY } from './kube/queue.ts'
import { paceKey } from './pace.ts'
import type { Pass } from './runtime/pass.ts'
import { conditionsIn, contractOf, type Status, type Summary, statusOf } from './status.ts'
import type { World } from './world.ts'

export type Finish = {
  readonly resource: Resource
  readonly object: KubeObject
  readonly summary: Summary
  readonly figures: Readonly<Record<string, unknown>>
  /** When to look again though nothing changed; never later than it wants. */
  readonly againMs: number | undefined
}

export async function finish(
  pass: Pass,
  world: World,
  { resource, object, summary, figures, againMs }: Finish
): Promise<{ readonly requeueAfterMs?: number; readonly heldBackMs?: number }> {
  const status = statusOf(object, summary, figures, world.nowMs())
  const heldBackMs = await write(pass, world, resource, object, status)
  const next = Math.min(heldBackMs ?? Number.POSITIVE_INFINITY, againMs ?? Number.POSITIVE_INFINITY)
  return {
    ...(Number.isFinite(next) ? { requeueAfterMs: next } : {}),
    ...(heldBackMs === undefined ? {} : { heldBackMs }),
  }
}

/** Milliseconds until what was not written may be; undefined where there is nothing left to write. */
async function write(
  pass: Pass,
  world: World,
  resource: Resource,
  object: KubeObject,
  status: Status
): Promise<number | undefined> {
  const { pace } = world
  if (canonical(object.status) === canonical(status)) return undefined
  const before = object.status as { observedGeneration?: unknown } | undefined
  const change =
    before?.observedGeneration !== status.observedGeneration
      ? 'generation'
      : contractOf(before) === contractOf(status)
        ? 'figures'
        : 'contract'
  const paced = paceKey(resource.kind, pass.key)
  const waitMs = pace.waitMs(paced, change)
  if (waitMs > 0) return waitMs
  pace.wrote(paced)
  // Nobody waits for figures.
  const priority = change === 'figures' ? PRIORITY.resync : pass.priority
  await pass.applyStatus(resource, object, status, { priority })
  tell(pass, object, conditionsIn(before), status.conditions)
  return undefined
}

function tell(
  pass: Pass,
  object: KubeObject,
  before: readonly Condition[],
  after: readonly Condition[]
): void {
  const ready = after.find(({ type }) => type === 'Ready')
  const old = before.find(({ type }) => type === 'Ready')
  if (!ready || (old?.status === ready.status && old.reason === ready.reason)) return
  const isBad = after.some(({ type }) => type === 'Stalled')
  pass.event(object, {
    type: isBad ? 'Warning' : 'Normal',
    reason: ready.reason,
    action: 'Reconcile',
    note: ready.message || ready.reason,
  })
}
