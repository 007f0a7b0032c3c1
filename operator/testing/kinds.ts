// The real kinds against a real API server: a namespace with the shipped role for each test, an operator in this process
// that is that role's service account and nothing more, and resources to apply.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Registry } from 'prom-client'
import { parseAllDocuments } from 'yaml'
import { until } from '#testing/deadline.ts'
import { addControllers } from '../controllers.ts'
import type { Client } from '../kube/client.ts'
import { type Connection, fixedConnection } from '../kube/config.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  type KubeObject,
  NAMESPACES,
  type Resource,
  SERVICE_ACCOUNTS,
} from '../kube/objects.ts'
import type { Context } from '../reconcile/context.ts'
import { RESOURCES } from '../reconcile/kinds.ts'
import { Manager } from '../runtime/manager.ts'
import { conditionsIn } from '../status/status.ts'
import type { Audit } from './audit.ts'
import {
  type ClusterAccess,
  type ClusterOptions,
  startCluster,
  type TestCluster,
} from './cluster.ts'
import { testLog } from './log.ts'
import { joinCluster } from './shared-cluster.ts'

const ROOT = new URL('../../', import.meta.url).pathname
/** Longer than any test. */
const TOKEN_SECONDS = 24 * 3600
const rbac = (plural: string, kind: string, namespaced = true): Resource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced,
})
const ROLE_KINDS: readonly Resource[] = [
  SERVICE_ACCOUNTS,
  rbac('roles', 'Role'),
  rbac('rolebindings', 'RoleBinding'),
  rbac('clusterroles', 'ClusterRole', false),
  rbac('clusterrolebindings', 'ClusterRoleBinding', false),
]

/** The second user of a namespace. */
export const OTHER_ACCOUNT = 'other'

export type Operator = {
  readonly context: Context
  readonly lines: readonly Readonly<Record<string, unknown>>[]
  /** Writes that the operator asked for, refused ones too. */
  readonly writes: () => number
  /** Passes of a controller that ended well. */
  readonly passes: (controller: 'feed' | 'environment' | 'archive' | 'signal') => Promise<number>
  stop(): Promise<void>
}

export type OperateOptions = {
  readonly allNamespaces?: boolean
  readonly figuresMs?: number
  readonly sweepMs?: number
  readonly nowMs?: () => number
  readonly image?: string
  readonly pullSecrets?: readonly string[]
  /** There is no other: it works without a lease, and goes on where it could not renew one. */
  readonly alone?: boolean
  /** In place of the API server itself: a proxy in front of it. */
  readonly server?: string
}

export type Space = {
  readonly name: string
  readonly token: string
  readonly connection: Connection
}

export type KindsCluster<C extends ClusterAccess = ClusterAccess> = {
  readonly cluster: C
  readonly client: Client
  /** A new namespace, with the roles of `file` for its operator. */
  space(file?: 'namespaced' | 'cluster-wide'): Promise<Space>
  /** The same namespace and rights as another user, whom the audit log tells from the first. */
  other(space: Space): Promise<Space>
  operate(space: Space, options?: OperateOptions): Promise<Operator>
  stop(): Promise<void>
}

/** On an API server that other test files use at the same time: nothing of all namespaces. */
export type SharedKinds = Omit<KindsCluster, 'space' | 'operate'> & {
  space(): Promise<Space>
  operate(space: Space, options?: Omit<OperateOptions, 'allNamespaces'>): Promise<Operator>
}

export type KindsOptions = {
  /** The API server takes any spec and status, as if validation had been switched off. */
  readonly loose?: boolean
  readonly audit?: Audit
  /** Another cluster than one of an API server alone. */
  readonly start?: (options: ClusterOptions) => Promise<TestCluster>
}

/** An API server of its own, for a test that stops it, looks into it, or changes what belongs to all namespaces. */
export async function startKinds(options: KindsOptions = {}): Promise<KindsCluster<TestCluster>> {
  const cluster = await (options.start ?? startCluster)(
    options.audit ? { apiServerArgs: options.audit.args } : {}
  )
  return openKinds(cluster, options.loose === true)
}

