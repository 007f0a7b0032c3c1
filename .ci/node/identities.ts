// Who is who in the node's cluster: the kubelet, kube-proxy and CoreDNS each with a token and the rights of their
// kind, and the certificate with which the API server speaks to the kubelet (logs, exec, port-forward).

import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterOptions, TestCluster } from '../../operator/testing/cluster.ts'
import { mustRun } from './must-run.ts'
import { SERVICES } from './network.ts'

export type Identity = { readonly token: string; readonly name: string; readonly groups: string[] }
export type Identities = Readonly<Record<'kubelet' | 'proxy' | 'dns', Identity>>

export function makeIdentities(nodeName: string): Identities {
  const identity = (name: string, ...groups: string[]): Identity => ({
    token: randomBytes(16).toString('hex'),
    name,
    groups,
  })
  return {
    kubelet: identity(`system:node:${nodeName}`, 'system:nodes'),
    proxy: identity('system:kube-proxy'),
    dns: identity('system:coredns'),
  }
}

const RBAC = 'rbac.authorization.k8s.io'
const READ = ['list', 'watch']

/** What CoreDNS answers from; the others have the roles that every API server brings. */
export const DNS_RIGHTS = [
  {
    ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: 'coredns' } },
    rules: [
      { apiGroups: [''], resources: ['services', 'namespaces', 'pods'], verbs: READ },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
    ],
  },
  {
    ...{ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'coredns' } },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'coredns' },
    subjects: [{ kind: 'User', name: 'system:coredns', apiGroup: RBAC }],
  },
]

/** The administrator's kubeconfig with another's token in it. */
export async function writeKubeconfig(
  cluster: TestCluster,
  part: string,
  identity: Identity
): Promise<string> {
  const path = join(cluster.folder, `${part}.kubeconfig`)
  const admin = await readFile(cluster.kubeconfig, 'utf8')
  await writeFile(path, admin.replaceAll(cluster.token, identity.token), { mode: 0o600 })
  return path
}

export type Certificate = { readonly cert: string; readonly key: string }

/** Signed by itself: it is the only one that the kubelet accepts, and so is its own authority. */
export async function makeApiServerCertificate(folder: string): Promise<Certificate> {
  const files = { cert: join(folder, 'to-kubelet.crt'), key: join(folder, 'to-kubelet.key') }
  await mustRun('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', '/O=system:masters/CN=kube-apiserver', '-days', '3650'],
    ...['-addext', 'extendedKeyUsage=clientAuth', '-out', files.cert, '-keyout', files.key],
  ])
  return files
}

/** What the API server has to be told of them and of the node. */
export function apiServerOptions(
  address: string,
  identities: Identities,
  certificate: Certificate
): ClusterOptions {
  return {
    host: address,
    users: Object.values(identities),
    apiServerArgs: [
      // Beside RBAC, which is named already: a kubelet may read what its own pods need, and nothing else.
      ...['--authorization-mode', 'Node', '--enable-admission-plugins', 'NodeRestriction'],
      ...['--advertise-address', address, '--kubelet-preferred-address-types', 'InternalIP'],
      ...['--kubelet-client-certificate', certificate.cert],
      ...['--kubelet-client-key', certificate.key],
      ...['--service-cluster-ip-range', SERVICES],
    ],
  }
}
