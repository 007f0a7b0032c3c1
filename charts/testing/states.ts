// Every state that a Feed, an Environment or an Archive is seen in, as the API server gives it: spec and metadata around the
// status that the operator's own functions write. Whoever judges by conditions is tested on these.

import type { Environment } from '#crds/environment.gen.ts'
import type { Feed } from '#crds/feed.gen.ts'
import type { Kind } from '#crds/kinds.ts'
import { LEAST } from '#crds/testdata/least.ts'
import { type ArchiveView, archiveFigures, archiveSummary } from '../../operator/archive/status.ts'
import {
  type EnvironmentView,
  environmentFigures,
  environmentSummary,
} from '../../operator/environment/status.ts'
import {
  type CaptureView,
  type FeedView,
  feedFigures,
  feedSummary,
} from '../../operator/feed/status.ts'
import type { KubeObject } from '../../operator/kube/objects.ts'
import { PAUSED } from '../../operator/reconcile/kinds.ts'
import { good, type Summary, stalled, statusOf, waiting } from '../../operator/status/status.ts'
import { type Alone, captureAlone } from '../../operator/testing/capture-view.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const GENERATION = 3

type Written = {
  readonly annotations?: Readonly<Record<string, string>>
  readonly spec?: Readonly<Record<string, unknown>>
}
const NAMES: Readonly<Record<Kind, string>> = {
  Feed: 'kalshi',
  Environment: 'lab',
  Archive: 'kalshi',
  Signal: 'wide-spread',
}
const STORAGE = { claim: { size: '10Gi' } }

function written(kind: Kind, { annotations, spec }: Written): KubeObject {
  const least = LEAST[kind] as { apiVersion: string; spec: Record<string, unknown> }
  return {
    apiVersion: least.apiVersion,
    kind,
    metadata: {
      name: NAMES[kind],
      namespace: 'ssmd',
      generation: GENERATION,
      ...(annotations ? { annotations } : {}),
    },
    spec: { ...least.spec, ...(kind === 'Archive' ? { storage: STORAGE } : {}), ...spec },
  }
}

function judged(
  kind: Kind,
  summary: Summary,
  figures: Readonly<Record<string, unknown>>,
  of: Written = {}
): KubeObject {
  const object = written(kind, of)
  return { ...object, status: statusOf(object, summary, figures, NOW) }
}

const deployment = (name: string, status: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'ssmd', generation: 1 },
  status: { observedGeneration: 1, ...status },
})
const running = (name: string) => deployment(name, { updatedReplicas: 1, availableReplicas: 1 })
const failing = (name: string) =>
  deployment(name, {
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'ProgressDeadlineExceeded',
        message: `ReplicaSet "${name}-5d4f" has timed out progressing.`,
      },
    ],
  })

const FAR = { kind: 'away', why: 'nats://ssmd-nats:4222 does not answer' } as const
const REFUSED = { kind: 'refused', why: 'insufficient storage resources available' } as const

const CONNECTOR = 'connector-lab-kalshi'
const connectorReport = (over: object = {}) =>
  ({
    version: 1,
    role: 'connector',
    environment: 'lab',
    feed: 'kalshi',
    name: CONNECTOR,
    at: NOW,
    seenAt: NOW,
    simulated: true,
    state: 'capturing',
    message: '',
    connections: 2,
    connected: 2,
    symbols: 12,
    frames: 1_000_000,
    framesPerSecond: 1000,
    bytes: 1e9,
    lastFrameAt: NOW,
    lastDataAt: NOW,
    gaps: 0,
    dropped: 0,
    pendingBytes: 0,
    unackedSeconds: 0,
    ...over,
  }) as const
const troubled = (kind: string, message: string) =>
  connectorReport({ troubles: [{ kind, message, since: NOW }] })
const capture = (over: Partial<Alone> = {}): CaptureView =>
  captureAlone({
    name: 'lab',
    connector: CONNECTOR,
    simulated: true,
    suspended: false,
    config: good('Valid'),
    credentials: good('NotNeeded'),
    deployment: running(CONNECTOR),
    pending: [],
    stream: { kind: 'good' },
    report: connectorReport(),
    archivers: [],
    ...over,
  })
function feed(over: Partial<FeedView> = {}, of: Written = {}): KubeObject {
  const view: FeedView = {
    config: good('Valid'),
    disabled: false,
    paused: of.annotations?.[PAUSED] === 'true',
    version: 'v2',
    proof: 'frames: trade',
    captures: [capture()],
    settled: true,
    failure: undefined,
    day: '2026-11-24',
    ...over,
  }
  return judged('Feed', feedSummary(view), feedFigures(view), of)
}
const captured = (over: Partial<Alone>) => feed({ captures: [capture(over)] })
const PAUSE = { annotations: { [PAUSED]: 'true' } }
const invalid = stalled('InvalidSpec', 'spec.channels: expected at least 1 entry, found 0')
const secretMissing = waiting('SecretNotFound', 'Secret kalshi')

