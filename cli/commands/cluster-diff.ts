// `ssmd diff --cluster`: what server-side apply of the repository would change in a cluster, by asking its API server, and what the operator
// would then do: which captures would restart, and why. Nothing is changed.

import { toSsmdError } from '#crds/errors.ts'
import { type Resource as AnyResource, KINDS, type Kind } from '#crds/kinds.ts'
import { allOf, LIST_OF } from '#crds/located.ts'
import { describeProblem } from '#crds/problems.ts'
import { loadResources } from '#crds/resources.ts'
import { isNotFound } from '../../operator/kube/errors.ts'
import {
  CLAIMS,
  CONFIG_MAPS,
  DEPLOYMENTS,
  type KubeObject,
  type Resource,
} from '../../operator/kube/objects.ts'
import { RESOURCES } from '../../operator/reconcile/kinds.ts'
import { Secrets } from '../../operator/reconcile/secrets.ts'
import { type Cluster, type ClusterFlags, openCluster } from '../cluster.ts'
import { LAST_APPLIED, mergePatch, wayOf } from '../cluster-diff/as-applied.ts'
import { type Effect, effectsOf } from '../cluster-diff/effects.ts'
import { type Stored, wantedGroups } from '../cluster-diff/wanted.ts'
import { type Output, writeJson, writeLines } from '../output.ts'
import { compareResources, type ResourceChange } from '../repository/compared.ts'
import { findExchanges } from '../repository/folder.ts'
import { clean } from '../text.ts'
import { changeLines } from './repository-diff.ts'

export type ClusterDiffFlags = ClusterFlags & {
  readonly path?: string
  readonly exitCode?: boolean
  /** Who would apply, server-side. @default as the resource was applied before */
  readonly fieldManager?: string
  /** What is in the cluster alone is removed, as Argo CD and Flux do. */
  readonly prune?: boolean
  readonly output: Output
}

const OPERATOR = 'ssmd-operator'
const MANAGED = 'app.kubernetes.io/managed-by=ssmd'

type Refusal = { readonly kind: string; readonly name: string; readonly message: string }

type ClusterDiff = {
  readonly changes: readonly ResourceChange[]
  /** The API server takes them as they are not. */
  readonly refused: readonly Refusal[]
  /** In the cluster, and not in the repository. */
  readonly alone: readonly { readonly kind: string; readonly name: string }[]
  readonly effects: readonly Effect[]
}

export async function runClusterDiff(flags: ClusterDiffFlags): Promise<void> {
  const folder = await findExchanges(flags.path, process.cwd())
  const resources = await loadResources(folder)
  const { problems } = resources
  const declared = allOf(resources).map(({ resource }) => resource)
  const cluster = await openCluster(flags)
  try {
    const diff = await clusterDiff(cluster, declared, flags)
    if (flags.output === 'json') {
      const { server, namespace } = cluster
      await writeJson({ path: folder, server, namespace, ...diff, problems })
    } else {
      await writeLines([
        ...linesOf(diff, flags.prune === true),
        ...problems.map((problem) => clean(`problem: ${describeProblem(problem)}`)),
      ])
    }
    if (diff.refused.length > 0 || problems.length > 0) process.exitCode = 3
    else if (flags.exitCode && diff.changes.length + diff.effects.length > 0) process.exitCode = 1
  } finally {
    cluster.close()
  }
}

