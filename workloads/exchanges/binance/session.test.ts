import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WEIGHT_HEADER } from './limits.ts'
import { answerOf, Driven, depth, snapshot } from './testing/session.ts'
import { Weights } from './weights.ts'

const test = suite('binance session')

const symbolsOf = (count: number): string[] => Array.from({ length: count }, (_, i) => `S${i}USDT`)
const asked = (driven: Driven) => driven.taken('fetch').map(({ id, url }) => ({ id, url }))

test('streams are named 200 at a time, one command after the other, and it is ready once all are confirmed', () => {
  const driven = new Driven()
  driven.open(symbolsOf(150))
  let sent = 0
  const streams = new Set<string>()
  for (let commands = driven.commands(); commands.length > 0; commands = driven.commands()) {
    assert.is(commands.length, 1)
    assert.is(commands[0]!.method, 'SUBSCRIBE')
    assert.ok(commands[0]!.params.length <= 200)
    for (const name of commands[0]!.params) streams.add(name)
    sent++
    assert.is(driven.taken('ready').length, 0)
    driven.frame(`{"result":null,"id":${commands[0]!.id}}`)
    driven.pass(300)
  }
  assert.equal([sent, streams.size], [2, 300])
  assert.ok(streams.has('s149usdt@depth@100ms') && streams.has('s0usdt@trade'))
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 150 }])
})

test('no more than four commands leave within a second, whatever is wanted', () => {
  const driven = new Driven({ restUrl: null })
  driven.open([])
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    driven.take(
      driven.session.want(
        { added: [`A${i}`], removed: [], resumed: new Map(), extent: 'all' },
        driven.nowMs
      )
    )
    driven.pass(50)
    for (const { id } of driven.commands()) {
      times.push(driven.nowMs)
      driven.frame(`{"result":null,"id":${id}}`)
    }
  }
  assert.ok(times.length > 4)
  for (let i = 4; i < times.length; i++) assert.ok(times[i]! - times[i - 4]! >= 1_000)
})

test('a refused command is halved until the stream is found that was meant; all others are captured', () => {
  const driven = new Driven()
  driven.open(['A', 'B', 'NOPE', 'D'])
  const live = new Set<string>()
  for (let commands = driven.commands(); commands.length > 0; commands = driven.commands()) {
    for (const { id, params } of commands) {
      if (params.includes('nope@trade')) {
        driven.frame(`{"error":{"code":2,"msg":"Invalid request: no such stream"},"id":${id}}`)
      } else {
        for (const name of params) live.add(name)
        driven.frame(`{"result":null,"id":${id}}`)
      }
    }
    driven.pass(300)
  }
  assert.is(live.size, 7)
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 4 }])
  const [refusal, ...more] = driven.session.refusals()
  assert.equal(more, [])
  const { channel, symbols, kind, words } = refusal!
  assert.equal(
    [channel, symbols, kind, words],
    ['trade', ['NOPE'], 'refused', 'Invalid request: no such stream (code 2)']
  )
})

test('a command without an answer is asked again, and what was missing meanwhile is on record', () => {
  const driven = new Driven({ channels: ['trade'], restUrl: null })
  driven.open(['A', 'B'])
  assert.is(driven.commands().length, 1)
  driven.pass(10_000)
  assert.is(driven.session.refusals()[0]!.kind, 'unanswered')
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 2 }])
  driven.pass(1_100)
  const [again] = driven.commands()
  assert.equal(again!.params, ['a@trade', 'b@trade'])
  driven.frame(`{"result":null,"id":${again!.id}}`)
  const [missed, ...more] = driven.taken('missed')
  assert.equal(more, [])
  assert.equal(
    [missed!.cause, missed!.channel, missed!.sinceMs],
    ['not-subscribed', 'trade', 1_000_000]
  )
  assert.equal(driven.session.refusals(), [])
})

test('the connection that ends says what was never confirmed', () => {
  const driven = new Driven({ channels: ['trade'], restUrl: null })
  driven.open(['A'])
  driven.pass(10_000)
  const [missed, ...more] = driven.session.closed()
  assert.equal(more, [])
  assert.is(missed!.kind, 'missed')
})

test('a late answer to a command that was given up counts', () => {
  const driven = new Driven({ channels: ['trade'], restUrl: null })
  driven.open(['A'])
  const [first] = driven.commands()
  driven.pass(10_000)
  driven.frame(`{"result":null,"id":${first!.id}}`)
  assert.equal(driven.session.refusals(), [])
})