const FEEDS = {
  unseen: () => written('Feed', {}),
  captured: () => feed(),
  changed: () => {
    const object = feed()
    return { ...object, metadata: { ...object.metadata, generation: GENERATION + 1 } }
  },
  unnamed: () => feed({ captures: [] }),
  invalid: () => feed({ config: invalid, captures: [] }),
  'invalid-and-paused': () => feed({ config: invalid, captures: [] }, PAUSE),
  disabled: () => feed({ disabled: true, captures: [] }, { spec: { state: 'disabled' } }),
  suspended: () => captured({ suspended: true, deployment: undefined, report: undefined }),
  paused: () => feed({}, PAUSE),
  'paused-before-it-ran': () =>
    feed({ captures: [capture({ deployment: undefined, report: undefined })] }, PAUSE),
  'environment-invalid': () =>
    captured({ config: waiting('EnvironmentInvalid', 'Environment lab: spec.feeds: …') }),
  'secret-missing': () => captured({ credentials: secretMissing, deployment: undefined }),
  'key-is-local': () =>
    captured({ credentials: stalled('KeyIsLocal', 'the key kalshi is in variables') }),
  starting: () => captured({ deployment: deployment(CONNECTOR, {}), report: undefined }),
  'workload-failed': () => captured({ deployment: failing(CONNECTOR), report: undefined }),
  forbidden: () => feed({ failure: waiting('Forbidden', 'cannot patch deployments') }),
  'name-taken': () => feed({ failure: stalled('NameTaken', `ConfigMap ${CONNECTOR}`) }),
  'just-started': () => captured({ report: undefined }),
  connecting: () => captured({ report: connectorReport({ connected: 0, state: 'connecting' }) }),
  'nats-away': () => captured({ stream: FAR, report: undefined }),
  'stream-refused': () => captured({ stream: REFUSED }),
  troubled: () =>
    captured({ report: connectorReport({ state: 'failed', message: 'the exchange bars us' }) }),
  'not-durable': () =>
    captured({
      report: troubled('NotDurable', 'JetStream refuses frames of 12.3 s: no space left on device'),
    }),
  'channel-refused': () =>
    captured({ report: troubled('ChannelRefused', 'the exchange refused channel fills') }),
  'symbols-refused': () =>
    captured({ report: troubled('SymbolsRefused', 'the exchange refused KXGOLD-1') }),
  'proof-lost': () =>
    captured({ report: troubled('ProofLost', 'type trade no longer has the field seq') }),
  'trouble-unknown': () => captured({ report: troubled('SunSpots', 'bits flip') }),
  'credentials-refused': () =>
    captured({
      report: connectorReport({
        state: 'failed',
        code: 'SSMD_E_CREDENTIALS',
        message: 'field apiKey of key kalshi cannot be a header value: it holds a line break',
      }),
    }),
  'rollout-pending': () => captured({ pending: ['image'] }),
} satisfies Readonly<Record<string, () => KubeObject>>

const SIMULATOR = 'simulator-lab-kalshi'
function environment(over: Partial<EnvironmentView> = {}, of: Written = {}): KubeObject {
  const object = written('Environment', of)
  const view: EnvironmentView = {
    environment: object as unknown as Environment,
    config: good('Valid'),
    credentials: good('NotNeeded'),
    paused: of.annotations?.[PAUSED] === 'true',
    feeds: [written('Feed', {}) as unknown as Feed],
    captured: ['kalshi'],
    simulators: [{ name: SIMULATOR, deployment: running(SIMULATOR) }],
    pending: [],
    link: { connected: true, why: '' },
    settled: true,
    failure: undefined,
    ...over,
  }
  return judged('Environment', environmentSummary(view), environmentFigures(view), of)
}

