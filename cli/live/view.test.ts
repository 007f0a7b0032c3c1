import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ArchiverReport, ConnectorReport } from '#bus/report.ts'
import type { ProcessSnapshot, Snapshot } from '../../operator/local/snapshot.ts'
import { widthOf } from '../table.ts'
import { jsonEvent, jsonState } from './json.ts'
import { eventLine, stateLines, summaryLines } from './plain.ts'
import { rowsOf } from './rows.ts'
import { renderView } from './view.ts'

const NOW = Date.parse('2026-11-24T15:00:00Z')

const connector = (feed: string, more: Partial<ConnectorReport> = {}): ConnectorReport => ({
  version: 1,
  role: 'connector',
  environment: 'local',
  feed,
  name: `connector-local-${feed}`,
  at: NOW - 1000,
  simulated: true,
  state: 'capturing',
  message: '',
  connections: 1,
  connected: 1,
  symbols: 6,
  frames: 12_000,
  framesPerSecond: 203.4,
  bytes: 1_000_000,
  lastFrameAt: NOW - 1000,
  lastDataAt: NOW - 1400,
  gaps: 0,
  dropped: 0,
  pendingBytes: 0,
  ...more,
})

const archiver = (feed: string, more: Partial<ArchiverReport> = {}): ArchiverReport => ({
  version: 1,
  role: 'archiver',
  environment: 'local',
  feed,
  name: 'archiver-kalshi-local',
  archive: 'kalshi-local',
  at: NOW - 500,
  simulated: true,
  state: 'archiving',
  message: '',
  records: 11_800,
  recordsPerSecond: 203,
  lastCommitAt: NOW - 900,
  lagSeconds: 1.1,
  pendingBlocks: 3,
  day: '2026-11-24',
  dayRecords: 1_234_567,
  dayBytes: 1000,
  dayGaps: 2,
  ...more,
})

const running = (name: string, more: Partial<ProcessSnapshot> = {}): ProcessSnapshot => {
  const [component = '', environment = '', ...rest] = name.split('-')
  const isArchiver = component === 'archiver'
  return {
    name,
    component,
    environment: isArchiver ? 'local' : environment,
    feed: isArchiver ? null : rest.join('-'),
    archive: isArchiver ? [environment, ...rest].join('-') : null,
    state: { kind: 'ready', since: NOW - 60_000, began: NOW - 61_000, pid: 1 },
    trouble: '',
    ...more,
  }
}

const snapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  at: NOW,
  startedAt: NOW - 83_000,
  phase: 'running',
  hurried: false,
  settled: true,
  path: 'exchanges',
  data: './data',
  roots: ['./data'],
  logs: './data/.ssmd/logs',
  page: null,
  nats: {
    url: 'nats://127.0.0.1:4222',
    state: { kind: 'ready', since: NOW - 80_000, began: NOW - 81_000, pid: 9 },
    trouble: '',
  },
  steps: [],
  feeds: [
    { feed: 'kalshi', environment: 'local', simulated: true, idle: '', archives: ['kalshi-local'] },
  ],
  processes: [
    running('archiver-kalshi-local'),
    running('connector-local-kalshi'),
    running('simulator-local-kalshi'),
  ],
  reports: [connector('kalshi'), archiver('kalshi')],
  problems: [],
  events: [],
  ...more,
})

const draw = (shot: Snapshot, width = 100, height = 30): string =>
  renderView(shot, { width, height }).join('\n')

const test = suite('live view')

test('shows a feed with all its figures, the source, and what to type next', () => {
  assert.is(
    draw(snapshot()),
    `ssmd up  ·  exchanges  ·  up 1 m 23 s  ·  Ctrl-C stops

FEED    ENVIRONMENT  STATE      SOURCE     MSG/S   LAST   ARCHIVED    LAG  GAPS
kalshi  local        capturing  simulated    203  0.4 s  1,234,567  1.1 s     2

data  ./data   logs  ./data/.ssmd/logs
next  npx ssmd data list   npx ssmd data sample kalshi today --limit 3`
  )
})

