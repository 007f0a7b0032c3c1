// The live part over a real NATS: what connectors and archivers publish there, read over HTTP.

import type { NatsConnection } from 'nats'
import { pino } from 'pino'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeBlock, eventRecord, type TestRecord } from '#archive/testing/blocks.ts'
import { connectBus } from '#bus/connect.ts'
import { logSubject, logSubjects, reportSubject, streamName } from '#bus/names.ts'
import type { ConnectorReport } from '#bus/report.ts'
import { ensureStream } from '#bus/stream.ts'
import { TimeAnnouncer } from '#bus/times.ts'
import { syntheticFrame } from '#exchanges/synthetic/content.ts'
import { until } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import type { ApiOptions } from '../api/server.ts'
import type { LiveEnvironment } from '../live/environments.ts'
import { Links } from '../live/links.ts'
import { ask, startTestApi, type TestApi } from '../testing/api.ts'
import { openEventSource, type TestEventSource } from '../testing/event-source.ts'

const test = suite('live')
const MS = 20_000

const environmentOf = (url: string): LiveEnvironment => ({
  name: 'lab',
  url,
  credentialsFile: undefined,
  feeds: ['alpha', 'beta'].map((name) => ({
    name,
    exchange: name === 'alpha' ? 'synthetic' : null,
    simulated: true,
    resource: null,
  })),
})

type Lab = AsyncDisposable & {
  readonly nats: TestNats
  readonly nc: NatsConnection
  readonly live: TestApi
  readonly url: string
  /** Publishes a block of a feed and returns when it is stored. */
  block(
    feed: string,
    first: number,
    records: readonly TestRecord[],
    connection?: string
  ): Promise<void>
  report(over?: Partial<ConnectorReport>): void
  open(path: string, headers?: Record<string, string>): Promise<TestEventSource>
}

async function startLab(limits: ApiOptions['limits'] = {}): Promise<Lab> {
  const nats = await startNats()
  const stop = new AbortController()
  const nc = await connectBus({ url: nats.url, name: 'test', signal: stop.signal })
  for (const feed of ['alpha', 'beta']) await makeStream(nc, feed)
  const links = new Links({
    environments: [environmentOf(nats.url)],
    log: pino({ level: 'silent' }),
  })
  const live = await startTestApi({ live: links, limits, nowMs: Date.now })
  await until(MS, 'connected', () => links.now.isConnected('lab'))
  const sources: TestEventSource[] = []
  return {
    nats,
    nc,
    live,
    url: live.url,
    async block(feed, first, records, connection = `01${feed}`) {
      const block = encodeBlock({ connection, first, records, feed, environment: 'lab' })
      await nc.jetstream().publish(logSubject('lab', feed, 0), block)
    },
    report(over = {}) {
      const report = { ...REPORT, at: Date.now(), ...over }
      const subject = reportSubject('lab', 'connector', report.name)
      nc.publish(subject, Buffer.from(JSON.stringify(report)))
    },
    async open(path, headers) {
      const source = await openEventSource(`${live.url}${path}`, headers)
      sources.push(source)
      return source
    },
    async [Symbol.asyncDispose]() {
      for (const source of sources) source.close()
      await live[Symbol.asyncDispose]()
      await links.close()
      stop.abort()
      await nc.close()
      await nats.stop()
    },
  }
}

const makeStream = (nc: NatsConnection, feed: string) =>
  ensureStream(nc, {
    name: streamName('lab', feed),
    subjects: [logSubjects('lab', feed)],
    maxAgeMs: 3_600_000,
    maxBytes: 64 * 1024 * 1024,
    replicas: 1,
    duplicateWindowMs: 120_000,
  })

const REPORT: ConnectorReport = {
  version: 1,
  role: 'connector',
  environment: 'lab',
  feed: 'alpha',
  name: 'connector-lab-alpha',
  at: 0,
  simulated: true,
  state: 'capturing',
  message: '',
  connections: 1,
  connected: 1,
  symbols: 3,
  frames: 100,
  framesPerSecond: 12.5,
  bytes: 1,
  lastFrameAt: 1_786_000_000_000,
  lastDataAt: 1_786_000_000_000,
  gaps: 0,
  dropped: 0,
  pendingBytes: 0,
}

const START = BigInt(Date.now()) * 1_000_000n
const frame = (i: number, symbol = 'S1', type = 'trade'): TestRecord => ({
  recv: START + BigInt(i) * 1_000_000n,
  payload: `{"type":"${type}","symbol":"${symbol}","i":${i}}`,
  type,
  symbol,
  group: 'all',
})

const numbersOf = ({ events }: TestEventSource): number[] =>
  events.filter(({ event }) => event === 'message').map(({ data }) => data.n)

