// The protocol machine of a Kalshi connection, driven by hand: what it sends, and what it makes of every answer.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Action } from '../protocol/adapter.ts'
import { wants } from '../protocol/testing/wants.ts'
import { KalshiSession } from './session.ts'
import { channelNamed } from './types.ts'

type Sent = { id: number; cmd: string; params: Record<string, unknown> }

const test = suite('kalshi session')

/** A session with its clock, and what it did. */
function start(options: { filtered?: string[]; whole?: string[] } = {}) {
  const session = new KalshiSession({
    filtered: (options.filtered ?? ['orderbook_delta', 'trade']).map(channelNamed),
    whole: (options.whole ?? []).map(channelNamed),
    spacingMs: 10,
  })
  let now = 1_000_000
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
    /** This one again, after it was given up. */
    wantBack(symbol: string, sinceMs: number) {
      take(session.want(wants(wanted, [...wanted, symbol], new Map([[symbol, sinceMs]])), now))
      wanted = [...wanted, symbol]
    },
    closed: () => session.closed(now),
    /** A frame from the exchange, as the connection would hand it on. */
    frame(value: unknown) {
      const payload = Buffer.from(JSON.stringify(value))
      session.look(payload)
      if (session.frame.control) take(session.control(payload, now))
    },
    scopeSeen: (scope: number) => take(session.scopeSeen(scope, now).actions),
    jumped: (scope: number) => take(session.jumped(scope, now)),
    /** Lets time pass, and ticks whenever the session wants it. */
    pass(ms: number) {
      const end = now + ms
      while (session.wakeAt <= end) {
        now = Math.max(now, session.wakeAt)
        take(session.tick(now))
      }
      now = end
    },
    drain,
    /** Commands sent since the last look. */
    sent: () =>
      drain().flatMap((action) =>
        action.kind === 'send' ? [JSON.parse(action.text) as Sent] : []
      ),
    kinds: () => drain().map((action) => action.kind),
  }
}

const subscribed = (id: number, channel: string, sid: number) => ({
  id,
  type: 'subscribed',
  msg: { channel, sid },
})

/** A session with two markets on two channels, all confirmed: sid 1 books, sid 2 trades. */
function live() {
  const machine = start()
  machine.open()
  machine.want('A', 'B')
  machine.frame(subscribed(1, 'orderbook_delta', 1))
  machine.frame(subscribed(1, 'trade', 2))
  machine.pass(10)
  machine.drain()
  return machine
}

test('channels that want the same markets are asked for in one command, so that they begin together', () => {
  const machine = start()
  machine.open()
  assert.equal(machine.sent(), [], 'nothing before the markets are known')
  machine.want('A', 'B')
  assert.equal(machine.sent(), [
    {
      id: 1,
      cmd: 'subscribe',
      params: {
        channels: ['orderbook_delta', 'trade'],
        market_tickers: ['A', 'B'],
        // Kalshi has announced that leaving it out will come to mean true.
        use_yes_price: false,
      },
    },
  ])
  machine.pass(1000)
  assert.equal(machine.sent(), [], 'and not again while the answer is open')
})

test('it is ready once, when every channel is confirmed', () => {
  const machine = start({ whole: ['market_lifecycle_v2'] })
  machine.open()
  assert.equal(machine.sent(), [
    { id: 1, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } },
  ])
  machine.want('A', 'B')
  machine.pass(50)
  machine.frame(subscribed(2, 'orderbook_delta', 1))
  machine.frame(subscribed(2, 'trade', 2))
  assert.not.ok(machine.kinds().includes('ready'))
  machine.frame(subscribed(1, 'market_lifecycle_v2', 3))
  assert.equal(machine.drain(), [{ kind: 'ready', symbols: 2 }])
  machine.pass(100_000)
  assert.equal(machine.drain(), [])
})

test('an empty set of markets is a valid state: ready, and nothing asked for', () => {
  const machine = start()
  machine.open()
  machine.want()
  assert.equal(machine.drain(), [{ kind: 'ready', symbols: 0 }])
})

