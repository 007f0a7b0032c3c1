// What `ssmd status`, `ssmd logs` and `ssmd events` make of reports, statuses, log lines and Events.

import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '#archive/testing/folders.ts'
import type { Report } from '#bus/report.ts'
import { parseResources } from '#crds/parse.ts'
import { within } from '#testing/deadline.ts'
import { happenedIn } from '../commands/events.ts'
import { follow, programsOf, tailOf } from './log-files.ts'
import { isSevere, readLogLine, shownLine } from './log-lines.ts'
import { lagMs, rowsOfFeeds, rowsOfReports } from './rows.ts'
import { signalLines, signalsOfObjects, signalsOfReports } from './signals.ts'

const test = suite('looking')
const NOW = Date.parse('2026-11-30T12:00:00Z')

const { feeds, environments } = parseResources(
  `apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: { name: a }
spec:
  exchange: kraken
  versions: [{ name: v1, effectiveFrom: "2025-01-01", endpoint: "wss://ws.kraken.com/v2" }]
  channels: [trade]
---
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: { name: live }
spec: { feeds: [a], transport: { url: "nats://127.0.0.1:4222" } }
`,
  'a.yaml'
)
const declared = {
  feeds: feeds.map(({ resource }) => resource),
  environments: environments.map(({ resource }) => resource),
  archives: [],
  signals: [],
}
const report = {
  ...{ version: 1, environment: 'live', feed: 'a', name: 'connector-live-a', at: NOW - 1000 },
  ...{ simulated: false, state: 'capturing', message: '', role: 'connector', connections: 1 },
  ...{ connected: 1, symbols: 1, frames: 5, framesPerSecond: 7, bytes: 1, lastFrameAt: NOW - 2000 },
  ...{ lastDataAt: null, gaps: 2, dropped: 0, pendingBytes: 0 },
} satisfies Report

test('a feed that reports is shown by its report, and one that has fallen silent does not run', () => {
  const [row] = rowsOfReports(declared, [report], '2026-11-30', NOW)
  assert.equal([row?.state, row?.perSecond, row?.gaps], ['capturing', 7, 2])
  const old = { ...report, at: NOW - 60_000 }
  assert.is(rowsOfReports(declared, [old], '2026-11-30', NOW)[0]?.state, 'not running')
  assert.is(rowsOfReports(declared, [], '2026-11-30', NOW)[0]?.state, 'not running')
})

const stored = (status: object) => ({
  ...{ apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', metadata: { name: 'a' }, status },
})
const ready = (status: string, reason: string) => [
  { type: 'Ready', status, reason, message: `it is ${reason}`, lastTransitionTime: '' },
]

test('a Feed of a cluster has a row for each Environment, with its reason and, if not ready, why', () => {
  const figures = { messagesPerSecond: 3, lag: '0.2s', gapsToday: 1 }
  const one = { name: 'live', lastMessageTime: '2026-11-30T11:59:58Z', ...figures }
  const rows = rowsOfFeeds(
    [stored({ conditions: ready('True', 'Captured'), environments: [one, { name: 'b' }] })],
    NOW
  )
  assert.equal(
    rows.map(({ environment }) => environment),
    ['live', 'b']
  )
  const [first] = rows
  assert.equal(
    [first?.state, first?.tone, first?.lastMs, first?.lagMs, first?.gaps, first?.message],
    ['Captured', 'good', 2000, 200, 1, '']
  )
  const [failed] = rowsOfFeeds([stored({ conditions: ready('False', 'SecretNotFound') })], NOW)
  assert.equal([failed?.environment, failed?.tone], ['-', 'bad'])
  assert.match(failed?.message ?? '', /SecretNotFound/)
  assert.is(rowsOfFeeds([stored({})], NOW)[0]?.state, 'not seen yet')
})

test('lags are read as the operator writes them', () => {
  assert.equal(['0.2s', '3m', '2h', '1d', '', 'soon'].map(lagMs), [
    200,
    180_000,
    7_200_000,
    86_400_000,
    null,
    null,
  ])
})

test('a log line of ours is time, level and fields; any other is left as it is, and commands no terminal', () => {
  const line = readLogLine(
    '{"level":"warn","time":"2026-11-30T12:00:00.000Z","role":"connector","pid":1,"msg":"lost","code":7,"why":"a\\u001b[2J"}'
  )
  assert.is(shownLine(line, 'x'), '2026-11-30T12:00:00Z x: warn: lost  code=7  why=a\\x1b[2J')
  assert.ok(isSevere(line))
  const other = readLogLine('[3905] [INF] Server is ready')
  assert.is(shownLine(other, ''), '[3905] [INF] Server is ready')
  assert.not.ok(isSevere(other))
  assert.is(readLogLine('{"cut').text, '{"cut')
})

test('a name stands for the programs of its feed or archive; another is suggested', () => {
  const programs = [
    'archiver-all',
    'connector-live-a',
    'connector-live-a-1',
    'connector-live-b',
    'nats-server',
  ]
  assert.equal(programsOf('a', programs), ['connector-live-a', 'connector-live-a-1'])
  assert.equal(programsOf('all', programs), ['archiver-all'])
  assert.equal(programsOf('nats-server', programs), ['nats-server'])
  assert.throws(
    () => programsOf('al', programs),
    (error: { hint?: string }) => /did you mean all\?/.test(error.hint ?? '')
  )
})

test('following a log misses no line, neither one that is cut nor those behind a rotation', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'x.log')
  writeFileSync(path, 'one\ntwo\nthr')
  const { lines, end } = await tailOf(path, 1)
  assert.equal(lines, ['two'])
  assert.equal((await tailOf(path, 0)).lines, [])
  const stop = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const line of follow(path, end, stop.signal)) {
      seen.push(line)
      if (line === 'three') {
        renameSync(path, `${path}.1`)
        writeFileSync(path, 'new\n')
      }
      if (line === 'new') stop.abort()
    }
  })()
  appendFileSync(path, 'ee\n')
  await within(20_000, 'both lines', reading)
  assert.equal(seen, ['three', 'new'])
})

