// What a feed captures while the exchange's list is wrong: partial, stuck, empty, late or unreadable. Nothing that may
// still trade is given up on its strength, and where something was, the hole is on record.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, within } from '#testing/deadline.ts'
import type { ConnectionEvent } from '#wire/events.ts'
import { GIVE_UP_AFTER } from './symbol-set.ts'
import { type FakeKalshi, startFakeKalshi } from './testing/fake-kalshi.ts'
import { type HarnessOptions, startCapture } from './testing/harness.ts'

const test = suite('discovery')
type Run = ReturnType<typeof startCapture>

async function withCapture(
  options: Partial<HarnessOptions>,
  body: (fake: FakeKalshi, run: Run) => Promise<void>,
  before: (fake: FakeKalshi) => void = () => {}
): Promise<void> {
  const fake = await startFakeKalshi()
  before(fake)
  const run = startCapture({
    url: fake.url,
    restUrl: fake.restUrl,
    include: ['KXA-*'],
    discoverMs: 50,
    random: () => 0.01,
    ...options,
  })
  try {
    await within(120_000, 'test', body(fake, run))
  } finally {
    await within(30_000, 'stop', run.stop())
    await fake.close()
  }
}

const LONG = 60_000

const ready = (run: Run) => until(LONG, 'capture ready', () => run.capture.ready)

/** What the server has of a channel. */
/** Markets of all subscriptions to a channel, or to any. */
const captured = (fake: FakeKalshi, channel?: string): string[] =>
  fake
    .live()
    .flatMap(({ model }) => [...model.subs.values()])
    .filter((sub) => channel === undefined || sub.channel === channel)
    .flatMap((sub) => [...(sub.markets ?? [])])
    .sort()

const books = (fake: FakeKalshi): string[] => captured(fake, 'orderbook_delta')

/** So many more questions for open markets are answered. */
async function polls(fake: FakeKalshi, count: number): Promise<void> {
  const open = () => fake.restQueries.filter((query) => query.includes('status=open')).length
  const from = open()
  await until(LONG, `${count} more answers`, () => open() >= from + count)
}

const trouble = (run: Run) => run.alarms.troubles.find(({ kind }) => kind === 'DiscoveryFailed')

test('a null list of paused markets is an empty one: the rest is captured (arshka/pykalshi#20)', async () => {
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      assert.equal(books(fake), ['KXA-1'])
      assert.equal(run.alarms.troubles, [])
    },
    (fake) => {
      fake.markets.open = ['KXA-1']
      fake.onRest = (query, response) => {
        if (query.get('status') !== 'paused') return false
        response.end('{"markets":null,"cursor":""}')
        return true
      }
    }
  )
})

test('a side question that fails is a trouble by name, and blocks nothing (arshka/pykalshi#20)', async () => {
  let well = false
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      assert.equal(books(fake), ['KXA-1'])
      const found = trouble(run)
      assert.match(found?.message ?? '', '/trade-api/v2/markets?limit=1000&status=paused')
      assert.match(found?.message ?? '', 'HTTP 503')
      // What is not listed meanwhile is kept: the answer is not whole.
      fake.markets.open = []
      await polls(fake, GIVE_UP_AFTER + 2)
      assert.equal(books(fake), ['KXA-1'])
      fake.markets.open = ['KXA-1']
      well = true
      await until(LONG, 'over', () => run.alarms.troubles.length === 0)
    },
    (fake) => {
      fake.markets.open = ['KXA-1']
      fake.onRest = (query, response) => {
        if (well || query.get('status') !== 'paused') return false
        response.writeHead(503).end('over loaded')
        return true
      }
    }
  )
})