/** The API server of all test files that only need namespaces of their own, and operators that see no others. */
export const sharedKinds = async (): Promise<SharedKinds> => openKinds(await joinCluster(), false)

async function openKinds<C extends ClusterAccess>(
  cluster: C,
  isLoose: boolean
): Promise<KindsCluster<C>> {
  const client = cluster.client()
  await installKinds(client, isLoose)
  // Other files have namespaces on the same API server.
  const prefix = `t${randomBytes(3).toString('hex')}`
  let spaces = 0
  const spaceOf = async (name: string, account: string): Promise<Space> => {
    const token = await tokenOf(client, name, account)
    const headers = { authorization: `Bearer ${token}` }
    const connection = fixedConnection(cluster.server, { tls: { ca: cluster.ca }, headers }, name)
    return { name, token, connection }
  }
  const operators = new Set<Operator>()
  return {
    cluster,
    client,
    async space(file = 'namespaced') {
      const name = `${prefix}-${++spaces}`
      await client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      await applyRoles(client, file, name)
      return spaceOf(name, 'ssmd-operator')
    },
    async other({ name }) {
      const metadata = { name: OTHER_ACCOUNT, namespace: name }
      await client.create(SERVICE_ACCOUNTS, { apiVersion: 'v1', kind: 'ServiceAccount', metadata })
      await client.create(rbac('rolebindings', 'RoleBinding'), {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'ssmd-operator' },
        subjects: [{ kind: 'ServiceAccount', ...metadata }],
      })
      return spaceOf(name, OTHER_ACCOUNT)
    },
    async operate(space, options = {}) {
      const operator = await startOperator(space, options)
      operators.add(operator)
      return operator
    },
    async stop() {
      for (const operator of operators) await operator.stop()
      client.transport.close()
      await cluster.stop()
    },
  }
}

/** As a pod of this service account has it. */
async function tokenOf(client: Client, namespace: string, account: string): Promise<string> {
  const { body } = await client.transport.request({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: TOKEN_SECONDS },
    },
  })
  return (body as { readonly status: { readonly token: string } }).status.token
}

export async function installKinds(client: Client, isLoose: boolean): Promise<void> {
  for (const file of ['feed', 'environment', 'archive', 'signal'])
    for (const object of read(`crds/${file}.yaml`))
      await client.apply(CUSTOM_RESOURCE_DEFINITIONS, isLoose ? loosened(object) : object, {
        manager: 'test',
        force: true,
      })
  await until(30_000, 'the kinds are served', async () => {
    const lists = Object.values(RESOURCES).map((kind) => client.list(kind))
    return Promise.all(lists).then(
      () => true,
      () => false
    )
  })
}

function loosened(definition: KubeObject): KubeObject {
  const spec = definition.spec as { versions: object[] }
  const any = { 'x-kubernetes-preserve-unknown-fields': true }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: any, status: any } } }
  const versions = spec.versions.map((version) => ({
    ...version,
    schema,
    selectableFields: [],
    additionalPrinterColumns: [],
  }))
  return { ...definition, spec: { ...spec, versions } }
}

/** The shipped roles, in another namespace than theirs. */
async function applyRoles(client: Client, file: string, namespace: string): Promise<void> {
  for (const object of read(`crds/roles/${file}.yaml`, (text) =>
    text.replaceAll('namespace: ssmd', `namespace: ${namespace}`)
  )) {
    const resource = ROLE_KINDS.find(({ kind }) => kind === object.kind)
    if (!resource) throw new Error(`unexpected ${object.kind} in roles`)
    await client.apply(resource, object, { manager: 'test', force: true })
  }
}

function read(path: string, edit = (text: string) => text): KubeObject[] {
  const text = edit(readFileSync(`${ROOT}${path}`, 'utf8'))
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject)
}

