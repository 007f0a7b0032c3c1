// What stands around a workload in a cluster: a service account of its own that can do nothing, and a network policy that
// lets in only what it serves. No PodDisruptionBudget: each workload is one pod, and a budget over one pod would only
// hold up whoever drains its node; what it holds is in the stream and on the disk.
//
// Pull secrets stand on the service account, from which the API server gives them to each pod that is made: in the pod
// template another one would restart every capture.

import type { Deployment, NetworkPolicy, ServiceAccount } from './objects.ts'

export function isolationOf(
  deployment: Deployment,
  pullSecrets: readonly string[]
): readonly (ServiceAccount | NetworkPolicy)[] {
  const { name, namespace, labels } = deployment.metadata
  const metadata = { name, namespace, labels }
  const [container] = deployment.spec.template.spec.containers
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
      // Not as an empty list: where there are none, others may put theirs.
      ...(pullSecrets.length === 0
        ? {}
        : { imagePullSecrets: pullSecrets.map((secret) => ({ name: secret })) }),
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: {
        podSelector: { matchLabels: deployment.spec.selector.matchLabels },
        policyTypes: ['Ingress'],
        // Out it may go: to the exchange, to NATS, to DNS, wherever they are.
        ingress: [
          {
            ports: container.ports.map(({ containerPort }) => ({
              port: containerPort,
              protocol: 'TCP',
            })),
          },
        ],
      },
    },
  ]
}
