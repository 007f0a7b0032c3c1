import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { LAST_APPLIED, mergePatch, wayOf } from './as-applied.ts'

const test = suite('how a resource was applied')

const live = (metadata: object): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'a', ...metadata },
})

test('what kubectl apply noted decides; else the last field manager that applied the spec; else kubectl', () => {
  const entry = (manager: string, operation: string, subresource?: string) => ({
    ...{ manager, operation },
    ...(subresource === undefined ? {} : { subresource }),
  })
  const flux = {
    managedFields: [
      entry('kustomize-controller', 'Apply'),
      entry('kubectl-edit', 'Update'),
      entry('ssmd-operator', 'Apply', 'status'),
    ],
  }
  assert.equal(wayOf(undefined), { kind: 'server-side', manager: 'kubectl' })
  assert.equal(wayOf(live({})), { kind: 'server-side', manager: 'kubectl' })
  assert.equal(wayOf(live(flux)), { kind: 'server-side', manager: 'kustomize-controller' })
  const noted = live({ ...flux, annotations: { [LAST_APPLIED]: '{"spec":{"a":1}}' } })
  assert.equal(wayOf(noted), { kind: 'merge', last: { spec: { a: 1 } }, live: noted })
  const broken = live({ ...flux, annotations: { [LAST_APPLIED]: 'no json' } })
  assert.is(wayOf(broken).kind, 'server-side')
})

test('a merge patch sets what is new, removes what only the last one said, and leaves what others set', () => {
  const patch = (last: object, next: object, is: object) =>
    mergePatch(last as never, next as never, is as never)
  assert.equal(patch({}, { a: 1 }, { a: 1 }), {})
  assert.equal(patch({ a: [1, 2] }, { a: [1] }, { a: [1, 2, 3] }), { a: [1] })
  assert.equal(patch({ a: { b: 1, c: 2 } }, { a: { b: 1 } }, { a: { b: 1, c: 2, d: 3 } }), {
    a: { c: null },
  })
  assert.equal(patch({ a: { b: 1 } }, {}, { a: { b: 1 }, d: 3 }), { a: null })
  assert.equal(patch({}, { a: { b: 1 } }, { a: 'text' }), { a: { b: 1 } })
})

test.run()
