import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ArchiverReport, ConnectorReport } from '#bus/report.ts'
import type { LiveEnvironment } from './environments.ts'
import { LiveNow } from './now.ts'

const test = suite('live now')

const T = Date.parse('2026-11-24T12:00:00Z')
const ENVIRONMENT: LiveEnvironment = {
  name: 'lab',
  url: 'nats://127.0.0.1:4222',
  credentialsFile: undefined,
  feeds: [
    { name: 'alpha', exchange: 'kraken', simulated: false, resource: {} },
    { name: 'beta', exchange: null, simulated: true, resource: null },
  ],
}

const connector = (over: Partial<ConnectorReport> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: 1,
      role: 'connector',
      environment: 'lab',
      feed: 'alpha',
      name: 'connector-lab-alpha',
      at: T,
      simulated: false,
      state: 'capturing',
      message: '',
      connections: 2,
      connected: 2,
      symbols: 10,
      frames: 100,
      framesPerSecond: 20,
      bytes: 1000,
      lastFrameAt: T - 500,
      lastDataAt: T - 1500,
      gaps: 1,
      dropped: 0,
      pendingBytes: 0,
      unackedSeconds: 0.2,
      ...over,
    } satisfies ConnectorReport)
  )

const archiver = (over: Partial<ArchiverReport> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      version: 1,
      role: 'archiver',
      environment: 'lab',
      feed: 'alpha',
      name: 'archiver-all',
      archive: 'all',
      at: T,
      simulated: false,
      state: 'archiving',
      message: '',
      records: 90,
      recordsPerSecond: 19,
      lastCommitAt: T,
      lagSeconds: 3,
      pendingBlocks: 1,
      day: '2026-11-24',
      dayRecords: 90,
      dayBytes: 900,
      dayGaps: 4,
      ...over,
    } satisfies ArchiverReport)
  )

const shown = (now: LiveNow, at = T) => now.document(at).feeds[0]!

test('the shards of a feed are added, the worst of their states is shown, and gaps and lag are those of its archive', () => {
  const now = new LiveNow([ENVIRONMENT])
  now.connected('lab')
  now.take('lab', connector())
  now.take(
    'lab',
    connector({
      name: 'connector-lab-alpha-1',
      state: 'waiting',
      message: 'the exchange refuses',
      lastDataAt: T - 100,
      troubles: [{ kind: 'RateLimited', message: 'slower', since: T }],
    })
  )
  now.take('lab', archiver())
  const { troubles, ...feed } = shown(now)
  assert.equal(feed, {
    feed: 'alpha',
    environment: 'lab',
    exchange: 'kraken',
    simulated: false,
    state: 'waiting',
    rate: 40,
    rate1m: null,
    lastRecord: '2026-11-24T11:59:59.900Z',
    lastRecordAgeSeconds: 0.1,
    lagSeconds: 3,
    gapsToday: 4,
    connections: 4,
    connected: 4,
    symbols: 20,
    dropped: 0,
    message: 'the exchange refuses',
  })
  assert.is(troubles.length, 1)
  assert.is(now.document(T).feeds[1]!.state, 'silent')
  assert.is(now.document(T).feeds[1]!.simulated, true)
})

test('the rate of a minute is that of the totals of one run, and a restart begins it anew', () => {
  const now = new LiveNow([ENVIRONMENT])
  now.connected('lab')
  for (let s = 0; s <= 120; s += 2) {
    // 10 a second for a minute, then 100.
    const frames = s <= 60 ? s * 10 : 600 + (s - 60) * 100
    now.take('lab', connector({ at: T + s * 1000, frames }))
    if (s === 60) assert.is(shown(now, T + 60_000).rate1m, 10)
  }
  assert.is(shown(now, T + 120_000).rate1m, 100)
  now.take('lab', connector({ at: T + 122_000, frames: 3 }))
  assert.is(shown(now, T + 122_000).rate1m, null)
  now.take('lab', connector({ at: T + 124_000, frames: 9 }))
  assert.is(shown(now, T + 124_000).rate1m, 3)
})

test('a feed whose programs have fallen silent says so, and without NATS it is disconnected until it is there again', () => {
  const now = new LiveNow([ENVIRONMENT])
  assert.is(shown(now).state, 'disconnected')
  now.connected('lab')
  now.take('lab', connector())
  assert.is(shown(now, T + 9_000).state, 'capturing')
  assert.is(shown(now, T + 11_000).state, 'silent')
  assert.is(shown(now, T + 11_000).rate, null)
  now.disconnected('lab', 'NATS cannot be reached')
  assert.is(shown(now).state, 'disconnected')
  assert.equal(now.document(T).environments, [
    { environment: 'lab', state: 'disconnected', message: 'NATS cannot be reached' },
  ])
  now.connected('lab')
  assert.is(shown(now).state, 'capturing')
})

test('what is no report of the Environment changes nothing, and a caller sees only the feeds that it may', () => {
  const now = new LiveNow([ENVIRONMENT])
  now.connected('lab')
  for (const text of ['', '{', 'null', '[]', '{"version":1}', '{"version":2,"name":"x"}'])
    now.take('lab', Buffer.from(text))
  now.take('lab', connector({ environment: 'other' }))
  assert.is(shown(now).state, 'silent')
  const { feeds } = now.document(T, (feed) => feed === 'beta')
  assert.equal(
    feeds.map(({ feed }) => feed),
    ['beta']
  )
})

test.run()
