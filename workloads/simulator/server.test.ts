// test: limit 60s
// The simulator on real sockets, with a client of its own: handshake, keys, pings, REST, limits, slow readers.
import { generateKeyPairSync } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  dial,
  httpOf,
  register,
  signedHeaders,
  testKey,
} from '#exchanges/kalshi/simulator/testing/dial.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { HIGH_WATER_BYTES } from './hub.ts'
import { type Running, runningSimulator } from './testing/running.ts'

const test = suite('server')

type Refusal = { status: number; headers: Record<string, string>; body: string }
const refused = async (dialling: Promise<unknown>): Promise<Refusal> =>
  dialling.then(
    () => assert.unreachable('it was accepted') as never,
    (error: unknown) => error as Refusal
  )

/** Runs a simulator for the time of `use`. */
async function withSimulator(
  options: Parameters<typeof runningSimulator>[0],
  use: (simulator: Running) => Promise<void>,
  deps: Parameters<typeof runningSimulator>[1] = {}
): Promise<void> {
  const simulator = await runningSimulator(options, deps)
  try {
    await use(simulator)
  } finally {
    await within(10_000, 'stopped', simulator.stop())
  }
}

const openTickers = async (url: string): Promise<string[]> => {
  const response = await fetch(`${httpOf(url)}/trade-api/v2/markets?status=open&limit=1000`)
  const { markets } = (await response.json()) as { markets: { ticker: string }[] }
  return markets.map(({ ticker }) => ticker)
}

const ALL = ['orderbook_delta', 'trade', 'ticker']
type Parsed = { type: string; sid: number; seq?: number; msg: Record<string, unknown> }

test('serves a signed client: acks, snapshots, then frames in the order of each sid', async () => {
  await withSimulator({ rate: 3000, markets: 3 }, async ({ url, status }) => {
    const client = await dial(url)
    assert.is(client.headers['x-ssmd-simulated'], 'true')
    const tickers = await openTickers(url)
    assert.is(tickers.length, 3)
    client.send({ id: 1, cmd: 'subscribe', params: { channels: ALL, market_tickers: tickers } })
    await until(10_000, 'frames', () => client.frames.length > 2000)
    const frames = client.frames.map((text) => JSON.parse(text) as Parsed)
    assert.equal(
      frames.slice(0, 6).map(({ type }) => type),
      [
        'subscribed',
        'orderbook_snapshot',
        'orderbook_snapshot',
        'orderbook_snapshot',
        'subscribed',
        'subscribed',
      ]
    )
    const last = new Map<number, number>()
    for (const { sid, seq } of frames) {
      if (seq === undefined) continue
      assert.is(seq, (last.get(sid) ?? 0) + 1)
      last.set(sid, seq)
    }
    assert.is(last.size, 2)
    const [shown] = status().clients
    assert.is(shown?.key, 'test-key')
    assert.is(shown?.answersSent, 3)
    assert.ok((shown?.framesSent ?? 0) >= 1997)
    await client.close()
  })
})

test('refuses a handshake that the exchange would refuse, and says how to register a key', async () => {
  await withSimulator({}, async ({ url, log }) => {
    const stranger = { ...testKey(), id: 'stranger' }
    const wrong = {
      ...testKey(),
      privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    }
    const cases: [string, Record<string, string>, RegExp][] = [
      ['an unregistered key', signedHeaders(stranger), /NOT_FOUND/],
      ['another key', signedHeaders(wrong), /INCORRECT_API_KEY_SIGNATURE/],
      ['another salt', signedHeaders(testKey(), Date.now(), 20), /INCORRECT_API_KEY_SIGNATURE/],
      ['an old time', signedHeaders(testKey(), Date.now() - 60_000), /header_timestamp_expired/],
      ['a time to come', signedHeaders(testKey(), Date.now() + 60_000), /header_timestamp_expired/],
      ['no headers', {}, /KEY_MISSING/],
    ]
    for (const [what, headers, body] of cases) {
      const refusal = await refused(dial(url, { headers }))
      assert.is(refusal.status, 401, what)
      assert.match(refusal.body, body, what)
      assert.match(refusal.body, /POST \/simulator\/keys/, what)
      assert.is(refusal.headers['x-ssmd-simulated'], 'true', what)
    }
    const lines = log.filter(({ message }) => message === 'client refused')
    assert.is(lines.length, cases.length)
    assert.match(JSON.stringify(lines[0]), /register the public key/)
    assert.is((await refused(dial(url, { path: '/ws' }))).status, 404)
  })
})

