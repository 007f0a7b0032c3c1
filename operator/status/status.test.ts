// Conditions as tables, and everything pure under garbage: whatever lies in the API server or comes from NATS, a judgement
// comes out, and never an error.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { KINDS } from '#crds/kinds.ts'
import { archiveFigures, archiveSummary } from '../archive/status.ts'
import { feedsNamedBy } from '../controllers.ts'
import { environmentFigures, environmentSummary } from '../environment/status.ts'
import { type CaptureView, type FeedView, feedFigures, feedSummary } from '../feed/status.ts'
import type { KubeObject } from '../kube/objects.ts'
import { podEssentials } from '../pods/essentials.ts'
import { workloadFact } from '../pods/workload.ts'
import { Reports, STALE_MS } from '../reconcile/reports.ts'
import { FIGURES_MS, FIGURES_PER_SECOND, StatusRate } from '../reconcile/status-rate.ts'
import { type Alone, captureAlone } from '../testing/capture-view.ts'
import { Judged } from '../validation/judged.ts'
import { REASONS } from './reasons.ts'
import {
  conditionsIn,
  contractOf,
  good,
  type Summary,
  stalled,
  statusOf,
  waiting,
} from './status.ts'

const test = suite('status')
const NOW = Date.UTC(2026, 10, 24, 12)
/** Others in each run; a tenth of them but with SSMD_FAULTS=all. */
const SEED = Number(process.env.SSMD_SEED ?? Date.now() % 2 ** 31)
const OBJECTS = process.env.SSMD_FAULTS === 'all' ? 10_000 : 1000

const object = (status?: unknown, generation = 3): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'a', namespace: 'n', generation },
  ...(status === undefined ? {} : { status }),
})
const available: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'connector-e-a', generation: 2 },
  status: { observedGeneration: 2, updatedReplicas: 1, availableReplicas: 1 },
}
const capture = (over: Partial<Alone> = {}): CaptureView =>
  captureAlone({
    name: 'e',
    connector: 'connector-e-a',
    simulated: false,
    suspended: false,
    config: good('Valid'),
    credentials: good('Found'),
    deployment: available,
    observation: { pods: [] },
    pending: [],
    stream: { kind: 'good' },
    report: undefined,
    archivers: [],
    ...over,
  })
const view = (over: Partial<FeedView> = {}): FeedView => ({
  config: good('Valid'),
  disabled: false,
  paused: false,
  version: 'v1',
  proof: 'frames: trade; nothing: ticker',
  captures: [capture()],
  settled: true,
  failure: undefined,
  day: '2026-11-24',
  ...over,
})
const told = (summary: Summary) =>
  Object.fromEntries(
    statusOf(object(), summary, {}, NOW).conditions.map(({ type, status, reason }) => [
      type,
      `${status} ${reason}`,
    ])
  )

