// The workloads that the operator wants of a set of stored resources, made by its own pure functions; and what it leaves alone, because a
// resource is paused, not valid, or waits for something.

import type { Resources } from '#crds/located.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { claimProblem } from '../../operator/archive/claim.ts'
import { desiredArchiver } from '../../operator/archive/desired.ts'
import { checkArchive } from '../../operator/archive/policies.ts'
import { desiredSimulators } from '../../operator/environment/desired.ts'
import { checkEnvironment } from '../../operator/environment/policies.ts'
import { credentialsFor } from '../../operator/feed/captures.ts'
import { desiredConnector } from '../../operator/feed/desired.ts'
import { checkFeed } from '../../operator/feed/policies.ts'
import { findDrift } from '../../operator/kube/drift.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { platformOf } from '../../operator/reconcile/context.ts'
import {
  type Credentials,
  type Need,
  readCredentials,
} from '../../operator/reconcile/credentials.ts'
import { isPaused, ROLLOUT, textsAt } from '../../operator/reconcile/kinds.ts'
import type { Secrets } from '../../operator/reconcile/secrets.ts'
import { archiverName, shardIn } from '../../operator/render/names.ts'
import type { Child, ConfigMap, Deployment } from '../../operator/render/objects.ts'
import { HOST_ROOT, type Platform } from '../../operator/render/platform.ts'
import type { RolloutPolicy } from '../../operator/render/rollout.ts'
import { checkCapture } from '../../operator/validation/capture-policies.ts'
import {
  brokenAmong,
  describeProblems,
  Judged,
  located,
  locatedAll,
} from '../../operator/validation/judged.ts'

export type Stored = {
  readonly feeds: readonly KubeObject[]
  readonly environments: readonly KubeObject[]
  readonly archives: readonly KubeObject[]
  readonly signals: readonly KubeObject[]
}

/** What captures, keeps or plays one thing: the connectors of a feed together, an archiver, a simulator. */
export type Group = {
  readonly kind: 'capture' | 'archiver' | 'simulator'
  /** Such as `kraken in live`. */
  readonly name: string
  /** Of its Deployments. */
  readonly labels: Readonly<Record<string, string>>
  readonly rollout: RolloutPolicy
  readonly asked: string | undefined
  readonly wanted: Wanted
}

/**
 * `parts` are in order, the first shard first. `blocked`: the operator changes nothing of it, and why. `kept`: nor of these, of which
 * nothing need be said.
 */
type Wanted =
  | { readonly kind: 'objects'; readonly parts: readonly Part[] }
  | { readonly kind: 'blocked'; readonly why: string }
  | { readonly kind: 'kept' }

export type Part = { readonly deployment: Deployment; readonly config: ConfigMap | undefined }

export type Sight = {
  readonly namespace: string
  readonly nowMs: number
  readonly secrets: Secrets
  /** Claims by name. */
  readonly claims: ReadonlyMap<string, KubeObject>
  /** Why the API server refuses this claim instead of the one that exists, or undefined. */
  readonly refusalOf: (claim: KubeObject) => Promise<string | undefined>
}

const AUTOMATIC: RolloutPolicy = { policy: 'Automatic' }

export async function wantedGroups(stored: Stored, sight: Sight): Promise<Group[]> {
  const judged = new Judged()
  // Of two archives with the same files the older one keeps them.
  const archives = [...stored.archives].sort((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1))
  const all = {
    feeds: judged.all('Feed', stored.feeds),
    environments: judged.all('Environment', stored.environments),
    archives: judged.all('Archive', archives),
    signals: judged.all('Signal', stored.signals),
    problems: brokenAmong(judged, 'Feed', stored.feeds),
  }
  const house = { judged, sight, all, resources: locatedAll(all), day: utcDay(sight.nowMs) }
  const groups: Group[] = []
  for (const object of stored.environments) {
    for (const feedObject of stored.feeds)
      if (names(object, feedObject)) groups.push(await captureOf(feedObject, object, house))
    groups.push(...simulatorsOf(object, house))
  }
  for (const object of archives) groups.push(await archiverOf(object, house))
  return groups
}

/** All resources, and what they are looked at with. */
type House = {
  readonly judged: Judged
  readonly sight: Sight
  readonly all: Required<Parameters<typeof locatedAll>[0]>
  readonly resources: Resources
  readonly day: string
}

const ageOf = ({ metadata }: KubeObject): string =>
  `${metadata.creationTimestamp ?? ''} ${metadata.name}`

/** As the operator reads it from a stored object, valid or not. */
function names(environment: KubeObject, { metadata }: KubeObject): boolean {
  const feeds = textsAt(environment, 'spec', 'feeds')
  return feeds.includes('*') || feeds.includes(metadata.name)
}

