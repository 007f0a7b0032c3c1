// What the simulator does for any exchange, with one made for this test: envelopes, numbers, ticks, ends, paths, and the
// forms of recordings.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { httpOf } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { createVenue } from '#exchanges/kalshi/simulator/venue.ts'
import { type Channel, FrameMaker } from '#exchanges/simulation/frame.ts'
import { RouteTable } from '#exchanges/simulation/routes.ts'
import { SpotFloor } from '#exchanges/simulation/spot-floor.ts'
import type { HttpAnswer, Outgoing, Route, Session, Venue } from '#exchanges/simulation/venue.ts'
import { until, within } from '#testing/deadline.ts'
import { Recording } from './recording.ts'
import { runningSimulator } from './testing/running.ts'
import { VirtualExchange } from './testing/virtual-exchange.ts'

const test = suite('venue')
const folder = mkdtempSync(join(tmpdir(), 'ssmd-venue-'))
test.after(() => rmSync(folder, { recursive: true }))

const TRADE: Channel = { name: 'trade', index: 0 }
const LIFE_MS = 60_000

/** Streams in the path, envelopes on one of two paths, a heartbeat after a silent second, an end after a minute. */
class PathSession implements Session {
  readonly who = ''
  readonly routes = new RouteTable([TRADE])
  wakeAt: number
  readonly #endMs: number

