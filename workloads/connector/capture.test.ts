// A feed captured from a server that speaks Kalshi's protocol over real sockets: what was sent is what is recorded,
// and every way in which it can go wrong leaves its trace.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until, waitOut, within } from '#testing/deadline.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames } from '#testing/recordings.ts'
import { FORM } from '#wire/form.ts'
import { reporter } from './report.ts'
import { type FakeKalshi, startFakeKalshi } from './testing/fake-kalshi.ts'
import { type HarnessOptions, startCapture } from './testing/harness.ts'

const test = suite('capture')

/** Runs one test with a server and a capture, and ends both whatever happens. */
async function withCapture(
  options: Partial<HarnessOptions>,
  body: (fake: FakeKalshi, run: ReturnType<typeof startCapture>) => Promise<void>,
  before: (fake: FakeKalshi) => void = () => {}
): Promise<void> {
  const fake = await startFakeKalshi()
  before(fake)
  const run = startCapture({ url: fake.url, restUrl: fake.restUrl, ...options })
  try {
    await within(20_000, 'test', body(fake, run))
  } finally {
    await within(10_000, 'stop', run.stop())
    await fake.close()
  }
}

const ready = (run: ReturnType<typeof startCapture>) =>
  until(20_000, 'capture ready', () => run.capture.ready)

const trade = (market: string, n: number) =>
  `{"trade_id":"t${n}","market_ticker":"${market}","yes_price_dollars":"0.4800","count_fp":"1.00","ts_ms":${Date.now()}}`

const delta = (market: string, n: number) =>
  `{"market_ticker":"${market}","price_dollars":"0.4800","delta_fp":"${n}.00","side":"no"}`

/** Every connection counts its records from 1 without a hole but for what `drop` events name. */
function assertNumbers(run: ReturnType<typeof startCapture>): void {
  const last = new Map<string, number>()
  const named = new Set<string>()
  for (const { connection, form, type, payload } of run.publisher.records) {
    if (form !== FORM.event || type !== 'drop') continue
    const { fromNumber, toNumber } = JSON.parse(payload.toString())
    for (let n = fromNumber; n <= toNumber; n++) named.add(`${connection}:${n}`)
  }
  for (const { connection, n } of run.publisher.records) {
    let expected = (last.get(connection) ?? 0) + 1
    while (named.has(`${connection}:${expected}`)) expected++
    assert.is(n, expected)
    last.set(connection, n)
  }
}

test('every frame that was sent is recorded once, byte-equal, in order; acks too', async () => {
  await withCapture({}, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    for (let i = 0; i < 2000; i++) {
      client.publish(
        'orderbook_delta',
        'orderbook_delta',
        i % 2 ? 'A' : 'B',
        delta(i % 2 ? 'A' : 'B', i)
      )
      if (i % 3 === 0) client.publish('trade', 'trade', 'A', trade('A', i))
    }
    await until(20_000, 'all recorded', () => run.publisher.frames.length === client.sent.length)
    assert.equal(
      run.publisher.frames.map((record) => record.payload.toString()),
      client.sent
    )
    assertNumbers(run)
    assert.equal(client.model.violations, [])
    for (const record of run.publisher.frames) {
      const frame = JSON.parse(record.payload.toString())
      assert.is(record.type, frame.type)
      assert.is(record.sequence, frame.seq ?? -1)
      assert.is(record.scope, frame.sid ?? 0)
      assert.is(record.symbol, frame.msg.market_ticker ?? '')
      assert.is(record.form, FORM.json)
    }
    assert.is(run.stats.gaps, 0)
    assert.equal(
      run.publisher.events().map((event) => event.kind),
      ['open', 'ready']
    )
    assert.ok(run.lags.length > 0, 'a sample is compared with the time of the exchange')
  })
})

