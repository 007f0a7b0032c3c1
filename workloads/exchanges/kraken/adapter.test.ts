import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { FeedSpec } from '#crds/feed.gen.ts'
import type { AdapterContext } from '../protocol/adapter.ts'
import { wants } from '../protocol/testing/wants.ts'
import { kraken } from './adapter.ts'

const test = suite('kraken adapter')

const contextOf = (spec: Partial<FeedSpec>, own: Partial<AdapterContext> = {}): AdapterContext => {
  const version = {
    name: 'v2',
    effectiveFrom: '2025-01-01',
    endpoint: 'wss://x.test/v2',
  } as const
  return {
    feed: {
      apiVersion: 'ssmd.io/v1alpha1',
      kind: 'Feed',
      metadata: { name: 'coins' },
      spec: { exchange: 'kraken', versions: [version], channels: ['book'], ...spec } as FeedSpec,
    },
    version: version as AdapterContext['version'],
    endpoint: 'wss://x.test/v2',
    restEndpoint: 'https://api.test',
    auth: { kind: 'none' },
    nowMs: () => 0,
    ...own,
  }
}

/** The first command of a connection that is to have these symbols. */
function firstCommand(spec: Partial<FeedSpec>, shard = 0): Record<string, unknown> | undefined {
  const session = kraken.open(contextOf(spec)).session({ shard })
  const actions = [...session.want(wants([], ['BTC/USD']), 0), ...session.opened(0)]
  const [send] = actions.flatMap((action) => (action.kind === 'send' ? [action.text] : []))
  return send === undefined ? undefined : (JSON.parse(send) as { params: never }).params
}

test('books have ten levels, which the checksum covers, or as many as the Feed says', () => {
  assert.is(firstCommand({})?.depth, 10)
  assert.is(firstCommand({ bookDepth: 100 })?.depth, 100)
})

test('a channel without symbols comes once, on the first connection', () => {
  assert.is(firstCommand({ channels: ['instrument'] })?.channel, 'instrument')
  assert.is(firstCommand({ channels: ['instrument'] }, 1), undefined)
})

test('REST is asked for patterns alone, and is needed for them', () => {
  const named = { include: ['BTC/USD'], discover: { interval: '1m' } }
  assert.is(kraken.open(contextOf({ symbols: named }, { restEndpoint: null })).discover, null)
  assert.ok(kraken.open(contextOf({ symbols: { ...named, include: ['*/USD'] } })).discover)
  try {
    kraken.open(contextOf({ symbols: { ...named, include: ['*/USD'] } }, { restEndpoint: null }))
    assert.unreachable()
  } catch (thrown) {
    assert.match((thrown as Error).message, /are patterns/)
    assert.match(String((thrown as { hint?: string }).hint), /restEndpoint/)
  }
})

test.run()
