// One pass over a Signal: its runner, the stream of its fires, and the status. The only file of the room with I/O. Neither its
// fires nor what it knows are ever deleted.

import { signalFeed } from '#bus/names.ts'
import { streamWantOf } from '#bus/stream-config.ts'
import type { Environment } from '#crds/environment.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'
import type { KubeObject } from '../kube/objects.ts'
import { attempt, makeChildren, pruneChildren } from '../reconcile/children.ts'
import { type Context, inNamespace, platformOf, type StreamVerdict } from '../reconcile/context.ts'
import { readCredentials } from '../reconcile/credentials.ts'
import { finish } from '../reconcile/finish.ts'
import { isPaused, SIGNALS } from '../reconcile/kinds.ts'
import { workloadAt } from '../reconcile/observe.ts'
import { rateKey } from '../reconcile/status-rate.ts'
import { signalName } from '../render/names.ts'
import type { Reconcile } from '../runtime/controller.ts'
import type { Pass } from '../runtime/pass.ts'
import { type Fact, good, stalled, waiting } from '../status/status.ts'
import { brokenAmong, describeProblems, located, locatedAll } from '../validation/judged.ts'
import { desiredSignal } from './desired.ts'
import { egressOf } from './egress.ts'
import { checkSignal } from './policies.ts'
import { needsOf } from './secrets.ts'
import { type SignalView, signalFigures, signalSummary } from './status.ts'

/** Retry interval while waiting for a Secret, which is not watched. */
const WAIT_MS = 5_000

export const reconcileSignal =
  (context: Context): Reconcile =>
  async (pass) => {
    const object = await pass.get(SIGNALS, pass.key)
    if (!object || object.metadata.deletionTimestamp) {
      context.statusRate.forget(rateKey(SIGNALS.kind, pass.key))
      return
    }
    const namespace = pass.namespace ?? ''
    const paused = isPaused(object)
    const runner = signalName(pass.name)
    const { signal, environment, config } = fitness(context, namespace, object)
    const key = `${namespace}/${signal?.spec.environmentRef.name}`
    const needs = signal && environment ? needsOf(signal, environment) : []
    const credentials = await readCredentials(context.secrets, namespace, needs)

    const { made, failure, thrown } = await attempt(async () => {
      const isFit = config.standing === 'good' && credentials.fact.standing === 'good'
      if (!signal || !environment || paused) return undefined
      // A suspended one needs nothing to be stopped.
      if (!isFit && !signal.spec.suspend) return undefined
      const feeds = context.judged.all('Feed', inNamespace(context.feeds, namespace))
      const platform = platformOf(context, namespace, credentials.hash)
      const desired = desiredSignal(signal, environment, feeds, platform)
      const applied = await makeChildren(pass, context, object, desired, {
        rollout: { policy: 'Automatic' },
        egress: egressOf(signal, environment),
      })
      await pruneChildren(pass, context, object, desired, SIGNALS, ({ metadata }) =>
        isUnwanted(pass, context, metadata.name)
      )
      return applied
    })

    const workload = await workloadAt(pass, context, runner, made?.deployments.get(runner))
    const view: SignalView = {
      signal,
      config,
      credentials: credentials.fact,
      paused,
      runner,
      ...workload,
      pending: made?.pending.get(runner) ?? [],
      stream:
        signal && environment && config.standing === 'good'
          ? await streamOf(context, key, signal, environment, paused)
          : { kind: 'good' },
      report: signal && context.reports.signal(key, pass.name),
      settled: context.isSettled(),
      failure,
    }
    const result = await finish(pass, context, {
      resource: SIGNALS,
      object,
      summary: signalSummary(view),
      figures: signalFigures(view),
      againMs: againMs(context, view),
    })
    // Show it in the status first, then retry with back-off.
    if (thrown !== undefined) throw thrown
    return result
  }

function againMs({ random, statusRate }: Context, { credentials, signal }: SignalView) {
  if (credentials.standing !== 'good') return WAIT_MS * (1 + random())
  if (signal?.spec.suspend) return undefined
  return statusRate.figuresMs * (0.8 + random() * 0.2)
}

/** Reads from the API server: a stale cache must not stop a signal. */
async function isUnwanted(pass: Pass, context: Context, child: string): Promise<boolean> {
  if (child !== signalName(pass.name)) return true
  const live = await pass.getLive(SIGNALS, pass.key)
  if (!live || live.metadata.deletionTimestamp) return true
  const { resource } = context.judged.of('Signal', live)
  // An invalid one is left running.
  return resource?.spec.suspend === true
}

async function streamOf(
  context: Context,
  key: string,
  { metadata, spec }: Signal,
  environment: Environment,
  paused: boolean
): Promise<StreamVerdict> {
  if (spec.suspend) return { kind: 'good' }
  if (!paused)
    return context.links.ensureStream(key, streamWantOf(environment, signalFeed(metadata.name)))
  const { connected, why } = context.links.status(key)
  return connected ? { kind: 'good' } : { kind: 'away', why }
}

type Fitness = {
  readonly signal: Signal | undefined
  readonly environment: Environment | undefined
  readonly config: Fact
}

function fitness(context: Context, namespace: string, object: KubeObject): Fitness {
  const { resource: signal, problem } = context.judged.of('Signal', object)
  if (!signal) return { signal, environment: undefined, config: stalled('InvalidSpec', problem) }
  const { name } = signal.spec.environmentRef
  const found = context.environments.store.get(`${namespace}/${name}`)
  if (!found) {
    const config = waiting('EnvironmentNotFound', `there is no Environment ${name}`)
    return { signal, environment: undefined, config }
  }
  const { resource: environment, problem: why } = context.judged.of('Environment', found)
  if (!environment) {
    const config = waiting('EnvironmentInvalid', `Environment ${name}: ${why}`)
    return { signal, environment, config }
  }
  const stored = inNamespace(context.feeds, namespace)
  const resources = locatedAll({
    feeds: context.judged.all('Feed', stored),
    environments: [environment],
    problems: brokenAmong(context.judged, 'Feed', stored),
  })
  const problems = checkSignal(located(signal), resources)
  const config =
    problems.length > 0 ? waiting('FeedNotFound', describeProblems(problems)) : good('Valid')
  return { signal, environment, config }
}