test('fits a narrow terminal: columns that can be spared go, the word simulated never', () => {
  assert.is(
    draw(snapshot(), 60),
    `ssmd up  ·  exchanges  ·  up 1 m 23 s  ·  Ctrl-C stops

FEED    STATE      SOURCE     MSG/S   LAST   ARCHIVED  GAPS
kalshi  capturing  simulated    203  0.4 s  1,234,567     2

data  ./data   logs  ./data/.ssmd/logs
next  npx ssmd data list`
  )
  const longest = snapshot({
    problems: [
      'exchanges/feeds/kalshi.yaml:7:13: spec.versions[0].endpoint: wrong (write another)',
    ],
    events: [
      { at: NOW, level: 'error', subject: 'archiver-kalshi-local', text: 'ended with 1: boom' },
    ],
  })
  for (let width = 20; width < 130; width++)
    for (let height = 4; height < 20; height++) {
      const lines = renderView(longest, { width, height })
      assert.ok(lines.length < height, `${lines.length} lines in ${height}`)
      for (const line of lines) assert.ok(widthOf(line) <= width, `${width}: ${line}`)
      if (width >= 45) assert.ok(draw(longest, width).includes('simulated'), `${width}`)
    }
})

test('shows problems, troubles and what happened, each once', () => {
  const text = draw(
    snapshot({
      problems: ['exchanges/feeds/x.yaml:3:5: spec.exchange: expected kalshi, found "k"'],
      processes: [
        running('archiver-kalshi-local', { trouble: 'no space left' }),
        running('connector-local-kalshi'),
      ],
      reports: [connector('kalshi', { message: 'NATS does not answer', state: 'waiting' })],
      events: [
        {
          at: NOW - 50_000,
          level: 'error',
          subject: 'connector-local-kalshi',
          text: 'ended by SIGKILL',
        },
        { at: NOW - 49_000, level: 'info', subject: 'connector-local-kalshi', text: 'ready' },
        {
          at: NOW - 20_000,
          level: 'error',
          subject: 'connector-local-kalshi',
          text: 'ended by SIGKILL',
        },
        { at: NOW - 900_000, level: 'error', subject: 'old', text: 'long ago' },
      ],
    })
  )
  assert.is(
    text,
    `ssmd up  ·  exchanges  ·  up 1 m 23 s  ·  Ctrl-C stops

FEED    ENVIRONMENT  STATE    SOURCE     MSG/S   LAST  ARCHIVED  LAG  GAPS
kalshi  local        waiting  simulated    203  0.4 s         -    -     0

exchanges/feeds/x.yaml:3:5: spec.exchange: expected kalshi, found "k"
archiver-kalshi-local: no space left
kalshi: NATS does not answer

14:59:40Z  connector-local-kalshi (2 times): ended by SIGKILL

data  ./data   logs  ./data/.ssmd/logs
next  npx ssmd data list   npx ssmd data sample kalshi today --limit 3`
  )
})

test('while it starts it shows what it is doing, and how long each thing took', () => {
  const text = draw(
    snapshot({
      startedAt: NOW - 1500,
      steps: [
        {
          name: 'resources',
          detail: '1 feed, 1 environment',
          beganAt: NOW - 1500,
          endedAt: NOW - 1400,
        },
        {
          name: 'nats-server',
          detail: 'building, the first time only',
          beganAt: NOW - 1400,
          endedAt: null,
        },
      ],
      phase: 'starting',
      settled: false,
      feeds: [],
      processes: [],
      reports: [],
    })
  )
  assert.is(
    text,
    `ssmd up  ·  exchanges  ·  starting, 1.5 s

  resources    1 feed, 1 environment          0.1 s
  nats-server  building, the first time only  1.4 s

data  ./data   logs  ./data/.ssmd/logs`
  )
})

test('a long problem is broken between words, and its end is not lost', () => {
  const problem =
    'exchanges/feeds/kalshi.yaml:30:3: spec.broken: there is no such field in spec (fields here: displayName, exchange, type) (what ran before continues)'
  const text = draw(snapshot({ problems: [problem] }), 70)
  assert.ok(
    text.includes(
      `exchanges/feeds/kalshi.yaml:30:3: spec.broken: there is no such field
  in spec (fields here: displayName, exchange, type) (what ran before
  continues)`
    ),
    text
  )
})

test('what dies after the start is not shown as starting', () => {
  const waiting = {
    kind: 'waiting',
    until: NOW + 500,
    reason: 'ended by SIGKILL',
    ends: 1,
  } as const
  const processes = [running('connector-local-kalshi', { state: waiting })]
  assert.not.match(draw(snapshot({ startedAt: NOW - 5000, processes })), /failed/)
})