test('whole channels and named markets are never mixed in one command', () => {
  const machine = start({
    filtered: ['orderbook_delta'],
    whole: ['trade', 'ticker'],
  })
  machine.want('A')
  machine.open()
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ params }) => params),
    [
      { channels: ['trade', 'ticker'] },
      { channels: ['orderbook_delta'], market_tickers: ['A'], use_yes_price: false },
    ]
  )
})

test('more than 200 markets are spread over subscriptions of their own', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.want(...Array.from({ length: 450 }, (_, i) => `M${i}`))
  machine.open()
  machine.pass(1000)
  const sizes = machine.sent().map(({ params }) => (params.market_tickers as string[]).length)
  assert.equal(sizes, [200, 200, 50])
})

test('commands are paced, and few are unanswered at a time', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.want(...Array.from({ length: 2000 }, (_, i) => `M${i}`))
  machine.open()
  assert.is(machine.sent().length, 1)
  machine.pass(5)
  assert.is(machine.sent().length, 0)
  machine.pass(1000)
  assert.is(machine.sent().length, 3, 'four under way')
  machine.frame(subscribed(1, 'orderbook_delta', 1))
  machine.pass(10)
  assert.is(machine.sent().length, 1)
})

test('markets that come later are added to the subscription, and only then ended ones deleted', () => {
  const machine = live()
  machine.want('B', 'C')
  machine.pass(100)
  const sent = machine.sent()
  const update = (sid: number, market: string, action: string) => ({
    sids: [sid],
    market_tickers: [market],
    action,
  })
  assert.equal(
    sent.map(({ params }) => params),
    [update(1, 'C', 'add_markets'), update(2, 'C', 'add_markets')],
    'one command a subscription at a time'
  )
  const markets = ['A', 'B', 'C']
  machine.frame({ id: sent[0]!.id, sid: 1, seq: 9, type: 'ok', msg: { market_tickers: markets } })
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ params }) => params),
    [update(1, 'A', 'delete_markets')]
  )
})

test('a subscription whose markets have all ended is given up, not left with an empty filter', () => {
  const machine = live()
  machine.want()
  machine.pass(100)
  const sent = machine.sent()
  assert.equal(
    sent.map(({ cmd, params }) => [cmd, params]),
    [
      ['unsubscribe', { sids: [1] }],
      ['unsubscribe', { sids: [2] }],
    ]
  )
  machine.frame({ id: sent[0]!.id, sid: 1, seq: 7, type: 'unsubscribed' })
  assert.equal(machine.kinds(), ['forget'])
  machine.frame({ id: sent[1]!.id, sid: 2, seq: 7, type: 'unsubscribed' })
  machine.want('D')
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ params }) => params),
    [{ channels: ['orderbook_delta', 'trade'], market_tickers: ['D'], use_yes_price: false }]
  )
})

test('an ok without its list, and one with the list at the top, are taken as well', () => {
  for (const form of [{}, { market_tickers: ['A', 'B', 'C'] }]) {
    const machine = live()
    machine.want('A', 'B', 'C')
    machine.pass(100)
    const [first] = machine.sent()
    machine.frame({ type: 'ok', id: first!.id, sid: 1, seq: 12, ...form })
    machine.pass(100_000)
    assert.not.ok(
      machine.sent().some(({ params }) => (params.sids as number[] | undefined)?.[0] === 1),
      'nothing is asked for again'
    )
  }
})

test('a market that an ok leaves out is asked for again later, and is no trouble for the others', () => {
  const machine = live()
  machine.want('A', 'B', 'C', 'D')
  machine.pass(100)
  const [first, second] = machine.sent()
  machine.frame({
    id: first!.id,
    sid: 1,
    seq: 9,
    type: 'ok',
    msg: { market_tickers: ['A', 'B', 'C'] },
  })
  machine.frame({ id: second!.id, sid: 2, seq: 9, type: 'ok' })
  machine.pass(1_000)
  assert.equal(machine.sent(), [])
  assert.equal(
    machine.session.refusals().map(({ channel, symbols }) => [channel, symbols]),
    [['orderbook_delta', ['D']]]
  )
  machine.pass(60_000)
  assert.equal(
    machine.sent().map(({ params }) => params.market_tickers),
    [['D']]
  )
})

