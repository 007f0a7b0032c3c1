// What a cluster has to have: kinds, an operator that leads, rights, images, claims, Secrets, and a delivery tool that is in step. The
// judges are pure; the looks read with the person's own kubeconfig and change nothing.

import { parseAllDocuments } from 'yaml'
import {
  CLAIMS,
  DEPLOYMENTS,
  type KubeObject,
  LEASES,
  PODS,
  pathOf,
  type Resource,
  SECRETS,
} from '../../operator/kube/objects.ts'
import { judgeServed, type Served, unknownIn } from '../../operator/preflight.ts'
import { RESOURCES } from '../../operator/reconcile/kinds.ts'
import { conditionsIn } from '../../operator/status/status.ts'
import type { Cluster, Refused } from '../cluster.ts'
import { formatSpan, plural } from '../text.ts'
import { bad, good, skipped, type Verdict, warning } from './verdict.ts'

const APPLY_CRDS =
  'Apply feed.yaml, environment.yaml, archive.yaml and signal.yaml of the folder crds.'
const MANAGED = 'app.kubernetes.io/managed-by=ssmd'
const LEASE = 'ssmd-operator'

const refused = (what: string): Verdict => skipped(`you may not read ${what}`)

export function judgeKinds(served: Served | 'forbidden'): Verdict {
  if (served === 'forbidden') return refused('the schemas of the kinds')
  const error = judgeServed(served)
  if (error !== undefined) return bad(error.message, APPLY_CRDS)
  const unknown = unknownIn(served)
  return unknown.length === 0
    ? good('Feed, Environment, Archive and Signal are served')
    : warning(
        `the kinds are of a later version than this ssmd: ${unknown.slice(0, 3).join(', ')}`,
        'Use the ssmd of the version that the cluster has.'
      )
}

type LeaseSpec = {
  readonly holderIdentity?: string
  readonly renewTime?: string
  readonly leaseDurationSeconds?: number
}
export type Lease = KubeObject & { readonly spec?: LeaseSpec }

export function judgeLease(leases: readonly Lease[] | Refused, nowMs: number): Verdict {
  if (leases === 'forbidden') return refused('leases')
  const held = leases === 'missing' ? [] : leases
  const [lease] = held
  const fix = 'Install charts/ssmd, or read the log of the Deployment ssmd-operator.'
  if (lease === undefined) return bad('no operator has ever led here', fix)
  const { holderIdentity: holder, renewTime = '', leaseDurationSeconds = 15 } = lease.spec ?? {}
  const silentMs = nowMs - Date.parse(renewTime)
  if (!holder) return bad('no operator leads: the last one gave up its lease', fix)
  // Two machines, two clocks: a little more than the lease lasts.
  return silentMs > leaseDurationSeconds * 2000
    ? bad(`${holder} led, and has been silent for ${formatSpan(silentMs)}`, fix)
    : good(`${holder} leads`)
}

/** The Lease of the namespace's operator, or of one for all namespaces. */
export async function lookAtLease(
  cluster: Cluster,
  signal: AbortSignal
): Promise<Lease[] | Refused> {
  const fieldSelector = `metadata.name=${LEASE}`
  const everywhere = await cluster.list<Lease>(LEASES, { fieldSelector, signal })
  const own = await cluster.list<Lease>(LEASES, {
    namespace: cluster.namespace,
    fieldSelector,
    signal,
  })
  if (typeof own === 'string' || own.length > 0) return own
  return typeof everywhere === 'string' ? own : everywhere
}

export type Right = {
  readonly who: string
  readonly what: string
  readonly allowed: boolean
}

export function judgeRights(rights: readonly Right[]): Verdict {
  const missing = rights.filter(({ allowed }) => !allowed)
  if (missing.length === 0) return good(`${plural(rights.length, 'right')} as they have to be`)
  const operator = missing.filter(({ who }) => who !== 'you')
  const found = missing.map(({ who, what }) => `${who} may not ${what}`).join('; ')
  return operator.length > 0
    ? bad(found, 'Apply crds/roles/namespaced.yaml, or install charts/ssmd.')
    : warning(found, 'Ask an administrator for these rights, if you are to have them.')
}

type Rule = {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly verbs: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** What the shipped role lets the operator do, from its own file; one verb of each rule and resource. */
export function rightsIn(role: string): Omit<Asked, 'who'>[] {
  const documents = parseAllDocuments(role).map(
    (document) => document.toJS() as { kind?: string; rules?: readonly Rule[] } | null
  )
  const rules = documents.flatMap((one) => (one?.kind === 'Role' ? (one.rules ?? []) : []))
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    resources.map((resource) => ({
      group: apiGroups[0] ?? '',
      resource,
      // The last is the one that a narrower role lacks first.
      verb: verbs.at(-1) ?? 'get',
      ...(resourceNames?.[0] === undefined ? {} : { name: resourceNames[0] }),
    }))
  )
}

