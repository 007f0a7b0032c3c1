// The four controllers on one manager: which kinds are watched, and which change enqueues which resource. A change of an
// Environment enqueues its Feeds, Archives and Signals by index; a status that we wrote enqueues nothing.

import type { Logger } from 'pino'
import { reconcileArchive } from './archive/reconcile.ts'
import { reconcileEnvironment } from './environment/reconcile.ts'
import { reconcileFeed } from './feed/reconcile.ts'
import type { Informer } from './kube/informer.ts'
import { controllerOf, type Key, type KubeObject, keyOf, PODS } from './kube/objects.ts'
import { PRIORITY } from './kube/queue.ts'
import type { Change } from './kube/store.ts'
import { claimsOf } from './pods/claims.ts'
import { type Pod, podEssentials, workloadOf } from './pods/essentials.ts'
import { podWishes } from './pods/wishes.ts'
import { CHILD_KINDS } from './reconcile/children.ts'
import { type Context, environmentsNaming } from './reconcile/context.ts'
import {
  ARCHIVES,
  ENVIRONMENTS,
  FEEDS,
  MANAGED_BY,
  RESOURCES,
  SIGNALS,
  textsAt,
} from './reconcile/kinds.ts'
import { NatsLinks } from './reconcile/links.ts'
import { Orphans } from './reconcile/orphans.ts'
import { Reports, STALE_MS } from './reconcile/reports.ts'
import { Secrets } from './reconcile/secrets.ts'
import { StatusRate } from './reconcile/status-rate.ts'
import { Templates } from './reconcile/templates.ts'
import { Warnings } from './reconcile/warnings.ts'
import type { Controller } from './runtime/controller.ts'
import type { Manager, Watching } from './runtime/manager.ts'
import { mappedWishes } from './runtime/triggers.ts'
import { reconcileSignal } from './signal/reconcile.ts'
import { isReady } from './status/status.ts'
import { Judged } from './validation/judged.ts'

export type ControllersOptions = {
  readonly manager: Manager
  readonly log: Logger
  /** Default: all. */
  readonly namespace: string | undefined
  readonly image: string
  /** Names of Secrets beside the resources, for nodes to pull the image with. Default none. */
  readonly pullSecrets?: readonly string[]
  readonly hostRoot: string
  readonly nowMs?: () => number
  readonly random?: () => number
  readonly figuresMs?: number
  /** Interval between two searches for durables of deleted Archives. */
  readonly sweepMs?: number
  /** Writes nothing, in NATS neither. */
  readonly readOnly?: boolean
}

/** Applying a folder changes a thousand Feeds within a second: count them once, after this delay. */
const CROWD_MS = 500

const namespaceOf = ({ metadata }: KubeObject): string => metadata.namespace ?? ''
const inSame = (object: KubeObject, names: readonly string[]): string[] =>
  names.map((name) => `${namespaceOf(object)}/${name}`)

export const feedsNamedBy = (environment: KubeObject): string[] =>
  inSame(environment, textsAt(environment, 'spec', 'feeds'))
/** Of an Archive or a Signal. */
const environmentOf = (object: KubeObject): string[] =>
  inSame(object, textsAt(object, 'spec', 'environmentRef', 'name'))