test('an ack of an older server, without msg, leaves the sid to the first frame of its channel', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.open()
  machine.want('A')
  machine.frame({ type: 'subscribed', id: 1 })
  assert.ok(machine.kinds().includes('ready'))
  machine.frame({
    type: 'orderbook_delta',
    sid: 5,
    seq: 1,
    msg: { market_ticker: 'A' },
  })
  machine.scopeSeen(5)
  assert.equal(machine.session.channelOf(5), {
    channel: 'orderbook_delta',
    group: 'orderbook',
  })
  machine.want('A', 'B')
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ params }) => params),
    [{ sids: [5], market_tickers: ['B'], action: 'add_markets' }]
  )
})

test('data that comes before its ack is known by its channel', () => {
  const machine = start()
  machine.open()
  machine.want('A')
  machine.frame({ type: 'trade', sid: 9, seq: 4, msg: { market_ticker: 'A' } })
  machine.scopeSeen(9)
  assert.is(machine.session.channelOf(9).channel, 'trade')
})

test('a jump asks for snapshots of all markets of that sid, once, and slower if it goes on', () => {
  const machine = live()
  machine.jumped(1)
  const rebuild = machine.drain()
  assert.equal(rebuild[0], {
    kind: 'rebuild',
    how: 'get_snapshot',
    symbols: 2,
    scope: 1,
    channel: 'orderbook_delta',
    group: 'orderbook',
  })
  const command = JSON.parse((rebuild[1] as { text: string }).text) as Sent
  assert.equal(command.params, {
    sids: [1],
    market_tickers: ['A', 'B'],
    action: 'get_snapshot',
  })
  machine.jumped(1)
  machine.jumped(1)
  assert.equal(machine.drain(), [], 'one under way')
  for (const market_ticker of ['A', 'B']) {
    const { id } = command
    machine.frame({
      type: 'orderbook_snapshot',
      id,
      sid: 1,
      seq: 20,
      msg: { market_ticker },
    })
  }
  machine.pass(900)
  assert.equal(machine.drain(), [], 'the next one waits')
  machine.pass(100)
  assert.equal(machine.kinds(), ['rebuild', 'send'])
})

test('a jump on trades has nothing to rebuild', () => {
  const machine = live()
  machine.jumped(2)
  machine.pass(1000)
  assert.equal(machine.drain(), [])
})

test('a server without get_snapshot is asked for a new subscription instead', () => {
  const machine = live()
  machine.jumped(1)
  const id = machine.sent()[0]!.id
  machine.frame({
    id,
    type: 'error',
    msg: { code: 13, msg: 'Unsupported action' },
  })
  machine.pass(100)
  const [leave] = machine.sent()
  assert.is(leave!.cmd, 'unsubscribe')
  machine.frame({ id: leave!.id, sid: 1, seq: 30, type: 'unsubscribed' })
  machine.pass(100)
  const [again] = machine.sent()
  assert.equal(again!.params, {
    channels: ['orderbook_delta'],
    market_tickers: ['A', 'B'],
    use_yes_price: false,
  })
  // What was sent between the two subscriptions is missing.
  machine.frame(subscribed(again!.id, 'orderbook_delta', 3))
  const missed = machine.drain().filter(({ kind }) => kind === 'missed')
  assert.equal(
    missed.map((one) => one.kind === 'missed' && [one.cause, one.channel, one.scope]),
    [['not-subscribed', 'orderbook_delta', 3]]
  )
})

for (const code of [7, 10, 25]) {
  test(`error ${code} for a sid ends that subscription alone, and it is made anew`, () => {
    const machine = live()
    machine.frame({
      type: 'error',
      sid: 1,
      seq: 44,
      msg: { code, msg: 'over' },
    })
    assert.equal(machine.kinds(), ['ended', 'rebuild', 'forget'])
    machine.pass(1_500)
    const [again] = machine.sent()
    assert.equal(again!.params, {
      channels: ['orderbook_delta'],
      market_tickers: ['A', 'B'],
      use_yes_price: false,
    })
    machine.frame(subscribed(again!.id, 'orderbook_delta', 7))
    const missed = machine.drain().find((action) => action.kind === 'missed')
    assert.ok(missed !== undefined && missed.scope === 7 && missed.sinceMs === 1_000_010)
  })
}

