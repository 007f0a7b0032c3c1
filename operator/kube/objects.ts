// What every Kubernetes object has in common, how a kind is addressed, and the key that names an object.
// Objects are raw JSON from end to end: no class and no decoder stands between the API server and us, so
// no field is ever lost (client-node's generated models drop what they do not know, client-node#2962).

export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export type ObjectMeta = {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly unknown[]
}

export type KubeObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly [field: string]: unknown
}

export type KubeList<T extends KubeObject = KubeObject> = {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string }
  readonly items: readonly T[]
}

/** A kind and where the API server keeps it. `T` is the type of its objects, for the compiler only. */
export type Resource<T extends KubeObject = KubeObject> = {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  /** Never set: it carries `T`. */
  readonly object?: T
}

const builtIn = (group: string, version: string, plural: string, kind: string, namespaced = true) =>
  ({ group, version, plural, kind, namespaced }) satisfies Resource

/** The built-in kinds that the operator meets. */
export const CONFIG_MAPS: Resource = builtIn('', 'v1', 'configmaps', 'ConfigMap')
export const SECRETS: Resource = builtIn('', 'v1', 'secrets', 'Secret')
export const SERVICES: Resource = builtIn('', 'v1', 'services', 'Service')
export const SERVICE_ACCOUNTS: Resource = builtIn('', 'v1', 'serviceaccounts', 'ServiceAccount')
export const CLAIMS: Resource = builtIn('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim')
export const PODS: Resource = builtIn('', 'v1', 'pods', 'Pod')
export const NAMESPACES: Resource = builtIn('', 'v1', 'namespaces', 'Namespace', false)
export const DEPLOYMENTS: Resource = builtIn('apps', 'v1', 'deployments', 'Deployment')
export const NETWORK_POLICIES: Resource = builtIn(
  'networking.k8s.io',
  'v1',
  'networkpolicies',
  'NetworkPolicy'
)
export const LEASES: Resource = builtIn('coordination.k8s.io', 'v1', 'leases', 'Lease')
export const EVENTS: Resource = builtIn('events.k8s.io', 'v1', 'events', 'Event')
export const CUSTOM_RESOURCE_DEFINITIONS: Resource = builtIn(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false
)

/** `v1` or `group/version`. */
export const apiVersionOf = (resource: Resource): string =>
  resource.group === '' ? resource.version : `${resource.group}/${resource.version}`

/** The path of a collection, an object or a subresource; without a namespace, of all namespaces. */
export function pathOf(
  resource: Resource,
  where: { namespace?: string | undefined; name?: string; subresource?: string } = {}
): string {
  const root =
    resource.group === ''
      ? `/api/${resource.version}`
      : `/apis/${resource.group}/${resource.version}`
  const namespace =
    resource.namespaced && where.namespace !== undefined && where.namespace !== ''
      ? `/namespaces/${encodeURIComponent(where.namespace)}`
      : ''
  const name = where.name === undefined ? '' : `/${encodeURIComponent(where.name)}`
  const subresource = where.subresource === undefined ? '' : `/${where.subresource}`
  return `${root}${namespace}/${resource.plural}${name}${subresource}`
}

/** `namespace/name`, or `name` for a kind without namespaces. */
export type Key = string

export const keyOf = (object: { readonly metadata: ObjectMeta }): Key =>
  object.metadata.namespace === undefined || object.metadata.namespace === ''
    ? object.metadata.name
    : `${object.metadata.namespace}/${object.metadata.name}`

export function splitKey(key: Key): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/')
  return slash < 0
    ? { namespace: undefined, name: key }
    : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner that controls an object, if it is of this kind. */
export function controllerOf(object: KubeObject, owner: Resource): OwnerReference | undefined {
  const group = `${owner.group}/`
  return object.metadata.ownerReferences?.find(
    (reference) =>
      reference.controller === true &&
      reference.kind === owner.kind &&
      (owner.group === ''
        ? reference.apiVersion === owner.version
        : reference.apiVersion.startsWith(group))
  )
}

/** The reference that makes `owner` the controller of a child: deleting the owner deletes the child. */
export function ownedBy(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  }
}

/**
 * Whether resource version `a` is older than `b`. They are orderable integers on every API server since
 * 1.35 (KEP-5504) and have been in etcd all along; where one is not a number the answer is false.
 */
export function isOlder(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || !/^\d+$/.test(a) || !/^\d+$/.test(b)) return false
  return a.length === b.length ? a < b : a.length < b.length
}