const TABLE: readonly (readonly [
  string,
  FeedView,
  Readonly<Record<string, string | undefined>>,
])[] = [
  [
    'runs',
    view(),
    {
      Ready: 'True Captured',
      Reconciling: undefined,
      Stalled: undefined,
      DataFlowing: 'Unknown NoReports',
    },
  ],
  [
    'no Environment',
    view({ captures: [] }),
    { Ready: 'False NotNamed', Reconciling: 'True NotNamed', Stalled: undefined },
  ],
  [
    'broken spec',
    view({ config: stalled('InvalidSpec', 'x'), captures: [] }),
    {
      Ready: 'False InvalidSpec',
      Stalled: 'True InvalidSpec',
      Reconciling: undefined,
      WorkloadAvailable: 'Unknown Waiting',
    },
  ],
  [
    'disabled',
    view({ disabled: true, captures: [] }),
    { Ready: 'True Disabled', Reconciling: undefined },
  ],
  [
    'suspended',
    view({ captures: [capture({ suspended: true, deployment: undefined })] }),
    { Ready: 'True Suspended', Paused: 'True Suspended' },
  ],
  [
    'no Secret',
    view({ captures: [capture({ credentials: waiting('SecretNotFound', 's') })] }),
    {
      Ready: 'False SecretNotFound',
      Reconciling: 'True SecretNotFound',
      WorkloadAvailable: 'True Available',
    },
  ],
  [
    'local key',
    view({ captures: [capture({ credentials: stalled('KeyIsLocal', 'k') })] }),
    { Ready: 'False KeyIsLocal', Stalled: 'True KeyIsLocal', Reconciling: undefined },
  ],
  [
    'no Deployment',
    view({ captures: [capture({ deployment: undefined })] }),
    { Ready: 'False Starting', Reconciling: 'True Starting' },
  ],
  [
    'refused',
    view({ failure: stalled('ImmutableField', 'f') }),
    { Ready: 'False ImmutableField', Stalled: 'True ImmutableField', Reconciling: undefined },
  ],
  [
    'paused',
    view({ paused: true, captures: [capture({ deployment: undefined })] }),
    { Ready: 'False Starting', Paused: 'True Paused', Reconciling: undefined },
  ],
  [
    'the worst decides',
    view({
      captures: [capture(), capture({ name: 'f', config: waiting('EnvironmentInvalid', 'x') })],
    }),
    { Ready: 'False EnvironmentInvalid' },
  ],
  [
    'NATS is away',
    view({ captures: [capture({ stream: { kind: 'away', why: 'x' } })] }),
    { Ready: 'True Captured', DataFlowing: 'Unknown NatsUnreachable' },
  ],
  [
    'a roll-out waits',
    view({ captures: [capture({ pending: ['config'] })] }),
    { Ready: 'True Captured', RolloutPending: 'True RolloutPending' },
  ],
]
for (const [what, given, expected] of TABLE)
  test(`a Feed: ${what}`, () => {
    const found = told(feedSummary(given))
    for (const [type, holds] of Object.entries(expected)) assert.is(found[type], holds, type)
    assert.not.ok(found.Reconciling && found.Stalled, 'never both (kstatus)')
    assert.not.ok('NotReady' in found, 'says Ready=False, never NotReady=True (strimzi#9278)')
  })

test('every condition carries observedGeneration (flux2#5855), and a time that moves only with its status', () => {
  const first = statusOf(object(), feedSummary(view()), {}, NOW)
  assert.is(first.observedGeneration, 3)
  for (const { observedGeneration } of first.conditions) assert.is(observedGeneration, 3)
  const later = statusOf(object(first, 4), feedSummary(view()), {}, NOW + 60_000)
  for (const condition of later.conditions) {
    assert.is(condition.lastTransitionTime, '2026-11-24T12:00:00Z')
    assert.is(condition.observedGeneration, 4)
  }
})

test('what is not good ends with what to do', () => {
  const { conditions } = statusOf(
    object(),
    feedSummary(view({ captures: [capture({ deployment: undefined })] })),
    {},
    NOW
  )
  for (const { status, reason, message } of conditions)
    if (status === 'False')
      assert.ok(message.endsWith(REASONS[reason as keyof typeof REASONS]), message)
})

test('a restart of the operator is no news: what was said of the flow stays until reports had time to come', () => {
  const report = {
    role: 'connector',
    connected: 1,
    connections: 1,
    message: '',
    state: 'capturing',
    framesPerSecond: 1234.5,
    lastFrameAt: NOW,
  } as never
  const flowing = view({ captures: [capture({ report })] })
  const before = statusOf(object(), feedSummary(flowing), feedFigures(flowing), NOW)
  assert.is(before.messagesPerSecond, 1230)
  const fresh = view({ settled: false })
  const after = statusOf(object(before), feedSummary(fresh), feedFigures(fresh), NOW + 1000)
  assert.equal(after, before)
  const silent = view({ settled: true })
  const known = statusOf(object(before), feedSummary(silent), feedFigures(silent), NOW + 20_000)
  assert.is(known.connected, undefined)
  assert.is.not(contractOf(known), contractOf(before))
})