for (const recordings of KALSHI)
  test(`traffic of ${recordings.name} played at full speed arrives byte-equal and in order`, async () => {
    const file = kalshiEventFiles(recordings).find((path) => path.includes('KXGOLD15M'))!
    const market = /KXGOLD15M-[^_]+/.exec(file)![0]
    await withCapture(
      { include: ['KXGOLD15M-*'] },
      async (fake, run) => {
        await ready(run)
        const client = fake.clients[0]!
        for (const frame of kalshiFrames(file)) {
          const { type } = JSON.parse(frame)
          const channel = type === 'trade' ? 'trade' : 'orderbook_delta'
          const sub = [...client.model.subs.values()].find((one) => one.channel === channel)!
          // As a server that keeps the bytes and counts for itself.
          client.send(
            frame.replace(
              /"sid":\d+,"seq":\d+/,
              () => `"sid":${sub.sid},"seq":${client.model.next(sub)}`
            )
          )
        }
        await until(15_000, 'all recorded', () => run.publisher.frames.length >= client.sent.length)
        const got = run.publisher.frames.map((record) => record.payload.toString())
        assert.is(got.length, client.sent.length)
        for (let i = 0; i < got.length; i++)
          if (got[i] !== client.sent[i]) assert.is(got[i], client.sent[i])
        assert.is(run.stats.gaps, 0)
        assert.is(run.stats.missed, 0)
        assertNumbers(run)
      },
      (fake) => fake.markets.open.push(market)
    )
  })

test('sequences that begin anywhere are no gap, on any sid', async () => {
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      fake.clients[0]!.publish('trade', 'trade', 'A', trade('A', 1))
      await until(2_000, 'trade', () =>
        run.publisher.frames.some((record) => record.type === 'trade')
      )
      assert.is(run.stats.gaps, 0)
    },
    (fake) => {
      fake.onConnect = (client) => {
        client.model.firstSeq = 7_654_321
      }
    }
  )
})

test('data that comes before the ack is recorded, and is no gap', async () => {
  await withCapture(
    {},
    async (fake, run) => {
      await ready(run)
      const { sent } = fake.clients[0]!
      await until(2_000, 'recorded', () => run.publisher.frames.length === 4)
      const frames = run.publisher.frames.map((record) => record.payload.toString())
      assert.equal(frames, sent)
      assert.match(frames[0]!, 'orderbook_snapshot')
      assert.is(run.stats.gaps, 0)
    },
    (fake) => {
      fake.onCommand = (client, text) => {
        const replies = client.model.handle(text)
        for (const frame of replies.filter((one) => !one.includes('"subscribed"')))
          client.send(frame)
        for (const frame of replies.filter((one) => one.includes('"subscribed"')))
          client.send(frame)
        return true
      }
    }
  )
})

test('a jump of the sequence is a gap with its extent, in front of the frame that showed it, and state is asked for again', async () => {
  await withCapture({}, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    const book = [...client.model.subs.values()].find((sub) => sub.channel === 'orderbook_delta')!
    client.publish('orderbook_delta', 'orderbook_delta', 'A', delta('A', 1))
    const before = book.seq - 1
    book.seq += 5
    client.publish('orderbook_delta', 'orderbook_delta', 'A', delta('A', 2))
    await until(3_000, 'snapshots asked for', () =>
      client.model.commands.some((command) => command.params.action === 'get_snapshot')
    )
    await until(3_000, 'recorded', () => run.publisher.frames.length === client.sent.length)
    assert.equal(run.publisher.events('gap'), [
      {
        kind: 'gap',
        cause: 'exchange-sequence',
        fault: 'exchange',
        channel: 'orderbook_delta',
        scope: book.sid,
        fromSequence: before + 1,
        toSequence: before + 5,
        missing: 5,
      },
    ])
    const at = run.publisher.records.findIndex((record) => record.type === 'gap')
    assert.is(run.publisher.records[at]!.group, 'orderbook')
    assert.is(run.publisher.records[at + 1]!.sequence, before + 6)
    assert.is(run.stats.gaps, 1, 'the answers use up numbers and are no gap')
    assert.is(run.publisher.events('rebuild').length, 1)
  })
})

test('a clock that is set ends the time line of a connection: event, trouble, and a new connection with the right times (gabime/spdlog#1385)', async () => {
  const lines: { offset: bigint; stepNanos: bigint }[] = []
  let offset = 13n * 3600n * 1_000_000_000n
  const newLine = () => {
    const line = {
      offset,
      stepNanos: 0n,
      nowNanos: () => line.offset + BigInt(Date.now()) * 1_000_000n,
    }
    lines.push(line)
    return line
  }
  await withCapture({ newLine }, async (fake, run) => {
    await ready(run)
    fake.clients[0]!.publish('trade', 'trade', 'A', trade('A', 1))
    offset = 0n
    lines[0]!.stepNanos = -13n * 3600n * 1_000_000_000n
    await until(10_000, 'second connection', () => fake.clients.length === 2 && run.capture.ready)
    fake.clients[1]!.publish('trade', 'trade', 'A', trade('A', 2))
    await until(10_000, 'recorded', () => run.publisher.frames.at(-1)!.type === 'trade')
    assert.equal(run.publisher.events('clock'), [{ kind: 'clock', stepSeconds: -46_800 }])
    const [close] = run.publisher.events('close') as { cause: string; reason: string }[]
    assert.is(close!.cause, 'clock-stepped')
    assert.match(close!.reason, /46800 s back/)
    assert.is(run.alarms.troubles[0]!.kind, 'ClockStepped')
    const first = run.publisher.records[0]!.connection
    const last = run.publisher.records.filter((record) => record.connection === first).at(-1)!
    const second = run.publisher.records.find((record) => record.connection !== first)!
    const { follows } = JSON.parse(second.payload.toString())
    assert.equal([follows.connection, follows.number], [first, last.n])
    assert.ok(second.recv < last.recv, 'its times are those of the clock that was set right')
    assert.ok(Math.abs(Number(second.recv / 1_000_000n) - Date.now()) < 60_000)
  })
})