test('a terminal error that does not say which subscription asks for a new connection', () => {
  const machine = live()
  machine.frame({
    type: 'error',
    msg: { code: 25, msg: 'Subscription buffer overflow' },
  })
  assert.equal(machine.kinds(), ['reconnect'])
})

test('error 26 makes subscriptions smaller and keeps every market', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.want(...Array.from({ length: 100 }, (_, i) => `M${i}`))
  machine.open()
  const asked = new Map<number, string[]>()
  const limit = 30
  const got = new Set<string>()
  let sid = 0
  for (let round = 0; round < 200 && got.size < 100; round++) {
    for (const { id, params } of machine.sent()) {
      const markets = params.market_tickers as string[]
      asked.set(id, markets)
      if (markets.length > limit) {
        machine.frame({ id, type: 'error', msg: { code: 26, msg: 'limit' } })
      } else {
        machine.frame(subscribed(id, 'orderbook_delta', ++sid))
        for (const market of markets) {
          assert.not.ok(got.has(market), `${market} only once`)
          got.add(market)
        }
      }
    }
    machine.pass(500)
  }
  assert.is(got.size, 100)
})

test('error 27 waits, longer each time, and then asks the same', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.open()
  machine.want('A')
  let waited = 0
  for (const expected of [1_000, 2_000, 4_000]) {
    const [command] = machine.sent()
    assert.equal(command!.params, {
      channels: ['orderbook_delta'],
      market_tickers: ['A'],
      use_yes_price: false,
    })
    machine.frame({
      id: command!.id,
      type: 'error',
      msg: { code: 27, msg: 'Too many requests' },
    })
    machine.pass(expected - 1)
    assert.equal(machine.sent(), [], `${expected}`)
    machine.pass(1)
    waited += expected
  }
  assert.is(waited, 7_000)
})

test('one bad market does not fail the others, whether or not the exchange names it', () => {
  for (const named of [true, false]) {
    const machine = start({ filtered: ['orderbook_delta'] })
    const markets = Array.from({ length: 40 }, (_, i) => `M${i}`)
    machine.want(...markets)
    machine.open()
    const got = new Set<string>()
    let commands = 0
    for (let round = 0; round < 100; round++) {
      for (const { id, params } of machine.sent()) {
        commands++
        const asked = params.market_tickers as string[]
        const bad = asked.includes('M17')
        const where = named ? { market_ticker: 'M17' } : {}
        if (bad) {
          machine.frame({
            id,
            type: 'error',
            msg: { code: 11, msg: 'Invalid parameter', ...where },
          })
        } else if (params.action === 'add_markets') {
          for (const market of asked) got.add(market)
          machine.frame({
            id,
            sid: 1,
            seq: 5,
            type: 'ok',
            msg: { market_tickers: [...got] },
          })
        } else {
          for (const market of asked) got.add(market)
          machine.frame(subscribed(id, 'orderbook_delta', 1))
        }
      }
      machine.pass(100)
    }
    assert.equal([...got].sort(), markets.filter((market) => market !== 'M17').sort())
    assert.ok(commands < 20, `${commands} commands`)
    const [refusal] = machine.session.refusals()
    assert.equal(refusal!.symbols, ['M17'])
    assert.match(refusal!.words, 'Invalid parameter')
  }
})

test('a channel that the exchange does not know is shown, and the others go on', () => {
  const machine = start({
    filtered: ['orderbook_delta'],
    whole: ['communications'],
  })
  machine.open()
  machine.want('A')
  machine.pass(50)
  machine.frame({
    id: 1,
    type: 'error',
    msg: { code: 8, msg: 'Unknown channel name' },
  })
  machine.frame(subscribed(2, 'orderbook_delta', 1))
  assert.ok(machine.kinds().includes('ready'))
  const [refusal] = machine.session.refusals()
  assert.is(refusal!.channel, 'communications')
  assert.match(refusal!.words, 'Unknown channel name')
  machine.pass(59_000)
  assert.equal(machine.sent(), [])
  machine.pass(2_000)
  assert.is(machine.sent().length, 1, 'it is tried again now and then')
})