test('symbols that go are unsubscribed from, and those that come are added', () => {
  const driven = new Driven({ channels: ['trade'], restUrl: null })
  driven.open(['A', 'B'])
  driven.confirmAll()
  const change = {
    added: ['C'],
    removed: ['A'],
    resumed: new Map([['C', 5]]),
    extent: 'all',
  } as const
  driven.take(driven.session.want(change, driven.nowMs))
  const [more] = driven.commands()
  assert.equal([more!.method, more!.params], ['SUBSCRIBE', ['c@trade']])
  driven.frame(`{"result":null,"id":${more!.id}}`)
  const [resumed] = driven.taken('resumed')
  assert.equal([resumed!.symbols, resumed!.sinceMs, resumed!.channel], [['C'], 5, 'trade'])
  driven.pass(300)
  const [fewer] = driven.commands()
  assert.equal([fewer!.method, fewer!.params], ['UNSUBSCRIBE', ['a@trade']])
})

test('each book begins with a snapshot that is asked for once its stream is confirmed', () => {
  const driven = new Driven()
  driven.open(['BTCUSDT'])
  assert.equal(asked(driven), [])
  driven.confirmAll()
  const [{ id, url }, ...more] = asked(driven) as [{ id: number; url: string }]
  assert.equal(more, [])
  assert.is(url, 'https://api.test/api/v3/depth?symbol=BTCUSDT&limit=100')
  driven.session.answer(id, 200, Buffer.from(snapshot(50)))
  const { type, symbol, sequence } = driven.session.frame
  assert.equal([type.name, symbol, sequence], ['depthSnapshot', 'BTCUSDT', -1])
  driven.answer(id, answerOf(200, snapshot(50)))
  assert.is(driven.session.booksLive, 1)
  driven.pass(60_000)
  assert.equal(asked(driven), [])
})

test('a snapshot older than the first update is asked for again; one within or after the updates is good', () => {
  for (const [before, last, isGood] of [
    [[100, 120], 98, false],
    [[100, 120], 99, true],
    [[100, 120], 110, true],
    [[100, 120], 500, true],
  ] as const) {
    const driven = new Driven()
    driven.open(['A'])
    driven.confirmAll()
    driven.frame(depth('A', before[0], before[1]))
    const [{ id }] = asked(driven) as [{ id: number; url: string }]
    driven.answer(id, answerOf(200, snapshot(last)))
    assert.is(driven.session.booksLive, isGood ? 1 : 0, `${last}`)
    driven.pass(1_000)
    assert.is(asked(driven).length, isGood ? 0 : 1, `${last}`)
  }
})

test('an update that comes after the snapshot and does not continue it has the snapshot asked for again', () => {
  const driven = new Driven()
  driven.open(['A'])
  driven.confirmAll()
  const [{ id }] = asked(driven) as [{ id: number; url: string }]
  driven.answer(id, answerOf(200, snapshot(50)))
  driven.frame(depth('A', 53, 60))
  assert.is(driven.session.booksLive, 0)
  assert.is(asked(driven).length, 1)
})

test('a hole in the chain has the snapshot asked for again, and a rebuild is on record', () => {
  const driven = new Driven()
  driven.open(['A'])
  driven.confirmAll()
  const [{ id }] = asked(driven) as [{ id: number; url: string }]
  driven.frame(depth('A', 51, 60))
  driven.answer(id, answerOf(200, snapshot(50)))
  assert.is(driven.session.booksLive, 1)
  driven.frame(depth('A', 65, 70), true)
  const [rebuild] = driven.taken('rebuild')
  assert.equal(
    [rebuild!.channel, rebuild!.group, rebuild!.how],
    ['depth@100ms', 'orderbook', 'snapshot']
  )
  const [again] = asked(driven)
  driven.answer(again!.id, answerOf(200, snapshot(63)))
  assert.is(driven.session.booksLive, 0)
  driven.pass(1_000)
  driven.answer(asked(driven)[0]!.id, answerOf(200, snapshot(64)))
  assert.is(driven.session.booksLive, 1)
})

test('a symbol that REST does not know is refused with its words; the others are captured', () => {
  for (const channels of [['depth'], ['trade']]) {
    const driven = new Driven({ channels })
    driven.open(['A', 'NOPE'])
    driven.confirmAll()
    for (const { id, url } of asked(driven)) {
      const isKnown = url.includes('symbol=A')
      const body = isKnown ? snapshot(1) : '{"code":-1121,"msg":"Invalid symbol."}'
      driven.answer(id, answerOf(isKnown ? 200 : 400, body))
    }
    const [refusal, ...more] = driven.session.refusals()
    assert.equal(more, [])
    assert.equal(
      [refusal!.channel, refusal!.symbols, refusal!.words],
      [channels[0], ['NOPE'], 'Invalid symbol. (code -1121)']
    )
    driven.pass(300_000)
    assert.is(asked(driven).length, 1)
  }
})

