// `ssmd feed test` against servers that speak Kalshi's protocol, and against none.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stringify } from 'yaml'
import { TestFolder } from '../operator/local/testing/folder.ts'
import { type FakeKalshi, startFakeKalshi } from '../workloads/connector/testing/fake-kalshi.ts'
import { runSsmd } from './testing/run.ts'

const test = suite('feed-test')

const feedAt = (endpoint: string, restEndpoint: string, spec: object = {}) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Feed',
  metadata: { name: 'k' },
  spec: {
    exchange: 'kalshi',
    channels: ['trade', 'ticker'],
    versions: [
      { name: 'v', effectiveFrom: '2025-01-01', endpoint, restEndpoint, authMethod: 'apiKey' },
    ],
    symbols: { include: ['A', 'B'] },
    ...spec,
  },
})
const environmentAt = (url: string) => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Environment',
  metadata: { name: 'lab' },
  spec: {
    feeds: ['k'],
    transport: { url: 'nats://127.0.0.1:1' },
    simulator: { feeds: ['k'], url },
  },
})

function declare(folder: TestFolder, ...resources: readonly object[]): string {
  const path = join(folder.path, 'resources')
  mkdirSync(path)
  for (const [i, resource] of resources.entries())
    writeFileSync(join(path, `${i}.yaml`), stringify(resource))
  return path
}

/** A server that sends to whoever has subscribed, until the body is done. */
async function withServer(
  send: (fake: FakeKalshi) => void,
  body: (path: string, fake: FakeKalshi) => Promise<void>
): Promise<void> {
  using folder = new TestFolder()
  const fake = await startFakeKalshi()
  const sending = setInterval(() => send(fake), 20)
  try {
    const path = declare(
      folder,
      feedAt(fake.url, fake.restUrl),
      environmentAt(new URL(fake.url).origin)
    )
    await body(path, fake)
  } finally {
    clearInterval(sending)
    await fake.close()
  }
}

const TRADE =
  '{"trade_id":"t","market_ticker":"A","yes_price_dollars":"0.4200","no_price_dollars":"0.5800",' +
  '"count_fp":"175.08","taker_side":"no","ts":1795478228}'
const publish = (fake: FakeKalshi, channel: string, type: string) => {
  for (const client of fake.live()) client.publish(channel, type, 'A', TRADE)
}

test('it shows what arrives by type, what is understood and what can be proven, and writes nothing', async () => {
  await withServer(
    (fake) => {
      publish(fake, 'trade', 'trade')
      publish(fake, 'ticker', 'ticker_v9')
    },
    async (path) => {
      using cwd = new TestFolder()
      const before = readdirSync(cwd.path, { recursive: true })
      const args = ['feed', 'test', 'k', '--path', path, '--environment', 'lab', '--seconds', '2']
      const { code, stdout, stderr } = await runSsmd(args, { cwd: cwd.path })
      assert.is(code, 0, stdout + stderr)
      assert.match(stdout, /^k: ws:\S+ \(simulated\), 2\.\d s, 1 of 1 connection, 2 symbols$/m)
      assert.match(stdout, /^TYPE +FRAMES +MSG\/S +SIZE +SYMBOLS +UNDERSTOOD +NORMALISED$/m)
      assert.match(stdout, /^trade +\d+ .* 1 +all +(\d+) of \1 sampled: \1 trade$/m)
      assert.match(stdout, /^unknown +\d+ .* 0 of \d+ /m)
      assert.match(stdout, /^proof: frames: trade; nothing: ticker$/m)
      assert.match(stdout, /^rate: .* a day before compression$/m)
      assert.match(stdout, /^WireDrift: \d+ of \d+ frames of type unknown /m)
      assert.match(stdout, /^unknown unknown: .*"ticker_v9"/m)
      assert.equal(readdirSync(cwd.path, { recursive: true }), before)
    }
  )
})

test('JSON has every figure, and what the exchange refuses is in its own words', async () => {
  await withServer(
    (fake) => {
      publish(fake, 'trade', 'trade')
      fake.onCommand ??= (client, text) => {
        const { id, cmd, params } = JSON.parse(text)
        if (cmd !== 'subscribe' || !params.channels.includes('ticker')) return false
        const others = params.channels.filter((channel: string) => channel !== 'ticker')
        const rest = { id, cmd, params: { ...params, channels: others } }
        if (others.length > 0)
          for (const frame of client.model.handle(JSON.stringify(rest))) client.send(frame)
        client.send('{"type":"error","msg":{"code":8,"msg":"Unknown channel name"}}')
        return true
      }
    },
    async (path) => {
      const args = ['feed', 'test', 'k', '--path', path, '--environment', 'lab', '--seconds', '6']
      const { code, stdout, stderr } = await runSsmd([...args, '-o', 'json'])
      assert.is(code, 0, stderr)
      const trial = JSON.parse(stdout)
      const { frames, understood, symbols, data } = trial.types[0]
      assert.equal([trial.types[0].type, data, symbols], ['trade', true, 1])
      assert.ok(frames > 0)
      assert.is(understood, frames)
      assert.equal(trial.proof, { trade: 'frames', ticker: 'nothing' })
      assert.ok(trial.bytesPerDay > 0 && trial.framesPerSecond > 0)
      const refused = trial.troubles.find(({ kind }: { kind: string }) => kind === 'ChannelRefused')
      assert.match(refused?.message ?? '', /channel ticker: .*Unknown channel name/)
    }
  )
})

test('it ends with 3 if no market data comes', async () => {
  await withServer(
    () => {},
    async (path) => {
      const args = ['feed', 'test', 'k', '--path', path, '--environment', 'lab', '--seconds', '1']
      const { code, stdout } = await runSsmd(args)
      assert.is(code, 3)
      assert.match(stdout, /^k: ws:/)
    }
  )
})

test('an exchange that cannot be reached is one line with its host and the reason, and 3', async () => {
  using folder = new TestFolder()
  const feed = feedAt('ws://127.0.0.1:1/x', 'http://127.0.0.1:1/y')
  const versions = [{ ...feed.spec.versions[0], authMethod: 'none' }]
  const path = declare(folder, { ...feed, spec: { ...feed.spec, versions } })
  const { code, stdout } = await runSsmd(['feed', 'test', 'k', '--path', path])
  assert.is(code, 3)
  assert.is(stdout, 'k: cannot reach 127.0.0.1:1: the connection was refused (ECONNREFUSED)\n')
  const json = await runSsmd(['feed', 'test', 'k', '--path', path, '-o', 'json'])
  assert.is(json.code, 3)
  assert.match(JSON.parse(json.stdout).failure, /cannot reach 127\.0\.0\.1:1/)
})

test('a key without an Environment, and names that there are not, are errors that say what to do', async () => {
  using folder = new TestFolder()
  const path = declare(folder, feedAt('ws://127.0.0.1:1/x', 'http://127.0.0.1:1/y'))
  for (const [args, said] of [
    [['k'], /needs a key of kalshi \(SSMD_E_CREDENTIALS\)\n.*--environment/],
    [['nope'], /declares no Feed "nope" \(SSMD_E_NOT_FOUND\)\n {2}there is: k\n/],
    [['k', '--environment', 'nope'], /declares no Environment "nope"/],
    [['k', '--seconds', '0'], /SSMD_E_USAGE/],
  ] as const) {
    const { code, stdout, stderr } = await runSsmd(['feed', 'test', ...args, '--path', path])
    assert.ok(code === 1 || code === 2, `${args}: ${code}`)
    assert.is(stdout, '')
    assert.match(stderr, said)
  }
})

test.run()
