// From what is known of a resource to its conditions: KEP-1623, and read by kstatus as it is meant. Ready sums up;
// Reconciling, Stalled, Paused and RolloutPending are there only while they hold, and never the first two together. Pure.

import { type Condition, conditionsOf, type Judgement } from '../kube/conditions.ts'
import type { KubeObject } from '../kube/objects.ts'
import { messageOf, quotesWorkload, type Reason } from './reasons.ts'

/** `waiting` heals by itself, `stalled` needs somebody. */
export type Standing = 'good' | 'waiting' | 'stalled'

export type Fact = {
  readonly standing: Standing
  readonly reason: Reason
  /** What is so; what to do about it comes from the table. */
  readonly what: string
  /** Nobody can tell yet. */
  readonly unknown?: boolean
  /** Just started: what was said before holds until it is known better, so that a restart of ours is no news. */
  readonly unsettled?: boolean
  /** Of DataFlowing: Ready is False as well. */
  readonly failsReady?: boolean
  /** Among facts of the same standing the heaviest is shown; 0 if it is left out. */
  readonly weight?: number
}

export const good = (reason: Reason, what = ''): Fact => ({ standing: 'good', reason, what })
export const waiting = (reason: Reason, what = ''): Fact => ({ standing: 'waiting', reason, what })
export const stalled = (reason: Reason, what = ''): Fact => ({ standing: 'stalled', reason, what })

/** In the order in which one needs the other: Ready says the first that is not good. */
export type Facts = {
  readonly ConfigValid: Fact
  readonly CredentialsAvailable: Fact
  readonly WorkloadAvailable: Fact
  /** Shown beside Ready: a quiet market or a short outage of NATS is no fault of the resource. Only `failsReady` changes Ready. */
  readonly DataFlowing: Fact
}

export type Summary = {
  readonly facts: Facts
  /** What Ready says where all is good. */
  readonly ready: Fact
  readonly paused?: Fact | undefined
  readonly rolloutPending?: Fact | undefined
  /** What the pass itself ran into. */
  readonly failure?: Fact | undefined
}

const RANK: Readonly<Record<Standing, number>> = { good: 0, waiting: 1, stalled: 2 }

/** The worst of several, each named where there is more than one; `none` where there is none. */
export function worst(
  facts: readonly { readonly of: string; readonly fact: Fact }[],
  none: Fact
): Fact {
  const [first, ...rest] = [...facts].sort(
    (a, b) =>
      RANK[b.fact.standing] - RANK[a.fact.standing] || (b.fact.weight ?? 0) - (a.fact.weight ?? 0)
  )
  if (!first) return none
  const isPlain = first.fact.standing === 'good' && first.fact.weight === undefined
  if (rest.length === 0 || isPlain) return first.fact
  return { ...first.fact, what: `${first.of}: ${first.fact.what}` }
}

export function judgementsOf(summary: Summary): readonly Judgement[] {
  const { facts, ready, paused, rolloutPending, failure } = summary
  const flow = facts.DataFlowing
  // Before the workload: a pod that is not ready because of it only says that it is not ready.
  const lost = flow.failsReady ? flow : undefined
  const order = [
    facts.ConfigValid,
    facts.CredentialsAvailable,
    failure,
    lost,
    facts.WorkloadAvailable,
  ]
  const hindrance = order.find((fact) => fact !== undefined && fact.standing !== 'good')
  const shown = hindrance ?? ready
  const abnormal: Judgement[] = []
  const holds = (type: string, { reason, what }: Fact): Judgement => ({
    type,
    status: 'True',
    reason,
    message: messageOf(reason, what),
  })
  if (hindrance?.standing === 'stalled') abnormal.push(holds('Stalled', hindrance))
  else if (hindrance && !paused) abnormal.push(holds('Reconciling', hindrance))
  if (paused) abnormal.push(holds('Paused', paused))
  if (rolloutPending) abnormal.push(holds('RolloutPending', rolloutPending))
  return [
    judgement('Ready', { ...shown, standing: hindrance ? hindrance.standing : 'good' }),
    ...abnormal,
    ...Object.entries(facts).map(([type, fact]) => judgement(type, fact)),
  ]
}

const judgement = (type: string, fact: Fact): Judgement => ({
  type,
  status: fact.unknown ? 'Unknown' : fact.standing === 'good' ? 'True' : 'False',
  reason: fact.reason,
  message: messageOf(fact.reason, fact.what),
})

export type Status = Readonly<Record<string, unknown>> & {
  readonly observedGeneration: number
  readonly conditions: readonly Condition[]
}

/** The whole status of an object: conditions of the summary, and `figures` beside them. */
export function statusOf(
  object: KubeObject,
  summary: Summary,
  figures: Readonly<Record<string, unknown>>,
  wallMs: number
): Status {
  const observedGeneration = object.metadata.generation ?? 0
  const before = conditionsIn(object.status)
  const isUnsettled = summary.facts.DataFlowing.unsettled === true && before.length > 0
  const judged = judgementsOf(summary).map((judgement) => {
    const old = before.find(({ type }) => type === judgement.type)
    return isUnsettled && judgement.type === 'DataFlowing' && old ? withoutTimes(old) : judgement
  })
  const conditions = conditionsOf(judged, before, observedGeneration, wallMs)
  const shown = isUnsettled ? filledIn(figures, object.status) : figures
  const known = Object.entries(shown).filter(([, value]) => value !== undefined)
  return { observedGeneration, ...Object.fromEntries(known), conditions }
}

const withoutTimes = ({ type, status, reason, message }: Condition): Judgement => ({
  type,
  status,
  reason,
  message,
})

/** Figures, and where there is none yet, the one from before. */
function filledIn(
  figures: Readonly<Record<string, unknown>>,
  status: unknown
): Readonly<Record<string, unknown>> {
  const {
    conditions: _conditions,
    observedGeneration: _generation,
    ...before
  } = status as Record<string, unknown>
  const { environments } = figures
  const fresh = Object.fromEntries(
    Object.entries(figures).filter(([, value]) => value !== undefined)
  )
  const shown = { ...before, ...fresh }
  if (!Array.isArray(environments)) {
    const { environments: _gone, ...rest } = shown
    return rest
  }
  const olds = Array.isArray(before.environments) ? before.environments : []
  const named = (name: unknown) => olds.find((old) => old?.name === name)
  return {
    ...shown,
    environments: environments.map((entry) => ({ ...named(entry.name), ...entry })),
  }
}

/** The conditions of a status that may be anything. */
export function conditionsIn(status: unknown): readonly Condition[] {
  const found = (status as { conditions?: unknown } | null | undefined)?.conditions
  if (!Array.isArray(found)) return []
  return found.filter(
    (entry): entry is Condition =>
      typeof entry === 'object' &&
      entry !== null &&
      typeof entry.type === 'string' &&
      typeof entry.lastTransitionTime === 'string'
  )
}

/** What has to be told at once: which conditions hold and why, of which generation. Figures and their words can wait. */
export function contractOf(status: unknown): string {
  const generation = (status as { observedGeneration?: unknown } | undefined)?.observedGeneration
  const conditions = conditionsIn(status).map((condition) => [
    condition.type,
    condition.status,
    condition.reason,
    condition.observedGeneration,
    // A workload's own words may change with every report.
    condition.type === 'DataFlowing' || quotesWorkload(condition.reason) ? '' : condition.message,
  ])
  return JSON.stringify([generation, conditions])
}

export const isReady = (object: KubeObject | undefined): boolean =>
  conditionsIn(object?.status).some(({ type, status }) => type === 'Ready' && status === 'True')