test('what is captured now follows the reports, as a document and as a stream, and says when NATS is gone and when it is back', async () => {
  await using lab = await startLab()
  const alpha = async () => (await lab.live.get('/v1/live')).json.feeds[0]
  assert.is((await alpha()).state, 'silent')
  const stream = await lab.open('/v1/live?stream=1')
  assert.is(stream.headers['content-type'], 'text/event-stream; charset=utf-8')
  lab.report()
  await until(MS, 'the report', async () => (await alpha()).state === 'capturing')
  const { rate, lastRecord, connected, symbols } = await alpha()
  assert.equal([rate, lastRecord, connected, symbols], [12.5, '2026-08-06T07:06:40.000Z', 1, 3])
  await until(MS, 'the stream', () => stream.events.at(-1)?.data.feeds[0].state === 'capturing')
  await lab.nats.kill()
  await until(MS, 'gone', async () => (await alpha()).state === 'disconnected')
  await until(MS, 'gone in the stream', () => {
    return stream.events.at(-1)?.data.environments[0].state === 'disconnected'
  })
  assert.is((await lab.live.get('/health')).status === 500, false)
  await lab.nats.restart()
  await until(MS, 'back', async () => {
    lab.report()
    return (await alpha()).state === 'capturing'
  })
  assert.not.ok(stream.isOver)
})

test('a server whose NATS is down at its start answers, and is live once that is there', async () => {
  const nats = await startNats()
  const { url } = nats
  await nats.kill()
  const links = new Links({ environments: [environmentOf(url)], log: pino({ level: 'silent' }) })
  try {
    await using api = await startTestApi({ live: links })
    const state = async () => (await api.get('/v1/live')).json.environments[0]
    assert.equal((await state()).state, 'disconnected')
    const refused = await api.get('/v1/tail?feed=alpha')
    assert.equal([refused.status, refused.json.code], [503, 'SSMD_E_NATS'])
    await nats.restart()
    await until(MS, 'connected', async () => (await state()).state === 'connected')
  } finally {
    await links.close()
    await nats.stop()
  }
})

test('without an Environment nothing is live, and the answer says how it would be', async () => {
  await using api = await startTestApi()
  const { live, why } = (await api.get('/v1/live')).json
  assert.is(live, false)
  assert.match(why, /--env <file>/)
  const tail = await api.get('/v1/tail')
  assert.is(tail.status, 503)
  assert.match(tail.json.hint, /--env <file>/)
})

