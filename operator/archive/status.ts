// An Archive's conditions and figures. Pure.

import type { KubeObject } from '../kube/objects.ts'
import { type Observation, workloadFact } from '../pods/workload.ts'
import type { StreamVerdict } from '../reconcile/context.ts'
import { gapsToday, lagFigures, lagOf, rounded, timeOf } from '../status/figures.ts'
import type { ArchiverSays } from '../status/reports.ts'
import { type Fact, good, type Summary, waiting } from '../status/status.ts'
import { codeFact, troubleFact } from '../status/troubles.ts'

export type ArchiveView = {
  readonly config: Fact
  readonly credentials: Fact
  readonly paused: boolean
  readonly archiver: string
  /** What still writes to the claim for a deleted Archive. */
  readonly predecessor: string | undefined
  readonly feeds: readonly string[]
  readonly deployment: KubeObject | undefined
  readonly observation?: Observation | undefined
  readonly pending: readonly string[]
  readonly stream: StreamVerdict
  readonly reports: readonly ArchiverSays[]
  /** Whether reports had time to arrive since the operator started. */
  readonly settled: boolean
  readonly failure: Fact | undefined
  readonly day: string
}

export function archiveSummary(view: ArchiveView): Summary {
  const fit = view.config.standing === 'good'
  return {
    facts: {
      ConfigValid: view.config,
      CredentialsAvailable: view.credentials,
      WorkloadAvailable: fit
        ? workloadOf(view)
        : { ...waiting('Waiting', 'the spec comes first'), unknown: true },
      DataFlowing: fit ? flowFact(view) : { ...good('NotNeeded'), unknown: true },
    },
    ready: good('Archived', view.feeds.join(', ')),
    paused: view.paused ? good('Paused') : undefined,
    failure: view.failure,
    rolloutPending:
      view.pending.length === 0
        ? undefined
        : good('RolloutPending', `the archiver waits with ${view.pending.join(', ')}`),
  }
}

function workloadOf({
  predecessor,
  reports,
  archiver,
  deployment,
  observation,
}: ArchiveView): Fact {
  if (predecessor !== undefined) return waiting('ClaimInUse', predecessor)
  return codeFact(reports) ?? workloadFact(archiver, deployment, observation)
}

function flowFact({ stream, reports, archiver, settled }: ArchiveView): Fact {
  if (stream.kind === 'refused') return waiting('StreamRefused', stream.why)
  if (reports.length === 0) {
    const fact =
      stream.kind === 'away'
        ? waiting('NatsUnreachable', stream.why)
        : waiting('NoReports', `${archiver} has not reported for 15 s`)
    return { ...fact, unknown: true, unsettled: !settled }
  }
  const hindered = codeFact(reports)
  if (hindered) return hindered
  const trouble = troubleFact(reports)
  if (trouble?.failsReady) return trouble
  const bad = reports.find(({ state }) => state === 'failed')
  if (bad) return waiting('Troubled', `${bad.feed}: ${bad.message}`)
  if (reports.every(({ lastCommitAt }) => lastCommitAt === null))
    return trouble ?? good('Quiet', 'nothing has come yet')
  return trouble ?? good('Flowing')
}

export function archiveFigures(view: ArchiveView): Readonly<Record<string, unknown>> {
  const { reports, day } = view
  if (reports.length === 0) return {}
  const lag = lagOf(reports)
  const lastCommitTime = timeOf(
    Math.max(0, ...reports.map(({ lastCommitAt }) => lastCommitAt ?? 0))
  )
  // Gaps are counted per feed.
  const gaps = reports.map((report) => gapsToday([report], day) ?? 0)
  return {
    recordsPerSecond: rounded(reports.reduce((sum, report) => sum + report.recordsPerSecond, 0)),
    ...(lastCommitTime === undefined ? {} : { lastCommitTime }),
    ...(lag === undefined ? {} : { lagSeconds: rounded(lag) }),
    ...lagFigures(reports),
    gapsToday: gaps.reduce((sum, count) => sum + count, 0),
  }
}