test('of a common command that failed, each channel is asked for alone, and a late ack still counts', () => {
  const machine = start()
  machine.open()
  machine.want('A')
  const [common] = machine.sent()
  machine.frame({
    id: common!.id,
    type: 'error',
    msg: { code: 8, msg: 'Unknown channel name' },
  })
  machine.frame(subscribed(common!.id, 'trade', 2))
  machine.pass(600)
  assert.equal(
    machine.sent().map(({ params }) => params.channels),
    [['orderbook_delta']]
  )
})

test('a subscription that nobody waits for is given back, or every frame would come twice', () => {
  const machine = live()
  machine.frame(subscribed(99, 'orderbook_delta', 8))
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ cmd, params }) => [cmd, params]),
    [['unsubscribe', { sids: [8] }]]
  )
})

test('already subscribed, as older servers say, is no error', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.open()
  machine.want('A')
  machine.frame({
    type: 'error',
    id: 1,
    msg: { code: 6, msg: 'Already subscribed' },
  })
  assert.ok(machine.kinds().includes('ready'))
})

test('a subscribe that is never answered is no loss where its data came', () => {
  const talking = start({ filtered: ['orderbook_delta'] })
  talking.open()
  talking.want('A')
  talking.frame({
    type: 'orderbook_snapshot',
    sid: 3,
    seq: 1,
    msg: { market_ticker: 'A' },
  })
  talking.scopeSeen(3)
  talking.drain()
  talking.pass(31_000)
  assert.equal(talking.kinds(), ['ready'])
})

/** A book that is confirmed, and a ticker whose subscribe is not answered. */
function halfSilent() {
  const machine = start({ filtered: ['orderbook_delta', 'ticker'] })
  machine.open()
  machine.want('A', 'B')
  machine.frame(subscribed(1, 'orderbook_delta', 1))
  machine.drain()
  return machine
}

test('a channel that is never answered is named, and affects itself alone (pmxt-dev/pmxt#1631)', () => {
  const machine = halfSilent()
  const commands: string[] = []
  const kinds = new Set<string>()
  const missed: [number, number][] = []
  const from = machine.now()
  for (let second = 1; second <= 3_600; second++) {
    machine.pass(1_000)
    for (const action of machine.drain()) {
      kinds.add(action.kind)
      if (action.kind === 'send') commands.push(JSON.parse(action.text).cmd)
      if (action.kind !== 'missed') continue
      assert.is(action.channel, 'ticker')
      missed.push([action.sinceMs, machine.now()])
    }
  }
  assert.not.ok(kinds.has('reconnect'), 'the connection and its book live')
  assert.ok(kinds.has('ready'), 'all that can be had is had')
  const [refusal, ...others] = machine.session.refusals()
  assert.equal(others, [])
  assert.is(refusal!.channel, 'ticker')
  assert.is(refusal!.kind, 'unanswered')
  assert.is(refusal!.sinceMs, 1_000_000)
  assert.ok(commands.length > 60 && commands.length < 200, `${commands.length} commands an hour`)
  assert.is(missed[0]![0], from, 'it is missing from its first command on')
  for (let i = 1; i < missed.length; i++) {
    assert.ok(Math.abs(missed[i]![0] - missed[i - 1]![1]) <= 1_000, 'without a hole')
  }
  assert.ok(missed.length < 20, `${missed.length} parts`)
  assert.ok(machine.now() - missed.at(-1)![1] <= 600_000, 'and on record while it lasts')
  // It answers again: what is left of the gap is told, once.
  machine.pass(60_000)
  const subscribes = machine.sent().filter(({ cmd }) => cmd === 'subscribe')
  machine.pass(60_000)
  const last = machine.sent().findLast(({ cmd }) => cmd === 'subscribe') ?? subscribes.at(-1)!
  machine.frame(subscribed(last.id, 'ticker', 2))
  assert.equal(machine.session.refusals(), [])
  assert.is(machine.drain().filter(({ kind }) => kind === 'missed').length, 1)
  machine.pass(3_600_000)
  assert.equal(machine.kinds(), [])
})

