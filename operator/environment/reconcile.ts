// One pass over an Environment: its link to NATS, its simulators, and its status. Connectors belong to the pass over a Feed.
// The only file of the room with I/O.

import type { Environment } from '#crds/environment.gen.ts'
import { feedsOf, isSimulated, keyOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Resources } from '#crds/located.ts'
import { utcDay } from '#crds/rfc3339.ts'
import type { KubeObject } from '../kube/objects.ts'
import { attempt, makeChildren, pruneChildren } from '../reconcile/children.ts'
import { type Context, inNamespace, platformOf } from '../reconcile/context.ts'
import { type Credentials, type Need, readCredentials } from '../reconcile/credentials.ts'
import { finish } from '../reconcile/finish.ts'
import { ENVIRONMENTS, FEEDS, isPaused, textsAt } from '../reconcile/kinds.ts'
import { workloadAt } from '../reconcile/observe.ts'
import { rateKey } from '../reconcile/status-rate.ts'
import { simulatorName, simulatorService } from '../render/names.ts'
import type { Reconcile } from '../runtime/controller.ts'
import type { Pass } from '../runtime/pass.ts'
import { type Fact, good, stalled, waiting } from '../status/status.ts'
import { brokenAmong, describeProblems, located, locatedAll } from '../validation/judged.ts'
import { desiredSimulators, simulatedFeeds } from './desired.ts'
import { checkEnvironment } from './policies.ts'
import { type EnvironmentView, environmentFigures, environmentSummary } from './status.ts'

const WAIT_MS = 5_000

export const reconcileEnvironment =
  (context: Context): Reconcile =>
  async (pass) => {
    const object = await pass.get(ENVIRONMENTS, pass.key)
    if (!object || object.metadata.deletionTimestamp) {
      context.links.drop(pass.key)
      context.reports.forget(pass.key)
      context.statusRate.forget(rateKey(ENVIRONMENTS.kind, pass.key))
      context.statusRate.forget(rateKey(ENVIRONMENTS.kind, pass.key))
      context.orphans.forget(pass.key)
      return
    }
    const namespace = pass.namespace ?? ''
    const paused = isPaused(object)
    const objects = feedObjects(context, namespace, object)
    const all = context.judged.all('Feed', objects)
    const broken = brokenAmong(context.judged, 'Feed', objects)
    const { environment, config } = fitness(
      context,
      object,
      locatedAll({ feeds: all, problems: broken })
    )
    const feeds = environment ? feedsOf(environment, all) : []
    const credentials = environment
      ? await credentialsOf(context, namespace, environment, feeds)
      : await readCredentials(context.secrets, namespace, [])
    if (environment) await link(context, pass.key, namespace, environment)

    if (environment && !paused) await context.orphans.run(pass, context, object)

    const desired =
      environment && config.standing !== 'stalled'
        ? desiredSimulators(environment, all, platformOf(context, namespace, credentials.hash))
        : undefined
    const { made, failure, thrown } = await attempt(async () => {
      if (!desired || paused) return undefined
      const rollout = { policy: 'Automatic' } as const
      const applied = await makeChildren(pass, context, object, desired, { rollout })
      await pruneChildren(
        pass,
        context,
        object,
        desired,
        ENVIRONMENTS,
        async (child) => !(await isWantedLive(pass, context, child))
      )
      return applied
    })

    const simulators: EnvironmentView['simulators'][number][] = []
    for (const { kind, metadata } of desired ?? []) {
      if (kind !== 'Deployment') continue
      const { name } = metadata
      const workload = await workloadAt(pass, context, name, made?.deployments.get(name))
      simulators.push({ name, ...workload })
    }
    const view: EnvironmentView = {
      environment,
      config,
      credentials: credentials.fact,
      paused,
      feeds,
      captured: feeds
        .map(({ metadata }) => metadata.name)
        .filter((name) =>
          context.reports.connectors(pass.key, name).some(({ connected }) => connected > 0)
        ),
      simulators,
      pending: [...new Set([...(made?.pending.values() ?? [])].flat())],
      link: context.links.status(pass.key),
      settled: context.isSettled(),
      failure,
    }
    const result = await finish(pass, context, {
      resource: ENVIRONMENTS,
      object,
      summary: environmentSummary(view),
      figures: environmentFigures(view),
      againMs:
        credentials.fact.standing === 'good'
          ? context.statusRate.figuresMs * (0.8 + context.random() * 0.2)
          : WAIT_MS * (1 + context.random()),
    })
    if (thrown !== undefined) throw thrown
    return result
  }

