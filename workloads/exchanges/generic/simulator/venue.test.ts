import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { VirtualExchange } from '../../../simulator/testing/virtual-exchange.ts'
import { DescribedFrames } from '../frames.ts'
import { CONNECTED, COUNTED, feedOf, TOPICS } from '../testing/feeds.ts'
import { venueOf } from './venue.ts'

const test = suite('generic simulator')

const exchangeOf = (spec: string, symbols?: string[]) => {
  const feed = feedOf(spec, symbols)
  return { feed, exchange: new VirtualExchange({ venue: venueOf(feed), feed, markets: 3 }) }
}

const textsOf = (frames: readonly Buffer[]): string[] => frames.map(String)

test('without a Feed it says what is missing', () => {
  assert.throws(() => venueOf(null), /described by a Feed, and none was given/)
})

test('it answers exactly the messages of the Feed, and refuses everything else', () => {
  const { exchange } = exchangeOf(COUNTED)
  const client = exchange.connect('/ws')
  client.send('{"op":"sub","ch":"trade","products":["BTC-USD","NOPE"],"id":3}')
  client.send('{"op":"sub","ch":"books","products":["BTC-USD"],"id":4}')
  client.send('{"op":"ping"}')
  client.send('{"op":"sub","ch":"trade","products":"BTC-USD","id":5}')
  assert.equal(textsOf(client.frames), [
    '{"product":"NOPE","id":3,"error":"there is no symbol NOPE"}',
    '{"result":"ok","product":"BTC-USD","id":3}',
    '{"product":"BTC-USD","id":4,"error":"there is no channel books"}',
    '{"type":"alive"}',
    '{"product":"","id":0,"error":"not a message of this exchange"}',
  ])
  assert.is(client.closed, null)
  const strict = exchangeOf(TOPICS).exchange.connect('/ws')
  strict.send('{"op":"subscribe","args":["trade:BTC-USD"]}')
  assert.equal(strict.closed, { code: 1008, reason: 'not a message of this exchange' })
})

test('another path is not found; symbols are listed where the Feed asks for them', () => {
  const spec = `${CONNECTED}\nsymbols: { include: ["*-EUR", X-1], discover: { path: "/v1/list?x=1", list: a.b, name: c } }`
  const { exchange } = exchangeOf(spec)
  assert.is((exchange.dial('/other') as { status: number }).status, 404)
  assert.equal(exchange.rest('/api/v1/list?x=1').body, {
    a: { b: [{ c: 'X-1' }, { c: 'BTC-EUR' }, { c: 'ETH-EUR' }] },
  })
  assert.is(exchange.rest('/api/v1/other').status, 404)
})

test('its market obeys its laws: prices within the spread, trade ids without a hole, counts by scope', () => {
  const { exchange, feed } = exchangeOf(COUNTED)
  const client = exchange.connect('/ws')
  for (const channel of ['trade', 'ticker'])
    client.send(`{"op":"sub","ch":"${channel}","products":["BTC-USD","ETH-USD"],"id":1}`)
  exchange.advance(10_000, 3_000)
  const frames = new DescribedFrames(feed.spec.messageTypes!)
  const last = new Map<number, number>()
  const ids = new Map<string, number>()
  let trades = 0
  for (const payload of client.frames) {
    frames.look(payload)
    const { type, scope, sequence, symbol, understood } = frames.frame
    if (!type.data) continue
    assert.is(understood, true, String(payload))
    assert.is(sequence, (last.get(scope) ?? 0) + 1)
    last.set(scope, sequence)
    const { data } = JSON.parse(String(payload)) as { data: Record<string, string> }
    if (type.name === 'ticker') assert.ok(Number(data.b) < Number(data.a), String(payload))
    else {
      trades++
      const before = ids.get(symbol)
      assert.ok(before === undefined || Number(data.id) === before + 1)
      ids.set(symbol, Number(data.id))
    }
  }
  assert.equal([last.size, ids.size], [4, 2])
  assert.ok(trades > 20, `${trades}`)
})

test('two runs with one seed send the same bytes', () => {
  const run = (): string[] => {
    const { exchange } = exchangeOf(CONNECTED)
    const client = exchange.connect('/ws')
    client.send('{"subscribe":"BTC-USD"}')
    exchange.advance(2_000, 500)
    return textsOf(client.frames)
  }
  const first = run()
  assert.ok(first.length > 50)
  assert.equal(run(), first)
})

test('names that are no ASCII, and types without trades and quotes, are sent too', () => {
  const spec =
    '{ subscribe: ["+{symbol}"], messageTypes: [{ name: book, symbol: s, sequence: n, scope: s }] }'
  const { exchange, feed } = exchangeOf(spec, ['ÄÖ/€', 'B"C'])
  const client = exchange.connect('/ws')
  for (const symbol of ['ÄÖ/€', 'B"C']) client.send(`+${symbol}`)
  exchange.advance(1_000, 100)
  const frames = new DescribedFrames(feed.spec.messageTypes!)
  const symbols = new Set<string>()
  for (const payload of client.frames) {
    frames.look(payload)
    assert.is(frames.frame.understood, true)
    symbols.add(frames.frame.symbol)
  }
  assert.equal(symbols, new Set(['ÄÖ/€', 'B"C']))
})

test('an exchange that is not asked sends everything, and heartbeats', () => {
  const spec =
    '{ messageTypes: [{ name: beat, kind: heartbeat }, { name: trade, symbol: s, trade: { price: p, size: q } }] }'
  const client = exchangeOf(spec).exchange
  const one = client.connect('/ws')
  client.advance(21_000, 2_000)
  const texts = textsOf(one.frames)
  assert.is(texts.filter((text) => text === '{"type":"beat"}').length, 2)
  assert.ok(texts.filter((text) => text.includes('"trade"')).length > 20)
})

test.run()