test('before a subscribe is repeated the exchange is asked what it has, so that nothing is there twice', () => {
  const machine = halfSilent()
  machine.pass(12_000)
  const [list] = machine.sent()
  assert.is(list!.cmd, 'list_subscriptions')
  machine.frame({
    id: list!.id,
    type: 'ok',
    msg: [
      { channel: 'orderbook_delta', sid: 1 },
      { channel: 'ticker', sid: 4 },
    ],
  })
  assert.equal(machine.session.channelOf(4), { channel: 'ticker', group: 'tickers' })
  assert.equal(machine.session.refusals(), [])
  machine.pass(600_000)
  assert.equal(machine.sent(), [], 'it was there: only its ack was lost')
})

test('an exchange that does not know list_subscriptions is asked again all the same', () => {
  for (const answer of ['error', 'silence']) {
    const machine = halfSilent()
    machine.pass(12_000)
    const [list] = machine.sent()
    if (answer === 'error') {
      machine.frame({ id: list!.id, type: 'error', msg: { code: 5, msg: 'Unknown command' } })
    }
    machine.pass(15_000)
    const [next] = machine.sent()
    assert.equal([next!.cmd, next!.params.channels], ['subscribe', ['ticker']])
  }
})

test('an ack that comes late counts, and what the repetition made is given back', () => {
  const machine = halfSilent()
  machine.pass(25_000)
  const again = machine.sent().find(({ cmd }) => cmd === 'subscribe')
  assert.ok(again !== undefined)
  machine.frame(subscribed(1, 'ticker', 2))
  assert.equal(machine.session.refusals(), [])
  machine.frame(subscribed(again.id, 'ticker', 3))
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ cmd, params }) => [cmd, params]),
    [['unsubscribe', { sids: [3] }]]
  )
})

test('frames of a channel that was given up make it live, and frames under a second sid are given back', () => {
  const machine = halfSilent()
  machine.pass(25_000)
  machine.drain()
  machine.frame({ type: 'ticker', sid: 7, msg: { market_ticker: 'B' } })
  machine.scopeSeen(7)
  assert.is(machine.session.channelOf(7).channel, 'ticker')
  machine.pass(100)
  machine.drain()
  machine.frame({ type: 'ticker', sid: 8, msg: { market_ticker: 'B' } })
  machine.scopeSeen(8)
  machine.pass(100)
  assert.equal(
    machine.sent().map(({ cmd, params }) => [cmd, params]),
    [['unsubscribe', { sids: [8] }]]
  )
})

for (const [form, error] of [
  ['without id', { type: 'error', msg: { code: 8, msg: 'Unknown channel name' } }],
  ['with code at the top', { type: 'error', code: 8, msg: 'Unknown channel name' }],
  [
    'that names its channel',
    { type: 'error', msg: { code: 8, msg: 'Unknown channel name', channel: 'ticker' } },
  ],
] as const) {
  test(`an error ${form} refuses the channel that waits, in the exchange's words`, () => {
    const machine = halfSilent()
    machine.frame(error)
    const [refusal] = machine.session.refusals()
    assert.is(refusal!.channel, 'ticker')
    assert.is(refusal!.kind, 'refused')
    assert.match(refusal!.words, 'Unknown channel name')
    assert.ok(machine.kinds().includes('ready'))
    machine.pass(61_000)
    assert.equal(
      machine.sent().map(({ params }) => params.channels),
      [['ticker']]
    )
  })
}

test('an error that could mean several commands is shown beside the one that is not answered', () => {
  const machine = start({ filtered: ['orderbook_delta'], whole: ['communications'] })
  machine.open()
  machine.want('A')
  machine.pass(50)
  machine.frame({ type: 'error', msg: { code: 8, msg: 'Unknown channel name' } })
  machine.frame(subscribed(2, 'orderbook_delta', 1))
  machine.pass(11_000)
  const [refusal] = machine.session.refusals()
  assert.is(refusal!.channel, 'communications')
  assert.match(refusal!.words, 'Unknown channel name')
})

test('an exchange that answers nothing at all is dialled anew', () => {
  const machine = start({ filtered: ['orderbook_delta'] })
  machine.open()
  machine.want('A')
  machine.pass(29_000)
  assert.not.ok(machine.kinds().includes('ready'), 'nothing is captured')
  machine.pass(60_000)
  const kinds = machine.kinds()
  assert.ok(kinds.includes('reconnect'))
  assert.is(machine.session.refusals()[0]!.channel, 'orderbook_delta')
})