test('a repeated frame is recorded and counted, and is no gap', async () => {
  await withCapture({}, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    client.publish('trade', 'trade', 'A', trade('A', 1))
    client.send(client.sent.at(-1)!)
    client.publish('trade', 'trade', 'A', trade('A', 2))
    await until(2_000, 'recorded', () => run.publisher.frames.length === client.sent.length)
    assert.is(run.stats.repeats, 1)
    assert.is(run.stats.gaps, 0)
  })
})

test('what is not understood is recorded as it came, counted, and stops nothing', async () => {
  await withCapture({}, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    const understood = run.stats.frames - run.stats.missed
    const odd = [
      'not json at all',
      '',
      '{"type":"brand_new","sid":2,"seq":2,"msg":{"market_ticker":"A"}}',
      '{"type":"orderbook_delta","sid":1}',
      '{"type":"error","msg":{"code":99,"msg":"a \\"quoted\\" word"}}',
      '{\n"type":"trade","sid":2,"seq":3,"msg":{"market_ticker":"A"}}',
      '{"type":"trade","sid":2,"seq":4,"msg":{"market_ticker":"KX\\u002d1"}}',
      `{"type":"deep","x":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '{"type":"ticker","sid":9,"msg":{"market_ticker":"A","Clock":1}}',
    ]
    for (const frame of odd) client.send(frame)
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])
    client.socket.send(broken, { binary: false })
    client.socket.send(Buffer.from([0, 0xff, 2, 3]), { binary: true })
    client.publish('trade', 'trade', 'A', trade('A', 3))
    // Answers to what was subscribed to may be published after `ready`: only the end is known.
    await until(3_000, 'recorded', () =>
      (run.publisher.frames.at(-1)?.payload.toString() ?? '').includes('"trade_id":"t3"')
    )
    const got = run.publisher.frames.slice(-(odd.length + 3))
    assert.equal(
      got.slice(0, odd.length).map((record) => record.payload.toString()),
      odd
    )
    assert.ok(got[odd.length]!.payload.equals(broken))
    assert.equal(
      got.map((record) => [record.type, record.group, record.form]),
      [
        ['unknown', 'other', FORM.text],
        ['unknown', 'other', FORM.text],
        ['unknown', 'other', FORM.json],
        ['orderbook_delta', 'orderbook', FORM.json],
        ['error', 'control', FORM.json],
        ['trade', 'trades', FORM.text],
        ['trade', 'trades', FORM.json],
        ['unknown', 'other', FORM.json],
        ['ticker', 'tickers', FORM.json],
        ['unknown', 'other', FORM.binary],
        ['unknown', 'other', FORM.binary],
        ['trade', 'trades', FORM.json],
      ]
    )
    assert.is(got[6]!.symbol, 'KX-1')
    assert.is(run.stats.frames - run.stats.missed - understood, 5)
    assert.is(run.reconnects.length, 0)
  })
})

test('twenty cuts leave twenty close events and the same process, every time subscribed anew', async () => {
  await withCapture({ random: () => 0.01 }, async (fake, run) => {
    for (let i = 1; i <= 20; i++) {
      await until(20_000, `connection ${i}`, () => run.capture.ready && fake.live().length === 1)
      fake.live()[0]!.cut()
      await until(20_000, `close ${i}`, () => run.publisher.events('close').length === i)
    }
    await ready(run)
    const closes = run.publisher.events('close')
    assert.ok(closes.every((event) => event.kind === 'close' && event.cause === 'disconnected'))
    await until(2_000, 'recorded', () => run.publisher.events('ready').length === 21)
    assert.is(new Set(run.publisher.records.map((record) => record.connection)).size, 21)
    assert.is(fake.dials.length, 21)
    for (const client of fake.clients) assert.equal(client.model.violations, [])
    assertNumbers(run)
  })
})

const reportOf = (run: ReturnType<typeof startCapture>) =>
  reporter({
    environment: 'env',
    feed: 'feed',
    shard: 0,
    simulated: true,
    capture: run.capture,
    stats: run.stats,
    alarms: run.alarms,
    publisher: run.publisher,
    nowMs: Date.now,
    linkMessage: () => '',
    stopping: () => false,
  })()

test("the exchange's own goodbye is on record with its code and reason", async () => {
  await withCapture({ random: () => 0 }, async (fake, run) => {
    await ready(run)
    const { state, code } = reportOf(run)
    assert.equal([state, code], ['capturing', undefined])
    fake.clients[0]!.socket.close(1012, 'service restart')
    await until(3_000, 'close', () => run.publisher.events('close').length === 1)
    assert.equal(run.publisher.events('close')[0], {
      kind: 'close',
      cause: 'disconnected',
      fault: 'exchange',
      code: 1012,
      reason: 'service restart',
    })
  })
})

test('a refused key is tried once in ten seconds at most, and is said', async () => {
  await withCapture(
    { random: () => 0 },
    async (fake, run) => {
      await until(3_000, 'refused', () => run.capture.slots[0]?.failure?.kind === 'unauthorized')
      assert.match(run.capture.message(Date.now()), '401')
      const { state, code } = reportOf(run)
      assert.equal([state, code], ['failed', 'SSMD_E_CREDENTIALS'])
      await waitOut(1_500, 'a second dial, of which there must be none')
      assert.is(fake.dials.length, 1)
      assert.is(run.publisher.records.length, 0, 'a dial that failed is no connection')
    },
    (fake) => {
      for (let i = 0; i < 100; i++) fake.refusals.push({ status: 401, body: '{"error":"bad key"}' })
    }
  )
})

test('429 waits as long as the exchange says', async () => {
  await withCapture(
    { random: () => 0 },
    async (fake, run) => {
      await until(2_000, 'refused', () => run.capture.slots[0]?.failure?.kind === 'rateLimited')
      await until(20_000, 'connected', () => run.capture.ready)
      assert.ok(fake.dials[1]! - fake.dials[0]! >= 2_000, 'not before')
      assert.equal(run.reconnects, ['rateLimited'])
    },
    (fake) => fake.refusals.push({ status: 429, headers: { 'Retry-After': '2' } })
  )
})

test('a server that refuses many times is dialled a bounded number of times', async () => {
  await withCapture(
    {},
    async (fake) => {
      await waitOut(2_000, 'two seconds of dials')
      assert.ok(fake.dials.length <= 30, `${fake.dials.length} dials in 2 s`)
    },
    (fake) => {
      for (let i = 0; i < 1000; i++) fake.refusals.push({ status: 503 })
    }
  )
})

test('a socket that says nothing is given up although its TCP lives; pings alone keep it', async () => {
  const silentMs = 1_500
  await withCapture(
    { random: () => 0, change: (exchange) => ({ ...exchange, silentMs }) },
    async (fake, run) => {
      await ready(run)
      await waitOut(2 * silentMs, 'a time in which only pings come')
      assert.is(run.publisher.events('close').length, 0, 'a frozen exchange that pings is alive')
      const last = run.capture.lastDataMs!
      assert.match(run.capture.message(last + 45_000), 'no data for 45 s')
      fake.pingMs = 0
      await until(6_000, 'given up', () => run.publisher.events('close').length === 1)
      const [close] = run.publisher.events('close')
      assert.ok(close?.kind === 'close' && close.reason.includes('no frame and no ping'))
      fake.pingMs = 200
      await ready(run)
    }
  )
})

test('symbols are spread over connections, and numbered apart', async () => {
  const include = ['A', 'B', 'C', 'D', 'E']
  await withCapture({ include, symbolsPerConnection: 2 }, async (fake, run) => {
    await ready(run)
    assert.is(run.capture.slots.length, 3)
    const has = fake.clients.flatMap((client) =>
      [...client.model.subs.values()]
        .filter((sub) => sub.channel === 'trade')
        .flatMap((sub) => [...(sub.markets ?? [])])
    )
    assert.equal(has.sort(), include)
    const subjects = () => [...new Set(run.publisher.blocks.map(({ subject }) => subject))].sort()
    await until(20_000, 'blocks of every connection', () => subjects().length >= 3)
    assert.equal(subjects(), ['env.feed.log.0', 'env.feed.log.1', 'env.feed.log.2'])
    assertNumbers(run)
  })
})

test('what comes without a filter comes once, on the first connection', async () => {
  const channels = ['orderbook_delta', 'market_lifecycle_v2', 'fill']
  await withCapture(
    { include: ['A', 'B'], channels, symbolsPerConnection: 1 },
    async (fake, run) => {
      await ready(run)
      const whole = fake.clients.map((client) =>
        [...client.model.subs.values()]
          .filter((sub) => sub.markets === null)
          .map((sub) => sub.channel)
      )
      assert.equal(whole.flat().sort(), ['fill', 'market_lifecycle_v2'])
      assert.is(fake.clients.length, 2)
    }
  )
})

test('one shard that loses its connection leaves the others alone', async () => {
  const options = { include: ['A', 'B'], symbolsPerConnection: 1, random: () => 0 }
  await withCapture(options, async (fake, run) => {
    await ready(run)
    fake.clients[0]!.cut()
    await until(3_000, 'reconnected', () => run.publisher.events('open').length === 3)
    assert.is(run.publisher.events('close').length, 1)
  })
})

test('a stop takes what is still under way, says why it closed, and publishes all of it', async () => {
  const fake = await startFakeKalshi()
  const run = startCapture({ url: fake.url })
  await ready(run)
  const client = fake.clients[0]!
  for (let i = 0; i < 5_000; i++) client.publish('trade', 'trade', 'A', trade('A', i))
  await within(10_000, 'stop', run.stop())
  assert.equal(
    run.publisher.frames.map((record) => record.payload.toString()),
    client.sent
  )
  const last = run.publisher.records.at(-1)!
  assert.is(last.type, 'close')
  assert.equal(JSON.parse(last.payload.toString()), {
    kind: 'close',
    cause: 'connector-stopped',
    fault: 'user',
    reason: 'asked to stop',
    code: 1000,
  })
  assertNumbers(run)
  await fake.close()
})

test('a stop does not wait for an exchange that does not say goodbye', async () => {
  const fake = await startFakeKalshi()
  const run = startCapture({ url: fake.url })
  await ready(run)
  fake.clients[0]!.socket.pause()
  await within(20_000, 'stop', run.stop())
  assert.is(run.publisher.events('close').length, 1)
  await fake.close()
})

test('when memory is full it reads on, and what it drops is numbered, counted and named', async () => {
  const limit = 256 * 1024
  await withCapture({ limit }, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    run.publisher.held = true
    for (let i = 0; i < 5_000; i++) client.publish('trade', 'trade', 'A', trade('A', i))
    await until(20_000, 'all read', () => run.stats.frames === client.sent.length)
    assert.ok(run.stats.dropped > 1_000, `${run.stats.dropped} dropped`)
    assert.ok(run.memory.used < limit * 1.1, `${run.memory.used} bytes held`)
    assert.is(run.stats.gaps, 0, 'a frame that was dropped was received all the same')
    run.publisher.held = false
    run.publisher.release()
    client.publish('trade', 'trade', 'A', trade('A', 5_000))
    await until(3_000, 'named', () => run.publisher.events('drop').length === 1)
    const [drop] = run.publisher.events('drop')
    assert.ok(drop?.kind === 'drop' && drop.cause === 'buffer-full')
    assert.is(drop.toNumber - drop.fromNumber + 1, run.stats.dropped)
    assert.match(drop.from, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/)
    await until(
      3_000,
      'goes on',
      () => run.publisher.frames.length + run.stats.dropped === client.sent.length
    )
    assertNumbers(run)
  })
})

test('a frame larger than NATS takes is dropped alone and named', async () => {
  await withCapture({}, async (fake, run) => {
    await ready(run)
    const client = fake.clients[0]!
    client.publish(
      'trade',
      'trade',
      'A',
      `{"market_ticker":"A","x":"${'y'.repeat(2 * 1024 * 1024)}"}`
    )
    client.publish('trade', 'trade', 'A', `{"market_ticker":"A","x":"${'y'.repeat(700 * 1024)}"}`)
    client.publish('trade', 'trade', 'A', trade('A', 2))
    await until(20_000, 'recorded', () => run.publisher.frames.length === client.sent.length - 1)
    const [drop] = run.publisher.events('drop')
    assert.ok(drop?.kind === 'drop' && drop.cause === 'oversize')
    assert.is(drop.fromNumber, drop.toNumber)
    assertNumbers(run)
  })
})

test('globs are resolved by asking; markets that appear are added live and ended ones removed', async () => {
  await withCapture(
    { include: ['KXGOLD15M-*', 'OTHER-1'], exclude: ['*-X'], discoverMs: 100 },
    async (fake, run) => {
      await ready(run)
      const client = fake.clients[0]!
      const books = () =>
        [...client.model.subs.values()]
          .filter((sub) => sub.channel === 'orderbook_delta')
          .flatMap((sub) => [...(sub.markets ?? [])])
          .sort()
      assert.equal(books(), ['KXGOLD15M-1', 'KXGOLD15M-2', 'KXGOLD15M-3', 'KXGOLD15M-4', 'OTHER-1'])
      assert.ok(fake.restQueries.every((query) => query.includes('series_ticker=KXGOLD15M')))
      fake.markets.open = ['KXGOLD15M-2', 'KXGOLD15M-9']
      fake.markets.unopened = []
      await until(3_000, 'changed', () => books().join() === 'KXGOLD15M-2,KXGOLD15M-9,OTHER-1')
      assert.is(fake.clients.length, 1, 'on the same connection')
      fake.restRefusals.push(...Array.from({ length: 3 }, () => ({ status: 500 })))
      fake.markets.open = []
      await until(20_000, 'failed', () => fake.restRefusals.length === 0)
      assert.ok(books().includes('KXGOLD15M-9'), 'a question without an answer changes nothing')
      await until(8_000, 'empty', () => books().join() === 'OTHER-1')
      assert.equal(client.model.violations, [])
      assert.is(run.stats.gaps, 0)
    },
    (fake) => {
      fake.markets.open = ['KXGOLD15M-1', 'KXGOLD15M-2', 'KXGOLD15M-3', 'KXGOLD15M-X']
      const soon = new Date(Date.now() + 60_000).toISOString()
      const later = new Date(Date.now() + 86_400_000).toISOString()
      fake.markets.unopened = [
        { ticker: 'KXGOLD15M-4', open_time: soon },
        { ticker: 'KXGOLD15M-5', open_time: later },
      ]
    }
  )
})

test('an empty set of symbols is a valid state, and a market that the exchange announces is taken at once', async () => {
  await withCapture(
    {
      include: ['NEW-*'],
      channels: ['orderbook_delta', 'market_lifecycle_v2'],
      discoverMs: 60_000,
    },
    async (fake, run) => {
      await ready(run)
      assert.match(run.capture.message(Date.now()), 'no symbol matches NEW-*')
      const client = fake.clients[0]!
      const msg = '{"market_ticker":"NEW-1","event_type":"created","open_ts":1,"close_ts":2}'
      client.publish('market_lifecycle_v2', 'market_lifecycle_v2', 'NEW-1', msg)
      await until(3_000, 'subscribed', () =>
        [...client.model.subs.values()].some((sub) => sub.markets?.has('NEW-1'))
      )
    }
  )
})

test('without symbols whole channels are asked for, and books of what discovery finds', async () => {
  await withCapture(
    { include: ['*'], channels: ['trade', 'ticker', 'orderbook_delta'] },
    async (fake, run) => {
      await ready(run)
      const subs = [...fake.clients[0]!.model.subs.values()]
      assert.equal(
        subs.map((sub) => [sub.channel, sub.markets === null ? null : [...sub.markets]]),
        [
          ['trade', null],
          ['ticker', null],
          ['orderbook_delta', ['M-1', 'M-2', 'M-3', 'M-4']],
        ]
      )
    },
    (fake) => {
      fake.markets.open = ['M-1', 'M-2', 'M-3', 'M-4']
    }
  )
})

test('a discovery that is answered 429 waits, and capture of named symbols goes on meanwhile', async () => {
  await withCapture(
    { include: ['A', 'K-*'] },
    async (fake, run) => {
      await until(3_000, 'A is there', () =>
        fake.clients.some((client) =>
          [...client.model.subs.values()].some((sub) => sub.markets?.has('A'))
        )
      )
      assert.not.ok(run.capture.ready)
      await until(20_000, 'said', () => run.capture.notReady().includes('429'))
      await until(8_000, 'ready', () => run.capture.ready)
      assert.ok(fake.restQueries.length >= 2)
    },
    (fake) => {
      fake.markets.open = ['K-1']
      fake.restRefusals.push({ status: 429, headers: { 'Retry-After': '1' } })
    }
  )
})

test.run()
