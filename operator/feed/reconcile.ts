// One pass over a Feed: a connector in each Environment that names it, its stream, and the status. The only file of the
// room with I/O.

import { streamWantOf } from '#bus/stream-config.ts'
import { feedsOf, shardsOf } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { proofOf, proofText } from '#crds/proof.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { versionInForce } from '#crds/versions.ts'
import { DEPLOYMENTS, type KubeObject, keyOf } from '../kube/objects.ts'
import { attempt, type Made, makeChildren, pruneChildren } from '../reconcile/children.ts'
import type { Context, StreamVerdict } from '../reconcile/context.ts'
import { finish } from '../reconcile/finish.ts'
import { ENVIRONMENTS, FEEDS, isPaused } from '../reconcile/kinds.ts'
import { workloadAt } from '../reconcile/observe.ts'
import { rateKey } from '../reconcile/status-rate.ts'
import { shardIn } from '../render/names.ts'
import type { Child } from '../render/objects.ts'
import type { Reconcile } from '../runtime/controller.ts'
import type { Pass } from '../runtime/pass.ts'
import { type Fact, good, stalled } from '../status/status.ts'
import { describeProblems, located } from '../validation/judged.ts'
import { type Capture, capturesOf } from './captures.ts'
import { checkFeed } from './policies.ts'
import {
  type CaptureView,
  type ConnectorView,
  type FeedView,
  feedFigures,
  feedSummary,
} from './status.ts'

/** Retry interval while waiting for another object that is not watched, such as a Secret. */
const WAIT_MS = 5_000

export const reconcileFeed =
  (context: Context): Reconcile =>
  async (pass) => {
    const object = await pass.get(FEEDS, pass.key)
    if (!object || object.metadata.deletionTimestamp) {
      context.statusRate.forget(rateKey(FEEDS.kind, pass.key))
      return
    }
    const namespace = pass.namespace ?? ''
    const paused = isPaused(object)
    const { feed, config } = fitness(context, object)
    const captures = feed && !isDisabled(feed) ? await capturesOf(context, namespace, feed) : []

    const { made, failure, thrown } = await attempt(async () => {
      if (!feed || paused) return undefined
      const applied = await makeConnectors(pass, context, object, captures)
      await prune(pass, context, object, captures, applied)
      return applied
    })
    const views: CaptureView[] = []
    for (const capture of captures) {
      views.push(await viewOf(pass, context, capture, made?.get(capture.name), paused))
    }

    const day = utcDay(context.nowMs())
    const view: FeedView = {
      config,
      disabled: feed !== undefined && isDisabled(feed),
      paused,
      version: feed && versionInForce(feed, day)?.name,
      proof: feed && proofText(proofOf(feed)),
      captures: views,
      settled: context.isSettled(),
      failure,
      day,
    }
    const result = await finish(pass, context, {
      resource: FEEDS,
      object,
      summary: feedSummary(view),
      figures: feedFigures(view),
      againMs: againMs(context, captures),
    })
    // Show it in the status first, then retry with back-off.
    if (thrown !== undefined) throw thrown
    return result
  }

/** Changes without a watch: a missing Secret appears, reports stop, a stream is deleted. */
function againMs(context: Context, captures: readonly Capture[]): number | undefined {
  if (captures.some(({ credentials }) => credentials.standing !== 'good'))
    return WAIT_MS * (1 + context.random())
  if (captures.every(({ suspended }) => suspended)) return undefined
  return inCompany(context, context.statusRate.figuresMs * (0.8 + context.random() * 0.2))
}

/** Feeds share the moment of this check: hundreds of checks in a row cost a tenth of the same number spread out. */
function inCompany({ statusRate, nowMs }: Context, waitMs: number): number {
  const now = nowMs()
  const step = statusRate.figuresMs / 30
  return Math.ceil((now + waitMs) / step) * step - now
}

const isDisabled = (feed: Feed): boolean => feed.spec.state === 'disabled'

function fitness(
  context: Context,
  object: KubeObject
): { readonly feed: Feed | undefined; readonly config: Fact } {
  const { resource, problem } = context.judged.of('Feed', object)
  if (!resource) return { feed: undefined, config: stalled('InvalidSpec', problem) }
  const problems = checkFeed(located(resource), utcDay(context.nowMs()))
  return problems.length === 0
    ? { feed: resource, config: good('Valid') }
    : { feed: undefined, config: stalled('InvalidSpec', describeProblems(problems)) }
}

