// The Deployment that the benchmark wants for each Widget: the size and shape of a connector's, about 3 kB as the API server
// answers it. The Go program beside renders the same one.

import type { Desired } from '../kube/apply.ts'
import { ownedBy } from '../kube/objects.ts'
import type { Widget } from '../testing/widgets.ts'

export function renderDeployment(owner: Widget): Desired {
  const { name, namespace = '' } = owner.metadata
  const labels = {
    'app.kubernetes.io/name': 'connector',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/managed-by': 'ssmd-operator',
    'ssmd.test/widget': name,
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `connector-${name}`, namespace, labels, ownerReferences: [ownedBy(owner)] },
    spec: {
      replicas: 1,
      selector: { matchLabels: { 'ssmd.test/widget': name } },
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels, annotations: { 'ssmd.test/config-hash': owner.spec.text } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: 'connector',
              image: 'ghcr.io/ssmd/ssmd:0.1.0',
              args: [
                'connector',
                '--feed',
                '/etc/ssmd/feed.yaml',
                '--env',
                '/etc/ssmd/environment.yaml',
              ],
              env: [
                { name: 'SSMD_LOG_LEVEL', value: 'info' },
                { name: 'NODE_OPTIONS', value: '--max-old-space-size=256' },
              ],
              ports: [{ name: 'health', containerPort: 8080 }],
              livenessProbe: { httpGet: { path: '/livez', port: 'health' }, periodSeconds: 10 },
              readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
              resources: {
                requests: { cpu: '100m', memory: '128Mi' },
                limits: { memory: '512Mi' },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
              volumeMounts: [
                { name: 'config', mountPath: '/etc/ssmd', readOnly: true },
                { name: 'tmp', mountPath: '/tmp' },
              ],
            },
          ],
          volumes: [
            { name: 'config', configMap: { name: `connector-${name}` } },
            { name: 'tmp', emptyDir: {} },
          ],
        },
      },
    },
  }
}