test('takes keys as SPKI PEM, and tells what is wrong with others', async () => {
  await withSimulator({}, async ({ url }) => {
    const post = (body: string) => fetch(`${httpOf(url)}/simulator/keys`, { method: 'POST', body })
    assert.is((await register(url, { ...testKey(), id: 'second' })).status, 201)
    await (await dial(url, { key: { ...testKey(), id: 'second' } })).close()
    for (const body of [
      '',
      '{',
      '{}',
      '{"keyId":"a"}',
      '{"keyId":"a","publicKey":"b"}',
      'null',
      `{"keyId":"${'x'.repeat(20_000)}"}`,
    ]) {
      const response = await post(body)
      assert.is(response.status, 400, body.slice(0, 40))
      assert.match(await response.text(), /SSMD_E_CREDENTIALS/)
    }
    assert.is((await fetch(`${httpOf(url)}/simulator/keys`)).status, 405)
  })
})

test('answers REST on the same port, marked as simulated, with 404, 400 and 405 as they are', async () => {
  await withSimulator({}, async ({ url }) => {
    const get = (path: string, init?: RequestInit) => fetch(`${httpOf(url)}${path}`, init)
    const ok = await get('/trade-api/v2/exchange/status')
    assert.is(ok.status, 200)
    assert.is(ok.headers.get('x-ssmd-simulated'), 'true')
    assert.is((await get('/trade-api/v2/markets/NOPE')).status, 404)
    assert.is((await get('/trade-api/v2/markets?limit=0')).status, 400)
    assert.is((await get('/trade-api/v2/markets', { method: 'DELETE' })).status, 405)
    assert.is((await get('/trade-api/ws/v2')).status, 404, 'no upgrade, no WebSocket')
    const bad = { ...signedHeaders(testKey()) }
    assert.is(
      (await get('/trade-api/v2/markets', { headers: bad })).status,
      401,
      'signed for another path'
    )
    const self = (await (await get('/simulator')).json()) as { simulated: boolean; source: string }
    assert.equal([self.simulated, self.source], [true, 'generated'])
  })
})

test('a burst of REST calls is answered 429 without Retry-After; the simulator itself is not', async () => {
  await withSimulator({}, async ({ url }) => {
    const answers = await Promise.all(
      Array.from({ length: 80 }, () => fetch(`${httpOf(url)}/trade-api/v2/exchange/status`))
    )
    const late = answers.filter(({ status }) => status === 429)
    assert.ok(late.length >= 20 && late.length < 80, `${late.length} of 80`)
    assert.is(late[0]?.headers.get('retry-after'), null)
    assert.equal(await late[0]?.json(), { error: 'too many requests' })
    assert.is((await fetch(`${httpOf(url)}/simulator`)).status, 200)
  })
})

test('pings with heartbeat, and drops who does not answer', async () => {
  await withSimulator(
    {},
    async ({ url, log, status }) => {
      const good = await dial(url)
      const deaf = await dial(url, { autoPong: false })
      assert.is(await within(20_000, 'dropped', deaf.closed), 1006)
      await until(20_000, 'pings', () => good.pings.length >= 6)
      assert.ok(good.pings.every((body) => body === 'heartbeat'))
      assert.ok(log.some(({ message }) => /does not answer pings/.test(message)))
      assert.equal(
        status().clients.map(({ id }) => id),
        [1]
      )
      const pong = new Promise<string>((resolve) =>
        good.socket.on('pong', (data) => resolve(String(data)))
      )
      good.socket.ping('mine')
      assert.is(await within(20_000, 'pong', pong), 'mine')
      await good.close()
    },
    { pingMs: 40 }
  )
})

test('gives each client its own sids and numbers, and only what it asked for', async () => {
  await withSimulator({ rate: 2000, markets: 4 }, async ({ url }) => {
    const tickers = await openTickers(url)
    const one = await dial(url)
    const two = await dial(url)
    one.send({
      id: 1,
      cmd: 'subscribe',
      params: { channels: ['trade'], market_ticker: tickers[0] },
    })
    await until(10_000, 'trades', () => one.frames.length > 5)
    two.send({
      id: 1,
      cmd: 'subscribe',
      params: { channels: ['ticker', 'trade'], market_tickers: tickers.slice(0, 2) },
    })
    await until(
      10_000,
      'trades',
      () => two.frames.filter((t) => t.startsWith('{"type":"trade"')).length > 5
    )
    const parse = (list: string[]) => list.slice(1).map((text) => JSON.parse(text) as Parsed)
    assert.equal(
      [...new Set(parse(one.frames).map(({ type, sid }) => `${type} ${sid}`))],
      ['trade 1']
    )
    assert.equal([...new Set(parse(one.frames).map(({ msg }) => msg.market_ticker))], [tickers[0]])
    const seqs = parse(two.frames)
      .filter(({ type }) => type === 'trade')
      .map(({ seq }) => seq)
    assert.equal(
      seqs,
      seqs.map((_, i) => i + 1),
      'from 1, whatever others got before'
    )
    await one.close()
    await two.close()
  })
})