async function clusterDiff(
  cluster: Cluster,
  declared: readonly AnyResource[],
  { fieldManager, prune = false }: Pick<ClusterDiffFlags, 'fieldManager' | 'prune'>
): Promise<ClusterDiff> {
  const before = await storedIn(cluster)
  const { applied, refused } = await dryRun(cluster, declared, fieldManager)
  const known = new Set(declared.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const isDeclared = ({ kind, metadata }: KubeObject) => known.has(`${kind}/${metadata.name}`)
  const staying = (objects: readonly KubeObject[]) => (prune ? objects.filter(isDeclared) : objects)
  const after = storedAs((kind) => merged(staying(before[LIST_OF[kind]]), applied.get(kind)))
  const nowMs = Date.now()
  const [deployments, configs, claims] = await Promise.all([
    byName(cluster, DEPLOYMENTS),
    byName(cluster, CONFIG_MAPS),
    byName(cluster, CLAIMS),
  ])
  const groups = await wantedGroups(after, {
    ...{ namespace: cluster.namespace, nowMs, claims },
    refusalOf: (claim) => refusalOf(cluster, claim),
    secrets: new Secrets(cluster.client, () => nowMs),
  })
  return {
    changes: compareResources(plainOf(before), plainOf(after)),
    refused,
    alone: everyOne(before)
      .filter((object) => !isDeclared(object))
      .map(({ kind, metadata }) => ({ kind, name: metadata.name })),
    effects: effectsOf(groups, { deployments, configs }, nowMs),
  }
}

async function storedIn(cluster: Cluster): Promise<Stored> {
  const lists = await Promise.all(
    KINDS.map(async (kind) => {
      const objects = await listed(cluster, RESOURCES[kind]).catch(noneIfMissing)
      return [kind, objects ?? []] as const
    })
  )
  const found = new Map(lists)
  return storedAs((kind) => found.get(kind) ?? [])
}

const storedAs = (of: (kind: Kind) => readonly KubeObject[]): Stored =>
  Object.fromEntries(KINDS.map((kind) => [LIST_OF[kind], of(kind)])) as Stored

const everyOne = (stored: Stored): KubeObject[] => KINDS.flatMap((kind) => stored[LIST_OF[kind]])

/** As the API server keeps it, with kind: entries of a list have none. */
async function listed(
  cluster: Cluster,
  resource: Resource,
  labelSelector?: string
): Promise<KubeObject[]> {
  const { items } = await cluster.client.list(resource, {
    namespace: cluster.namespace,
    labelSelector,
  })
  const apiVersion = resource.group === '' ? 'v1' : `${resource.group}/${resource.version}`
  return items.map((item) => ({ ...item, apiVersion, kind: resource.kind }))
}

const byName = async (
  cluster: Cluster,
  resource: Resource
): Promise<ReadonlyMap<string, KubeObject>> =>
  new Map((await listed(cluster, resource, MANAGED)).map((one) => [one.metadata.name, one]))

/** What each resource would be, by kind. */
async function dryRun(
  cluster: Cluster,
  declared: readonly AnyResource[],
  manager: string | undefined
) {
  const applied = new Map<string, KubeObject[]>()
  const refused: Refusal[] = []
  for (const resource of declared) {
    const { kind, metadata } = resource
    try {
      const object = await applyDry(cluster, resource, manager)
      applied.set(kind, [...(applied.get(kind) ?? []), object])
    } catch (thrown) {
      const error = toSsmdError(thrown)
      const { status } = error as { status?: number }
      // Of this resource alone, or of a kind that the cluster does not have; anything else is of all.
      if (status !== 422 && status !== 400 && status !== 404) throw thrown
      refused.push({ kind, name: metadata.name, message: error.message })
    }
  }
  return { applied, refused }
}

async function applyDry(
  { client, namespace }: Cluster,
  { kind, metadata, apiVersion, spec }: AnyResource,
  manager: string | undefined
): Promise<KubeObject> {
  const resource = RESOURCES[kind]
  const key = `${namespace}/${metadata.name}`
  const way =
    manager === undefined
      ? wayOf(await client.get(resource, key).catch(noneIfMissing))
      : ({ kind: 'server-side', manager } as const)
  // The repository may leave the namespace to the command that applies it.
  const body = { apiVersion, kind, metadata: { ...metadata, namespace }, spec }
  if (way.kind === 'server-side')
    return client.apply(resource, body, { manager: way.manager, force: true, dryRun: true })
  const value = mergePatch(way.last, body, way.live)
  return client.patch(resource, key, { kind: 'merge', value }, { dryRun: true })
}

/** As the operator would apply it, such as a larger size in a class that does not grow. */
async function refusalOf({ client }: Cluster, claim: KubeObject): Promise<string | undefined> {
  try {
    await client.apply(CLAIMS, claim, { manager: OPERATOR, force: true, dryRun: true })
    return undefined
  } catch (thrown) {
    const { status } = thrown as { status?: number }
    if (status !== 422 && status !== 403) throw thrown
    // Without the request.
    const message = toSsmdError(thrown).message.replace(/^\S+ \S+: \d+ \w+: /, '')
    // That this person may not change claims says nothing about the operator.
    return /cannot patch resource/.test(message) ? undefined : message
  }
}

function noneIfMissing(thrown: unknown): undefined {
  if (isNotFound(thrown)) return undefined
  throw thrown
}

function merged(before: readonly KubeObject[], applied: readonly KubeObject[] = []): KubeObject[] {
  const names = new Set(applied.map(({ metadata }) => metadata.name))
  return [...before.filter(({ metadata }) => !names.has(metadata.name)), ...applied]
}

/** Reduced to what a person declares. */
const plainOf = (stored: Stored): AnyResource[] =>
  everyOne(stored).map(({ apiVersion, kind, metadata, spec }) => {
    const { name, labels = {}, annotations = {} } = metadata
    const shown = Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED)
    return {
      ...{ apiVersion, kind, spec },
      metadata: { name, labels, annotations: Object.fromEntries(shown) },
    } as unknown as AnyResource
  })

function linesOf({ changes, refused, alone, effects }: ClusterDiff, prune: boolean): string[] {
  const lines = [
    ...changes.flatMap(changeLines),
    ...refused.map(({ kind, name, message }) => `! ${kind} ${name} is refused: ${message}`),
    ...(changes.length + refused.length === 0 ? ['apply would change no resource'] : []),
    ...(prune ? [] : alone).map(
      ({ kind, name }) => `  ${kind} ${name} is in the cluster alone; apply leaves it`
    ),
    '',
    ...effects.flatMap(effectLines),
    ...(effects.some(({ kind, effect }) => kind === 'capture' && effect === 'restarts')
      ? ['a restart of a capture is a short hole in its data']
      : ['no capture would restart']),
  ]
  return lines.map(clean)
}

function effectLines({ kind, name, deployment, effect, causes, fields }: Effect): string[] {
  const words = {
    starts: 'starts',
    restarts: 'restarts',
    waits: 'waits for its roll-out',
    stops: 'stops',
    blocked: deployment === '' ? 'cannot start' : 'stays as it is',
  } as const
  const why = causes.length === 0 ? '' : `: ${causes.join(', ')}`
  return [
    `${kind} ${name} ${words[effect]}${deployment === '' ? '' : ` (${deployment})`}${why}`,
    ...fields.map((field) => `    ${field}`),
  ]
}