test('more feeds than lines: as many as fit, and how many there are more', () => {
  const feeds = Array.from({ length: 40 }, (_, i) => ({
    feed: `f${i}`,
    environment: 'local',
    simulated: false,
    idle: '',
    archives: [],
  }))
  const lines = renderView(snapshot({ feeds }), { width: 80, height: 12 })
  assert.ok(lines.length <= 11)
  assert.ok(lines.includes('… and 36 more'), lines.join('\n'))
})

test('what nobody has reported for ten seconds is not shown as if it were so', () => {
  const [row] = rowsOf(snapshot({ at: NOW + 20_000 }))
  assert.equal(
    [row?.state, row?.perSecond, row?.archived, row?.lastMs],
    ['running', null, null, null]
  )
})

test('a report of the process before says nothing of the present one', () => {
  const shown = (state: ProcessSnapshot['state']) => {
    const [row] = rowsOf(snapshot({ processes: [running('connector-local-kalshi', { state })] }))
    return [row?.state, row?.perSecond]
  }
  assert.equal(shown({ kind: 'starting', since: NOW - 100, pid: 2 }), ['starting', null])
  assert.equal(shown({ kind: 'ready', since: NOW - 100, began: NOW - 300, pid: 2 }), [
    'running',
    null,
  ])
  assert.equal(shown({ kind: 'starting', since: NOW - 3000, pid: 2 }), ['capturing', 203.4])
  // It reported before it was ready.
  assert.equal(shown({ kind: 'ready', since: NOW, began: NOW - 3000, pid: 2 }), [
    'capturing',
    203.4,
  ])
})

for (const [kind, state, word] of [
  ['waiting', { kind: 'waiting', until: NOW + 3200, reason: 'x', ends: 2 }, 'restarts in 4.0 s'],
  ['stopping', { kind: 'stopping', since: NOW, pid: 1 }, 'stopping'],
  ['stopped', { kind: 'stopped' }, 'stopped'],
] as const) {
  test(`a connector that is ${kind} is shown as such, whatever it said before`, () => {
    const processes = [running('connector-local-kalshi', { state })]
    const [row] = rowsOf(snapshot({ processes }))
    assert.is(row?.state, word)
    assert.is(row?.perSecond, null)
  })
}

test('what was switched to the real exchange today says that simulated records stand beside', () => {
  const feeds = [
    {
      feed: 'kalshi',
      environment: 'local',
      simulated: false,
      idle: '',
      archives: ['kalshi-local'],
    },
  ]
  const source = (connects: boolean, archives: boolean) =>
    rowsOf(
      snapshot({
        feeds,
        reports: [
          connector('kalshi', { simulated: connects }),
          archiver('kalshi', { simulated: archives }),
        ],
      })
    )[0]?.source
  assert.is(source(false, false), 'exchange')
  assert.is(source(false, true), 'mixed')
  assert.is(source(true, false), 'simulated')
})

test('a feed that is not captured says why', () => {
  const feeds = [
    { feed: 'kalshi', environment: 'local', simulated: true, idle: 'suspended', archives: [] },
  ]
  assert.is(rowsOf(snapshot({ feeds, processes: [] }))[0]?.state, 'suspended')
})

test('a suspended Environment beside one that runs is a note on how to run it, and no row', () => {
  const feed = (environment: string, idle: string) => ({
    ...{ feed: environment === 'live' ? 'kraken' : 'kalshi', environment, simulated: false, idle },
    archives: ['a'],
  })
  const feeds = [feed('live', 'suspended'), feed('local', '')]
  assert.equal(
    rowsOf(snapshot({ feeds })).map((row) => row.environment),
    ['local']
  )
  const view = draw(snapshot({ feeds }))
  assert.match(view, 'note  live is suspended: ssmd up --environment live runs it')
  assert.match(view, 'data sample kalshi today')
  assert.not.match(draw(snapshot({})), 'suspended')
})

test('a quiet feed is not behind; one whose blocks wait is', () => {
  const lag = (pendingBlocks: number) =>
    rowsOf(snapshot({ reports: [archiver('kalshi', { lagSeconds: 3600, pendingBlocks })] }))[0]
      ?.lagMs
  assert.is(lag(0), 0)
  assert.is(lag(1), 3_600_000)
})

