// A Signal as Kubernetes objects: a ConfigMap with the resolved resources, a Deployment of one runner. Its files hold only what
// the runner reads, so that an edit of a Feed or an Environment restarts only signals that it concerns.

import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { versionInForce } from '#crds/versions.ts'
import { signalName } from '../render/names.ts'
import type { KubeObject, Volume, VolumeMount } from '../render/objects.ts'
import type { Platform } from '../render/platform.ts'
import {
  addNatsCredentials,
  CONFIG_DIR,
  KEYS_DIR,
  labelsFor,
  renderConfigMap,
  renderDeployment,
} from '../render/pod.ts'
import { secretsOf } from './secrets.ts'

/** Where a pod finds the secrets of its sinks: `<folder>/<Secret>/<key>`. */
const SINKS_DIR = `${CONFIG_DIR}/sinks`

// The sandbox may take 300 MiB; the runner holds blocks of each feed beside it.
const RESOURCES = {
  requests: { cpu: '100m', memory: '256Mi' },
  limits: { memory: '1Gi' },
} as const

/** The runner of a Signal; none while it is suspended. `feeds` are all Feeds that exist. */
export function desiredSignal(
  signal: Signal,
  environment: Environment,
  feeds: readonly Feed[],
  platform: Platform
): KubeObject[] {
  if (signal.spec.suspend) return []
  const name = signalName(signal.metadata.name)
  const labels = labelsFor('signal', {
    'ssmd.io/signal': signal.metadata.name,
    'ssmd.io/environment': environment.metadata.name,
  })
  const read = [...signal.spec.feeds].sort().flatMap((one) => {
    const feed = feeds.find(({ metadata }) => metadata.name === one)
    return feed === undefined ? [] : [feed]
  })
  const resolved = {
    signal: resolveSignal(signal),
    environment: resolveEnvironment(environment, read),
    feeds: read.map((feed) => resolveFeed(feed, platform.date)),
  }
  const files: Record<string, object> = {
    'signal.yaml': resolved.signal,
    'environment.yaml': resolved.environment,
  }
  const args = [
    ...['signal', 'run', '--signal', `${CONFIG_DIR}/signal.yaml`],
    ...['--env', `${CONFIG_DIR}/environment.yaml`],
  ]
  for (const feed of resolved.feeds) {
    const file = `feed-${feed.metadata.name}.yaml`
    files[file] = feed
    args.push('--feed', `${CONFIG_DIR}/${file}`)
  }

  const volumes: Volume[] = []
  const mounts: VolumeMount[] = []
  const credentials = environment.spec.transport.credentialsRef?.name
  if (credentials !== undefined) {
    args.push('--keys', KEYS_DIR)
    addNatsCredentials(credentials, { volumes, mounts })
  }
  const secrets = secretsOf(signal)
  if (secrets.length > 0) args.push('--sinks', SINKS_DIR)
  // The runner reads a secret whenever it sends, so that a rotation restarts nothing.
  for (const [i, { name: secretName, fields }] of secrets.entries()) {
    const items = fields.map((key) => ({ key, path: key }))
    volumes.push({ name: `sink-${i}`, secret: { secretName, items } })
    mounts.push({ name: `sink-${i}`, mountPath: `${SINKS_DIR}/${secretName}`, readOnly: true })
  }
  return [
    renderConfigMap(name, labels, files, platform),
    renderDeployment(
      {
        name,
        component: 'signal',
        labels,
        args,
        config: resolved,
        resources: signal.spec.resources,
        defaults: RESOURCES,
        volumes,
        mounts,
      },
      platform
    ),
  ]
}

/** The signal, reduced to what the runner reads. */
function resolveSignal(signal: Signal): object {
  const { resources: _resources, suspend: _suspend, ...spec } = signal.spec
  return {
    apiVersion: signal.apiVersion,
    kind: signal.kind,
    metadata: { name: signal.metadata.name },
    spec: { ...spec, feeds: [...spec.feeds].sort() },
  }
}

function resolveEnvironment(environment: Environment, feeds: readonly Feed[]): object {
  const { transport } = environment.spec
  const simulated = feeds.filter((feed) => isSimulated(environment, feed))
  return {
    apiVersion: environment.apiVersion,
    kind: environment.kind,
    metadata: { name: environment.metadata.name },
    spec: {
      feeds: feeds.map(({ metadata }) => metadata.name),
      transport,
      ...(simulated.length === 0
        ? {}
        : { simulator: { feeds: simulated.map(({ metadata }) => metadata.name) } }),
    },
  }
}

/** What makes market events of a feed's frames: its exchange, and for one that the Feed describes its messages. */
function resolveFeed(feed: Feed, date: string) {
  const { exchange, messageTypes, channels, versions } = feed.spec
  const { name, effectiveFrom, endpoint } = versionInForce(feed, date) ?? versions[0]!
  return {
    apiVersion: feed.apiVersion,
    kind: feed.kind,
    metadata: { name: feed.metadata.name },
    spec: {
      exchange,
      // Required, though the runner never connects to it.
      versions: [{ name, effectiveFrom, endpoint }],
      channels,
      ...(messageTypes === undefined ? {} : { messageTypes }),
    },
  }
}
