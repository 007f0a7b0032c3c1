// What a reconcile function may use beside its Pass: the caches, the judgements, Secrets by name, reports and the links to
// NATS.

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
  /** NATS cannot be reached, or does not answer: the next pass retries. */
  | { readonly kind: 'away'; readonly why: string }
  /** It exists with another configuration, or NATS refuses it. */
  | { readonly kind: 'refused'; readonly why: string }

/** Links: the connections to NATS that the operator keeps, one for each Environment. */
export type Links = {
  /** Keeps a connection as this Environment declares; a new address or new credentials reconnect. */
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
  readonly signals: Informer
  /** The kinds that we create, each with the indexes `owner` (the uid of its controller) and `claim` (that it mounts). */
  readonly children: readonly Informer[]
  /** Our pods as pods/essentials.ts keeps them, with the indexes `workload` (their Deployment) and `claim` (that they mount). */
  readonly pods: Informer
  readonly warnings: Warnings
  readonly judged: Judged
  readonly secrets: Secrets
  readonly reports: Reports
  readonly links: Links
  readonly statusRate: StatusRate
  /** Durables of deleted Archives (orphans.ts). */
  readonly orphans: {
    run(pass: Pass, context: Context, environment: KubeObject): Promise<void>
    forget(environment: Key): void
  }
  readonly templates: Templates
  /** Whether reports had time to arrive since this operator began to lead. */
  readonly isSettled: () => boolean
  readonly image: string
  /** Names of the Secrets with which nodes pull it. */
  readonly pullSecrets: readonly string[]
  /** The folder of a node that relative storage paths start from. */
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
  context: Pick<Context, 'image' | 'nowMs' | 'hostRoot'>,
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