async function startOperator(space: Space, options: OperateOptions): Promise<Operator> {
  const { log, lines } = testLog()
  const registry = new Registry()
  const { server, nowMs, image = 'ssmd:test' } = options
  const manager = new Manager({
    connection: server === undefined ? space.connection : { ...space.connection, server },
    log,
    registry,
    userAgent: 'ssmd-operator/test',
    name: 'ssmd-operator',
    hashAnnotation: 'ssmd.io/applied-hash',
    reportingController: 'ssmd.io/operator',
    ...(options.alone ? {} : { lease: { namespace: space.name, name: 'ssmd-operator' } }),
    perSecond: 1000,
    burst: 1000,
    graceMs: 2000,
  })
  let writes = 0
  manager.client.transport.guardWrites((call) => {
    if (call.pool !== 'lease') writes++
  })
  const { context, close } = addControllers({
    manager,
    log,
    namespace: options.allNamespaces ? undefined : space.name,
    image,
    hostRoot: '/var/lib/ssmd',
    ...(options.pullSecrets ? { pullSecrets: options.pullSecrets } : {}),
    ...(nowMs ? { nowMs } : {}),
    ...(options.figuresMs === undefined ? {} : { figuresMs: options.figuresMs }),
    ...(options.sweepMs === undefined ? {} : { sweepMs: options.sweepMs }),
  })
  const stop = new AbortController()
  const running = manager.run(stop.signal)
  running.catch(() => {})
  await until(30_000, 'the operator leads', () => manager.phase === 'leading')
  return {
    context,
    lines,
    writes: () => writes,
    async passes(controller) {
      const metric = registry.getSingleMetric('controller_runtime_reconcile_total')
      const { values } = (await metric?.get()) ?? { values: [] }
      return values
        .filter(({ labels }) => labels.controller === controller && labels.result !== 'error')
        .reduce((sum, { value }) => sum + value, 0)
    },
    async stop() {
      stop.abort()
      await running
      await close()
    },
  }
}

// Resources and what is read of them.

export const feed = (space: Space, name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name, namespace: space.name },
  spec: {
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
})

export const environment = (
  space: Space,
  name: string,
  feeds: string[],
  spec: object = {}
): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Environment',
  metadata: { name, namespace: space.name },
  spec: { feeds, transport: { url: 'nats://127.0.0.1:1' }, ...spec },
})

export const archive = (
  space: Space,
  name: string,
  of: string,
  feeds: string[],
  spec: object = {}
): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Archive',
  metadata: { name, namespace: space.name },
  spec: { environmentRef: { name: of }, feeds, storage: { claim: { size: '1Gi' } }, ...spec },
})

export const signal = (
  space: Space,
  name: string,
  of: string,
  feeds: string[],
  spec: object = {}
): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Signal',
  metadata: { name, namespace: space.name },
  spec: { environmentRef: { name: of }, feeds, source: 'export default {}', ...spec },
})

export const KIND_OF: Readonly<Record<string, Resource>> = RESOURCES

/** As a person applies it. */
export const declare = (client: Client, object: KubeObject): Promise<KubeObject> =>
  client.apply(KIND_OF[object.kind] as Resource, object, { manager: 'kubectl', force: true })

/** `True Captured`, or empty. */
export function condition(object: KubeObject, type: string): string {
  const found = conditionsIn(object.status).find((entry) => entry.type === type)
  return found ? `${found.status} ${found.reason}` : ''
}

export const isSettled = (object: KubeObject): boolean =>
  (object.status as { observedGeneration?: number } | undefined)?.observedGeneration ===
  object.metadata.generation

/** What the Deployment controller and a kubelet would do. */
export async function playAvailable(client: Client, key: string): Promise<void> {
  const live = await client.get(DEPLOYMENTS, key)
  const value = {
    status: {
      observedGeneration: live.metadata.generation,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
    },
  }
  await client.patch(DEPLOYMENTS, key, { kind: 'merge', value }, { subresource: 'status' })
}
