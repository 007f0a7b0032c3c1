// The protocol machine of a Kraken connection, driven by hand: what it sends, and what it makes of every answer.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { STRANGERS } from '#testing/recordings.ts'
import type { Action } from '../protocol/adapter.ts'
import { wants } from '../protocol/testing/wants.ts'
import { KrakenSession, PING_MS } from './session.ts'
import { channelNamed } from './types.ts'

type Sent = { method: string; params?: Record<string, unknown>; req_id?: number }

const test = suite('kraken session')

/** A session with its clock, and what it did. */
function start(options: { filtered?: string[]; whole?: string[]; depth?: number } = {}) {
  const { depth = 10 } = options
  let now = 1_000_000
  const session = new KrakenSession({
    filtered: (options.filtered ?? ['book', 'trade']).map((name) => channelNamed(name, depth)),
    whole: (options.whole ?? []).map((name) => channelNamed(name, depth)),
    depth,
    spacingMs: 10,
    // Another clock than the session's.
    nowMs: () => now + 500,
  })
  let wanted: readonly string[] = []
  const actions: Action[] = []
  const take = (more: readonly Action[]) => actions.push(...more)
  const drain = () => actions.splice(0)
  return {
    session,
    now: () => now,
    open: () => take(session.opened(now)),
    /** Exactly these from now on. */
    want(...symbols: string[]) {
      take(session.want(wants(wanted, symbols), now))
      wanted = symbols
    },
    wantBack(symbol: string, sinceMs: number) {
      take(session.want(wants(wanted, [...wanted, symbol], new Map([[symbol, sinceMs]])), now))
      wanted = [...wanted, symbol]
    },
    /** A frame from the exchange, as the connection would hand it on. */
    frame(value: unknown) {
      const payload = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
      session.look(payload)
      if (session.frame.control) take(session.control(payload, now))
    },
    /** Lets time pass, and ticks whenever the session wants it. */
    pass(ms: number) {
      const end = now + ms
      for (let i = 0; session.wakeAt <= end; i++) {
        if (i > 10_000) throw new Error('it ticks without an end')
        now = Math.max(now, session.wakeAt)
        take(session.tick(now))
      }
      now = end
    },
    closed: () => session.closed(),
    drain,
    /** Commands sent since the last look, without pings. */
    sent: () =>
      drain()
        .flatMap((action) => (action.kind === 'send' ? [JSON.parse(action.text) as Sent] : []))
        .filter(({ method }) => method !== 'ping'),
    kinds: () =>
      drain()
        .filter((action) => action.kind !== 'send')
        .map((action) => action.kind),
  }
}

const ack = (id: number, channel: string, symbol: string, method = 'subscribe') => ({
  method,
  result: { channel, symbol, snapshot: true },
  success: true,
  req_id: id,
})
const refusal = (id: number, symbol: string, method = 'subscribe') => ({
  error: `Currency pair not supported ${symbol}`,
  method,
  req_id: id,
  success: false,
  symbol,
})

/** Two symbols on two channels, all confirmed. */
function live() {
  const machine = start()
  machine.open()
  machine.want('BTC/USD', 'ETH/USD')
  machine.pass(100)
  for (const [id, channel] of [
    [1, 'book'],
    [2, 'trade'],
  ] as const) {
    machine.frame(ack(id, channel, 'BTC/USD'))
    machine.frame(ack(id, channel, 'ETH/USD'))
  }
  machine.pass(0)
  assert.equal(machine.kinds(), ['ready'])
  return machine
}

const BOOK_FRAMES = STRANGERS.kraken!().filter((frame) => frame.startsWith('{"channel":"book"'))

test('a command names all symbols of a channel, and what the channel takes', () => {
  const machine = start({ filtered: ['book', 'trade', 'ticker'], whole: ['instrument'], depth: 25 })
  machine.open()
  machine.want('BTC/USD', 'ETH/USD')
  machine.pass(100)
  const symbol = ['BTC/USD', 'ETH/USD']
  assert.equal(machine.sent(), [
    { method: 'subscribe', params: { channel: 'instrument', snapshot: true }, req_id: 1 },
    {
      method: 'subscribe',
      params: { channel: 'book', symbol, depth: 25, snapshot: true },
      req_id: 2,
    },
    { method: 'subscribe', params: { channel: 'trade', symbol, snapshot: true }, req_id: 3 },
    {
      method: 'subscribe',
      params: { channel: 'ticker', symbol, event_trigger: 'bbo', snapshot: true },
      req_id: 4,
    },
  ])
})

