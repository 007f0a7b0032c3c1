// The network of a node: a bridge with the node's one address, on which API server, kubelet and CoreDNS listen and to
// which its pods are joined. There is no way out of it: names and addresses of the world are not reachable for a pod.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestCluster } from '../../operator/testing/cluster.ts'
import { type Running, startProcess } from '../../operator/testing/processes.ts'
import { mustRun } from './must-run.ts'

export const NODE_ADDRESS = '10.244.0.1'
const PODS = '10.244.0.0/24'
export const SERVICES = '10.0.0.0/24'
const BRIDGE = 'ssmd0'

export async function makeBridge(): Promise<void> {
  await mustRun('ip', ['link', 'add', BRIDGE, 'type', 'bridge'])
  await mustRun('ip', ['address', 'add', `${NODE_ADDRESS}/24`, 'dev', BRIDGE])
  await mustRun('ip', ['link', 'set', BRIDGE, 'up'])
  // For programs of the node itself; on its way out a packet is led to a pod by kube-proxy's rules.
  await mustRun('ip', ['route', 'add', SERVICES, 'dev', BRIDGE])
  // Of this network namespace alone: from pod to pod by way of a Service.
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  // There where br_netfilter is loaded: off in this namespace, so that a node is the same on every machine.
  await writeFile('/proc/sys/net/bridge/bridge-nf-call-iptables', '0', { flag: 'r+' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    }
  )
}

/** How containerd joins a pod to the bridge: a file for its folder of network configurations. */
export const podNetwork = (folder: string): string =>
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: BRIDGE,
        isGateway: true,
        ipMasq: false,
        // A pod reaches itself by the name of its Service.
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[{ subnet: PODS }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  })

/** Makes the addresses of Services lead to pods, by nftables. */
export async function startProxy(
  cluster: TestCluster,
  program: string,
  o: { readonly nodeName: string; readonly kubeconfig: string; readonly logFile: string }
): Promise<Running> {
  const config = join(cluster.folder, 'kube-proxy.json')
  await writeFile(
    config,
    JSON.stringify({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'nftables',
      clientConnection: { kubeconfig: o.kubeconfig },
      hostnameOverride: o.nodeName,
      bindAddress: NODE_ADDRESS,
      healthzBindAddress: '',
      metricsBindAddress: '',
      clusterCIDR: PODS,
      // So that an answer comes back by way of the node, which puts its address right. From pod to pod it would cross
      // the bridge alone, and rules see that only with br_netfilter, which is loaded for a whole machine or not at all.
      nftables: { masqueradeAll: true },
      oomScoreAdj: 0,
      // The kernel's own: they are set for the whole machine.
      conntrack: { maxPerCore: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    })
  )
  return startProcess('kube-proxy', program, ['--config', config], { logFile: o.logFile })
}

/** Answers for the names of Services and pods, and for no others. */
export async function startDns(
  cluster: TestCluster,
  program: string,
  o: { readonly kubeconfig: string; readonly context: string; readonly logFile: string }
): Promise<Running> {
  const corefile = join(cluster.folder, 'Corefile')
  const lines = [
    '.:53 {',
    `  bind ${NODE_ADDRESS}`,
    '  errors',
    '  kubernetes cluster.local in-addr.arpa {',
    `    kubeconfig ${o.kubeconfig} ${o.context}`,
    '    pods insecure',
    // Short: pods of a test come and go.
    '    ttl 1',
    '  }',
    '}',
    '',
  ]
  await writeFile(corefile, lines.join('\n'))
  return startProcess('coredns', program, ['-conf', corefile], { logFile: o.logFile })
}

/** The bridge, what kube-proxy wrote, and with them the way to every pod. */
export async function removeNetwork(): Promise<void> {
  await mustRun('ip', ['link', 'delete', BRIDGE])
  for (const family of ['ip', 'ip6']) {
    // kube-proxy makes none for a family that it does not serve.
    await mustRun('nft', ['delete', 'table', family, 'kube-proxy']).catch(() => {})
  }
}
