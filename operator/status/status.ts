// Facts about a resource become its conditions, as KEP-1623 and kstatus expect them. Ready sums up; Reconciling, Stalled,
// Paused and RolloutPending exist only while they are True, and never the first two together. Pure.

import { type Condition, conditionsOf, type Judgement } from '../kube/conditions.ts'
import type { KubeObject } from '../kube/objects.ts'
import { messageOf, quotesWorkload, type Reason } from './reasons.ts'

/** `waiting` recovers automatically, `stalled` needs a person. */
export type Standing = 'good' | 'waiting' | 'stalled'

export type Fact = {
  readonly standing: Standing
  readonly reason: Reason
  /** What was found; the table of reasons adds what to do. */
  readonly what: string
  /** Not known yet. */
  readonly unknown?: boolean
  /** The operator has just started: the previous condition stays until reports arrive, so that a restart changes no status. */
  readonly unsettled?: boolean
  /** Of DataFlowing: Ready is False as well. */
  readonly failsReady?: boolean
  /** Among facts of the same standing the heaviest is shown; 0 if it is left out. */
  readonly weight?: number
}

export const good = (reason: Reason, what = ''): Fact => ({ standing: 'good', reason, what })
export const waiting = (reason: Reason, what = ''): Fact => ({ standing: 'waiting', reason, what })
export const stalled = (reason: Reason, what = ''): Fact => ({ standing: 'stalled', reason, what })

/** In the order of their dependencies: Ready shows the first that is not good. */
export type Facts = {
  readonly ConfigValid: Fact
  readonly CredentialsAvailable: Fact
  readonly WorkloadAvailable: Fact
  /** Shown beside Ready, because a quiet market or a short outage of NATS is not a failure of the resource. Only `failsReady`
   * changes Ready. */
  readonly DataFlowing: Fact
}

export type Summary = {
  readonly facts: Facts
  /** The message of Ready if all facts are good. */
  readonly ready: Fact
  readonly paused?: Fact | undefined
  readonly rolloutPending?: Fact | undefined
  /** An error of the pass itself. */
  readonly failure?: Fact | undefined
}

const RANK: Readonly<Record<Standing, number>> = { good: 0, waiting: 1, stalled: 2 }

/** The worst of several facts, with its subject if there are several; `none` without facts. */
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
  // Before the workload, whose pod would only say that it is not ready.
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

/** The figures, completed with previous ones where there is no new one yet. */
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

/** The conditions of a stored status, which may hold anything. */
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

/** The part of a status that is written immediately: conditions, reasons and generation. Figures and messages can wait. */
export function contractOf(status: unknown): string {
  const generation = (status as { observedGeneration?: unknown } | undefined)?.observedGeneration
  const conditions = conditionsIn(status).map((condition) => [
    condition.type,
    condition.status,
    condition.reason,
    condition.observedGeneration,
    // A message quoted from a workload may change with every report.
    condition.type === 'DataFlowing' || quotesWorkload(condition.reason) ? '' : condition.message,
  ])
  return JSON.stringify([generation, conditions])
}

export const isReady = (object: KubeObject | undefined): boolean =>
  conditionsIn(object?.status).some(({ type, status }) => type === 'Ready' && status === 'True')
