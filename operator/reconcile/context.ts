// What a pass of ours may look at and use: the caches, the judgements, Secrets by name, reports and the links to NATS. The
// reconcile functions get this and a Pass, and nothing else.

import type { Durable } from '#bus/orphans.ts'
import type { Metadata, StreamWant } from '#bus/stream-config.ts'
import { utcDay } from '#crds/rfc3339.ts'
import type { Informer } from '../kube/informer.ts'
import { type Key, type KubeObject, keyOf, type Resource } from '../kube/objects.ts'
import { simulatorService } from '../render/names.ts'
import type { Platform } from '../render/platform.ts'
import type { Pass } from '../runtime/pass.ts'
import type { Judged } from '../validation/judged.ts'
import type { Reports } from './reports.ts'
import type { Secrets } from './secrets.ts'
import type { StatusRate } from './status-rate.ts'
import type { Templates } from './templates.ts'
import type { Warnings } from './warnings.ts'

export type StreamVerdict =
  | { readonly kind: 'good' }
  /** NATS is away, or does not answer: asked again by the next pass. */
  | { readonly kind: 'away'; readonly why: string }
  /** It is there, and not as it has to be. */
  | { readonly kind: 'refused'; readonly why: string }

/** The connections to NATS, one for each Environment. */
export type Links = {
  /** Keeps a connection as this Environment says; another address or other credentials dial anew. */
  want(
    environment: Key,
    to: { readonly url: string; readonly credentials: string | undefined }
  ): void
  drop(environment: Key): void
  status(environment: Key): { readonly connected: boolean; readonly why: string }
  ensureStream(environment: Key, want: StreamWant): Promise<StreamVerdict>
  ensureConsumer(
    environment: Key,
    stream: string,
    durable: string,
    metadata: Metadata
  ): Promise<StreamVerdict>
  idleDurables(environment: Key, uid: string): Promise<readonly Durable[] | undefined>
  removeDurable(environment: Key, durable: Durable): Promise<boolean>
}

export type Context = {
  readonly feeds: Informer
  readonly environments: Informer
  readonly archives: Informer
  /** Everything that we make, each kind with the indexes `owner` (the uid of its controller) and `claim` (that it mounts). */
  readonly children: readonly Informer[]
  /** Pods of ours as pods/essentials.ts keeps them, with the indexes `workload` (their Deployment) and `claim` (that they mount). */
  readonly pods: Informer
  readonly warnings: Warnings
  readonly judged: Judged
  readonly secrets: Secrets
  readonly reports: Reports
  readonly links: Links
  readonly statusRate: StatusRate
  /** Durables of Archives that are gone (orphans.ts). */
  readonly orphans: {
    run(pass: Pass, context: Context, environment: KubeObject): Promise<void>
    forget(environment: Key): void
  }
  readonly templates: Templates
  /** Whether reports had the time to come since we began to work. */
  readonly isSettled: () => boolean
  readonly image: string
  /** Names of the Secrets with which nodes pull it. */
  readonly pullSecrets: readonly string[]
  /** Where a relative storage path lies on a node. */
  readonly hostRoot: string
  readonly nowMs: () => number
  readonly random: () => number
}

export const inNamespace = (informer: Informer, namespace: string): readonly KubeObject[] =>
  informer.store.by('namespace', namespace)

/** The Environments that name a feed, or take all. */
export function environmentsNaming(
  context: Context,
  namespace: string,
  feed: string
): readonly KubeObject[] {
  const { store } = context.environments
  const found = [...store.by('feed', `${namespace}/${feed}`), ...store.by('feed', `${namespace}/*`)]
  return [...new Set(found)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

export const platformOf = (
  context: Context,
  namespace: string,
  secretHash: Platform['secretHash']
): Platform => ({
  image: context.image,
  namespace,
  date: utcDay(context.nowMs()),
  simulatorUrl: (environment, feed) =>
    `ws://${simulatorService(environment, feed)}.${namespace}.svc:8980`,
  hostPath: (path) => (path.startsWith('/') ? path : `${context.hostRoot}/${path}`),
  secretHash,
  variables: undefined,
})

export const childrenOf = (context: Context, resource: Resource): Informer => {
  const found = context.children.find(({ resource: { kind } }) => kind === resource.kind)
  if (!found) throw new Error(`no informer watches ${resource.plural}`)
  return found
}