/** Reads from the API server before a simulator is deleted: a stale cache must not stop one. */
async function isWantedLive(pass: Pass, context: Context, child: KubeObject): Promise<boolean> {
  const name = child.metadata.labels?.['ssmd.io/feed'] ?? ''
  const [object, feed] = await Promise.all([
    pass.getLive(ENVIRONMENTS, pass.key),
    name === '' ? undefined : pass.getLive(FEEDS, `${pass.namespace}/${name}`),
  ])
  if (!object || object.metadata.deletionTimestamp || !feed) return false
  const judged = context.judged.of('Environment', object).resource
  const judgedFeed = context.judged.of('Feed', feed).resource
  // If the Feed or the Environment is invalid, leave the simulator running.
  if (!judged || !judgedFeed) return true
  const plays = simulatedFeeds(judged, [judgedFeed], { date: utcDay(context.nowMs()) }).length > 0
  const names = [simulatorName(pass.name, name), simulatorService(pass.name, name)]
  return plays && names.includes(child.metadata.name)
}

/** The Feeds that it names; all Feeds if it takes all, or if one is missing, to suggest a similar name. */
function feedObjects(
  context: Context,
  namespace: string,
  environment: KubeObject
): readonly KubeObject[] {
  const names = [
    ...textsAt(environment, 'spec', 'feeds'),
    ...textsAt(environment, 'spec', 'simulator', 'feeds'),
  ]
  const named = [...new Set(names)].map((name) => context.feeds.store.get(`${namespace}/${name}`))
  const there = named.filter((object) => object !== undefined)
  return there.length === named.length ? there : inNamespace(context.feeds, namespace)
}

function fitness(
  context: Context,
  object: KubeObject,
  resources: Resources
): { readonly environment: Environment | undefined; readonly config: Fact } {
  const { resource, problem } = context.judged.of('Environment', object)
  if (!resource) return { environment: undefined, config: stalled('InvalidSpec', problem) }
  const problems = checkEnvironment(located(resource), resources, utcDay(context.nowMs()))
  // A missing resource may still be created; an invalid one stays invalid until it is edited.
  const wrong = problems.filter(({ code }) => code !== 'SSMD_E_REFERENCE')
  if (wrong.length > 0)
    return { environment: resource, config: stalled('InvalidSpec', describeProblems(wrong)) }
  if (problems.length > 0)
    return { environment: resource, config: waiting('FeedNotFound', describeProblems(problems)) }
  return { environment: resource, config: good('Valid') }
}

function credentialsOf(
  context: Context,
  namespace: string,
  environment: Environment,
  feeds: readonly Feed[]
): Promise<Credentials> {
  const needs = new Map<string, Need>()
  if (!environment.spec.suspend)
    for (const feed of feeds) {
      const key = isSimulated(environment, feed) ? undefined : keyOf(environment, feed)
      const name = key?.key.source.secret?.name
      if (key && name !== undefined)
        needs.set(`${name} ${key.name}`, { name, fields: key.key.fields })
    }
  const reference = environment.spec.transport.credentialsRef
  if (reference) needs.set('nats', { name: reference.name, fields: ['nats.creds'] })
  return readCredentials(context.secrets, namespace, [...needs.values()])
}

async function link(
  context: Context,
  key: string,
  namespace: string,
  environment: Environment
): Promise<void> {
  const { url, credentialsRef } = environment.spec.transport
  if (!credentialsRef) {
    context.links.want(key, { url, credentials: undefined })
    return
  }
  const credentials = await context.secrets.text(
    `${namespace}/${credentialsRef.name}`,
    'nats.creds'
  )
  if (credentials === undefined) context.links.drop(key)
  else context.links.want(key, { url, credentials })
}
