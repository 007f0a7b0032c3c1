// A Feed in an Environment as Kubernetes objects: for each shard one ConfigMap with the resolved resources, one Deployment of
// a connector. The ConfigMap holds only what the connector reads, so that no other change restarts a capture.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated, keyOf, shardsOf } from '#crds/environments.ts'
import { EXCHANGES } from '#crds/exchanges.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { versionInForce } from '#crds/versions.ts'
import { connectorName, fitLabel, SHARD } from '../render/names.ts'
import type { EnvVar, KubeObject, Volume, VolumeMount } from '../render/objects.ts'
import type { Platform } from '../render/platform.ts'
import {
  addNatsCredentials,
  CONFIG_DIR,
  KEYS_DIR,
  labelsFor,
  renderConfigMap,
  renderDeployment,
} from '../render/pod.ts'
import { type WatchedPlatform, watch } from '../render/watched-platform.ts'

type FeedVersion = Feed['spec']['versions'][number]

// Enough for the 64 Mi that a connector may buffer, its heap, and a burst.
const RESOURCES = {
  requests: { cpu: '100m', memory: '192Mi' },
  limits: { memory: '512Mi' },
} as const

type Rendering = {
  readonly watched: WatchedPlatform
  readonly objects: readonly KubeObject[]
}

/** The latest rendering of a Feed in an Environment. */
const RENDERINGS = new WeakMap<Feed, WeakMap<Environment, Rendering>>()

/**
 * The connectors of a feed; none while the feed is disabled or not in force, or the environment is suspended. The same
 * arguments give the same objects, so that a comparison with live ones is made once.
 */
export function desiredConnector(
  feed: Feed,
  environment: Environment,
  platform: Platform
): readonly KubeObject[] {
  const ofFeed = RENDERINGS.get(feed) ?? new WeakMap<Environment, Rendering>()
  const known = ofFeed.get(environment)
  if (known?.watched.answersAsBefore(platform)) return known.objects
  const watched = watch(platform)
  const objects = renderConnector(feed, environment, watched.platform)
  RENDERINGS.set(feed, ofFeed)
  ofFeed.set(environment, { watched, objects })
  return objects
}

function renderConnector(feed: Feed, environment: Environment, platform: Platform): KubeObject[] {
  if (feed.spec.state === 'disabled' || environment.spec.suspend) return []
  const version = versionInForce(feed, platform.date)
  if (version === undefined) return []

  const shards = Array.from({ length: shardsOf(environment, feed) }, (_, shard) => shard)
  return shards.flatMap((shard) => desiredShard(feed, version, environment, platform, shard))
}

function desiredShard(
  feed: Feed,
  version: FeedVersion,
  environment: Environment,
  platform: Platform,
  shard: number
): KubeObject[] {
  const name = connectorName(environment.metadata.name, feed.metadata.name, shard)
  // Selectors never change, so that the first shard has no label of its own and its selector fits the pods of the others too.
  // The owner of a ReplicaSet decides whose it is.
  const labels = labelsFor('connector', {
    'ssmd.io/environment': environment.metadata.name,
    'ssmd.io/feed': feed.metadata.name,
    ...(shard === 0 ? {} : { [SHARD]: String(shard) }),
  })
  const simulated = isSimulated(environment, feed)
  const key = simulated ? undefined : keyOf(environment, feed)
  const url = platform.simulatorUrl(environment.metadata.name, feed.metadata.name)
  const resolved = {
    feed: resolveFeed(feed, version),
    environment: resolveEnvironment(feed, environment, url),
  }

  const env: EnvVar[] = []
  const volumes: Volume[] = []
  const mounts: VolumeMount[] = []
  const secrets: Record<string, string | undefined> = {}
  const args = [
    'connector',
    '--feed',
    `${CONFIG_DIR}/feed.yaml`,
    '--env',
    `${CONFIG_DIR}/environment.yaml`,
    // Their number is in the environment, so that a change of it is a change of the configuration.
    ...(shard === 0 ? [] : ['--shard', String(shard)]),
  ]
  const variables = key?.key.source.env
  if (key && variables && platform.variables !== undefined) {
    for (const field of key.key.fields) {
      const variable = variables[field]
      if (variable === undefined) continue
      env.push({
        name: variable,
        valueFrom: { secretKeyRef: { name: platform.variables, key: variable } },
      })
    }
  }
  const secret = key?.key.source.secret?.name
  if (key && secret !== undefined) {
    volumes.push({
      name: 'key',
      secret: {
        secretName: secret,
        items: key.key.fields.map((field) => ({ key: field, path: field })),
      },
    })
    mounts.push({ name: 'key', mountPath: `${KEYS_DIR}/${key.name}`, readOnly: true })
    // 51: an annotation's name has at most 63 characters, including our prefix.
    secrets[fitLabel(key.name, 51)] = platform.secretHash(secret, key.key.fields)
  }
  const credentials = environment.spec.transport.credentialsRef?.name
  if (credentials !== undefined) addNatsCredentials(credentials, { volumes, mounts })
  if (volumes.length > 0) args.push('--keys', KEYS_DIR)

  return [
    renderConfigMap(
      name,
      labels,
      { 'feed.yaml': resolved.feed, 'environment.yaml': resolved.environment },
      platform
    ),
    renderDeployment(
      {
        name,
        component: 'connector',
        labels,
        args,
        config: resolved,
        secrets,
        env,
        volumes,
        mounts,
        resources: environment.spec.connector.resources,
        defaults: RESOURCES,
      },
      platform
    ),
  ]
}

/** The feed with only the version in force, without the fields that only people read. */
function resolveFeed(feed: Feed, version: FeedVersion): object {
  const {
    displayName: _displayName,
    calendar: _calendar,
    captureLocations: _captureLocations,
    state: _state,
    ...spec
  } = feed.spec
  // The operator ends the version; announcing its end must not restart a connector.
  const { effectiveTo: _effectiveTo, ...inForce } = version
  return {
    apiVersion: feed.apiVersion,
    kind: feed.kind,
    metadata: { name: feed.metadata.name },
    spec: { ...spec, versions: [inForce] },
  }
}

/** The environment, reduced to what the connector of this feed reads. */
function resolveEnvironment(feed: Feed, environment: Environment, simulatorUrl: string): object {
  const { name } = environment.metadata
  const { transport, schema, connector, simulator } = environment.spec
  const { resources: _resources, rollout: _rollout, shards: _shards, ...behaviour } = connector
  const shards = shardsOf(environment, feed)
  const simulated = isSimulated(environment, feed)
  const key = simulated ? undefined : keyOf(environment, feed)
  const generatesItself = EXCHANGES[feed.spec.exchange]?.alwaysSimulated === true
  return {
    apiVersion: environment.apiVersion,
    kind: environment.kind,
    metadata: { name },
    spec: {
      feeds: [feed.metadata.name],
      transport,
      ...(schema === undefined ? {} : { schema }),
      connector: shards === 1 ? behaviour : { ...behaviour, shards },
      ...(key === undefined ? {} : { keys: { [key.name]: key.key } }),
      ...(simulated && !generatesItself
        ? {
            simulator: {
              feeds: [feed.metadata.name],
              url: simulator?.url ?? simulatorUrl,
            },
          }
        : {}),
    },
  }
}