/** A capture of three shards, of which these reports came. */
const sharded = (reports: readonly (object | undefined)[], deployments: readonly KubeObject[]) => ({
  ...capture(),
  connectors: reports.map((report, k) => ({
    name: `connector-e-a${k === 0 ? '' : `-${k}`}`,
    deployment: deployments[k],
    observation: { pods: [] },
    pending: k === 1 ? ['config'] : [],
    report: report as never,
  })),
})
const shardReport = (over: object = {}) => ({
  role: 'connector',
  connected: 2,
  connections: 2,
  message: '',
  state: 'capturing',
  framesPerSecond: 100,
  lastFrameAt: NOW,
  unackedSeconds: 0.1,
  seenAt: NOW,
  ...over,
})

test('figures of a feed are those of all its shards: sums, and the greatest lag', () => {
  const reports = [shardReport(), shardReport({ connected: 1, unackedSeconds: 7 }), shardReport()]
  const captures = [sharded(reports, [available, available, available])]
  const figures = feedFigures(view({ captures }))
  assert.is(figures.connected, '5/6')
  assert.is(figures.messagesPerSecond, 300)
  assert.is(figures.lag, '7.0s')
})

test('the shard that hinders is named, and none if all are well', () => {
  const silent = view({
    captures: [sharded([shardReport(), undefined], [available, available])],
  })
  const flow = feedSummary(silent).facts.DataFlowing
  assert.equal(
    [flow.reason, flow.what],
    ['NoReports', 'shard 1: connector-e-a-1 has not reported for 15 s']
  )
  const gone = view({ captures: [sharded([shardReport(), shardReport()], [available])] })
  assert.match(feedSummary(gone).facts.WorkloadAvailable.what, /^shard 1: /)
  const well = view({ captures: [sharded([shardReport(), shardReport()], [available, available])] })
  assert.is(feedSummary(well).facts.DataFlowing.what, '')
  assert.is(feedSummary(well).rolloutPending?.what, 'e waits with config')
})

test('figures are written twice a minute at most; flips at once, until they become a habit', () => {
  let now = 0
  const statusRate = new StatusRate(() => now)
  assert.is(statusRate.waitMs('Feed:k', 'figures'), 0)
  statusRate.wrote('Feed:k', 'contract')
  assert.is(
    statusRate.waitMs('Feed:k', 'figures'),
    FIGURES_MS / 3,
    'those of a beginning are soon old'
  )
  statusRate.wrote('Feed:k', 'figures')
  assert.is(statusRate.waitMs('Feed:k', 'figures'), FIGURES_MS)
  assert.ok(statusRate.waitMs('Environment:k', 'figures') < 100, 'of the same name')
  let flips = 0
  for (; now < 60_000; now += 100)
    if (statusRate.waitMs('Feed:k', 'contract') === 0) {
      flips++
      statusRate.wrote('Feed:k', 'contract')
    }
  assert.ok(flips >= 18 && flips <= 22, `${flips} flips in a minute`)
  assert.is(statusRate.waitMs('Feed:k', 'generation'), 0)
})

test('figures of thousands take turns: none is left out, and none writes more than its share', () => {
  let now = 0
  const statusRate = new StatusRate(() => now)
  const keys = Array.from({ length: 5000 }, (_, i) => `Feed:${i}` as const)
  const written = new Map<string, number>()
  const perSecond: number[] = []
  for (; now < 240_000; now += 10) {
    if (now % 1000 === 0) perSecond.push(0)
    for (const key of keys) {
      if (statusRate.waitMs(key, 'figures') > 0) continue
      statusRate.wrote(key, 'figures')
      written.set(key, (written.get(key) ?? 0) + 1)
      perSecond.push((perSecond.pop() ?? 0) + 1)
    }
  }
  assert.ok(Math.max(...perSecond) <= FIGURES_PER_SECOND + 1, `${Math.max(...perSecond)}`)
  assert.is(written.size, keys.length)
  const counts = [...written.values()]
  assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, 'each in its turn')
  assert.ok(Math.min(...counts) >= 2)
  // A flip does not wait for them.
  assert.is(statusRate.waitMs('Feed:7', 'contract'), 0)
})