test('a list that does not advance changes nothing but the trouble that says so (Polymarket/py-clob-client#334)', async () => {
  let stuck = false
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      assert.equal(books(fake), ['KXA-1', 'KXA-2', 'KXA-3', 'KXA-4'])
      stuck = true
      await polls(fake, 4)
      assert.equal(books(fake), ['KXA-1', 'KXA-2', 'KXA-3', 'KXA-4'])
      assert.match(trouble(run)?.message ?? '', 'the cursor "CURSOR1" a second time')
      assert.ok(run.capture.ready, 'what it had is still captured')
      stuck = false
      await until(LONG, 'over', () => run.alarms.troubles.length === 0)
      assert.is(run.publisher.events('gap').length, 0)
    },
    (fake) => {
      fake.markets.open = ['KXA-1', 'KXA-2', 'KXA-3', 'KXA-4']
      fake.onRest = (query, response) => {
        if (!stuck || query.get('status') !== 'open') return false
        response.end('{"markets":[{"ticker":"KXA-1"},{"ticker":"KXA-2"}],"cursor":"CURSOR1"}')
        return true
      }
    }
  )
})

test('a first start captures what it knows while the rest is still being asked for, and after it failed', async () => {
  let page = 0
  let go = () => {}
  await withCapture(
    {},
    async (fake, run) => {
      await until(LONG, 'first page', () => books(fake).join() === 'KXA-0')
      assert.not.ok(run.capture.ready)
      assert.match(run.capture.notReady(), 'not known yet which symbols there are')
      go()
      await until(LONG, 'failed', () => trouble(run) !== undefined)
      assert.match(trouble(run)!.message, 'without a market that the pages before lack')
      assert.equal(books(fake), ['KXA-0'])
      fake.onRest = null
      fake.markets.open = ['KXA-0', 'KXA-1']
      await ready(run)
      await until(LONG, 'all', () => books(fake).join() === 'KXA-0,KXA-1')
    },
    (fake) => {
      fake.onRest = (query, response) => {
        if (query.get('status') !== 'open') return false
        const answer = () => response.end(`{"markets":[{"ticker":"KXA-0"}],"cursor":"c${++page}"}`)
        if (page === 1) go = answer
        else answer()
        return true
      }
    }
  )
})

test('an empty list is confirmed before symbols are dropped; while they send data they never are (freqtrade/freqtrade#1302)', async () => {
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      const client = fake.clients[0]!
      const say = () =>
        client.publish('trade', 'trade', 'KXA-1', '{"market_ticker":"KXA-1","count_fp":"1.00"}')
      fake.markets.open = []
      const talking = setInterval(say, 5)
      try {
        await polls(fake, 2)
        await until(LONG, 'doubt', () => (trouble(run)?.message ?? '').includes('lists 0 of'))
        await until(LONG, 'the silent one is given up', () => books(fake).join() === 'KXA-1')
        await polls(fake, 2 * GIVE_UP_AFTER)
      } finally {
        clearInterval(talking)
      }
      assert.equal(books(fake), ['KXA-1'])
      assert.is(client.model.commands.filter(({ cmd }) => cmd === 'unsubscribe').length, 0)
    },
    (fake) => {
      fake.markets.open = ['KXA-1', 'KXA-2']
    }
  )
})

test('a symbol that comes back leaves a gap with its cause, its name and its time on each channel (freqtrade/freqtrade#1302)', async () => {
  await withCapture(
    { channels: ['orderbook_delta', 'trade'] },
    async (fake, run) => {
      await ready(run)
      fake.markets.open = ['KXA-2']
      await until(LONG, 'given up', () => books(fake).join() === 'KXA-2')
      const between = Date.now()
      fake.markets.open = ['KXA-1', 'KXA-2']
      await until(LONG, 'back', () => books(fake).join() === 'KXA-1,KXA-2')
      await until(LONG, 'on record', () => run.publisher.events('gap').length === 2)
      assertGaps(run.publisher.events('gap'), ['KXA-1'], between)
      const groups = run.publisher.records.filter(({ type }) => type === 'gap').map((r) => r.group)
      assert.equal(groups.sort(), ['orderbook', 'trades'])
      await polls(fake, 2)
      assert.is(run.publisher.events('gap').length, 2, 'once')
    },
    (fake) => {
      fake.markets.open = ['KXA-1', 'KXA-2']
    }
  )
})