const FULL: Partial<ConnectorReport> = {
  dropped: 65_111,
  unackedSeconds: 42,
  message: 'JetStream has not answered for 5 s',
  troubles: [
    { kind: 'FramesDropped', message: 'buffer of 64 MiB is full', since: NOW - 9000 },
    { kind: 'NotDurable', message: 'JetStream has not answered for 5 s', since: NOW - 42_000 },
  ],
}
const NATS = {
  url: 'nats://127.0.0.1:4222',
  state: { kind: 'ready', since: NOW - 80_000, began: NOW - 81_000, pid: 9 },
  trouble:
    'takes no messages for ssmd_local_kalshi (no space left on device); restarts once there is space',
} as const

test('what is not durable and what was dropped is in the table, and LAG is that of the oldest frame', () => {
  const shot = snapshot({ nats: NATS, reports: [connector('kalshi', FULL), archiver('kalshi')] })
  assert.is(
    draw(shot, 110),
    `ssmd up  ·  exchanges  ·  up 1 m 23 s  ·  Ctrl-C stops

FEED    ENVIRONMENT  STATE            SOURCE     MSG/S   LAST   ARCHIVED   LAG  GAPS  DROPPED
kalshi  local        dropping frames  simulated    203  0.4 s  1,234,567  42 s     2   65,111

nats-server: takes no messages for ssmd_local_kalshi (no space left on device); restarts once there is space
kalshi: JetStream has not answered for 5 s
kalshi: buffer of 64 MiB is full

data  ./data   logs  ./data/.ssmd/logs
next  npx ssmd data list   npx ssmd data sample kalshi today --limit 3`
  )
  assert.equal(stateLines(shot), [
    '2026-11-24T15:00:00Z kalshi (local, simulated): dropping frames, 203 msg/s, last 0.4 s ago, archived 1,234,567, lag 42 s, 2 gaps, 65,111 frames dropped, buffer of 64 MiB is full, JetStream has not answered for 5 s',
  ])
  const json = JSON.parse(jsonState(shot))
  const [row] = json.feeds
  assert.equal([row.unackedMs, row.lagMs, row.dropped], [42_000, 42_000, 65_111])
  assert.equal(row.troubles, FULL.troubles)
  assert.is(json.nats.trouble, NATS.trouble)
  for (const width of [45, 60, 80]) assert.match(draw(shot, width), /dropping|65,111/)
})

test('the state says what is lost, then what is not durable, then what is not archived', () => {
  const state = (report: Partial<ConnectorReport>, more: Partial<ArchiverReport> = {}) => {
    const [row] = rowsOf(
      snapshot({ reports: [connector('kalshi', report), archiver('kalshi', more)] })
    )
    return [row?.state, row?.tone]
  }
  const [dropped, notDurable] = FULL.troubles ?? []
  const refused = { kind: 'ChannelRefused', message: 'x', since: NOW } as const
  assert.equal(state({}), ['capturing', 'good'])
  assert.equal(state({ troubles: [refused] }), ['capturing', 'busy'])
  assert.equal(state({ troubles: [refused, notDurable!] }), ['not durable', 'bad'])
  assert.equal(state({ troubles: [dropped!, notDurable!] }), ['dropping frames', 'bad'])
  assert.equal(state({ state: 'waiting' }), ['waiting', 'busy'])
  const full = { state: 'waiting', message: 'no space left', code: 'SSMD_E_DISK_FULL' }
  assert.equal(state({}, full), ['not archived', 'bad'])
})

test('the lag grows while a connector that had unacknowledged frames says nothing', () => {
  const lag = (at: number, unackedSeconds: number, archives: boolean) => {
    const reports = [
      connector('kalshi', { unackedSeconds }),
      ...(archives ? [archiver('kalshi')] : []),
    ]
    return rowsOf(snapshot({ at, reports }))[0]?.lagMs
  }
  assert.is(lag(NOW, 42, true), 42_000)
  assert.is(lag(NOW + 7600, 42, true), 50_600)
  assert.is(lag(NOW, 0.1, true), 1100)
  assert.is(lag(NOW, 42, false), 42_000)
  assert.is(lag(NOW, 0, false), null)
})

test('the summary says what was lost', () => {
  const stopping = { ...FULL, state: 'stopping', pendingBytes: 3_200_000 }
  const shot = snapshot({
    phase: 'stopped',
    reports: [connector('kalshi', stopping), archiver('kalshi')],
  })
  assert.is(
    summaryLines(shot)[1],
    'Lost: kalshi 65,111 frames dropped for lack of space since its last start, and 3.2 MB that NATS had not acknowledged at its end; the manifest names the gap.'
  )
})

