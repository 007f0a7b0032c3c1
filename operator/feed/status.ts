// A Feed's conditions and figures over all its captures: the worst condition counts, figures are summed. Pure.

import type { KubeObject } from '../kube/objects.ts'
import { type Observation, workloadFact } from '../pods/workload.ts'
import type { StreamVerdict } from '../reconcile/context.ts'
import { gapsToday, lagFigures, rounded, timeOf } from '../status/figures.ts'
import type { ArchiverSays, ConnectorSays } from '../status/reports.ts'
import { type Fact, type Facts, good, type Summary, waiting, worst } from '../status/status.ts'
import { codeFact, troubleFact } from '../status/troubles.ts'

/** One connector of a capture after the pass. */
export type ConnectorView = {
  /** Of its Deployment. */
  readonly name: string
  readonly deployment: KubeObject | undefined
  readonly observation?: Observation | undefined
  readonly pending: readonly string[]
  readonly report: ConnectorSays | undefined
}

/** One capture after the pass. */
export type CaptureView = {
  readonly name: string
  /** One for each shard, in their order. */
  readonly connectors: readonly ConnectorView[]
  readonly simulated: boolean
  readonly suspended: boolean
  readonly config: Fact
  readonly credentials: Fact
  readonly stream: StreamVerdict
  readonly archivers: readonly ArchiverSays[]
}

export type FeedView = {
  /** Whether the spec is valid; if not, there are no captures. */
  readonly config: Fact
  readonly disabled: boolean
  readonly paused: boolean
  readonly version: string | undefined
  /** What the exchange's protocol can prove, channel by channel, in words. */
  readonly proof: string | undefined
  readonly captures: readonly CaptureView[]
  /** Whether reports had time to arrive since the operator started. */
  readonly settled: boolean
  readonly failure: Fact | undefined
  /** UTC, YYYY-MM-DD. */
  readonly day: string
}

export function feedSummary(view: FeedView): Summary {
  const active = view.captures.filter(({ suspended }) => !suspended)
  const { ready, paused } = standing(view, active)
  const pending = active
    .map(({ name, connectors }) => ({
      name,
      pending: [...new Set(connectors.flatMap(({ pending: causes }) => causes))],
    }))
    .filter(({ pending: causes }) => causes.length > 0)
  return {
    facts: feedFacts(view, active),
    ready,
    paused,
    failure: view.failure,
    rolloutPending: pending[0] && {
      ...good('RolloutPending'),
      what: pending
        .map(({ name, pending: causes }) => `${name} waits with ${causes.join(', ')}`)
        .join('; '),
    },
  }
}

function standing(
  view: FeedView,
  active: readonly CaptureView[]
): { readonly ready: Fact; readonly paused: Fact | undefined } {
  if (view.paused) return { ready: good('Captured', ''), paused: good('Paused') }
  if (view.disabled) return { ready: good('Disabled'), paused: undefined }
  const names = view.captures.map(({ name }) => name).join(', ')
  if (view.captures.length > 0 && active.length === 0)
    return { ready: good('Suspended', names), paused: good('Suspended', names) }
  return {
    ready: good('Captured', `in ${active.map(({ name }) => name).join(', ')}`),
    paused: undefined,
  }
}

function feedFacts(view: FeedView, active: readonly CaptureView[]): Facts {
  const of = (pick: (capture: CaptureView) => Fact) =>
    active.map((capture) => ({ of: capture.name, fact: pick(capture) }))
  const isOff = view.disabled || view.captures.length > 0
  const none = isOff ? good('NotNeeded') : waiting('NotNamed')
  const fit = active.filter(({ config }) => config.standing === 'good')
  return {
    ConfigValid:
      view.config.standing === 'good'
        ? worst(
            of(({ config }) => config),
            good('Valid')
          )
        : view.config,
    CredentialsAvailable: worst(
      of(({ credentials }) => credentials),
      good('NotNeeded')
    ),
    WorkloadAvailable:
      view.config.standing === 'good'
        ? worst(
            of((capture) =>
              ofShards(capture, ({ name, deployment, observation }) =>
                workloadFact(name, deployment, observation)
              )
            ),
            none
          )
        : { ...waiting('Waiting', 'the spec comes first'), unknown: true },
    DataFlowing: worst(
      fit.map((capture) => ({ of: capture.name, fact: flowFact(capture, view.settled) })),
      { ...good('NotNeeded'), unknown: true }
    ),
  }
}

/** The worst of a capture's shards, which names it if there are several. */
function ofShards({ connectors }: CaptureView, pick: (connector: ConnectorView) => Fact): Fact {
  const facts = connectors.map((connector, shard) => ({
    of: `shard ${shard}`,
    fact: pick(connector),
  }))
  return worst(facts, good('NotNeeded'))
}

const flowFact = (capture: CaptureView, settled: boolean): Fact =>
  ofShards(capture, (connector) => flowOf(connector, capture.stream, settled))

function flowOf({ name, report }: ConnectorView, stream: StreamVerdict, settled: boolean): Fact {
  if (stream.kind === 'refused') return waiting('StreamRefused', stream.why)
  if (!report) {
    const fact =
      stream.kind === 'away'
        ? waiting('NatsUnreachable', stream.why)
        : waiting('NoReports', `${name} has not reported for 15 s`)
    return { ...fact, unknown: true, unsettled: !settled }
  }
  const { connected, connections, message, state } = report
  const refused = codeFact([report])
  if (refused) return refused
  const trouble = troubleFact([report])
  if (trouble?.failsReady) return trouble
  if (state === 'failed') return waiting('Troubled', message)
  // A rate limit of the exchange explains why connections are not open.
  if (trouble?.reason === 'RateLimited') return trouble
  if (connected === 0 || connected < connections)
    return waiting('Connecting', message || `${connected} of ${connections} connections are open`)
  return trouble ?? good('Flowing', message)
}

const reportsOf = ({ connectors }: CaptureView): readonly ConnectorSays[] =>
  connectors.flatMap(({ report }) => report ?? [])

/** The figures in the columns of `kubectl get feeds`. */
export function feedFigures(view: FeedView): Readonly<Record<string, unknown>> {
  const active = view.captures.filter(({ suspended }) => !suspended)
  const reports = active.flatMap(reportsOf)
  const archivers = active.flatMap((capture) => capture.archivers)
  return {
    version: view.version,
    proof: view.proof,
    ...figuresOf(reports, archivers, view.day),
    environments:
      view.captures.length === 0
        ? undefined
        : view.captures.slice(0, 64).map((capture) => ({
            name: capture.name,
            simulated: capture.simulated,
            ...figuresOf(reportsOf(capture), capture.archivers, view.day),
          })),
  }
}

export function figuresOf(
  reports: readonly ConnectorSays[],
  archivers: readonly ArchiverSays[],
  day: string
): Readonly<Record<string, unknown>> {
  const sum = (pick: (report: ConnectorSays) => number) =>
    reports.reduce((total, report) => total + pick(report), 0)
  const last = Math.max(0, ...reports.map(({ lastFrameAt }) => lastFrameAt ?? 0))
  const gaps = gapsToday(archivers, day)
  const lastMessageTime = timeOf(last)
  return {
    ...(reports.length === 0
      ? {}
      : {
          connected: `${sum(({ connected }) => connected)}/${sum(({ connections }) => connections)}`,
          messagesPerSecond: rounded(sum(({ framesPerSecond }) => framesPerSecond)),
        }),
    ...(lastMessageTime === undefined ? {} : { lastMessageTime }),
    ...lagFigures([...reports, ...archivers]),
    ...(gaps === undefined ? {} : { gapsToday: gaps }),
  }
}
