// A Signal's conditions and figures. Pure.

import { createHash } from 'node:crypto'
import type { Signal } from '#crds/signal.gen.ts'
import type { KubeObject } from '../kube/objects.ts'
import { type Observation, workloadFact } from '../pods/workload.ts'
import type { StreamVerdict } from '../reconcile/context.ts'
import { lagText, rounded, timeOf } from '../status/figures.ts'
import type { SignalSays } from '../status/reports.ts'
import { type Fact, good, type Summary, stalled, waiting } from '../status/status.ts'
import { codeFact, troubleFact } from '../status/troubles.ts'

export type SignalView = {
  readonly signal: Signal | undefined
  readonly config: Fact
  readonly credentials: Fact
  readonly paused: boolean
  /** Name of its Deployment. */
  readonly runner: string
  readonly deployment: KubeObject | undefined
  readonly observation?: Observation | undefined
  readonly pending: readonly string[]
  readonly stream: StreamVerdict
  readonly report: SignalSays | undefined
  /** Whether reports had time to arrive since the operator started. */
  readonly settled: boolean
  readonly failure: Fact | undefined
}

export function signalSummary(view: SignalView): Summary {
  const fit = view.config.standing === 'good'
  const suspended = view.signal?.spec.suspend === true
  return {
    facts: {
      ConfigValid: view.config,
      CredentialsAvailable: view.credentials,
      WorkloadAvailable: suspended
        ? good('NotNeeded')
        : fit
          ? workloadFact(view.runner, view.deployment, view.observation)
          : { ...waiting('Waiting', 'the spec comes first'), unknown: true },
      DataFlowing: fit && !suspended ? flowFact(view) : { ...good('NotNeeded'), unknown: true },
    },
    ready: suspended ? good('Suspended') : good('Running', view.signal?.spec.feeds.join(', ')),
    paused: view.paused ? good('Paused') : suspended ? good('Suspended') : undefined,
    failure: view.failure,
    rolloutPending:
      view.pending.length === 0
        ? undefined
        : good('RolloutPending', `the signal waits with ${view.pending.join(', ')}`),
  }
}

function flowFact({ stream, report, runner, settled }: SignalView): Fact {
  if (stream.kind === 'refused') return waiting('StreamRefused', stream.why)
  if (!report) {
    const fact =
      stream.kind === 'away'
        ? waiting('NatsUnreachable', stream.why)
        : waiting('NoReports', `${runner} has not reported for 15 s`)
    return { ...fact, unknown: true, unsettled: !settled }
  }
  // The sandbox stopped it, or never began: only another source helps.
  if (report.state === 'refused')
    return { ...stalled('SignalRefused', report.message), failsReady: true }
  const hindered = codeFact([report])
  if (hindered) return hindered
  const trouble = troubleFact([report])
  if (trouble?.failsReady) return trouble
  if (report.state === 'failed') return waiting('Troubled', report.message)
  if (report.state === 'catching-up') return waiting('CatchingUp', report.message)
  if (trouble) return trouble
  return report.events === 0 ? good('Quiet', 'no event has come yet') : good('Flowing')
}

/** As the column shows it. */
const HASH_DIGITS = 12

export const sourceHash = ({ spec }: Signal): string =>
  createHash('sha256').update(spec.source).digest('hex').slice(0, HASH_DIGITS)

export function signalFigures(view: SignalView): Readonly<Record<string, unknown>> {
  const { signal, report } = view
  if (!signal) return {}
  return { sourceHash: sourceHash(signal), ...(report ? reported(report) : {}) }
}

function reported(report: SignalSays): Readonly<Record<string, unknown>> {
  const { firesToday, lastFireAt, lagSeconds, errors, catchUp, missed, seenAt } = report
  return {
    firesToday,
    lastFireTime: timeOf(lastFireAt),
    ...(lagSeconds === null ? {} : { lagSeconds: rounded(lagSeconds), lag: lagText(lagSeconds) }),
    errors,
    ...(catchUp === null
      ? {}
      : { catchUp: present({ ...catchUp, ...span(catchUp, 'from', 'to') }) }),
    ...(missed === null
      ? {}
      : { missed: present({ feed: missed.feeds.join(', '), ...span(missed, 'begins', 'ends') }) }),
    reportedTime: timeOf(seenAt),
  }
}

const span = (
  { from, to }: { readonly from: number | null; readonly to: number | null },
  begins: string,
  ends: string
) => ({ [begins]: timeOf(from), [ends]: timeOf(to) })

const present = (record: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
