// A real Kubernetes cluster of one node: API server, controllers and scheduler as in operator/testing, and here a
// kubelet, containerd, kube-proxy and CoreDNS. Called inside the namespaces that namespaces.ts makes, where its pods,
// Services and names can be reached; nothing of it is seen outside.

import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SsmdError } from '#crds/errors.ts'
import { findProgram } from '#testing/programs.ts'
import { startCluster, type TestCluster } from '../../operator/testing/cluster.ts'
import {
  type ControlPlane,
  type ControlPlaneOptions,
  manifest,
  startControllers,
  untilSettled,
} from '../../operator/testing/control-plane.ts'
import { isRunning } from '../../operator/testing/processes.ts'
import { importImage, isAnswering, startContainerd, tagImage } from './containerd.ts'
import {
  apiServerOptions,
  DNS_RIGHTS,
  type Identities,
  makeApiServerCertificate,
  makeIdentities,
  writeKubeconfig,
} from './identities.ts'
import { type KubeletOptions, startKubelet } from './kubelet.ts'
import { enclosed } from './namespaces.ts'
import { makeBridge, NODE_ADDRESS, removeNetwork, startDns, startProxy } from './network.ts'
import { Parts } from './parts.ts'
import { type ContainerMemory, containerMemory, killContainer, type PodName } from './pods.ts'
import { endContainers, endShims, readMounts, unmountSince } from './teardown.ts'
import { missingNode, nodeTools } from './tools.ts'
import { DEFAULT_VOLUMES, makeVolumeFolder, type VolumeOptions, volumeObjects } from './volumes.ts'

export const NODE_NAME = 'node'
const START_MS = 60_000

export type NodeOptions = Pick<ControlPlaneOptions, 'step' | 'prepare'> & {
  /** OCI archives; one of them brings `ssmd.local/pause:1`. */
  readonly images: readonly string[]
  /** Default: eight folders of the class `local`. */
  readonly volumes?: readonly VolumeOptions[]
  /** Ends a start that is under way, between two steps. */
  readonly signal?: AbortSignal
}

export type NodeCluster = ControlPlane & {
  /** Holds `kubectl` in the version of this cluster, and `ctr`. */
  readonly bin: string
  /** The folder of each local volume, by its name. */
  readonly volumes: Readonly<Record<string, string>>
  /** The first of its programs to end by itself, with its last words. Never settles while all is well. */
  readonly failed: Promise<string>
  /** Brings an image in while the node runs. */
  importImage(archive: string): Promise<void>
  /** Gives an image that is there a further name. */
  tagImage(name: string, as: string): Promise<void>
  /** Done when the new kubelet has renewed the node's lease. */
  restartKubelet(): Promise<void>
  killContainer(pod: PodName): Promise<void>
  memory(pod: PodName): Promise<ContainerMemory>
}

export async function startNode(options: NodeOptions): Promise<NodeCluster> {
  const missing = await missingNode()
  const place = enclosed()
  if (missing !== undefined || place === undefined) throw missing
  const step = steps(options)
  const tools = { ...(await nodeTools()), runc: (await findProgram('runc')) ?? 'runc' }
  const folder = await mkdtemp(join(tmpdir(), 'node-'))
  const logs = join(folder, 'logs')
  const mounts = await readMounts()
  const parts = new Parts()
  let cluster: TestCluster | undefined
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= stopAll()
    return stopping
  }
  const stopAll = async () => {
    await parts.stopAll()
    await endContainers(place.cgroup)
    await endShims(tools.shim)
    await unmountSince(mounts)
    await cluster?.stop()
    await removeNetwork()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await mkdir(logs)
    await makeBridge()
    const identities = makeIdentities(NODE_NAME)
    const certificate = await makeApiServerCertificate(folder)
    const log = (name: string) => join(logs, `${name}.log`)
    const plane = await step('etcd, API server; containerd, images', async () => {
      const server = startCluster(apiServerOptions(NODE_ADDRESS, identities, certificate))
      server.then(
        (started) => {
          cluster = started
        },
        () => {}
      )
      parts.add(await startContainerd(folder, tools, log('containerd')))
      const images = importAll(tools.ctr, parts, options.images)
      // Both have come to an end before either failure goes on, so that `stop` finds all there is.
      const [started, imported] = await Promise.allSettled([server, images])
      if (imported.status === 'rejected') throw imported.reason
      if (started.status === 'rejected') throw started.reason
      return started.value
    })
    await options.prepare?.(plane)
    const volumes = await makeVolumes(plane, folder, options.volumes ?? DEFAULT_VOLUMES)
    const kubelet: KubeletOptions = {
      folder,
      program: tools.kubelet,
      nodeName: NODE_NAME,
      address: NODE_ADDRESS,
      kubeconfig: await writeKubeconfig(plane, 'kubelet', identities.kubelet),
      clientCa: certificate.cert,
      cgroup: place.cgroup.path,
      logFile: log('kubelet'),
    }
    await step('kubelet, controllers, kube-proxy, DNS', async () => {
      parts.add(await startKubelet(kubelet), ...(await startControllers(plane)))
      await startServices(plane, tools, identities, parts, log)
      await untilSettled(plane, NODE_NAME, parts.all)
      await untilServing(parts)
    })
    const bin = await makeBin(folder, tools)
    return Object.defineProperties(Object.create(plane) as NodeCluster, {
      ...values({ bin, volumes, failed: parts.failed, stop }),
      parts: { get: () => parts.all },
      ...values({
        importImage: (archive: string) => importImage(tools.ctr, archive),
        tagImage: (name: string, as: string) => tagImage(tools.ctr, name, as),
        restartKubelet: () => restartKubelet(plane, kubelet, parts),
        killContainer: (pod: PodName) => killContainer(plane, place.cgroup, pod),
        memory: (pod: PodName) => containerMemory(plane, place.cgroup, pod),
      }),
    })
  } catch (thrown) {
    // The first failure says more than what it leads to.
    await stop().catch(() => {})
    throw thrown
  }
}

