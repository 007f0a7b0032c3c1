import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { type BinanceVenueOptions, createVenue } from './venue.ts'

const test = suite('simulated binance')

const open = (own: BinanceVenueOptions = {}, markets = 2) =>
  new VirtualExchange({ venue: createVenue(own), markets })

/** Says commands, slowly, and returns the answers. */
function said(
  exchange: VirtualExchange,
  commands: readonly string[],
  target = '/stream'
): unknown[] {
  const client = exchange.connect(target)
  return commands.map((text) => {
    exchange.nowMs += 1_000
    const before = client.frames.length
    client.send(text)
    return JSON.parse(client.frames[before]!.toString())
  })
}

test('commands are answered in the words of the documentation', () => {
  const table: readonly [string, unknown][] = [
    ['{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1}', { result: null, id: 1 }],
    ['{"method":"LIST_SUBSCRIPTIONS","id":3}', { result: ['btcusdt@trade'], id: 3 }],
    [
      '{"method":"SUBSCRIBE","params":["nopeusdt@trade","x@kline_1m"],"id":"a1"}',
      { result: null, id: 'a1' },
    ],
    ['{"method":"UNSUBSCRIBE","params":["btcusdt@trade"],"id":312}', { result: null, id: 312 }],
    [
      '{"method":"LIST_SUBSCRIPTIONS","id":null}',
      { result: ['nopeusdt@trade', 'x@kline_1m'], id: null },
    ],
    ['{"method":"GET_PROPERTY","params":["combined"],"id":2}', { result: true, id: 2 }],
    [
      '{"method":"GET_PROPERTY","params":["x"],"id":2}',
      { error: { code: 0, msg: 'Unknown property' }, id: 2 },
    ],
    [
      '{"method":"SET_PROPERTY","params":["combined",1],"id":2}',
      { error: { code: 1, msg: 'Invalid value type: expected Boolean' }, id: 2 },
    ],
    [
      '{"method":"SET_PROPERTY","params":[1],"id":2}',
      { error: { code: 2, msg: 'Invalid request: property name must be a string' }, id: 2 },
    ],
    [
      '{"method":"SUBSCRIBE","params":[]}',
      { error: { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' } },
    ],
    [
      '{"id":7}',
      { error: { code: 2, msg: 'Invalid request: missing field `method` at line 1 column 1' } },
    ],
    ['nonsense', { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } }],
  ]
  assert.equal(
    said(
      open(),
      table.map(([text]) => text)
    ),
    table.map(([, answer]) => answer)
  )
})

test('a client that says more than five things in a second is cut off; pongs count', () => {
  const exchange = open()
  const client = exchange.connect('/stream')
  for (let i = 0; i < 5; i++) client.send('{"method":"LIST_SUBSCRIPTIONS","id":1}')
  assert.is(client.closed, null)
  exchange.hub.pinged(client.client)
  assert.is(client.closed?.code, 1008)
})

test('a connection takes 1,024 streams and no more', () => {
  const names = Array.from({ length: 1_024 }, (_, i) => `s${i}@trade`)
  const subscribe = (params: readonly string[]) =>
    JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 })
  const [first, second] = said(open(), [subscribe(names), subscribe(['one@trade'])])
  assert.equal(first, { result: null, id: 1 })
  assert.match(JSON.stringify(second), /more than 1024 streams/)
})

test('a connection ends after its day, and after an announced shutdown', () => {
  const exchange = open({ limits: { lifeMs: 60_000 } })
  const client = exchange.connect('/stream?streams=btcusdt@trade')
  exchange.advance(59_000, 10)
  assert.is(client.closed, null)
  exchange.advance(2_000, 10)
  assert.is(client.closed?.code, 1001)
})

test('streams may be named in the address; raw ones come without an envelope', () => {
  const exchange = open()
  const combined = exchange.connect('/stream?streams=btcusdt@trade/btcusdt@bookTicker')
  const raw = exchange.connect('/ws/btcusdt@bookTicker')
  exchange.advance(2_000, 400)
  assert.ok(combined.frames.some((frame) => frame.includes('"stream":"btcusdt@trade"')))
  assert.ok(raw.frames.length > 0)
  const bodies = combined.frames.map(String).filter((text) => text.includes('@bookTicker'))
  assert.equal(
    raw.frames.map(String),
    bodies.map((text) => /"data":(.*)\}$/.exec(text)![1])
  )
})