const ENVIRONMENTS = {
  unseen: () => written('Environment', {}),
  running: () => environment(),
  changed: () => {
    const object = environment()
    return { ...object, metadata: { ...object.metadata, generation: GENERATION + 1 } }
  },
  'feed-missing': () =>
    environment({ config: waiting('FeedNotFound', 'spec.feeds[0]: there is no Feed kalshi') }),
  invalid: () => environment({ config: invalid }),
  suspended: () => environment({ captured: [], simulators: [] }, { spec: { suspend: true } }),
  'invalid-and-suspended': () =>
    environment({ config: invalid, captured: [], simulators: [] }, { spec: { suspend: true } }),
  paused: () => environment({}, PAUSE),
  'simulator-starting': () =>
    environment({ simulators: [{ name: SIMULATOR, deployment: undefined }], captured: [] }),
  'simulator-failed': () =>
    environment({ simulators: [{ name: SIMULATOR, deployment: failing(SIMULATOR) }] }),
  'secret-missing': () => environment({ credentials: secretMissing }),
  'not-connected': () => environment({ captured: [] }),
  'nats-away': () => environment({ link: { connected: false, why: FAR.why } }),
  'rollout-pending': () => environment({ pending: ['config'] }),
} satisfies Readonly<Record<string, () => KubeObject>>

const ARCHIVER = 'archiver-kalshi'
const archiverReport = (over: object = {}) =>
  ({
    version: 1,
    role: 'archiver',
    environment: 'lab',
    feed: 'kalshi',
    name: ARCHIVER,
    archive: 'kalshi',
    at: NOW,
    seenAt: NOW,
    simulated: true,
    state: 'archiving',
    message: '',
    records: 1_000_000,
    recordsPerSecond: 1000,
    lastCommitAt: NOW,
    lagSeconds: 0.4,
    pendingBlocks: 0,
    day: '2026-11-24',
    dayRecords: 1_000_000,
    dayBytes: 1e8,
    dayGaps: 0,
    ...over,
  }) as const
function archive(over: Partial<ArchiveView> = {}, of: Written = {}): KubeObject {
  const view: ArchiveView = {
    config: good('Valid'),
    credentials: good('NotNeeded'),
    paused: of.annotations?.[PAUSED] === 'true',
    archiver: ARCHIVER,
    predecessor: undefined,
    feeds: ['kalshi'],
    deployment: running(ARCHIVER),
    pending: [],
    stream: { kind: 'good' },
    reports: [archiverReport()],
    settled: true,
    failure: undefined,
    day: '2026-11-24',
    ...over,
  }
  return judged('Archive', archiveSummary(view), archiveFigures(view), of)
}

const ARCHIVES = {
  unseen: () => written('Archive', {}),
  archived: () => archive(),
  changed: () => {
    const object = archive()
    return { ...object, metadata: { ...object.metadata, generation: GENERATION + 1 } }
  },
  'environment-missing': () =>
    archive({
      config: waiting('EnvironmentNotFound', 'there is no Environment lab'),
      deployment: undefined,
      reports: [],
    }),
  invalid: () => archive({ config: invalid, deployment: undefined, reports: [] }),
  paused: () => archive({}, PAUSE),
  starting: () => archive({ deployment: undefined, reports: [] }),
  'claim-in-use': () =>
    archive({
      predecessor: 'claim disk is in use by pod archiver-old-1-2 of archive old, which is gone',
      deployment: undefined,
      reports: [],
    }),
  'workload-failed': () => archive({ deployment: failing(ARCHIVER), reports: [] }),
  'secret-missing': () => archive({ credentials: secretMissing, deployment: undefined }),
  'immutable-field': () =>
    archive({ failure: stalled('ImmutableField', `PersistentVolumeClaim ${ARCHIVER}: spec`) }),
  quiet: () => archive({ reports: [archiverReport({ lastCommitAt: null, lagSeconds: null })] }),
  'nats-away': () => archive({ stream: FAR, reports: [] }),
  'stream-refused': () => archive({ stream: REFUSED, reports: [] }),
  troubled: () =>
    archive({ reports: [archiverReport({ state: 'failed', message: 'no space left' })] }),
  'clock-stepped': () =>
    archive({
      reports: [
        archiverReport({
          troubles: [{ kind: 'ClockStepped', message: 'the clock was set back 90 s', since: NOW }],
        }),
      ],
    }),
  'rollout-pending': () => archive({ pending: ['secret nats'] }),
} satisfies Readonly<Record<string, () => KubeObject>>

type Named<K extends string, T> = `${K}-${Extract<keyof T, string>}`
export type StateName =
  | Named<'feed', typeof FEEDS>
  | Named<'environment', typeof ENVIRONMENTS>
  | Named<'archive', typeof ARCHIVES>

/** By name, such as `feed-captured`. */
export const STATES = Object.fromEntries(
  Object.entries({ feed: FEEDS, environment: ENVIRONMENTS, archive: ARCHIVES }).flatMap(
    ([kind, states]) =>
      Object.entries<() => KubeObject>(states).map(([name, make]) => [`${kind}-${name}`, make()])
  )
) as Readonly<Record<StateName, KubeObject>>