test('records come as they were received, of the chosen types and symbols, with what happens to their connection', async () => {
  await using lab = await startLab()
  const all = await lab.open('/v1/tail')
  const chosen = await lab.open('/v1/tail?feed=alpha&symbol=S2,S3&type=trade')
  await lab.block('alpha', 1, [
    eventRecord(START, { kind: 'open' }),
    frame(2, 'S1'),
    { ...frame(3, 'S2'), payload: ' {"é":1.0}\t' },
    frame(4, 'S2', 'ticker'),
  ])
  await lab.block('beta', 1, [frame(1)])
  await until(MS, 'all', () => all.events.length === 5)
  assert.equal(
    all.events.map(({ event, data }) => [event, data.feed, data.n]),
    [
      ['connection', 'alpha', 1],
      ['message', 'alpha', 2],
      ['message', 'alpha', 3],
      ['message', 'alpha', 4],
      ['message', 'beta', 1],
    ]
  )
  await until(MS, 'the chosen', () => chosen.events.length === 2)
  const [, third] = chosen.events
  assert.equal(third?.data, {
    feed: 'alpha',
    recv: all.events[2]?.data.recv,
    conn: '01alpha',
    n: 3,
    type: 'trade',
    symbol: 'S2',
    frame: { é: 1 },
  })
  assert.match(third!.data.recv, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
})

test('a reader that comes back with its last id gets every later record once, wherever in a block it was', async () => {
  await using lab = await startLab()
  const first = await lab.open('/v1/tail')
  for (let block = 0; block < 5; block++) {
    const records = [0, 1, 2, 3].map((i) => frame(block * 4 + i))
    await lab.block('alpha', block * 4 + 1, records)
    await lab.block('beta', block * 4 + 1, records)
  }
  const of = (source: TestEventSource, feed: string): number[] =>
    source.events.flatMap(({ event, data }) =>
      event === 'message' && data.feed === feed ? [data.n] : []
    )
  await until(MS, 'all', () => first.events.length === 40)
  const whole = first.events.map(({ data }) => `${data.feed} ${data.n}`).sort()
  for (const at of [0, 1, 6, 17, 38]) {
    const seen = first.events.slice(0, at + 1)
    const again = await lab.open('/v1/tail', { 'Last-Event-ID': seen.at(-1)!.id })
    await until(MS, `the rest behind ${at}`, () => again.events.length >= 39 - at)
    const both = [...seen, ...again.events].map(({ data }) => `${data.feed} ${data.n}`).sort()
    assert.equal(both, whole, `behind event ${at}`)
    again.close()
  }
  assert.equal(
    of(first, 'beta'),
    Array.from({ length: 20 }, (_, i) => i + 1)
  )
})

test('what NATS no longer holds, a stream that was made anew, and numbers that are missing are gaps', async () => {
  await using lab = await startLab()
  const first = await lab.open('/v1/tail?feed=alpha')
  await lab.block('alpha', 1, [frame(1), frame(2)])
  await lab.block('alpha', 3, [frame(3)])
  await lab.block('alpha', 4, [frame(4)])
  await until(MS, 'all', () => numbersOf(first).length === 4)
  const [{ id = '' } = {}] = first.events
  const jsm = await lab.nc.jetstreamManager()
  const stream = streamName('lab', 'alpha')
  await jsm.streams.purge(stream, { seq: 3 })
  const late = await lab.open('/v1/tail?feed=alpha', { 'Last-Event-ID': id })
  await until(MS, 'what is left', () => numbersOf(late).includes(4))
  assert.equal(
    late.events.map(({ event, data }) => [event, data.reason ?? data.n]),
    [
      ['gap', 'not-held'],
      ['message', 4],
    ]
  )
  await lab.block('alpha', 9, [frame(9)])
  await until(MS, 'numbers that are missing', () => numbersOf(first).includes(9))
  assert.is(first.events.at(-2)?.event, 'gap')
  assert.match(first.events.at(-2)?.data.reason, /\w/)
  await jsm.streams.delete(stream)
  await makeStream(lab.nc, 'alpha')
  await lab.block('alpha', 1, [frame(1)], '01other')
  const anew = await lab.open('/v1/tail?feed=alpha', { 'Last-Event-ID': late.lastId })
  await until(MS, 'the new stream', () => numbersOf(anew).includes(1))
  assert.equal(
    anew.events.map(({ event, data }) => [event, data.reason ?? data.conn]),
    [
      ['gap', 'stream-restarted'],
      ['message', '01other'],
    ]
  )
})

test('a tail outlives its NATS: it says that the connection is lost and back, and misses nothing that was stored', async () => {
  await using lab = await startLab({})
  const tail = await lab.open('/v1/tail?feed=alpha')
  await lab.block('alpha', 1, [frame(1)])
  await until(MS, 'the first', () => numbersOf(tail).length === 1)
  await lab.nats.restart()
  await until(MS, 'lost and back', () =>
    ['disconnected', 'connected'].every((name) => tail.events.some(({ event }) => event === name))
  )
  await until(MS, 'the publisher too', () =>
    lab.nc.flush().then(
      () => true,
      () => false
    )
  )
  await lab.block('alpha', 2, [frame(2), frame(3)])
  await until(MS, 'what came then', () => numbersOf(tail).length === 3)
  assert.equal(numbersOf(tail), [1, 2, 3])
})

test('a reader that takes nothing is cut off, costs the others nothing, and continues where it was', async () => {
  await using lab = await startLab({ slowReaderMs: 1_000 })
  const slow = await lab.open('/v1/tail?feed=alpha')
  const quick = await lab.open('/v1/tail?feed=alpha')
  slow.pause()
  const big = 'x'.repeat(200_000)
  // More than the buffers of the system hold.
  const blocks = 150
  for (let i = 1; i <= blocks; i++)
    await lab.block('alpha', i, [{ ...frame(i), payload: `{"x":"${big}"}` }])
  await until(MS, 'the quick one', () => numbersOf(quick).length === blocks)
  await until(MS, 'the slow one is cut off', async () => {
    return /ssmd_data_active\{[^}]*stream[^}]*\} 1\n/.test(await lab.live.metrics.metrics())
  })
  slow.resume()
  await until(MS, 'the end of what was sent', () => slow.isOver)
  assert.ok(numbersOf(slow).length < blocks)
  const again = await lab.open('/v1/tail?feed=alpha', { 'Last-Event-ID': slow.lastId })
  await until(MS, 'the rest', () => numbersOf(slow).length + numbersOf(again).length === blocks)
  assert.equal([...numbersOf(slow), ...numbersOf(again)], numbersOf(quick))
})

