// The isolation of a workload in a cluster: its own service account without rights, and a network policy that admits only its
// clients. No PodDisruptionBudget: each workload is one pod, and a budget of one pod would only block draining its node; its
// data is in the stream and on the disk.
//
// Pull secrets are set on the service account, from which the API server copies them to each new pod: in the pod template, a
// changed one would restart every capture.

import type { Deployment, NetworkPolicy, ServiceAccount } from './objects.ts'

export function isolationOf(
  deployment: Deployment,
  pullSecrets: readonly string[],
  egress?: NetworkPolicy['spec']['egress']
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
      // Absent instead of an empty list, so that others may set it.
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
        policyTypes: egress === undefined ? ['Ingress'] : ['Ingress', 'Egress'],
        ingress: [
          {
            ports: container.ports.map(({ containerPort }) => ({
              port: containerPort,
              protocol: 'TCP',
            })),
          },
        ],
        // Only of programs that do not need exchanges, which may be anywhere.
        ...(egress === undefined ? {} : { egress }),
      },
    },
  ]
}
