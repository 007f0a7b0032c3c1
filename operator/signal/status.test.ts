// The conditions of a Signal for what its runner reports, and its figures, as a table.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Signal } from '#crds/signal.gen.ts'
import { LEAST } from '#crds/testdata/least.ts'
import { judge } from '#crds/validate.ts'
import type { KubeObject } from '../kube/objects.ts'
import { parseReport, type SignalSays } from '../status/reports.ts'
import { good, statusOf, waiting } from '../status/status.ts'
import { type SignalView, signalFigures, signalSummary } from './status.ts'

const test = suite('signal status')
const NOW = Date.UTC(2026, 11, 1, 12)

const signal = (spec: object = {}): Signal =>
  judge('Signal', { ...LEAST.Signal, spec: { ...(LEAST.Signal.spec as object), ...spec } })
    .resource!

const REPORT = {
  ...{ version: 1, role: 'signal', environment: 'local', feed: 'signal-s', name: 'signal-s' },
  ...{ at: NOW, state: 'watching', message: '', signal: 's', events: 9, firesToday: 4, errors: 1 },
  ...{ lastFireAt: NOW - 90_000, lagSeconds: 0.2, missed: null, catchUp: null },
}
const report = (over: object = {}) => parseReport({ ...REPORT, ...over }, NOW) as SignalSays
const deployment = (available: boolean): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'signal-s', generation: 1 },
  status: { observedGeneration: 1, updatedReplicas: 1, availableReplicas: available ? 1 : 0 },
})
const view = (over: Partial<SignalView> = {}): SignalView => ({
  ...{ signal: signal(), config: good('Valid'), credentials: good('NotNeeded'), paused: false },
  ...{ runner: 'signal-s', deployment: deployment(true), pending: [], stream: { kind: 'good' } },
  ...{ report: report(), settled: true, failure: undefined },
  ...over,
})
const object: KubeObject = { ...LEAST.Signal, metadata: { name: 's', generation: 2 } } as KubeObject

/** Each condition as `True Reason`. */
function told(over: Partial<SignalView>): Record<string, string> {
  const { conditions } = statusOf(object, signalSummary(view(over)), {}, NOW)
  return Object.fromEntries(
    conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`])
  )
}

const TABLE: readonly (readonly [string, Partial<SignalView>, Record<string, string>])[] = [
  ['runs', {}, { Ready: 'True Running', DataFlowing: 'True Flowing' }],
  ['saw nothing yet', { report: report({ events: 0 }) }, { DataFlowing: 'True Quiet' }],
  [
    'catches up',
    { report: report({ state: 'catching-up', message: '3 h behind' }) },
    { Ready: 'True Running', DataFlowing: 'False CatchingUp' },
  ],
  [
    'was refused by the sandbox',
    {
      report: report({ state: 'refused', message: 'line 4: fetch' }),
      deployment: deployment(false),
    },
    {
      Ready: 'False SignalRefused',
      Stalled: 'True SignalRefused',
      DataFlowing: 'False SignalRefused',
    },
  ],
  [
    'has a sink that is down',
    { report: report({ troubles: [{ kind: 'SinkFailing', message: 'hook', since: NOW }] }) },
    { Ready: 'True Running', DataFlowing: 'False SinkFailing' },
  ],
  [
    'has no report',
    { report: undefined },
    { Ready: 'True Running', DataFlowing: 'Unknown NoReports' },
  ],
  [
    'cannot reach NATS',
    { report: undefined, stream: { kind: 'away', why: 'refused' } },
    { DataFlowing: 'Unknown NatsUnreachable' },
  ],
  [
    'waits for a Secret',
    { credentials: waiting('SecretNotFound', 'there is no Secret hook'), report: undefined },
    { Ready: 'False SecretNotFound', Reconciling: 'True SecretNotFound' },
  ],
  [
    'is suspended',
    { signal: signal({ suspend: true }), deployment: undefined, report: undefined },
    { Ready: 'True Suspended', Paused: 'True Suspended', DataFlowing: 'Unknown NotNeeded' },
  ],
  [
    'waits with a new image',
    { pending: ['image'] },
    { Ready: 'True Running', RolloutPending: 'True RolloutPending' },
  ],
]
for (const [name, over, expected] of TABLE)
  test(`a signal that ${name}: ${Object.values(expected).join(', ')}`, () => {
    const found = told(over)
    for (const [type, is] of Object.entries(expected)) assert.is(found[type], is, type)
    if (!('Stalled' in expected)) assert.is(found.Stalled, undefined)
  })

test('its figures are those of the report, with the hash of the source that runs', () => {
  const catchUp = { from: NOW - 60_000, to: NOW, done: true, events: 7, fires: 2, firesHash: 'ab' }
  const missed = { feeds: ['a', 'b'], from: NOW - 9_000, to: NOW - 4_000 }
  assert.equal(signalFigures(view({ report: report({ catchUp, missed }) })), {
    ...{ sourceHash: '9aeb8d59b4d4', firesToday: 4, lastFireTime: '2026-12-01T11:58:30Z' },
    ...{ lagSeconds: 0.2, lag: '0.2s', errors: 1, reportedTime: '2026-12-01T12:00:00Z' },
    catchUp: {
      ...{ from: '2026-12-01T11:59:00Z', to: '2026-12-01T12:00:00Z' },
      ...{ events: 7, fires: 2, firesHash: 'ab' },
    },
    missed: { feed: 'a, b', begins: '2026-12-01T11:59:51Z', ends: '2026-12-01T11:59:56Z' },
  })
  assert.equal(Object.keys(signalFigures(view({ report: undefined }))), ['sourceHash'])
})

test.run()
