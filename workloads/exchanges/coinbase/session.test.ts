import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MESSAGE_SPACING_MS, SUBSCRIBE_WITHIN_MS } from './limits.ts'
import { Pace } from './pace.ts'
import { Driven } from './testing/session.ts'

const test = suite('coinbase session')
const THREE = ['level2', 'market_trades', 'ticker']

test('heartbeats are asked for first and without products, then one channel a message, and it is ready once all are confirmed', () => {
  const driven = new Driven(THREE)
  driven.open(['BTC-USD', 'ETH-USD'])
  const all: unknown[] = []
  for (let sent = driven.sent(); sent.length > 0; sent = driven.sent()) {
    assert.is(sent.length, 1, 'one message is under way at a time')
    assert.is(driven.taken('ready').length, 0)
    all.push(sent[0])
    driven.accept(sent[0]!)
    driven.pass(500)
  }
  const product_ids = ['BTC-USD', 'ETH-USD']
  assert.equal(all, [
    { type: 'subscribe', product_ids: [], channel: 'heartbeats' },
    ...THREE.map((channel) => ({ type: 'subscribe', product_ids, channel })),
  ])
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 2 }])
  assert.equal(driven.session.refusals(), [])
})

test('the first message leaves when the connection opens, whether or not a product is known', () => {
  const driven = new Driven(THREE)
  driven.take(driven.session.opened(driven.nowMs))
  assert.equal(
    driven.sent().map(({ channel }) => channel),
    ['heartbeats']
  )
})

test('heartbeats that the Feed names are asked for once, and a Feed of heartbeats alone is ready without products', () => {
  const driven = new Driven(['heartbeats'])
  driven.take(driven.session.opened(driven.nowMs))
  assert.is(driven.settle().length, 1)
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 0 }])
})

test('all connections together send no more than eight messages a second, and each sends its first one in time', () => {
  const pace = new Pace(MESSAGE_SPACING_MS)
  const all = Array.from({ length: 30 }, () => new Driven(THREE, { pace }))
  const times: number[] = []
  const first = new Map<Driven, number>()
  let nowMs = 1_000_000
  const began = nowMs
  for (let step = 0; step < 400; step++, nowMs += 50) {
    // Seven connections a second are opened.
    const opened = Math.min(all.length, Math.floor((step * 50 * 7) / 1000))
    for (const [i, driven] of all.entries()) {
      if (i >= opened) continue
      driven.nowMs = nowMs
      if (driven.has.size === 0 && !first.has(driven) && driven.actions.length === 0) {
        if (driven.session.wakeAt === Number.POSITIVE_INFINITY) driven.open([`P${i}-USD`])
      }
      if (driven.session.wakeAt <= nowMs) driven.take(driven.session.tick(nowMs))
      for (const sent of driven.sent()) {
        times.push(nowMs)
        if (!first.has(driven)) first.set(driven, nowMs - (began + (i * 1000) / 7))
        driven.accept(sent)
      }
    }
  }
  assert.is(times.length, all.length * 4)
  for (let i = 8; i < times.length; i++) assert.ok(times[i]! - times[i - 8]! >= 1_000)
  for (const ms of first.values()) assert.ok(ms < SUBSCRIBE_WITHIN_MS / 2, `${ms} ms`)
})

test('an error names no product: the message is halved until the one that was meant stands alone, and the others are captured', () => {
  const driven = new Driven(['level2'])
  driven.open(['A-USD', 'B-USD', 'NOPE', 'D-USD', 'E-USD'])
  const words = 'failure to subscribe'
  driven.settle(({ product_ids }) => (product_ids.includes('NOPE') ? words : null))
  assert.equal([...driven.has.get('level2')!].sort(), ['A-USD', 'B-USD', 'D-USD', 'E-USD'])
  assert.equal(driven.taken('ready'), [{ kind: 'ready', symbols: 5 }])
  const [refusal, ...more] = driven.session.refusals()
  const { channel, symbols, kind } = refusal!
  assert.equal(
    [channel, symbols, kind, refusal!.words, more],
    ['level2', ['NOPE'], 'refused', words, []]
  )
})

test('what was refused is asked for again alone, and what was missing until it came is on record', () => {
  const driven = new Driven(['level2'])
  driven.open(['A-USD', 'NEW-USD'])
  driven.settle(({ product_ids }) => (product_ids.includes('NEW-USD') ? 'no such product' : null))
  assert.is(driven.session.refusals().length, 1)
  driven.pass(5 * 60_000)
  assert.equal(driven.settle(), [
    { type: 'subscribe', product_ids: ['NEW-USD'], channel: 'level2' },
  ])
  const [missed, ...more] = driven.taken('missed')
  assert.equal([missed!.cause, missed!.channel, more], ['not-subscribed', 'level2', []])
  assert.equal(driven.session.refusals(), [])
})

