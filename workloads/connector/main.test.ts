// The connector as it is run: a process with resource files, a real nats-server, signals.

import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, DiscardPolicy, type NatsConnection } from 'nats'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { liveSubject, reportSubjects, streamName } from '#bus/names.ts'
import type { ConnectorReport } from '#bus/report.ts'
import { SsmdError } from '#crds/errors.ts'
import { until, waitOut, within } from '#testing/deadline.ts'
import { startNats, type TestNats } from '#testing/nats.ts'
import { skip } from '#testing/skip.ts'
import { type RunningRole, startRole, writeResources } from '#testing/stack.ts'
import { syntheticFrame } from '#testing/synthetic.ts'
import { Block } from '#wire/block.ts'
import { FORM } from '#wire/form.ts'
import { startFakeKalshi } from './testing/fake-kalshi.ts'

const test = suite('connector process')
const CHANNELS = ['trade', 'ticker', 'orderbook_delta']
const dir = mkdtempSync(join(tmpdir(), 'ssmd-connector-'))
test.after(() => rmSync(dir, { recursive: true }))

const feedText = (
  endpoint: string,
  more: { exchange?: string; rest?: string; include?: string } = {}
) => `
apiVersion: ssmd.io/v1alpha1
kind: Feed
metadata: {name: feed}
spec:
  exchange: ${more.exchange ?? 'synthetic'}
  versions:
    - {name: v1, effectiveFrom: "2025-01-01", endpoint: "${endpoint}"${more.rest ? `, restEndpoint: "${more.rest}"` : ''}${more.exchange ? ', authMethod: apiKey' : ''}}
  channels: [${(more.exchange ? ['orderbook_delta', 'trade'] : CHANNELS).join(', ')}]
  ${more.include ? `symbols: {include: ["${more.include}"]}` : ''}
`

const environmentText = (nats: string, more = '') => `
apiVersion: ssmd.io/v1alpha1
kind: Environment
metadata: {name: env}
spec:
  feeds: [feed]
  transport: {url: "${nats}"}
  ${more}
`

let serial = 0
const write = (feed: string, environment: string) =>
  writeResources(join(dir, String(++serial)), { feed, environment })

const start = (
  files: { feed: string; environment: string },
  env: NodeJS.ProcessEnv = {},
  logFile = join(dir, `${++serial}.log`)
) =>
  startRole(
    ['connector', '--feed', files.feed, '--env', files.environment, '--health-addr', '127.0.0.1:0'],
    {
      env,
      logFile,
    }
  )

/** A nats-server, or undefined with the reason printed. */
async function nats(options: Parameters<typeof startNats>[0] = {}): Promise<TestNats | undefined> {
  try {
    return await startNats(options)
  } catch (thrown) {
    if (!(thrown instanceof SsmdError)) throw thrown
    skip(thrown)
    return undefined
  }
}

type Stored = { n: number; form: number; type: string; payload: string }

/** All records of the stream by connection, in order of number; a number that is there twice fails. */
async function stored(nc: NatsConnection): Promise<Map<string, Stored[]>> {
  const jsm = await nc.jetstreamManager()
  const { state } = await jsm.streams.info(streamName('env', 'feed'))
  const all = new Map<string, Map<number, Stored>>()
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const { data } = await jsm.streams.getMessage(streamName('env', 'feed'), { seq })
    const block = Block.read(data)
    const records = all.get(block.connection) ?? new Map<number, Stored>()
    all.set(block.connection, records)
    for (let i = 0; i < block.length; i++) {
      const n = block.number(i)
      assert.not.ok(records.has(n), `${block.connection}:${n} only once`)
      const payload = Buffer.from(block.payload(i)).toString()
      records.set(n, { n, form: block.form(i), type: block.type(i), payload })
    }
  }
  return new Map(
    [...all].map(([id, records]) => [id, [...records.values()].sort((a, b) => a.n - b.n)])
  )
}