/** Adds the controllers; `close` ends the links to NATS. */
export function addControllers(options: ControllersOptions): {
  context: Context
  /** By name: feed, environment, archive, signal. */
  controllers: readonly Controller[]
  close(): Promise<void>
} {
  const { manager, log, namespace, nowMs = Date.now, random = Math.random } = options
  const byNamespace = (object: KubeObject) => [namespaceOf(object)]
  const indexes = { namespace: byNamespace }
  const feeds = manager.informer(FEEDS, { namespace, indexes })
  const environments = manager.informer(ENVIRONMENTS, {
    namespace,
    indexes: { ...indexes, feed: feedsNamedBy },
  })
  const archives = manager.informer(ARCHIVES, {
    namespace,
    indexes: { ...indexes, environment: environmentOf },
  })
  const signals = manager.informer(SIGNALS, {
    namespace,
    indexes: { ...indexes, environment: environmentOf, feed: feedsNamedBy },
  })
  const [label, value] = Object.entries(MANAGED_BY)[0] as [string, string]
  const children = CHILD_KINDS.map((resource) =>
    manager.informer(resource, {
      namespace,
      labelSelector: `${label}=${value}`,
      indexes: { owner: ownerUid, claim: (child) => inSame(child, claimsOf(child)) },
    })
  )
  const pods = manager.informer(PODS, {
    namespace,
    labelSelector: `${label}=${value}`,
    transform: podEssentials,
    indexes: {
      workload: (pod) => inSame(pod, [workloadOf(pod) ?? []].flat()),
      claim: (pod) => inSame(pod, (pod as Pod).essentials.claims),
    },
  })
  const reports = new Reports(nowMs)
  const links = new NatsLinks({
    log,
    nowMs,
    readOnly: options.readOnly ?? false,
    onReport: (environment, data) => {
      const report = reports.take(environment, data)
      if (!report) return
      if (report.role === 'connector') {
        wake(feedController, [`${environment.split('/')[0]}/${report.feed}`])
        wake(environmentController, [environment], CROWD_MS)
      } else if (report.role === 'archiver')
        wake(archiveController, [`${environment.split('/')[0]}/${report.archive}`])
      else wake(signalController, [`${environment.split('/')[0]}/${report.signal}`])
    },
    onChange: (environment) => {
      wake(environmentController, [environment])
      wake(archiveController, archives.store.keysBy('environment', environment))
      wake(signalController, signals.store.keysBy('environment', environment))
      const object = environments.store.get(environment)
      if (object) wake(feedController, feedKeys(object))
    },
  })
  const context: Context = {
    feeds,
    environments,
    archives,
    signals,
    children,
    pods,
    warnings: new Warnings(manager.client, nowMs),
    judged: new Judged(),
    secrets: new Secrets(manager.client, nowMs),
    reports,
    links,
    statusRate: new StatusRate(nowMs, options.figuresMs),
    orphans: new Orphans(nowMs, options.sweepMs),
    templates: new Templates(),
    isSettled: settledAfter(STALE_MS, nowMs),
    image: options.image,
    pullSecrets: options.pullSecrets ?? [],
    hostRoot: options.hostRoot,
    nowMs,
    random,
  }
  const feedKeys = (environment: KubeObject): Key[] => {
    const keys = feedsNamedBy(environment)
    const all = `${namespaceOf(environment)}/*`
    return keys.includes(all)
      ? [...feeds.store.keysBy('namespace', namespaceOf(environment))]
      : keys
  }
  const environmentKeys = (feed: KubeObject): Key[] =>
    environmentsNaming(context, namespaceOf(feed), feed.metadata.name).map(keyOf)
  const archiveKeys = (environment: KubeObject): readonly Key[] =>
    archives.store.keysBy('environment', keyOf(environment))
  /** Archives record which of their feeds are simulated, and two may name the same files. */
  const archivesBeside = (object: KubeObject): readonly Key[] =>
    archives.store.keysBy('namespace', namespaceOf(object))

  const signalKeys = (environment: KubeObject): readonly Key[] =>
    signals.store.keysBy('environment', keyOf(environment))
  const readersOf = (feed: KubeObject): readonly Key[] => signals.store.keysBy('feed', keyOf(feed))

  const feedController = manager.controller({
    name: 'feed',
    for: feeds,
    owns: children,
    watches: [onIntent(environments, feedKeys), onPods(pods, 'ssmd.io/feed', 'connector')],
    reconcile: reconcileFeed(context),
  })
  const environmentController = manager.controller({
    name: 'environment',
    for: environments,
    owns: children,
    watches: [
      inCrowds(onIntent(feeds, environmentKeys)),
      inCrowds(onReady(feeds, environmentKeys)),
      onPods(pods, 'ssmd.io/environment', 'simulator'),
    ],
    reconcile: reconcileEnvironment(context),
  })
  const archiveController = manager.controller({
    name: 'archive',
    for: archives,
    owns: children,
    watches: [
      onIntent(environments, archiveKeys),
      inCrowds(onIntent(feeds, archivesBeside)),
      onIntent(archives, archivesBeside),
      // What a Signal fires is a feed too.
      onIntent(signals, archivesBeside),
      onPods(pods, 'ssmd.io/archive', 'archiver'),
      // Claims have no owner, so no event enqueues one.
      onIntent(childrenNamed(children, 'PersistentVolumeClaim'), (claim) =>
        inSame(claim, textsAt(claim, 'metadata', 'labels', 'ssmd.io/archive'))
      ),
    ],
    reconcile: reconcileArchive(context),
  })
  const signalController = manager.controller({
    name: 'signal',
    for: signals,
    owns: children,
    watches: [
      onIntent(environments, signalKeys),
      inCrowds(onIntent(feeds, readersOf)),
      onPods(pods, 'ssmd.io/signal', 'signal'),
    ],
    reconcile: reconcileSignal(context),
  })
  const wake = (controller: Controller, keys: Iterable<Key>, afterMs = 0): void => {
    for (const key of keys) manager.enqueue(controller, key, { priority: PRIORITY.event, afterMs })
  }
  const controllers = [feedController, environmentController, archiveController, signalController]
  return { context, controllers, close: () => links.close() }
}

/** True once this time has passed since the first call. */
function settledAfter(ms: number, nowMs: () => number): () => boolean {
  let first: number | undefined
  return () => {
    first ??= nowMs()
    return nowMs() - first > ms
  }
}

function ownerUid(child: KubeObject): readonly string[] {
  for (const kind of Object.values(RESOURCES)) {
    const owner = controllerOf(child, kind)
    if (owner) return [owner.uid]
  }
  return []
}

function childrenNamed(children: readonly Informer[], kind: string): Informer {
  const found = children.find(({ resource }) => resource.kind === kind)
  if (!found) throw new Error(`no informer watches ${kind}`)
  return found
}

/** The spec or an annotation changed, or the object was created or deleted. */
const onIntent = (informer: Informer, map: (object: KubeObject) => Iterable<Key>): Watching => ({
  informer,
  wishes: (change) => (isIntent(change) ? mappedWishes(change, map) : []),
})

/** The description of this pod changed: enqueue the resource that its label names. */
const onPods = (informer: Informer, label: string, component: string): Watching => ({
  informer,
  wishes: (change) => podWishes(change, label, component),
})

const inCrowds = ({ informer, wishes }: Watching): Watching => ({
  informer,
  wishes: (change) => wishes(change).map((wish) => ({ ...wish, afterMs: CROWD_MS })),
})

const onReady = (informer: Informer, map: (object: KubeObject) => Iterable<Key>): Watching => ({
  informer,
  wishes: (change) =>
    change.kind === 'updated' && isReady(change.old) !== isReady(change.object)
      ? mappedWishes(change, map)
      : [],
})

function isIntent(change: Change<KubeObject>): boolean {
  if (change.kind !== 'updated') return true
  const { old, object } = change
  return (
    old.metadata.generation === undefined ||
    old.metadata.generation !== object.metadata.generation ||
    old.metadata.deletionTimestamp !== object.metadata.deletionTimestamp
  )
}