test('a gap that is still open when the connection ends is told up to there', async () => {
  await withCapture(
    { channels: ['orderbook_delta', 'trade'] },
    async (fake, run) => {
      await ready(run)
      fake.markets.open = ['KXA-2']
      await until(LONG, 'given up', () => !captured(fake).includes('KXA-1'))
      const between = Date.now()
      // Its add_markets is never answered.
      let asked = false
      fake.onCommand = (_client, text) => {
        const adds = text.includes('KXA-1') && text.includes('add_markets')
        asked ||= adds
        return adds
      }
      fake.markets.open = ['KXA-1', 'KXA-2']
      await until(LONG, 'asked for', () => asked)
      fake.live()[0]!.cut()
      await until(LONG, 'closed', () => run.publisher.events('close').length === 1)
      assertGaps(run.publisher.events('gap'), ['KXA-1'], between)
      fake.onCommand = null
      await ready(run)
      await until(LONG, 'back', () => books(fake).join() === 'KXA-1,KXA-2')
      assert.is(run.publisher.events('gap').length, 2)
    },
    (fake) => {
      fake.markets.open = ['KXA-1', 'KXA-2']
    }
  )
})

/** Two gaps, one for each channel, that began before `between`. */
function assertGaps(gaps: ConnectionEvent[], symbols: string[], between: number): void {
  assert.equal(gaps.map((gap) => (gap.kind === 'gap' ? gap.channel : '')).sort(), [
    'orderbook_delta',
    'trade',
  ])
  for (const gap of gaps) {
    if (gap.kind !== 'gap' || gap.cause !== 'unsubscribed') assert.unreachable(JSON.stringify(gap))
    else {
      assert.equal(gap.symbols, symbols)
      assert.is(gap.fault, 'exchange')
      assert.is(gap.missing, null)
      assert.ok(Date.parse(gap.from) <= between + 1_000, `${gap.from} ${new Date(between)}`)
    }
  }
}

test('an exchange that lists nothing at first is asked again before it is believed', async () => {
  const readyAt: boolean[] = []
  let isReady = () => false
  await withCapture(
    { discoverMs: 1_000 },
    async (fake, run) => {
      isReady = () => run.capture.ready
      await ready(run)
      assert.equal(readyAt, [false, false, false])
      assert.equal(books(fake), ['KXA-1'])
      // It lingers in a block that is still being filled.
      await until(LONG, 'published', () => run.publisher.events('ready').length === 1)
    },
    (fake) => {
      fake.markets.open = ['KXA-1']
      fake.onRest = (query, response) => {
        if (query.get('status') !== 'open' || readyAt.length === 3) return false
        readyAt.push(isReady())
        if (readyAt.length === 3) return false
        response.end('{"markets":[],"cursor":""}')
        return true
      }
    }
  )
})

test('announcements are placed together, at a cost that does not grow with the market', async () => {
  await withCapture(
    { include: ['KXA-*'], channels: ['trade', 'market_lifecycle_v2', 'orderbook_delta'] },
    async (fake, run) => {
      await ready(run)
      const client = fake.clients[0]!
      for (let i = 0; i < 1_000; i++) {
        const msg = `{"market_ticker":"KXA-${i}","event_type":"created","open_ts":1,"close_ts":2}`
        client.publish('market_lifecycle_v2', 'market_lifecycle_v2', `KXA-${i}`, msg)
      }
      await until(LONG, 'all subscribed', () => books(fake).length === 1_000)
      assert.equal(client.model.violations, [])
    },
    (fake) => {
      fake.markets.open = ['KXA-0']
    }
  )
})

test.run()