test('many symbols are asked for a hundred at a time, one command after the other', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want(...Array.from({ length: 250 }, (_, i) => `A${i}/USD`))
  assert.is(machine.sent().length, 1)
  machine.pass(100)
  const sizes = machine.sent().map(({ params }) => (params as { symbol: string[] }).symbol.length)
  assert.equal(sizes, [100, 50])
})

test('it is ready once every symbol is confirmed or refused, in whatever order answers come', () => {
  const machine = start()
  machine.open()
  machine.want('BTC/USD', 'NOPE/USD')
  machine.pass(100)
  machine.drain()
  machine.frame(ack(2, 'trade', 'BTC/USD'))
  machine.frame(refusal(1, 'NOPE/USD'))
  machine.frame(ack(1, 'book', 'BTC/USD'))
  machine.pass(0)
  assert.equal(machine.kinds(), [])
  machine.frame(refusal(2, 'NOPE/USD'))
  assert.equal(machine.kinds(), ['ready'])
})

test("one that is refused is told with Kraken's words, and the others continue", () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('BTC/USD', 'NOPE/USD')
  machine.frame({ ...refusal(1, 'NOPE/USD'), result: null })
  machine.frame(ack(1, 'trade', 'BTC/USD'))
  assert.equal(machine.session.refusals(), [
    {
      channel: 'trade',
      symbols: ['NOPE/USD'],
      kind: 'refused',
      words: 'Currency pair not supported NOPE/USD',
      sinceMs: machine.now(),
    },
  ])
  // Of what the exchange never had nothing is missing.
  assert.equal(machine.closed(), [])
})

test('one that is refused is asked for again, and what was missing is told when it comes', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('NEW/USD')
  const sinceMs = machine.now()
  machine.frame(refusal(1, 'NEW/USD'))
  machine.drain()
  machine.pass(5 * 60_000 + 100)
  const [again] = machine.sent()
  assert.equal(again?.params?.symbol, ['NEW/USD'])
  machine.frame(ack(again?.req_id ?? 0, 'trade', 'NEW/USD'))
  assert.equal(machine.drain(), [
    {
      kind: 'missed',
      cause: 'not-subscribed',
      sinceMs,
      reason: 'the exchange refused NEW/USD',
      scope: 0,
      channel: 'trade',
      group: 'trades',
      symbols: ['NEW/USD'],
    },
  ])
  assert.equal(machine.session.refusals(), [])
})

test('answers without an id find their command by symbol', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('BTC/USD', 'NOPE/USD')
  const { req_id: _, ...bad } = refusal(1, 'NOPE/USD')
  machine.frame(bad)
  const { req_id: __, ...good } = ack(1, 'trade', 'BTC/USD')
  machine.frame(good)
  assert.ok(machine.kinds().includes('ready'))
  assert.is(machine.session.refusals().length, 1)
})

test('a command that is refused as a whole is halved until the symbol is found that was meant', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('A', 'B', 'C', 'D')
  const answer = ({ req_id = 0, params }: Sent) => {
    const symbols = params?.symbol as string[]
    if (!symbols.includes('C')) for (const one of symbols) machine.frame(ack(req_id, 'trade', one))
    else machine.frame({ error: 'Malformed request', method: 'error', req_id, success: false })
  }
  for (let i = 0; i < 10; i++) {
    for (const sent of machine.sent()) answer(sent)
    machine.pass(10)
  }
  const [refused, ...others] = machine.session.refusals()
  assert.equal(others, [])
  assert.equal(refused?.symbols, ['C'])
  assert.is(refused?.words, 'Malformed request')
})

test('one that is not answered is asked for again, and was missing', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('BTC/USD')
  const sinceMs = machine.now()
  machine.drain()
  machine.pass(10_000)
  assert.is(machine.session.refusals()[0]?.words, 'no answer within 10 s')
  machine.pass(1_100)
  const [again] = machine.sent()
  assert.is(again?.req_id, 2)
  assert.equal(
    machine.closed().map((action) => action.kind === 'missed' && [action.cause, action.sinceMs]),
    [['not-subscribed', sinceMs]]
  )
  machine.frame(ack(1, 'trade', 'BTC/USD'))
  assert.equal(machine.kinds(), ['missed'], 'the first answer comes late')
  assert.equal(machine.session.refusals(), [])
})

test('already subscribed is as good as subscribed', () => {
  const machine = start({ filtered: ['trade'] })
  machine.open()
  machine.want('BTC/USD')
  machine.frame({ ...refusal(1, 'BTC/USD'), error: 'Already subscribed' })
  assert.ok(machine.kinds().includes('ready'))
  assert.equal(machine.session.refusals(), [])
})