test('market events come in one order with the id of their place, and a reader that comes back gets every later one once', async () => {
  await using lab = await startLab()
  let last = 0n
  const announcer = new TimeAnnouncer({
    nc: lab.nc,
    environment: 'lab',
    feed: 'alpha',
    position: () => ({ shards: [0], recv: last, sequence: 0 }),
  })
  const whole = await lab.open('/v1/tail?feed=alpha&as=events')
  const trades = await lab.open('/v1/tail?feed=alpha&event=trade&symbol=S1')
  // A reader is shown what is received after it came.
  const start = BigInt(Date.now()) * 1_000_000n
  const made = (n: number): TestRecord => {
    const payload = syntheticFrame({ seed: 1, symbols: 3, channels: ['trade', 'ticker'] }, n)
    const { type, symbol } = JSON.parse(payload) as { type: string; symbol: string }
    // Two of the same time now and then.
    return {
      recv: start + BigInt(Math.floor(n / 2)) * 1_000_000n,
      payload,
      type,
      symbol,
      group: 'all',
    }
  }
  for (let block = 0; block < 6; block++) {
    await lab.block(
      'alpha',
      block * 10 + 1,
      Array.from({ length: 10 }, (_, i) => made(block * 10 + i + 1))
    )
  }
  last = start + 1_000_000_000n
  announcer.announce()
  await until(MS, 'all events', () => whole.events.length >= 60)
  await until(MS, 'trades of S1', () => trades.events.length > 0)
  const texts = whole.events.map(({ data }) => JSON.stringify(data))
  const { data } = whole.events.find(({ data }) => data.event === 'trade')!
  assert.equal(Object.keys(data), [
    ...['recv', 'feed', 'symbol', 'type', 'event', 'price', 'size', 'sequence'],
  ])
  assert.match(data.price, /^0\.\d{1,4}$/)
  assert.equal(
    trades.events.map(({ data }) => JSON.stringify(data)),
    texts.filter((text) => /"symbol":"S1".*"event":"trade"/.test(text))
  )
  for (const at of [0, 7, 30, 58]) {
    const { id } = whole.events[at]!
    const again = await lab.open('/v1/tail?feed=alpha&as=events', { 'Last-Event-ID': id })
    await until(MS, `the rest behind ${at}`, () => again.events.length >= 59 - at)
    assert.equal(
      [...texts.slice(0, at + 1), ...again.events.map(({ data }) => JSON.stringify(data))],
      texts,
      `behind event ${at}`
    )
    again.close()
  }
  const jsm = await lab.nc.jetstreamManager()
  await jsm.streams.purge(streamName('lab', 'alpha'), { seq: 4 })
  const long = await lab.open('/v1/tail?feed=alpha&as=events', {
    'Last-Event-ID': `${Date.now() - 3_600_000}.0.1`,
  })
  await until(MS, 'the gap', () => long.events.length > 0)
  assert.equal([long.events[0]?.event, long.events[0]?.data.reason], ['gap', 'not-held'])
  announcer.close()
})

test('a quiet stream has a heartbeat, which moves the id past what the filter leaves out', async () => {
  await using lab = await startLab({ heartbeatMs: 100 })
  const quiet = await lab.open('/v1/tail?feed=alpha&symbol=NONE')
  const live = await lab.open('/v1/live?stream=1')
  const { lastId } = quiet
  await lab.block('alpha', 1, [frame(1), frame(2)])
  await until(MS, 'the id moves', () => quiet.lastId !== lastId && quiet.heartbeats > 2)
  assert.equal(quiet.events, [])
  await lab.block('alpha', 3, [frame(3)])
  const again = await lab.open('/v1/tail?feed=alpha', { 'Last-Event-ID': quiet.lastId })
  await until(MS, 'the third', () => again.events.length > 0)
  assert.equal(numbersOf(again), [3])
  assert.not.ok(quiet.isOver || live.isOver)
})

test('HEAD of a stream has its headers and ends', async () => {
  await using lab = await startLab()
  for (const path of ['/v1/tail?feed=alpha', '/v1/live?stream=1']) {
    const { status, headers, text } = await ask(`${lab.url}${path}`, { method: 'HEAD' })
    assert.equal(
      [status, headers['content-type'], text],
      [200, 'text/event-stream; charset=utf-8', '']
    )
  }
})

test('feeds that are not there or not to be seen, ids of other streams, and a reader of events without its Feed are refused', async () => {
  await using lab = await startLab()
  for (const [path, id, status, words] of [
    ['/v1/tail?feed=alhpa', '', 404, /did you mean alpha/],
    ['/v1/tail?feed=alpha&environment=other', '', 404, /no feed/],
    ['/v1/tail?feed=alpha', 'abc', 400, /none of this stream/],
    ['/v1/tail?feed=alpha&as=events', 'alpha.1.2.3', 400, /none of this stream/],
    ['/v1/tail?feed=beta&event=trade', '', 400, /cannot be read as market events/],
    ['/v1/tail?feed=alpha&event=gap', '', 400, /is not one of/],
    ['/v1/tail?fed=alpha', '', 400, /did you mean feed/],
  ] as const) {
    const { json, status: got } = await lab.live.get(path, id ? { 'Last-Event-ID': id } : {})
    assert.is(got, status, `${path}: ${JSON.stringify(json)}`)
    assert.match(JSON.stringify([json.detail, json.hint]), words)
  }
})

test.run()
