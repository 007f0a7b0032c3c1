// The kubelet of the node: its configuration and its start. A restart leaves the pods as they are.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Running, startProcess } from '../../operator/testing/processes.ts'
import { SOCKET } from './containerd.ts'

export type KubeletOptions = {
  readonly folder: string
  readonly program: string
  readonly nodeName: string
  readonly address: string
  readonly kubeconfig: string
  /** The one certificate that it accepts from whoever asks it for logs or a shell. */
  readonly clientCa: string
  readonly cgroup: string
  readonly logFile: string
}

export async function startKubelet(o: KubeletOptions): Promise<Running> {
  const config = join(o.folder, 'kubelet.json')
  await writeFile(config, JSON.stringify(kubeletConfig(o)))
  return startProcess(
    'kubelet',
    o.program,
    [
      ...['--config', config, '--kubeconfig', o.kubeconfig],
      ...['--hostname-override', o.nodeName, '--node-ip', o.address],
      ...['--cert-dir', join(o.folder, 'kubelet-certs')],
    ],
    { logFile: o.logFile }
  )
}

export const kubeletConfig = (o: KubeletOptions) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  address: o.address,
  healthzBindAddress: '127.0.0.1',
  readOnlyPort: 0,
  containerRuntimeEndpoint: `unix://${SOCKET}`,
  cgroupDriver: 'cgroupfs',
  // Pods of this node only; nothing of it lies elsewhere.
  cgroupRoot: o.cgroup,
  // It refuses version 1, which older machines have, unless told otherwise.
  failCgroupV1: false,
  failSwapOn: false,
  oomScoreAdj: 0,
  clusterDNS: [o.address],
  clusterDomain: 'cluster.local',
  // Of the computer's own resolver nothing is passed on: it cannot be reached from here.
  resolvConf: '',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: o.clientCa },
  },
  authorization: { mode: 'Webhook' },
  makeIPTablesUtilChains: false,
  // Images cannot be had again: none is ever removed for want of space, and a full disk evicts late.
  imageGCHighThresholdPercent: 100,
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '1%',
    'nodefs.inodesFree': '1%',
    'imagefs.available': '1%',
  },
})