test('a symbol that is no longer wanted is given up on each channel, also while it is being asked for', () => {
  const machine = live()
  machine.want('BTC/USD')
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ method, params }) => [method, params?.channel, params?.symbol]),
    [
      ['unsubscribe', 'book', ['ETH/USD']],
      ['unsubscribe', 'trade', ['ETH/USD']],
    ]
  )
  machine.want('BTC/USD', 'SOL/USD')
  machine.want('BTC/USD')
  machine.pass(100)
  machine.drain()
  machine.frame(ack(5, 'book', 'SOL/USD'))
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ method, params }) => [method, params?.symbol]),
    [['unsubscribe', ['SOL/USD']]]
  )
})

test('a symbol that comes back after it was given up says since when it was missing', () => {
  const machine = live()
  machine.wantBack('SOL/USD', 5_000)
  machine.pass(100)
  const sent = machine.sent()
  for (const { req_id = 0, params } of sent) {
    machine.frame(ack(req_id, params?.channel as string, 'SOL/USD'))
  }
  assert.equal(
    machine.drain().map((action) => action.kind === 'resumed' && [action.channel, action.sinceMs]),
    [
      ['book', 5_000],
      ['trade', 5_000],
    ]
  )
})

test('a wrong checksum is a gap since the book was last right, and asks for this book alone anew', () => {
  const machine = live()
  machine.pass(2_000)
  const rightAt = machine.now()
  machine.frame(BOOK_FRAMES[0])
  machine.pass(3_000)
  machine.drain()
  // The first change is left out.
  machine.frame(BOOK_FRAMES[2])
  machine.pass(0)
  const actions = machine.drain()
  const [gap, rebuild] = actions
  assert.is(gap?.kind, 'missed')
  if (gap?.kind !== 'missed') return
  assert.is(gap.cause, 'exchange-checksum')
  assert.equal(gap.symbols, ['BTC/USD'])
  assert.is(gap.sinceMs, rightAt)
  assert.match(gap.reason, /^the checksum is \d+, and the exchange sent 2136263304$/)
  assert.equal(rebuild, {
    kind: 'rebuild',
    how: 'resubscribe',
    symbols: 1,
    scope: 0,
    channel: 'book',
    group: 'orderbook',
  })
  const commands = actions.flatMap((one) =>
    one.kind === 'send' ? [JSON.parse(one.text) as Sent] : []
  )
  assert.equal(commands, [
    {
      method: 'unsubscribe',
      params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 },
      req_id: 3,
    },
  ])
  // What is under way of the old subscription says nothing.
  machine.frame(BOOK_FRAMES[3])
  machine.frame(ack(3, 'book', 'BTC/USD', 'unsubscribe'))
  machine.pass(20)
  assert.equal(
    machine.sent().map(({ method, params }) => [method, params?.channel, params?.symbol]),
    [['subscribe', 'book', ['BTC/USD']]]
  )
  machine.frame(BOOK_FRAMES[0])
  machine.frame(ack(4, 'book', 'BTC/USD'))
  for (const frame of BOOK_FRAMES.slice(1)) machine.frame(frame)
  assert.equal(machine.kinds(), [], 'the new book is right')
})

test('a book that comes wrong is missing since the gap before, and one that does not come is missed', () => {
  const machine = live()
  machine.frame(BOOK_FRAMES[0])
  machine.frame(BOOK_FRAMES[2])
  const firstAt = machine.now()
  machine.pass(20)
  machine.drain()
  machine.frame(ack(3, 'book', 'BTC/USD', 'unsubscribe'))
  machine.pass(1_000)
  machine.drain()
  machine.frame(BOOK_FRAMES[3])
  const since = () =>
    machine.drain().flatMap((action) => (action.kind === 'missed' ? [action.sinceMs] : []))
  assert.equal(since(), [firstAt], 'a change came, and no book before it')
  const secondAt = machine.now()
  machine.pass(500)
  machine.frame(BOOK_FRAMES[0]!.replace('1406471562', '1'))
  assert.equal(since(), [secondAt])
})

test('a book that is wrong again and again is asked for at a bounded pace', () => {
  const machine = live()
  let resubscribed = 0
  let gaps = 0
  const wrong = BOOK_FRAMES[0]!.replace('1406471562', '0')
  const end = machine.now() + 10 * 60_000
  machine.frame(wrong)
  while (machine.now() < end) {
    machine.pass(100)
    for (const action of machine.drain()) {
      if (action.kind === 'missed') gaps++
      if (action.kind !== 'send') continue
      const { method, params, req_id: id = 0 } = JSON.parse(action.text) as Sent
      if (params === undefined) continue
      machine.frame(ack(id, 'book', 'BTC/USD', method))
      if (method !== 'subscribe') continue
      resubscribed++
      machine.frame(wrong)
    }
  }
  assert.ok(resubscribed >= 10 && resubscribed <= 20, `${resubscribed}`)
  assert.ok(Math.abs(gaps - resubscribed) <= 1)
})

