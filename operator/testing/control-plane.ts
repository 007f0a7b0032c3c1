// A whole control plane without a kubelet: Kubernetes' own API server, controllers and scheduler, and kwok in place of
// the nodes. Deployments become Available, owners' children are collected, claims are bound; no container ever runs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { patience } from '#testing/deadline.ts'
import { toolPath } from '#testing/tools.ts'
import type { KubeObject, Resource } from '../kube/objects.ts'
import { type ClusterOptions, missingTools, startCluster, type TestCluster } from './cluster.ts'
import { FAST_STAGES, STORAGE_CLASS } from './kwok-stages.ts'
import { freePorts, isRunning, type Running, startProcess } from './processes.ts'

export const NODES: Resource = {
  group: '',
  version: 'v1',
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
}

const NODE_NAME = 'laptop'
const NODE: KubeObject = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: NODE_NAME,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': NODE_NAME },
  },
}
const ROOM = { cpu: '64', memory: '256Gi', pods: '10000' }

const START_MS = 60_000

export type ControlPlane = TestCluster & {
  /** Its processes beside etcd and the API server. */
  readonly parts: readonly Running[]
}

export type ControlPlaneOptions = ClusterOptions & {
  /** Wraps each step of the start, for a person who waits. */
  readonly step?: <T>(what: string, work: () => Promise<T>) => Promise<T>
  /**
   * Done while only the API server runs. Kinds belong here: the garbage collector learns of one that comes later only
   * at its next look, up to half a minute on.
   */
  readonly prepare?: (cluster: TestCluster) => Promise<void>
  /** Further kwok stages (files), for example those that make pods fail. */
  readonly stages?: readonly string[]
}

const controllerTools = async () => ({
  controllerManager: await toolPath('kube-controller-manager'),
  scheduler: await toolPath('kube-scheduler'),
})
const planeTools = async () => ({
  ...(await controllerTools()),
  kwok: await toolPath('kwok'),
  stages: await toolPath('kwok-stages'),
})

/** Why a test with a control plane cannot run here, or undefined. */
export const missingPlaneTools = async () =>
  (await missingTools()) ?? (await missingTools(planeTools))

export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const step = options.step ?? ((_what, work) => work())
  const tools = await planeTools()
  const cluster = await step('etcd and API server', () => startCluster(options))
  const parts: Running[] = []
  const stop = async () => {
    await Promise.all(parts.map((part) => part.stop()))
    await cluster.stop()
  }
  try {
    await options.prepare?.(cluster)
    await step('controllers, scheduler and a node', async () => {
      parts.push(...(await startControllers(cluster)))
      parts.push(await startKwok(cluster, tools, options.stages ?? []))
      await cluster.kubectl('apply', '-f', join(tools.stages, STORAGE_CLASS))
      await makeNode(cluster)
      await untilSettled(cluster, NODE_NAME, parts)
    })
  } catch (thrown) {
    await stop()
    throw thrown
  }
  // Not spread: `apiServer` is a getter, and follows a restart.
  return Object.defineProperties(Object.create(cluster) as ControlPlane, {
    parts: { value: parts },
    stop: { value: stop },
  })
}

/** Kubernetes' own controllers and scheduler. */
export async function startControllers(cluster: TestCluster): Promise<Running[]> {
  const tools = await controllerTools()
  const file = (name: string) => join(cluster.folder, name)
  const ports = await freePorts('controllers', 'scheduler')
  const common = ['--kubeconfig', cluster.kubeconfig]
  const secure = ['--leader-elect=false', '--bind-address', '127.0.0.1']
  return [
    startProcess('kube-controller-manager', tools.controllerManager, [
      ...[...common, ...secure, '--secure-port', String(ports.controllers)],
      ...['--service-account-private-key-file', file('sa.key')],
      ...['--root-ca-file', file('certs/apiserver.crt'), '--cert-dir', file('controller-certs')],
      '--use-service-account-credentials=false',
      // The default of 20 a second makes the many controllers of one process wait for one another at the start.
      ...['--kube-api-qps', '200', '--kube-api-burst', '400'],
    ]),
    startProcess('kube-scheduler', tools.scheduler, [
      ...[...common, ...secure, '--secure-port', String(ports.scheduler)],
    ]),
  ]
}

async function startKwok(
  cluster: TestCluster,
  tools: Awaited<ReturnType<typeof planeTools>>,
  stages: readonly string[]
): Promise<Running> {
  const ports = await freePorts('kwok')
  const configs = [...FAST_STAGES.map((name) => join(tools.stages, name)), ...stages]
  return startProcess(
    'kwok',
    tools.kwok,
    [
      ...['--kubeconfig', cluster.kubeconfig, '--manage-all-nodes=true', '--node-ip', '127.0.0.1'],
      ...['--node-lease-duration-seconds', '40'],
      ...['--server-address', `127.0.0.1:${ports.kwok}`],
      ...configs.flatMap((config) => ['--config', config]),
    ],
    // It looks for a configuration of its own in the home folder.
    { env: { ...process.env, HOME: cluster.folder } }
  )
}

async function makeNode(cluster: TestCluster): Promise<void> {
  const client = cluster.client()
  try {
    await client.create(NODES, NODE)
    await client.patch(
      NODES,
      NODE_NAME,
      { kind: 'merge', value: { status: { allocatable: ROOM, capacity: ROOM } } },
      { subresource: 'status' }
    )
  } finally {
    client.transport.close()
  }
}

/** The node is Ready, and the controllers have made what pods need: a namespace's service account. */
export async function untilSettled(
  cluster: TestCluster,
  nodeName: string,
  parts: readonly Running[]
): Promise<void> {
  const client = cluster.client()
  const accounts: Resource = { ...NODES, plural: 'serviceaccounts', namespaced: true }
  const end = performance.now() + patience(START_MS)
  let waitingFor = ''
  try {
    while (performance.now() < end) {
      const dead = parts.find((part) => !isRunning(part.child))
      if (dead !== undefined) throw new Error(`ended while starting: ${dead.lastWords()}`)
      // A real one makes itself known.
      const { items: nodes } = await client.list(NODES)
      const node = nodes.find(({ metadata }) => metadata.name === nodeName)
      const { conditions = [] } = (node?.status ?? {}) as { conditions?: readonly Condition[] }
      const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
      const { items } = await client.list(accounts, { namespace: 'default' })
      if (ready && items.length > 0) return
      waitingFor = ready ? 'the service account of "default"' : 'a Ready node'
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`no ${waitingFor}: ${parts.map((part) => part.lastWords()).join('\n')}`)
  } finally {
    client.transport.close()
  }
}

type Condition = { readonly type: string; readonly status: string }

/** A manifest of one's own, as a file that kubectl can read. */
export function manifest(cluster: TestCluster, name: string, ...objects: unknown[]): string {
  const path = join(cluster.folder, `${name}.json`)
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }))
  return path
}