test('text from outside cannot command the terminal', () => {
  const shot = snapshot({ problems: ['evil \u001b[2J\u0007 text'] })
  assert.not.match(draw(shot), '\u001b')
  const event = { at: NOW, level: 'warn', subject: 'x', text: 'evil \u001b[2J' } as const
  assert.not.match(eventLine(event), '\u001b')
})

test('plain lines tell the same', () => {
  assert.equal(stateLines(snapshot()), [
    '2026-11-24T15:00:00Z kalshi (local, simulated): capturing, 203 msg/s, last 0.4 s ago, archived 1,234,567, lag 1.1 s, 2 gaps',
  ])
  assert.is(
    eventLine({ at: NOW, level: 'error', subject: 'nats-server', text: 'ended by SIGKILL' }),
    '2026-11-24T15:00:00Z error: nats-server: ended by SIGKILL'
  )
  assert.equal(summaryLines(snapshot({ at: NOW + 2000, phase: 'stopped' })), [
    'Stopped after 1 m 25 s: kalshi (simulated) 1,234,567 records archived today, 2 gaps. Data in ./data.',
  ])
})

test('JSON lines tell the same', () => {
  const { kind, at, feeds } = JSON.parse(jsonState(snapshot()))
  assert.equal([kind, at], ['state', '2026-11-24T15:00:00.000Z'])
  assert.is(feeds.length, 1)
  const { feed, environment, state, source, perSecond, archived, gaps } = feeds[0]
  assert.equal([feed, environment, state, source], ['kalshi', 'local', 'capturing', 'simulated'])
  assert.equal([Math.round(perSecond), archived, gaps], [203, 1_234_567, 2])
  assert.is(JSON.parse(jsonState(snapshot({ phase: 'stopped' }))).kind, 'stopped')
  assert.equal(JSON.parse(jsonEvent({ at: NOW, level: 'warn', subject: 'x', text: 'y' })), {
    kind: 'event',
    at: '2026-11-24T15:00:00.000Z',
    level: 'warn',
    subject: 'x',
    text: 'y',
  })
})

test('another data folder stands in what to type next', () => {
  assert.match(
    draw(snapshot({ roots: ['/mnt/my data'] })),
    "npx ssmd data list --path '/mnt/my data'"
  )
  assert.match(
    draw(snapshot({ roots: ['./data', './data/live'] })),
    'npx ssmd data list --path ./data --path live=./data/live'
  )
})

test('a feed with two shards is one row: sums of both, and the state of the worse', () => {
  const shards = [
    connector('kalshi', { framesPerSecond: 100, dropped: 1, lastDataAt: NOW - 1200 }),
    connector('kalshi', {
      name: 'connector-local-kalshi-1',
      framesPerSecond: 50,
      state: 'connecting',
      unackedSeconds: 4,
      lastDataAt: NOW - 1800,
    }),
  ]
  const processes = ['', '-1'].map((shard) =>
    running(`connector-local-kalshi${shard}`, { feed: 'kalshi' })
  )
  const rows = rowsOf(snapshot({ processes, reports: shards }))
  assert.is(rows.length, 1)
  const { state, tone, perSecond, dropped, unackedMs, lastMs } = rows[0]!
  assert.equal(
    [state, tone, perSecond, dropped, unackedMs, lastMs],
    ['connecting', 'busy', 150, 1, 4000, 200]
  )
  const [starting] = rowsOf(snapshot({ processes, reports: shards.slice(0, 1) }))
  assert.equal([starting?.state, starting?.perSecond], ['running', 100])
})

test('the address of the page is the last line, and why it does not run is a trouble', () => {
  const shown = (page: Snapshot['page']) =>
    renderView(snapshot({ page }), { width: 100, height: 40 })
  assert.is(
    shown({ url: 'http://127.0.0.1:8081/', trouble: '' }).at(-1),
    'page  http://127.0.0.1:8081/'
  )
  assert.not.match(shown(null).join('\n'), 'page')
  assert.match(shown({ url: '', trouble: 'no room' }).join('\n'), 'data-api: no room')
  const told = snapshot({
    page: { url: 'http://127.0.0.1:8081/', trouble: '' },
    events: [{ at: NOW, level: 'info', subject: 'page', text: 'http://127.0.0.1:8081/' }],
  })
  assert.is(renderView(told, { width: 100, height: 40 }).join('\n').split('8081').length, 2)
})

test.run()