test('a change that comes before its book is a gap: the book was lost', () => {
  const machine = live()
  machine.frame(BOOK_FRAMES[1])
  assert.equal(machine.kinds(), ['missed', 'rebuild'])
})

test('a change of a book that is no longer wanted is none', () => {
  const machine = live()
  machine.frame(BOOK_FRAMES[0])
  machine.want('ETH/USD')
  machine.drain()
  machine.frame(BOOK_FRAMES[3])
  assert.equal(machine.kinds(), [])
})

test('a symbol that is given up and wanted again at once keeps its book, or gets a new one', () => {
  const machine = live()
  machine.frame(BOOK_FRAMES[0])
  machine.want('ETH/USD')
  machine.frame(BOOK_FRAMES[1])
  machine.want('BTC/USD', 'ETH/USD')
  machine.frame(BOOK_FRAMES[2])
  assert.equal(machine.kinds(), [], 'it was followed all the time')
  machine.want('ETH/USD')
  machine.frame(BOOK_FRAMES[1])
  machine.want('BTC/USD', 'ETH/USD')
  machine.pass(100)
  const sent = machine.sent().filter(({ params }) => params?.channel === 'book')
  assert.equal(
    sent.map(({ method, params }) => [method, params?.symbol]),
    [['unsubscribe', ['BTC/USD']]]
  )
})

test('data that comes before its ack is data', () => {
  const machine = start({ filtered: ['book'] })
  machine.open()
  machine.want('BTC/USD')
  machine.frame(BOOK_FRAMES[0])
  machine.frame(BOOK_FRAMES[1])
  machine.frame(ack(1, 'book', 'BTC/USD'))
  machine.frame(BOOK_FRAMES[2])
  assert.equal(machine.kinds(), ['ready'])
})

test('a subscription that the exchange ends is missing until it is made anew', () => {
  const machine = live()
  machine.frame(ack(0, 'trade', 'ETH/USD', 'unsubscribe'))
  const sinceMs = machine.now()
  machine.pass(1_000)
  const actions = machine.drain()
  assert.equal(
    actions.map(({ kind }) => kind),
    ['forget', 'ended', 'send']
  )
  machine.frame(ack(3, 'trade', 'ETH/USD'))
  assert.equal(
    machine.drain().map((action) => action.kind === 'missed' && [action.symbols, action.sinceMs]),
    [[['ETH/USD'], sinceMs]]
  )
})

test('it pings, so that an exchange without anything to say shows that it lives', () => {
  const machine = live()
  machine.pass(3 * PING_MS)
  const pings = machine
    .drain()
    .filter((action) => action.kind === 'send' && action.text === '{"method":"ping"}')
  assert.is(pings.length, 3)
})

test('the scope of trades names channel and symbol', () => {
  const machine = live()
  machine.frame({
    channel: 'trade',
    type: 'update',
    data: [{ symbol: 'ETH/USD', trade_id: 7 }],
  })
  assert.equal(machine.session.channelOf(machine.session.frame.scope), {
    channel: 'trade',
    group: 'trades',
    symbols: ['ETH/USD'],
  })
})

test('a channel without symbols needs none to be ready', () => {
  const machine = start({ filtered: [], whole: ['instrument'] })
  machine.open()
  machine.frame({
    method: 'subscribe',
    result: { channel: 'instrument' },
    success: true,
    req_id: 1,
  })
  assert.ok(machine.kinds().includes('ready'))
})

test('answers that no command of ours can have are no reason to stop', () => {
  const machine = live()
  for (const odd of [
    { method: 'subscribe' },
    { method: 'subscribe', success: false, req_id: 'x', symbol: 5 },
    { method: 'subscribe', success: true, result: [], req_id: 1e300 },
    { method: 'unsubscribe', success: false, error: 'Subscription Not Found', symbol: 'X/Y' },
    { method: 'error', error: 'Malformed request' },
    { method: 'subscribe', success: true, result: { channel: 'book', symbol: '__proto__' } },
  ]) {
    machine.frame(odd)
  }
  assert.equal(machine.kinds(), [])
  assert.equal(machine.session.refusals(), [])
})

test.run()