async function captureOf(
  feedObject: KubeObject,
  environmentObject: KubeObject,
  { judged, sight, day }: House
): Promise<Group> {
  const { resource: feed, problem } = judged.of('Feed', feedObject)
  const { resource: environment, problem: why } = judged.of('Environment', environmentObject)
  const name = feedObject.metadata.name
  const within = environmentObject.metadata.name
  const group = {
    kind: 'capture',
    name: `${name} in ${within}`,
    labels: { 'ssmd.io/feed': name, 'ssmd.io/environment': within },
    rollout: environment?.spec.connector.rollout ?? AUTOMATIC,
    asked: feedObject.metadata.annotations?.[ROLLOUT],
  } as const
  const blocked = (what: string): Group => ({ ...group, wanted: { kind: 'blocked', why: what } })
  if (isPaused(feedObject)) return blocked('it is paused')
  if (feed === undefined) return blocked(problem)
  const own = checkFeed(located(feed), day)
  if (own.length > 0) return blocked(describeProblems(own))
  const off: Group = { ...group, wanted: { kind: 'objects', parts: [] } }
  if (feed.spec.state === 'disabled') return off
  if (environment === undefined) return blocked(`Environment ${within}: ${why}`)
  if (environment.spec.suspend === true) return off
  const problems = checkCapture(located(environment), feed, day)
  if (problems.length > 0) return blocked(describeProblems(problems))
  const { fact, hash } = await credentialsFor(sight.secrets, sight.namespace, feed, environment)
  if (fact.standing !== 'good') return blocked(fact.what)
  const objects = desiredConnector(feed, environment, platform(sight, hash))
  return { ...group, wanted: { kind: 'objects', parts: partsOf(objects) } }
}

function simulatorsOf(object: KubeObject, { judged, all, resources, day, sight }: House): Group[] {
  const { resource: environment, problem } = judged.of('Environment', object)
  const { name } = object.metadata
  const group = (labels: Group['labels'], wanted: Wanted): Group => {
    const feed = labels['ssmd.io/feed']
    const title = feed === undefined ? name : `${feed} in ${name}`
    const of = { 'ssmd.io/environment': name, ...labels }
    const rest = { rollout: AUTOMATIC, asked: undefined }
    return { kind: 'simulator', name: title, labels: of, ...rest, wanted }
  }
  if (environment === undefined) return [group({}, { kind: 'blocked', why: problem })]
  const problems = checkEnvironment(located(environment), resources, day).filter(
    ({ code }) => code !== 'SSMD_E_REFERENCE'
  )
  const why = isPaused(object) ? 'it is paused' : describeProblems(problems)
  const wanted = partsOf(
    desiredSimulators(
      environment,
      all.feeds,
      platform(sight, () => undefined)
    )
  ).map((part) =>
    group(
      { 'ssmd.io/feed': part.deployment.metadata.labels['ssmd.io/feed'] ?? '' },
      why === '' ? { kind: 'objects', parts: [part] } : { kind: 'blocked', why }
    )
  )
  return why === '' ? wanted : [...wanted, group({}, { kind: 'kept' })]
}

async function archiverOf(
  object: KubeObject,
  { judged, all, resources, sight }: House
): Promise<Group> {
  const { resource: archive, problem } = judged.of('Archive', object)
  const { name } = object.metadata
  const group = {
    kind: 'archiver',
    name,
    labels: { 'ssmd.io/archive': name },
    rollout: AUTOMATIC,
    asked: object.metadata.annotations?.[ROLLOUT],
  } as const
  const blocked = (why: string): Group => ({ ...group, wanted: { kind: 'blocked', why } })
  if (isPaused(object)) return blocked('it is paused')
  if (archive === undefined) return blocked(problem)
  const within = archive.spec.environmentRef.name
  const environment = all.environments.find(({ metadata }) => metadata.name === within)
  if (environment === undefined) return blocked(`there is no valid Environment ${within}`)
  const self = resources.archives.find(({ resource }) => resource === archive)
  const problems = checkArchive(self ?? located(archive), resources)
  if (problems.length > 0) return blocked(describeProblems(problems))
  const refused = claimProblem(archive, sight.claims.get(archiverName(name)))
  if (refused !== undefined) return blocked(refused)
  const reference = environment.spec.transport.credentialsRef
  const needs: Need[] = reference ? [{ name: reference.name, fields: ['nats.creds'] }] : []
  const { fact, hash } = await readCredentials(sight.secrets, sight.namespace, needs)
  if (fact.standing !== 'good') return blocked(fact.what)
  const objects = desiredArchiver(archive, environment, all.feeds, platform(sight, hash))
  const claim = objects.find((one) => one.kind === 'PersistentVolumeClaim')
  const live = claim && sight.claims.get(claim.metadata.name)
  if (live !== undefined && findDrift(claim?.spec, live.spec).length > 0) {
    const why = await sight.refusalOf(claim as KubeObject)
    if (why !== undefined) return blocked(why)
  }
  return { ...group, wanted: { kind: 'objects', parts: partsOf(objects) } }
}

/** Without an image: that of the operator is no part of a change of resources. */
const platform = ({ namespace, nowMs }: Sight, hash: Credentials['hash']): Platform =>
  platformOf({ image: '', nowMs: () => nowMs, hostRoot: HOST_ROOT }, namespace, hash)

function partsOf(objects: readonly Child[]): Part[] {
  const configs = new Map(
    objects.flatMap((one) => (one.kind === 'ConfigMap' ? [[one.metadata.name, one] as const] : []))
  )
  return objects
    .flatMap((one) => (one.kind === 'Deployment' ? [one as Deployment] : []))
    .map((deployment) => ({
      deployment,
      config: configs.get(deployment.metadata.name) as ConfigMap,
    }))
    .sort((a, b) => shardIn(a.deployment.metadata.labels) - shardIn(b.deployment.metadata.labels))
}
