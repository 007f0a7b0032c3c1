// What workloads report of a part of themselves, as conditions: a table; and reports as input from the network.

import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TroubleKind } from '#bus/report.ts'
import { type ArchiveView, archiveFigures, archiveSummary } from '../archive/status.ts'
import { type CaptureView, type FeedView, feedFigures, feedSummary } from '../feed/status.ts'
import type { KubeObject } from '../kube/objects.ts'
import { HOLD_MS, Reports } from '../reconcile/reports.ts'
import { FIGURES_MS, StatusRate } from '../reconcile/status-rate.ts'
import { type Alone, captureAlone } from '../testing/capture-view.ts'
import { lagText } from './figures.ts'
import { REASONS } from './reasons.ts'
import { type ArchiverSays, type ConnectorSays, parseReport } from './reports.ts'
import { contractOf, good, type Status, type Summary, statusOf } from './status.ts'

const test = suite('troubles')
const NOW = Date.UTC(2026, 10, 24, 12)
const SEED = Number(process.env.SSMD_SEED ?? 20_261_124)

const CONNECTOR = {
  ...{ version: 1, role: 'connector', environment: 'e', feed: 'a', name: 'connector-e-a' },
  ...{ at: NOW, state: 'capturing', message: '', connections: 2, connected: 2 },
  ...{ framesPerSecond: 310, lastFrameAt: NOW, unackedSeconds: 0.1 },
}
const ARCHIVER = {
  ...{ version: 1, role: 'archiver', environment: 'e', feed: 'a', name: 'archiver-k' },
  ...{ at: NOW, state: 'archiving', message: '', archive: 'k', recordsPerSecond: 310 },
  ...{ lastCommitAt: NOW, lagSeconds: 0.4, pendingBlocks: 2, day: '2026-11-24', dayGaps: 0 },
}
const connector = (over: object = {}) =>
  parseReport({ ...CONNECTOR, ...over }, NOW) as ConnectorSays
const archiver = (over: object = {}) => parseReport({ ...ARCHIVER, ...over }, NOW) as ArchiverSays
const trouble = (kind: string, message = 'words', since = NOW) => ({ kind, message, since })

const object = (status?: unknown): KubeObject => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'a', namespace: 'n', generation: 3 },
  ...(status === undefined ? {} : { status }),
})
const deployment = (available: boolean): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', generation: 1 },
  status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: available ? 1 : 0 },
})
const capture = (over: Partial<Alone> = {}): CaptureView =>
  captureAlone({
    ...{ name: 'e', connector: 'connector-e-a', simulated: false, suspended: false },
    ...{ config: good('Valid'), credentials: good('Found'), deployment: deployment(true) },
    ...{ observation: { pods: [] }, pending: [], stream: { kind: 'good' }, archivers: [] },
    report: connector(),
    ...over,
  })
const feed = (...captures: readonly CaptureView[]): FeedView => ({
  ...{
    config: good('Valid'),
    disabled: false,
    paused: false,
    version: 'v1',
    captures,
    proof: undefined,
  },
  ...{ settled: true, failure: undefined, day: '2026-11-24' },
})
const archive = (...reports: readonly ArchiverSays[]): ArchiveView => ({
  ...{ config: good('Valid'), credentials: good('Found'), paused: false, archiver: 'archiver-k' },
  ...{ predecessor: undefined, feeds: ['a'], deployment: deployment(true), pending: [] },
  ...{ stream: { kind: 'good' }, settled: true, failure: undefined, day: '2026-11-24' },
  reports,
})
const told = (summary: Summary, type: string) => {
  const { conditions } = statusOf(object(), summary, {}, NOW)
  const found = conditions.find((condition) => condition.type === type)
  return found && { is: `${found.status} ${found.reason}`, message: found.message }
}