test('a report that is old or of another Environment is no report', () => {
  let now = NOW
  const figures = new Reports(() => now)
  const report = {
    version: 1,
    role: 'connector',
    environment: 'e',
    feed: 'a',
    name: 'c',
    state: 's',
    message: '',
    connections: 1,
    connected: 1,
    framesPerSecond: 1,
  }
  assert.ok(figures.take('n/e', report))
  assert.is(figures.take('n/e', report), undefined, 'no news')
  assert.is(figures.take('n/other', report), undefined)
  assert.is(figures.connectors('n/other', 'a')[0], undefined)
  assert.ok(figures.take('n/e', { ...report, connected: 0 }), 'its state is another')
  assert.is(figures.connectors('n/e', 'a')[0]?.connected, 0)
  now += STALE_MS + 1
  assert.is(figures.connectors('n/e', 'a')[0], undefined)
})

// Whatever it is, it came as JSON.
const anything = fc.jsonValue({ maxDepth: 4, noUnicodeString: false })
const spec = fc.oneof(
  anything,
  fc.dictionary(
    fc.constantFrom(
      'exchange',
      'versions',
      'channels',
      'symbols',
      'feeds',
      'transport',
      'keys',
      'connector',
      'simulator',
      'environmentRef',
      'storage',
      'state',
      'suspend',
      '__proto__'
    ),
    anything
  )
)
const garbage = fc.record({
  spec,
  status: anything,
  name: fc.string({ unit: 'binary', maxLength: 60 }),
})

test(`garbage that slipped past validation is judged and never crashes (${OBJECTS} objects, seed ${SEED})`, () => {
  const judged = new Judged()
  const property = fc.property(garbage, (given) => {
    const stored = (kind: string): KubeObject => ({
      apiVersion: 'ssmd.io/v1alpha1',
      kind,
      metadata: { name: given.name, namespace: 'n', generation: 1 },
      spec: given.spec,
      status: given.status,
    })
    feedsNamedBy(stored('Environment'))
    for (const kind of KINDS) {
      const { problem } = judged.of(kind, stored(kind))
      if (problem !== undefined) assert.type(problem, 'string')
    }
    const deployment = { ...available, status: given.status } as KubeObject
    const pod = podEssentials({ ...deployment, spec: given.spec } as KubeObject)
    const claim = { name: 'c', claim: { ...deployment, spec: given.spec } as KubeObject, said: '' }
    const fact = workloadFact('d', deployment, { pods: [pod], claim })
    const feedView = view({
      config: stalled('InvalidSpec', 'x'),
      captures: [capture({ deployment })],
    })
    const archiveView = {
      ...feedView,
      credentials: good('NotNeeded'),
      archiver: 'd',
      predecessor: undefined,
      feeds: [],
      deployment,
      observation: { pods: [] },
      pending: [],
      stream: { kind: 'good' },
      reports: [],
    } as const
    const environmentView = {
      environment: undefined,
      config: fact,
      credentials: fact,
      paused: false,
      feeds: [],
      captured: [],
      simulators: [],
      pending: [],
      link: { connected: false, why: '' },
      settled: false,
      failure: undefined,
    }
    for (const [summary, figures] of [
      [feedSummary(feedView), feedFigures(feedView)],
      [archiveSummary(archiveView), archiveFigures(archiveView)],
      [environmentSummary(environmentView), environmentFigures(environmentView)],
    ] as const) {
      const status = statusOf(stored('Feed'), summary, figures, NOW)
      const ready = status.conditions.find(({ type }) => type === 'Ready')
      assert.ok(ready && ready.reason in REASONS)
      contractOf(given.status)
      assert.is(conditionsIn(status).length, status.conditions.length)
    }
    new Reports(() => NOW).take('n/e', given.spec)
  })
  fc.assert(property, { numRuns: OBJECTS, seed: SEED })
})

test.run()
