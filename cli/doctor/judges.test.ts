// The judges of `ssmd doctor` as tables: what was found by hand, and what is said of it.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { newStreamConfig, type StreamWant } from '#bus/stream-config.ts'
import { NEEDS } from '#crds/needs.gen.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import type { ServedSchema } from '../../operator/preflight.ts'
import * as archive from './archive.ts'
import * as cluster from './cluster.ts'
import * as machine from './machine.ts'
import * as nats from './nats.ts'
import { runChecks, type Verdict, worstOf } from './verdict.ts'

const test = suite('doctor: judges')
const NOW = Date.parse('2026-11-30T12:00:00Z')

const object = (name: string, fields: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Any',
  metadata: { name },
  ...fields,
})

const want: StreamWant = {
  ...{ name: 'ssmd-live-kraken', subjects: ['a'], maxAgeMs: 1000, maxBytes: 1000 },
  ...{ replicas: 1, duplicateWindowMs: 1000 },
}
const have = newStreamConfig(want)
const stream = (bytes: number, change: object = {}) =>
  nats.judgeStream({ want, have: { ...have, ...change }, bytes })

const reach = { url: 'nats://a:4222', isOurs: false, isUp: false, failure: 'refused', version: '2' }
const lease = (spec: object) => [object('ssmd-operator', { spec })]
const waiting = (reason: string) => ({
  containerStatuses: [{ image: 'ssmd:9', state: { waiting: { reason } } }],
})
const argo = (sync: string, health: string, group = 'ssmd.io') => ({
  kustomizations: 'missing' as const,
  applications: [
    object('feeds', {
      status: { sync: { status: sync }, health: { status: health }, resources: [{ group }] },
    }),
  ],
})
const flux = (status: string, message: string) => ({
  applications: 'missing' as const,
  kustomizations: [
    object('feeds', {
      status: {
        inventory: { entries: [{ id: 'a_kraken_ssmd.io_Feed' }] },
        conditions: [{ type: 'Ready', status, message, reason: 'x', lastTransitionTime: '' }],
      },
    }),
  ],
})
/** Schemas that have all that is needed, as the API server publishes them. */
const served = (): Record<string, ServedSchema> =>
  Object.fromEntries(
    Object.keys(NEEDS).map((kind) => [kind, { 'x-kubernetes-preserve-unknown-fields': true }])
  )
const { Archive: _one, ...older } = served()

