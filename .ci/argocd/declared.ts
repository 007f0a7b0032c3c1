// What a person would write into the repository, as objects: small resources of ours, and the Application that syncs them.

import type { KubeObject } from '../../operator/kube/objects.ts'
import { ARGO_NAMESPACE } from './argocd.ts'
import { BRANCH } from './repository.ts'

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

export const application = (o: {
  readonly name: string
  readonly repository: string
  /** In the repository. Default: all of it. */
  readonly path?: string
  readonly namespace: string
  /** Beside `ApplyOutOfSyncOnly`, which leaves alone what a commit does not change. */
  readonly syncOptions?: readonly string[]
}): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: {
    name: o.name,
    namespace: ARGO_NAMESPACE,
    finalizers: ['resources-finalizer.argocd.argoproj.io/background'],
  },
  spec: {
    project: 'default',
    source: {
      repoURL: o.repository,
      targetRevision: BRANCH,
      path: o.path ?? '.',
      directory: { recurse: true },
    },
    destination: { server: 'https://kubernetes.default.svc', namespace: o.namespace },
    syncPolicy: {
      automated: { enabled: true, prune: true, selfHeal: true },
      syncOptions: ['ApplyOutOfSyncOnly=true', ...(o.syncOptions ?? [])],
      // A sync that met a deletion under way is tried again at once instead of after 5, 10, 20 … s.
      retry: { limit: 10, backoff: { duration: '1s', factor: 1, maxDuration: '10s' } },
    },
  },
})
