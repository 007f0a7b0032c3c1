// The workloads that the operator wants of a set of stored resources, made by its own pure functions; and what it leaves alone, because a
// resource is paused, not valid, or waits for something.

import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { utcDay } from '#crds/rfc3339.ts'
import { desiredArchiver } from '../../operator/archive/desired.ts'
import { checkArchive } from '../../operator/archive/policies.ts'
import { desiredSimulators } from '../../operator/environment/desired.ts'
import { checkEnvironment } from '../../operator/environment/policies.ts'
import { needsOf } from '../../operator/feed/captures.ts'
import { desiredConnector } from '../../operator/feed/desired.ts'
import { checkFeed } from '../../operator/feed/policies.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { platformOf } from '../../operator/reconcile/context.ts'
import {
  type Credentials,
  type Need,
  readCredentials,
} from '../../operator/reconcile/credentials.ts'
import { isPaused, ROLLOUT } from '../../operator/reconcile/kinds.ts'
import type { Secrets } from '../../operator/reconcile/secrets.ts'
import { shardIn } from '../../operator/render/names.ts'
import type { Child, ConfigMap, Deployment } from '../../operator/render/objects.ts'
import { HOST_ROOT, type Platform } from '../../operator/render/platform.ts'
import type { RolloutPolicy } from '../../operator/render/rollout.ts'
import { checkCapture } from '../../operator/validation/capture-policies.ts'
import { describeProblems, Judged, located, locatedAll } from '../../operator/validation/judged.ts'

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
  /** In order, the first shard first. `blocked`: the operator changes nothing of it, and why. */
  readonly wanted:
    | { readonly kind: 'objects'; readonly parts: readonly Part[] }
    | { readonly kind: 'blocked'; readonly why: string }
}

export type Part = { readonly deployment: Deployment; readonly config: ConfigMap | undefined }

export type Sight = {
  readonly namespace: string
  readonly nowMs: number
  readonly secrets: Secrets
}

const AUTOMATIC: RolloutPolicy = { policy: 'Automatic' }

export async function wantedGroups(stored: Stored, sight: Sight): Promise<Group[]> {
  const judged = new Judged()
  const day = utcDay(sight.nowMs)
  const all = {
    feeds: judged.all('Feed', stored.feeds),
    environments: judged.all('Environment', stored.environments),
    archives: judged.all('Archive', stored.archives),
  }
  const resources = locatedAll(all)
  const groups: Group[] = []
  for (const object of stored.environments) {
    const { resource: environment } = judged.of('Environment', object)
    if (environment === undefined) continue
    for (const feedObject of stored.feeds) {
      const { resource: feed } = judged.of('Feed', feedObject)
      if (feed !== undefined && names(environment, feed))
        groups.push(await captureOf({ feed, feedObject, environment, day }, sight))
    }
    const problems = checkEnvironment(located(environment), resources, day).filter(
      ({ code }) => code !== 'SSMD_E_REFERENCE'
    )
    const isPausedHere = isPaused(object)
    for (const one of simulatorsOf(environment, all.feeds, sight)) {
      const why = isPausedHere ? 'it is paused' : describeProblems(problems)
      groups.push(why === '' ? one : { ...one, wanted: { kind: 'blocked', why } })
    }
  }
  for (const object of stored.archives) {
    const { resource: archive } = judged.of('Archive', object)
    const environment = all.environments.find(
      ({ metadata }) => metadata.name === archive?.spec.environmentRef.name
    )
    if (archive === undefined || environment === undefined) continue
    const self = resources.archives.find(({ resource }) => resource === archive)
    const problems = checkArchive(self ?? located(archive), resources)
    const why = isPaused(object) ? 'it is paused' : describeProblems(problems)
    groups.push(await archiverOf({ archive, environment, object, why }, all.feeds, sight))
  }
  return groups
}

const names = ({ spec }: Environment, { metadata }: Feed): boolean =>
  spec.feeds.includes('*') || spec.feeds.includes(metadata.name)

type CaptureInput = {
  readonly feed: Feed
  readonly feedObject: KubeObject
  readonly environment: Environment
  readonly day: string
}

async function captureOf(
  { feed, feedObject, environment, day }: CaptureInput,
  sight: Sight
): Promise<Group> {
  const name = feed.metadata.name
  const within = environment.metadata.name
  const group = {
    kind: 'capture',
    name: `${name} in ${within}`,
    labels: { 'ssmd.io/feed': name, 'ssmd.io/environment': within },
    rollout: environment.spec.connector.rollout ?? AUTOMATIC,
    asked: feedObject.metadata.annotations?.[ROLLOUT],
  } as const
  const blocked = (why: string): Group => ({ ...group, wanted: { kind: 'blocked', why } })
  if (isPaused(feedObject)) return blocked('it is paused')
  const isOff = environment.spec.suspend === true || feed.spec.state === 'disabled'
  if (isOff) return { ...group, wanted: { kind: 'objects', parts: [] } }
  const problems = [
    ...checkFeed(located(feed), day),
    ...checkCapture(located(environment), feed, day),
  ]
  if (problems.length > 0) return blocked(describeProblems(problems))
  const needs = needsOf(feed, environment)
  const credentials = await readCredentials(sight.secrets, sight.namespace, needs)
  if (credentials.fact.standing !== 'good') return blocked(credentials.fact.what)
  const objects = desiredConnector(feed, environment, platform(sight, credentials.hash))
  return { ...group, wanted: { kind: 'objects', parts: partsOf(objects) } }
}

function simulatorsOf(environment: Environment, feeds: readonly Feed[], sight: Sight): Group[] {
  const objects = desiredSimulators(
    environment,
    feeds,
    platform(sight, () => undefined)
  )
  return partsOf(objects).map((part): Group => {
    const { labels } = part.deployment.metadata
    return {
      kind: 'simulator',
      name: `${labels['ssmd.io/feed']} in ${environment.metadata.name}`,
      labels: {
        'ssmd.io/feed': labels['ssmd.io/feed'] ?? '',
        'ssmd.io/environment': environment.metadata.name,
      },
      ...{ rollout: AUTOMATIC, asked: undefined },
      wanted: { kind: 'objects', parts: [part] },
    }
  })
}

type ArchiverInput = {
  readonly archive: Archive
  readonly environment: Environment
  readonly object: KubeObject
  readonly why: string
}

async function archiverOf(
  { archive, environment, object, why }: ArchiverInput,
  feeds: readonly Feed[],
  sight: Sight
): Promise<Group> {
  const { name } = archive.metadata
  const group = {
    kind: 'archiver',
    name,
    labels: { 'ssmd.io/archive': name },
    rollout: AUTOMATIC,
    asked: object.metadata.annotations?.[ROLLOUT],
  } as const
  if (why !== '') return { ...group, wanted: { kind: 'blocked', why } }
  const reference = environment.spec.transport.credentialsRef
  const needs: Need[] = reference ? [{ name: reference.name, fields: ['nats.creds'] }] : []
  const { fact, hash } = await readCredentials(sight.secrets, sight.namespace, needs)
  if (fact.standing !== 'good') return { ...group, wanted: { kind: 'blocked', why: fact.what } }
  const objects = desiredArchiver(archive, environment, feeds, platform(sight, hash))
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
