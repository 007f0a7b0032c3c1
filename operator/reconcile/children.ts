// The objects of a resource: applied in the order of their dependencies, owned by the resource so that they are deleted with
// it, and deleted once they are no longer desired. Claims are not owned: data outlives its resource.

import {
  CLAIMS,
  CONFIG_MAPS,
  controllerOf,
  DEPLOYMENTS,
  type Key,
  type KubeObject,
  keyOf,
  NETWORK_POLICIES,
  ownedBy,
  type Resource,
  SERVICE_ACCOUNTS,
  SERVICES,
} from '../kube/objects.ts'
import { rememberPair } from '../kube/remember.ts'
import { isolationOf } from '../render/isolation.ts'
import { type Child, type Deployment, keyOfObject, type NetworkPolicy } from '../render/objects.ts'
import { decideRollout, type RolloutPolicy } from '../render/rollout.ts'
import type { Pass } from '../runtime/pass.ts'
import { failureOf } from '../status/failures.ts'
import type { Fact } from '../status/status.ts'
import type { Context } from './context.ts'
import { ROLLOUT } from './kinds.ts'

/** In the order in which they are applied. */
export const CHILD_KINDS: readonly Resource[] = [
  SERVICE_ACCOUNTS,
  NETWORK_POLICIES,
  CONFIG_MAPS,
  CLAIMS,
  SERVICES,
  DEPLOYMENTS,
]

const orderOf = (object: KubeObject): number =>
  CHILD_KINDS.findIndex(({ kind }) => kind === object.kind)
const resourceOf = (object: KubeObject): Resource => CHILD_KINDS[orderOf(object)] as Resource

export type Made = {
  /** The existing Deployments, by name. */
  readonly deployments: ReadonlyMap<string, KubeObject>
  /** Pending roll-out causes, by Deployment. */
  readonly pending: ReadonlyMap<string, readonly string[]>
}

export type MakeOptions = {
  readonly rollout: RolloutPolicy
  /** Claims are deleted with the resource only if its policy says so. */
  readonly ownsClaims?: boolean
  /** Where its pods may connect to. @default everywhere */
  readonly egress?: NetworkPolicy['spec']['egress']
}

/** Applies these objects, and the isolation objects around them. Throws what the API server refuses. */
export async function makeChildren(
  pass: Pass,
  context: Context,
  owner: KubeObject,
  objects: readonly Child[],
  options: MakeOptions
): Promise<Made> {
  const deployments = new Map<string, KubeObject>()
  const pending = new Map<string, readonly string[]>()
  const held = new Set<string>()
  const wanted: Child[] = []
  for (const object of objects) {
    if (object.kind !== 'Deployment') wanted.push(object)
    else {
      const live = await pass.get(DEPLOYMENTS, keyOf(object))
      if (live) context.templates.see(live)
      const asked = owner.metadata.annotations?.[ROLLOUT]
      const rollout = decideRollout(
        live,
        object as Deployment,
        options.rollout,
        asked,
        context.nowMs()
      )
      const { egress } = options
      const isolation = egress ? isolationOf : isolated
      wanted.push(
        ...isolation(object as Deployment, context.pullSecrets, egress),
        rollout.deployment
      )
      if (rollout.pending.length > 0) pending.set(object.metadata.name, rollout.pending)
      // A pod that restarts while its roll-out is pending must find its previous configuration.
      if (rollout.pending.some((cause) => cause !== 'image')) held.add(object.metadata.name)
    }
  }
  const news: News = { created: [], updated: [] }
  try {
    for (const object of wanted.sort((a, b) => orderOf(a) - orderOf(b))) {
      const { name } = object.metadata
      const resource = resourceOf(object)
      const isHeld = object.kind === 'ConfigMap' && held.has(name)
      if (isHeld && (await pass.get(resource, keyOf(object)))) continue
      const isOwned = object.kind !== 'PersistentVolumeClaim' || options.ownsClaims === true
      const applied = await pass.apply(resource, isOwned ? owned(object, owner) : object, owner)
      const { outcome } = applied
      if (object.kind === 'Deployment' && applied.object)
        deployments.set(name, context.templates.judged(applied.object))
      if (outcome === 'created') news.created.push(`${object.kind} ${name}`)
      if (outcome === 'updated') news.updated.push(`${object.kind} ${name}${why(applied.drift)}`)
    }
  } finally {
    tell(pass, owner, news)
  }
  return { deployments, pending }
}

const isolated = rememberPair(isolationOf)

const owned = rememberPair(
  (object: Child, owner: KubeObject): Child => ({
    ...object,
    metadata: { ...object.metadata, ownerReferences: [ownedBy(owner)] },
  })
)

type News = { readonly created: string[]; readonly updated: string[] }

/** One Event for all objects that a pass created, and one for all that it changed. */
function tell(pass: Pass, owner: KubeObject, { created, updated }: News): void {
  const event = (reason: string, note: string) =>
    pass.event(owner, { type: 'Normal', reason, action: 'Apply', note })
  if (created.length > 0) event('Created', `created ${created.join(', ')}`)
  if (updated.length > 0) event('Updated', `updated ${updated.join('; ')}`)
}

const why = (drift: readonly string[]): string =>
  drift.length === 0 ? '' : `: ${drift.slice(0, 3).join(', ')}`

/**
 * Deletes objects that the resource owns and no longer wants, but never a claim. `isUnwanted` judges each as the API server
 * has it now, so that a stale cache never deletes a capture.
 */
export async function pruneChildren(
  pass: Pass,
  context: Context,
  owner: KubeObject,
  wanted: readonly Child[],
  ownerKind: Resource,
  isUnwanted: (child: KubeObject) => Promise<boolean>
): Promise<void> {
  const { uid = '' } = owner.metadata
  const keep = new Set(wanted.map(keyOfObject))
  for (const { kind, metadata } of wanted)
    if (kind === 'Deployment')
      for (const beside of [SERVICE_ACCOUNTS, NETWORK_POLICIES])
        keep.add(`${beside.kind}/${metadata.name}`)
  // Workloads first, then the objects that they use.
  for (const informer of [...context.children].reverse()) {
    const { resource } = informer
    if (resource.kind === CLAIMS.kind) continue
    for (const child of informer.store.by('owner', uid)) {
      if (keep.has(`${resource.kind}/${child.metadata.name}`)) continue
      if (child.metadata.deletionTimestamp || !(await isUnwanted(child))) continue
      const key: Key = keyOf(child)
      const gone = await pass.delete(
        resource,
        key,
        (live) => controllerOf(live, ownerKind)?.uid === uid
      )
      if (gone)
        pass.event(owner, {
          type: 'Normal',
          reason: 'Deleted',
          action: 'Delete',
          note: `deleted ${resource.kind} ${child.metadata.name}, which is no longer wanted`,
        })
    }
  }
}

/** Runs the writes of a pass; a refusal by the API server becomes a fact, which is shown and then thrown. */
export async function attempt<T>(work: () => Promise<T>): Promise<{
  readonly made: T | undefined
  readonly failure: Fact | undefined
  readonly thrown: unknown
}> {
  try {
    return { made: await work(), failure: undefined, thrown: undefined }
  } catch (thrown) {
    const failure = failureOf(thrown)
    if (!failure) throw thrown
    return { made: undefined, failure, thrown }
  }
}
