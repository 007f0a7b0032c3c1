import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { canonical, hashOf } from '#crds/canonical.ts'
import { findDrift, parseQuantity } from './drift.ts'

const test = suite('drift')

const pod = (container: object, more: object = {}) => ({
  spec: { template: { spec: { containers: [{ name: 'main', ...container }], ...more } } },
})

const cases: readonly [string, object, object, readonly string[]][] = [
  ['equal', { a: 1, b: { c: 'x' } }, { a: 1, b: { c: 'x' } }, []],
  ['what others added', { a: 1 }, { a: 1, b: 2 }, []],
  ['a changed value', { a: { b: 1 } }, { a: { b: 2 } }, ['a.b']],
  ['a missing field', { a: { b: 1 } }, { a: {} }, ['a.b']],
  ['an object where a value was', { a: { b: 1 } }, { a: 3 }, ['a']],
  ['an empty object that the server dropped', { a: {} }, {}, []],
  ['an empty list that the server dropped', { a: [] }, {}, []],
  [
    'defaults inside a container',
    pod({ image: 'x' }),
    pod({ image: 'x', imagePullPolicy: 'Always' }),
    [],
  ],
  [
    'a sidecar that was injected',
    pod({ image: 'x' }),
    {
      spec: {
        template: { spec: { containers: [{ name: 'istio' }, { name: 'main', image: 'x' }] } },
      },
    },
    [],
  ],
  [
    'our container is gone',
    pod({ image: 'x' }),
    { spec: { template: { spec: { containers: [{ name: 'istio' }] } } } },
    ['spec.template.spec.containers[main]'],
  ],
  [
    'an environment variable that was changed',
    pod({ env: [{ name: 'A', value: '1' }] }),
    pod({
      env: [
        { name: 'B', value: '2' },
        { name: 'A', value: '9' },
      ],
    }),
    ['spec.template.spec.containers[main].env[A].value'],
  ],
  [
    'arguments are one value',
    pod({ args: ['a'] }),
    pod({ args: ['a', 'b'] }),
    ['spec.template.spec.containers[main].args'],
  ],
  [
    'the order of arguments',
    pod({ args: ['a', 'b'] }),
    pod({ args: ['b', 'a'] }),
    ['spec.template.spec.containers[main].args[0]', 'spec.template.spec.containers[main].args[1]'],
  ],
  [
    'the same port with the default protocol',
    pod({ ports: [{ containerPort: 80, name: 'http' }] }),
    pod({ ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }] }),
    [],
  ],
  [
    'the same amount in other words',
    pod({ resources: { limits: { cpu: '1000m', memory: '1Gi' } } }),
    pod({ resources: { limits: { cpu: '1', memory: '1024Mi' } } }),
    [],
  ],
  [
    'another amount',
    pod({ resources: { limits: { cpu: '1' } } }),
    pod({ resources: { limits: { cpu: '2' } } }),
    ['spec.template.spec.containers[main].resources.limits.cpu'],
  ],
  ['a number that is no quantity', { spec: { port: 80 } }, { spec: { port: '80' } }, ['spec.port']],
  [
    'finalizers of others',
    { metadata: { finalizers: ['a'] } },
    { metadata: { finalizers: ['b', 'a'] } },
    [],
  ],
  [
    'rules of a NetworkPolicy are one value, with defaults inside',
    { spec: { egress: [{ ports: [{ port: 53 }] }] } },
    { spec: { egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] } },
    [],
  ],
  [
    'a rule that somebody added',
    { spec: { egress: [{}] } },
    { spec: { egress: [{}, {}] } },
    ['spec.egress'],
  ],
  [
    'a field with the name of what every object inherits',
    { data: { toString: [], constructor: [1] } },
    { data: { toString: [], constructor: [2] } },
    ['data.constructor[0]'],
  ],
]

for (const [name, desired, live, expected] of cases)
  test(`finds ${expected.length === 0 ? 'nothing' : 'it'} in: ${name}`, () => {
    assert.equal(findDrift(desired, live), expected)
  })

test('names at most twenty places', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`f${i}`, i]))
  assert.is(findDrift(many, {}).length, 20)
})

const json = fc.jsonValue({ maxDepth: 4 })

test('a value has no drift against itself', () => {
  fc.assert(
    fc.property(json, (value) => assert.equal(findDrift(value, structuredClone(value)), []))
  )
})

test('the hash does not depend on the order of keys, and the text reads back as the value', () => {
  const reverse = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reverse)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, part]) => [key, reverse(part)])
    )
  }
  fc.assert(
    fc.property(json, (value) => {
      assert.is(hashOf(reverse(value)), hashOf(value))
      assert.equal(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)))
    })
  )
})

test('reads quantities', () => {
  assert.is(parseQuantity('1500m'), 1.5)
  assert.is(parseQuantity('0.1'), parseQuantity('100m'))
  assert.is(parseQuantity('1e3'), 1000)
  assert.is(parseQuantity('2Ki'), 2048)
  assert.is(parseQuantity('1E'), 1e18)
  assert.is(parseQuantity(3), 3)
  assert.is(parseQuantity('x'), undefined)
})

test.run()
