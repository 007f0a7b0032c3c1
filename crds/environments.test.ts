import assert from 'node:assert/strict'
import { suite } from 'uvu'
import type { Environment, EnvironmentSpec } from './environment.gen.ts'
import { feedsOf, isSimulated, keyOf, shardsOf } from './environments.ts'
import type { Feed, FeedSpec } from './feed.gen.ts'
import { LEAST } from './testdata/least.ts'
import { judge } from './validate.ts'

const test = suite('environments')

function feed(name: string, spec: Partial<FeedSpec> = {}): Feed {
  const least = judge('Feed', LEAST.Feed).resource
  assert.ok(least)
  return { ...least, metadata: { name }, spec: { ...least.spec, ...spec } }
}

function environment(spec: Partial<EnvironmentSpec>): Environment {
  const least = judge('Environment', LEAST.Environment).resource
  assert.ok(least)
  return { ...least, spec: { ...least.spec, ...spec } }
}

const key = (variable: string) =>
  ({ type: 'apiKey', fields: ['apiKey'], source: { env: { apiKey: variable } } }) as const

test('a feed is simulated where the environment says so, and a synthetic one always', () => {
  const simulator = {
    feeds: ['a'],
    speed: '1',
    seed: 1,
    rate: 1,
    markets: 1,
    replay: [],
    faults: [],
  }
  const local = environment({ simulator })
  assert.ok(isSimulated(local, feed('a')))
  assert.ok(!isSimulated(local, feed('b')))
  assert.ok(isSimulated(environment({}), feed('b', { exchange: 'synthetic' })))
})

test('a feed takes the key of its own name before the one of its exchange', () => {
  const both = environment({ keys: { kalshi: key('EXCHANGE'), mine: key('MINE') } })
  assert.equal(keyOf(both, feed('mine'))?.name, 'mine')
  assert.equal(keyOf(both, feed('other'))?.name, 'kalshi')
  assert.equal(keyOf(both, feed('other', { exchange: 'synthetic' })), undefined)
  assert.equal(keyOf(both, feed('constructor', { exchange: 'synthetic' })), undefined)
})

test('an environment captures the feeds that it names, or all, but no disabled one', () => {
  const feeds = [feed('a'), feed('b', { state: 'deprecated' }), feed('c', { state: 'disabled' })]
  const names = (spec: Partial<EnvironmentSpec>) =>
    feedsOf(environment(spec), feeds).map(({ metadata }) => metadata.name)
  assert.deepEqual(names({ feeds: ['*'] }), ['a', 'b'])
  assert.deepEqual(names({ feeds: ['b', 'c', 'unknown'] }), ['b'])
})

test('a feed has the shards of its environment, and one if it cannot be divided', () => {
  const { connector } = environment({}).spec
  const four = environment({ connector: { ...connector, shards: 4 } })
  assert.equal(shardsOf(environment({}), feed('a', { exchange: 'kalshi' })), 1)
  assert.equal(shardsOf(four, feed('a', { exchange: 'kalshi' })), 4)
  assert.equal(shardsOf(four, feed('a', { exchange: 'synthetic' })), 1)
  const described = { exchange: 'generic', subscribe: [{ message: '{}' }] } as const
  assert.equal(shardsOf(four, feed('a', described as never)), 1)
  const symbols = { include: ['A'], exclude: [], discover: { interval: '1m' } }
  assert.equal(shardsOf(four, feed('a', { ...described, symbols } as never)), 4)
})

test.run()