/** DataFlowing, Ready of a Feed, Ready of an Archive. */
const TABLE: Readonly<Record<TroubleKind, readonly [flowing: string, ready: string]>> = {
  NotDurable: ['False', 'False NotDurable'],
  FramesDropped: ['False', 'False FramesDropped'],
  ChannelRefused: ['False', 'False ChannelRefused'],
  SymbolLimit: ['False', 'False SymbolLimit'],
  RateLimited: ['False', 'True'],
  GapStorm: ['False', 'True'],
  SymbolsRefused: ['False', 'True'],
  DiscoveryFailed: ['False', 'True'],
  StateTooLarge: ['False', 'True'],
  SinkFailing: ['False', 'True'],
  SymbolsNotFound: ['True', 'True'],
  ProofLost: ['True', 'True'],
  WireDrift: ['True', 'True'],
  ClockStepped: ['True', 'True'],
  PositionLost: ['True', 'True'],
}
for (const [kind, [flowing, ready]] of Object.entries(TABLE))
  test(`${kind}: DataFlowing is ${flowing}, Ready is ${ready}, and the message says what to do`, () => {
    const troubles = [trouble(kind, 'channel fills was refused')]
    for (const [summary, captured] of [
      [feedSummary(feed(capture({ report: connector({ troubles }) }))), 'Captured'],
      [archiveSummary(archive(archiver({ troubles }))), 'Archived'],
    ] as const) {
      const flow = told(summary, 'DataFlowing')
      assert.is(flow?.is, `${flowing} ${kind}`)
      const hint = REASONS[kind as TroubleKind]
      assert.is(flow?.message, `channel fills was refused (since 2026-11-24T12:00:00Z): ${hint}`)
      assert.is(told(summary, 'Ready')?.is, ready === 'True' ? `True ${captured}` : ready)
      assert.is(told(summary, 'Stalled')?.is, ready === 'True' ? undefined : `True ${kind}`)
    }
  })

test('a kind that only a later version knows is shown as Troubled, by its name', () => {
  const report = connector({ troubles: [trouble('SunSpots', 'bits flip')] })
  const summary = feedSummary(feed(capture({ report })))
  const flow = told(summary, 'DataFlowing')
  assert.is(flow?.is, 'False Troubled')
  assert.match(flow?.message ?? '', /^SunSpots: bits flip/)
  assert.is(told(summary, 'Ready')?.is, 'True Captured')
})

test('the worst of several troubles is the reason, and the others stand in its message', () => {
  const troubles = ['ProofLost', 'SunSpots', 'SymbolsRefused', 'NotDurable'].map((kind) =>
    trouble(kind, `of ${kind}`)
  )
  const flow = told(feedSummary(feed(capture({ report: connector({ troubles }) }))), 'DataFlowing')
  assert.is(flow?.is, 'False NotDurable')
  assert.match(flow?.message ?? '', /^of NotDurable .*also SymbolsRefused: .*SunSpots: .*ProofLost/)
})

test('a trouble of one capture or one feed is not hidden by the others, and says whose it is', () => {
  const noted = connector({ troubles: [trouble('ProofLost')] })
  const flow = told(
    feedSummary(feed(capture(), capture({ name: 'f', report: noted }))),
    'DataFlowing'
  )
  assert.is(flow?.is, 'True ProofLost')
  assert.match(flow?.message ?? '', /^f: words/)
  const kept = archiver({ feed: 'b', troubles: [trouble('GapStorm')] })
  const ofArchive = told(archiveSummary(archive(archiver(), kept)), 'DataFlowing')
  assert.is(ofArchive?.is, 'False GapStorm')
  assert.match(ofArchive?.message ?? '', /^b: words/)
})

test('a connector that is not ready for want of durability says so, and not that it is not ready', () => {
  const report = connector({ state: 'waiting', troubles: [trouble('NotDurable')] })
  const view = feed(capture({ report, deployment: deployment(false) }))
  assert.is(told(feedSummary(view), 'Ready')?.is, 'False NotDurable')
})