/** The frames of a connection are 1 … n of the generator, its numbers without a hole, `close` the last. */
function assertComplete(records: readonly Stored[], seed: number, symbols: number): number {
  records.forEach((record, i) => {
    assert.is(record.n, i + 1)
  })
  assert.is(records.at(-1)!.type, 'close')
  const frames = records.filter((record) => record.form !== FORM.event)
  frames.forEach((record, i) => {
    assert.is(record.payload, syntheticFrame(seed, symbols, CHANNELS, i + 1))
  })
  return frames.length
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The message and exit code of a start that fails. */
async function refusal(files: { feed: string; environment: string }, env: NodeJS.ProcessEnv = {}) {
  try {
    const role = await start(files, env)
    await role.kill()
  } catch (thrown) {
    const text = (thrown as Error).message
    const lines = text.split('\n').filter((line) => line.startsWith('{'))
    const fatal = lines.map((line) => JSON.parse(line)).filter((line) => line.level === 'fatal')
    assert.is(fatal.length, 1, text)
    return { ...fatal[0], exit: Number(/ended with (\S+)/.exec(text)?.[1]) }
  }
  throw new Error('it started')
}

test('nothing is lost where NATS comes late, is killed, and comes again; SIGTERM ends it with 0', async () => {
  const port = await freePort()
  const files = write(
    feedText('synthetic://generator?rate=3000&symbols=7&seed=5'),
    environmentText(`nats://127.0.0.1:${port}`)
  )
  const starting = start(files)
  // NATS comes when the connector has been capturing for a while.
  await waitOut(1_500, 'a while of capturing without NATS')
  const server = await nats({ port, sync: 'always' })
  if (server === undefined) {
    await starting.then((role) => role.kill()).catch(() => {})
    return
  }
  const role = await starting
  const acked = async () => {
    const text = await (await fetch(`http://${role.ready.health}/metrics`)).text()
    return Number(/^ssmd_connector_recv_to_ack_seconds_count (\d+)/m.exec(text)?.[1])
  }
  await until(20_000, 'blocks are stored', async () => (await acked()) > 50)
  for (let i = 0; i < 3; i++) {
    await server.kill('SIGKILL')
    await until(
      5_000,
      'not ready',
      async () => (await fetch(`http://${role.ready.health}/readyz`)).status === 503
    )
    await server.restart()
    const before = await acked()
    await until(10_000, 'goes on', async () => (await acked()) > before + 20)
  }
  assert.is((await fetch(`http://${role.ready.health}/readyz`)).status, 200)
  const metrics = await (await fetch(`http://${role.ready.health}/metrics`)).text()
  assert.match(
    metrics,
    /^ssmd_connector_info\{environment="[\w-]+",feed="[\w-]+",shard="0",simulated="(true|false)"\} 1$/m
  )
  assert.is(await role.stop(), 0)
  const nc = await connect({ servers: server.url })
  const connections = await stored(nc)
  assert.is(connections.size, 1)
  for (const records of connections.values()) {
    assert.ok(assertComplete(records, 5, 7) > 3_000)
  }
  await nc.close()
  await server.stop()
})

test('it reports every two seconds, serves live records, and says what it captures', async () => {
  const server = await nats()
  if (server === undefined) return
  const nc = await connect({ servers: server.url })
  const reports: ConnectorReport[] = []
  nc.subscribe(reportSubjects('env'), {
    callback: (_error, msg) => reports.push(msg.json<ConnectorReport>()),
  })
  const live: Block[] = []
  nc.subscribe(liveSubject('env', 'feed', 'trade', 'S3'), {
    callback: (_error, msg) => live.push(Block.read(msg.data)),
  })
  await nc.flush()
  const files = write(
    feedText('synthetic://generator?rate=500&symbols=5&seed=2'),
    environmentText(server.url)
  )
  const role = await start(files)
  await until(6_000, 'reports', () => reports.length >= 3)
  const report = reports.at(-1)!
  const {
    role: who,
    environment,
    feed,
    name,
    simulated,
    state,
    message,
    connections,
    connected,
  } = report
  assert.equal(
    { who, environment, feed, name, simulated, state, message, connections, connected },
    {
      who: 'connector',
      environment: 'env',
      feed: 'feed',
      name: 'connector-env-feed',
      simulated: true,
      state: 'capturing',
      message: '',
      connections: 1,
      connected: 1,
    }
  )
  assert.ok(report.frames > 0 && report.framesPerSecond > 0 && report.lastDataAt !== null)
  await until(3_000, 'live records', () => live.length > 5)
  assert.is(live[0]!.length, 1)
  assert.is(live[0]!.symbol(0), 'S3')
  assert.ok(live[0]!.simulated)
  assert.is(await role.stop(), 0)
  assert.is(reports.at(-1)!.state, 'stopping')
  await nc.close()
  await server.stop()
})

test("a real feed signs with the person's key from the variables, and never shows it", async () => {
  const server = await nats()
  if (server === undefined) return
  const fake = await startFakeKalshi()
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  fake.keys.set('person-1', publicKey.export({ type: 'spki', format: 'pem' }).toString())
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim()
  const keys =
    'keys: {feed: {type: apiKey, fields: [apiKey, privateKey], source: {env: {apiKey: T_ID, privateKey: T_PEM}}}}'
  fake.markets.open = ['KXT-1', 'KXT-2']
  const files = write(
    feedText(fake.url, { exchange: 'kalshi', rest: fake.restUrl, include: 'KXT-*' }),
    environmentText(server.url, keys)
  )
  const role = await start(files, { T_ID: 'person-1', T_PEM: pem.replaceAll('\n', '\\n') })
  assert.equal(fake.signedQueries, fake.restQueries)
  const client = fake.clients[0]!
  client.publish('trade', 'trade', 'KXT-1', '{"market_ticker":"KXT-1","count_fp":"1.00"}')
  assert.is(await role.stop(), 0)
  const nc = await connect({ servers: server.url })
  const [records] = [...(await stored(nc)).values()]
  assert.equal(
    records!.filter((record) => record.form !== FORM.event).map((record) => record.payload),
    client.sent
  )
  const shown = JSON.stringify(role.lines)
  const secret = pem.split('\n')[1]!.slice(0, 24)
  assert.not.ok(
    shown.includes(secret) || shown.includes(signatureOf(fake.headers[0]!)),
    'no secret in the log'
  )
  assert.is((await nc.jetstreamManager().then((jsm) => jsm.streams.list().next())).length, 1)
  await nc.close()
  await fake.close()
  await server.stop()
})

const signatureOf = (headers: Readonly<Record<string, string | string[] | undefined>>) =>
  String(headers['kalshi-access-signature']).slice(0, 24)

test('a stream that must not be used is said, and capture goes on until it may', async () => {
  const server = await nats()
  if (server === undefined) return
  const nc = await connect({ servers: server.url })
  const jsm = await nc.jetstreamManager()
  const name = streamName('env', 'feed')
  await jsm.streams.add({ name, subjects: ['env.feed.log.>'], discard: DiscardPolicy.Old })
  const files = write(
    feedText('synthetic://generator?rate=200&symbols=3&seed=4'),
    environmentText(server.url)
  )
  const refused = (async () => {
    for await (const { data } of nc.subscribe(reportSubjects('env'))) {
      const { message } = JSON.parse(data.toString()) as ConnectorReport
      if (message.includes('discards old messages')) return
    }
  })()
  const starting = start(files)
  // It may end before it is ready: that is said where it is awaited.
  starting.catch(() => {})
  await within(60_000, 'it is said', refused)
  await jsm.streams.update(name, { discard: DiscardPolicy.New })
  const role = await starting
  const said = role.lines.find((line) => line.level === 'error')
  assert.is(said?.code, 'SSMD_E_STREAM')
  assert.match(String(said?.reason), 'discards old messages')
  assert.is(await role.stop(), 0)
  for (const records of (await stored(nc)).values()) assertComplete(records, 4, 3)
  await nc.close()
  await server.stop()
})

test('a stop without NATS is bounded, and says what is left behind', async () => {
  const server = await nats()
  if (server === undefined) return
  const files = write(
    feedText('synthetic://generator?rate=100&symbols=2&seed=1'),
    environmentText(server.url)
  )
  const role: RunningRole = await start(files)
  await server.kill('SIGKILL')
  const code = await within(24_000, 'stop', role.stop())
  assert.is(code, 0)
  const left = role.lines.find((line) => line.msg.startsWith('left behind'))
  assert.ok(Number(left?.blocks) > 0, JSON.stringify(left))
  await server.stop()
})

test('what is wrong with feed or key is one line that says what and what to do', async () => {
  const keys = (env: string) =>
    `keys: {feed: {type: apiKey, fields: [apiKey, privateKey], source: {env: {apiKey: ${env}_ID, privateKey: ${env}_PEM}}}}`
  const kalshi = (include: string, rest?: string) =>
    feedText('wss://exchange.invalid/trade-api/ws/v2', {
      exchange: 'kalshi',
      include,
      ...(rest === undefined ? {} : { rest }),
    })
  const url = 'nats://127.0.0.1:1'
  const none = await refusal(write(kalshi('A'), environmentText(url)))
  assert.equal([none.code, none.exit], ['SSMD_E_CREDENTIALS', 1])
  assert.match(none.hint, 'spec.simulator.feeds')

  const unset = await refusal(write(kalshi('A'), environmentText(url, keys('NOWHERE'))))
  assert.match(unset.msg, 'NOWHERE_ID')
  assert.match(unset.msg, 'NOWHERE_PEM')

  const damaged = { BAD_ID: 'x', BAD_PEM: '-----BEGIN PRIVATE KEY-----\\nabc' }
  const bad = await refusal(write(kalshi('A'), environmentText(url, keys('BAD'))), damaged)
  assert.equal([bad.code, bad.exit], ['SSMD_E_CREDENTIALS', 1])
  assert.match(bad.msg, 'cut short')

  const simulator = 'simulator: {feeds: [feed], url: "ws://127.0.0.1:1"}'
  const globs = await refusal(write(kalshi('KX-*'), environmentText(url, simulator)))
  assert.equal([globs.code, globs.exit], ['SSMD_E_RESOURCE_INVALID', 3])
  assert.match(globs.msg, 'restEndpoint')

  const made = await refusal(write(feedText('synthetic://generator?rate=0'), environmentText(url)))
  assert.equal([made.code, made.exit], ['SSMD_E_RESOURCE_INVALID', 3])
})

test.run()