test('a channel that the exchange does not know is refused with its words, as a whole and with one message', () => {
  const driven = new Driven(['level3', 'ticker'])
  driven.open(['A-USD', 'B-USD', 'C-USD'])
  const sent = driven.settle(({ channel }) =>
    channel === 'level3' ? 'channel not supported' : null
  )
  assert.is(sent.filter(({ channel }) => channel === 'level3').length, 1)
  const [refusal] = driven.session.refusals()
  const { channel, symbols, words } = refusal!
  assert.equal(
    [channel, symbols, words],
    ['level3', ['A-USD', 'B-USD', 'C-USD'], 'channel not supported']
  )
  assert.equal([...driven.has.get('ticker')!], ['A-USD', 'B-USD', 'C-USD'])
})

test('a message without an answer is sent again, and what was missing meanwhile is on record', () => {
  const driven = new Driven(['market_trades'])
  driven.open(['A-USD'])
  driven.accept(driven.sent()[0]!)
  driven.pass(500)
  assert.is(driven.sent().length, 1)
  driven.pass(10_000)
  assert.is(driven.session.refusals()[0]!.kind, 'unanswered')
  driven.pass(1_100)
  const [again] = driven.sent()
  driven.accept(again!)
  const [missed, ...more] = driven.taken('missed')
  assert.equal([missed!.cause, missed!.channel, more], ['not-subscribed', 'market_trades', []])
  assert.equal(driven.session.refusals(), [])
})

test('a connection that ends says what was never confirmed, but not what was refused', () => {
  const driven = new Driven(['market_trades'])
  driven.open(['A-USD'])
  driven.accept(driven.sent()[0]!)
  driven.pass(11_000)
  const [missed, ...more] = driven.session.closed()
  assert.equal([missed!.kind, more], ['missed', []])
  const other = new Driven(['market_trades'])
  other.open(['A-USD'])
  other.settle(({ channel }) => (channel === 'market_trades' ? 'no' : null))
  assert.is(other.session.refusals().length, 1)
  assert.equal(other.session.closed(), [])
})

test('data that comes is a subscription that is there, even if no answer says so', () => {
  const driven = new Driven(['market_trades'])
  driven.open(['A-USD', 'B-USD'])
  driven.accept(driven.sent()[0]!)
  driven.pass(500)
  assert.is(driven.sent().length, 1)
  driven.frame('market_trades', [{ type: 'snapshot', trades: [{ product_id: 'A-USD' }] }])
  driven.pass(10_000)
  const [refusal, ...more] = driven.session.refusals()
  assert.equal([refusal!.symbols, more], [['B-USD'], []])
})

test('an exchange that takes no more messages is left alone for a moment, and refuses nothing by that', () => {
  const driven = new Driven(['ticker'])
  driven.open(['A-USD', 'B-USD'])
  let errors = 2
  for (let i = 0; i < 4; i++) {
    driven.settle(() => (errors-- > 0 ? 'rate limit exceeded' : null))
    driven.pass(2_000)
  }
  assert.equal(driven.session.refusals(), [])
  assert.equal([...driven.has.get('ticker')!], ['A-USD', 'B-USD'])
})

test('an answer that leaves a product out refuses it, after a while in which another answer may come', () => {
  const driven = new Driven(['ticker'])
  driven.open(['A-USD', 'NOPE'])
  driven.accept(driven.sent()[0]!)
  driven.pass(500)
  driven.frame('subscriptions', [{ subscriptions: { heartbeats: [], ticker: ['A-USD'] } }])
  assert.is(driven.sent().length, 1)
  driven.pass(9_000)
  assert.equal(driven.session.refusals(), [])
  driven.pass(1_000)
  const [refusal, ...more] = driven.session.refusals()
  assert.equal([refusal!.kind, refusal!.symbols, more], ['refused', ['NOPE'], []])
})

test('after a hole every book of the connection is given up and asked for anew, and nothing else is', () => {
  const driven = new Driven(THREE)
  driven.open(['A-USD', 'B-USD'])
  driven.settle()
  driven.frame('ticker', [], 1)
  assert.equal(
    driven.taken('rebuild').map(({ how, symbols, channel }) => [how, symbols, channel]),
    [['resubscribe', 2, 'level2']]
  )
  const product_ids = ['A-USD', 'B-USD']
  assert.equal(driven.settle(), [
    { type: 'unsubscribe', product_ids, channel: 'level2' },
    { type: 'subscribe', product_ids, channel: 'level2' },
  ])
  assert.equal(driven.session.refusals(), [])
})