test('connections that are not open come before troubles of symbols, and after a bar of the exchange', () => {
  const of = (kind: string) => {
    const report = connector({ connected: 0, troubles: [trouble(kind)] })
    return told(feedSummary(feed(capture({ report }))), 'DataFlowing')?.is
  }
  assert.is(of('SymbolsRefused'), 'False Connecting')
  assert.is(of('RateLimited'), 'False RateLimited')
})

test('a key that cannot be used says which and what to do, in both conditions', () => {
  const message = 'field apiKey of key kalshi cannot be a header value: it holds a line break'
  const report = connector({ state: 'failed', code: 'SSMD_E_CREDENTIALS', message })
  const summary = feedSummary(feed(capture({ report, deployment: deployment(false) })))
  for (const type of ['Ready', 'DataFlowing']) {
    assert.is(told(summary, type)?.is, 'False CredentialsRefused')
    assert.is(told(summary, type)?.message, `a: ${message}: ${REASONS.CredentialsRefused}`)
  }
})

test('LAG is the worst of what is unacknowledged and uncommitted; a quiet market has none', () => {
  const lag = (report: ConnectorSays | undefined, ...archivers: readonly ArchiverSays[]) =>
    feedFigures(feed(capture({ report, archivers }))).lag
  assert.is(lag(connector()), '0.1s')
  assert.is(lag(connector(), archiver()), '0.4s')
  assert.is(lag(connector({ unackedSeconds: 33 }), archiver()), '33s')
  assert.is(lag(connector(), archiver({ lagSeconds: 7000, pendingBlocks: 0 })), '0.1s')
  assert.is(lag(connector(), archiver({ lagSeconds: 7000, pendingBlocks: 3 })), '117m')
  assert.is(lag(connector({ unackedSeconds: undefined })), undefined)
  assert.is(lag(undefined), undefined)
  assert.is(archiveFigures(archive(archiver())).lag, '0.4s')
  assert.is(archiveFigures(archive(archiver({ lagSeconds: null }))).lag, undefined)
  const texts = [0, 9.94, 9.96, 119, 120, 7_169, 7_200, 170_000, 172_800, 1e300].map(lagText)
  assert.equal(texts, ['0.0s', '9.9s', '10s', '119s', '2m', '119m', '2h', '47h', '2d', '99999d'])
})

test('REPORTED is when we received the oldest of the reports that figures are made of', () => {
  const report = { ...connector({ at: 1 }), seenAt: NOW - 9_000 }
  assert.is(feedFigures(feed(capture({ report }))).reportedTime, '2026-11-24T11:59:51Z')
  assert.is(archiveFigures(archive(archiver())).reportedTime, '2026-11-24T12:00:00Z')
  assert.is(feedFigures(feed(capture({ report: undefined }))).reportedTime, undefined)
})

/** Statuses that a Feed writes while its connector reports every two seconds for ten minutes. */
function writesOf(troublesAt: (second: number) => readonly object[]): number {
  let now = NOW
  const figures = new Reports(() => now)
  const statusRate = new StatusRate(() => now)
  let written: Status | undefined
  let writes = 0
  for (let second = 0; second < 600; second += 2, now += 2000) {
    figures.take('n/e', { ...CONNECTOR, troubles: troublesAt(second), lastFrameAt: now })
    const view = feed(capture({ report: figures.connectors('n/e', 'a')[0] }))
    const status = statusOf(object(written), feedSummary(view), feedFigures(view), now)
    const change = written && contractOf(written) === contractOf(status) ? 'figures' : 'contract'
    if (statusRate.waitMs('Feed:k', change) > 0) continue
    statusRate.wrote('Feed:k', change)
    written = status
    writes++
  }
  return writes
}

