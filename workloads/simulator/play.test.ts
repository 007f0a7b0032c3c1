// test: limit 120s
// Replay over real sockets: bytes as recorded but for sid and seq, the start and the end of the play, late
// subscribers, broken recordings, and the journal.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WINDOW_MS } from '#exchanges/kalshi/simulator/generated.ts'
import { dial, httpOf, signedHeaders, testKey } from '#exchanges/kalshi/simulator/testing/dial.ts'
import { until, within } from '#testing/deadline.ts'
import { KALSHI, kalshiEventFiles, kalshiFrames, withoutSequence } from '#testing/recordings.ts'
import {
  assertNumbered,
  book,
  busy,
  createRecorder,
  dataOf,
  delta,
  done,
  ID,
  MARKET,
  playing,
  received,
  subscribeTo,
  T0,
} from './testing/playing.ts'
import { faultsIn, runningSimulator } from './testing/running.ts'

const test = suite('play')
const { folder, record } = createRecorder()

test('plays a recording byte for byte but for sid and seq, once, and stays connected', async () => {
  const frames = busy(3000)
  await playing({ replay: [record(frames)] }, async (simulator) => {
    const client = await dial(simulator.url)
    subscribeTo(client, [MARKET], ['trade', 'orderbook_delta'])
    const got = await received(client, frames.length)
    assert.equal(got.map(withoutSequence), frames.map(withoutSequence))
    assertNumbered(client.frames)
    assert.match(got[0] as string, /^\{"type":"orderbook_snapshot","sid":2,"seq":1,/)
    await done(simulator)
    assert.equal(simulator.status().replay, { sent: 3000, total: 3000, done: true })
    assert.is(simulator.status().clients[0]?.framesSent, 3000)
    client.send({ id: 9, cmd: 'list_subscriptions' })
    await client.frame(/"id":9/)
    assert.is(dataOf(client).length, 3000)
    await client.close()
  })
})

for (const recordings of KALSHI)
  test(`traffic of ${recordings.name}: every frame as it was recorded, numbered anew without a hole`, async () => {
    const journal = join(folder, 'journal.jsonl')
    await playing({ replay: [recordings.folder], journal }, async (simulator) => {
      const response = await fetch(
        `${httpOf(simulator.url)}/trade-api/v2/markets?status=open&limit=1000&min_close_ts=${Math.floor(Date.now() / 1000)}`
      )
      const { markets } = (await response.json()) as {
        markets: { ticker: string; status: string; result: string; floor_strike: number }[]
      }
      const files = kalshiEventFiles(recordings)
      assert.is(
        markets.length,
        new Set(files.map((f) => /([^/]+)_[\d-]+\.ndjson\.gz$/.exec(f)?.[1])).size
      )
      assert.ok(
        markets.every((m) => m.status === 'active' && m.result === '' && m.floor_strike > 0),
        'open, with what the metadata says'
      )
      const client = await dial(simulator.url)
      subscribeTo(
        client,
        markets.map(({ ticker }) => ticker)
      )
      const want = files.flatMap(kalshiFrames)
      const got = await received(client, want.length)
      await done(simulator)
      assert.is(got.length, want.length)
      assertNumbered(client.frames)
      const bare = (list: readonly string[]) => list.map(withoutSequence)
      // Markets overlap by a few frames at most: within each the order is that of its file.
      const byMarket = (list: readonly string[]) =>
        Map.groupBy(bare(list), (t) => /"market_ticker":"([^"]+)"/.exec(t)?.[1])
      const wanted = byMarket(want)
      for (const [market, list] of byMarket(got)) {
        const own = wanted.get(market) as string[]
        assert.is(list.length, own.length, market)
        for (let i = 0; i < own.length; i++)
          if (list[i] !== own[i]) assert.is(list[i], own[i], `${market} ${i}`)
      }
      await client.close()
      await simulator.stop()
      const sent = readFileSync(journal, 'utf8').trimEnd().split('\n')
      assert.is(sent.length, got.length)
      for (let i = 0; i < sent.length; i++)
        if (sent[i] !== `{"client":1,"frame":${got[i]}}`)
          assert.is(sent[i], `{"client":1,"frame":${got[i]}}`)
    })
  })

