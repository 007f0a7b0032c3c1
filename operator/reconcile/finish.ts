// The end of a pass: writes the status if a change in it is due, turns changes of Ready into Events, and requeues the pass for
// the time when a postponed write is due.

import { isSameValue } from '#crds/canonical.ts'
import type { Condition } from '../kube/conditions.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'
import { PRIORITY } from '../kube/queue.ts'
import type { Pass } from '../runtime/pass.ts'
import { quotesWorkload } from '../status/reasons.ts'
import { conditionsIn, contractOf, type Status, type Summary, statusOf } from '../status/status.ts'
import type { Context } from './context.ts'
import { rateKey } from './status-rate.ts'

/** Interval of checks while a workload is not up, because claims and Events are not watched. */
const LOOK_MS = 10_000

export type Finish = {
  readonly resource: Resource
  readonly object: KubeObject
  readonly summary: Summary
  readonly figures: Readonly<Record<string, unknown>>
  /** Longest time until the next pass without a change. */
  readonly againMs: number | undefined
}

/** Time until the next pass if nothing changes before. */
export async function finish(
  pass: Pass,
  context: Context,
  { resource, object, summary, figures, againMs }: Finish
): Promise<{ readonly requeueAfterMs?: number }> {
  const status = statusOf(object, summary, figures, context.nowMs())
  const heldBackMs = await write(pass, context, resource, object, status)
  const never = Number.POSITIVE_INFINITY
  const lookMs = isComing(summary) ? LOOK_MS * (1 + context.random()) : never
  const next = Math.min(heldBackMs ?? never, againMs ?? never, lookMs)
  return Number.isFinite(next) ? { requeueAfterMs: next } : {}
}

const isComing = ({ facts: { WorkloadAvailable } }: Summary): boolean =>
  WorkloadAvailable.standing !== 'good' &&
  WorkloadAvailable.reason !== 'NotNamed' &&
  WorkloadAvailable.reason !== 'Waiting'

/** Milliseconds until a postponed write is due; undefined if none is. */
async function write(
  pass: Pass,
  context: Context,
  resource: Resource,
  object: KubeObject,
  status: Status
): Promise<number | undefined> {
  const { statusRate } = context
  if (isSameValue(object.status, status)) return undefined
  const before = object.status as { observedGeneration?: unknown } | undefined
  const change =
    before?.observedGeneration !== status.observedGeneration
      ? 'generation'
      : contractOf(before) === contractOf(status)
        ? 'figures'
        : 'contract'
  const paced = rateKey(resource.kind, pass.key)
  const waitMs = statusRate.waitMs(paced, change)
  if (waitMs > 0) return waitMs
  statusRate.wrote(paced, change)
  // Figures are not urgent.
  const priority = change === 'figures' ? PRIORITY.resync : pass.priority
  await pass.applyStatus(resource, object, status, { priority })
  tell(pass, object, conditionsIn(before), status.conditions)
  return undefined
}

/** An Event for a change of Ready, and for a message that DataFlowing quotes unless Ready says the same. */
function tell(
  pass: Pass,
  object: KubeObject,
  before: readonly Condition[],
  after: readonly Condition[]
): void {
  const isStalled = after.some(({ type }) => type === 'Stalled')
  const ready = after.find(({ type }) => type === 'Ready')
  const flow = after.find(({ type }) => type === 'DataFlowing')
  if (ready && isNew(ready, before)) send(pass, object, ready, isStalled ? 'Warning' : 'Normal')
  if (!flow || !quotesWorkload(flow.reason) || flow.reason === ready?.reason) return
  if (isNew(flow, before)) send(pass, object, flow, 'Warning')
}

function isNew({ type, status, reason }: Condition, before: readonly Condition[]): boolean {
  const old = before.find((condition) => condition.type === type)
  return old?.status !== status || old.reason !== reason
}

const send = (
  pass: Pass,
  object: KubeObject,
  { reason, message }: Condition,
  type: 'Normal' | 'Warning'
): void => pass.event(object, { type, reason, action: 'Reconcile', note: message || reason })