async function makeConnectors(
  pass: Pass,
  context: Context,
  owner: KubeObject,
  captures: readonly Capture[]
): Promise<ReadonlyMap<string, Made>> {
  const made = new Map<string, Made>()
  for (const { name, desired, environment } of captures) {
    if (!desired) continue
    const rollout = environment?.spec.connector.rollout ?? { policy: 'Automatic' }
    const make = (objects: readonly Child[]) =>
      makeChildren(pass, context, owner, objects, { rollout })
    const isFirst = ({ metadata }: Child) => shardIn(metadata.labels) === 0
    const first = await make(desired.filter(isFirst))
    const others = desired.filter((object) => !isFirst(object))
    // Shards change together: a new one waits with those that have to give it symbols.
    const shown = isHeld(first) ? await existing(pass, others) : others
    const more = await make(shown)
    made.set(name, {
      deployments: new Map([...first.deployments, ...more.deployments]),
      pending: new Map([...first.pending, ...more.pending]),
    })
  }
  return made
}

/** Its configuration waits for the roll-out. */
const isHeld = ({ pending }: Made): boolean =>
  [...pending.values()].flat().some((cause) => cause !== 'image')

/** The objects of Deployments that exist. */
async function existing(pass: Pass, objects: readonly Child[]): Promise<Child[]> {
  const names = new Set<string>()
  for (const object of objects) {
    if (object.kind !== 'Deployment') continue
    if (await pass.get(DEPLOYMENTS, keyOf(object))) names.add(object.metadata.name)
  }
  return objects.filter(({ metadata }) => names.has(metadata.name))
}

/**
 * Deletes what no Environment wants; blocked captures keep their objects, and those that wait for a roll-out keep shards whose
 * symbols the others do not have yet.
 */
async function prune(
  pass: Pass,
  context: Context,
  owner: KubeObject,
  captures: readonly Capture[],
  made: ReadonlyMap<string, Made>
): Promise<void> {
  const isKept = ({ name, desired, suspended }: Capture): boolean => {
    const its = made.get(name)
    return !desired || (!suspended && its !== undefined && isHeld(its))
  }
  const hindered = new Set(captures.filter(isKept).map(({ name }) => name))
  const wanted = captures.flatMap(({ desired }) => desired ?? [])
  return pruneChildren(pass, context, owner, wanted, FEEDS, async (child) => {
    const environment = child.metadata.labels?.['ssmd.io/environment'] ?? ''
    const shard = shardIn(child.metadata.labels)
    return !hindered.has(environment) && !(await isWantedLive(pass, context, environment, shard))
  })
}

/** Reads from the API server before a capture is deleted: a stale cache must not stop one. */
async function isWantedLive(
  pass: Pass,
  context: Context,
  environment: string,
  shard: number
): Promise<boolean> {
  const [feed, within] = await Promise.all([
    pass.getLive(FEEDS, pass.key),
    environment === '' ? undefined : pass.getLive(ENVIRONMENTS, `${pass.namespace}/${environment}`),
  ])
  if (!feed || feed.metadata.deletionTimestamp || !within) return false
  const judgedFeed = context.judged.of('Feed', feed).resource
  const judgedEnvironment = context.judged.of('Environment', within).resource
  // If the Feed or the Environment is invalid, leave the capture running.
  if (!judgedFeed || !judgedEnvironment) return true
  const { suspend } = judgedEnvironment.spec
  if (suspend || feedsOf(judgedEnvironment, [judgedFeed]).length === 0) return false
  return shard < shardsOf(judgedEnvironment, judgedFeed)
}

async function viewOf(
  pass: Pass,
  context: Context,
  capture: Capture,
  made: Made | undefined,
  paused: boolean
): Promise<CaptureView> {
  const { key, name, environment } = capture
  const feed = pass.name
  return {
    ...capture,
    connectors: await connectorsOf(pass, context, capture, made),
    stream: await streamOf(context, capture, feed, paused),
    archivers: environment ? context.reports.archivers(key, { feed }) : [],
    name,
  }
}

async function connectorsOf(
  pass: Pass,
  context: Context,
  { key, environment, connectors }: Capture,
  made: Made | undefined
): Promise<readonly ConnectorView[]> {
  const reports = environment ? context.reports.connectors(key, pass.name) : []
  const views: ConnectorView[] = []
  for (const [shard, name] of connectors.entries()) {
    const workload = await workloadAt(pass, context, name, made?.deployments.get(name))
    // A shard that waits for the roll-out of the others is not missing.
    if (shard > 0 && !workload.deployment && made && isHeld(made)) continue
    views.push({
      name,
      ...workload,
      pending: made?.pending.get(name) ?? [],
      report: reports.find((report) => report.name === name),
    })
  }
  return views
}

async function streamOf(
  context: Context,
  { key, environment, suspended }: Capture,
  feed: string,
  paused: boolean
): Promise<StreamVerdict> {
  if (!environment || suspended) return { kind: 'good' }
  if (!paused) return context.links.ensureStream(key, streamWantOf(environment, feed))
  const { connected, why } = context.links.status(key)
  return connected ? { kind: 'good' } : { kind: 'away', why }
}
