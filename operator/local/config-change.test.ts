import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConfigMap } from '../render/objects.ts'
import { describeConfigChange } from './config-change.ts'

const config = (text: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'x', namespace: 'local', labels: {} },
  data: { 'feed.yaml': text },
})

const test = suite('config change')

test('names the fields that differ, never their values, and not too many', () => {
  const change = (before: string, after: string) =>
    describeConfigChange(config(before), config(after))
  assert.is(change('{a: 1, b: 2}', '{b: 2, a: 1}'), '')
  assert.is(change('{a: {b: secret1}}', '{a: {b: secret2}}'), 'a.b')
  assert.is(change('{a: [{b: 1}, {b: 2}]}', '{a: [{b: 1}, {b: 3}]}'), 'a[1].b')
  assert.is(change('{a: [1]}', '{a: [1, 2]}'), 'a')
  assert.is(change('{}', '{a: 1, b: 1, c: 1, d: 1, e: 1}'), 'a, b, c and 2 more')
})

test.run()
