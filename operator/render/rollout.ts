// Why a pod would be replaced, cause by cause, and whether that may happen now: a restart of a capture is a hole in the
// data, so nothing is replaced without a cause that its template names, nor before its policy allows it. Pure.

import { canonical, shortHashOf } from '#crds/canonical.ts'
import { findDrift } from '../kube/drift.ts'
import type { Deployment, PodTemplate } from './objects.ts'
import { ANNOTATIONS } from './pod.ts'

/** The causes for which `next` replaces `previous`; empty where it does not. */
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
  // kubectl and others write annotations of their own there.
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
  /** UTC, `HH:MM`; over midnight where it ends before it starts. */
  readonly window?: { readonly start: string; readonly end: string } | undefined
}

export type Rollout = {
  /** What to apply. */
  readonly deployment: Deployment
  /** Causes that wait; nothing else of the Deployment waits with them. */
  readonly pending: readonly string[]
}

/**
 * `live` is the Deployment as it is, if it is. A new image alone replaces no pod, or every upgrade of the operator would be
 * a hole in every capture: it goes along with the next cause, in a window, or when it is asked for (`asked`: any new text).
 */
export function decideRollout(
  live: unknown,
  desired: Deployment,
  rollout: RolloutPolicy,
  asked: string | undefined,
  nowMs: number
): Rollout {
  const before = (live as Partial<Deployment> | undefined)?.spec?.template
  const token =
    asked === undefined ? before?.metadata?.annotations?.[ANNOTATIONS.asked] : shortHashOf(asked)
  const wanted = token === undefined ? desired : withToken(desired, token)
  if (!before?.spec?.containers?.[0]) return now(wanted)
  const drift = findDrift(wanted.spec.template, before).length > 0
  const causes = namedCauses(before, wanted.spec.template)
  if (causes.length === 0 && !drift) return now(wanted)
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
  // Somebody set another image than ours: that is put back as any other edit.
  if (causes.some((cause) => cause !== 'image') || isEdited) return now(wanted)
  if (causes.length === 0) return now(wanted)
  return { deployment: withImage(wanted, imageOf(before) ?? ''), pending: ['image'] }
}

/** Notes which image it is, where it can be told from one that somebody set by hand. */
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