test('of the Events of a namespace those about resources of ssmd are told, latest by their series', () => {
  const event = (name: string, fields: object) => ({
    ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name } },
    ...fields,
  })
  const regarding = { apiVersion: 'ssmd.io/v1alpha1', kind: 'Feed', name: 'a' }
  const told = happenedIn([
    event('1', {
      regarding,
      reason: 'Created',
      note: 'created x',
      type: 'Normal',
      eventTime: '2026-11-30T11:00:00Z',
    }),
    event('2', {
      ...{
        regarding,
        reason: 'SecretNotFound',
        type: 'Warning',
        eventTime: '2026-11-30T10:00:00Z',
      },
      series: { lastObservedTime: '2026-11-30T12:00:00Z' },
    }),
    event('3', { regarding: { apiVersion: 'v1', kind: 'Pod', name: 'p' }, reason: 'Killing' }),
  ])
  assert.equal(
    told.map(({ at, level, subject, reason }) => [at - NOW, level, subject, reason]),
    [
      [-3_600_000, 'info', 'Feed a', 'Created'],
      [0, 'warn', 'Feed a', 'SecretNotFound'],
    ]
  )
})

test('a signal is shown by its report or by its status, with what is wrong', () => {
  const known = [
    { signal: 'wide', environment: 'live', suspended: false },
    { signal: 'off', environment: 'live', suspended: true },
  ]
  const fires = {
    ...{
      version: 1,
      role: 'signal',
      environment: 'live',
      feed: 'signal-wide',
      name: 'signal-wide',
    },
    ...{ at: NOW, simulated: true, state: 'watching', message: '', signal: 'wide', mode: 'log' },
    ...{ sourceHash: '', events: 9, eventsPerSecond: 1, fires: 2, firesToday: 2, errors: 1 },
    ...{ lastFireAt: NOW - 60_000, lagSeconds: 0.2, catchUp: null, missed: null, sinks: [] },
    troubles: [{ kind: 'SinkFailing', message: 'sink hook: status 503', since: NOW }],
  } as const
  const lines = signalLines(signalsOfReports(known, [fires as unknown as Report], NOW), undefined)
  const text = lines.join('\n')
  assert.match(text, /wide +live +watching +2 +1 m ago +0\.2s +1/)
  assert.match(text, /off +live +stopped +- +- +- +-/)
  assert.match(text, 'wide in live: sink hook: status 503')
  assert.equal(signalLines([], 80), [])
  const condition = { type: 'Ready', status: 'False', reason: 'SignalRefused', message: 'line 4' }
  const [row] = signalsOfObjects(
    [
      {
        ...{ apiVersion: 'ssmd.io/v1alpha1', kind: 'Signal', metadata: { name: 'wide' } },
        spec: { environmentRef: { name: 'live' } },
        status: { firesToday: 3, conditions: [{ ...condition, lastTransitionTime: 'x' }] },
      },
    ],
    NOW
  )
  assert.equal([row?.state, row?.firesToday, row?.message], ['SignalRefused', 3, 'line 4'])
})

test.run()
