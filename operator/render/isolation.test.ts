// What stands around a workload, as objects.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isolationOf } from './isolation.ts'
import type { Deployment } from './objects.ts'
import { renderDeployment } from './pod.ts'

const test = suite('isolation')

const deployment: Deployment = renderDeployment(
  { name: 'a', component: 'connector', labels: { a: 'b' }, args: [], config: {}, defaults: {} },
  {
    image: 'ssmd:1',
    namespace: 'ssmd',
    date: '2026-11-24',
    simulatorUrl: () => '',
    hostPath: (path) => path,
    secretHash: () => undefined,
    variables: undefined,
  }
)
const account = (secrets: readonly string[]) =>
  isolationOf(deployment, secrets).find(({ kind }) => kind === 'ServiceAccount')

test('a service account is allowed nothing, and says nothing of pull secrets where there are none', () => {
  const { name, namespace, labels } = deployment.metadata
  assert.equal(account([]), {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace, labels },
    automountServiceAccountToken: false,
  })
})

test('pull secrets stand on the service account that the pod runs as, in the order given', () => {
  assert.equal(account(['b', 'a']), {
    ...account([]),
    imagePullSecrets: [{ name: 'b' }, { name: 'a' }],
  })
  assert.is(deployment.spec.template.spec.serviceAccountName, account([])?.metadata.name)
})

test.run()