test('starts when all of the recording is subscribed to, from several clients and commands', async () => {
  const paths = [record(busy(500, 'KX-A-1')), record(busy(500, 'KX-B-1'))]
  await playing(
    { replay: paths },
    async (simulator) => {
      const [one, two] = [await dial(simulator.url), await dial(simulator.url)]
      subscribeTo(one, ['KX-A-1'], ['orderbook_delta'])
      subscribeTo(one, ['KX-A-1'], ['trade'], 2)
      subscribeTo(two, ['KX-B-1'], ['trade'])
      await two.frame(/subscribed/)
      assert.is(simulator.status().replay?.sent, 0, 'not yet')
      subscribeTo(two, ['KX-B-1'], ['orderbook_delta'], 2)
      assert.is((await received(one, 500)).length, 500)
      assert.is((await received(two, 500)).length, 500)
      assertNumbered(one.frames)
      await one.close()
      await two.close()
    },
    { settleMs: 60_000 }
  )
})

test('starts after a while of quiet where only a part is subscribed to', async () => {
  await playing({ replay: [record(busy(500))] }, async (simulator) => {
    const client = await dial(simulator.url)
    subscribeTo(client, [MARKET], ['trade'])
    assert.is((await received(client, 99)).length, 99)
    await done(simulator)
    assert.is(simulator.status().replay?.sent, 500)
    assert.is(simulator.status().framesSent, 99)
    await client.close()
  })
})

test('a late subscriber gets the book as it was played; one of a market to come gets only what was recorded', async () => {
  const first = record([book('KX-A-1', 1), delta('KX-A-1', 2), delta('KX-A-1', 3, '-31.00')])
  // Split at midnight: starts with deltas, and nothing was played of it before.
  const second = record([delta('KX-B-1', 9), delta('KX-B-1', 10)], { from: 59_000 })
  await playing({ replay: [first, second], speed: '1' }, async (simulator) => {
    const one = await dial(simulator.url)
    subscribeTo(one, ['KX-A-1'])
    await received(one, 3)
    const two = await dial(simulator.url)
    subscribeTo(two, ['KX-A-1', 'KX-B-1'], ['orderbook_delta'])
    await two.frame(/subscribed/)
    assert.is(simulator.status().replay?.sent, 3, 'the other market is a minute away')
    assert.equal(dataOf(two), [
      `{"type":"orderbook_snapshot","sid":1,"seq":1,"msg":{"market_ticker":"KX-A-1","market_id":"${ID}","yes_dollars_fp":[["0.4000","70.00"]]}}`,
    ])
    two.send({
      id: 5,
      cmd: 'update_subscription',
      params: { sid: 1, action: 'get_snapshot', market_tickers: ['KX-B-1'] },
    })
    assert.is(
      await two.frame(/"id":5/),
      `{"type":"orderbook_snapshot","id":5,"sid":1,"seq":2,"msg":{"market_ticker":"KX-B-1","market_id":"${ID}"}}`
    )
    await one.close()
    await two.close()
  })
})

test('silences of more than a minute are passed over, shorter ones are not at their own speed', async () => {
  const paths = [
    record([book('KX-A-1', 1)]),
    record([book('KX-B-1', 1)], { from: 400_000_000 }),
    record([book('KX-C-1', 1)], { from: 400_050_000 }),
  ]
  await playing({ replay: paths, speed: '50' }, async (simulator) => {
    const client = await dial(simulator.url)
    subscribeTo(client, ['KX-A-1', 'KX-B-1', 'KX-C-1'])
    await received(client, 3)
    assert.is(simulator.log.filter(({ message }) => /silence/.test(message)).length, 1)
    await client.close()
  })
})