test('troubles that flap, or change their words with every report, write no more statuses than figures do', () => {
  const calm = writesOf(() => [])
  assert.ok(calm <= 600_000 / FIGURES_MS + 2, `${calm} writes`)
  const flaps: Readonly<Record<string, (second: number) => readonly object[]>> = {
    'on and off': (s) => (s % 4 ? [trouble('NotDurable')] : []),
    'from kind to kind': (s) => [trouble(s % 4 ? 'NotDurable' : 'ChannelRefused')],
    'other words': (s) => [trouble('NotDurable', `${s}.3 s not durable`, NOW + s)],
    'unknown kinds without end': (s) => [trouble(`Kind${s}`)],
  }
  for (const [how, at] of Object.entries(flaps)) {
    const writes = writesOf(at)
    assert.ok(writes <= calm + 3, `${how}: ${writes} writes, ${calm} without`)
  }
})

test('a trouble begins with the report that names it, and ends half a minute after the last one', () => {
  let now = NOW
  const figures = new Reports(() => now)
  const kinds = () => (figures.connectors('n/e', 'a')[0]?.troubles ?? []).map(({ kind }) => kind)
  const report = (...troubles: readonly object[]) => figures.take('n/e', { ...CONNECTOR, troubles })
  assert.ok(report())
  assert.ok(report(trouble('NotDurable')), 'news')
  assert.equal(kinds(), ['NotDurable'])
  for (now += 2000; now < NOW + HOLD_MS; now += 2000) {
    assert.is(report(), undefined, 'no news while it is kept')
    assert.equal(kinds(), ['NotDurable'])
  }
  assert.ok(report(), 'its end is news')
  assert.equal(kinds(), [])
})

test('what comes in a report is bounded: count, length, one line', () => {
  const long = 'x'.repeat(1_000_000)
  const kinds = Array.from({ length: 1000 }, (_, i) => trouble(`Kind${i}`, long))
  const said = connector({ message: `a\nb\u2028${long}`, state: long, code: long, troubles: kinds })
  assert.ok(JSON.stringify(said).length < 20_000, `${JSON.stringify(said).length} bytes are kept`)
  assert.ok(said.message.startsWith('a b x'))
  assert.is(said.troubles?.length, 16)
  const odd = [null, 7, [], {}, trouble('lower'), trouble('A b'), trouble(long), { kind: 'A' }]
  const never = [trouble('A', 'words', Number.NaN), { ...trouble('A'), since: 'now' }]
  assert.is(connector({ troubles: [...odd, ...never] }).troubles, undefined)
  for (const troubles of [null, 'x', {}, 7]) assert.is(connector({ troubles }).troubles, undefined)
  const twice = [trouble('ChannelRefused', 'a'), trouble('ChannelRefused', 'b', 5)]
  assert.equal(connector({ troubles: twice }).troubles, [trouble('ChannelRefused', 'a; b', 5)])
  for (const connected of [1.5, -1, 1e300, '1'])
    assert.is(parseReport({ ...CONNECTOR, connected }, NOW), undefined)
  for (const feed of ['', long, 7]) assert.is(parseReport({ ...CONNECTOR, feed }, NOW), undefined)
})

test(`garbage in any field of a report makes a status that an API server takes (seed ${SEED})`, () => {
  const fields = [...new Set([...Object.keys(CONNECTOR), ...Object.keys(ARCHIVER)])]
  const more = fc.dictionary(fc.constantFrom(...fields, 'troubles', 'code'), fc.jsonValue())
  const property = fc.property(fc.constantFrom(CONNECTOR, ARCHIVER), more, (base, over) => {
    const said = parseReport({ ...base, ...over }, NOW)
    if (!said) return
    const isConnector = said.role === 'connector'
    const view = feed(
      capture({ report: isConnector ? said : undefined, archivers: isConnector ? [] : [said] })
    )
    const status = statusOf(object(), feedSummary(view), feedFigures(view), NOW)
    for (const { reason, message } of status.conditions) {
      assert.ok(Object.hasOwn(REASONS, reason), reason)
      assert.ok(message.length <= 32_768)
    }
    assert.ok(String(status.lag ?? '').length <= 16)
    assert.ok(String(status.connected ?? '').length <= 32, String(status.connected))
  })
  fc.assert(property, { numRuns: 3000, seed: SEED })
})

test.run()
