// The causes that would replace a pod, and whether they may do so now: a restart of a capture is a gap in the data, so a pod is
// replaced only for a cause that its template names, and only when its policy allows it. Pure.

import { canonical, shortHashOf } from '#crds/canonical.ts'
import { findDrift } from '../kube/drift.ts'
import type { Deployment, PodTemplate } from './objects.ts'
import { ANNOTATIONS } from './pod.ts'

/** The causes for which `next` replaces `previous`; empty if it does not. */
export function rolloutCauses(previous: PodTemplate, next: PodTemplate): string[] {
  if (canonical(previous) === canonical(next)) return []
  const causes = namedCauses(previous, next)
  return causes.length > 0 ? causes : ['template']
}

function namedCauses(previous: PodTemplate, next: PodTemplate): string[] {
  const causes: string[] = []
  const before = previous.metadata.annotations ?? {}
  const after = next.metadata.annotations
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  // kubectl and others add their own annotations.
  const ours = [...names].filter((name) => name.startsWith('ssmd.io/'))
  for (const name of ours.sort()) if (before[name] !== after[name]) causes.push(causeOf(name))
  if (imageOf(previous) !== imageOf(next)) causes.push('image')
  return causes
}

const imageOf = (template: PodTemplate): string | undefined => template.spec.containers[0]?.image

function causeOf(annotation: string): string {
  if (annotation === ANNOTATIONS.config) return 'config'
  if (annotation === ANNOTATIONS.resources) return 'resources'
  if (annotation === ANNOTATIONS.revision) return 'template revision'
  if (annotation === ANNOTATIONS.asked) return 'asked for'
  if (annotation.startsWith(ANNOTATIONS.secret))
    return `secret ${annotation.slice(ANNOTATIONS.secret.length)}`
  return annotation
}

export type RolloutPolicy = {
  readonly policy: 'Automatic' | 'Manual' | 'Window'
  /** UTC, `HH:MM`; over midnight if it ends before it starts. */
  readonly window?: { readonly start: string; readonly end: string } | undefined
}

export type Rollout = {
  /** The Deployment to apply. */
  readonly deployment: Deployment
  /** Pending causes; all other changes of the Deployment are applied. */
  readonly pending: readonly string[]
}

/** Deployments that are as desired: no time or policy can change that, only another object. */
const SETTLED = new WeakMap<
  Deployment,
  { readonly live: unknown; readonly asked: string | undefined; readonly rollout: Rollout }
>()

/**
 * `live` is the existing Deployment, if any. A new image alone replaces no pod, because every upgrade of the operator would
 * be a gap in every capture: it is applied with the next cause, in a window, or on request (`asked`: any new text).
 */
export function decideRollout(
  live: unknown,
  desired: Deployment,
  rollout: RolloutPolicy,
  asked: string | undefined,
  nowMs: number
): Rollout {
  const settled = SETTLED.get(desired)
  if (settled !== undefined && settled.live === live && settled.asked === asked)
    return settled.rollout
  const before = (live as Partial<Deployment> | undefined)?.spec?.template
  const token =
    asked === undefined ? before?.metadata?.annotations?.[ANNOTATIONS.asked] : shortHashOf(asked)
  const wanted = token === undefined ? desired : withToken(desired, token)
  if (!before?.spec?.containers?.[0]) return now(wanted)
  const drift = findDrift(wanted.spec.template, before).length > 0
  const causes = namedCauses(before, wanted.spec.template)
  if (causes.length === 0 && !drift) {
    const rollout = now(wanted)
    SETTLED.set(desired, { live, asked, rollout })
    return rollout
  }
  if (causes.includes('asked for')) return now(wanted)
  const noted = (live as Deployment).metadata.annotations?.[ANNOTATIONS.image]
  const isEdited = causes.every((cause) => cause === 'image') && noted !== imageOf(before)
  const open = rollout.policy === 'Window' && isOpen(rollout.window, nowMs)
  if (open) return now(wanted)
  if (rollout.policy !== 'Automatic')
    return {
      deployment: withTemplate(wanted, before),
      pending: causes.length > 0 ? causes : ['edited by hand'],
    }
  // A manually set image is reverted, like any other edit.
  if (causes.some((cause) => cause !== 'image') || isEdited) return now(wanted)
  if (causes.length === 0) return now(wanted)
  return { deployment: withImage(wanted, imageOf(before) ?? ''), pending: ['image'] }
}

/** Records our image, so that a manually set one can be told from it. */
const now = (wanted: Deployment): Rollout => ({
  deployment: noting(wanted, imageOf(wanted.spec.template) ?? ''),
  pending: [],
})

const noting = (deployment: Deployment, image: string): Deployment => ({
  ...deployment,
  metadata: {
    ...deployment.metadata,
    annotations: { ...deployment.metadata.annotations, [ANNOTATIONS.image]: image },
  },
})

function withToken(deployment: Deployment, token: string): Deployment {
  const { template } = deployment.spec
  const annotations = { ...template.metadata.annotations, [ANNOTATIONS.asked]: token }
  return withTemplate(deployment, { ...template, metadata: { ...template.metadata, annotations } })
}

function withImage(deployment: Deployment, image: string): Deployment {
  const { template } = deployment.spec
  const [container] = template.spec.containers
  const spec = { ...template.spec, containers: [{ ...container, image }] as const }
  return noting(withTemplate(deployment, { ...template, spec }), image)
}

function withTemplate(deployment: Deployment, template: PodTemplate): Deployment {
  const held = { ...deployment, spec: { ...deployment.spec, template } }
  return noting(held, imageOf(template) ?? '')
}

/** Whether a window `HH:MM`–`HH:MM` (UTC) is open. */
export function isOpen(window: RolloutPolicy['window'], nowMs: number): boolean {
  if (!window) return false
  const at = new Date(nowMs).toISOString().slice(11, 16)
  const { start, end } = window
  return start <= end ? start <= at && at < end : at >= start || at < end
}