test('a recording cut short is played as far as it can be read, told once with its place, and the rest goes on', async () => {
  const frames = busy(400)
  const whole = record(busy(300, 'KX-B-1'), { from: 10_000 })
  const cut = record(frames, { cut: 50_000 })
  await playing({ replay: [cut, whole] }, async (simulator) => {
    const errors = simulator.log.filter(({ level }) => level === 'error')
    assert.is(errors.length, 1)
    assert.match(JSON.stringify(errors[0]), /SSMD_E_RECORDING/)
    const place = (errors[0] as { fields: { line: number } }).fields.line
    assert.ok(
      errors[0]?.message.startsWith(`${cut}:${place}: recording cannot be read on`),
      errors[0]?.message
    )
    const client = await dial(simulator.url)
    subscribeTo(client, [MARKET, 'KX-B-1'])
    const got = await received(client, place - 1 + 300)
    await done(simulator)
    assert.equal(
      got.map(withoutSequence),
      [...frames.slice(0, place - 1), ...busy(300, 'KX-B-1')].map(withoutSequence)
    )
    assert.is(simulator.status().recordings[0]?.problem?.line, place)
    await client.close()
  })
})

test('without any frame to play, or with a path that is not there, it does not start', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  for (const [path, code] of [
    [record([]), 'SSMD_E_RECORDING'],
    [empty, 'SSMD_E_RECORDING'],
    [join(folder, 'no'), 'SSMD_E_NOT_FOUND'],
  ])
    try {
      await runningSimulator({ replay: [path as string] })
      assert.unreachable()
    } catch (error) {
      assert.is((error as { code?: string }).code, code)
    }
})

test('at full speed the play waits while nobody is subscribed, and goes on where it was', async () => {
  // More than the sockets hold: a client that does not read keeps it from ending before the cut.
  const frames = busy(120_000)
  const faults = faultsIn('[{kind: cut, after: 250ms}]')
  await playing(
    { replay: [record(frames)] },
    async (simulator) => {
      const one = await dial(simulator.url)
      subscribeTo(one, [MARKET])
      await received(one, 1)
      one.socket.pause()
      await until(10_000, 'cut', () => simulator.status().faults.cut === 1)
      one.socket.resume()
      assert.is(await within(10_000, 'closed', one.closed), 1006)
      await until(20_000, 'gone', () => simulator.status().clients.length === 0)
      const sent = simulator.status().replay?.sent as number
      assert.ok(sent > 0 && sent < frames.length, `cut at ${sent}`)
      const two = await dial(simulator.url)
      subscribeTo(two, [MARKET])
      // A snapshot of what was played, then the rest.
      const got = await received(two, 1 + frames.length - sent)
      assert.match(got[0] as string, /^\{"type":"orderbook_snapshot","sid":1,"seq":1,/)
      assert.equal(got.slice(1).map(withoutSequence), frames.slice(sent).map(withoutSequence))
      await two.close()
    },
    { faults }
  )
})

test('a generated market of the same seed says the same to every run at full speed', async () => {
  const run = async (startMs: number) => {
    let texts: string[] = []
    await playing(
      { seed: 77, markets: 2 },
      async ({ url }) => {
        const client = await dial(url, { headers: signedHeaders(testKey(), startMs) })
        const listed = await fetch(`${httpOf(url)}/trade-api/v2/markets?status=open`)
        const { markets: open } = (await listed.json()) as { markets: { ticker: string }[] }
        const markets = open.map(({ ticker }) => ticker)
        subscribeTo(client, markets, ['orderbook_delta'])
        texts = (await received(client, 3000)).slice(0, 3000)
        await client.close()
      },
      { nowMs: () => startMs }
    )
    return texts.map((t) => /"price_dollars.*"side":"\w+"/.exec(t)?.[0])
  }
  // Both early in a window: at its end the markets that were subscribed to close.
  const startMs = Math.floor(T0 / WINDOW_MS) * WINDOW_MS
  assert.equal(await run(startMs), await run(startMs + 60_000))
})

test.run()