  constructor(symbols: readonly string[], bare: boolean, nowMs: number) {
    this.#endMs = nowMs + LIFE_MS
    this.wakeAt = nowMs + 1000
    for (const symbol of symbols) this.routes.add(TRADE, symbol, new Counted(bare))
  }
  get changes(): number {
    return this.routes.changes
  }
  get hasSubscriptions(): boolean {
    return !this.routes.isEmpty
  }
  opened = (): Outgoing[] => [{ kind: 'control', text: '{"hello":true}' }]
  receive = (text: string): Outgoing[] => [{ kind: 'control', text: `{"got":${text.length}}` }]
  tick(nowMs: number, sentMs: number): Outgoing[] {
    if (nowMs >= this.#endMs) return [{ kind: 'close', code: 1001, reason: 'a day is over' }]
    this.wakeAt = nowMs + 1000
    return nowMs - sentMs >= 1000 ? [{ kind: 'control', text: '{"beat":1}' }] : []
  }
  matching = (channel: Channel, market: string): readonly Route[] =>
    this.routes.matching(channel, market)
  has = (route: Route): boolean => this.routes.has(route)
  listensTo = (name: string): boolean => this.routes.listensTo(name)
  overflowed(): Outgoing[] {
    this.routes.clear()
    return [{ kind: 'cut' }]
  }
  subscriptions = () => this.routes.shown()
}

class Counted implements Route {
  readonly channel = TRADE
  readonly id = 0
  readonly bare: boolean
  #last = 0
  constructor(bare: boolean) {
    this.bare = bare
  }
  nextSequence = (): number => ++this.#last
}

const door = {
  knows: (path: string) => path === '/ws' || path === '/stream' || path === '/time',
  connect: ({ path, query }: { path: string; query: URLSearchParams }, nowMs: number) =>
    path === '/ws' || path === '/stream'
      ? new PathSession(
          (query.get('streams') ?? '').split('/').filter(Boolean),
          path === '/ws',
          nowMs
        )
      : ({ status: 404, body: {} } satisfies HttpAnswer),
  answer: ({ path }: { path: string }) => ({
    status: path === '/time' ? 200 : 404,
    body: { path },
    headers: { 'x-used': '1' },
  }),
  refusal: () => ({ status: 418, body: {}, headers: { 'retry-after': '7' } }),
}

const made: Venue = {
  name: 'made',
  channels: [TRADE],
  ping: null,
  faults: {
    announce: {
      on: 'connection',
      act: () => [
        { kind: 'control', text: '{"shutdown":1}' },
        { kind: 'close', code: 1012, reason: 'announced' },
      ],
    },
  },
  generate({ seed, markets, startMs }) {
    const maker = new FrameMaker(TRADE)
    const floor = new SpotFloor({
      seed,
      markets,
      startMs,
      nameOf: ({ base }) => base.toLowerCase(),
    })
    return {
      ...door,
      get nowMs() {
        return floor.nowMs
      },
      advance: (toMs, count, deliver) =>
        floor.advance(toMs, count, ({ symbol, market }) => {
          let frames = 0
          market.act({
            level() {},
            trade(id, price) {
              frames++
              if (!deliver.wants(TRADE, symbol)) return
              const head = `{"stream":"${symbol}","data":`
              const numbered = `${head}{"n":`
              const frame = maker.fill(TRADE, symbol, `${numbered},"t":${id},"p":${price}}}`)
              frame.bodyAt = head.length
              frame.bodyEnd = frame.end - 1
              frame.seqAt = frame.seqEnd = numbered.length
              frame.provable = true
              deliver.frame(frame)
            },
          })
          return frames
        }),
    }
  },
  replay: async () => ({ ...door, play() {}, ended() {} }),
  recognise(frame) {
    frame.channel = TRADE
    frame.market = 'btc'
    const text = frame.bytes.toString('utf8', frame.start, frame.end)
    return text.includes('lastUpdateId') ? 'aside' : text.includes('"t"') ? 'frame' : 'unplayed'
  },
}

type Told = { stream: string; data: { n: number; t: number } }
const told = (frames: readonly Buffer[]) => frames.map((frame) => JSON.parse(String(frame)) as Told)

test('an envelope goes to those who want one; each route has its own numbers', () => {
  const virtual = new VirtualExchange({ venue: made })
  const whole = virtual.connect('/stream?streams=btc/eth')
  const bare = virtual.connect('/ws?streams=btc')
  virtual.advance(1000, 300)
  const [hello, ...combined] = told(whole.frames)
  assert.equal(hello, { hello: true })
  for (const symbol of ['btc', 'eth']) {
    const own = combined.filter(({ stream }) => stream === symbol)
    assert.ok(own.length > 30)
    for (const [i, { data }] of own.entries()) {
      assert.is(data.n, i + 1)
      assert.is(data.t, (own[0]?.data.t ?? 0) + i, 'trade ids')
    }
  }
  assert.equal(
    told(bare.frames).slice(1),
    combined.filter(({ stream }) => stream === 'btc').map(({ data }) => data as never)
  )
})

test('a skipped number and a doubled frame are seen by the client, and by nobody else', () => {
  const faults = '[{kind: skip, count: 2}, {kind: duplicate, after: 1s, count: 1}]'
  const virtual = new VirtualExchange({ venue: made, faults })
  const client = virtual.connect('/ws?streams=btc')
  virtual.advance(2000, 400)
  const numbers = told(client.frames.slice(1)).map((data) => (data as unknown as { n: number }).n)
  const missing = numbers.filter((n, i) => n > (numbers[i - 1] ?? 0) + 1).length
  const twice = numbers.filter((n, i) => n === numbers[i - 1]).length
  assert.equal([numbers[0], missing, twice], [3, 1, 1])
  assert.equal(virtual.schedule.counts, { skip: 2, duplicate: 1 })
})

test('drift is inside of the body, so that both forms stay JSON', () => {
  for (const path of ['/stream', '/ws']) {
    const virtual = new VirtualExchange({ venue: made, faults: '[{kind: drift, count: 1}]' })
    const client = virtual.connect(`${path}?streams=btc`)
    virtual.advance(1000, 100)
    const drifted = client.frames.filter((frame) => frame.includes('ssmd_drift'))
    assert.is(drifted.length, 1)
    const frame = JSON.parse(String(drifted[0])) as Record<string, unknown>
    assert.ok('ssmd_drift' in (path === '/ws' ? frame : (frame.data as object)))
  }
})

test('sessions are given their time: a heartbeat after a silent second, and the end of a connection', () => {
  const virtual = new VirtualExchange({ venue: made })
  const client = virtual.connect('/ws')
  virtual.advance(3500, 0)
  assert.is(client.frames.filter((frame) => frame.includes('beat')).length, 3)
  assert.is(client.closed, null)
  virtual.advance(LIFE_MS, 0)
  assert.equal(client.closed, { code: 1001, reason: 'a day is over' })
  assert.is(virtual.hub.clients.size, 0)
})

test('a fault of the exchange itself befalls every client, and is counted', () => {
  const virtual = new VirtualExchange({ venue: made, faults: '[{kind: announce, after: 1s}]' })
  const client = virtual.connect('/ws?streams=btc')
  virtual.advance(2000, 50)
  assert.equal(client.closed, { code: 1012, reason: 'announced' })
  assert.is(String(client.frames.at(-1)), '{"shutdown":1}')
  assert.equal(virtual.schedule.counts, { announce: 1 })
})

test('a client that does not read is cut, where the exchange does that', () => {
  const virtual = new VirtualExchange({ venue: made, bufferLimitBytes: 1000 })
  const client = virtual.connect('/ws?streams=btc')
  client.unread = 2000
  virtual.advance(100, 10)
  assert.is(client.closed?.code, 1006)
})

test('two exchanges on one port are told apart by name, or by a path that only one has', async () => {
  const running = await runningSimulator({}, { venues: [createVenue(), made] })
  try {
    const http = httpOf(running.url)
    const get = async (path: string) => {
      const response = await fetch(http + path)
      const body = (await response.json()) as Record<string, unknown>
      return { status: response.status, body, used: response.headers.get('x-used') }
    }
    assert.equal(await get('/made/time'), { status: 200, body: { path: '/time' }, used: '1' })
    assert.equal(await get('/time'), { status: 200, body: { path: '/time' }, used: '1' })
    for (const path of ['/kalshi/trade-api/v2/exchange/status', '/trade-api/v2/exchange/status'])
      assert.is((await get(path)).status, 200)
    assert.is((await get('/nowhere')).status, 404)
    const all = (await get('/simulator')).body.exchanges as Record<string, { exchange: string }>
    assert.equal(Object.keys(all), ['kalshi', 'made'])
    assert.is((await get('/made/simulator')).body.exchange, 'made')
    for (const path of ['/made/stream?streams=btc', '/stream?streams=btc']) {
      const socket = new WebSocket(running.url + path)
      const frames: string[] = []
      socket.on('message', (data) => frames.push(String(data)))
      await until(10_000, 'frames', () => frames.some((frame) => frame.includes('"data"')))
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.terminate()
      await within(5_000, 'closed', closed)
    }
  } finally {
    await within(10_000, 'stopped', running.stop())
  }
})

test('a recording that names its exchange is played by that one; the other generates', async () => {
  const file = join(folder, 'named.jsonl')
  writeFileSync(file, '{"t":1}\n{"lastUpdateId":5}\n{"beat":1}\n{"t":2}\n')
  const running = await runningSimulator(
    { replay: [`binance=${join(folder, 'none')}`, `made=${file}`] },
    {
      venues: [
        { ...made, name: 'synthetic' },
        { ...made, name: 'kalshi' },
      ],
    }
  ).catch((error: unknown) => error as Error)
  // Not the name of an exchange that there is: a path like any other.
  assert.match((running as Error).message, /made=.*named\.jsonl does not exist/)
  const good = await runningSimulator(
    { replay: [`binance=${join(folder, 'none')}`, `kalshi=${file}`] },
    {
      venues: [
        { ...made, name: 'synthetic' },
        { ...made, name: 'kalshi' },
      ],
    }
  )
  try {
    const all = (await (await fetch(`${httpOf(good.url)}/simulator`)).json()) as {
      exchanges: Record<string, { source: string; replay: { total: number } | null }>
    }
    assert.is(all.exchanges.synthetic?.source, 'generated')
    assert.equal(all.exchanges.kalshi?.replay?.total, 2)
  } finally {
    await within(10_000, 'stopped', good.stop())
  }
})

test('recordings may be archives of both formats, samples, times with frames, and frames alone', async () => {
  const frame = '{"t":1,"text":"\\" -> {"}'
  const at = 1_786_400_000_123
  const lines: readonly (readonly [string, number | null, number])[] = [
    [`{"recv_ms":${at},"event":${frame}}`, at, 1],
    [`{"recv":"${new Date(at).toISOString()}","conn":"c","n":7,"frame":${frame}}`, at, 7],
    [
      `{"recv":"${new Date(at).toISOString()}","conn":"c","n":8,"type":"tr\\"ade","symbol":"BTC/USD","frame":${frame}}`,
      at,
      8,
    ],
    [
      `{"recv":"${new Date(at).toISOString()}","conn":"c","n":9,"type":"trade","frame":${frame}}`,
      at,
      9,
    ],
    [`${at}000000 ${frame}`, at, 5],
    [`${at / 1000}: ${frame}`, at, 6],
    [frame, null, 7],
  ]
  const file = join(folder, 'forms.jsonl')
  const others = [
    'wss://stream.example/realtime <-> 1618677785.489609',
    'wss://stream.example/realtime <- 1618677786.5: {"op":"subscribe"}',
    'configuration: {"trades":[]}',
    `{"recv":"${new Date(at).toISOString()}","conn":"c","n":1,"type":"open","event":{"kind":"open"}}`,
  ]
  writeFileSync(file, `${[...lines.map(([line]) => line), ...others, 'nonsense'].join('\n')}\n`)
  const recording = new Recording(file, made)
  const found: [string, number, number][] = []
  while (await within(10_000, 'fill', recording.fill()))
    while (recording.next()) {
      const { bytes, start, end } = recording.frame
      found.push([bytes.toString('utf8', start, end), recording.recv, recording.number])
    }
  assert.is(found.length, lines.length)
  lines.forEach(([, recv, number], i) => {
    const [text, foundRecv, foundNumber] = found[i] as [string, number, number]
    assert.is(text, frame)
    if (recv !== null) assert.ok(Math.abs(foundRecv - recv) < 0.01, `line ${i}: ${foundRecv}`)
    assert.is(foundNumber, number, `line ${i}`)
  })
  assert.is(recording.odd, 1, 'the nonsense alone')
})

test.run()
