// A pod as the node has it: the cgroup of each of its containers, with the processes in it and the memory they hold.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SsmdError } from '#crds/errors.ts'
import type { TestCluster } from '../../operator/testing/cluster.ts'
import type { NodeCgroup } from './cgroups.ts'

export type PodName = {
  readonly namespace: string
  readonly name: string
  /** Default: its first. */
  readonly container?: string
}

export type ContainerMemory = {
  /** Bytes that count towards the limit: with files that the kernel keeps because they were read. */
  readonly used: number
  /** Bytes of the processes themselves. */
  readonly resident: number
}

export async function containerMemory(
  cluster: TestCluster,
  cgroup: NodeCgroup,
  pod: PodName
): Promise<ContainerMemory> {
  const folder = await containerFolder(cluster, cgroup, pod)
  const one = cgroup.version === 1
  const used = await readFile(
    join(folder, one ? 'memory.usage_in_bytes' : 'memory.current'),
    'utf8'
  )
  const stat = await readFile(join(folder, 'memory.stat'), 'utf8')
  const resident = new RegExp(`^${one ? 'total_rss' : 'anon'} (\\d+)$`, 'm').exec(stat)?.[1]
  return { used: Number(used), resident: Number(resident) }
}

/** Ends a container's first process by force, as if it had crashed: the kubelet starts the container again. */
export async function killContainer(
  cluster: TestCluster,
  cgroup: NodeCgroup,
  pod: PodName
): Promise<void> {
  const folder = await containerFolder(cluster, cgroup, pod)
  const pids = (await readFile(join(folder, 'cgroup.procs'), 'utf8')).split('\n').filter(Boolean)
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    // Its number in each namespace, the innermost last: 1 is what the container was started with.
    if (!/^NSpid:.*\t1$/m.test(status)) continue
    process.kill(Number(pid), 'SIGKILL')
    return
  }
  throw notThere(pod, `no first process among ${pids.length} in ${folder}`)
}

async function containerFolder(
  cluster: TestCluster,
  cgroup: NodeCgroup,
  pod: PodName
): Promise<string> {
  const text = await cluster.kubectl('get', 'pod', pod.name, '-n', pod.namespace, '-o', 'json')
  const { metadata, status } = JSON.parse(text) as {
    metadata: { uid: string }
    status: { qosClass: string; containerStatuses?: readonly ContainerStatus[] }
  }
  const container = status.containerStatuses?.find(
    ({ name }) => pod.container === undefined || name === pod.container
  )
  const id = container?.containerID?.replace(/^containerd:\/\//, '')
  if (id === undefined || id === '') throw notThere(pod, 'it has no such container')
  const quality = status.qosClass === 'Guaranteed' ? '' : status.qosClass.toLowerCase()
  const folder = join(cgroup.memory, 'kubepods', quality, `pod${metadata.uid}`, id)
  await readdir(folder).catch((cause) => {
    throw notThere(pod, 'its container does not run', cause)
  })
  return folder
}

type ContainerStatus = { readonly name: string; readonly containerID?: string }

const notThere = (pod: PodName, why: string, cause?: unknown): SsmdError =>
  new SsmdError('SSMD_E_NOT_FOUND', `pod ${pod.namespace}/${pod.name} on the node: ${why}`, {
    cause,
  })
