import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseResources } from '#crds/parse.ts'
import { checkAll } from './checks.ts'

const test = suite('checks')
const DAY = '2026-12-01'

const resources = (parts: {
  readonly endpoint?: string
  readonly versions?: string
  readonly archive?: string
  readonly stream?: string
}) =>
  parseResources(
    `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: made }
spec:
  exchange: kalshi
  versions: ${parts.versions ?? `[{ name: v1, effectiveFrom: "2025-01-01", endpoint: "${parts.endpoint ?? 'wss://x.test/ws'}" }]`}
  channels: [trade]
---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: lab }
spec:
  feeds: [made]
  transport: { url: "nats://127.0.0.1:4222", stream: ${parts.stream ?? '{}'} }
  simulator: { feeds: [made] }
---
apiVersion: ssmd.io/v1alpha1
kind: Archive
metadata: { name: all }
spec: { environmentRef: { name: lab }, feeds: [made], storage: { path: data }, ${parts.archive ?? ''} }
`,
    'a.yaml'
  )
const saysOf = (parts: Parameters<typeof resources>[0]) => {
  const { problems, notes } = checkAll(resources(parts), DAY)
  return [...problems, ...notes].map(({ field, message }) => `${field}: ${message}`)
}

for (const endpoint of [
  'wss://ws.example.com/a?b=c',
  'ws://127.0.0.1:1234/x',
  'ws://[::1]:1/',
  'ws://localhost:1',
  'ws://simulator:8080',
  'ws://simulator.ssmd.svc.cluster.local/',
  'ws://10.1.2.3/',
  'ws://172.16.0.1/',
  'ws://192.168.1.1/',
  'ws://[fd12::1]/',
]) {
  test(`the address ${endpoint} is fine`, () => assert.equal(saysOf({ endpoint }), []))
}

for (const endpoint of [
  'ws://8.8.8.8/',
  'ws://172.32.0.1/',
  'ws://[2001:db8::1]/',
  'ws://ws.example.com.evil.org/',
  'wss://user:@x.test/',
  'wss://169.254.1.2/',
  'wss://2852039166/latest',
  'wss://[::ffff:169.254.169.254]/',
  'wss://[fe80::1]/',
  'wss://metadata.google.internal/x',
  'wss://:443',
]) {
  test(`the address ${endpoint} is refused`, () => assert.is(saysOf({ endpoint }).length, 1))
}

test('retention that is shorter than the stream, and slices longer than a day, are notes', () => {
  assert.equal(saysOf({ archive: 'retention: { days: 3 }, rotation: { maxAge: 1d }' }), [])
  assert.equal(saysOf({ archive: 'retention: { days: 1 }, rotation: { maxAge: 2d }' }), [
    'spec.retention.days: days leave the archive earlier than the stream, which keeps 72h in environment lab',
    'spec.rotation.maxAge: 2d means 1d: a segment ends with its day',
  ])
  assert.equal(saysOf({ archive: 'retention: { days: 1 }', stream: '{ maxAge: 24h }' }), [])
})

test('of versions only what is to come is judged, and one day follows another without a hole', () => {
  const version = (name: string, from: string, to?: string) =>
    `{ name: ${name}, effectiveFrom: "${from}", endpoint: "wss://x.test/ws"${to === undefined ? '' : `, effectiveTo: "${to}"`} }`
  const of = (...versions: string[]) => saysOf({ versions: `[${versions.join(', ')}]` })
  assert.equal(of(version('a', '2025-01-01', '2026-12-31'), version('b', '2027-01-01')), [])
  assert.equal(of(version('b', '2027-01-01'), version('a', '2025-01-01', '2026-12-31')), [])
  // Long ago.
  assert.equal(of(version('a', '2024-01-01', '2024-06-30'), version('b', '2025-01-01')), [])
  assert.is(of(version('a', '2025-01-01', '2026-12-30'), version('b', '2027-01-01')).length, 1)
  assert.is(of(version('a', '2025-01-01', '2027-01-01'), version('b', '2027-01-01')).length, 1)
})

test.run()