test('updates of a book form a chain, trades have no hole, and sizes are those of the book', () => {
  const exchange = open()
  const client = exchange.connect('/stream?streams=btcusdt@depth@100ms/btcusdt@depth/btcusdt@trade')
  exchange.advance(10_000, 4_000)
  exchange.advance(2_000, 0)
  const last = new Map<string, number>()
  const levels = new Map<string, string>()
  for (const frame of client.frames) {
    const { stream, data } = JSON.parse(frame.toString())
    const first = data.U ?? data.t
    const before = last.get(stream)
    if (before !== undefined) assert.is(first, before + 1, stream)
    last.set(stream, data.u ?? data.t)
    if (stream !== 'btcusdt@depth@100ms') continue
    for (const [price, size] of data.b) levels.set(`bid ${price}`, size)
    for (const [price, size] of data.a) levels.set(`ask ${price}`, size)
  }
  assert.is(last.size, 3)
  const { lastUpdateId, bids, asks } = exchange.rest('/api/v3/depth?symbol=BTCUSDT&limit=5000')
    .body as {
    lastUpdateId: number
    bids: [string, string][]
    asks: [string, string][]
  }
  assert.is(last.get('btcusdt@depth@100ms'), lastUpdateId)
  for (const [price, size] of bids) assert.is(levels.get(`bid ${price}`) ?? size, size)
  for (const [price, size] of asks) assert.is(levels.get(`ask ${price}`) ?? size, size)
  assert.ok(Number(bids[0]![0]) < Number(asks[0]![0]))
})

test('weight is counted by minute; beyond it is 429, and asking on is a ban with 418', () => {
  const exchange = open({ rest: { weightPerMinute: 50, banMs: 120_000 } })
  exchange.nowMs = Math.ceil(exchange.nowMs / 60_000) * 60_000 + 10_000
  const ask = () => exchange.rest('/api/v3/depth?symbol=BTCUSDT&limit=100')
  const statuses = Array.from({ length: 10 }, () => ask().status)
  assert.equal(new Set(statuses), new Set([200]))
  const refused = ask()
  assert.equal([refused.status, refused.headers?.['retry-after']], [429, '50'])
  for (let i = 0; i < 20; i++) ask()
  const banned = ask()
  assert.equal([banned.status, banned.headers?.['retry-after']], [418, '120'])
  exchange.nowMs += 60_000
  assert.is(ask().status, 418)
  exchange.nowMs += 61_000
  const again = ask()
  assert.equal([again.status, again.headers?.['x-mbx-used-weight-1m']], [200, '5'])
})

test('REST says what is wrong with a request', () => {
  const exchange = open()
  const codeOf = (query: string) =>
    (exchange.rest(`/api/v3/depth${query}`).body as { code: number }).code
  assert.equal(
    [
      codeOf(''),
      codeOf('?symbol=btc-usdt'),
      codeOf('?symbol=NOPE'),
      codeOf('?symbol=BTCUSDT&limit=x'),
      codeOf('?symbol=BTCUSDT&limit=0'),
    ],
    [-1102, -1100, -1121, -1100, -1130]
  )
  const weights: number[] = []
  let before = Number(exchange.rest('/api/v3/ping').headers!['x-mbx-used-weight-1m'])
  for (const limit of [100, 500, 1000, 5000]) {
    const { headers } = exchange.rest(`/api/v3/depth?symbol=BTCUSDT&limit=${limit}`)
    const used = Number(headers!['x-mbx-used-weight-1m'])
    weights.push(used - before)
    before = used
  }
  assert.equal(weights, [5, 25, 50, 250])
})

test('the door takes 300 dials in five minutes', () => {
  const exchange = open({ dials: { count: 3, withinMs: 300_000 } })
  const dial = () => exchange.dial('/stream')
  const statuses = [dial(), dial(), dial(), dial()].map((came) =>
    'status' in came ? came.status : 101
  )
  assert.equal(statuses, [101, 101, 101, 429])
  exchange.nowMs += 300_001
  assert.not('status' in dial())
})

test.run()