const TABLE: readonly [name: string, verdict: Verdict, result: Verdict['result'], says: RegExp][] =
  [
    ['an old Node', machine.judgeNode('22.9.0'), 'bad', /22.9.0, and ssmd needs 24/],
    ['a later Node', machine.judgeNode('26.1.0'), 'good', /26.1.0/],
    [
      'an almost full disk',
      machine.judgeDisk({ folder: '/d', freeBytes: 9e8 }),
      'bad',
      /900 MB free/,
    ],
    ['a small disk', machine.judgeDisk({ folder: '/d', freeBytes: 5e9 }), 'warning', /5.0 GB/],
    ['a large disk', machine.judgeDisk({ folder: '/d', freeBytes: 5e11 }), 'good', /500 GB/],
    [
      'a stepped clock',
      machine.judgeClock({ steppedMs: -900, aheadMs: -5 }),
      'bad',
      /set by -900 ms/,
    ],
    [
      'an archive of the future',
      machine.judgeClock({ steppedMs: 0, aheadMs: 60_000 }),
      'warning',
      /1 m in the future/,
    ],
    ['a steady clock', machine.judgeClock({ steppedMs: 2, aheadMs: undefined }), 'good', /no step/],
    [
      'the port of NATS is taken',
      machine.judgePorts([{ port: 4222, use: 'NATS', isFree: false }], false),
      'bad',
      /4222 \(NATS\) is taken/,
    ],
    [
      'the port of the page is taken',
      machine.judgePorts([{ port: 8080, use: 'the page', isFree: false }], false),
      'warning',
      /8080/,
    ],
    [
      'ssmd up has the port itself',
      machine.judgePorts([{ port: 4222, use: 'NATS', isFree: false }], true),
      'good',
      /has its ports/,
    ],
    ['NATS of elsewhere is down', nats.judgeReach(reach), 'bad', /refused/],
    ['our NATS is not started', nats.judgeReach({ ...reach, isOurs: true }), 'skipped', /ssmd up/],
    [
      'our NATS is down while ssmd up runs',
      nats.judgeReach({ ...reach, isOurs: true, isUp: true }),
      'bad',
      /refused/,
    ],
    ['NATS answers', nats.judgeReach({ ...reach, failure: undefined }), 'good', /version 2/],
    ['NATS syncs late', nats.judgeSync('u', { kind: 'later', every: '120 s' }), 'bad', /power cut/],
    ['NATS syncs', nats.judgeSync('u', { kind: 'always' }), 'good', /before it acknowledges/],
    [
      'a configuration that syncs',
      nats.judgeSync('u', nats.syncIn('  sync_interval: always\n')),
      'good',
      /./,
    ],
    [
      'one that does not',
      nats.judgeSync('u', nats.syncIn('sync_interval: "2m"')),
      'bad',
      /every 2m/,
    ],
    ['a stream with room', stream(100), 'good', /100 B/],
    ['a stream that fills', stream(750), 'warning', /75 %/],
    ['a full stream', stream(950), 'bad', /refuses new blocks/],
    ['a stream that discards', stream(0, { discard: 'old' }), 'bad', /discards/],
    ['a narrower stream', stream(0, { max_age: 5 }), 'warning', /narrower/],
    [
      'no stream yet',
      nats.judgeStream({ want, have: undefined, bytes: 0 }),
      'good',
      /will be made/,
    ],
    [
      'a folder that cannot be written',
      archive.judgeWritable({ folder: '/d', failure: 'EROFS' }),
      'bad',
      /EROFS/,
    ],
    [
      'a lock beside ssmd up',
      archive.judgeLocks('/d', [{ feed: 'k', state: 'held' }], false),
      'warning',
      /another program/,
    ],
    [
      'a lock left while it runs',
      archive.judgeLocks('/d', [{ feed: 'k', state: 'left' }], true),
      'bad',
      /no archiver/,
    ],
    [
      'a lock left',
      archive.judgeLocks('/d', [{ feed: 'k', state: 'left' }], false),
      'good',
      /not held/,
    ],
    [
      'a damaged day',
      archive.judgeLastDay({
        folder: '/d',
        day: '2026-01-01',
        bytes: 1,
        found: { records: 1, problems: ['a: torn'] },
      }),
      'bad',
      /a: torn/,
    ],
    [
      'a day too large',
      archive.judgeLastDay({ folder: '/d', day: '2026-01-01', bytes: 9e9, found: undefined }),
      'skipped',
      /ssmd data verify --path \/d --day 2026-01-01/,
    ],
    [
      'no kinds',
      cluster.judgeKinds({}),
      'bad',
      /not served yet: Feed, Environment, Archive|not served/,
    ],
    ['a kind is missing', cluster.judgeKinds(older), 'bad', /Archive/],
    ['all kinds', cluster.judgeKinds(served()), 'good', /are served/],
    ['no lease', cluster.judgeLease([], NOW), 'bad', /ever led/],
    [
      'a lease that was given up',
      cluster.judgeLease(lease({ holderIdentity: '' }), NOW),
      'bad',
      /gave up/,
    ],
    [
      'a silent leader',
      cluster.judgeLease(lease({ holderIdentity: 'p', renewTime: '2026-11-30T11:00:00Z' }), NOW),
      'bad',
      /silent for 1 h/,
    ],
    [
      'a leader',
      cluster.judgeLease(lease({ holderIdentity: 'p', renewTime: '2026-11-30T11:59:55Z' }), NOW),
      'good',
      /p leads/,
    ],
    ['leases may not be read', cluster.judgeLease('forbidden', NOW), 'skipped', /may not read/],
    [
      'the operator lacks a right',
      cluster.judgeRights([{ who: 'sa', what: 'delete deployments.apps', allowed: false }]),
      'bad',
      /sa may not delete deployments.apps/,
    ],
    [
      'you lack a right',
      cluster.judgeRights([{ who: 'you', what: 'list pods', allowed: false }]),
      'warning',
      /you may not/,
    ],
    [
      'an image that is not there',
      cluster.judgeImages([object('p', { status: waiting('ErrImagePull') })]),
      'bad',
      /p: ssmd:9: ErrImagePull/,
    ],
    [
      'a pod that starts',
      cluster.judgeImages([object('p', { status: waiting('ContainerCreating') })]),
      'good',
      /1 pod/,
    ],
    [
      'a claim that waits',
      cluster.judgeClaims([object('c', { status: { phase: 'Pending' } })]),
      'warning',
      /c is Pending/,
    ],
    [
      'a bound claim',
      cluster.judgeClaims([object('c', { status: { phase: 'Bound' } })]),
      'good',
      /1 claim bound/,
    ],
    [
      'a Secret that is not there',
      cluster.judgeSecrets([
        { name: 's', by: 'Environment e', state: 'missing', fields: ['apiKey'] },
      ]),
      'bad',
      /Secret s of Environment e does not exist/,
    ],
    [
      'a Secret without a field',
      cluster.judgeSecrets([{ name: 's', by: 'e', state: 'incomplete', fields: ['apiKey'] }]),
      'bad',
      /has no apiKey/,
    ],
    [
      'Argo CD out of step',
      cluster.judgeDelivery(argo('OutOfSync', 'Healthy')),
      'bad',
      /feeds is OutOfSync, Healthy/,
    ],
    ['Argo CD in step', cluster.judgeDelivery(argo('Synced', 'Healthy')), 'good', /feeds in step/],
    [
      'Argo CD for others',
      cluster.judgeDelivery(argo('OutOfSync', 'Degraded', 'apps')),
      'skipped',
      /neither/,
    ],
    ['Flux fails', cluster.judgeDelivery(flux('False', 'no such branch')), 'bad', /no such branch/],
    ['Flux in step', cluster.judgeDelivery(flux('True', 'Applied')), 'good', /feeds in step/],
  ]