test('a hole while the books are asked for spoils them again: the snapshot may be what is missing', () => {
  const driven = new Driven(['level2'])
  driven.open(['A-USD'])
  driven.accept(driven.sent()[0]!)
  driven.pass(500)
  const [asked] = driven.sent()
  // The snapshot is lost; the answer shows the hole.
  driven.frame('heartbeats', [], 1)
  driven.accept(asked!)
  driven.pass(1_000)
  const all = driven.settle()
  assert.equal(
    all.map(({ type, channel }) => [type, channel]),
    [
      ['unsubscribe', 'level2'],
      ['subscribe', 'level2'],
    ]
  )
})

test('holes in a row rebuild once each, later each time, and at once again after a calm minute', () => {
  const driven = new Driven(['level2'])
  driven.open(['A-USD'])
  driven.settle()
  const began = driven.nowMs
  const rebuilt: number[] = []
  for (let i = 0; i < 300; i++) {
    driven.frame('heartbeats', [], 1)
    driven.settle()
    driven.pass(100)
    if (driven.taken('rebuild').length > 0) rebuilt.push(driven.nowMs - began)
  }
  assert.ok(rebuilt.length >= 4 && rebuilt.length <= 8, `${rebuilt.length} rebuilds`)
  const waits = rebuilt.slice(1).map((at, i) => at - rebuilt[i]!)
  assert.ok(waits.at(-1)! > 4 * waits[0]!, `waits of ${waits}`)
  driven.pass(200_000)
  driven.taken('rebuild')
  driven.settle()
  driven.frame('heartbeats', [], 1)
  assert.is(driven.taken('rebuild').length, 1)
})

test('a connection whose count does not begin with 0 has lost what it began with', () => {
  for (const [skipped, rebuilds] of [
    [0, 0],
    [1, 1],
  ] as const) {
    const driven = new Driven(['level2'])
    driven.open(['A-USD'])
    // The answer to the heartbeats is lost with the one to the books.
    driven.pass(20_000)
    driven.frame('l2_data', [{ product_id: 'A-USD' }], skipped)
    assert.is(driven.session.scopeSeen(1, driven.nowMs).beginsAt, 0)
    driven.settle()
    driven.pass(60_000)
    driven.settle()
    assert.is(driven.taken('rebuild').length, rebuilds)
  }
})

test('products that go are unsubscribed from, and those that come are added', () => {
  const driven = new Driven(['ticker'])
  driven.open(['A-USD', 'B-USD'])
  driven.settle()
  driven.want(['C-USD'], ['A-USD'])
  assert.equal(driven.settle(), [
    { type: 'unsubscribe', product_ids: ['A-USD'], channel: 'ticker' },
    { type: 'subscribe', product_ids: ['C-USD'], channel: 'ticker' },
  ])
  assert.equal([...driven.has.get('ticker')!], ['B-USD', 'C-USD'])
})

test('a product that was given up and comes again is on record with the time in between', () => {
  const driven = new Driven(['ticker'])
  driven.open([])
  driven.want(['A-USD'], [], { resumed: new Map([['A-USD', 5]]) })
  assert.is(driven.taken('resumed').length, 0)
  driven.settle()
  assert.equal(
    driven.taken('resumed').map(({ symbols, sinceMs }) => [symbols, sinceMs]),
    [[['A-USD'], 5]]
  )
})

test('answers and errors in every odd form change nothing and throw nothing', () => {
  const odd = [
    '{"channel":"subscriptions","sequence_num":0,"events":[{"subscriptions":null}]}',
    '{"channel":"subscriptions","sequence_num":1,"events":[{"subscriptions":{"level2":null,"ticker":"A-USD","x":[1,null]}}]}',
    '{"channel":"subscriptions","sequence_num":2,"events":null}',
    '{"channel":"subscriptions","sequence_num":3,"events":[null,7,[]]}',
    '{"type":"error","message":null}',
    '{"type":"error"}',
  ]
  for (const text of odd) {
    const driven = new Driven(['level2'])
    driven.open(['A-USD'])
    driven.bytes(text)
    driven.settle()
    driven.pass(6 * 60_000)
    driven.settle()
    assert.ok(driven.has.get('level2')!.has('A-USD'), text)
  }
})

test.run()