test('a hundred subscriptions that are not answered hold up none that would be', () => {
  const machine = start({ filtered: ['orderbook_delta', 'ticker'] })
  machine.open()
  machine.want(...Array.from({ length: 20_000 }, (_, i) => `M${i}`))
  const live = new Set<number>()
  for (let i = 0; i < 300 && live.size < 100; i++) {
    machine.pass(10)
    for (const { id, cmd, params } of machine.sent()) {
      if (cmd !== 'subscribe' || !(params.channels as string[]).includes('orderbook_delta'))
        continue
      live.add(id)
      machine.frame(subscribed(id, 'orderbook_delta', id))
    }
  }
  assert.is(live.size, 100, 'every book within three seconds')
})

test('markets whose add is not answered are named, asked for again, and missing until then', () => {
  const machine = live()
  machine.want('A', 'B', 'C')
  machine.pass(50)
  const [book, trades] = machine.sent()
  machine.frame({ type: 'ok', id: trades!.id, sid: 2 })
  machine.pass(10_500)
  assert.equal(
    machine.session.refusals().map(({ channel, symbols, kind }) => [channel, symbols, kind]),
    [['orderbook_delta', ['C'], 'unanswered']]
  )
  machine.pass(1_000)
  const again = machine.sent().at(-1)!
  assert.equal(again.params, { ...book!.params })
  machine.drain()
  machine.frame({ type: 'ok', id: again.id, sid: 1 })
  const [missed, ...rest] = machine.drain()
  assert.ok(missed?.kind === 'missed' && missed.reason.includes('C') && rest.length === 0)
  assert.equal(machine.session.refusals(), [])
})

test('markets whose add is not answered are missing to the end of a connection that ends before', () => {
  const machine = live()
  machine.want('A', 'B', 'C')
  machine.pass(11_000)
  machine.drain()
  const missed = machine.closed().filter(({ kind }) => kind === 'missed')
  assert.equal(
    missed.map((one) => one.kind === 'missed' && [one.channel, one.reason]),
    [
      ['orderbook_delta', 'the exchange did not confirm C'],
      ['trade', 'the exchange did not confirm C'],
    ]
  )
})

test('a market that is refused and then confirmed was missing between', () => {
  const machine = live()
  machine.want('A', 'B', 'C')
  machine.pass(50)
  const [book, trades] = machine.sent()
  machine.frame({ type: 'ok', id: trades!.id, sid: 2 })
  const sinceMs = machine.now()
  machine.frame({
    id: book!.id,
    type: 'error',
    msg: { code: 16, msg: 'Market not found', market_ticker: 'C' },
  })
  machine.pass(61_000)
  const again = machine.sent().at(-1)!
  assert.equal(again.params, { ...book!.params })
  machine.frame({ type: 'ok', id: again.id, sid: 1 })
  const [missed, ...rest] = machine.drain()
  assert.ok(missed?.kind === 'missed' && rest.length === 0)
  assert.is(missed.reason, 'the exchange refused C')
  assert.ok(missed.sinceMs <= sinceMs)
})

test('a confirmed market that an ok leaves out was missing until it is confirmed again', () => {
  const machine = live()
  machine.want('A', 'B', 'C')
  machine.pass(50)
  const [book, trades] = machine.sent()
  machine.frame({ type: 'ok', id: trades!.id, sid: 2 })
  machine.frame({ type: 'ok', id: book!.id, sid: 1, market_tickers: ['A', 'C'] })
  const leftOutMs = machine.now()
  machine.drain()
  machine.pass(5_000)
  const again = machine.sent().at(-1)!
  assert.equal(again.params, { sids: [1], action: 'add_markets', market_tickers: ['B'] })
  machine.frame({ type: 'ok', id: again.id, sid: 1, market_tickers: ['A', 'B', 'C'] })
  const [missed, ...rest] = machine.drain().filter(({ kind }) => kind === 'missed')
  assert.ok(missed?.kind === 'missed' && rest.length === 0)
  assert.is(missed.reason, 'the exchange did not confirm B')
  assert.ok(missed.sinceMs <= leftOutMs)
})

