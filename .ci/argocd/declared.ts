// What a person would write into the repository, as objects: small resources of ours, and the Application that syncs them.

import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { BRANCH } from '../../operator/testing/git-repository.ts'
import { ARGO_NAMESPACE } from './argocd.ts'

const GROUP = 'ssmd.io/v1alpha1'
export const WAVE = 'argocd.argoproj.io/sync-wave'

type Declared = {
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

const resource = (
  kind: string,
  name: string,
  spec: object,
  { annotations, labels }: Declared
): KubeObject => ({
  apiVersion: GROUP,
  kind,
  metadata: { name, ...(annotations ? { annotations } : {}), ...(labels ? { labels } : {}) },
  spec,
})

/** Needs no account: its exchange is a generator. */
export const feed = (name: string, spec: object = {}, of: Declared = {}): KubeObject =>
  resource(
    'Feed',
    name,
    {
      exchange: 'synthetic',
      versions: [
        {
          name: 'v1',
          effectiveFrom: '2025-01-01',
          endpoint: 'synthetic://generator?rate=200&symbols=5&seed=7',
        },
      ],
      channels: ['trade', 'ticker'],
      ...spec,
    },
    of
  )

export const environment = (
  name: string,
  natsUrl: string,
  feeds: readonly string[],
  of: Declared = {}
): KubeObject =>
  resource(
    'Environment',
    name,
    { feeds, transport: { url: natsUrl, stream: { maxBytes: '64Mi' } } },
    of
  )

export const archive = (
  name: string,
  ofEnvironment: string,
  feeds: readonly string[],
  of: Declared = {}
): KubeObject =>
  resource(
    'Archive',
    name,
    { environmentRef: { name: ofEnvironment }, feeds, storage: { claim: { size: '1Gi' } } },
    of
  )

export type ApplicationOptions = {
  readonly name: string
  readonly repository: string
  /** In the repository. */
  readonly path: string
  readonly namespace: string
}

const EXAMPLE = new URL('../../charts/argocd/applications/feeds.yaml', import.meta.url)

/** The example that we ship, over a folder of a repository. It goes with all that it applied, and tries again at once. */
export async function application(o: ApplicationOptions): Promise<KubeObject> {
  const { spec, ...shipped } = parse(await readFile(EXAMPLE, 'utf8')) as KubeObject & {
    readonly spec: {
      readonly source: object
      readonly destination: object
      readonly syncPolicy: object
    }
  }
  return {
    ...shipped,
    metadata: {
      name: o.name,
      namespace: ARGO_NAMESPACE,
      finalizers: ['resources-finalizer.argocd.argoproj.io/background'],
    },
    spec: {
      ...spec,
      source: {
        ...spec.source,
        repoURL: o.repository,
        targetRevision: BRANCH,
        path: o.path,
        directory: { recurse: true },
      },
      destination: { ...spec.destination, namespace: o.namespace },
      syncPolicy: {
        ...spec.syncPolicy,
        retry: { limit: 10, backoff: { duration: '1s', factor: 1, maxDuration: '10s' } },
      },
    },
  }
}
