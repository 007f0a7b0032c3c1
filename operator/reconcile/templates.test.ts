// What a Deployment said of its pods holds on over a repair of its replicas, and over nothing else.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KubeObject } from '../kube/objects.ts'
import { workloadFact } from '../pods/workload.ts'
import { Templates } from './templates.ts'

const test = suite('templates that were seen')

const deployment = (generation: number, observedGeneration: number, image = 'a'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'n', uid: 'u', generation },
  spec: { template: { spec: { containers: [{ image }] } } },
  status: { observedGeneration, updatedReplicas: 1, availableReplicas: 1 },
})

const readyAfter = (...looks: readonly KubeObject[]): boolean => {
  const templates = new Templates()
  let last: KubeObject | undefined
  for (const look of looks) last = templates.judged(look)
  return workloadFact('d', last).standing === 'good'
}

test('replicas that were changed and put back leave it available', () => {
  assert.ok(readyAfter(deployment(1, 1), deployment(2, 1), deployment(3, 1)))
})
test('another template is not available before its controller says so', () => {
  assert.not(readyAfter(deployment(1, 1), deployment(2, 1, 'b')))
  assert.not(readyAfter(deployment(1, 1), deployment(2, 1, 'b'), deployment(3, 1)), 'and back')
  assert.ok(readyAfter(deployment(1, 1), deployment(2, 1, 'b'), deployment(3, 3)))
})
test('a generation that nobody saw may have had any template', () => {
  assert.not(readyAfter(deployment(1, 1), deployment(3, 1)))
  assert.not(readyAfter(deployment(3, 1)))
})

test.run()
