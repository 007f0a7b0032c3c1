// An Archive as Kubernetes objects: a ConfigMap with the resolved resources, a Deployment of one archiver, and
// the claim for its files if one is needed. The archiver continues while its environment is suspended, because the
// streams still hold blocks to archive.
import type { Archive } from '#crds/archive.gen.ts'
import type { Environment } from '#crds/environment.gen.ts'
import { isSimulated } from '#crds/environments.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Signal } from '#crds/signal.gen.ts'
import { isSignalFeed, signalOfFeed } from '#crds/signals.ts'
import { archiverName } from '../render/names.ts'
import type { KubeObject, PersistentVolumeClaim, Volume, VolumeMount } from '../render/objects.ts'
import type { Platform } from '../render/platform.ts'
import {
  addNatsCredentials,
  CONFIG_DIR,
  DATA_DIR,
  KEYS_DIR,
  labelsFor,
  renderConfigMap,
  renderDeployment,
} from '../render/pod.ts'

const RESOURCES = {
  requests: { cpu: '100m', memory: '192Mi' },
  limits: { memory: '512Mi' },
} as const

/** All that exist: frames of a feed, and what signals fire, may come from a simulator. */
export type Sources = { readonly feeds: readonly Feed[]; readonly signals: readonly Signal[] }

export function desiredArchiver(
  archive: Archive,
  environment: Environment,
  sources: Sources,
  platform: Platform
): KubeObject[] {
  const name = archiverName(archive.metadata.name)
  const labels = labelsFor('archiver', {
    'ssmd.io/archive': archive.metadata.name,
    'ssmd.io/environment': environment.metadata.name,
  })
  const resolved = {
    archive: resolveArchive(archive),
    environment: resolveEnvironment(archive, environment, sources),
  }
  const volumes: Volume[] = [storageVolume(archive, name, platform)]
  const mounts: VolumeMount[] = [{ name: 'data', mountPath: DATA_DIR }]
  const args = [
    'archiver',
    '--archive',
    `${CONFIG_DIR}/archive.yaml`,
    '--env',
    `${CONFIG_DIR}/environment.yaml`,
    '--data',
    DATA_DIR,
  ]
  const credentials = environment.spec.transport.credentialsRef?.name
  if (credentials !== undefined) {
    args.push('--keys', KEYS_DIR)
    addNatsCredentials(credentials, { volumes, mounts })
  }

  const claim = renderClaim(archive, name, platform, labels)
  return [
    renderConfigMap(
      name,
      labels,
      { 'archive.yaml': resolved.archive, 'environment.yaml': resolved.environment },
      platform
    ),
    ...(claim === undefined ? [] : [claim]),
    renderDeployment(
      {
        name,
        component: 'archiver',
        labels,
        args,
        config: { ...resolved, storage: archive.spec.storage },
        resources: archive.spec.resources,
        defaults: RESOURCES,
        volumes,
        mounts,
      },
      platform
    ),
  ]
}

/** The archive, reduced to what the archiver reads: without container resources and without the fate of the files. */
function resolveArchive(archive: Archive): object {
  const { deletionPolicy: _deletionPolicy, resources: _resources, ...spec } = archive.spec
  return {
    apiVersion: archive.apiVersion,
    kind: archive.kind,
    metadata: { name: archive.metadata.name },
    // The volume knows the folder on the node; in the pod it is always this one.
    spec: { ...spec, feeds: [...archive.spec.feeds].sort(), storage: { path: DATA_DIR } },
  }
}

function resolveEnvironment(archive: Archive, environment: Environment, sources: Sources): object {
  const kept = [...archive.spec.feeds].sort()
  const simulated = kept.filter((name) =>
    isSignalFeed(name)
      ? signalNamed(name, sources)?.spec.feeds.some((one) =>
          comesSimulated(one, environment, sources)
        )
      : comesSimulated(name, environment, sources)
  )
  return {
    apiVersion: environment.apiVersion,
    kind: environment.kind,
    metadata: { name: environment.metadata.name },
    spec: {
      feeds: kept,
      transport: environment.spec.transport,
      ...(environment.spec.schema === undefined ? {} : { schema: environment.spec.schema }),
      ...(simulated.length === 0 ? {} : { simulator: { feeds: simulated } }),
    },
  }
}

const signalNamed = (feed: string, { signals }: Sources): Signal | undefined =>
  signals.find(({ metadata }) => metadata.name === signalOfFeed(feed))

function comesSimulated(name: string, environment: Environment, { feeds }: Sources): boolean {
  const feed = feeds.find((candidate) => candidate.metadata.name === name)
  return feed === undefined
    ? environment.spec.simulator?.feeds.includes(name) === true
    : isSimulated(environment, feed)
}

function storageVolume(archive: Archive, name: string, platform: Platform): Volume {
  const { path, claim } = archive.spec.storage
  if (path !== undefined)
    return { name: 'data', hostPath: { path: platform.hostPath(path), type: 'DirectoryOrCreate' } }
  return { name: 'data', persistentVolumeClaim: { claimName: claim?.name ?? name } }
}

function renderClaim(
  archive: Archive,
  name: string,
  platform: Platform,
  labels: KubeObject['metadata']['labels']
): PersistentVolumeClaim | undefined {
  const claim = archive.spec.storage.claim
  if (claim?.size === undefined) return undefined
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: platform.namespace, labels },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(claim.storageClassName === undefined ? {} : { storageClassName: claim.storageClassName }),
      resources: { requests: { storage: claim.size } },
    },
  }
}
