// What the operator would do to running workloads, with its own decision of when a pod is replaced: which start, restart, wait for their
// roll-out, or stop, and why. Pure.

import { parse } from 'yaml'
import { findDrift } from '../../operator/kube/drift.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { shardIn } from '../../operator/render/names.ts'
import type { Deployment, PodTemplate } from '../../operator/render/objects.ts'
import { ANNOTATIONS } from '../../operator/render/pod.ts'
import { decideRollout, rolloutCauses } from '../../operator/render/rollout.ts'
import { describeChange, fieldChanges } from '../repository/compared.ts'
import type { Group, Part } from './wanted.ts'

export type Effect = {
  readonly kind: Group['kind']
  /** Such as `kraken in live`. */
  readonly name: string
  readonly deployment: string
  readonly effect: 'starts' | 'restarts' | 'waits' | 'stops' | 'blocked'
  /** As roll-outs name them: `config`, `resources`, `secret kraken`, … */
  readonly causes: readonly string[]
  /** Fields of the configuration that differ, in words. */
  readonly fields: readonly string[]
}

export type Live = {
  /** By name. */
  readonly deployments: ReadonlyMap<string, KubeObject>
  readonly configs: ReadonlyMap<string, KubeObject>
}

const COMPONENTS = { capture: 'connector', archiver: 'archiver', simulator: 'simulator' } as const
const KINDS = ['capture', 'archiver', 'simulator'] as const

export function effectsOf(groups: readonly Group[], live: Live, nowMs: number): Effect[] {
  const effects: Effect[] = []
  const kept = new Set<string>()
  for (const group of groups) {
    const theirs = deploymentsOf(group, live)
    const { wanted } = group
    if (wanted.kind !== 'objects') {
      for (const { metadata } of theirs) kept.add(metadata.name)
      if (wanted.kind === 'kept') continue
      const { kind, name } = group
      const deployment = theirs[0]?.metadata.name ?? ''
      effects.push({ kind, name, deployment, effect: 'blocked', causes: [wanted.why], fields: [] })
      continue
    }
    let isHeld = false
    for (const part of wanted.parts) {
      const { name, labels } = part.deployment.metadata
      kept.add(name)
      const effect = effectOf(group, part, live, nowMs)
      if (effect === undefined) continue
      // Shards change together: a new one waits with those that have to give it symbols.
      effects.push(isHeld && effect.effect === 'starts' ? { ...effect, effect: 'waits' } : effect)
      if (shardIn(labels) === 0) isHeld = effect.effect === 'waits'
    }
    if (isHeld) for (const { metadata } of theirs) kept.add(metadata.name)
  }
  return [...effects, ...stopped(live, kept, groups)]
}

function effectOf(group: Group, part: Part, live: Live, nowMs: number): Effect | undefined {
  const { name } = part.deployment.metadata
  const base = { kind: group.kind, name: group.name, deployment: name }
  const is = live.deployments.get(name)
  const before = (is as Partial<Deployment> | undefined)?.spec?.template
  if (is === undefined || before === undefined)
    return { ...base, effect: 'starts', causes: [], fields: [] }
  const wanted = withImage(part.deployment, is)
  const { deployment, pending } = decideRollout(is, wanted, group.rollout, group.asked, nowMs)
  const fields = configChanges(part, live)
  if (pending.length > 0) return { ...base, effect: 'waits', causes: pending, fields }
  const { template } = deployment.spec
  const isReplaced = findDrift(template, before).length > 0 || hasLess(before, template)
  if (!isReplaced) return undefined
  const named = rolloutCauses(before, template)
  const causes = named.join() === 'template' ? ['edited by hand'] : named
  return { ...base, effect: 'restarts', causes, fields }
}

/** One of our annotations that is removed, such as that of a Secret, replaces the pod as well. */
const hasLess = (before: PodTemplate, after: PodTemplate): boolean =>
  Object.keys(before.metadata?.annotations ?? {}).some(
    (name) => name.startsWith('ssmd.io/') && after.metadata.annotations[name] === undefined
  )

/** With the image that the operator chose when it made it: an edit by hand is reverted, an upgrade is no part of this. */
function withImage(deployment: Deployment, live: KubeObject): Deployment {
  const { template } = deployment.spec
  const running = (live as unknown as Deployment).spec.template.spec.containers[0]?.image
  const image = live.metadata.annotations?.[ANNOTATIONS.image] ?? running ?? ''
  const [container] = template.spec.containers
  const spec = { ...template.spec, containers: [{ ...container, image }] as const }
  return { ...deployment, spec: { ...deployment.spec, template: { ...template, spec } } }
}

function configChanges({ config }: Part, live: Live): string[] {
  if (config === undefined) return []
  const before = (live.configs.get(config.metadata.name)?.data ?? {}) as Record<string, string>
  return Object.entries(config.data).flatMap(([file, text]) => {
    const was = before[file]
    if (was === undefined || was === text) return []
    const [old, next] = [was, text].map((one) => parse(one) as { kind: string; spec: unknown })
    return fieldChanges(old?.spec, next?.spec, `${next?.kind} spec`).map(describeChange)
  })
}

const deploymentsOf = ({ kind, labels }: Group, { deployments }: Live): KubeObject[] =>
  [...deployments.values()].filter(
    ({ metadata }) =>
      metadata.labels?.['app.kubernetes.io/component'] === COMPONENTS[kind] &&
      Object.entries(labels).every(([label, value]) => metadata.labels?.[label] === value)
  )

/** What nothing wants any more: an archiver whose Archive is gone, connectors and simulators. */
function stopped(live: Live, kept: ReadonlySet<string>, groups: readonly Group[]): Effect[] {
  return [...live.deployments.values()].flatMap((one): Effect[] => {
    const { name, labels = {} } = one.metadata
    const component = labels['app.kubernetes.io/component']
    const kind = KINDS.find((one) => COMPONENTS[one] === component)
    if (kind === undefined || kept.has(name)) return []
    const archive = labels['ssmd.io/archive']
    if (archive !== undefined) {
      const causes = ['its Archive is removed']
      return [{ kind, name: archive, deployment: name, effect: 'stops', causes, fields: [] }]
    }
    const of = `${labels['ssmd.io/feed']} in ${labels['ssmd.io/environment']}`
    const capture = groups.find((one) => one.kind === 'capture' && one.name === of)?.wanted
    const causes = [causeOf(kind, capture)]
    return [{ kind, name: of, deployment: name, effect: 'stops', causes, fields: [] }]
  })
}

/** Why nothing wants one of its pods any more, by what is wanted of its capture. */
function causeOf(kind: Group['kind'], capture: Group['wanted'] | undefined): string {
  if (capture === undefined) return 'no Environment names it'
  if (capture.kind === 'objects' && capture.parts.length === 0) return 'suspended or disabled'
  return kind === 'simulator' ? 'no longer simulated' : 'fewer shards'
}