test('a market that comes back and is given up again before it is confirmed was missing until then', () => {
  const machine = live()
  machine.want('A')
  machine.pass(50)
  for (const [i, { id }] of machine.sent().entries()) machine.frame({ type: 'ok', id, sid: i + 1 })
  machine.wantBack('B', 5)
  machine.drain()
  machine.want('A')
  const told = machine.drain().filter(({ kind }) => kind === 'resumed')
  assert.equal(
    told.map((one) => one.kind === 'resumed' && [one.channel, one.symbols, one.sinceMs]),
    [
      ['orderbook_delta', ['B'], 5],
      ['trade', ['B'], 5],
    ]
  )
})

test('ids, sids and codes that become texts of digits are read as numbers (Kucoin/kucoin-api-docs#44)', () => {
  const machine = live()
  machine.want('A', 'B', 'C')
  machine.pass(50)
  const [book, trades] = machine.sent()
  machine.frame({ type: 'ok', id: String(book!.id), sid: '1' })
  machine.frame({ type: 'error', id: String(trades!.id), msg: { code: '27', msg: 'Slow down' } })
  machine.pass(5_000)
  const again = machine.sent()
  assert.equal(
    again.map(({ params }) => params.sids),
    [[2]]
  )
  machine.frame({ type: 'ok', id: String(again[0]!.id), sid: '2' })
  machine.pass(20_000)
  assert.equal(machine.session.refusals(), [])
  assert.equal(machine.kinds(), [])
})

test('a snapshot that is not answered is asked for again', () => {
  const machine = live()
  machine.jumped(1)
  machine.drain()
  machine.pass(15_000)
  const again = machine.sent()
  assert.equal(
    again.map(({ params }) => params.action),
    ['get_snapshot']
  )
})

test('code 9 to one command refuses its channel, since the others are signed in', () => {
  const machine = start({ filtered: ['orderbook_delta'], whole: ['fill'] })
  machine.open()
  machine.want('A')
  machine.pass(50)
  machine.frame({ id: 1, type: 'error', msg: { code: 9, msg: 'Authentication required' } })
  machine.frame(subscribed(2, 'orderbook_delta', 1))
  assert.not.ok(machine.kinds().includes('reconnect'))
  assert.is(machine.session.refusals()[0]!.channel, 'fill')
})

test('code 9 means that the connection does not count as signed in', () => {
  const machine = live()
  machine.frame({
    id: 77,
    type: 'error',
    msg: { code: 9, msg: 'Authentication required' },
  })
  const [action] = machine.drain()
  assert.ok(action?.kind === 'reconnect' && action.failure.kind === 'unauthorized')
})

test('a subscription that the server ends by itself is made anew', () => {
  const machine = live()
  machine.frame({ sid: 1, seq: 50, type: 'unsubscribed' })
  assert.equal(machine.kinds(), ['ended', 'rebuild', 'forget'])
  machine.pass(1_500)
  assert.is(machine.sent()[0]!.cmd, 'subscribe')
})

test('a market that is announced is passed on', () => {
  const machine = start({
    filtered: ['orderbook_delta'],
    whole: ['market_lifecycle_v2'],
  })
  machine.open()
  const lifecycle = (event_type: string) => ({
    type: 'market_lifecycle_v2',
    sid: 1,
    seq: 3,
    msg: { market_ticker: 'KX-1', event_type },
  })
  machine.drain()
  machine.frame(lifecycle('created'))
  machine.frame(lifecycle('determined'))
  assert.equal(machine.drain(), [{ kind: 'found', symbol: 'KX-1' }])
})

test('nothing an exchange could send makes it throw', () => {
  const odd: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    { type: 'ok' },
    { type: 'ok', id: 'x', msg: 7 },
    { type: 'ok', id: 5, msg: [{ channel: 'orderbook_delta', sid: 1 }] },
    { type: 'subscribed' },
    { type: 'subscribed', id: 1, msg: null },
    { type: 'error' },
    { type: 'error', id: 1, msg: 'text' },
    { type: 'unsubscribed' },
    { type: 'unsubscribed', sid: -1, id: 1.5 },
    { type: 'orderbook_snapshot', id: 3, msg: {} },
  ]
  const machine = live()
  for (const value of odd) machine.frame(value)
  machine.pass(1000)
})

test.run()