test('each finding has its verdict, and what is not good has one imperative sentence', () => {
  for (const [name, verdict, result, says] of TABLE) {
    assert.is(verdict.result, result, `${name}: ${verdict.found}`)
    assert.match(verdict.found, says, name)
    if (verdict.result !== 'warning' && verdict.result !== 'bad') continue
    assert.match(verdict.fix, /^[A-Z][a-z]+[ :]/, name)
    assert.not.match(verdict.fix, /[.] [A-Z]/, `${name}: one sentence`)
  }
})

test('of several findings the worst is told, and what is well beside it is not', () => {
  const told = worstOf([stream(950), stream(0), stream(750)], '')
  assert.is(told.result, 'bad')
  assert.not.match(told.found, /75 %/)
  assert.equal(worstOf([], 'nothing to look at'), {
    result: 'skipped',
    found: 'nothing to look at',
  })
})

test('a check that never answers and one that throws are bad, and delay no other', async () => {
  const check = { area: 'NATS', fix: 'Start it.' } as const
  const open: (readonly string[])[] = []
  const done = await runChecks(
    [
      { ...check, name: 'hangs', limitMs: 50, run: () => new Promise(() => undefined) },
      { ...check, name: 'throws', run: () => Promise.reject(new Error('it broke')) },
      { ...check, name: 'works', run: async () => ({ result: 'good', found: 'well' }) },
    ],
    (names) => open.push(names)
  )
  assert.equal(
    done.map(({ name, result }) => [name, result]),
    [
      ['hangs', 'bad'],
      ['throws', 'bad'],
      ['works', 'good'],
    ]
  )
  assert.match(done[0]!.found, /no answer within 0.05 s/)
  assert.match(done[1]!.found, /it broke/)
  assert.equal(open.at(-1), [])
})

test('the rights of the operator are those of its shipped role', () => {
  const role = `kind: Role
rules:
  - { apiGroups: [apps], resources: [deployments], verbs: [get, delete] }
  - { apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [a], verbs: [update] }
---
kind: ServiceAccount
`
  assert.equal(cluster.rightsIn(role), [
    { group: 'apps', resource: 'deployments', verb: 'delete' },
    { group: 'coordination.k8s.io', resource: 'leases', verb: 'update', name: 'a' },
  ])
})

test('a pause between the readings of two clocks is no step of one of them', () => {
  let time = 1000
  let reads = 0
  // Every other reading is late, as on a machine with too much to do.
  const pause = () => {
    time += ++reads % 4 === 2 ? 80 : 0.01
    return time
  }
  const clocks = { wall: () => pause() + 5000, steady: pause }
  for (let i = 0; i < 20; i++) assert.ok(Math.abs(machine.offsetOf(clocks) - 5000) < 1)
})

test.run()
