import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Environment } from '#crds/environment.gen.ts'
import { toSsmdError } from '#crds/errors.ts'
import type { Feed } from '#crds/feed.gen.ts'
import { addressesOf, authOf, simulatorOf, versionAt } from './setup.ts'
import { feedOf } from './testing/harness.ts'

const test = suite('setup')

const REAL = 'wss://exchange.test/trade-api/ws/v2'
const feed: Feed = {
  ...feedOf({ url: REAL, restUrl: 'https://exchange.test/trade-api/v2' }),
  metadata: { name: 'kalshi' },
}
const version = feed.spec.versions[0]!

const environment = (spec: Partial<Environment['spec']> = {}): Environment => ({
  apiVersion: 'ssmd.io/v1alpha1',
  kind: 'Environment',
  metadata: { name: 'env' },
  spec: {
    feeds: ['kalshi'],
    transport: {
      url: 'nats://127.0.0.1:4222',
      stream: { maxAge: '72h', maxBytes: '8Gi', replicas: 1, duplicateWindow: '2m' },
    },
    connector: { bufferBytes: '64Mi', linger: '5ms' },
    ...spec,
  },
})

const simulator = (url?: string) => ({
  simulator: {
    feeds: ['kalshi'],
    ...(url === undefined ? {} : { url }),
    speed: '1',
    seed: 1,
    rate: 1,
    markets: 1,
    replay: [],
    faults: [],
  },
})

const key = {
  keys: {
    kalshi: {
      type: 'apiKey' as const,
      fields: ['apiKey', 'privateKey'],
      source: { env: { apiKey: 'ID', privateKey: 'PEM' } },
    },
  },
}

test('the version is the one in force that day, not the newest', () => {
  const versions = ['2025-01-01', '2026-06-01', '2099-01-01'].map((effectiveFrom, i) => ({
    ...version,
    name: `v${i}`,
    effectiveFrom,
  }))
  const dated = { ...feed, spec: { ...feed.spec, versions } }
  const at = (text: string) => versionAt(dated, Date.parse(text)).name
  assert.is(at('2026-05-31T23:59:59.999Z'), 'v0')
  assert.is(at('2026-06-01T00:00:00Z'), 'v1')
  assert.throws(() => at('2024-01-01T00:00:00Z'), /no version is in force on 2024-01-01/)
})

test('a simulated feed goes to the simulator with the paths of its own addresses', () => {
  assert.equal(addressesOf(version, 'kalshi', simulatorOf(environment(simulator()), feed)), {
    endpoint: 'ws://127.0.0.1:8980/trade-api/ws/v2',
    restEndpoint: 'http://127.0.0.1:8980/trade-api/v2',
  })
  assert.is(
    addressesOf(version, 'kalshi', simulatorOf(environment(simulator('wss://sim.test:1')), feed))
      .restEndpoint,
    'https://sim.test:1/trade-api/v2'
  )
  assert.equal(addressesOf(version, 'kalshi', simulatorOf(environment(), feed)), {
    endpoint: REAL,
    restEndpoint: 'https://exchange.test/trade-api/v2',
  })
})

test('an exchange that nobody signs in to is named before the path, so that one simulator stands in for several', () => {
  const { endpoint, restEndpoint } = addressesOf(
    {
      ...version,
      endpoint: 'wss://exchange.test/stream?streams=a',
      restEndpoint: 'https://exchange.test',
    },
    'binance',
    'ws://127.0.0.1:8980'
  )
  assert.is(endpoint, 'ws://127.0.0.1:8980/binance/stream?streams=a')
  assert.is(restEndpoint, 'http://127.0.0.1:8980/binance/')
})

test('a simulated feed never takes the key of a person, even where there is one', async () => {
  const both = environment({ ...simulator(), ...key })
  const auth = await authOf(both, feed, version, { env: { ID: 'me', PEM: 'secret' } })
  assert.equal(auth, { kind: 'simulator', url: 'http://127.0.0.1:8980/' })
})

test('a real feed takes the key that the environment names', async () => {
  const auth = await authOf(environment(key), feed, version, { env: { ID: 'me', PEM: 'a\\nb' } })
  assert.equal(auth, { kind: 'key', fields: { apiKey: 'me', privateKey: 'a\nb' } })
  const none = { ...version, authMethod: 'none' as const }
  assert.equal(await authOf(environment(), feed, none, { env: {} }), { kind: 'none' })
})

test('a key that is missing is said with what to do', async () => {
  const refusal = async (of: Environment, env: NodeJS.ProcessEnv) =>
    authOf(of, feed, version, { env }).then(() => assert.unreachable(), toSsmdError)
  const unnamed = await refusal(environment(), {})
  assert.is(unnamed?.code, 'SSMD_E_CREDENTIALS')
  assert.match(unnamed?.message ?? '', 'environment env names none')
  assert.match(unnamed?.hint ?? '', 'spec.simulator.feeds')
  const unset = await refusal(environment(key), { ID: 'me' })
  assert.match(unset?.message ?? '', 'variable PEM')
  const partial = { keys: { kalshi: { ...key.keys.kalshi, fields: ['apiKey'] } } }
  assert.match(
    (await refusal(environment(partial), { ID: 'me' }))?.message ?? '',
    'no field privateKey'
  )
})

test.run()