const values = (properties: Readonly<Record<string, unknown>>): PropertyDescriptorMap =>
  Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { value }]))

/** The caller's, and none begins once the signal has come. */
function steps(options: NodeOptions): NonNullable<NodeOptions['step']> {
  const step = options.step ?? ((_what, work) => work())
  return (what, work) => {
    options.signal?.throwIfAborted()
    return step(what, work)
  }
}

/** The API server by its name as a Service: DNS answers, and kube-proxy leads there. */
async function untilServing(parts: Parts): Promise<void> {
  const end = performance.now() + START_MS
  for (;;) {
    const socket = connect({ host: 'kubernetes.default.svc', port: 443 })
    try {
      await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) })
      return
    } catch (cause) {
      if (performance.now() > end) {
        const words = parts.all.map((part) => part.lastWords()).join('\n')
        throw new SsmdError('SSMD_E_INTERNAL', `Services are not served: ${words}`, { cause })
      }
    } finally {
      socket.destroy()
    }
    await sleep(50)
  }
}

async function importAll(ctr: string, parts: Parts, images: readonly string[]): Promise<void> {
  const end = performance.now() + START_MS
  while (!(await isAnswering(ctr))) {
    const dead = parts.all.find((part) => !isRunning(part.child))
    if (dead !== undefined || performance.now() > end) {
      const words = parts.all.map((part) => part.lastWords()).join('\n')
      throw new SsmdError('SSMD_E_INTERNAL', `containerd is not ready: ${words}`)
    }
    await sleep(50)
  }
  for (const image of images) await importImage(ctr, image)
}

async function makeVolumes(
  cluster: TestCluster,
  folder: string,
  volumes: readonly VolumeOptions[]
): Promise<Record<string, string>> {
  const folders: Record<string, string> = {}
  for (const volume of volumes) {
    folders[volume.name] = await makeVolumeFolder(join(folder, 'volumes'), volume)
  }
  const objects = [...volumeObjects(NODE_NAME, volumes, folders), ...DNS_RIGHTS]
  await cluster.kubectl('apply', '-f', manifest(cluster, 'node', ...objects))
  return folders
}

async function startServices(
  cluster: TestCluster,
  tools: { readonly proxy: string; readonly dns: string },
  identities: Identities,
  parts: Parts,
  log: (name: string) => string
): Promise<void> {
  const proxy = await writeKubeconfig(cluster, 'kube-proxy', identities.proxy)
  const dns = await writeKubeconfig(cluster, 'coredns', identities.dns)
  parts.add(
    await startProxy(cluster, tools.proxy, {
      nodeName: NODE_NAME,
      kubeconfig: proxy,
      logFile: log('kube-proxy'),
    }),
    await startDns(cluster, tools.dns, {
      kubeconfig: dns,
      context: 'test',
      logFile: log('coredns'),
    })
  )
}

async function makeBin(
  folder: string,
  tools: { readonly kubectl: string; readonly ctr: string }
): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await symlink(tools.kubectl, join(bin, 'kubectl'))
  await symlink(tools.ctr, join(bin, 'ctr'))
  return bin
}

async function restartKubelet(
  cluster: TestCluster,
  options: KubeletOptions,
  parts: Parts
): Promise<void> {
  // A new node's comes a few seconds after it is Ready.
  const renewed = () =>
    cluster.kubectl(
      ...['get', 'lease', '-n', 'kube-node-lease', '--ignore-not-found', NODE_NAME],
      ...['-o', 'jsonpath={.spec.renewTime}']
    )
  await parts.stop('kubelet', 'SIGTERM')
  const before = await renewed()
  const part = await startKubelet(options)
  parts.add(part)
  // The node itself stays Ready meanwhile: nobody has noticed.
  const end = performance.now() + START_MS
  while ((await renewed()) === before) {
    if (!isRunning(part.child) || performance.now() > end) {
      throw new SsmdError('SSMD_E_INTERNAL', `the kubelet is not back: ${part.lastWords()}`)
    }
    await sleep(100)
  }
}
