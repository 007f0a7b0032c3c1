// An Environment's conditions and figures: whether its Feeds and keys exist, its simulators run, NATS answers, and how many
// of its feeds are captured. Pure.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { KubeObject } from '../kube/objects.ts'
import { type Observation, workloadFact } from '../pods/workload.ts'
import { type Fact, good, type Summary, waiting, worst } from '../status/status.ts'

export type EnvironmentView = {
  readonly environment: Environment | undefined
  readonly config: Fact
  readonly credentials: Fact
  readonly paused: boolean
  /** The feeds that it captures, and which of them a connector is connected for. */
  readonly feeds: readonly Feed[]
  readonly captured: readonly string[]
  /** By name; undefined if it does not exist yet. */
  readonly simulators: readonly {
    readonly name: string
    readonly deployment: KubeObject | undefined
    readonly observation?: Observation | undefined
  }[]
  readonly pending: readonly string[]
  readonly link: { readonly connected: boolean; readonly why: string }
  /** Whether reports had time to arrive since the operator started. */
  readonly settled: boolean
  readonly failure: Fact | undefined
}

export function environmentSummary(view: EnvironmentView): Summary {
  const suspended = view.environment?.spec.suspend === true
  const simulators = view.simulators.map(({ name, deployment, observation }) => ({
    of: name,
    fact: workloadFact(name, deployment, observation),
  }))
  return {
    facts: {
      ConfigValid: view.config,
      CredentialsAvailable: view.credentials,
      WorkloadAvailable: worst(simulators, good('NotNeeded')),
      DataFlowing: flowFact(view, suspended),
    },
    ready: suspended ? good('Suspended') : good('Running'),
    paused: view.paused ? good('Paused') : suspended ? good('Suspended') : undefined,
    failure: view.failure,
    rolloutPending:
      view.pending.length === 0
        ? undefined
        : good('RolloutPending', `simulators wait with ${view.pending.join(', ')}`),
  }
}

function flowFact(view: EnvironmentView, suspended: boolean): Fact {
  const { feeds, captured, link } = view
  if (!view.environment || suspended || feeds.length === 0)
    return { ...good('NotNeeded'), unknown: true }
  const unsettled = !view.settled
  if (!link.connected) return { ...waiting('NatsUnreachable', link.why), unknown: true, unsettled }
  const missing = feeds
    .map(({ metadata }) => metadata.name)
    .filter((name) => !captured.includes(name))
  if (missing.length === 0) return good('Flowing')
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : ''
  const what = `not connected: ${missing.slice(0, 10).join(', ')}${more}`
  return { ...waiting('FeedNotCaptured', what), unsettled }
}

export function environmentFigures(view: EnvironmentView): Readonly<Record<string, unknown>> {
  const { environment, feeds, captured } = view
  if (!environment) return {}
  const simulated = feeds
    .filter((feed) => isSimulated(environment, feed))
    .map(({ metadata }) => metadata.name)
  return {
    // No reports yet: keep the count from before.
    ...(view.settled || captured.length > 0
      ? { feeds: `${captured.length}/${environment.spec.suspend ? 0 : feeds.length}` }
      : {}),
    ...(simulated.length === 0 ? {} : { simulated: simulated.join(', ').slice(0, 16_384) }),
  }
}