export type Asked = {
  /** Undefined: you. */
  readonly who: string | undefined
  readonly group: string
  readonly resource: string
  readonly verb: string
  readonly name?: string
}

/** What a person who works with feeds does. */
export const OWN_RIGHTS: readonly Asked[] = [
  ...Object.values(RESOURCES).map(({ plural: resource }) => ({
    ...{ who: undefined, group: 'ssmd.io', resource, verb: 'list' },
  })),
  { who: undefined, group: 'apps', resource: 'deployments', verb: 'list' },
  { who: undefined, group: '', resource: 'pods', verb: 'list' },
  { who: undefined, group: '', resource: 'pods/log', verb: 'get' },
]

/** Undefined where this person may not ask it. */
export async function askRight(
  cluster: Cluster,
  { who, group, resource: whole, verb, name }: Asked,
  signal: AbortSignal
): Promise<Right | undefined> {
  const [resource, subresource] = whole.split('/')
  const kind = who === undefined ? 'SelfSubjectAccessReview' : 'SubjectAccessReview'
  const answer = await cluster.ask<{ status?: { allowed?: boolean } }>(
    `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    {
      signal,
      post: {
        apiVersion: 'authorization.k8s.io/v1',
        kind,
        spec: {
          ...(who === undefined ? {} : { user: who }),
          resourceAttributes: {
            ...{ namespace: cluster.namespace, group, resource, verb },
            ...(subresource === undefined ? {} : { subresource }),
            ...(name === undefined ? {} : { name }),
          },
        },
      },
    }
  )
  if (typeof answer === 'string') return undefined
  const shown = `${verb} ${whole}${group === '' ? '' : `.${group}`}`
  return {
    who: who ?? 'you',
    what: shown,
    allowed: answer.status?.allowed === true,
  }
}

/** The account of the operator that works in this namespace, if its Deployment can be found. */
export async function operatorAccount(
  cluster: Cluster,
  signal: AbortSignal
): Promise<string | undefined> {
  const labelSelector = 'app.kubernetes.io/component=operator'
  for (const namespace of [cluster.namespace, undefined]) {
    const found = await cluster.list(DEPLOYMENTS, { namespace, labelSelector, signal })
    const [one] = typeof found === 'string' ? [] : found
    if (one === undefined) continue
    const { serviceAccountName = 'default' } = ((
      one.spec as { template?: { spec?: { serviceAccountName?: string } } }
    ).template?.spec ?? {}) as { serviceAccountName?: string }
    return `system:serviceaccount:${one.metadata.namespace}:${serviceAccountName}`
  }
  return undefined
}

type ContainerStatus = {
  readonly image?: string
  readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } }
}

export function judgeImages(pods: readonly KubeObject[] | Refused): Verdict {
  if (pods === 'forbidden') return refused('pods')
  if (pods === 'missing' || pods.length === 0) return skipped('no pod of ssmd runs here')
  const failed = pods.flatMap(({ metadata, status }) => {
    const { containerStatuses = [] } = (status ?? {}) as { containerStatuses?: ContainerStatus[] }
    return containerStatuses.flatMap(({ image = '', state }) =>
      /^(ErrImage|ImagePull|InvalidImage)/.test(state?.waiting?.reason ?? '')
        ? [`${metadata.name}: ${image}: ${state?.waiting?.reason}`]
        : []
    )
  })
  return failed.length === 0
    ? good(`${plural(pods.length, 'pod')} have their image`)
    : bad(
        failed.join('; '),
        'Push that image, or correct image and imagePullSecrets in the values of the chart.'
      )
}

export function judgeClaims(claims: readonly KubeObject[] | Refused): Verdict {
  if (claims === 'forbidden') return refused('claims')
  if (claims === 'missing' || claims.length === 0) return skipped('no Archive has a claim here')
  const open = claims.filter(({ status }) => (status as { phase?: string })?.phase !== 'Bound')
  if (open.length === 0) return good(`${plural(claims.length, 'claim')} bound`)
  const found = open.map(
    ({ metadata, status }) =>
      `${metadata.name} is ${(status as { phase?: string })?.phase ?? 'new'}`
  )
  // A volume is often made only when the first pod mounts it.
  return warning(found.join('; '), 'Read kubectl describe pvc, and correct storage.claim.')
}

/** A Secret that resources name; `fields` are those that are missing or empty in it. */
export type SecretFacts = {
  readonly name: string
  readonly by: string
  readonly state: 'good' | 'missing' | 'forbidden' | 'incomplete'
  readonly fields: readonly string[]
}

export function judgeSecrets(secrets: readonly SecretFacts[]): Verdict {
  if (secrets.length === 0) return skipped('no resource names a Secret')
  const wrong = secrets.filter(({ state }) => state === 'missing' || state === 'incomplete')
  const [first] = wrong
  if (first !== undefined) {
    const found = wrong.map(({ name, by, state, fields }) =>
      state === 'missing'
        ? `Secret ${name} of ${by} does not exist`
        : `Secret ${name} of ${by} has no ${fields.join(', ')}`
    )
    const literals = first.fields.map((field) => `--from-file=${field}`).join(' ')
    return bad(
      found.join('; '),
      `Create it: kubectl create secret generic ${first.name} ${literals}`
    )
  }
  return secrets.every(({ state }) => state === 'forbidden')
    ? refused('Secrets')
    : good(`${plural(secrets.length, 'Secret')} complete`)
}

export type SecretNeed = { name: string; by: string; fields: readonly string[] }

/** Looks which fields there are; no value is kept or shown. */
export async function lookAtSecret(
  cluster: Cluster,
  { name, by, fields }: SecretNeed,
  signal: AbortSignal
): Promise<SecretFacts> {
  const { namespace } = cluster
  const secret = await cluster.ask<KubeObject>(pathOf(SECRETS, { namespace, name }), { signal })
  if (typeof secret === 'string') return { name, by, state: secret, fields }
  const data = (secret.data ?? {}) as Readonly<Record<string, string>>
  const missing = fields.filter(
    (field) =>
      Buffer.from(data[field] ?? '', 'base64')
        .toString('utf8')
        .trim() === ''
  )
  return { name, by, state: missing.length === 0 ? 'good' : 'incomplete', fields: missing }
}

const APPLICATIONS: Resource = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'applications',
  kind: 'Application',
  namespaced: true,
}
const KUSTOMIZATIONS: Resource = {
  group: 'kustomize.toolkit.fluxcd.io',
  version: 'v1',
  plural: 'kustomizations',
  kind: 'Kustomization',
  namespaced: true,
}

export type Delivered = {
  readonly applications: readonly KubeObject[] | Refused
  readonly kustomizations: readonly KubeObject[] | Refused
}

type ApplicationStatus = {
  readonly sync?: { readonly status?: string }
  readonly health?: { readonly status?: string; readonly message?: string }
  readonly resources?: readonly { readonly group?: string }[]
}
type Inventory = { readonly inventory?: { readonly entries?: readonly { readonly id?: string }[] } }

/** Only what delivers resources of ssmd is judged. */
export function judgeDelivery({ applications, kustomizations }: Delivered): Verdict {
  if (applications === 'forbidden' && kustomizations === 'forbidden') {
    return refused('Applications and Kustomizations')
  }
  const troubles: string[] = []
  const names: string[] = []
  for (const { metadata, status } of listed(applications)) {
    const { sync, health, resources = [] } = (status ?? {}) as ApplicationStatus
    if (!resources.some(({ group }) => group === 'ssmd.io')) continue
    names.push(metadata.name)
    const is = [sync?.status ?? 'Unknown', health?.status ?? 'Unknown']
    if (is[0] !== 'Synced' || is[1] !== 'Healthy')
      troubles.push(`Argo CD: ${metadata.name} is ${is.join(', ')}`)
  }
  for (const { metadata, status } of listed(kustomizations)) {
    const { inventory } = (status ?? {}) as Inventory
    // An entry is <namespace>_<name>_<group>_<kind>.
    if (!inventory?.entries?.some(({ id = '' }) => id.includes('_ssmd.io_'))) continue
    names.push(metadata.name)
    const ready = conditionsIn(status).find(({ type }) => type === 'Ready')
    if (ready?.status !== 'True')
      troubles.push(`Flux: ${metadata.name}: ${ready?.message ?? 'not reconciled yet'}`)
  }
  if (troubles.length > 0)
    return bad(troubles.join('; '), 'Read why with argocd app get, or flux get kustomizations.')
  return names.length === 0
    ? skipped('neither Argo CD nor Flux delivers resources of ssmd here')
    : good(`${names.join(', ')} in step`)
}

const listed = (objects: readonly KubeObject[] | Refused): readonly KubeObject[] =>
  typeof objects === 'string' ? [] : objects

export async function lookAtDelivery(cluster: Cluster, signal: AbortSignal): Promise<Delivered> {
  const [applications, kustomizations] = await Promise.all([
    cluster.list(APPLICATIONS, { signal }),
    cluster.list(KUSTOMIZATIONS, { signal }),
  ])
  return { applications, kustomizations }
}

export const lookAtPods = (cluster: Cluster, signal: AbortSignal) =>
  cluster.list(PODS, { namespace: cluster.namespace, labelSelector: MANAGED, signal })

export const lookAtClaims = (cluster: Cluster, signal: AbortSignal) =>
  cluster.list(CLAIMS, { namespace: cluster.namespace, labelSelector: MANAGED, signal })