test('answers what is no command with an error, and goes on', async () => {
  await withSimulator({}, async ({ url }) => {
    const client = await dial(url)
    client.socket.send('nonsense')
    client.socket.send(Buffer.from('{"id":3,"cmd":"list_subscriptions"}'))
    await until(20_000, 'answers', () => client.frames.length === 2)
    assert.match(client.frames[0] as string, '"code":1')
    assert.is(client.frames[1], '{"id":3,"type":"ok","msg":[]}')
    client.socket.send('x'.repeat(2 * 1024 * 1024))
    assert.is(await within(20_000, 'closed', client.closed), 1009)
  })
})

test('a port in use is one clear error', async () => {
  await withSimulator({}, async ({ url }) => {
    const port = Number(new URL(url).port)
    try {
      await runningSimulator({ port })
      assert.unreachable()
    } catch (error) {
      assert.is((error as { code: string }).code, 'SSMD_E_PORT_IN_USE')
      assert.match((error as Error).message, String(port))
    }
  })
})

test('who reads too slowly gets code 25 for each subscription, and memory stays bounded', async () => {
  const limit = 2 * 1024 * 1024
  await withSimulator(
    { rate: 40_000, markets: 2 },
    async ({ url, status, hub }) => {
      const tickers = await openTickers(url)
      const client = await dial(url)
      client.send({ id: 1, cmd: 'subscribe', params: { channels: ALL, market_tickers: tickers } })
      await client.frame(/orderbook_delta/)
      client.socket.pause()
      let most = 0
      await until(20_000, 'overflow', () => {
        most = Math.max(most, status().clients[0]?.pendingBytes ?? 0)
        return hub.overflows === 1
      })
      assert.ok(most <= limit + 1024 * 1024, `${most} bytes waited`)
      assert.equal(status().clients[0]?.subscriptions, [])
      client.socket.resume()
      await client.frame(/"sid":3,.*"code":25/)
      const ends = client.frames.filter((text) => text.includes('"code":25'))
      assert.is(ends.length, 3)
      assert.match(
        ends[0] as string,
        /^\{"sid":1,"seq":\d+,"type":"error","msg":\{"code":25,"msg":"Subscription buffer overflow"\}\}$/
      )
      assert.match(ends[2] as string, /^\{"sid":3,"type":"error"/)
      // Not a frame was lost before that: the numbers run on to the error itself.
      const seqs = client.frames
        .map((t) => JSON.parse(t) as Parsed)
        .filter(({ sid, seq }) => sid === 1 && seq !== undefined)
      assert.equal(
        seqs.map(({ seq }) => seq),
        seqs.map((_, i) => i + 1)
      )
      client.send({
        id: 2,
        cmd: 'subscribe',
        params: { channels: ['orderbook_delta'], market_tickers: tickers },
      })
      await client.frame(/"sid":4,"seq":5/)
      await client.close()
    },
    { bufferLimitBytes: limit }
  )
})

test('a rate beyond what this machine can do fills no memory and stops no answer', async () => {
  const limit = 1024 * 1024
  await withSimulator(
    { rate: 10_000_000, markets: 2 },
    async ({ url, status, hub }) => {
      const tickers = await openTickers(url)
      const client = await dial(url)
      client.socket.pause()
      client.send({ id: 1, cmd: 'subscribe', params: { channels: ALL, market_tickers: tickers } })
      let most = 0
      await until(10_000, 'overflow', async () => {
        const shown = (await (await fetch(`${httpOf(url)}/simulator`)).json()) as ReturnType<
          typeof status
        >
        most = Math.max(most, shown.clients[0]?.pendingBytes ?? 0)
        return hub.overflows === 1
      })
      assert.ok(most < limit + 2 * 1024 * 1024, `${most} bytes waited`)
      client.socket.resume()
      await client.frame(/"code":25/)
      await client.close()
    },
    { bufferLimitBytes: limit }
  )
})

test('at full speed a slow reader slows the play, and nothing is lost', async () => {
  // At this rate its markets do not close while the test looks.
  await withSimulator({ speed: 'max', markets: 2, rate: 100_000 }, async ({ url, status, hub }) => {
    const tickers = await openTickers(url)
    const client = await dial(url)
    client.send({
      id: 1,
      cmd: 'subscribe',
      params: { channels: ['orderbook_delta'], market_tickers: tickers },
    })
    await client.frame(/orderbook_delta/)
    client.socket.pause()
    let before = -1
    // Two looks with the same count: it stands still.
    await until(10_000, 'standing still', async () => {
      const same = hub.framesSent === before
      before = hub.framesSent
      await waitOut(100, 'the next look')
      return same
    })
    assert.ok((status().clients[0]?.pendingBytes ?? 0) < HIGH_WATER_BYTES + 512 * 1024)
    client.socket.resume()
    await until(10_000, 'more', () => client.frames.length > before + 5000)
    const seqs = client.frames.slice(1).map((text) => (JSON.parse(text) as Parsed).seq)
    assert.ok(seqs.every((seq, i) => seq === i + 1))
    assert.is(hub.overflows, 0)
    await client.close()
  })
})

test.run()