test('asked to wait, nothing is asked until then, on no connection', () => {
  for (const status of [429, 418]) {
    const weights = new Weights({ perMinute: 6000, part: 0.9 })
    const [one, other] = [new Driven({ weights }), new Driven({ weights })]
    one.open(['A'])
    one.confirmAll()
    const [{ id }] = asked(one) as [{ id: number; url: string }]
    one.answer(id, answerOf(status, '{"code":-1003,"msg":"Way too much"}', { 'retry-after': '37' }))
    other.nowMs = one.nowMs
    other.open(['B'])
    other.confirmAll()
    assert.equal(asked(other), [])
    one.pass(36_900)
    assert.equal(asked(one), [])
    one.pass(200)
    assert.is(asked(one).length, 1)
    assert.equal(one.session.refusals(), [])
  }
})

test('what fails is asked again, later each time', () => {
  const driven = new Driven()
  driven.open(['A'])
  driven.confirmAll()
  const waits: number[] = []
  for (let i = 0; i < 5; i++) {
    const [{ id }] = asked(driven) as [{ id: number; url: string }]
    const at = driven.nowMs
    driven.answer(id, i % 2 === 0 ? answerOf(503, 'busy') : answerOf(200, 'no json'))
    while (!driven.actions.some(({ kind }) => kind === 'fetch')) driven.pass(100)
    waits.push(driven.nowMs - at)
  }
  assert.equal(waits, [1_000, 2_000, 4_000, 8_000, 16_000])
})

test('1,000 books on three connections have their snapshots within a minute, at most 5,400 of weight', () => {
  const weights = new Weights({ perMinute: 6000, part: 0.9 })
  const channels = ['depth@100ms', 'trade', 'bookTicker']
  const all = symbolsOf(1000)
  const connections = [0, 1, 2].map(() => new Driven({ weights, channels }))
  for (const [i, driven] of connections.entries()) driven.open(all.slice(i * 341, (i + 1) * 341))
  const began = connections[0]!.nowMs
  let snapshots = 0
  for (let ms = 0; ms < 60_000; ms += 100) {
    for (const driven of connections) {
      driven.pass(100)
      for (const { id } of driven.commands()) driven.frame(`{"result":null,"id":${id}}`)
      for (const { id } of asked(driven)) {
        snapshots++
        driven.answer(id, answerOf(200, snapshot(1), { [WEIGHT_HEADER]: String(snapshots * 5) }))
      }
    }
    if (connections.reduce((sum, { session }) => sum + session.booksLive, 0) === 1000) break
  }
  assert.is(snapshots, 1000)
  assert.ok(connections[0]!.nowMs - began <= 60_000)
})

test('no minute takes more than nine tenths of the weight, whoever else uses the address', () => {
  const weights = new Weights({ perMinute: 1000, part: 0.9 })
  const times: number[] = []
  for (let ms = 0; ms < 300_000; ms += 250) if (weights.take(5, ms) === 0) times.push(ms)
  for (const from of times) {
    const within = times.filter((at) => at >= from && at < from + 60_000).length
    assert.ok(within * 5 <= 900, `${within}`)
  }
  assert.ok(times.length >= 4 * 180)
  const shared = new Weights({ perMinute: 1000, part: 0.9 })
  shared.reported(896, 0)
  assert.is(shared.take(5, 10), 60_000)
  shared.reported(10, 60_100)
  assert.is(shared.take(5, 60_200), 0)
})

test('a connection is renewed ten minutes before its day is over, or when the exchange shuts down', () => {
  const driven = new Driven({ restUrl: null, earlierMs: 20_000 })
  driven.open(['A'])
  driven.confirmAll()
  driven.pass(23.5 * 3_600_000)
  assert.equal(driven.taken('renew'), [])
  driven.pass(20 * 60_000)
  assert.is(driven.taken('renew').length, 1)
  driven.pass(3_600_000)
  assert.equal(driven.taken('renew'), [])
  driven.frame('{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}')
  assert.match(driven.taken('renew')[0]!.reason, /shuts down/)
})

test('a count has the same name on every connection, and no channel is without one', () => {
  const [one, other] = [new Driven(), new Driven()]
  one.open(['A', 'B'])
  other.open(['B', 'A'])
  const chains = (driven: Driven) =>
    ['A', 'B'].map((symbol) => {
      driven.frame(depth(symbol, 1, 2))
      return driven.session.chainOf(driven.session.frame.scope)
    })
  assert.equal(chains(one), ['a@depth@100ms', 'b@depth@100ms'])
  assert.equal(chains(other), chains(one))
})

test.run()
